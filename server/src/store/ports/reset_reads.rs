//! Reading resets.

use crate::store::{Reset, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis, ResetId};

/// Reading resets.
#[async_trait]
pub trait ResetReadStore {
    /// One reset.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn reset(&self, account: AccountId, id: ResetId) -> Result<Option<Reset>, StoreError>;

    /// One reset, for the driver that holds it.
    ///
    /// # Errors
    /// When the database can't be read or the reset is gone.
    async fn reset_to_drive(&self, id: ResetId) -> Result<Reset, StoreError>;

    /// The live reset of a person (P5).
    ///
    /// # Errors
    /// When the database can't be read.
    async fn live_reset(
        &self,
        account: AccountId,
        directory_user: &str,
    ) -> Result<Option<Reset>, StoreError>;

    /// The reset of a contact that matters most: one that is live, stuck or whose link can still
    /// be opened, whatever its age; otherwise the newest that was asked for after `since`. A
    /// refused second try must not hide an open link with its unlock code.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn newest_reset(
        &self,
        account: AccountId,
        contact: ContactId,
        since: Millis,
    ) -> Result<Option<Reset>, StoreError>;

    /// Resets that somebody should drive: live, nobody's, and due.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_resets(&self, now: Millis) -> Result<Vec<ResetId>, StoreError>;
}
