//! What an audit entry is to webhooks: rows of their own, in the transaction that writes the entry.

use shared::{AccountId, Millis};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Write};
use crate::audit::Entry;
use crate::random;
use crate::store::StoreError;
use crate::webhooks::{Event, Names, PATIENCE_MS, event};

impl Database {
    /// Tells it to whom it is to be told. Most entries are told to nobody, and cost nothing here.
    pub(super) async fn tell_webhooks(
        &self,
        write: &mut Write,
        account: AccountId,
        (seq, at): (i64, Millis),
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let Some(event) = Event::of(entry) else { return Ok(()) };
        let rows = sqlx::query(
            "select id, with_names from webhooks
             where account = $1 and is_on and ended_at is null and events like $2",
        )
        .bind(account.0)
        .bind(format!("% {} %", event.as_str()))
        .fetch_all(write.db())
        .await?;
        for row in rows {
            let (webhook, with_names): (Uuid, bool) = (row.try_get(0)?, row.try_get(1)?);
            let names = match with_names {
                true => Some(names(write, account, entry).await?),
                false => None,
            };
            let data = event::data(seq, entry, names.as_ref());
            let body = event::body(event.as_str(), at, data);
            put(write, (account, webhook), event.as_str(), &body, at).await?;
        }
        Ok(())
    }
}

/// The names of those whom the entry names by id, as they are called now.
async fn names(write: &mut Write, account: AccountId, entry: &Entry) -> Result<Names, StoreError> {
    let row = sqlx::query(
        "select (select name from technicians where id = $2 and account = $1),
             (select name from customers where id = $3 and account = $1),
             (select name from contacts where id = $4 and account = $1)",
    )
    .bind(account.0)
    .bind(entry.technician.map(|it| it.0))
    .bind(entry.customer.map(|it| it.0))
    .bind(entry.contact.map(|it| it.0))
    .fetch_one(write.db())
    .await?;
    Ok(Names { technician: row.try_get(0)?, customer: row.try_get(1)?, contact: row.try_get(2)? })
}

/// One thing to be told.
pub(super) async fn put(
    write: &mut Write,
    (account, webhook): (AccountId, Uuid),
    kind: &str,
    body: &str,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into deliveries (id, account, webhook, event, body, state, created_at, due_at,
             give_up_at)
         values ($1, $2, $3, $4, $5, 'waiting', $6, $6, $7)",
    )
    .bind(random::id(at))
    .bind(account.0)
    .bind(webhook)
    .bind(kind)
    .bind(body)
    .bind(at.0)
    .bind(at.plus(PATIENCE_MS).0)
    .execute(write.db())
    .await?;
    Ok(())
}
