//! Whether a thing meets a condition: looked up in the very JSON that is answered, so that nothing can be
//! asked for that is not shown.

use std::cmp::Ordering;

use serde_json::Value;

use super::parse::{Op, Test, parse};
use super::refuse;
use crate::front::Answer;

/// A condition over a list, checked against what its things have.
pub(super) struct Condition(Test);

impl Condition {
    /// `conditions`; `fields` are the paths that may be asked for.
    pub(super) fn read(text: &str, fields: &[&str]) -> Result<Option<Self>, Answer> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let mistake = |words: String| refuse(400, "InvalidConditions", &words);
        let test =
            parse(text).map_err(|it| mistake(format!("The conditions are invalid: {it}.")))?;
        if let Some(field) = unknown(&test, fields) {
            return Err(mistake(format!("The field '{field}' cannot be used in conditions.")));
        }
        Ok(Some(Condition(test)))
    }

    pub(super) fn holds(&self, thing: &Value) -> bool {
        holds(&self.0, &|path| at(thing, path))
    }

    /// `childConditions`: one and the same child has to meet all of it \[K\].
    pub(super) fn holds_for_a_child(&self, thing: &Value) -> bool {
        let Some(name) = first_field(&self.0) else { return false };
        let children = thing[name].as_array().map(Vec::as_slice).unwrap_or_default();
        children.iter().any(|child| {
            holds(&self.0, &|path| {
                path.split_first().map_or(&Value::Null, |(_, rest)| at(child, rest))
            })
        })
    }
}

fn at<'a>(thing: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(thing, |thing, key| {
        let members = thing.as_object();
        let found = members.and_then(|all| all.iter().find(|(it, _)| it.eq_ignore_ascii_case(key)));
        found.map_or(&Value::Null, |(_, value)| value)
    })
}

fn first_field(test: &Test) -> Option<&str> {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.first().and_then(first_field),
        Test::Is { path, .. } => path.first().map(String::as_str),
    }
}

fn unknown(test: &Test, fields: &[&str]) -> Option<String> {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().find_map(|it| unknown(it, fields)),
        Test::Is { path, .. } => {
            let path = path.join("/");
            (!fields.iter().any(|field| field.eq_ignore_ascii_case(&path))).then_some(path)
        }
    }
}

fn holds<'a>(test: &Test, look: &dyn Fn(&[String]) -> &'a Value) -> bool {
    match test {
        Test::All(tests) => tests.iter().all(|it| holds(it, look)),
        Test::Any(tests) => tests.iter().any(|it| holds(it, look)),
        Test::Is { path, op, value } => compare(look(path), *op, value),
    }
}

fn compare(have: &Value, op: Op, want: &Value) -> bool {
    let order = order(have, want);
    match op {
        Op::Equal => order == Some(Ordering::Equal),
        Op::Unequal => order != Some(Ordering::Equal),
        Op::Less => order == Some(Ordering::Less),
        Op::LessOrEqual => order.is_some_and(Ordering::is_le),
        Op::More => order == Some(Ordering::Greater),
        Op::MoreOrEqual => order.is_some_and(Ordering::is_ge),
        Op::Like => like(have, want),
        Op::Unlike => !like(have, want),
        Op::Contains => {
            text(have).to_lowercase().contains(&text(want).to_lowercase()) && !have.is_null()
        }
        Op::In => {
            want.as_array().is_some_and(|all| all.iter().any(|it| compare(have, Op::Equal, it)))
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// SQL Server's usual collation knows no case.
pub(super) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Number(a), Value::Number(b)) => a.as_i64().zip(b.as_i64()).map(|(a, b)| a.cmp(&b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        _ => None,
    }
}

/// `%` and `*` stand for anything; a text without them is the whole.
fn like(have: &Value, pattern: &Value) -> bool {
    let (Some(have), Some(pattern)) = (have.as_str(), pattern.as_str()) else { return false };
    let (have, pattern) = (have.to_lowercase(), pattern.to_lowercase());
    let parts: Vec<&str> = pattern.split(['%', '*']).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return have == pattern };
    let Some(mut rest) = have.strip_prefix(first) else { return false };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wildcards_stand_for_anything() {
        for (pattern, is) in [
            ("%b%", true),
            ("abc", true),
            ("a*c", true),
            ("A%", true),
            ("%bc", true),
            ("b%", false),
            ("ab", false),
            ("%", true),
            ("%x%", false),
            ("abc%c", false),
        ] {
            assert_eq!(like(&json!("abc"), &json!(pattern)), is, "{pattern}");
        }
    }

    #[test]
    fn one_child_meets_all_of_it() {
        let fields = ["items/value", "items/kind"];
        let test = |text| Condition::read(text, &fields).ok().flatten().expect(text);
        let thing =
            json!({"items": [{"value": "a", "kind": "Email"}, {"value": "b", "kind": "Phone"}]});
        assert!(test(r#"items/value="a" and items/kind="Email""#).holds_for_a_child(&thing));
        assert!(!test(r#"items/value="a" and items/kind="Phone""#).holds_for_a_child(&thing));
        assert!(Condition::read("items/other=1", &fields).is_err());
    }
}
