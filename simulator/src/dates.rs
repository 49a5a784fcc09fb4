//! The date formats that Entra, Graph and Twilio write, each different from the others.

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]; // 1970-01-01 was a Thursday
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

struct Civil {
    year: i64,
    month: usize,
    day: i64,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

/// Howard Hinnant's `civil_from_days`, which needs no table and no crate.
fn civil(ms: i64) -> Civil {
    let seconds = ms.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    Civil {
        year: yoe + era * 400 + i64::from(month <= 2),
        month: usize::try_from(month).unwrap_or(1),
        day: doy - (153 * mp + 2) / 5 + 1,
        weekday: usize::try_from(days.rem_euclid(7)).unwrap_or(0),
        hour: of_day / 3600,
        minute: of_day / 60 % 60,
        second: of_day % 60,
    }
}

/// `2016-01-09 02:02:12Z`: a space, not RFC 3339 (Entra's `timestamp`; SOURCES.md §1.3).
pub(crate) fn entra(ms: i64) -> String {
    let c = civil(ms);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}Z",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    )
}

/// `2025-02-13T10:17:06`: no zone (Graph's `innerError.date`; SOURCES.md §4).
pub(crate) fn graph_inner(ms: i64) -> String {
    let c = civil(ms);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    )
}

/// `2025-02-13T10:17:06Z`: Graph's properties.
pub(crate) fn iso(ms: i64) -> String {
    format!("{}Z", graph_inner(ms))
}

/// `2024-10-02T22:05:03.6750000Z`: seven digits (Entra's words on assertions; SOURCES.md §1.6).
pub(crate) fn precise(ms: i64) -> String {
    format!("{}.{:03}0000Z", graph_inner(ms), ms.rem_euclid(1000))
}

/// `02/07/2021 17:00:39`: month first (Entra's words on keys; SOURCES.md §1.6).
pub(crate) fn us(ms: i64) -> String {
    let c = civil(ms);
    format!(
        "{:02}/{:02}/{:04} {:02}:{:02}:{:02}",
        c.month, c.day, c.year, c.hour, c.minute, c.second
    )
}

/// `2025-02-13`, what Twilio's `DateSent` filters compare.
pub(crate) fn day(ms: i64) -> String {
    let c = civil(ms);
    format!("{:04}-{:02}-{:02}", c.year, c.month, c.day)
}

/// `Thu, 24 Aug 2023 05:01:45 +0000`: Twilio's `date_*` (RFC 2822).
pub(crate) fn rfc2822(ms: i64) -> String {
    let c = civil(ms);
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
        DAYS[c.weekday],
        c.day,
        MONTHS[c.month - 1],
        c.year,
        c.hour,
        c.minute,
        c.second
    )
}

/// Milliseconds of `Tue, 21 Aug 2012 17:29:18 -0000`, as mails write it and Duo wants it (D§1). The zone
/// is UTC in any of its names; another one nobody needs here.
pub(crate) fn parse_mail(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "-0000" | "+0000" | "GMT" | "UTC"] = parts.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|name| name == month)?;
    let (day, year): (i64, i64) = (day.parse().ok()?, year.parse().ok()?);
    let time: Vec<i64> = time.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hour, minute, second] = time.as_slice() else { return None };
    // Years begin in March, so that the leap day is their last.
    let from_march = i64::try_from((month + 10) % 12).ok()?;
    let year = year - i64::from(month < 2);
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * from_march + 2) / 5 + day - 1;
    let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468;
    Some((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_each_vendors_format() {
        let at = 1_692_853_305_123; // twilio-messages.json, example "create"
        assert_eq!(rfc2822(at), "Thu, 24 Aug 2023 05:01:45 +0000");
        assert_eq!(entra(at), "2023-08-24 05:01:45Z");
        assert_eq!(iso(at), "2023-08-24T05:01:45Z");
        assert_eq!(precise(at), "2023-08-24T05:01:45.1230000Z");
        assert_eq!(us(at), "08/24/2023 05:01:45");
        assert_eq!(day(951_782_400_000), "2000-02-29");
    }

    #[test]
    fn the_dates_of_mails_are_read() {
        let read = |text| parse_mail(text).map(iso);
        let right = "2012-08-21T17:29:18Z".to_owned();
        assert_eq!(read("Tue, 21 Aug 2012 17:29:18 -0000"), Some(right));
        assert_eq!(parse_mail("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(read("Thu, 29 Feb 2024 00:00:01 +0000"), Some("2024-02-29T00:00:01Z".into()));
        for bad in ["", "2012-08-21T17:29:18Z", "Tue, 21 Aug 2012 17:29:18 +0200"] {
            assert_eq!(parse_mail(bad), None, "{bad}");
        }
    }
}
