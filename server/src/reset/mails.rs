//! Sends notification mails: rows of the outbox with a pace of their own, so that a mail server
//! that is away for a day holds up neither a text nor a note nor the end of a reset.

use std::time::Duration;

use shared::{Code, CustomerId, IntegrationId};
use uuid::Uuid;

use super::letters::{self, Letter};
use super::{
    Resets, brand_letter, policy_letter, program_letter, psa_letter, sender_letter, sso_letter,
    words,
};
use crate::brand::change;
use crate::directory::{Manager, Tenant};
use crate::integration::health;
use crate::language::Language;
use crate::outbound::{Answer, Mail, Mailbox, Refusal};
use crate::psa::Alarm;
use crate::random;
use crate::sign_in::sso;
use crate::store::{
    Lease, MAIL_PATIENCE_MS, MailKind, Numbers, OutboxKind, OutboxRow, Reset, StoreError,
};
use crate::{api_keys, webhooks};

/// A mailbox, and the language that its owner is known to read.
type Reader = (Mailbox, Option<Language>);

/// What came of a mail that was not refused.
enum Told {
    /// A server took it.
    Somebody,
    /// There is nobody whom it is for.
    Nobody(Box<Reset>),
}

/// How long a conversation may go on after a stop was asked for; less than the stop waits.
const LAST_WORDS: Duration = Duration::from_secs(2);

impl Resets {
    /// Sends one mail, if nobody else does and there is room.
    pub(super) async fn send_mail(&self, id: Uuid) {
        // Full: a later look finds it again.
        let Some(_seat) = self.mail.seat() else { return };
        let now = self.clock.now();
        let held_ms = self.settings.reset.lease_ms + self.mail.longest_ms();
        let lease = Lease { id: random::id(now), until: now.plus(held_ms) };
        match self.send_claimed_mail(id, lease).await {
            Ok(()) => {}
            Err(StoreError::MovedOn) => tracing::info!(outbox.id = %id, outcome = "moved-on"),
            Err(error) => tracing::error!(outbox.id = %id, error = %error, "mail"),
        }
    }

    async fn send_claimed_mail(&self, id: Uuid, lease: Lease) -> Result<(), StoreError> {
        let now = self.clock.now();
        let Some(row) = self.store.claim_outbox(id, lease, now).await? else { return Ok(()) };
        let answer = if now < row.give_up_at {
            tokio::select! {
                answer = self.deliver(&row) => answer?,
                // Let go of, so that the next start need not wait for the lease to run out.
                () = self.stopping() => {
                    return self.store.outbox_later(&row, lease, self.clock.now()).await;
                }
            }
        } else {
            Answer::Refused(Code::MailUnavailable.into())
        };
        let now = self.clock.now();
        match answer {
            Answer::Done(Told::Somebody) => self.store.mail_sent(&row, lease, now).await?,
            Answer::Done(Told::Nobody(reset)) => {
                self.store.nobody_to_tell(&row, &reset, lease, now).await?;
            }
            // Somebody will mend the server's settings; an alarm should still be told then.
            Answer::Refused(Refusal { code, .. })
                if row.recipient.is_some() && mendable(code) && now < row.give_up_at =>
            {
                tracing::warn!(outbox.id = %row.id, outcome = code.as_str(), "an alarm waits");
                let pause = pause(row.attempts, random::below(1024));
                self.store.outbox_later(&row, lease, now.plus(pause)).await?;
            }
            Answer::Refused(Refusal { code, about }) => {
                self.store.mail_failed(&row, lease, code, about.as_deref(), now).await?;
            }
            // The same mail with the same id again: who gets two can tell.
            Answer::Later(_) | Answer::Unknown(_) => {
                let pause = pause(row.attempts, random::below(1024));
                self.store.outbox_later(&row, lease, now.plus(pause)).await?;
            }
        }
        self.wake.notify_one();
        Ok(())
    }

    /// A little after a stop was asked for: a conversation may take minutes, a stop may not.
    async fn stopping(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(LAST_WORDS).await;
    }

