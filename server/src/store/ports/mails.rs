//! Notification mails: rows of the outbox that name a technician or mean the contact, never an
//! address. They are written in the transaction that they tell of, and only while the account has
//! a mail server that is on.

use async_trait::async_trait;
use shared::{AccountId, Code, Millis, TechnicianId};
use uuid::Uuid;

use crate::store::{Lease, OutboxRow, StoreError};

/// Notification mails.
#[async_trait]
pub trait MailStore {
    /// Mails that somebody should send, the longest due first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_mails(&self, now: Millis) -> Result<Vec<Uuid>, StoreError>;

    /// The brake `name` stopped `by`: written down, and mailed to the admins, once for each of its
    /// windows.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn record_brake(
        &self,
        account: AccountId,
        name: &str,
        by: TechnicianId,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// The mail server took it.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile; the mail may then go out twice, with one id.
    async fn mail_sent(&self, row: &OutboxRow, lease: Lease, now: Millis)
    -> Result<(), StoreError>;

    /// Given up.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn mail_failed(
        &self,
        row: &OutboxRow,
        lease: Lease,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError>;
}
