//! Which customers technicians have.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};

use crate::reach::Reach;
use crate::store::StoreError;

/// Who has which customers.
#[async_trait]
pub trait ReachStore {
    /// A technician's customers: all for admins, none for who has left or never was there.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn reach(&self, account: AccountId, id: TechnicianId) -> Result<Reach, StoreError>;

    /// Gives a technician other customers than they were `seen` to have. Of more, all admins and the
    /// technician hear.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is not as seen any more, a customer is not the account's, or it is no
    /// technician, or no admin who does it.
    async fn set_reach(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
        seen: &Reach,
        new: &Reach,
    ) -> Result<(), StoreError>;
}
