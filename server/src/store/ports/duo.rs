//! A customer's Duo: connected, changed, switched, tested, deleted.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, IntegrationId, Millis, TechnicianId};

use crate::store::{Customer, DuoChange, DuoRow, NewDuo, StoreError, Tested};

/// Duo integrations, one for each customer.
#[async_trait]
pub trait DuoStore {
    /// The customer's.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn duo_of(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<DuoRow>, StoreError>;

    /// All of the account, by the customer's name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn duo_all(&self, account: AccountId) -> Result<Vec<DuoRow>, StoreError>;

    /// Customers that have none, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn customers_without_duo(&self, account: AccountId) -> Result<Vec<Customer>, StoreError>;

    /// Adds one with its sealed secret key.
    ///
    /// # Errors
    /// `Taken` when the customer has one; `MovedOn` when there is no such customer.
    async fn add_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewDuo,
    ) -> Result<(), StoreError>;

    /// Changes one that is as it was read (`seen.integration.changed_at`).
    ///
    /// # Errors
    /// `MovedOn` when somebody else has changed it meanwhile, or deleted it.
    async fn change_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &DuoRow,
        change: &DuoChange<'_>,
    ) -> Result<(), StoreError>;

    /// Switches one on or off.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or there is none.
    async fn switch_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Writes down that somebody has tested one, and what came of it.
    ///
    /// # Errors
    /// `MovedOn` when it was changed since it was read.
    async fn note_duo_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &DuoRow,
        tested: Tested<'_>,
    ) -> Result<(), StoreError>;

    /// Deletes one with its secret key; the audit stays.
    ///
    /// # Errors
    /// `MovedOn` when there is none.
    async fn end_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError>;
}
