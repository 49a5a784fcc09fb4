//! The audit chain. Entries are only ever written inside the transaction that they tell of (P7).

use crate::audit::Entry;
use crate::store::StoreError;
use async_trait::async_trait;
use shared::{AccountId, Millis};

/// The audit chain.
#[async_trait]
pub trait AuditStore {
    /// An entry on its own, for acts that change nothing else (a refused sign-in).
    ///
    /// # Errors
    /// When the database does not take it.
    async fn note_alone(
        &self,
        account: AccountId,
        at: Millis,
        entry: &Entry,
    ) -> Result<(), StoreError>;

    /// The account's entries, oldest first, as JSON: sequence number, time, body.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit(&self, account: AccountId) -> Result<Vec<(i64, Millis, String)>, StoreError>;
}
