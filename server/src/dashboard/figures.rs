//! From counts to figures.

use std::collections::HashMap;

use shared::{Code, Millis, Outcome};

use crate::store::{CameOut, LinkCounts, ResetCount, Took, VerificationCount};

const DAY_MS: i64 = 24 * 60 * 60_000;

/// Whole days in UTC, the last one still running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first, in days since 1970.
    pub first: i64,
    /// How many.
    pub count: usize,
}

impl Days {
    /// The last `count` days up to now.
    #[must_use]
    pub fn up_to(now: Millis, count: usize) -> Self {
        let today = now.0.div_euclid(DAY_MS);
        Self { first: today + 1 - i64::try_from(count).unwrap_or(0), count }
    }

    /// When they begin.
    #[must_use]
    pub const fn from(self) -> Millis {
        Millis(self.first * DAY_MS)
    }

    /// When they end.
    #[must_use]
    pub fn until(self) -> Millis {
        self.from().plus(i64::try_from(self.count).unwrap_or(0) * DAY_MS)
    }

    /// The beginning of each.
    pub fn each(self) -> impl Iterator<Item = Millis> {
        (0..self.count).map(move |day| self.from().plus(i64::try_from(day).unwrap_or(0) * DAY_MS))
    }

    fn place(self, day: i64) -> Option<usize> {
        usize::try_from(day - self.first).ok().filter(|place| *place < self.count)
    }
}

/// How many out of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// So many.
    pub part: i64,
    /// Of so many.
    pub of: i64,
}

impl Share {
    /// In whole per cent, rounded down: all of them are 100 and nothing else is. `None` of none.
    #[must_use]
    pub fn percent(self) -> Option<i64> {
        (self.of > 0).then(|| self.part * 100 / self.of)
    }
}

/// Everything that the dashboard draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Resets of each day: completed, refused, stuck.
    pub resets: Vec<[i64; 3]>,
    /// Verifications of each day: verified, wrong or denied, expired or not sent.
    pub verifications: Vec<[i64; 3]>,
    /// Why resets were not completed, the most frequent first.
    pub reasons: Vec<(Code, i64)>,
    /// Seconds from call to new password: half of them took no longer.
    pub median: Option<i64>,
    /// Nine out of ten took no longer.
    pub ninth: Option<i64>,
    /// Links that were opened, of those that were or can't be any more.
    pub opened: Share,
    /// Seconds from the new password to the opened link: half of them took no longer.
    pub median_opening: Option<i64>,
}

impl Figures {
    /// Makes figures of counts.
    #[must_use]
    pub fn new(
        days: Days,
        resets: &[ResetCount],
        verifications: &[VerificationCount],
        took: &[Took],
        links: &LinkCounts,
    ) -> Self {
        let mut by_day = vec![[0; 3]; days.count];
        let mut reasons: HashMap<Code, i64> = HashMap::new();
        for count in resets {
            let Some(place) = days.place(count.day) else { continue };
            let how = match count.how {
                CameOut::Completed => 0,
                CameOut::Refused => 1,
                CameOut::Stuck => 2,
                CameOut::UnderWay => continue,
            };
            by_day[place][how] += count.count;
            if let Some(code) = count.code {
                *reasons.entry(code).or_default() += count.count;
            }
        }
        let mut checks = vec![[0; 3]; days.count];
        for count in verifications {
            let Some(place) = days.place(count.day) else { continue };
            let how = match count.outcome {
                Outcome::Verified => 0,
                Outcome::TriesSpent | Outcome::Denied => 1,
                Outcome::Expired | Outcome::Unsent => 2,
                // Another one took its place, or it is still out: nobody failed.
                Outcome::Pending | Outcome::Replaced => continue,
            };
            checks[place][how] += count.count;
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(code, count)| (-count, code.as_str()));
        let opened: i64 = links.opened.iter().map(|it| it.count).sum();
        Self {
            resets: by_day,
            verifications: checks,
            reasons,
            median: percentile(took, 50),
            ninth: percentile(took, 90),
            opened: Share { part: opened, of: opened + links.never },
            median_opening: percentile(&links.opened, 50),
        }
    }

    /// Completed resets, of all that came to an end.
    #[must_use]
    pub fn completed(&self) -> Share {
        share(&self.resets)
    }

    /// Successful verifications, of all that came to an end.
    #[must_use]
    pub fn verified(&self) -> Share {
        share(&self.verifications)
    }
}

