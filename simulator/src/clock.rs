//! The outside world's clock: the system's, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, asked for here and nowhere else. Clones share one hand.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's own time.
    pub fn system() -> Self {
        Clock(Kind::System)
    }

    /// Stands still at `start_ms` until [`Clock::advance`] moves it.
    pub fn manual(start_ms: i64) -> Self {
        Clock(Kind::Manual(Arc::new(AtomicI64::new(start_ms))))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Kind::System => system_ms(),
            Kind::Manual(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock; the system's cannot be moved and stays as it is.
    pub fn advance(&self, ms: i64) {
        if let Kind::Manual(at) = &self.0 {
            at.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// Whether a test moves this clock. Such a world never waits for time to pass.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Kind::Manual(_))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the simulator asks for the time"
)]
fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
