//! What is remembered of a person at Microsoft between two looks: the phone, and that they are gone.

use crate::store::{DirectoryLink, SeenPhone, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Code, Millis};

/// What is remembered of a person between two looks.
#[async_trait]
pub trait PhoneStore {
    /// The phone that a link to this person would go to, as it was found now. Gives since when it
    /// is a new one: the last time that a look found another phone than the one before it, back to
    /// an older one included. The first look at a person finds no change, whatever it finds; and
    /// it is the first one once, whichever contact or integration led to them since.
    ///
    /// # Errors
    /// `MovedOn` when the contact is linked to somebody else by now.
    async fn see_phone(
        &self,
        account: AccountId,
        now: Millis,
        link: &DirectoryLink,
        phone: &SeenPhone,
    ) -> Result<Option<Millis>, StoreError>;

    /// The linked person is gone, or no longer has the contact's address, and nobody else has it.
    /// Written down once, until the contact is linked again.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn link_lost(
        &self,
        account: AccountId,
        now: Millis,
        link: &DirectoryLink,
        why: Code,
    ) -> Result<(), StoreError>;
}
