//! What this process is at already. A row stays due until its claim is committed: without this,
//! every look in the meantime would start another driver for it, and each would queue for the
//! database's writer only to learn that it came too late.
//!
//! A hint within this process only; the lease in the row decides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::Millis;
use uuid::Uuid;

/// Rows that somebody here works at, with the time until which they may.
#[derive(Clone, Default)]
pub struct UnderWay(Arc<Mutex<HashMap<Uuid, Millis>>>);

/// Leave to work at one row. Dropping it, also by a panic, lets the next one begin.
pub struct Turn {
    all: UnderWay,
    row: Uuid,
    until: Millis,
}

impl UnderWay {
    /// Leave to work at this row; `None` while somebody else here does. Who takes longer than
    /// `until`, as long as a lease lasts, may be overtaken, as by another process.
    #[must_use]
    pub fn begin(&self, row: Uuid, now: Millis, until: Millis) -> Option<Turn> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.get(&row).is_some_and(|held| *held > now) {
            return None;
        }
        rows.insert(row, until);
        Some(Turn { all: self.clone(), row, until })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut rows = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Overtaken: the turn is somebody else's now.
        if rows.get(&self.row) == Some(&self.until) {
            rows.remove(&self.row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_nobody_for_ever() {
        let (rows, row, other) = (UnderWay::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        let begin = |row, now, until| rows.begin(row, Millis(now), Millis(until));
        let first = begin(row, 0, 30).unwrap();
        assert!(begin(row, 29, 59).is_none(), "somebody is at it");
        assert!(begin(other, 0, 30).is_some());
        let second = begin(row, 30, 60).unwrap();
        drop(first);
        assert!(begin(row, 31, 61).is_none(), "the one that was overtaken ends nobody's turn");
        drop(second);
        assert!(begin(row, 31, 61).is_some());
    }
}
