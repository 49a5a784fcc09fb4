//! What must be sent after a commit: claimed by lease, sent at least once, each with its result.

use crate::store::{Lease, OutboxRow, Reset, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Code, Millis, ResetId};
use uuid::Uuid;

/// What must be sent after a commit.
#[async_trait]
pub trait OutboxStore {
    /// Rows that somebody should send.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_outbox(&self, now: Millis) -> Result<Vec<Uuid>, StoreError>;

    /// Takes a row for a while. `None` when somebody else has it or it is settled.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn claim_outbox(
        &self,
        id: Uuid,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<OutboxRow>, StoreError>;

    /// The provider took the text: the link's life begins now, and the note may tell of it.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile; the text may then go out twice, with one link.
    async fn text_sent(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        provider_id: &str,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// A text whose answer we did not hear: its link was opened, so it must have arrived.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn text_arrived(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// The note is in the ticket.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn note_written(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Not now: to be taken again from `due_at` on.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn outbox_later(
        &self,
        row: &OutboxRow,
        lease: Lease,
        due_at: Millis,
    ) -> Result<(), StoreError>;

    /// Given up, with the reason for the technician.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn outbox_failed(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Whether a text with this provider's id was written down. A callback can be faster than the
    /// commit that remembers the id.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn knows_text(&self, account: AccountId, provider_id: &str) -> Result<bool, StoreError>;

    /// A provider's word about a text, minutes later. Only ever moves it forward. Answers whether
    /// it was news.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn text_status(
        &self,
        account: AccountId,
        provider_id: &str,
        rank: i32,
        delivered: bool,
        failure: Option<Code>,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// The rows of a reset, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn outbox_of(
        &self,
        account: AccountId,
        reset: ResetId,
    ) -> Result<Vec<OutboxRow>, StoreError>;
}
