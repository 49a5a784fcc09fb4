//! Limits, kept in the database so that every process counts the same, and policies.

use crate::policy::Policy;
use crate::store::{Limit, StoreError};
use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis};

/// Policies and limits.
#[async_trait]
pub trait LimitStore {
    /// The policy in force for a customer: its own where it has one, otherwise the account's,
    /// otherwise the defaults.
    ///
    /// # Errors
    /// When the database can't be read or the policy makes no sense.
    async fn policy(&self, account: AccountId, customer: CustomerId) -> Result<Policy, StoreError>;

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
