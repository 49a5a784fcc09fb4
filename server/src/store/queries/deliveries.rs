//! What webhooks tell: claimed by lease, sent at least once, each with its result.

use async_trait::async_trait;
use serde_json::Map;
use shared::{AccountId, Millis};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db};
use super::count;
use super::mails::About;
use super::webhook_events::put;
use super::webhooks::{entry, give_up};
use crate::audit::{Act, fingerprint};
use crate::random;
use crate::store::{
    Delivery, DeliveryState, DeliveryStore, Lease, MailKind, NotTaken, StoreError, Tried,
};
use crate::webhooks::{Alarm, Event, PING, event};

/// What a row of the table says.
pub(super) fn delivery(row: &<Db as sqlx::Database>::Row) -> Result<Delivery, StoreError> {
    let status: Option<i64> = row.try_get("status")?;
    Ok(Delivery {
        id: row.try_get("id")?,
        account: AccountId(row.try_get("account")?),
        webhook: row.try_get("webhook")?,
        event: row.try_get("event")?,
        body: row.try_get("body")?,
        state: match row.try_get::<&str, _>("state")? {
            "waiting" => DeliveryState::Waiting,
            "done" => DeliveryState::Done,
            "failed" => DeliveryState::Failed,
            _ => return Err(StoreError::Inconsistent("a delivery's state")),
        },
        attempts: count(row, "attempts")?,
        created_at: Millis(row.try_get("created_at")?),
        due_at: Millis(row.try_get("due_at")?),
        give_up_at: Millis(row.try_get("give_up_at")?),
        status: status.and_then(|status| u16::try_from(status).ok()),
        took_ms: row.try_get("took_ms")?,
        tried_at: row.try_get::<Option<i64>, _>("tried_at")?.map(Millis),
    })
}

