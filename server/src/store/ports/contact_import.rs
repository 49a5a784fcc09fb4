//! Contacts of the built-in list, many at once.

use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis};

use crate::store::{Imported, ImportedContact, StoreError};

/// The keyed hash of the numbers on a contact's card.
pub type NumbersHash<'a> = &'a (dyn Fn(ContactId, &[String]) -> Vec<u8> + Send + Sync);

/// Contacts of the built-in list.
#[async_trait]
pub trait ContactImportStore {
    /// Adds or changes each, found by what the other system calls it, and where there is nothing of that
    /// name by its address. What is read live in a PSA is never touched. Other numbers than before are a
    /// changed card, as when somebody looks. The same once more changes nothing. In their order, what came
    /// of each. `by` and the counts go into the audit.
    ///
    /// # Errors
    /// When the database does not take it: then nothing of it stands.
    async fn import_contacts(
        &self,
        account: AccountId,
        by: &str,
        now: Millis,
        contacts: &[ImportedContact],
        numbers_hash: NumbersHash<'_>,
    ) -> Result<Vec<Imported>, StoreError>;
}
