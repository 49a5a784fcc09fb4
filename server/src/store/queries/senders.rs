//! What carries an account's texts and mails: connected, changed, switched, tested, deleted.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use super::super::{Database, Write};
use super::integrations::integration;
use super::m365::keep;
use super::mails::About;
use super::psa::entry;
use super::technicians::{technician, technician_columns};
use crate::audit::Act;
use crate::senders::{Alarm, SenderKind};
use crate::store::{
    Integration, MailKind, NewSender, SenderChange, SenderStore, StoreError, Technician, Tested,
};

#[async_trait]
impl SenderStore for Database {
    async fn sender_of(
        &self,
        account: AccountId,
        kind: SenderKind,
    ) -> Result<Option<Integration>, StoreError> {
        let row = sqlx::query(
            "select * from integrations where account = $1 and kind = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(kind.as_str())
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(integration).transpose()?)
    }

    async fn add_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewSender<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let added = sqlx::query(
            "insert into integrations (id, account, kind, name, settings, changed_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(new.kind.as_str())
        .bind(new.kind.name())
        .bind(new.settings)
        .bind(now.0)
        .execute(write.db())
        .await;
        if let Err(error) = added {
            write.roll_back().await?;
            return Err(StoreError::taken(error));
        }
        for secret in new.secrets {
            keep(&mut write, account, new.id.0, secret, now).await?;
        }
        self.name(&mut write, account, new.id.0, new.kind.name()).await?;
        self.note(&mut write, account, now, &entry(Act::IntegrationAdded, by, new.id)).await?;
        let alarm = Alarm::Connected(new.kind);
        self.alarm_of_sender(&mut write, account, now, new.id, alarm).await?;
        write.commit().await
    }

    async fn change_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Integration,
        change: &SenderChange<'_>,
    ) -> Result<(), StoreError> {
        let id = seen.id;
        let mut write = self.write(account).await?;
        // A new moment for each change, also within one millisecond: forms are compared by it.
        let changed = sqlx::query_scalar(
            "update integrations set settings = $3,
                 changed_at = case when changed_at < $4 then $4 else changed_at + 1 end
             where account = $1 and id = $2 and changed_at = $5 and kind in ('twilio', 'smtp')
                 and ended_at is null
             returning kind",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(change.settings)
        .bind(now.0)
        .bind(seen.changed_at.0)
        .fetch_optional(write.db())
        .await?;
        let kind = or_moved_on(&mut write, changed).await?;
        if change.moved {
            drop_secrets(&mut write, account, id).await?;
        }
        for secret in change.secrets {
            keep(&mut write, account, id.0, secret, now).await?;
        }
        let act = match (change.moved, change.secrets.is_empty()) {
            (true, _) => Act::IntegrationMoved,
            (false, false) => Act::CredentialReplaced,
            (false, true) => Act::IntegrationChanged,
        };
        self.note(&mut write, account, now, &entry(act, by, id)).await?;
        // A wrong password or sender, too: whoever breaks it first is heard of before they lead it away.
        self.alarm_of_sender(&mut write, account, now, id, Alarm::Moved(kind)).await?;
        write.commit().await
    }

    async fn switch_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let switched = sqlx::query_scalar(
            "update integrations set is_on = $3 where account = $1 and id = $2 and is_on <> $3
                 and kind in ('twilio', 'smtp') and ended_at is null
             returning kind",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(on)
        .fetch_optional(write.db())
        .await?;
        let kind = or_moved_on(&mut write, switched).await?;
        let act = if on { Act::IntegrationSwitchedOn } else { Act::IntegrationSwitchedOff };
        self.note(&mut write, account, now, &entry(act, by, id)).await?;
        if !on {
            self.alarm_of_sender(&mut write, account, now, id, Alarm::SwitchedOff(kind)).await?;
        }
        write.commit().await
    }

    async fn note_sender_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Integration,
        tested: Tested<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let there = sqlx::query_scalar(
            "select kind from integrations where account = $1 and id = $2 and changed_at = $3
                 and kind in ('twilio', 'smtp') and ended_at is null",
        )
        .bind(account.0)
        .bind(seen.id.0)
        .bind(seen.changed_at.0)
        .fetch_optional(write.db())
        .await?;
        or_moved_on(&mut write, there).await?;
        let mut entry = entry(Act::IntegrationTested, by, seen.id);
        entry.code = tested.code;
        entry.about = Some(tested.about.to_owned());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn end_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let ended = sqlx::query_scalar(
            "update integrations set ended_at = $3, is_on = false, settings = '{}'
             where account = $1 and id = $2 and kind in ('twilio', 'smtp') and ended_at is null
             returning kind",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let kind = or_moved_on(&mut write, ended).await?;
        drop_secrets(&mut write, account, id).await?;
        self.note(&mut write, account, now, &entry(Act::IntegrationDeleted, by, id)).await?;
        self.alarm_of_sender(&mut write, account, now, id, Alarm::Deleted(kind)).await?;
        write.commit().await
    }

    async fn admins(&self, account: AccountId) -> Result<Vec<Technician>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            "from technicians t join accounts a on a.id = t.account
             where t.account = $1 and t.role = 'admin' and t.ended_at is null
             order by t.name, t.id"
        ))
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(technician).collect()
    }
}

impl Database {
    /// All admins hear of it: whoever leads texts or mails elsewhere reads links and codes.
    async fn alarm_of_sender(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        id: IntegrationId,
        alarm: Alarm,
    ) -> Result<(), StoreError> {
        let about = About::Sender(id, &alarm.to_string());
        self.mail_admins(write, account, about, MailKind::Sender, now).await
    }
}

async fn drop_secrets(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
) -> Result<(), StoreError> {
    sqlx::query("delete from secrets where account = $1 and row = $2")
        .bind(account.0)
        .bind(id.0)
        .execute(write.db())
        .await?;
    Ok(())
}

/// Which kind it is; without a row nothing was written.
async fn or_moved_on(write: &mut Write, kind: Option<String>) -> Result<SenderKind, StoreError> {
    let found = kind.and_then(|kind| SenderKind::ALL.into_iter().find(|it| it.as_str() == kind));
    match found {
        Some(kind) => Ok(kind),
        None => {
            write.roll_back().await?;
            Err(StoreError::MovedOn)
        }
    }
}
