//! What there was, as programs read it: in the order of time, a piece at a time.

use async_trait::async_trait;
use shared::AccountId;

use crate::store::{AuditRow, Cursor, PastReset, PastVerification, StoreError};

/// What there was.
#[async_trait]
pub trait HistoryStore {
    /// Audit entries behind this number, oldest first: what can't be read is empty.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_after(
        &self,
        account: AccountId,
        seq: i64,
        most: u32,
    ) -> Result<Vec<AuditRow>, StoreError>;

    /// Resets that were asked for behind this place, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn resets_after(
        &self,
        account: AccountId,
        behind: Cursor,
        most: u32,
    ) -> Result<Vec<PastReset>, StoreError>;

    /// Verifications that were sent behind this place, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn verifications_after(
        &self,
        account: AccountId,
        behind: Cursor,
        most: u32,
    ) -> Result<Vec<PastVerification>, StoreError>;
}
