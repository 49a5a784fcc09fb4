//! What is remembered of one version of an integration between two calls: tokens, what discovery found,
//! when the PSA wants to be asked again. A change of the integration begins with an empty one.

use std::any::Any;
use std::sync::{Mutex, PoisonError};

use shared::Millis;

use super::connectwise::Proofs;

/// What is remembered.
#[derive(Default)]
pub struct Memory {
    /// Whoever holds it discovers or signs in; the others wait and find what was found.
    pub(super) found: tokio::sync::Mutex<Option<Box<dyn Any + Send>>>,
    /// Which members ConnectWise has confirmed lately.
    pub(super) proofs: Mutex<Proofs>,
    /// Before this moment the PSA said that it won't answer.
    quiet_until: Mutex<Millis>,
}

impl Memory {
    /// How long the PSA wants to be left alone, in milliseconds.
    pub(super) fn quiet(&self, now: Millis) -> Option<i64> {
        let until = *self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner);
        (until > now).then(|| until.since(now))
    }

    /// It wants to be left alone for so long.
    pub(super) fn be_quiet(&self, now: Millis, millis: i64) {
        let mut until = self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = now.plus(millis.clamp(0, 300_000)).max(*until);
    }
}
