//! An account and everything in it, in one transaction.

use crate::store::{ImportRow, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};

/// A new account with what belongs to it.
#[async_trait]
pub trait ImportStore {
    /// Writes all rows or none.
    ///
    /// # Errors
    /// `Taken` when somebody's address has an account already or a ticket number is there twice.
    async fn import(
        &self,
        account: AccountId,
        now: Millis,
        rows: &[ImportRow],
    ) -> Result<(), StoreError>;

    /// Whether there is any account.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn is_empty(&self) -> Result<bool, StoreError>;
}
