//! Notification mails: rows of the outbox that name a technician or mean the contact, never an
//! address. They are written in the transaction that they tell of, and only while the account has
//! a mail server that is on.

use shared::{AccountId, Code, IntegrationId, Millis, ResetId, TechnicianId, VerificationId};
use uuid::Uuid;

use async_trait::async_trait;

use super::super::{Database, Write};
use super::outbox::{end_row, fail_row};
use crate::audit::{Act, Entry};
use crate::random;
use crate::store::{
    Lease, Limit, MAIL_PATIENCE_MS, MailKind, MailStore, OutboxKind, OutboxRow, Reset, StoreError,
};

/// Longer than any window of the brake: after it the name is not used again.
const DAY_MS: i64 = 24 * 60 * 60_000;

#[async_trait]
impl MailStore for Database {
    async fn due_mails(&self, now: Millis) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar(
            "select id from outbox where state = 'waiting' and due_at <= $1
                 and lease_until <= $1 and kind like 'mail-%' order by due_at limit 64",
        )
        .bind(now.0)
        .fetch_all(self.read())
        .await?)
    }

    async fn record_brake(
        &self,
        account: AccountId,
        name: &str,
        by: TechnicianId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let since: Option<i64> =
            sqlx::query_scalar("select since from limits where account = $1 and name = $2")
                .bind(account.0)
                .bind(name)
                .fetch_optional(write.db())
                .await?;
        let Some(since) = since else { return write.roll_back().await };
        let once = Limit { name: format!("told {name} {since}"), most: 1, window_ms: DAY_MS };
        if self.spend(&mut write, account, now, &[once]).await?.is_err() {
            return write.roll_back().await;
        }
        self.mail_admins(&mut write, account, About::Account, MailKind::Brake, now).await?;
        let entry = Entry::new(Act::Braked).by(by).because(Code::Brake);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn mail_sent(
        &self,
        row: &OutboxRow,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        end_row(&mut write, row, lease, now).await?;
        self.note(&mut write, row.account, now, &mail_entry(Act::MailSent, row)).await?;
        write.commit().await
    }

    async fn mail_failed(
        &self,
        row: &OutboxRow,
        lease: Lease,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        fail_row(&mut write, row, lease, code).await?;
        let mut entry = mail_entry(Act::MailFailed, row).because(code);
        if let (Some(said), Some(about)) = (&mut entry.about, about) {
            said.push_str(": ");
            said.push_str(about);
        }
        self.note(&mut write, row.account, now, &entry).await?;
        write.commit().await
    }
}

impl Database {
    /// A mail to somebody who is looked up when it is sent: the person, their manager.
    pub(super) async fn mail_about(
        &self,
        write: &mut Write,
        reset: &Reset,
        kind: MailKind,
        now: Millis,
    ) -> Result<(), StoreError> {
        if mails(write, reset.account).await? {
            let about = About::Reset(reset.id);
            put_mail(write, reset.account, about, kind, None, now).await?;
        }
        Ok(())
    }

    /// Admins hear of several resets of one person, or by one technician, once a day each.
    pub(super) async fn tell_of_repeats(
        &self,
        write: &mut Write,
        reset: &Reset,
    ) -> Result<(), StoreError> {
        let person = format!("told repeats person {}", reset.directory_user);
        let technician = format!("told repeats technician {}", reset.technician);
        for (code, name) in [(Code::PersonRepeats, person), (Code::TechnicianRepeats, technician)] {
            if !reset.warnings.split(' ').any(|warned| warned == code.as_str()) {
                continue;
            }
            let once = Limit { name, most: 1, window_ms: DAY_MS };
            let (_, count) = self.count_one(write, reset.account, reset.asked_at, &once).await?;
            if count == 1 {
                let about = About::Repeats(reset.id, code);
                let kind = MailKind::Repeats;
                self.mail_admins(write, reset.account, about, kind, reset.asked_at).await?;
            }
        }
        Ok(())
    }

    /// A mail to a technician about their own sign-in: what of it, as `reset::people_letter` reads it.
    pub(super) async fn mail_technician(
        &self,
        write: &mut Write,
        account: AccountId,
        technician: TechnicianId,
        what: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        if mails(write, account).await? {
            let about = About::SignIn(what);
            put_mail(write, account, about, MailKind::SignIn, Some(technician), now).await?;
        }
        Ok(())
    }

