//! Contacts of the built-in list, as a program sends them.

use std::collections::HashSet;

use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis};

use crate::store::{SentContact, StoreError, Taken};

/// How what is on a card is remembered.
#[derive(Clone, Copy)]
pub struct Hashes<'a> {
    /// The keyed hash of the numbers on a contact's card.
    pub numbers: &'a (dyn Fn(ContactId, &[String]) -> Vec<u8> + Send + Sync),
    /// The keyed hash of an address, as a PSA's contact has it.
    pub address: &'a (dyn Fn(&str) -> Vec<u8> + Send + Sync),
}

/// Contacts of the built-in list, as a program of the account's sends them.
#[async_trait]
pub trait SentContactStore {
    /// Adds or changes each, found by what the other system calls it, and where there is nothing of that
    /// name by its address. Who is in a PSA is left as they are there; nobody gets an address that somebody
    /// else of the customer has, nor `approvers` another one at all. Other numbers or another address than before
    /// are a changed card, as when somebody looks, and a mail to all admins: at the first in an hour, ten, a hundred. The same once more
    /// changes nothing. In their order, what came of each. `by` and the counts go into the audit.
    ///
    /// # Errors
    /// When the database does not take it: then nothing of it stands.
    async fn take_contacts(
        &self,
        account: AccountId,
        by: &str,
        now: Millis,
        contacts: &[SentContact],
        approvers: &HashSet<ContactId>,
        hashes: Hashes<'_>,
    ) -> Result<Vec<Taken>, StoreError>;
}
