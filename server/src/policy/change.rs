//! What a change of a policy is about: for the audit, and for the mail that admins get.

use serde_json::Value;
use shared::CustomerId;
use uuid::Uuid;

use super::fields::{self, Field, Kind};
use super::layers::{Effective, Layer};
use super::value::{in_words, loosens, texts};

/// What differs between two layers, with what held and what holds.
pub struct Change<'a> {
    /// What was said.
    pub old: &'a Layer,
    /// What is said from now on.
    pub new: &'a Layer,
    /// What held.
    pub held: &'a Effective,
    /// What holds from now on.
    pub holds: &'a Effective,
}

impl Change<'_> {
    /// The fields of which something else is said.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static Field> {
        fields::all().filter(|field| self.old.get(field) != self.new.get(field)).collect()
    }

    /// Those of them that ask for less than before.
    #[must_use]
    pub fn loosened(&self) -> Vec<&'static Field> {
        let looser =
            |field: &&Field| loosens(field, self.held.value(field), self.holds.value(field));
        self.fields().into_iter().filter(looser).collect()
    }

    /// For the audit: which fields, and what held and holds. People are ids in it.
    #[must_use]
    pub fn in_words(&self) -> String {
        let one = |field: &'static Field| {
            let (old, new) = (self.held.value(field), self.holds.value(field));
            let what = match field.kind {
                _ if old == new => in_short(field, new),
                Kind::Countries | Kind::Groups | Kind::Contacts => difference(old, new),
                _ => format!("{} → {}", in_words(field, old), in_words(field, new)),
            };
            let whose = match (self.old.get(field), self.new.get(field)) {
                (None, Some(_)) if old == new => " (now its own)",
                (Some(_), None) => " (taken over)",
                _ => "",
            };
            format!("{}: {what}{whose}", field.name)
        };
        self.fields().into_iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

/// A long list by its length.
fn in_short(field: &Field, value: &Value) -> String {
    match (field.kind, texts(value)) {
        (Kind::Countries | Kind::Groups | Kind::Contacts, Some(items)) => items.len().to_string(),
        _ => in_words(field, value),
    }
}

/// What came into a list and what went: the whole of it would be forty countries.
fn difference(old: &Value, new: &Value) -> String {
    let (old, new) = (texts(old).unwrap_or_default(), texts(new).unwrap_or_default());
    let came = new.iter().filter(|it| !old.contains(it)).map(|it| format!("with {it}"));
    let went = old.iter().filter(|it| !new.contains(it)).map(|it| format!("without {it}"));
    let all: Vec<String> = came.chain(went).collect();
    if all.is_empty() { "in another order".into() } else { all.join(", ") }
}

/// What the mail to admins is told to tell: whose policy, and which fields of it ask for less.
/// `None` when none does. [`brand::change::read_alarm`](crate::brand::change::read_alarm) reads it.
#[must_use]
pub fn alarm(customer: Option<CustomerId>, loosened: &[&Field]) -> Option<String> {
    let whose = customer.map_or(Uuid::nil(), |customer| customer.0);
    let names: Vec<&str> = loosened.iter().map(|field| field.name).collect();
    (!names.is_empty()).then(|| format!("{whose} {}", names.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brand::change::read_alarm;
    use serde_json::json;

    fn layer(value: Value) -> Layer {
        Layer::of(serde_json::from_value(value).unwrap(), true).unwrap()
    }

    fn change(old: Value, new: Value, then: impl Fn(&Change<'_>)) {
        let (account, old, new) = (layer(json!({"fresh_ms": 300_000})), layer(old), layer(new));
        let held = Effective::of(&account, &old).unwrap();
        let holds = Effective::of(&account, &new).unwrap();
        then(&Change { old: &old, new: &new, held: &held, holds: &holds });
    }

    fn names(fields: Vec<&Field>) -> Vec<&str> {
        fields.into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn the_audit_has_what_held_and_what_holds() {
        let group = "6e0c3a52-7d1b-4f0e-9a55-0c2d8e1f4b73";
        let old = json!({"protected_groups": [group], "code_tries": 3});
        let new = json!({"fresh_ms": 600_000, "countries": ["US"], "notify": true});
        change(old, new, |change| {
            let fields = ["fresh_ms", "code_tries", "protected_groups", "countries", "notify"];
            assert_eq!(names(change.fields()), fields);
            // Fewer countries ask for more; three tries more than the built-in five.
            assert_eq!(names(change.loosened()), ["fresh_ms", "code_tries", "protected_groups"]);
            let words = change.in_words();
            for says in [
                "fresh_ms: 5 minutes → 10 minutes;",
                "code_tries: 3 → 5 (taken over);",
                &format!("protected_groups: without {group} (taken over);"),
                "countries: without AT, without AU",
                "notify: On (now its own)",
            ] {
                assert!(words.contains(says), "{says}: {words}");
            }
        });
        change(json!({}), json!({}), |change| {
            assert!(change.fields().is_empty() && change.in_words().is_empty());
        });
    }

    #[test]
    fn admins_hear_of_what_asks_for_less_only() {
        change(json!({}), json!({"fresh_ms": 60_000}), |change| {
            assert_eq!(alarm(None, &change.loosened()), None);
        });
        change(json!({}), json!({"vouching": true, "unlock": "never"}), |change| {
            let told = alarm(None, &change.loosened()).unwrap();
            assert_eq!(read_alarm(&told), Some((None, vec!["unlock", "vouching"])));
            let customer = CustomerId(Uuid::from_u128(7));
            let told = alarm(Some(customer), &change.loosened()).unwrap();
            assert_eq!(read_alarm(&told).unwrap().0, Some(customer));
        });
        // To go without what is one's own may ask for less, too.
        change(json!({"unlock": "always"}), json!({}), |change| {
            assert_eq!(names(change.loosened()), ["unlock"]);
        });
    }
}
