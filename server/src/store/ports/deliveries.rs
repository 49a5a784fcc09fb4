//! What webhooks tell: claimed by lease, sent at least once, each with its result. The rows are written in
//! the transaction of the audit entry that they tell of.

use async_trait::async_trait;
use shared::{AccountId, Millis};
use uuid::Uuid;

use crate::store::{Delivery, Lease, NotTaken, StoreError, Tried};

/// What webhooks tell.
#[async_trait]
pub trait DeliveryStore {
    /// What somebody should send, the longest due first, and of one webhook at most so many. Of an account that
    /// is off, nothing: it waits.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_deliveries(&self, now: Millis, most_of_one: i64) -> Result<Vec<Uuid>, StoreError>;

    /// Takes one for a while. `None` when somebody else has it or it is settled.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn claim_delivery(
        &self,
        id: Uuid,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<Delivery>, StoreError>;

    /// A test, claimed already; `None` when there is no such webhook.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn add_ping(
        &self,
        account: AccountId,
        webhook: Uuid,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<Delivery>, StoreError>;

    /// The other side took it.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile; it may then be told twice, with one id.
    async fn delivery_taken(
        &self,
        delivery: &Delivery,
        lease: Lease,
        tried: Tried,
    ) -> Result<(), StoreError>;

    /// It did not, or nobody knows. Since when nothing was taken is remembered; a webhook that is switched
    /// off gives up what waits, and all admins are told.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn delivery_not_taken(
        &self,
        delivery: &Delivery,
        lease: Lease,
        tried: Tried,
        next: NotTaken,
    ) -> Result<(), StoreError>;

    /// Lets go of it untried, for the next start or another process.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn release_delivery(&self, delivery: &Delivery, lease: Lease) -> Result<(), StoreError>;

    /// Webhooks that tell the audit's head and have not told it since `hour` began.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_heads(&self, hour: Millis) -> Result<Vec<(AccountId, Uuid)>, StoreError>;

    /// Writes down that this one tells the head as it is now.
    ///
    /// # Errors
    /// `MovedOn` when it was told in this hour already.
    async fn tell_head(
        &self,
        account: AccountId,
        webhook: Uuid,
        hour: Millis,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Forgets what was settled before.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn sweep_deliveries(&self, before: Millis) -> Result<(), StoreError>;
}
