//! What is remembered of the numbers on a contact's card between two looks.

use crate::store::StoreError;
use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis};

/// Contacts' cards.
#[async_trait]
pub trait CardStore {
    /// Remembers a card's numbers by their keyed hash, and gives when a look last found others than
    /// the one before it.
    ///
    /// # Errors
    /// When the database can't be used.
    async fn see_card(
        &self,
        account: AccountId,
        contact: ContactId,
        hash: &[u8],
        now: Millis,
    ) -> Result<Option<Millis>, StoreError>;
}
