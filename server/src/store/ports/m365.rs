//! A customer's M365 integration: added, changed, switched, deleted.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, IntegrationId, Millis, TechnicianId};

use crate::store::{Customer, M365Change, M365Row, NewM365, SecretChange, StoreError};

/// M365 integrations.
#[async_trait]
pub trait M365Store {
    /// All of the account, by the customer's name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn m365_all(&self, account: AccountId) -> Result<Vec<M365Row>, StoreError>;

    /// One of them.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn m365_one(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Option<M365Row>, StoreError>;

    /// The one that serves this customer.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn m365_for(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<M365Row>, StoreError>;

    /// Customers that have none, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn customers_without_m365(&self, account: AccountId)
    -> Result<Vec<Customer>, StoreError>;

    /// Adds one with its sealed secret.
    ///
    /// # Errors
    /// `Taken` when the customer has one; `MovedOn` when there is no such customer.
    async fn add_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewM365,
        secret: &SecretChange,
    ) -> Result<(), StoreError>;

    /// Changes one that is as it was read (`seen.changed_at`); its check is due now. After
    /// [`crate::store::M365Act::Moved`] nobody is linked to a person in the old tenant any more.
    ///
    /// # Errors
    /// `MovedOn` when somebody else has changed it meanwhile, or deleted it.
    async fn change_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &M365Row,
        change: &M365Change<'_>,
    ) -> Result<(), StoreError>;

    /// Switches one on or off.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or there is none.
    async fn switch_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Deletes one: its secrets, its links and its check are gone; the audit stays.
    ///
    /// # Errors
    /// `MovedOn` when there is none.
    async fn end_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError>;
}
