//! What the account says over what is built in, and what a customer says over that, field by field.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::fields::{self, Field};
use super::value::fit;
use super::{Policy, Wrong};

/// What is built in, by field.
static DEFAULTS: LazyLock<Map<String, Value>> = LazyLock::new(|| values(&Policy::default()));

fn values(policy: &Policy) -> Map<String, Value> {
    match serde_json::to_value(policy) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    }
}

/// What is built in for this field.
#[must_use]
pub fn built_in(field: &Field) -> &'static Value {
    DEFAULTS.get(field.name).unwrap_or(&Value::Null)
}

/// Where a value comes from.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It is built in.
    Default,
    /// The account says so.
    Account,
    /// The customer says so.
    Customer,
}

/// What an account or a customer says itself, and nothing of what it takes over. Each field in it can
/// be meant, by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Layer(Map<String, Value>);

impl Layer {
    /// Of what was written, for a customer or for the account.
    ///
    /// # Errors
    /// Each field that is unknown, can't be meant, or is not theirs to say.
    pub fn of(said: Map<String, Value>, customer: bool) -> Result<Self, Vec<Wrong>> {
        let wrong: Vec<Wrong> = said
            .iter()
            .filter_map(|(name, value)| Some(Wrong::at(name, why_not(name, value, customer)?)))
            .collect();
        if wrong.is_empty() { Ok(Self(said)) } else { Err(wrong) }
    }

