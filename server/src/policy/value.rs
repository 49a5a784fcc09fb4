//! One field's value: whether it can be meant, in words, and whether it asks for less than another.

use std::collections::BTreeSet;

use phonenumber::metadata::DATABASE;
use serde_json::Value;
use shared::Channel;
use uuid::Uuid;

use super::fields::{Field, Kind, Looser, Unit};

/// More in one list is a mistake, and would be read at each step of a reset.
const MOST_ITEMS: usize = 300;

/// Whether a field can hold this.
///
/// # Errors
/// What it can hold, for who wrote it.
pub fn fit(field: &Field, value: &Value) -> Result<(), String> {
    match field.kind {
        Kind::Channels { some } => {
            let items = texts(value).ok_or("A list of ways of verifying, please.")?;
            if let Some(odd) = items.iter().find(|it| channel(it).is_none()) {
                return Err(format!("There is no way of verifying “{}”.", short(odd)));
            }
            once(&items)?;
            if some && items.is_empty() {
                return Err("Choose at least one: nobody could be verified.".into());
            }
            Ok(())
        }
        Kind::Time { unit, least, most } => {
            let range = least * unit.ms()..=most * unit.ms();
            let fits = value.as_i64().is_some_and(|ms| range.contains(&ms));
            let (_, many) = unit.words();
            fits.then_some(()).ok_or_else(|| format!("Between {least} and {most} {many}."))
        }
        Kind::Count { least, most } => {
            let range = u64::from(least)..=u64::from(most);
            let fits = value.as_u64().is_some_and(|count| range.contains(&count));
            fits.then_some(()).ok_or_else(|| format!("A number between {least} and {most}."))
        }
        Kind::Switch => value.is_boolean().then_some(()).ok_or_else(|| "On or off.".to_owned()),
        Kind::Choice(choices) => {
            let known = choices.iter().any(|(name, _)| value.as_str() == Some(name));
            known.then_some(()).ok_or_else(|| "Choose one of the list.".to_owned())
        }
        Kind::Countries => {
            let items = texts(value).ok_or("A list of countries, please.")?;
            if let Some(odd) = items.iter().find(|it| !is_country(it)) {
                return Err(format!(
                    "“{}” is neither a country’s two letters, such as GB, nor the beginning of a \
                     number, such as +44.",
                    short(odd)
                ));
            }
            once(&items)
        }
        Kind::Groups | Kind::Contacts => {
            let items = texts(value).ok_or("A list of ids, please.")?;
            if let Some(odd) = items.iter().find(|it| !is_id(it)) {
                return Err(format!(
                    "“{}” is no object id. They look like 6e0c3a52-7d1b-4f0e-9a55-0c2d8e1f4b73.",
                    short(odd)
                ));
            }
            once(&items)
        }
    }
}

/// The value as people read it.
#[must_use]
pub fn in_words(field: &Field, value: &Value) -> String {
    match field.kind {
        Kind::Channels { .. } => listed(value, |it| channel(it).map_or("?", channel_words)),
        Kind::Time { unit, .. } => value.as_i64().map_or_else(odd, |ms| time_words(ms, unit)),
        Kind::Count { .. } => value.as_u64().map_or_else(odd, |count| count.to_string()),
        Kind::Switch => match value.as_bool() {
            Some(true) => "On".into(),
            Some(false) => "Off".into(),
            None => odd(),
        },
        Kind::Choice(choices) => choices
            .iter()
            .find(|(name, _)| value.as_str() == Some(name))
            .map_or_else(odd, |(_, label)| (*label).to_owned()),
        Kind::Countries | Kind::Groups | Kind::Contacts => listed(value, |it| it),
    }
}

/// Whether `new` asks for less than `old`.
#[must_use]
pub fn loosens(field: &Field, old: &Value, new: &Value) -> bool {
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let set = |value: &Value| -> BTreeSet<String> {
        texts(value).unwrap_or_default().into_iter().map(str::to_lowercase).collect()
    };
    match field.looser {
        Looser::Neither => false,
        Looser::More => number(new) > number(old),
        Looser::Less => number(new) < number(old),
        Looser::On => old == &Value::Bool(false) && new == &Value::Bool(true),
        Looser::Off => old == &Value::Bool(true) && new == &Value::Bool(false),
        Looser::Added if matches!(field.kind, Kind::Countries) => {
            // +49 takes in +4915, and nobody new.
            let (old, new) = (set(old), set(new));
            let covered = |it: &String| old.iter().any(|old| old == it || prefix(old, it));
            !new.iter().all(covered)
        }
        Looser::Added => !set(new).is_subset(&set(old)),
        Looser::Removed => !set(old).is_subset(&set(new)),
        Looser::Later => match field.kind {
            Kind::Choice(choices) => {
                let place = |value: &Value| {
                    choices.iter().position(|(name, _)| value.as_str() == Some(name))
                };
                place(new) > place(old)
            }
            _ => false,
        },
    }
}

