//! Accounts.

use crate::store::StoreError;
use async_trait::async_trait;
use shared::AccountId;

/// Accounts.
#[async_trait]
pub trait AccountStore {
    /// The MSP's name, as end users read it.
    ///
    /// # Errors
    /// When the database can't be read or there is no such account.
    async fn account_name(&self, account: AccountId) -> Result<String, StoreError>;

    /// Whether the account is switched on.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn account_on(&self, account: AccountId) -> Result<bool, StoreError>;
}
