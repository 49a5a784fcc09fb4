//! Counters of tries in a window of time, for throttling sign-ins. A try is counted before it is
//! looked at, so that a hundred at once don't all pass the same check.

use crate::store::StoreError;
use async_trait::async_trait;
use shared::Millis;

/// Counters of tries.
#[async_trait]
pub trait AttemptStore {
    /// Counts one more try under `name` and tells how many there were, this one included, and
    /// when the window began. A window begins with its first try.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn count_attempt(
        &self,
        name: &str,
        at: Millis,
        window_ms: i64,
    ) -> Result<(i64, Millis), StoreError>;

    /// Takes back one counted try under each name: it was a right one.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn forgive_attempt(&self, names: &[&str]) -> Result<(), StoreError>;
}
