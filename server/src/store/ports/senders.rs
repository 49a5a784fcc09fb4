//! What carries an account's texts and mails: connected, changed, switched, tested, deleted.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use crate::senders::SenderKind;
use crate::store::{Integration, NewSender, SenderChange, StoreError, Technician, Tested};

/// What carries texts and mails.
#[async_trait]
pub trait SenderStore {
    /// The account's, on or off.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sender_of(
        &self,
        account: AccountId,
        kind: SenderKind,
    ) -> Result<Option<Integration>, StoreError>;

    /// Connects one. All admins get a mail, as far as mails go out.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the account has one of this kind.
    async fn add_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewSender<'_>,
    ) -> Result<(), StoreError>;

    /// Puts new settings and secrets in place, and all admins get a mail. One that leads elsewhere keeps no
    /// secret but those of the change.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is not what was `seen` any more.
    async fn change_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Integration,
        change: &SenderChange<'_>,
    ) -> Result<(), StoreError>;

    /// Switches it on or off; of the latter all admins get a mail, as far as mails go out.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is so already, or gone.
    async fn switch_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Writes down that it was tested.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is not what was tested any more.
    async fn note_sender_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Integration,
        tested: Tested<'_>,
    ) -> Result<(), StoreError>;

    /// Deletes it with its secrets; all admins get a mail, as far as mails go out. The audit stays.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is gone already.
    async fn end_sender(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError>;

    /// The account's admins, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn admins(&self, account: AccountId) -> Result<Vec<Technician>, StoreError>;
}
