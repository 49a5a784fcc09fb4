//! Companies of a PSA and which customers they are; contacts and tickets as far as they are kept.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use crate::psa::Company;
use crate::store::{CompanyRow, Customer, Mapping, Mirrored, SeenContact, SeenTicket, StoreError};

/// Who is who in a PSA.
#[async_trait]
pub trait CompanyStore {
    /// Companies that somebody has seen, those without a customer first, then by name; `search` looks at
    /// name and domain, empty finds all.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn psa_companies(
        &self,
        account: AccountId,
        id: IntegrationId,
        search: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<CompanyRow>, StoreError>;

    /// Remembers companies as they are there now. Which customer each is stays.
    ///
    /// # Errors
    /// `MovedOn` when there is no such integration.
    async fn see_companies(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
        companies: &[Company],
    ) -> Result<(), StoreError>;

    /// Says which customer a company is. A contact of it that was another customer's is looked up anew.
    ///
    /// # Errors
    /// `MovedOn` when nobody has seen that company, there is no such customer, or a new one shall be made
    /// of a company that is somebody's already.
    async fn map_company(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        company: &str,
        to: Mapping,
    ) -> Result<(), StoreError>;

    /// Which customer a company is.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn customer_of_company(
        &self,
        account: AccountId,
        id: IntegrationId,
        company: &str,
    ) -> Result<Option<Customer>, StoreError>;

    /// Customers of the account, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn customers(&self, account: AccountId) -> Result<Vec<Customer>, StoreError>;

    /// The rows of a PSA's contact, and of its ticket: made, or brought up to date. A contact that is
    /// another customer's from now on is looked up anew at Microsoft.
    ///
    /// # Errors
    /// `MovedOn` when there is no such integration or customer.
    async fn mirror(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
        contact: SeenContact<'_>,
        ticket: Option<SeenTicket<'_>>,
    ) -> Result<Mirrored, StoreError>;
}
