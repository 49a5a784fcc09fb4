//! The check of an account's chain, as far as it has come.

use crate::store::{AuditCheck, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};
use uuid::Uuid;

/// Checks of the audit: one of an account at a time.
#[async_trait]
pub trait AuditCheckStore {
    /// The account's newest one.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_check(&self, account: AccountId) -> Result<Option<AuditCheck>, StoreError>;

    /// Begins one of so many entries, unless another is under way that somebody has heard of since `alive`.
    ///
    /// # Errors
    /// `MovedOn` when there is such a one.
    async fn begin_audit_check(
        &self,
        account: AccountId,
        now: Millis,
        run: Uuid,
        entries: i64,
        alive: Millis,
    ) -> Result<(), StoreError>;

    /// Says how far it has come and, with `sealed`, what came of it.
    ///
    /// # Errors
    /// `MovedOn` when another one has begun since, or it has ended.
    async fn note_audit_check(
        &self,
        account: AccountId,
        now: Millis,
        run: Uuid,
        walked: i64,
        sealed: Option<&[u8]>,
    ) -> Result<(), StoreError>;
}
