//! The links of a reset; a new link in place of one that was not opened: the same password, never two links, never none.

use crate::store::{Limit, NotReplaced, Reset, Share, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis, ResetId, ShareId, TechnicianId};

/// New links for the same password.
#[async_trait]
pub trait LinkStore {
    /// Ends the link `old` and puts `share` in its place, for the phone that stands in `reset`, in
    /// one transaction: of an opening and a new link at once one wins, and of two new links.
    ///
    /// # Errors
    /// `MovedOn` when the old link was opened, ended or replaced meanwhile.
    async fn replace_link(
        &self,
        reset: &Reset,
        old: ShareId,
        share: &Share,
        by: TechnicianId,
        limit: &Limit,
        now: Millis,
    ) -> Result<Result<(), NotReplaced>, StoreError>;

    /// The newest share of a reset.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn share_of(
        &self,
        account: AccountId,
        reset: ResetId,
    ) -> Result<Option<Share>, StoreError>;

    /// The sealed phone that a link goes to, read in one statement with the link being the open
    /// one of its reset. `None` when it is not any more.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn phone_of(&self, share: &Share) -> Result<Option<Vec<u8>>, StoreError>;
}
