//! Reading the audit: lists, single entries, and the chain in batches for its check.

use std::collections::HashMap;

use crate::audit::Head;
use crate::audit::chain::Link;
use crate::store::{AuditChoices, AuditFilter, AuditRow, SeqSpan, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};
use uuid::Uuid;

/// Reading the audit.
#[async_trait]
pub trait AuditReadStore {
    /// The numbers between which entries of this time stand: all of them, and maybe some before and
    /// after. Numbers follow the order of writing, and the clocks of several processes may differ: entries
    /// that stand ten minutes out of order are found.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_span(
        &self,
        account: AccountId,
        from: Option<Millis>,
        until: Option<Millis>,
    ) -> Result<SeqSpan, StoreError>;

    /// The newest `most` entries that the filter lets through, of this part of the chain, newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_page(
        &self,
        account: AccountId,
        filter: &AuditFilter,
        span: SeqSpan,
        most: u32,
    ) -> Result<Vec<AuditRow>, StoreError>;

    /// The account's head: how many entries, and the newest one's MAC. `None` for an account that is not
    /// there.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_head(&self, account: AccountId) -> Result<Option<Head>, StoreError>;

    /// The heads of all accounts.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_heads(&self) -> Result<Vec<Head>, StoreError>;

    /// The next `most` entries after this number as they stand, in order, up to `last`.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_links(
        &self,
        account: AccountId,
        after: i64,
        last: i64,
        most: u32,
    ) -> Result<Vec<Link>, StoreError>;

    /// Whether entries stand outside of the numbers from 1 to the head's, at one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_has_strays(&self, account: AccountId) -> Result<bool, StoreError>;

    /// What these ids are called: technicians, customers, contacts, tickets (`#` and their number) and
    /// integrations. One whose name was erased, or that was never the account's, is not among them.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_names(
        &self,
        account: AccountId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, String>, StoreError>;

    /// What lists can be filtered by.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn audit_choices(&self, account: AccountId) -> Result<AuditChoices, StoreError>;
}
