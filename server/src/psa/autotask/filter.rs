//! Queries of Autotask's: JSON, so that what people type stays a value (vendor "Making basic query
//! calls"). Pure.

use serde_json::{Value, json};
use shared::Millis;
use time::OffsetDateTime;

/// Words of a search that are looked at, and the length of one.
const MOST_WORDS: usize = 4;
const LONGEST_WORD: usize = 100;
/// Open tickets that are older than this are not among the newest.
const NEW_DAYS: i64 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A query: all of the conditions, so many rows, these fields.
pub(super) fn query(filter: Vec<Value>, most: usize, fields: &[&str]) -> Value {
    json!({"filter": filter, "MaxRecords": most, "IncludeFields": fields})
}

/// A field's condition.
pub(super) fn is(op: &str, field: &str, value: impl Into<Value>) -> Value {
    json!({"op": op, "field": field, "value": value.into()})
}

/// Active contacts that have each word of the text in a name or in their address; `None` for a text that
/// finds nobody.
pub(super) fn contacts(text: &str, company: Option<i64>) -> Option<Vec<Value>> {
    let words = text.split_whitespace().take(MOST_WORDS);
    let words: Vec<String> = words.map(|it| it.chars().take(LONGEST_WORD).collect()).collect();
    if words.is_empty() {
        return None;
    }
    let mut filter = vec![is("eq", "isActive", 1)];
    filter.extend(company.map(|id| is("eq", "companyID", id)));
    filter.extend(words.iter().map(|word| {
        let fields = ["firstName", "lastName", "emailAddress"];
        let items = fields.map(|field| is("contains", field, word.as_str()));
        json!({"op": "or", "items": items})
    }));
    Some(filter)
}

/// Open tickets of the last days. Autotask gives them by id, oldest first.
pub(super) fn new_tickets(now: Millis, complete: i64) -> Vec<Value> {
    let since = now.plus(-NEW_DAYS * DAY_MS);
    vec![is("noteq", "status", complete), is("gte", "createDate", utc(since))]
}

/// `2026-11-13T05:00:00Z`: Autotask's times are UTC.
fn utc(at: Millis) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_word_is_looked_for_in_names_and_address() {
        let any = |word: &str| {
            json!({"op": "or", "items": [
                {"op": "contains", "field": "firstName", "value": word},
                {"op": "contains", "field": "lastName", "value": word},
                {"op": "contains", "field": "emailAddress", "value": word},
            ]})
        };
        let active = json!({"op": "eq", "field": "isActive", "value": 1});
        let at = json!({"op": "eq", "field": "companyID", "value": 12});
        assert_eq!(
            contacts(" Ada  Park ", None),
            Some(vec![active.clone(), any("Ada"), any("Park")])
        );
        assert_eq!(contacts("o'hara", Some(12)), Some(vec![active, at, any("o'hara")]));
        assert_eq!(contacts(" \t", Some(12)), None);
        assert_eq!(contacts("a b c d e f", None).map(|it| it.len()), Some(5));
    }

    #[test]
    fn the_newest_are_those_of_a_fortnight() {
        assert_eq!(
            new_tickets(Millis(1_795_305_600_000), 5),
            [
                json!({"op": "noteq", "field": "status", "value": 5}),
                json!({"op": "gte", "field": "createDate", "value": "2026-11-08T00:00:00Z"}),
            ]
        );
    }

    proptest! {
        /// Whatever is typed is values of conditions that are ours.
        #[test]
        fn what_is_typed_is_a_value(text in ".{0,60}") {
            let Some(filter) = contacts(&text, None) else {
                prop_assert!(text.trim().is_empty());
                return Ok(());
            };
            let sent = query(filter, 50, &["id"]).to_string();
            let read: Value = serde_json::from_str(&sent).unwrap();
            let groups = &read["filter"].as_array().unwrap()[1..];
            let words: Vec<&str> = text.split_whitespace().take(4).collect();
            prop_assert_eq!(groups.len(), words.len());
            for (group, word) in groups.iter().zip(words) {
                prop_assert_eq!(group.as_object().unwrap().len(), 2);
                for item in group["items"].as_array().unwrap() {
                    prop_assert_eq!(item["value"].as_str(), Some(word));
                    prop_assert_eq!(item["op"].as_str(), Some("contains"));
                }
            }
        }
    }
}
