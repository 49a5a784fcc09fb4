//! What PSAs write in several ways, read in one: ids, moments, websites, phones. Pure.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Longer than any number that somebody dials, with its blanks, brackets and extension.
const LONGEST_PHONE: usize = 60;
/// More than anybody has.
const MOST_PHONES: usize = 6;

/// An id that is a number over there: digits only, so that nothing else gets into an address; `None` for
/// anything else, also for zero, which stands for nobody.
pub(super) fn numeric_id(text: &str) -> Option<i64> {
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}

/// A moment in milliseconds since 1970. Without an offset it is UTC.
pub(super) fn moment(text: &str) -> Option<i64> {
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let at = parse(text).or_else(|| parse(&format!("{text}Z")))?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

/// The domain of a website as somebody typed it, in lower case without `www.`; empty for what is none.
pub(super) fn domain_of(website: &str) -> String {
    let text = website.trim();
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    match url::Url::parse(&address).ok().as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(domain)) if domain.contains('.') => {
            domain.strip_prefix("www.").unwrap_or(domain).trim_end_matches('.').to_owned()
        }
        _ => String::new(),
    }
}

/// Numbers as they stand there, each once: what has no digit is left out, and what is too long to be one.
pub(super) fn phones(all: impl IntoIterator<Item = Option<String>>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for phone in all.into_iter().flatten() {
        let phone = phone.trim();
        let is_one = phone.chars().any(|c| c.is_ascii_digit())
            && phone.chars().count() <= LONGEST_PHONE
            && !phone.chars().any(char::is_control);
        if is_one && kept.len() < MOST_PHONES && !kept.iter().any(|it| it == phone) {
            kept.push(phone.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_digits() {
        for (text, id) in
            [("1", Some(1)), ("007", Some(7)), (&"9".repeat(18), Some(10_i64.pow(18) - 1))]
        {
            assert_eq!(numeric_id(text), id, "{text}");
        }
        for bad in ["", "0", "000", "-1", "+1", "1.0", "1 ", "1/2", "٣", &"1".repeat(19)] {
            assert_eq!(numeric_id(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_without_an_offset_are_utc() {
        for (text, at) in [
            ("2026-11-22T00:00:00Z", Some(1_795_305_600_000)),
            ("2026-11-22T00:00:00", Some(1_795_305_600_000)),
            ("2026-11-22T00:00:00.25", Some(1_795_305_600_250)),
            ("2026-11-22T01:00:00.250+01:00", Some(1_795_305_600_250)),
            ("2026-11-22", None),
            ("", None),
        ] {
            assert_eq!(moment(text), at, "{text}");
        }
    }

    #[test]
    fn websites_are_read_as_people_type_them() {
        for (typed, domain) in [
            ("https://www.Northwind.example/about?x=1", "northwind.example"),
            ("northwind.example", "northwind.example"),
            (" http://shop.northwind.example:8080 ", "shop.northwind.example"),
            ("www.northwind.example.", "northwind.example"),
            ("https://192.0.2.7/", ""),
            ("intranet", ""),
            ("n/a", ""),
            ("", ""),
            ("ada@northwind.example", "northwind.example"),
        ] {
            assert_eq!(domain_of(typed), domain, "{typed}");
        }
    }

    #[test]
    fn phones_are_kept_once_and_as_they_stand() {
        let long = format!("{}1", "x".repeat(60));
        let typed = [" +1 555 0100 ", "n/a", "+1 555 0100", "", &long, "555-0101 x7", "5\n5"];
        let typed = typed.map(|it| Some(it.to_owned())).into_iter().chain([None]);
        assert_eq!(phones(typed), ["+1 555 0100", "555-0101 x7"]);
        assert_eq!(phones((0..20).map(|it| Some(it.to_string()))).len(), 6);
    }

    proptest! {
        #[test]
        fn nothing_but_digits_passes_for_an_id(text in ".{0,24}") {
            if let Some(id) = numeric_id(&text) {
                prop_assert!(text.bytes().all(|it| it.is_ascii_digit()));
                prop_assert_eq!(text.trim_start_matches('0'), id.to_string());
            }
        }
    }
}
