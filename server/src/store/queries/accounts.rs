//! Accounts.

use shared::AccountId;

use crate::store::{Store, StoreError};

impl Store {
    /// The MSP's name, as end users read it.
    ///
    /// # Errors
    /// When the database can't be read or there is no such account.
    pub async fn account_name(&self, account: AccountId) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("select name from accounts where id = $1")
            .bind(account.0)
            .fetch_one(self.read())
            .await?)
    }

    /// Whether the account is switched on.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account_on(&self, account: AccountId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("select is_on from accounts where id = $1")
            .bind(account.0)
            .fetch_optional(self.read())
            .await?
            .unwrap_or(false))
    }
}
