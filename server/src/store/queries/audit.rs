//! The audit chain. Entries are only ever written inside the transaction that they tell of (P7).

use super::super::{APPEND, Database, Db, SNAPSHOT, Write};
use crate::store::{AuditStore, BrokenChain, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};
use sqlx::Row;
use uuid::Uuid;

use crate::audit::{self, Entry, Head};
use crate::seal::same;

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

    async fn verify_audit(
        &self,
        account: AccountId,
    ) -> Result<Result<i64, BrokenChain>, StoreError> {
        // One snapshot: an entry written between two reads is no damage.
        let mut tx = self.read().begin_with(SNAPSHOT).await?;
        let head = sqlx::query("select audit_count, audit_head from accounts where id = $1")
            .bind(account.0)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| StoreError::Unusable(format!("there is no account {account}")))?;
        let (count, newest): (i64, Vec<u8>) = (head.try_get(0)?, head.try_get(1)?);
        let rows =
            sqlx::query("select seq, at, body, mac from audit where account = $1 order by seq")
                .bind(account.0)
                .fetch_all(&mut *tx)
                .await?;
        let mut before = Vec::new();
        for (row, expected) in rows.iter().zip(1..) {
            let (seq, at, body): (i64, i64, String) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let mac: Vec<u8> = row.try_get(3)?;
            let right = audit::mac(&self.keys, account, seq, Millis(at), &before, &body);
            if seq != expected || !same(&mac, &right) {
                return Ok(Err(BrokenChain { seq: expected }));
            }
            before = mac;
        }
        let len = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        if len != count || before != newest {
            return Ok(Err(BrokenChain { seq: len + 1 }));
        }
        Ok(Ok(count))
    }
}

impl Database {
    /// Appends an entry to the account's chain, in the transaction that it tells of.
    pub(crate) async fn note(
        &self,
        write: &mut Write,
        account: AccountId,
        at: Millis,
        entry: &Entry,
    ) -> Result<(), StoreError> {
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
        sqlx::query(APPEND)
            .bind(account.0)
            .bind(seq)
            .bind(at.0)
            .bind(body)
            .bind(&mac)
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
