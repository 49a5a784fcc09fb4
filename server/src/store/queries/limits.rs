//! Limits, kept in the database so that every process counts the same.

use super::super::{Database, Write};
use crate::store::{Limit, LimitHit, LimitStore, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};
use sqlx::Row;

#[async_trait]
impl LimitStore for Database {
    async fn would_hit(
        &self,
        account: AccountId,
        now: Millis,
        limits: &[Limit],
    ) -> Result<Option<String>, StoreError> {
        for limit in limits {
            let count: Option<i64> = sqlx::query_scalar(
                "select count from limits where account = $1 and name = $2 and since > $3",
            )
            .bind(account.0)
            .bind(&limit.name)
            .bind(now.0 - limit.window_ms)
            .fetch_optional(self.read())
            .await?;
            if count.is_some_and(|count| count >= i64::from(limit.most)) {
                return Ok(Some(limit.name.clone()));
            }
        }
        Ok(None)
    }

    async fn limit_counts(
        &self,
        account: AccountId,
        now: Millis,
        limits: &[Limit],
    ) -> Result<Vec<(u32, Option<Millis>)>, StoreError> {
        let mut counts = Vec::with_capacity(limits.len());
        for limit in limits {
            let row = sqlx::query(
                "select count, since from limits where account = $1 and name = $2 and since > $3",
            )
            .bind(account.0)
            .bind(&limit.name)
            .bind(now.0 - limit.window_ms)
            .fetch_optional(self.read())
            .await?;
            counts.push(match row {
                None => (0, None),
                Some(row) => {
                    let since = Millis(row.try_get("since")?);
                    (super::count(&row, "count")?, Some(since.plus(limit.window_ms)))
                }
            });
        }
        Ok(counts)
    }
}

impl Database {
    /// Counts one against every limit, or against none when one of them is reached. Part of the
    /// transaction that does the thing.
    pub(crate) async fn spend(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        limits: &[Limit],
    ) -> Result<Result<(), LimitHit>, StoreError> {
        for limit in limits {
            let (since, count) = self.count_one(write, account, now, limit).await?;
            if count > i64::from(limit.most) {
                // The caller drops the transaction, so that a refused act counts nowhere.
                let wait_ms = Millis(since).plus(limit.window_ms).since(now).max(1000);
                return Ok(Err(LimitHit {
                    name: limit.name.clone(),
                    retry_after: u32::try_from(wait_ms / 1000).unwrap_or(u32::MAX),
                }));
            }
        }
        Ok(Ok(()))
    }

    /// Counts one against a limit, reached or not. Gives when its window began, and the count.
    pub(super) async fn count_one(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        limit: &Limit,
    ) -> Result<(i64, i64), StoreError> {
        self.count_many(write, account, now, limit, 1).await
    }

    /// Counts so many against a limit, likewise.
    pub(super) async fn count_many(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        limit: &Limit,
        many: i64,
    ) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "insert into limits (account, name, since, count) values ($1, $2, $3, $5)
             on conflict (account, name) do update set
                 count = case when limits.since <= $4 then $5 else limits.count + $5 end,
                 since = case when limits.since <= $4 then excluded.since else limits.since end
             returning since, count",
        )
        .bind(account.0)
        .bind(&limit.name)
        .bind(now.0)
        .bind(now.0 - limit.window_ms)
        .bind(many)
        .fetch_one(write.db())
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
