//! What is remembered of one version of an integration between two calls: tokens, what discovery found,
//! when the PSA wants to be asked again. A change of the integration begins with an empty one.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::Millis;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is remembered.
#[derive(Default)]
pub struct Memory {
    /// Whoever holds it discovers or signs in; the others wait and find what was found.
    pub(super) found: tokio::sync::Mutex<Option<Box<dyn Any + Send>>>,
    /// Before this moment the PSA said that it won't answer.
    quiet_until: Mutex<Millis>,
    /// Who may ask an endpoint now, where a PSA takes only so many calls of it at a time.
    turns: Mutex<HashMap<&'static str, Arc<Semaphore>>>,
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

    /// A turn at an endpoint that `most` may ask at a time; it ends when it is dropped.
    pub(super) async fn turn(&self, endpoint: &'static str, most: usize) -> Turn {
        let turns = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.entry(endpoint).or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
        };
        // Fails only for one that was closed, and nobody closes these.
        Turn { _permit: turns.acquire_owned().await.ok() }
    }
}

/// A turn at an endpoint.
pub(super) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn an_endpoint_takes_so_many_at_a_time_and_another_one_its_own() {
        let memory = Memory::default();
        let mut context = Context::from_waker(Waker::noop());
        let first = pin!(memory.turn("Tickets", 2)).poll(&mut context);
        let second = pin!(memory.turn("Tickets", 2)).poll(&mut context);
        assert!(first.is_ready() && second.is_ready());
        let mut third = pin!(memory.turn("Tickets", 2));
        assert!(third.as_mut().poll(&mut context).is_pending());
        assert!(pin!(memory.turn("Contacts", 2)).poll(&mut context).is_ready());
        drop(first);
        assert!(matches!(third.poll(&mut context), Poll::Ready(_)));
    }

    #[test]
    fn quiet_lasts_as_long_as_the_longest_wish_and_five_minutes_at_most() {
        let (memory, now) = (Memory::default(), Millis(1_000_000));
        assert_eq!(memory.quiet(now), None);
        memory.be_quiet(now, 9_000);
        memory.be_quiet(now, 2_000);
        assert_eq!(memory.quiet(now.plus(1_000)), Some(8_000));
        assert_eq!(memory.quiet(now.plus(9_000)), None);
        memory.be_quiet(now, i64::MAX);
        assert_eq!(memory.quiet(now), Some(300_000));
    }
}
