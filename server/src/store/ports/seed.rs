//! Rows for tests of other modules, which know no SQL.

use async_trait::async_trait;
use uuid::Uuid;

/// Rows for tests.
#[async_trait]
pub trait SeedStore {
    /// Runs one statement with ids as its parameters.
    async fn seed(&self, statement: &'static str, ids: &[Uuid]);
}
