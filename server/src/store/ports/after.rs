//! What follows a reset by policy. Its rows are written down with `applied`; here is what came of
//! them.

use async_trait::async_trait;
use shared::Millis;

use crate::store::{Lease, OutboxRow, Reset, StoreError};

/// What came of what follows a reset.
#[async_trait]
pub trait AfterStore {
    /// Microsoft ended the person's sign-in sessions.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn sessions_ended(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// The provider took the text that tells of the reset; `about` is the masked number and the
    /// provider's id.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile; the text may then go out twice.
    async fn notice_sent(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        about: &str,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// There is nobody there any more, or never was: no manager, no other phone on the card.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn nobody_to_tell(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError>;
}
