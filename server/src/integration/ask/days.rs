//! Days as Entra shows them and people type them: `2028-11-25`. Pure.

use shared::Millis;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

const DAY_MS: i64 = 24 * 60 * 60_000;
/// No secret lives longer than that, whatever somebody has typed.
const MOST_DAYS: i64 = 10 * 366;

/// A day that is still to come; `None` for nothing entered.
///
/// # Errors
/// What to do.
pub fn parse_day(text: &str, now: Millis) -> Result<Option<String>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let Some(at) = day(text) else {
        return Err("Enter the date as year-month-day, such as 2028-11-25.");
    };
    match at.since(now) {
        ms if ms <= -DAY_MS => Err(
            "That day has passed. Enter the date that Entra shows under Expires, or make a new secret.",
        ),
        ms if ms > MOST_DAYS * DAY_MS => {
            Err("That is more than ten years away. Enter the date that Entra shows under Expires.")
        }
        _ => Ok(Some(text.into())),
    }
}

/// The beginning of a day (UTC): the careful reading of "ends on".
#[must_use]
pub fn day(text: &str) -> Option<Millis> {
    // Weeks and days of the year are dates to ISO 8601, but not what Entra shows.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = Date::parse(text, &Iso8601::DATE).ok().filter(|_| plain)?;
    Some(Millis(date.midnight().assume_utc().unix_timestamp() * 1000))
}

/// `2028-11-25`, so many days after `now`.
#[must_use]
pub fn day_after(now: Millis, days: i64) -> String {
    let at = now.plus(days * DAY_MS).0.div_euclid(1000);
    let date = OffsetDateTime::from_unix_timestamp(at).map_or(Date::MIN, OffsetDateTime::date);
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_795_356_000_000);

    #[test]
    fn days_are_days() {
        assert_eq!(day("2026-11-22"), Some(Millis(1_795_305_600_000)));
        for bad in ["2026-02-30", "20261122", "2026-W47-7", "", "2026-11-22T00:00:00Z"] {
            assert_eq!(day(bad), None, "{bad}");
        }
        assert_eq!(day_after(NOW, 730), "2028-11-21");
        assert_eq!(parse_day("2026-11-22", NOW), Ok(Some("2026-11-22".into())), "today");
    }
}
