//! How M365 integrations are found to be: checks that fall due, what they found, what is told of it.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use crate::store::{CheckRow, Lease, M365Row, News, StoreError, Tested};

/// Checks of M365 integrations.
#[async_trait]
pub trait CheckStore {
    /// Integrations that the watcher should look at, the longest due first: a few at a time.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_checks(&self, now: Millis) -> Result<Vec<(AccountId, IntegrationId)>, StoreError>;

    /// Takes a check that is due; `None` when somebody else has it.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn claim_check(
        &self,
        account: AccountId,
        id: IntegrationId,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<M365Row>, StoreError>;

    /// What a check found, and what is told of it: each piece of news is in the audit, and mailed to the
    /// admins unless it is a good one.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile, or the integration was changed or tested since
    /// `seen`.
    async fn record_check(
        &self,
        seen: &M365Row,
        lease: Lease,
        found: &CheckRow,
        news: &[News],
        now: Millis,
    ) -> Result<(), StoreError>;

    /// What a technician's test found, and what is told of it. The watcher is not held up by it.
    ///
    /// # Errors
    /// `MovedOn` when the integration was changed or checked since `seen`.
    async fn record_test(
        &self,
        seen: &M365Row,
        by: TechnicianId,
        found: &CheckRow,
        news: &[News],
        tested: Tested<'_>,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Asks the watcher to look soon: somebody met a credential that is refused. At once, but five
    /// minutes after the newest check at the earliest.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn check_soon(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
    ) -> Result<(), StoreError>;
}
