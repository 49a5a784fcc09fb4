//! Shares: made, looked at without effect, opened exactly once (P10), ended. What they are for
//! hears of it in the same transaction.

use crate::store::{Attempt, LookRow, Opening, Share, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis, ShareId, TechnicianId};

/// Sealed secrets behind links.
#[async_trait]
pub trait ShareStore {
    /// Writes a share down that stands by itself.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn make_share(
        &self,
        share: &Share,
        by: Option<TechnicianId>,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// One share.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn share(&self, account: AccountId, id: ShareId) -> Result<Option<Share>, StoreError>;

    /// Its link is on its way: its life begins, once.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn share_sent(
        &self,
        account: AccountId,
        id: ShareId,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Looks at a link without any effect. `None` for every kind of dead.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn look_at_share(
        &self,
        look_id: &[u8],
        now: Millis,
    ) -> Result<Option<LookRow>, StoreError>;

    /// Opens a link for the device that holds the nonce.
    ///
    /// One statement claims before anything is answered, and counts an unlock code's try only for
    /// who has the right proof, before it is compared (P10). The winning device may come again
    /// within the grace; for anybody else the link is dead. Who lacks either the link's id or its
    /// proof costs one read, whatever the link's state.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn open_share(&self, opening: Opening<'_>, now: Millis) -> Result<Attempt, StoreError>;

    /// Ends a link at once: an open one, a locked one, and one that was opened but is in its grace.
    /// `None` when there was nothing to end. One that its owner has not let be opened is the
    /// owner's to end.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn revoke_share(
        &self,
        account: AccountId,
        id: ShareId,
        by: Option<TechnicianId>,
        now: Millis,
    ) -> Result<Option<Share>, StoreError>;

    /// Erases what no one may fetch any more: opened and past its grace, or expired unopened.
    /// Answers whose links expired, an account for each.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn sweep_shares(&self, now: Millis) -> Result<Vec<AccountId>, StoreError>;

    /// Forgets what has run out: limits whose window is over, sessions that have ended.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn sweep_ended(&self, now: Millis) -> Result<(), StoreError>;
}
