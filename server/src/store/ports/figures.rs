//! What the dashboard counts: sums over bounded spans, never rows.

use crate::store::{LinkCounts, ResetCount, SetUp, StoreError, Took, Unsent, VerificationCount};
use async_trait::async_trait;
use shared::{AccountId, Millis};

/// Figures of an account. A span is from `from` on, before `until`.
#[async_trait]
pub trait FigureStore {
    /// Resets that were asked for, by day and how they came out.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn reset_counts(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<ResetCount>, StoreError>;

    /// Verifications that were sent, by day and outcome.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn verification_counts(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<VerificationCount>, StoreError>;

    /// How long completed resets took: from the first verification of this contact, in this ticket where
    /// there is one, since their reset before (four hours back at most), to the new password. In order.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn call_to_reset(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<Took>, StoreError>;

    /// What became of the links of completed resets.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn link_counts(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<LinkCounts, StoreError>;

    /// What did not go out since then, by way and reason: of resets, of verifications, and mails to our own
    /// people.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn unsent(&self, account: AccountId, since: Millis) -> Result<Vec<Unsent>, StoreError>;

    /// What the account has set up.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn set_up(&self, account: AccountId) -> Result<SetUp, StoreError>;
}