    async fn deliver(&self, row: &OutboxRow) -> Result<Answer<Told>, StoreError> {
        let sender = match self.mail.sender(row.account).await? {
            Ok(sender) => sender,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let reset = match row.reset {
            Some(id) => self.store.reset(row.account, id).await?,
            None => None,
        };
        let (to, language) = match self.recipient(row, reset.as_ref()).await?.done() {
            Ok(Some(to)) => to,
            Ok(None) => {
                let manager = row.kind == OutboxKind::Mail(MailKind::Manager);
                return Ok(match reset.filter(|_| manager) {
                    Some(reset) => Answer::Done(Told::Nobody(Box::new(reset))),
                    None => Answer::Refused(Code::MailAddress.into()),
                });
            }
            Err(other) => return Ok(other),
        };
        // Admins know the MSP by its own name, whatever its customers' people read.
        let customer = reset.as_ref().filter(|_| row.recipient.is_none()).map(|it| it.customer);
        let brand = self.store.brand(row.account, customer).await?;
        let reader = (to.name.as_str(), brand.language_for(language));
        let Some(letter) = self.letter(row, reset.as_ref(), reader, brand.name()).await? else {
            return Ok(Answer::Refused(Code::NotFound.into()));
        };
        let mail = Mail {
            id: row.id,
            from: sender.from(brand.name().to_owned()),
            to,
            subject: letter.subject,
            body: letter.body,
            at: self.clock.now(),
        };
        Ok(self.mail.send(&sender, &mail).await.map(|()| Told::Somebody))
    }

    /// Who gets it, by the address that they have now, and the language that they are known to
    /// read; `None` when they have none or have left.
    async fn recipient(
        &self,
        row: &OutboxRow,
        reset: Option<&Reset>,
    ) -> Result<Answer<Option<Reader>>, StoreError> {
        if let Some(technician) = row.recipient {
            let found = self.store.technician(row.account, technician).await?;
            let found = found.map(|it| Mailbox { name: it.name, address: it.email });
            return Ok(Answer::Done(found.map(|mailbox| (mailbox, Some(Language::En)))));
        }
        let Some(reset) = reset else { return Ok(Answer::Done(None)) };
        if row.kind == OutboxKind::Mail(MailKind::Manager) {
            return self.manager_of(reset).await;
        }
        let contact = self.contact_if_known(reset).await?;
        let card = contact.map(|contact| Mailbox { name: contact.name, address: contact.email });
        let mailbox = match card {
            Some(card) if row.kind == OutboxKind::Mail(MailKind::Person) => {
                Some(self.mailbox_of(reset, card).await?)
            }
            card => card,
        };
        Ok(Answer::Done(mailbox.map(|mailbox| (mailbox, reset.language))))
    }

    /// The person's mailbox as Microsoft has it now; where it has none, or does not answer, the
    /// address on the card, by which Microsoft knew them at the click.
    async fn mailbox_of(&self, reset: &Reset, card: Mailbox) -> Result<Mailbox, StoreError> {
        let Ok(tenant) = self.directory.tenant(reset.account, reset.customer).await? else {
            return Ok(card);
        };
        Ok(match self.directory.person(&tenant, &reset.directory_user).await {
            Answer::Done(person) => {
                let address = person.mailbox().map_or(card.address, str::to_owned);
                Mailbox { address, ..card }
            }
            _ => card,
        })
    }

    /// Whom the person reports to, if anybody with a mailbox.
    async fn manager_of(&self, reset: &Reset) -> Result<Answer<Option<Reader>>, StoreError> {
        let tenant = match self.switched_on(reset).await? {
            Ok(tenant) => tenant,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let manager = self.directory.manager(&tenant, &reset.directory_user).await;
        Ok(manager.map(|manager| {
            let manager = manager?;
            let language = manager.language();
            let Manager { display_name, mail, .. } = manager;
            let address = mail.filter(|mail| !mail.is_empty())?;
            Some((Mailbox { name: display_name.unwrap_or_default(), address }, language))
        }))
    }

    async fn letter(
        &self,
        row: &OutboxRow,
        reset: Option<&Reset>,
        (to, language): (&str, Language),
        brand: &str,
    ) -> Result<Option<Letter>, StoreError> {
        if row.kind == OutboxKind::Mail(MailKind::Sender) {
            return sender_letter::of_row(row).map(Some);
        }
        if let OutboxKind::Mail(MailKind::Link | MailKind::SignIn | MailKind::Team) = row.kind {
            return self.letter_to_people(row, to, brand).await;
        }
        if row.kind == OutboxKind::Mail(MailKind::Psa) {
            return letter_about_psa(row).map(Some);
        }
        if row.kind == OutboxKind::Mail(MailKind::Sso) {
            return letter_about_sign_in(row).map(Some);
        }
        if let Some(id) = row.integration {
            return self.letter_about(row, id).await;
        }
        if row.kind == OutboxKind::Mail(MailKind::Denied) {
            return self.letter_about_verification(row).await;
        }
        if row.kind == OutboxKind::Mail(MailKind::Branding) {
            return self.letter_about_brand(row).await;
        }
        if row.kind == OutboxKind::Mail(MailKind::Policy) {
            return self.letter_about_policy(row).await;
        }
        if row.kind == OutboxKind::Mail(MailKind::ApiKey) {
            return self.letter_about_key(row).await;
        }
        // Rows are written in the moment that they tell of.
        let at = words::utc(row.give_up_at.plus(-MAIL_PATIENCE_MS));
        let reset = reset.ok_or(StoreError::Inconsistent("a mail without its reset"));
        let ticket = match reset.as_ref().ok().and_then(|reset| reset.ticket) {
            Some(ticket) => self.store.ticket(row.account, ticket).await?.map(|it| it.number),
            None => None,
        };
        Ok(Some(match row.kind {
            OutboxKind::Mail(MailKind::Person | MailKind::Notice) => {
                letters::person(brand, reset?, language)
            }
            OutboxKind::Mail(MailKind::Manager) => letters::manager(brand, reset?, to, language),
            OutboxKind::Mail(MailKind::Stuck) => letters::stuck(reset?, ticket.as_deref()),
            OutboxKind::Mail(MailKind::Late) => letters::late(reset?, ticket.as_deref(), &at),
            OutboxKind::Mail(MailKind::Locked) => letters::locked(reset?, ticket.as_deref(), &at),
            OutboxKind::Mail(MailKind::Repeats) => {
                let of = row.about.as_deref().and_then(Code::parse);
                letters::repeats(reset?, ticket.as_deref(), of)
            }
            OutboxKind::Mail(MailKind::Brake) => letters::brake(brand, &at),
            OutboxKind::Mail(MailKind::Contacts) => {
                let words = row.about.as_deref().unwrap_or_default();
                letters::numbers(Numbers::parse(words), words.splitn(3, ' ').nth(2), &at)
            }
            OutboxKind::Mail(MailKind::Webhook) => {
                let alarm = row.about.as_deref().and_then(webhooks::Alarm::parse);
                let alarm = alarm.ok_or(StoreError::Inconsistent("a mail about a webhook"))?;
                program_letter::webhook(alarm, &at)
            }
            _ => return Err(StoreError::Inconsistent("a text among mails")),
        }))
    }

    /// About a person who says that it was not them.
    async fn letter_about_verification(
        &self,
        row: &OutboxRow,
    ) -> Result<Option<Letter>, StoreError> {
        let Some(id) = row.verification else { return Ok(None) };
        let Some(v) = self.store.verification(row.account, id).await? else { return Ok(None) };
        let contact = self.store.contact(row.account, v.contact).await?;
        let name = contact.map(|contact| contact.name).unwrap_or_default();
        let at = words::utc(v.ended_at.unwrap_or(v.sent_at));
        Ok(Some(letters::denied(&v, &name, &at)))
    }

    /// About the account's brand or a customer's.
    async fn letter_about_brand(&self, row: &OutboxRow) -> Result<Option<Letter>, StoreError> {
        let about = row.about.as_deref().and_then(change::read_alarm);
        let (customer, fields) = about.ok_or(StoreError::Inconsistent("a mail about a brand"))?;
        let whose = self.name_of(row, customer).await?;
        let at = words::utc(row.give_up_at.plus(-MAIL_PATIENCE_MS));
        Ok(Some(brand_letter::changed(whose.as_deref(), &fields, &at)))
    }

    /// About the account's policy or a customer's.
    async fn letter_about_policy(&self, row: &OutboxRow) -> Result<Option<Letter>, StoreError> {
        let about = row.about.as_deref().and_then(change::read_alarm);
        let (customer, fields) = about.ok_or(StoreError::Inconsistent("a mail about a policy"))?;
        let whose = self.name_of(row, customer).await?;
        let at = words::utc(row.give_up_at.plus(-MAIL_PATIENCE_MS));
        Ok(Some(policy_letter::loosened(whose.as_deref(), &fields, &at)))
    }

    /// About a program's key as it is now. `None` for the end of one that was revoked meanwhile; that one was
    /// made is told in any case.
    async fn letter_about_key(&self, row: &OutboxRow) -> Result<Option<Letter>, StoreError> {
        let alarm = row.about.as_deref().and_then(api_keys::Alarm::parse);
        let alarm = alarm.ok_or(StoreError::Inconsistent("a mail about a key"))?;
        let all = self.store.api_keys(row.account).await?;
        let key = all.into_iter().find(|key| key.id == alarm.key());
        let key = key.ok_or(StoreError::Inconsistent("a mail without its key"))?;
        let revoked = key.revoked_at.is_some();
        let until = words::utc(key.expires_at);
        Ok(Some(match alarm {
            api_keys::Alarm::Made(_) => {
                let may = api_keys::scope::join(&key.scopes).replace(' ', ", ");
                program_letter::key_made(&key.name, &key.made_by_name, &may, &until, revoked)
            }
            api_keys::Alarm::Ending(_) if revoked => return Ok(None),
            api_keys::Alarm::Ending(_) => program_letter::key_ending(&key.name, &until),
        }))
    }

    /// How a mail's customer is called, where it is about one.
    async fn name_of(
        &self,
        row: &OutboxRow,
        customer: Option<CustomerId>,
    ) -> Result<Option<String>, StoreError> {
        let Some(id) = customer else { return Ok(None) };
        let all = self.store.branded_customers(row.account).await?;
        Ok(all.into_iter().find(|one| one.customer.id == id).map(|one| one.customer.name))
    }

    /// About an integration as it is now; `None` when it was deleted or mended meanwhile.
    async fn letter_about(
        &self,
        row: &OutboxRow,
        id: IntegrationId,
    ) -> Result<Option<Letter>, StoreError> {
        let Some(found) = self.store.m365_one(row.account, id).await? else { return Ok(None) };
        let (name, customer) = (&found.integration.name, &found.customer.name);
        let tenant = Tenant::of(&found.integration)?;
        let report = health::report(&found);
        Ok(match row.kind {
            OutboxKind::Mail(MailKind::Expiring) => {
                let end = health::ends(tenant.settings(), found.check.as_ref());
                end.map(|(end, from)| {
                    let days = health::days_left(end, self.clock.now());
                    let about = (tenant.settings().proof, from);
                    letters::expiring(name, customer, &words::utc(end), days, about)
                })
            }
            OutboxKind::Mail(MailKind::Failing) => report
                .and_then(|report| report.broken_in_words())
                .map(|(why, next)| letters::failing(name, customer, &why, &next)),
            OutboxKind::Mail(MailKind::Loosened) => Some(letters::loosened(name, customer)),
            _ => return Err(StoreError::Inconsistent("a mail about an integration")),
        })
    }
}

/// About a PSA, which may be gone by now.
fn letter_about_psa(row: &OutboxRow) -> Result<Letter, StoreError> {
    let alarm = row.about.as_deref().and_then(Alarm::parse);
    let alarm = alarm.ok_or(StoreError::Inconsistent("a mail about a PSA"))?;
    Ok(psa_letter::changed(alarm, &words::utc(row.give_up_at.plus(-MAIL_PATIENCE_MS))))
}

/// About how technicians sign in.
fn letter_about_sign_in(row: &OutboxRow) -> Result<Letter, StoreError> {
    let alarm = row.about.as_deref().and_then(sso::Alarm::parse);
    let alarm = alarm.ok_or(StoreError::Inconsistent("a mail about sign-in"))?;
    Ok(sso_letter::changed(&alarm, &words::utc(row.give_up_at.plus(-MAIL_PATIENCE_MS))))
}

/// What an admin or the server's keeper can put right.
fn mendable(code: Code) -> bool {
    matches!(code, Code::MailCredentials | Code::MailTls | Code::MailHost)
}

/// Milliseconds before the next try: half a minute doubling to half an hour, with jitter. Servers
/// that put strangers off (greylisting) want minutes.
fn pause(attempts: u32, roll: u32) -> i64 {
    const FIRST: i64 = 30_000;
    const MOST: i64 = 30 * 60_000;
    let ceiling = (FIRST << attempts.saturating_sub(1).min(10)).min(MOST);
    ceiling / 2 + ceiling / 2 * i64::from(roll % 1024) / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_an_hour() {
        assert!(pause(1, 0) == 15_000 && pause(1, 1023) < 30_000);
        assert!(pause(3, 0) == 60_000);
        for attempts in 0..50 {
            let (low, high) = (pause(attempts, 0), pause(attempts, 1023));
            assert!((15_000..=high).contains(&low) && high <= 30 * 60_000, "{attempts}");
        }
    }
}
