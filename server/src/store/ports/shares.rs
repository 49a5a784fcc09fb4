//! Shares: looking at one without effect, and opening one exactly once (P10).

use crate::store::{LookRow, OpenResult, Share, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis, ResetId, ShareId};

/// Sealed secrets behind links.
#[async_trait]
pub trait ShareStore {
    /// The newest share of a reset.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn share_of(
        &self,
        account: AccountId,
        reset: ResetId,
    ) -> Result<Option<Share>, StoreError>;

    /// Looks at a link without any effect. `None` for every kind of dead.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn look_at_share(
        &self,
        look_id: &[u8],
        now: Millis,
    ) -> Result<Option<LookRow>, StoreError>;

    /// The account and row of a share, for hashing an unlock code. No effect.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn share_row(&self, look_id: &[u8]) -> Result<Option<(AccountId, ShareId)>, StoreError>;

    /// Opens a link for the device that holds `opener_hash`'s nonce.
    ///
    /// One statement claims before anything is answered, and counts an unlock code's try only for
    /// who has the right proof, before it is compared (P10). The winning device may come again
    /// within the grace; for anybody else the link is dead.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn open_share(
        &self,
        account: AccountId,
        look_id: &[u8],
        proof_hash: &[u8],
        opener_hash: &[u8],
        unlock_hash: Option<&[u8]>,
        now: Millis,
    ) -> Result<OpenResult, StoreError>;

    /// Erases what no one may fetch any more: opened and past its grace, or expired unopened.
    /// Answers how many links expired.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn sweep_shares(&self, now: Millis) -> Result<u64, StoreError>;

    /// Forgets what has run out: limits whose window is over, sessions that have ended.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn sweep_ended(&self, now: Millis) -> Result<(), StoreError>;
}
