//! Brands: how end users see an account, and its customers where they differ.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, TechnicianId};

use crate::brand::Brand;
use crate::store::{BrandChange, BrandRow, BrandedCustomer, StoreError};

/// Brands.
#[async_trait]
pub trait BrandStore {
    /// How end users of this customer see the account: the customer's brand over the account's own.
    /// It always has a name, the account's where nothing else is said.
    ///
    /// # Errors
    /// When the database can't be read or there is no such account.
    async fn brand(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<Brand, StoreError>;

    /// What this customer, or the account itself, says of its brand; `None` when nothing.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn brand_said(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<Option<BrandRow>, StoreError>;

    /// Every customer, and whether it differs, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn branded_customers(
        &self,
        account: AccountId,
    ) -> Result<Vec<BrandedCustomer>, StoreError>;

    /// Changes a brand, and erases the logos that nobody uses any more. One audit entry; a mail to
    /// every admin where the change says so.
    ///
    /// # Errors
    /// `MovedOn` when it is not what it was when it was read, or there is no such customer.
    async fn change_brand(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        change: &BrandChange<'_>,
    ) -> Result<(), StoreError>;

    /// A logo as a PNG. Its address says nothing but what it shows, so it is anybody's.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn logo(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The account of a server that has exactly one.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn only_account(&self) -> Result<Option<AccountId>, StoreError>;
}
