//! A PSA's contacts, a page at a time: for keeping our list in step. Pure.

use serde_json::Value;

use super::Card;

/// A page of the contacts that are active over there.
pub struct Everybody {
    /// Those that can be read.
    pub cards: Vec<Card>,
    /// The ids of all of the page: one that can't be read is there all the same.
    pub ids: Vec<String>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

/// The ids of a page that was asked for in the order of ids, beyond `after`; and where the next one begins, where
/// this one is full. `None` when the PSA has not kept to that: such pages could go on without end, leave
/// people out, or fill our memory.
pub(super) fn by_id(
    rows: &[Value],
    after: i64,
    full: usize,
) -> Option<(Vec<String>, Option<String>)> {
    if rows.len() > full {
        return None;
    }
    let mut last = after;
    let mut ids = Vec::new();
    for row in rows {
        let id = row["id"].as_i64().filter(|id| *id > last)?;
        ids.push(id.to_string());
        last = id;
    }
    let next = (rows.len() >= full).then(|| last.to_string());
    Some((ids, next))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_go_up_by_id_or_are_none() {
        let of = |ids: &[i64], full| {
            let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
            by_id(&rows, 5, full)
        };
        let texts = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>();
        assert_eq!(of(&[6, 9], 2), Some((texts(&[6, 9]), Some("9".into()))));
        assert_eq!(of(&[6, 9], 3), Some((texts(&[6, 9]), None)));
        assert_eq!(of(&[], 3), Some((vec![], None)));
        assert_eq!(of(&[6, 9, 10], 2), None, "more than asked for");
        // The condition was passed over, or the order.
        assert_eq!(of(&[5, 6], 2), None);
        assert_eq!(of(&[9, 6], 2), None);
        assert_eq!(by_id(&[json!({"name": "x"})], 0, 1), None);
    }
}
