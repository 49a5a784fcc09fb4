//! Where an account's own programs hear of what happens.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};
use uuid::Uuid;

use crate::store::{Delivery, StoreError, Webhook, WebhookChange};

/// Webhooks.
#[async_trait]
pub trait WebhookStore {
    /// All of the account, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn webhooks(&self, account: AccountId) -> Result<Vec<Webhook>, StoreError>;

    /// One of them; `None` when it was deleted.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn webhook(&self, account: AccountId, id: Uuid) -> Result<Option<Webhook>, StoreError>;

    /// Adds one (`seen` is `None`) while the account has fewer than `most`, or changes it. Led elsewhere,
    /// it gives up what waits for the old address.
    ///
    /// # Errors
    /// `MovedOn` when it is another version or not this account's; `Taken` when there are `most`.
    async fn put_webhook(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        change: &WebhookChange<'_>,
        most: u32,
    ) -> Result<(), StoreError>;

    /// Switches it on or off; off, it gives up what waits.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or not this account's.
    async fn switch_webhook(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: Uuid,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Deletes it with its signing key and what waits.
    ///
    /// # Errors
    /// `MovedOn` when it is not there, or not this account's.
    async fn delete_webhook(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: Uuid,
    ) -> Result<(), StoreError>;

    /// What was told there, or is to be: the newest twenty.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn deliveries_to(
        &self,
        account: AccountId,
        id: Uuid,
    ) -> Result<Vec<Delivery>, StoreError>;
}
