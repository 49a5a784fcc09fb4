//! Rows for tests of other modules, which know no SQL, and who works on some.

use async_trait::async_trait;
use shared::Millis;
use uuid::Uuid;

/// Rows for tests.
#[async_trait]
pub trait SeedStore {
    /// Runs one statement with ids as its parameters.
    async fn seed(&self, statement: &'static str, ids: &[Uuid]);

    /// The leases under which somebody works at this moment, or has died.
    async fn leases(&self, now: Millis) -> Vec<Uuid>;
}
