//! Where an account's own programs hear of what happens.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::deliveries::delivery;
use super::m365::keep;
use super::mails::About;
use crate::audit::{Act, Entry};
use crate::store::{
    Delivery, MailKind, SecretChange, StoreError, Webhook, WebhookChange, WebhookStore,
};
use crate::webhooks::{Alarm, SECRET, event};

fn webhook(row: &<Db as sqlx::Database>::Row) -> Result<Webhook, StoreError> {
    Ok(Webhook {
        id: row.try_get("id")?,
        account: AccountId(row.try_get("account")?),
        url: row.try_get("url")?,
        events: event::split(row.try_get("events")?),
        with_names: row.try_get("with_names")?,
        is_on: row.try_get("is_on")?,
        created_at: Millis(row.try_get("created_at")?),
        version: Millis(row.try_get("changed_at")?),
        failing_since: row.try_get::<Option<i64>, _>("failing_since")?.map(Millis),
    })
}

/// An entry about it, by its id.
pub(super) fn entry(act: Act, id: Uuid) -> Entry {
    Entry::new(act).about(format!("webhook {id}"))
}

#[async_trait]
impl WebhookStore for Database {
    async fn webhooks(&self, account: AccountId) -> Result<Vec<Webhook>, StoreError> {
        let rows = sqlx::query(
            "select * from webhooks where account = $1 and ended_at is null
             order by created_at, id",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(webhook).collect()
    }

    async fn webhook(&self, account: AccountId, id: Uuid) -> Result<Option<Webhook>, StoreError> {
        let row = sqlx::query(
            "select * from webhooks where account = $1 and id = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(id)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(webhook).transpose()
    }

    async fn put_webhook(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        change: &WebhookChange<'_>,
        most: u32,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = match change.seen {
            None => sqlx::query(
                "insert into webhooks (id, account, url, events, with_names, created_at,
                     changed_at)
                 select $2, $1, $3, $4, $5, $6, $6 where
                     (select count(*) from webhooks where account = $1 and ended_at is null) < $7",
            ),
            // A new version for each change, also within one millisecond.
            Some(_) => sqlx::query(
                "update webhooks set url = $3, events = $4, with_names = $5,
                     failing_since = case when url = $3 then failing_since end,
                     changed_at = case when changed_at < $6 then $6 else changed_at + 1 end
                 where account = $1 and id = $2 and changed_at = $7 and ended_at is null",
            ),
        };
        let changed = query
            .bind(account.0)
            .bind(change.id)
            .bind(change.url)
            .bind(event::join(change.events))
            .bind(change.with_names)
            .bind(now.0)
            .bind(change.seen.map_or(i64::from(most), |seen| seen.0))
            .execute(write.db())
            .await?
            .rows_affected();
        if changed != 1 {
            write.roll_back().await?;
            return Err(if change.seen.is_some() {
                StoreError::MovedOn
            } else {
                StoreError::Taken
            });
        }
        if let Some(sealed) = change.sealed {
            let secret = SecretChange::Put { kind: SECRET, sealed: sealed.to_vec() };
            keep(&mut write, account, change.id, &secret, now).await?;
        }
        if change.act == Act::WebhookMoved {
            give_up(&mut write, account, change.id).await?;
        }
        if let Some(alarm) = change.alarm {
            let about = About::Program(alarm.as_str());
            self.mail_admins(&mut write, account, about, MailKind::Webhook, now).await?;
        }
        self.note(&mut write, account, now, &entry(change.act, change.id).by(by)).await?;
        write.commit().await
    }

    async fn switch_webhook(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: Uuid,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update webhooks set is_on = $3, failing_since = null
             where account = $1 and id = $2 and is_on <> $3 and ended_at is null",
        )
        .bind(account.0)
        .bind(id)
        .bind(on);
        write.one(query).await?;
        if !on {
            give_up(&mut write, account, id).await?;
        }
        let (act, alarm) = match on {
            true => (Act::WebhookSwitchedOn, Alarm::SwitchedOn),
            false => (Act::WebhookSwitchedOff, Alarm::SwitchedOff),
        };
        let about = About::Program(alarm.as_str());
        self.mail_admins(&mut write, account, about, MailKind::Webhook, now).await?;
        self.note(&mut write, account, now, &entry(act, id).by(by)).await?;
        write.commit().await
    }

    async fn delete_webhook(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: Uuid,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update webhooks set is_on = false, ended_at = $3
             where account = $1 and id = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(id)
        .bind(now.0);
        write.one(query).await?;
        keep(&mut write, account, id, &SecretChange::Drop { kind: SECRET }, now).await?;
        give_up(&mut write, account, id).await?;
        let about = About::Program(Alarm::Deleted.as_str());
        self.mail_admins(&mut write, account, about, MailKind::Webhook, now).await?;
        self.note(&mut write, account, now, &entry(Act::WebhookDeleted, id).by(by)).await?;
        write.commit().await
    }

    async fn deliveries_to(
        &self,
        account: AccountId,
        id: Uuid,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "select * from deliveries where account = $1 and webhook = $2
             order by created_at desc, id desc limit 20",
        )
        .bind(account.0)
        .bind(id)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(delivery).collect()
    }
}

/// Whatever waits to be told there goes nowhere any more.
pub(super) async fn give_up(
    write: &mut Write,
    account: AccountId,
    id: Uuid,
) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set state = 'failed', body = '', lease = null
         where account = $1 and webhook = $2 and state = 'waiting'",
    )
    .bind(account.0)
    .bind(id)
    .execute(write.db())
    .await?;
    Ok(())
}
