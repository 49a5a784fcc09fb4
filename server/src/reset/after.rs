//! What follows a reset by policy: the person's sessions end, the person hears of it where neither
//! the verification nor the link went, and so does their manager. Decided before Microsoft is asked
//! for the password, written down with `applied`, done at the outbox's pace: none of it delays or
//! fails a reset.

use shared::Code;

use super::Resets;
use crate::directory::{Phone, address_hash};
use crate::language::sms;
use crate::outbound::{Answer, Refusal, retry_delay};
use crate::policy::Policy;
use crate::random;
use crate::sms::Text;
use crate::store::{After, Lease, Notice, OutboxRow, Reset, StoreError};
use crate::verification::{of_notice, phone_hash};

/// A text that tells of a reset is worth reading for so long, in seconds: the provider's most.
const NOTICE_LIFE: i64 = 10 * 60 * 60;

impl Resets {
    /// What follows this reset.
    pub(super) async fn what_follows(
        &self,
        reset: &Reset,
        policy: &Policy,
    ) -> Result<After, StoreError> {
        let mut after = After {
            end_sessions: policy.revoke_sessions,
            mail_person: policy.notify,
            mail_manager: policy.notify && policy.notify_manager,
            notice: None,
        };
        if policy.notify {
            after.notice = match self.other_phone(reset, policy).await? {
                Some(phone) => {
                    let hash = phone_hash(&self.store, &phone);
                    Some(Notice::Text { counted: of_notice(&hash, reset.technician, policy) })
                }
                None => self.other_address(reset).await?.then_some(Notice::Mail),
            };
        }
        Ok(after)
    }

    /// The first phone on the person's card that neither verified them nor gets the link.
    async fn other_phone(
        &self,
        reset: &Reset,
        policy: &Policy,
    ) -> Result<Option<Phone>, StoreError> {
        let contact = self.contact_if_known(reset).await?;
        let verification = self.store.verification(reset.account, reset.verification).await?;
        let (Some(contact), Some(verification)) = (contact, verification) else { return Ok(None) };
        let taken = [verification.destination_hash.as_slice(), &reset.phone_hash];
        let other = first_other(&contact.phones, taken, |phone| phone_hash(&self.store, phone));
        // Whoever can edit a card has us pay for no text abroad, also not this one.
        Ok(other.filter(|phone| policy.texts_to(phone.e164(), phone.country().as_deref())))
    }

    /// Whether the card has an address that is none of the person's own at Microsoft: what they
    /// were found by is one, and leads to the mailbox that gets a mail anyway.
    async fn other_address(&self, reset: &Reset) -> Result<bool, StoreError> {
        let contact = self.contact_if_known(reset).await?;
        let Some(contact) = contact.filter(|contact| !contact.email.trim().is_empty()) else {
            return Ok(false);
        };
        let hash = address_hash(&self.store, reset.account, &contact.email);
        let link = self.store.directory_link(reset.account, reset.contact).await?;
        Ok(link.is_none_or(|link| {
            link.directory_user != reset.directory_user || link.address_hash != hash
        }))
    }

    /// Ends the person's sessions. Best effort: what can't be done is told, and the reset stands.
    pub(super) async fn end_sessions(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
    ) -> Result<(), StoreError> {
        let answer = if self.clock.now() >= row.give_up_at {
            Answer::Refused(Code::MicrosoftUnavailable.into())
        } else {
            match self.switched_on(reset).await? {
                Ok(tenant) => self.directory.end_sessions(&tenant, &reset.directory_user).await,
                Err(refusal) => Answer::Refused(refusal),
            }
        };
        match answer {
            Answer::Done(()) => {
                self.store.sessions_ended(row, reset, lease, self.clock.now()).await
            }
            other => self.not_now(row, reset, lease, other).await,
        }
    }

    /// Tells the person's other phone, by the number that it has now.
    pub(super) async fn send_notice(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
    ) -> Result<(), StoreError> {
        let policy = self.store.policy(reset.account, reset.customer).await?;
        let Some(phone) = self.other_phone(reset, &policy).await? else {
            return self.store.nobody_to_tell(row, reset, lease, self.clock.now()).await;
        };
        let answer = if self.clock.now() >= row.give_up_at {
            Answer::Refused(Code::SmsUnavailable.into())
        } else {
            match self.sms.provider(reset.account).await? {
                Ok(provider) => {
                    let brand = self.store.brand(reset.account, Some(reset.customer)).await?;
                    let language = brand.language_for(reset.language);
                    let at = reset.applied_at.unwrap_or(reset.asked_at);
                    let body = sms::notice(&brand, language, at);
                    let text = Text {
                        to: phone.e164(),
                        from: brand.sender(),
                        body,
                        valid_for: NOTICE_LIFE,
                        followed: false,
                    };
                    self.sms.send(&provider, &text).await
                }
                Err(refusal) => Answer::Refused(refusal),
            }
        };
        match answer {
            Answer::Done(provider_id) => {
                let about = format!("{} {provider_id}", phone.masked());
                self.store.notice_sent(row, reset, lease, &about, self.clock.now()).await
            }
            other => self.not_now(row, reset, lease, other).await,
        }
    }

    /// Given up, or to be tried again. The same once more is harmless.
    async fn not_now<T>(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        answer: Answer<T>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let (code, about) = match answer {
            Answer::Refused(Refusal { code, about }) => (code, about),
            Answer::Later(said) | Answer::Unknown(said) => {
                let delay = retry_delay(said, row.attempts, random::below(1024));
                return self.store.outbox_later(row, lease, now.plus(delay)).await;
            }
            Answer::Done(_) => (Code::Internal, None),
        };
        self.store.outbox_failed(row, reset, lease, code, about.as_deref(), now).await
    }
}

/// The first number that a text can be sent to and that is none of those.
fn first_other(
    numbers: &[String],
    taken: [&[u8]; 2],
    hash: impl Fn(&Phone) -> Vec<u8>,
) -> Option<Phone> {
    numbers
        .iter()
        .filter_map(|number| Phone::parse(number))
        .find(|phone| !taken.contains(&hash(phone).as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_phone_that_is_neither() {
        let hash = |phone: &Phone| phone.e164().as_bytes().to_vec();
        let (verified, link) = ("+1 206 555 0123", "+12065550124");
        for (card, expected) in [
            (vec![], None),
            (vec![verified, link], None),
            (vec!["555-0100", "+1 206 555 0177 x12", "none"], None),
            (vec!["+1 (206) 555-0123", "+1 206 555 0177"], Some("+12065550177")),
            (vec!["+49 30 901820", "+1 206 555 0177"], Some("+4930901820")),
            (vec!["+1 206.555.0124", "206 555 0177", "+44 20 7946 0958"], Some("+442079460958")),
        ] {
            let card: Vec<String> = card.into_iter().map(str::to_owned).collect();
            let taken: [&[u8]; 2] = [b"+12065550123", link.as_bytes()];
            let found = first_other(&card, taken, hash);
            assert_eq!(found.as_ref().map(Phone::e164), expected, "{card:?}");
        }
    }
}
