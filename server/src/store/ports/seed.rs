//! Rows for tests of other modules, which know no SQL.

use async_trait::async_trait;
use shared::Millis;
use uuid::Uuid;

use crate::store::{Share, StoreError};

/// Rows for tests.
#[async_trait]
pub trait SeedStore {
    /// Runs one statement with ids as its parameters.
    async fn seed(&self, statement: &'static str, ids: &[Uuid]);

    /// Writes a share down by itself.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn put_share(&self, share: &Share, now: Millis) -> Result<(), StoreError>;
}
