//! The pivot: Microsoft holds the new password. One transaction opens the share, writes down what
//! must be sent, and ends what is older (P4). And the ways in which a reset ends after it.

use crate::store::{Lease, Limit, LimitHit, Reset, StoreError};
use async_trait::async_trait;
use shared::{Millis, TechnicianId};

/// The pivot, and the ways in which a reset ends after it.
#[async_trait]
pub trait AppliedStore {
    /// `applied`: forward only from here. `ids` are those by which Microsoft and we know the call.
    ///
    /// # Errors
    /// `MovedOn` when another driver has the reset.
    async fn record_applied(
        &self,
        reset: &Reset,
        lease: Lease,
        ids: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// The same link once more. `false` when a text is still waiting to go out, or the link can't
    /// be opened any more.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn text_again(
        &self,
        reset: &Reset,
        by: TechnicianId,
        now: Millis,
        limit: &Limit,
    ) -> Result<Result<bool, LimitHit>, StoreError>;

    /// A technician ends it: nobody gets this password. For a stuck reset, and for one whose link
    /// was not opened.
    ///
    /// # Errors
    /// `MovedOn` when there is nothing to give up.
    async fn give_up(&self, reset: &Reset, by: TechnicianId, now: Millis)
    -> Result<(), StoreError>;

    /// Everything that has a stage, for the tests' last look.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn unsettled(&self) -> Result<(i64, i64), StoreError>;
}
