//! Times for people: an age in words, and a machine-readable one that the page's script turns
//! into the reader's own time zone.

use shared::Millis;

/// A moment as a template shows it.
pub(super) struct Moment {
    /// ISO 8601, for `<time datetime>`.
    pub(super) iso: String,
    /// For readers without a script.
    pub(super) plain: String,
    /// How long ago, in few words.
    pub(super) age: String,
}

impl Moment {
    pub(super) fn new(at: Millis, now: Millis) -> Self {
        let (year, month, day) = civil(at.0.div_euclid(86_400_000));
        let minutes = at.0.rem_euclid(86_400_000) / 60_000;
        let seconds = at.0.rem_euclid(60_000) / 1000;
        let (hour, minute) = (minutes / 60, minutes % 60);
        Self {
            iso: format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{seconds:02}Z"),
            plain: format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC"),
            age: age(now.since(at)),
        }
    }
}

/// How long it took, in two figures at the most: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 days`.
pub(in crate::web) fn distance(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let two = |large: i64, a: &str, small: i64, b: &str| match small {
        0 => format!("{large} {a}"),
        _ => format!("{large} {a} {small} {b}"),
    };
    match seconds {
        ..=0 => format!("0.{} s", millis.max(0) / 100),
        1..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..172_800 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Two figures at the most: what a list needs.
fn age(millis: i64) -> String {
    let minutes = millis / 60_000;
    match minutes {
        ..=0 => "just now".into(),
        1..60 => format!("{minutes} min"),
        60..1440 => format!("{} h", minutes / 60),
        1440..=2879 => "1 day".into(),
        _ => format!("{} days", minutes / 1440),
    }
}

/// Year, month and day of a day counted from 1970-01-01 (Gregorian; eras of 400 years that begin
/// in March put the leap day last).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_as_machines_and_people_read_them() {
        for (at, iso) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_795_359_599_999, "2026-11-22T14:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (-1000, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(Moment::new(Millis(at), Millis(at)).iso, iso);
        }
    }

    #[test]
    fn distances_have_two_figures() {
        for (millis, said) in [
            (-5, "0.0 s"),
            (0, "0.0 s"),
            (449, "0.4 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (200_000, "3 min 20 s"),
            (7_500_000, "2 h 5 min"),
            (86_400_000, "24 h"),
            (86_400_000 * 3, "3 days"),
        ] {
            assert_eq!(distance(millis), said, "{millis}");
        }
    }

    #[test]
    fn ages_are_short() {
        for (millis, said) in [
            (-5, "just now"),
            (59_999, "just now"),
            (60_000, "1 min"),
            (3_599_999, "59 min"),
            (3_600_000, "1 h"),
            (86_400_000, "1 day"),
            (172_800_000, "2 days"),
            (86_400_000 * 40, "40 days"),
        ] {
            assert_eq!(age(millis), said, "{millis}");
        }
    }
}
