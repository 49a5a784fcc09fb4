//! Accounts.

use super::super::Database;
use crate::store::{AccountStore, StoreError};
use async_trait::async_trait;
use shared::AccountId;

#[async_trait]
impl AccountStore for Database {
    async fn account_name(&self, account: AccountId) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("select name from accounts where id = $1")
            .bind(account.0)
            .fetch_one(self.read())
            .await?)
    }

    async fn account_on(&self, account: AccountId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("select is_on from accounts where id = $1")
            .bind(account.0)
            .fetch_optional(self.read())
            .await?
            .unwrap_or(false))
    }
}
