//! Brands: how end users see an account, and its customers where they differ.

use async_trait::async_trait;
use shared::{AccountId, CustomerId};

use crate::brand::Brand;
use crate::store::StoreError;

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
}
