//! Counters of tries in a window of time, for throttling sign-ins. A try is counted before it is
//! looked at, so that a hundred at once don't all pass the same check.

use super::super::Database;
use crate::store::{AttemptStore, LONGEST_WINDOW_MS, StoreError};
use async_trait::async_trait;
use shared::Millis;
use sqlx::Row;
use uuid::Uuid;

/// Sign-in has no account before it has a technician: its counters stand under no account.
const NOBODY: Uuid = Uuid::nil();

#[async_trait]
impl AttemptStore for Database {
    async fn count_attempt(
        &self,
        name: &str,
        at: Millis,
        window_ms: i64,
    ) -> Result<(i64, Millis), StoreError> {
        let mut write = self.write_row().await?;
        let row = sqlx::query(
            "insert into limits (account, name, since, count) values ($1, $2, $3, 1)
             on conflict (account, name) do update set
             count = case when limits.since <= $4 then 1 else limits.count + 1 end,
             since = case when limits.since <= $4 then excluded.since else limits.since end
             returning count, since",
        )
        .bind(NOBODY)
        .bind(name)
        .bind(at.0)
        .bind(at.0.saturating_sub(window_ms))
        .fetch_one(write.db())
        .await?;
        let answer = (row.try_get(0)?, Millis(row.try_get(1)?));
        write.commit().await?;
        Ok(answer)
    }

    async fn forgive_attempt(&self, names: &[&str]) -> Result<(), StoreError> {
        // No account's row keeps these writes in a queue: in one order, no two wait for each other.
        let mut names = names.to_vec();
        names.sort_unstable();
        let mut write = self.write_row().await?;
        for name in names {
            sqlx::query(
                "update limits set count = count - 1
                 where account = $1 and name = $2 and count > 0",
            )
            .bind(NOBODY)
            .bind(name)
            .execute(write.db())
            .await?;
        }
        write.commit().await
    }
}

impl Database {
    /// Strangers choose the names: what is over must go, or the table grows without end. Not as
    /// soon as it is over, so that this never waits for somebody who still counts.
    pub(super) async fn sweep_attempts(&self, now: Millis) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        sqlx::query("delete from limits where account = $1 and since < $2")
            .bind(NOBODY)
            .bind(now.0.saturating_sub(2 * LONGEST_WINDOW_MS))
            .execute(write.db())
            .await?;
        write.commit().await
    }
}
