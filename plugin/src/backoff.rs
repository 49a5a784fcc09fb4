//! How long to wait before asking again: longer each time, and never the same for two pods.

const FIRST: u32 = 1_000;
const LONGEST: u32 = 15_000;
const LONGEST_ASKED: u32 = 120_000;

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// It worked.
    pub(crate) fn worked(&mut self) {
        self.failures = 0;
    }

    /// Milliseconds to wait after one more failure: between half and all of 1, 2, 4, 8, 15 s.
    /// `random` may be anything; `retry_after` is what the server asked for, in seconds.
    pub(crate) fn failed(&mut self, random: u32, retry_after: Option<u32>) -> u32 {
        let whole = FIRST.checked_shl(self.failures.min(8)).unwrap_or(LONGEST).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let jittered = whole / 2 + random % (whole / 2 + 1);
        match retry_after {
            Some(seconds) => seconds
                .saturating_mul(1_000)
                .saturating_add(random % FIRST)
                .clamp(jittered, LONGEST_ASKED),
            None => jittered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_a_limit_and_starts_again() {
        let mut backoff = Backoff::default();
        let whole: Vec<u32> = (0..7).map(|_| backoff.failed(500, None)).collect();
        assert_eq!(whole, [1_000, 1_500, 2_500, 4_500, 8_000, 8_000, 8_000]);
        backoff.worked();
        assert_eq!(backoff.failed(0, None), 500);
    }

    #[test]
    fn jitter_stays_between_half_and_all() {
        for random in [0, 1, 499, 500, 501, 77_777, u32::MAX] {
            let wait = Backoff::default().failed(random, None);
            assert!((500..=1_000).contains(&wait), "{random}: {wait}");
        }
    }

    #[test]
    fn the_server_may_ask_for_more_within_reason() {
        assert_eq!(Backoff::default().failed(0, Some(20)), 20_000);
        assert_eq!(Backoff::default().failed(0, Some(0)), 500);
        assert_eq!(Backoff::default().failed(0, Some(u32::MAX)), LONGEST_ASKED);
    }
}
