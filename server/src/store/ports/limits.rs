//! Limits, kept in the database so that every process counts the same.

use crate::store::{Limit, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};

/// Limits.
#[async_trait]
pub trait LimitStore {
    /// Which limit one more would hit, without counting.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn would_hit(
        &self,
        account: AccountId,
        now: Millis,
        limits: &[Limit],
    ) -> Result<Option<String>, StoreError>;

    /// How much was counted against each limit, and until when that counts.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn limit_counts(
        &self,
        account: AccountId,
        now: Millis,
        limits: &[Limit],
    ) -> Result<Vec<(u32, Option<Millis>)>, StoreError>;
}