/// How a way of verifying is called.
#[must_use]
pub fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::DuoPush => "Duo push",
        Channel::SmsCode => "Code by text",
        Channel::SmsLink => "Link by text",
        Channel::EmailCode => "Code by mail",
        Channel::EmailLink => "Link by mail",
    }
}

/// A list's items; `None` when it is none, or one too long.
#[must_use]
pub fn texts(value: &Value) -> Option<Vec<&str>> {
    let items = value.as_array().filter(|items| items.len() <= MOST_ITEMS)?;
    items.iter().map(Value::as_str).collect()
}

/// `90000` as `1.5 minutes`.
fn time_words(ms: i64, unit: Unit) -> String {
    let number = in_units(ms, unit);
    let (one, many) = unit.words();
    format!("{number} {}", if number == "1" { one } else { many })
}

/// Milliseconds as a number of units, with as many decimals as it takes, three at most.
#[must_use]
pub fn in_units(ms: i64, unit: Unit) -> String {
    let (whole, rest) = (ms / unit.ms(), ms % unit.ms());
    let thousandths = rest * 1000 / unit.ms();
    let text = format!("{whole}.{thousandths:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The other way round; `None` for what is no number of units.
#[must_use]
pub fn of_units(text: &str, unit: Unit) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |text: &str| {
        let all = !text.is_empty() && text.len() <= 9 && text.bytes().all(|it| it.is_ascii_digit());
        all.then(|| text.parse::<i64>().ok()).flatten()
    };
    let places = 10_i64.pow(u32::try_from(decimals.len()).ok()?.min(9));
    Some(digits(whole)? * unit.ms() + digits(decimals)? * unit.ms() / places)
}

fn listed(value: &Value, word: impl Fn(&str) -> &str) -> String {
    match texts(value) {
        None => odd(),
        Some(items) if items.is_empty() => "None".into(),
        Some(items) => items.into_iter().map(word).collect::<Vec<_>>().join(", "),
    }
}

/// What stands for a value that is none; it was refused before it could be shown.
fn odd() -> String {
    "?".into()
}

fn channel(text: &str) -> Option<Channel> {
    Channel::ALL.into_iter().find(|channel| channel.as_str() == text)
}

fn once(items: &[&str]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    match items.iter().find(|it| !seen.insert(**it)) {
        None => Ok(()),
        Some(twice) => Err(format!("“{}” stands there twice.", short(twice))),
    }
}

/// For a message: not somebody's whole novel.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && Uuid::parse_str(text).is_ok()
}

/// `US`, a country that has numbers; or `+49`.
fn is_country(text: &str) -> bool {
    match text.strip_prefix('+') {
        Some(digits) => {
            (1..=15).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|it| it.is_ascii_digit())
        }
        None => {
            text.len() == 2
                && text.bytes().all(|it| it.is_ascii_uppercase())
                && DATABASE.by_id(text).is_some()
        }
    }
}

