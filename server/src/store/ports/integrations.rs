//! Connections to other companies, their sealed secrets, and who a contact is over there.

use crate::store::{DirectoryLink, Integration, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis};
use uuid::Uuid;

/// Connections to other companies, and who is who there.
#[async_trait]
pub trait IntegrationStore {
    /// The customer's Microsoft 365 integration.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn m365_of(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<Integration>, StoreError>;

    /// Any integration by its id alone: for callbacks, which know nothing else and prove
    /// themselves by a signature.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn integration(&self, id: IntegrationId) -> Result<Option<Integration>, StoreError>;

    /// A sealed secret; opening it is the caller's act.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn secret(
        &self,
        account: AccountId,
        kind: &'static str,
        row: Uuid,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Who a contact was found to be at Microsoft.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn directory_link(
        &self,
        account: AccountId,
        contact: ContactId,
    ) -> Result<Option<DirectoryLink>, StoreError>;

    /// Links a contact to the one person that has exactly its address. `asked` is the version
    /// (`changed_at`) of the integration by which they were found.
    ///
    /// # Errors
    /// `MovedOn` when there is no such contact, or the integration has changed or ended since.
    async fn link_directory(
        &self,
        account: AccountId,
        now: Millis,
        link: &DirectoryLink,
        asked: Millis,
    ) -> Result<(), StoreError>;
}
