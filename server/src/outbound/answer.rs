//! The four answers that a call to another company can have (design §4), and the one place that
//! turns statuses and broken connections into them.

use shared::Code;

use super::{Reply, Sent};

/// What the other side said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// It happened.
    Done(T),
    /// It did not, and asking again won't help.
    Refused(Refusal),
    /// Not now; ask again after so many milliseconds, where they said when.
    Later(Option<i64>),
    /// We can't tell. Ask again after so many milliseconds, where they said when.
    Unknown(Option<i64>),
}

/// Why the other side said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// In our words.
    pub code: Code,
    /// What the code can't say: a permission's name, the other side's request id.
    pub about: Option<String>,
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, about: None }
    }
}

impl Refusal {
    /// With what the code can't say.
    #[must_use]
    pub fn about(code: Code, about: impl Into<String>) -> Self {
        Self { code, about: Some(about.into()) }
    }
}

impl<T> Answer<T> {
    /// What was done, or the answer as one about something else.
    pub fn done<U>(self) -> Result<T, Answer<U>> {
        match self {
            Answer::Done(done) => Ok(done),
            Answer::Refused(refusal) => Err(Answer::Refused(refusal)),
            Answer::Later(after) => Err(Answer::Later(after)),
            Answer::Unknown(after) => Err(Answer::Unknown(after)),
        }
    }

    /// The same answer about something made of `T`.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Answer<U> {
        match self.done() {
            Ok(done) => Answer::Done(make(done)),
            Err(other) => other,
        }
    }
}

impl Sent {
    /// Turns what happened on the wire into an answer. `judge` sees whole replies below 500 that
    /// are not 429: only the caller knows what a 400 of that company means.
    ///
    /// For an act that changes something, only 429 and "never connected" are `Later`; a 503 may
    /// have happened behind a tired proxy and is `Unknown`, with its Retry-After honoured.
    pub fn judge<T>(self, judge: impl FnOnce(Reply) -> Answer<T>) -> Answer<T> {
        match self {
            Sent::NotConnected(cause) => {
                tracing::warn!(outcome = "not-connected", cause);
                Answer::Later(None)
            }
            Sent::Broken(cause) => {
                tracing::warn!(outcome = "unknown", cause);
                Answer::Unknown(None)
            }
            Sent::Reply(reply) => {
                let after = reply.retry_after.map(|seconds| i64::from(seconds) * 1000);
                match reply.status {
                    429 => Answer::Later(after),
                    200..=499 => judge(reply),
                    status => {
                        tracing::warn!(outcome = "unknown", status);
                        Answer::Unknown(after)
                    }
                }
            }
        }
    }
}

/// How long to wait before try number `tries + 1`: what they said, otherwise exponential with
/// full jitter (0.5 s doubling to 30 s). `roll` is a random number below 1024.
#[must_use]
pub fn retry_delay(said: Option<i64>, tries: u32, roll: u32) -> i64 {
    const FIRST: i64 = 500;
    const MOST: i64 = 30_000;
    let ceiling = FIRST.saturating_mul(1_i64 << tries.min(10)).min(MOST);
    let floor = FIRST / 2;
    let own = floor + (ceiling - floor) * i64::from(roll % 1024) / 1024;
    // Never sooner than our own: "after 0 seconds" would be a loop. Nor past what a reset has.
    said.map_or(own, |said| said.clamp(own, 300_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn reply(status: u16, retry_after: Option<u32>) -> Sent {
        Sent::Reply(Reply {
            status,
            retry_after,
            request_id: None,
            body: Zeroizing::new(Vec::new()),
        })
    }

    #[test]
    fn statuses_become_answers() {
        let judge = |sent: Sent| sent.judge(|reply| Answer::Done(reply.status));
        assert_eq!(judge(reply(204, None)), Answer::Done(204));
        assert_eq!(judge(reply(404, None)), Answer::Done(404));
        assert_eq!(judge(reply(429, Some(7))), Answer::Later(Some(7000)));
        assert_eq!(judge(reply(429, None)), Answer::Later(None));
        assert_eq!(judge(reply(500, None)), Answer::Unknown(None));
        assert_eq!(judge(reply(503, Some(2))), Answer::Unknown(Some(2000)));
        assert_eq!(judge(Sent::NotConnected(String::new())), Answer::Later(None));
        assert_eq!(judge(Sent::Broken(String::new())), Answer::Unknown(None));
        // An informational or odd status is nothing we can call an answer.
        assert_eq!(judge(reply(199, None)), Answer::Unknown(None));
    }

    #[test]
    fn delays_grow_and_stay_bounded() {
        assert_eq!(retry_delay(Some(2000), 1, 0), 2000);
        assert!(retry_delay(Some(0), 3, 0) >= 250);
        assert_eq!(retry_delay(Some(i64::MAX), 0, 0), 300_000);
        for tries in 0..40 {
            let (low, high) = (retry_delay(None, tries, 0), retry_delay(None, tries, 1023));
            assert!(low >= 250 && high <= 30_000 && low <= high, "{tries}: {low}..{high}");
        }
    }
}