    /// A stored row. Whose it is does not matter here: it was asked when it was written.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let said: Map<String, Value> = serde_json::from_str(body).ok()?;
        let sound = said.iter().all(|(name, value)| {
            fields::named(name).is_some_and(|field| fit(field, value).is_ok())
        });
        sound.then_some(Self(said))
    }

    /// As it is stored.
    #[must_use]
    pub fn to_body(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// What it says of this field.
    #[must_use]
    pub fn get(&self, field: &Field) -> Option<&Value> {
        self.0.get(field.name)
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn why_not(name: &str, value: &Value, customer: bool) -> Option<String> {
    let Some(field) = fields::named(name) else {
        return Some("There is no such field.".into());
    };
    if !field.is_said_by(customer) {
        return Some(match customer {
            true => "This is counted over all customers: only the account can say it.".into(),
            false => "These are one customer’s people: say it at that customer.".into(),
        });
    }
    fit(field, value).err()
}

/// What holds: the hot path, without origins.
///
/// # Errors
/// Fields that don't go together.
pub fn effective(account: &Layer, customer: &Layer) -> Result<Policy, Vec<Wrong>> {
    let mut said = account.0.clone();
    said.extend(customer.0.clone());
    let policy: Policy = serde_json::from_value(Value::Object(said))
        // Every value was looked at by itself: what is left is a table that says too little.
        .map_err(|_| vec![Wrong::at("policy", "It can’t be read.".into())])?;
    let wrong = policy.apart();
    if wrong.is_empty() { Ok(policy) } else { Err(wrong) }
}

/// What holds for a customer, or for all that say nothing themselves, with where each value comes
/// from.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The whole of it.
    pub policy: Policy,
    values: Map<String, Value>,
    account: BTreeSet<String>,
    customer: BTreeSet<String>,
}

impl Effective {
    /// Of these layers; an empty one for a customer that says nothing.
    ///
    /// # Errors
    /// Fields that don't go together.
    pub fn of(account: &Layer, customer: &Layer) -> Result<Self, Vec<Wrong>> {
        let policy = effective(account, customer)?;
        let names = |layer: &Layer| layer.0.keys().cloned().collect();
        let values = values(&policy);
        Ok(Self { policy, values, account: names(account), customer: names(customer) })
    }

    /// The value that holds.
    #[must_use]
    pub fn value(&self, field: &Field) -> &Value {
        self.values.get(field.name).unwrap_or(&Value::Null)
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self, field: &Field) -> Origin {
        if self.customer.contains(field.name) {
            Origin::Customer
        } else if self.account.contains(field.name) {
            Origin::Account
        } else {
            Origin::Default
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Unlock;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn layer(value: Value) -> Layer {
        Layer::of(map(value), true).unwrap()
    }

    #[test]
    fn each_field_comes_from_the_nearest_who_says_it() {
        let account = layer(json!({"fresh_ms": 300_000, "unlock": "always", "vouching": false}));
        let customer = layer(json!({"fresh_ms": 600_000, "notify": true}));
        let seen = Effective::of(&account, &customer).unwrap();
        let of = |name: &str| {
            let field = fields::named(name).unwrap();
            (seen.value(field).clone(), seen.origin(field))
        };
        for (name, value, origin) in [
            ("fresh_ms", json!(600_000), Origin::Customer),
            ("unlock", json!("always"), Origin::Account),
            // The same as what is built in, and theirs all the same.
            ("vouching", json!(false), Origin::Account),
            ("notify", json!(true), Origin::Customer),
            ("code_ms", json!(300_000), Origin::Default),
        ] {
            assert_eq!(of(name), (value, origin), "{name}");
        }
        let expected = Policy { fresh_ms: 600_000, unlock: Unlock::Always, ..Policy::default() };
        assert_eq!(seen.policy, expected);
        assert_eq!(effective(&account, &customer), Ok(expected));
        let nothing = Layer::default();
        assert_eq!(effective(&nothing, &nothing), Ok(Policy::default()));
        // A list is said as a whole.
        let (all, one) =
            (layer(json!({"countries": ["DE", "AT"]})), layer(json!({"countries": ["CH"]})));
        assert_eq!(effective(&all, &one).unwrap().countries, ["CH"]);
    }

    #[test]
    fn what_a_layer_cannot_say_is_named() {
        for (said, customer, field, says) in [
            (json!({"typo": 1}), true, "typo", "no such field"),
            (json!({"fresh_ms": "15"}), true, "fresh_ms", "Between 1 and 1440 minutes"),
            (json!({"notify": 1}), false, "notify", "On or off"),
            (json!({"resets_per_account": 7}), true, "resets_per_account", "only the account"),
            (json!({"approvers": []}), false, "approvers", "at that customer"),
        ] {
            let wrong = Layer::of(map(said), customer).unwrap_err();
            assert_eq!((wrong.len(), wrong[0].field.as_str()), (1, field));
            assert!(wrong[0].detail.contains(says), "{wrong:?}");
        }
        assert!(Layer::of(map(json!({"resets_per_account": 7})), false).is_ok());
        let both = Layer::of(map(json!({"typo": 1, "code_ms": 0})), false).unwrap_err();
        assert_eq!(both.len(), 2, "each at its place");
    }

    #[test]
    fn what_does_not_go_together_is_refused_whoever_says_which_part() {
        let nothing = Layer::default();
        for (account, customer, field) in [
            (json!({"notify": false, "notify_manager": true}), json!({}), "notify_manager"),
            (json!({"notify_manager": true}), json!({"notify": false}), "notify_manager"),
            (json!({"methods": ["sms-code"]}), json!({}), "reset_methods"),
            (
                json!({}),
                json!({"reset_methods": ["email-code"], "methods": ["sms-code"]}),
                "reset_methods",
            ),
        ] {
            let wrong = Effective::of(&layer(account), &layer(customer)).unwrap_err();
            assert_eq!(wrong[0].field, field, "{wrong:?}");
        }
        let halves = layer(json!({"methods": ["sms-code"], "reset_methods": ["sms-code"]}));
        assert!(Effective::of(&halves, &nothing).is_ok());
    }

    #[test]
    fn a_row_that_makes_no_sense_is_none() {
        for body in ["", "[]", "null", "{\"typo\":1}", "{\"fresh_ms\":0}", "{\"fresh_ms\":true}"] {
            assert_eq!(Layer::read(body), None, "{body}");
        }
        let said = layer(json!({"fresh_ms": 600_000}));
        assert_eq!(Layer::read(&said.to_body()), Some(said.clone()));
        assert!(!said.is_empty() && Layer::read("{}").unwrap().is_empty());
        for field in fields::all() {
            assert!(fit(field, built_in(field)).is_ok(), "{}", field.name);
        }
    }
}