/// Whether every number that begins as `longer` does begins as `shorter` does too.
fn prefix(shorter: &str, longer: &str) -> bool {
    shorter.starts_with('+') && longer.starts_with(shorter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::fields::named;
    use serde_json::json;

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_can() {
        let check = |name: &str, value: Value, says: &str| {
            let told = fit(named(name).unwrap(), &value);
            match says {
                "" => assert_eq!(told, Ok(()), "{name} {value}"),
                _ => assert!(told.clone().unwrap_err().contains(says), "{name} {value}: {told:?}"),
            }
        };
        check("code_ms", json!(600_000), "");
        for wrong in [json!(600_001), json!(0), json!("5"), json!(1.5), json!(null)] {
            check("code_ms", wrong, "Between 1 and 10 minutes.");
        }
        check("new_phone_ms", json!(60 * 60_000), "Between 1 and 366 days.");
        check("code_tries", json!(10), "");
        check("code_tries", json!(0), "between 1 and 10");
        check("code_tries", json!(-1), "between 1 and 10");
        check("code_digits", json!(5), "between 6 and 10");
        check("vouching", json!("yes"), "On or off");
        check("unlock", json!("never"), "");
        check("unlock", json!("sometimes"), "one of the list");
        check("methods", json!(["sms-code"]), "");
        check("methods", json!([]), "at least one");
        check("reset_methods", json!([]), "");
        check("methods", json!(["sms"]), "no way of verifying “sms”");
        check("methods", json!(["sms-code", "sms-code"]), "twice");
        check("methods", json!("sms-code"), "A list");
        check("countries", json!(["US", "+1876", "DE"]), "");
        for odd in ["us", "UK", "USA", "+", "+0", "49", "+49x"] {
            check("countries", json!([odd]), odd);
        }
        check("countries", json!(vec!["US"; 301]), "A list");
        check("protected_groups", json!(["6e0c3a52-7d1b-4f0e-9a55-0c2d8e1f4b73"]), "");
        check("protected_groups", json!(["Executives"]), "no object id");
        check("protected_groups", json!(["6e0c3a527d1b4f0e9a550c2d8e1f4b73"]), "no object id");
    }

    #[test]
    fn each_field_knows_which_way_asks_for_less() {
        let group = |n: u128| Uuid::from_u128(n).to_string();
        for (name, tight, loose) in [
            ("methods", json!(["sms-code"]), json!(["sms-code", "email-link"])),
            ("reset_methods", json!([]), json!(["email-code"])),
            ("fresh_ms", json!(60_000), json!(60_001)),
            ("shown_ms", json!(60_000), json!(60_001)),
            ("code_digits", json!(8), json!(6)),
            ("code_tries", json!(3), json!(5)),
            ("countries", json!(["US"]), json!(["US", "+49"])),
            ("accept_contact_phones", json!(false), json!(true)),
            ("refuse_same_number", json!(true), json!(false)),
            ("vouching", json!(false), json!(true)),
            ("approvers", json!([]), json!([group(1)])),
            ("protected_groups", json!([group(1), group(2)]), json!([group(2)])),
            ("approve_everybody", json!(true), json!(false)),
            ("new_phone_ms", json!(9), json!(8)),
            ("unlock", json!("always"), json!("same-number")),
            ("unlock", json!("same-number"), json!("never")),
            ("must_change", json!(true), json!(false)),
            ("notify", json!(true), json!(false)),
            ("resets_per_account", json!(60), json!(61)),
            ("warn_person", json!(2), json!(3)),
            ("warn_changed_ms", json!(9), json!(8)),
        ] {
            let field = named(name).unwrap();
            assert!(loosens(field, &tight, &loose), "{name}: {tight} → {loose}");
            assert!(!loosens(field, &loose, &tight), "{name}: {loose} → {tight}");
            assert!(!loosens(field, &tight, &tight), "{name}");
        }
        let countries = named("countries").unwrap();
        assert!(!loosens(countries, &json!(["+49"]), &json!(["+4915"])), "fewer numbers");
        assert!(loosens(countries, &json!(["+4915"]), &json!(["+49"])));
        let groups = named("protected_groups").unwrap();
        let (low, high) = (group(0xabc), group(0xabc).to_uppercase());
        assert!(!loosens(groups, &json!([low]), &json!([high])), "the same group");
        assert!(!loosens(named("password").unwrap(), &json!("random"), &json!("passphrase")));
    }

    #[test]
    fn times_are_read_as_they_are_shown() {
        for (text, ms, shown) in [
            ("15", 900_000, "15"),
            (" 1.5 ", 90_000, "1.5"),
            ("1,5", 90_000, "1.5"),
            ("0.001", 60, "0.001"),
            ("0", 0, "0"),
        ] {
            assert_eq!(of_units(text, Unit::Minutes), Some(ms), "{text}");
            assert_eq!(in_units(ms, Unit::Minutes), shown);
        }
        for odd in ["", "-1", "1.", ".5", "1e3", "ten", "1.2.3", "99999999999", "1.0000000000"] {
            assert_eq!(of_units(odd, Unit::Days), None, "{odd}");
        }
        assert_eq!(in_words(named("fresh_ms").unwrap(), &json!(60_000)), "1 minute");
        assert_eq!(
            in_words(named("new_phone_ms").unwrap(), &json!(30 * 86_400_000_i64)),
            "30 days"
        );
        let methods = named("methods").unwrap();
        assert_eq!(in_words(methods, &json!(["sms-code", "duo-push"])), "Code by text, Duo push");
        assert_eq!(in_words(methods, &json!([])), "None");
        assert_eq!(in_words(named("notify").unwrap(), &json!(false)), "Off");
        assert_eq!(
            in_words(named("password").unwrap(), &json!("passphrase")),
            "Six words, to be typed"
        );
    }
}
