//! Keys of an account's own programs.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};
use uuid::Uuid;

use crate::api_keys::Scope;
use crate::store::{ApiKey, Limit, LimitHit, NewApiKey, StoreError};

/// Keys of an account's own programs.
#[async_trait]
pub trait ApiKeyStore {
    /// All of the account, newest first: those that ended or were revoked too.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn api_keys(&self, account: AccountId) -> Result<Vec<ApiKey>, StoreError>;

    /// Keeps a new one while the account has fewer than `most` that are live, and tells all admins.
    ///
    /// # Errors
    /// `Taken` when there are `most`; when the database does not take it.
    async fn add_api_key(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewApiKey<'_>,
        most: u32,
    ) -> Result<(), StoreError>;

    /// Ends it now.
    ///
    /// # Errors
    /// `MovedOn` when it is not there, not this account's, or revoked already.
    async fn revoke_api_key(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: Uuid,
    ) -> Result<(), StoreError>;

    /// The key of this hash, whatever it is worth. Before anybody knows whose it is: no account.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn api_key(&self, hash: &[u8]) -> Result<Option<ApiKey>, StoreError>;

    /// A call with it: counted, its time kept to the hour, and written down once for each scope and hour.
    ///
    /// # Errors
    /// When the database does not take it; a limit that is reached is an answer.
    async fn use_api_key(
        &self,
        key: &ApiKey,
        scope: Scope,
        limit: &Limit,
        now: Millis,
    ) -> Result<Result<(), LimitHit>, StoreError>;

    /// Keys that end before `until`, and whose admins were not told of the last so many days.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn ending_api_keys(
        &self,
        now: Millis,
        until: Millis,
        days: i64,
    ) -> Result<Vec<(AccountId, Uuid)>, StoreError>;

    /// Tells all admins that it ends in so many days.
    ///
    /// # Errors
    /// `MovedOn` when they were told already, or it was revoked.
    async fn warn_of_api_key(
        &self,
        account: AccountId,
        id: Uuid,
        days: i64,
        now: Millis,
    ) -> Result<(), StoreError>;
}