#[async_trait]
impl DeliveryStore for Database {
    async fn due_deliveries(&self, now: Millis, most_of_one: i64) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar(
            // What is being sent counts among those of its webhook: a receiver that hangs keeps its own
            // places, and no more of them with each look.
            "select id from (
                 select d.id, d.due_at, d.lease_until,
                     row_number() over (partition by d.webhook
                         order by case when d.lease_until > $1 then 0 else 1 end, d.due_at) as nth
                 from deliveries d join accounts a on a.id = d.account
                 where d.state = 'waiting' and d.due_at <= $1 and a.is_on
             ) due where nth <= $2 and lease_until <= $1 order by due_at limit 64",
        )
        .bind(now.0)
        .bind(most_of_one)
        .fetch_all(self.read())
        .await?)
    }

    async fn claim_delivery(
        &self,
        id: Uuid,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<Delivery>, StoreError> {
        let mut write = self.write_row().await?;
        let row = sqlx::query(
            "update deliveries set lease = $2, lease_until = $3, attempts = attempts + 1
             where id = $1 and state = 'waiting' and due_at <= $4 and lease_until <= $4
             returning *",
        )
        .bind(id)
        .bind(lease.id)
        .bind(lease.until.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        write.commit().await?;
        row.as_ref().map(delivery).transpose()
    }

    async fn add_ping(
        &self,
        account: AccountId,
        webhook: Uuid,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<Delivery>, StoreError> {
        let mut write = self.write(account).await?;
        let row = sqlx::query(
            "insert into deliveries (id, account, webhook, event, body, state, attempts,
                 created_at, due_at, give_up_at, lease, lease_until)
             select $1, $2, $3, $4, $5, 'waiting', 1, $6, $6, $6, $7, $8 from webhooks
             where id = $3 and account = $2 and ended_at is null returning *",
        )
        .bind(random::id(now))
        .bind(account.0)
        .bind(webhook)
        .bind(PING)
        .bind(event::body(PING, now, Map::new()))
        .bind(now.0)
        .bind(lease.id)
        .bind(lease.until.0)
        .fetch_optional(write.db())
        .await?;
        write.commit().await?;
        row.as_ref().map(delivery).transpose()
    }

    async fn delivery_taken(
        &self,
        delivery: &Delivery,
        lease: Lease,
        tried: Tried,
    ) -> Result<(), StoreError> {
        // Holds the account, as whoever switches the webhook off does: that one takes the rows the other way.
        let mut write = self.write(delivery.account).await?;
        let query = sqlx::query(
            "update deliveries set state = 'done', body = '', lease = null, status = $3,
                 took_ms = $4, tried_at = $5
             where id = $1 and lease = $2 and state = 'waiting'",
        )
        .bind(delivery.id)
        .bind(lease.id)
        .bind(tried.status.map(i64::from))
        .bind(tried.took_ms)
        .bind(tried.at.0);
        write.one(query).await?;
        sqlx::query(
            "update webhooks set failing_since = null where account = $1 and id = $2
                 and failing_since is not null",
        )
        .bind(delivery.account.0)
        .bind(delivery.webhook)
        .execute(write.db())
        .await?;
        write.commit().await
    }

    async fn delivery_not_taken(
        &self,
        delivery: &Delivery,
        lease: Lease,
        tried: Tried,
        next: NotTaken,
    ) -> Result<(), StoreError> {
        let account = delivery.account;
        let mut write = self.write(account).await?;
        let due_at = match next {
            NotTaken::Later(due_at) => Some(due_at.0),
            NotTaken::GivenUp | NotTaken::SwitchOff => None,
        };
        let query = sqlx::query(
            "update deliveries set status = $3, took_ms = $4, tried_at = $5, lease = null,
                 lease_until = 0, due_at = coalesce($6, due_at),
                 state = case when $6 is null then 'failed' else state end,
                 body = case when $6 is null then '' else body end
             where id = $1 and lease = $2 and state = 'waiting'",
        )
        .bind(delivery.id)
        .bind(lease.id)
        .bind(tried.status.map(i64::from))
        .bind(tried.took_ms)
        .bind(tried.at.0)
        .bind(due_at);
        write.one(query).await?;
        // A test is no news: somebody is looking at it.
        if delivery.event != PING {
            sqlx::query(
                "update webhooks set failing_since = coalesce(failing_since, $3)
                 where account = $1 and id = $2 and ended_at is null",
            )
            .bind(account.0)
            .bind(delivery.webhook)
            .bind(tried.at.0)
            .execute(write.db())
            .await?;
        }
        if next == NotTaken::SwitchOff {
            let query = sqlx::query(
                "update webhooks set is_on = false
                 where account = $1 and id = $2 and is_on and ended_at is null",
            );
            let query = query.bind(account.0).bind(delivery.webhook);
            if query.execute(write.db()).await?.rows_affected() == 1 {
                give_up(&mut write, account, delivery.webhook).await?;
                let about = About::Program(Alarm::Off.as_str());
                self.mail_admins(&mut write, account, about, MailKind::Webhook, tried.at).await?;
                let entry = entry(Act::WebhookSwitchedOff, delivery.webhook);
                self.note(&mut write, account, tried.at, &entry).await?;
            }
        }
        write.commit().await
    }

    async fn release_delivery(&self, delivery: &Delivery, lease: Lease) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update deliveries set lease = null, lease_until = 0
             where id = $1 and lease = $2 and state = 'waiting'",
        );
        write.one(query.bind(delivery.id).bind(lease.id)).await?;
        write.commit().await
    }

    async fn due_heads(&self, hour: Millis) -> Result<Vec<(AccountId, Uuid)>, StoreError> {
        let rows = sqlx::query(
            "select w.account, w.id from webhooks w join accounts a on a.id = w.account
             where w.is_on and w.ended_at is null and a.is_on and w.head_at < $1
                 and w.events like $2 limit 64",
        )
        .bind(hour.0)
        .bind(format!("% {} %", Event::AuditHead.as_str()))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((AccountId(row.try_get(0)?), row.try_get(1)?))).collect()
    }

    async fn tell_head(
        &self,
        account: AccountId,
        webhook: Uuid,
        hour: Millis,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update webhooks set head_at = $3
             where account = $1 and id = $2 and is_on and head_at < $3 and ended_at is null",
        );
        write.one(query.bind(account.0).bind(webhook).bind(hour.0)).await?;
        let row = sqlx::query("select audit_count, audit_head from accounts where id = $1")
            .bind(account.0)
            .fetch_one(write.db())
            .await?;
        let (entries, mac): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let mut data = Map::new();
        data.insert("entries".into(), entries.into());
        // As `audit verify` takes it.
        data.insert("head".into(), fingerprint(entries, &mac).into());
        let kind = Event::AuditHead.as_str();
        put(&mut write, (account, webhook), kind, &event::body(kind, now, data), now).await?;
        write.commit().await
    }

    async fn sweep_deliveries(&self, before: Millis) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        sqlx::query("delete from deliveries where state <> 'waiting' and created_at < $1")
            .bind(before.0)
            .execute(write.db())
            .await?;
        write.commit().await
    }
}
