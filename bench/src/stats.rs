//! What many durations come to.

use std::time::Duration;

/// Durations, in order.
pub(crate) struct Sample(Vec<Duration>);

impl Sample {
    /// At least one, or there is nothing to say about them.
    pub(crate) fn new(mut all: Vec<Duration>) -> Option<Self> {
        all.sort_unstable();
        (!all.is_empty()).then_some(Self(all))
    }

    pub(crate) fn median(&self) -> Duration {
        self.at(50)
    }

    pub(crate) fn p95(&self) -> Duration {
        self.at(95)
    }

    pub(crate) fn p99(&self) -> Duration {
        self.at(99)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest one that so many per cent do not exceed (nearest rank).
    fn at(&self, per_cent: usize) -> Duration {
        let rank = (self.0.len() * per_cent).div_ceil(100).max(1);
        self.0[rank - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(of: impl IntoIterator<Item = u64>) -> Sample {
        Sample::new(of.into_iter().map(Duration::from_millis).collect()).unwrap()
    }

    #[test]
    fn ranks_are_the_nearest() {
        let hundred = sample((1..=100).rev());
        assert_eq!(hundred.median(), Duration::from_millis(50));
        assert_eq!(hundred.p95(), Duration::from_millis(95));
        assert_eq!(hundred.p99(), Duration::from_millis(99));
        assert_eq!(sample([7]).p99(), Duration::from_millis(7));
        assert_eq!(sample([1, 2]).median(), Duration::from_millis(1));
        assert_eq!(sample(1..=200).p99(), Duration::from_millis(198));
        assert!(Sample::new(Vec::new()).is_none());
    }
}
