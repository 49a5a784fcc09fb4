//! Contacts of our own list, as admins bring them in.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, TechnicianId};

use crate::store::{ContactFile, Imported, KnownContact, StoreError};

/// Contacts from a file.
#[async_trait]
pub trait ContactStore {
    /// The contacts of these customers as a file is compared with them: those of our own list, and a
    /// PSA's by the hash of their address.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn known_contacts(
        &self,
        account: AccountId,
        customers: &[CustomerId],
    ) -> Result<Vec<KnownContact>, StoreError>;

    /// Makes the customers that are new, adds contacts, and brings those up to date that have the same
    /// address at the same customer; nobody is deleted. One audit entry with the counts; a mail to all admins
    /// where somebody's numbers are others than before, or somebody new has some.
    ///
    /// # Errors
    /// `MovedOn` when a customer came or went since the file was read.
    async fn import_contacts(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        file: &ContactFile,
    ) -> Result<Imported, StoreError>;
}
