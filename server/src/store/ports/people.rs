//! Contacts and tickets, and their lists.

use crate::store::{Contact, ListAsk, Listed, StoreError, Ticket, TicketNote};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, TicketId};

/// Contacts and tickets.
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

    /// Everybody with this whole address, whoever's contact and listed or not: of our own list by the address,
    /// of a PSA by its keyed hash. At most `most`, the oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contacts_at(
        &self,
        account: AccountId,
        address: &str,
        address_hash: &[u8],
        most: u32,
    ) -> Result<Vec<Contact>, StoreError>;

    /// A page of the contacts that are listed: by name, or the newest first. A search finds beginnings of
    /// words of name, e-mail address and customer, and a PSA's contact by its whole address.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contacts(
        &self,
        account: AccountId,
        ask: &ListAsk<'_, ContactId>,
    ) -> Result<Listed<Contact>, StoreError>;

    /// One ticket.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn ticket(&self, account: AccountId, id: TicketId) -> Result<Option<Ticket>, StoreError>;

    /// A page of the open tickets that are listed, by when they were opened: what a PSA shows to whom is the
    /// PSA's affair, until an admin lists its tickets here. A search finds beginnings of words of number,
    /// summary, contact and customer, and closed tickets too.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn tickets(
        &self,
        account: AccountId,
        ask: &ListAsk<'_, TicketId>,
    ) -> Result<Listed<Ticket>, StoreError>;

    /// The newest tickets about one contact that are listed, closed ones too.
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
