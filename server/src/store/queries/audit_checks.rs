//! The check of an account's chain, as far as it has come. Rows of one statement each, by compare-and-set.

use async_trait::async_trait;
use shared::{AccountId, Millis};
use sqlx::Row;
use uuid::Uuid;

use super::super::Database;
use crate::store::{AuditCheck, AuditCheckStore, StoreError};

#[async_trait]
impl AuditCheckStore for Database {
    async fn audit_check(&self, account: AccountId) -> Result<Option<AuditCheck>, StoreError> {
        let row = sqlx::query(
            "select run, seen_at, entries, walked, sealed from audit_checks
             where account = $1",
        )
        .bind(account.0)
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(AuditCheck {
            run: row.try_get(0)?,
            seen_at: Millis(row.try_get(1)?),
            entries: row.try_get(2)?,
            walked: row.try_get(3)?,
            sealed: row.try_get(4)?,
        }))
    }

    async fn begin_audit_check(
        &self,
        account: AccountId,
        now: Millis,
        run: Uuid,
        entries: i64,
        alive: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "insert into audit_checks (account, run, begun_at, seen_at, entries, walked)
             values ($1, $2, $3, $3, $4, 0)
             on conflict (account) do update set run = excluded.run, begun_at = excluded.begun_at,
                 seen_at = excluded.seen_at, entries = excluded.entries, walked = 0, sealed = null
             where audit_checks.sealed is not null or audit_checks.seen_at < $5",
        )
        .bind(account.0)
        .bind(run)
        .bind(now.0)
        .bind(entries)
        .bind(alive.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn note_audit_check(
        &self,
        account: AccountId,
        now: Millis,
        run: Uuid,
        walked: i64,
        sealed: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update audit_checks set seen_at = $3, walked = $4, sealed = $5
             where account = $1 and run = $2 and sealed is null",
        )
        .bind(account.0)
        .bind(run)
        .bind(now.0)
        .bind(walked)
        .bind(sealed);
        write.one(query).await?;
        write.commit().await
    }
}
