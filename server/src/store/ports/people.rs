//! Contacts and tickets of the built-in list.

use crate::store::{Contact, StoreError, Ticket, TicketNote};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, TicketId};

/// Contacts and tickets of the built-in list.
#[async_trait]
pub trait PeopleStore {
    /// One contact.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contact(
        &self,
        account: AccountId,
        id: ContactId,
    ) -> Result<Option<Contact>, StoreError>;

    /// The customer's one contact with this address, or whose card at the PSA had it by its keyed hash;
    /// `None` when there are several.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contact_at(
        &self,
        account: AccountId,
        customer: CustomerId,
        address: &str,
        address_hash: &[u8],
    ) -> Result<Option<Contact>, StoreError>;

    /// Contacts by name; `search` looks at name, e-mail address and customer, empty finds all.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contacts(
        &self,
        account: AccountId,
        search: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<Contact>, StoreError>;

    /// Contacts of one customer by name; `search` looks at name and e-mail address, empty finds all.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contacts_of(
        &self,
        account: AccountId,
        customer: CustomerId,
        search: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreError>;

    /// One ticket.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn ticket(&self, account: AccountId, id: TicketId) -> Result<Option<Ticket>, StoreError>;

    /// Open tickets of the built-in list, newest first (what a PSA shows to whom is the PSA's affair); `search` looks at number, summary, contact and customer, and
    /// finds closed ones too; empty finds all open ones.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn tickets(
        &self,
        account: AccountId,
        search: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<Ticket>, StoreError>;

    /// The newest tickets of the built-in list about one contact, closed ones too.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn tickets_of(
        &self,
        account: AccountId,
        contact: ContactId,
        limit: u32,
    ) -> Result<Vec<Ticket>, StoreError>;

    /// The notes of a ticket, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn ticket_notes(
        &self,
        account: AccountId,
        ticket: TicketId,
    ) -> Result<Vec<TicketNote>, StoreError>;
}