fn share(days: &[[i64; 3]]) -> Share {
    Share { part: days.iter().map(|day| day[0]).sum(), of: days.iter().flatten().sum() }
}

/// The smallest of these that so many per cent don't exceed (nearest rank); `None` of none. They come in
/// order.
#[must_use]
pub fn percentile(took: &[Took], percent: i64) -> Option<i64> {
    let all: i64 = took.iter().map(|it| it.count).sum();
    let rank = (all * percent + 99) / 100;
    let mut seen = 0;
    took.iter()
        .find(|it| {
            seen += it.count;
            seen >= rank.max(1)
        })
        .map(|it| it.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(rows: &[(i64, i64)]) -> Vec<Took> {
        rows.iter().map(|&(seconds, count)| Took { seconds, count }).collect()
    }

    #[test]
    fn percentiles_are_values_that_were_there() {
        for (rows, median, ninth) in [
            (&[][..], None, None),
            (&[(7, 1)], Some(7), Some(7)),
            (&[(1, 1), (9, 1)], Some(1), Some(9)),
            (&[(1, 1), (5, 1), (9, 1)], Some(5), Some(9)),
            (&[(0, 90), (60, 10)], Some(0), Some(0)),
            (&[(0, 89), (60, 11)], Some(0), Some(60)),
            (
                &[(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (9, 1), (10, 1)],
                Some(5),
                Some(9),
            ),
        ] {
            assert_eq!(percentile(&took(rows), 50), median, "{rows:?}");
            assert_eq!(percentile(&took(rows), 90), ninth, "{rows:?}");
        }
    }

    #[test]
    fn shares_are_whole_only_when_all_are() {
        for (part, of, percent) in [
            (0, 0, None),
            (0, 3, Some(0)),
            (1, 3, Some(33)),
            (999, 1000, Some(99)),
            (5, 5, Some(100)),
        ] {
            assert_eq!(Share { part, of }.percent(), percent, "{part}/{of}");
        }
    }

    #[test]
    fn days_end_today_and_empty_ones_are_there() {
        let now = Millis(20_000 * DAY_MS + 5);
        let days = Days::up_to(now, 3);
        assert_eq!(
            (days.first, days.from(), days.until()),
            (19_998, Millis(19_998 * DAY_MS), Millis(20_001 * DAY_MS))
        );
        assert_eq!(days.each().count(), 3);
        let reset = |day, how, code, count| ResetCount { day, how, code, count };
        let check = |day, outcome, count| VerificationCount { day, outcome, count };
        let figures = Figures::new(
            days,
            &[
                reset(19_997, CameOut::Completed, None, 100),
                reset(19_998, CameOut::Completed, None, 4),
                reset(19_998, CameOut::Refused, Some(Code::Brake), 1),
                reset(20_000, CameOut::Refused, Some(Code::Brake), 1),
                reset(20_000, CameOut::Stuck, Some(Code::InDoubt), 3),
                reset(20_000, CameOut::UnderWay, None, 7),
            ],
            &[
                check(19_998, Outcome::Verified, 2),
                check(19_998, Outcome::Denied, 1),
                check(19_998, Outcome::TriesSpent, 1),
                check(20_000, Outcome::Unsent, 1),
                check(20_000, Outcome::Replaced, 9),
                check(20_001, Outcome::Verified, 9),
            ],
            &took(&[(60, 1), (120, 1)]),
            &LinkCounts { opened: took(&[(30, 3)]), open: 5, never: 1 },
        );
        assert_eq!(figures.resets, [[4, 1, 0], [0, 0, 0], [0, 1, 3]]);
        assert_eq!(figures.verifications, [[2, 2, 0], [0, 0, 0], [0, 0, 1]]);
        assert_eq!(figures.reasons, [(Code::InDoubt, 3), (Code::Brake, 2)]);
        assert_eq!(
            (figures.completed(), figures.verified()),
            (Share { part: 4, of: 9 }, Share { part: 2, of: 5 })
        );
        assert_eq!((figures.median, figures.ninth), (Some(60), Some(120)));
        assert_eq!((figures.opened.percent(), figures.median_opening), (Some(75), Some(30)));
    }

    #[test]
    fn nothing_makes_no_figures() {
        let days = Days::up_to(Millis(0), 30);
        let none = Figures::new(days, &[], &[], &[], &LinkCounts::default());
        assert_eq!(none.resets, vec![[0; 3]; 30]);
        assert_eq!((none.median, none.median_opening, none.opened.percent()), (None, None, None));
        assert_eq!(none.completed().percent(), None);
    }
}
