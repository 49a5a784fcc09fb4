//! The audit chain. Entries are only ever written inside the transaction that they tell of (P7).

use super::super::{APPEND, Database, Db, Write};
use super::team::by_an_admin;
use crate::store::{AuditStore, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};
use sqlx::Row;
use uuid::Uuid;

use crate::audit::{self, Entry, Facets, Head, Kind};

type Line = <Db as sqlx::Database>::Row;

/// The end of an account's chain, for a statement's columns: one question fewer to the database.
macro_rules! audit_head {
    ($account:literal) => {
        concat!(
            "(select audit_count from accounts where id = ",
            $account,
            ") as chain_count, (select audit_head from accounts where id = ",
            $account,
            ") as chain_mac"
        )
    };
}
pub(super) use audit_head;

/// What [`audit_head`] gave.
pub(super) fn head_in(row: &Line, account: AccountId) -> Result<Head, StoreError> {
    // An account that is not there has no chain.
    let count: Option<i64> = row.try_get("chain_count")?;
    let mac: Option<Vec<u8>> = row.try_get("chain_mac")?;
    match (count, mac) {
        (Some(count), Some(mac)) => Ok(Head { account, count, mac }),
        _ => Err(StoreError::Inconsistent("an audit entry of no account")),
    }
}

#[async_trait]
impl AuditStore for Database {
    async fn note_alone(
        &self,
        account: AccountId,
        at: Millis,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        self.note(&mut write, account, at, entry).await?;
        write.commit().await
    }

    async fn audit(&self, account: AccountId) -> Result<Vec<(i64, Millis, String)>, StoreError> {
        let rows = sqlx::query("select seq, at, body from audit where account = $1 order by seq")
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, Millis(row.try_get(1)?), row.try_get(2)?)))
            .collect()
    }
}

impl Database {
    /// Appends an entry to the account's chain, in the transaction that it tells of. What only an
    /// admin may do is refused in the name of somebody who is none any more, however long ago the
    /// request came in.
    ///
    /// # Errors
    /// `NotAllowed` for that.
    pub(crate) async fn note(
        &self,
        write: &mut Write,
        account: AccountId,
        at: Millis,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        if let Some(by) = entry.technician.filter(|_| entry.act.is_an_admins()) {
            by_an_admin(write, account, by).await.map_err(|error| match error {
                StoreError::MovedOn => StoreError::NotAllowed,
                other => other,
            })?;
        }
        let head = match write.head.take().filter(|head| head.account == account) {
            Some(head) => head,
            None => {
                let read = concat!("select ", audit_head!("$1"));
                let head = sqlx::query(read).bind(account.0).fetch_one(write.db()).await?;
                head_in(&head, account)?
            }
        };
        let (seq, before) = (head.count + 1, head.mac);
        let body = serde_json::to_string(entry)
            .map_err(|_| StoreError::Inconsistent("an audit entry that is no JSON"))?;
        let mac = audit::mac(&self.keys, account, seq, at, &before, &body);
        let facets = Facets::from(entry);
        sqlx::query(APPEND)
            .bind(account.0)
            .bind(seq)
            .bind(at.0)
            .bind(body)
            .bind(&mac)
            .bind(facets.kind.map(Kind::number))
            .bind(facets.technician.map(|id| id.0))
            .bind(facets.customer.map(|id| id.0))
            .bind(facets.contact.map(|id| id.0))
            .bind(facets.reset.map(|id| id.0))
            .execute(write.db())
            .await?;
        // Nobody else writes to this chain before the end of this write.
        write.head = Some(Head { account, count: seq, mac });
        self.tell_webhooks(write, account, (seq, at), entry).await
    }

    /// Remembers the name of an id that audit entries use. Kept apart, so that it can be erased.
    pub(crate) async fn name(
        &self,
        write: &mut Write,
        account: AccountId,
        id: Uuid,
        name: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into audit_names (account, id, name) values ($1, $2, $3)
             on conflict (account, id) do update set name = excluded.name",
        )
        .bind(account.0)
        .bind(id)
        .bind(name)
        .execute(write.db())
        .await?;
        Ok(())
    }
}