    /// The same mail to each admin of the account.
    pub(super) async fn mail_admins(
        &self,
        write: &mut Write,
        account: AccountId,
        about: About<'_>,
        kind: MailKind,
        now: Millis,
    ) -> Result<(), StoreError> {
        if !mails(write, account).await? {
            return Ok(());
        }
        let admins: Vec<Uuid> = sqlx::query_scalar(
            "select id from technicians
             where account = $1 and role = 'admin' and ended_at is null order by id",
        )
        .bind(account.0)
        .fetch_all(write.db())
        .await?;
        for admin in admins {
            put_mail(write, account, about, kind, Some(TechnicianId(admin)), now).await?;
        }
        Ok(())
    }
}

/// Which mail, and to whom, by id.
pub(super) fn mail_entry(act: Act, row: &OutboxRow) -> Entry {
    let whom = match (row.recipient, row.kind) {
        (Some(who), _) => who.to_string(),
        (None, OutboxKind::Mail(MailKind::Manager)) => "the manager".into(),
        (None, _) => "the contact".into(),
    };
    let about = format!("{} to {whom}", row.kind.as_str());
    Entry {
        reset: row.reset,
        integration: row.integration,
        verification: row.verification,
        ..Entry::new(act).about(about)
    }
}

/// Whether the account sends mails at all.
async fn mails(write: &mut Write, account: AccountId) -> Result<bool, StoreError> {
    let on: Option<bool> = sqlx::query_scalar(
        "select is_on from integrations where account = $1 and kind = 'smtp' and is_on",
    )
    .bind(account.0)
    .fetch_optional(write.db())
    .await?;
    Ok(on.is_some())
}

/// What a mail is about.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    Account,
    /// The account's brand or a customer's: which, and what of it, as `brand::change` writes it.
    Brand(&'a str),
    /// The account's policy or a customer's: which, and what of it.
    Policy(&'a str),
    /// Contacts whose numbers an import has changed: how many.
    Contacts(&'a str),
    Reset(ResetId),
    /// Several resets in a short time: the newest, and of what there are several.
    Repeats(ResetId, Code),
    Verification(VerificationId),
    Integration(IntegrationId),
    /// The account's people: who, and what of them, as `team::Alarm` writes it.
    Team(&'a str),
    /// A technician's own sign-in: what of it, as `reset::people_letter` reads it.
    SignIn(&'a str),
    /// A key, or a webhook, as `api_keys::Alarm` and `webhooks::Alarm` write it.
    Program(&'a str),
    /// A PSA: its kind, and what was done, as `psa::Alarm` writes it.
    Psa(IntegrationId, &'a str),
    /// What carries texts or mails, and what was done, as `senders::Alarm` writes it.
    Sender(IntegrationId, &'a str),
    /// How technicians sign in: what was done, as `sso::Alarm` writes it.
    Sso(IntegrationId, &'a str),
}

async fn put_mail(
    write: &mut Write,
    account: AccountId,
    about: About<'_>,
    kind: MailKind,
    recipient: Option<TechnicianId>,
    now: Millis,
) -> Result<(), StoreError> {
    let (reset, integration, verification, words) = match about {
        About::Account => (None, None, None, None),
        About::Brand(words)
        | About::Contacts(words)
        | About::Policy(words)
        | About::Program(words)
        | About::Team(words)
        | About::SignIn(words) => (None, None, None, Some(words)),
        About::Reset(reset) => (Some(reset.0), None, None, None),
        About::Repeats(reset, of) => (Some(reset.0), None, None, Some(of.as_str())),
        About::Verification(verification) => (None, None, Some(verification.0), None),
        About::Integration(integration) => (None, Some(integration.0), None, None),
        About::Psa(integration, words)
        | About::Sender(integration, words)
        | About::Sso(integration, words) => (None, Some(integration.0), None, Some(words)),
    };
    sqlx::query(
        "insert into outbox (id, account, reset, integration, kind, recipient, state, due_at,
             give_up_at, about, verification)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10)",
    )
    .bind(random::id(now))
    .bind(account.0)
    .bind(reset)
    .bind(integration)
    .bind(OutboxKind::Mail(kind).as_str())
    .bind(recipient.map(|technician| technician.0))
    .bind(now.0)
    .bind(now.plus(MAIL_PATIENCE_MS).0)
    .bind(words)
    .bind(verification)
    .execute(write.db())
    .await?;
    Ok(())
}
