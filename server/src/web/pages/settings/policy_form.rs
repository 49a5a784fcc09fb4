//! The form of a policy as it is sent: what was typed, and what is stored as a form would send it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::{Channel, ContactId, Millis};
use uuid::Uuid;

use crate::policies::PolicyView;
use crate::policy::fields::{self, Field, Kind};
use crate::policy::layers::built_in;
use crate::policy::value::{in_units, of_units, texts};

/// What a form sends: texts by the names of their fields.
pub(super) struct Posted(pub(super) BTreeMap<String, String>);

/// What a ticked box says.
const YES: &str = "yes";

impl Posted {
    /// What stands in a field; nothing where the form has none of that name.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// The version that the form was made of.
    pub(super) fn version(&self) -> Option<Millis> {
        self.text("version").parse().ok().map(Millis)
    }

    /// Whether a contact is looked for, and nothing saved: by that button, or by Enter while something
    /// stands in the search.
    pub(super) fn finds(&self) -> bool {
        match self.text("act") {
            "find" => true,
            "save" => false,
            _ => !self.text("find").is_empty(),
        }
    }

    /// Whether a customer says this field itself.
    pub(super) fn owns(&self, field: &Field) -> bool {
        self.text(&format!("own.{}", field.name)) == YES
    }

    /// Whether this one of a field's boxes is ticked.
    pub(super) fn ticks(&self, field: &Field, item: &str) -> bool {
        self.text(&format!("{}.{item}", field.name)) == YES
    }

    /// The contacts whose box is ticked.
    pub(super) fn approvers(&self) -> Vec<ContactId> {
        let ticked = self.0.iter().filter(|(_, value)| value.as_str() == YES);
        ticked
            .filter_map(|(name, _)| name.strip_prefix("approvers.")?.parse().ok().map(ContactId))
            .collect()
    }

    /// What was entered in this field; what can't be read stays a text, and is refused for it.
    fn value(&self, field: &Field) -> Value {
        let text = self.text(field.name);
        let as_typed = || Value::from(text);
        match field.kind {
            Kind::Channels { .. } => Channel::ALL
                .into_iter()
                .map(Channel::as_str)
                .filter(|channel| self.ticks(field, channel))
                .collect(),
            Kind::Time { unit, .. } => of_units(text, unit).map_or_else(as_typed, Value::from),
            Kind::Count { .. } => text.parse::<u32>().map_or_else(|_| as_typed(), Value::from),
            Kind::Switch => match text {
                "on" => true.into(),
                "off" => false.into(),
                _ => as_typed(),
            },
            Kind::Choice(_) => as_typed(),
            Kind::Countries => countries(text).into(),
            Kind::Groups => groups(text).into(),
            Kind::Contacts => json!(self.approvers()),
        }
    }

    /// All that is said from now on: for a customer what is its own, for the account what differs from
    /// what is built in, or was said already.
    pub(super) fn said(&self, view: &PolicyView) -> Map<String, Value> {
        let customer = view.customer.is_some();
        let mut said = Map::new();
        for field in fields::all().filter(|field| field.is_said_by(customer)) {
            let value = self.value(field);
            let own = match customer {
                true => self.owns(field),
                false => value != *built_in(field) || view.said.get(field).is_some(),
            };
            if own {
                said.insert(field.name.to_owned(), value);
            }
        }
        said
    }

    /// What is stored, as a form would send it.
    pub(super) fn of(view: &PolicyView) -> Self {
        let mut form = BTreeMap::new();
        let version = view.version.map_or_else(String::new, |version| version.0.to_string());
        form.insert("version".to_owned(), version);
        for field in fields::all() {
            let value = view.holds.value(field);
            match field.kind {
                Kind::Channels { .. } | Kind::Contacts => {
                    for item in texts(value).unwrap_or_default() {
                        form.insert(format!("{}.{item}", field.name), YES.to_owned());
                    }
                }
                _ => {
                    form.insert(field.name.to_owned(), typed(field, value));
                }
            }
            if view.said.get(field).is_some() {
                form.insert(format!("own.{}", field.name), YES.to_owned());
            }
        }
        Self(form)
    }
}

/// A value as one would type it.
fn typed(field: &Field, value: &Value) -> String {
    let list = |between: &str| texts(value).unwrap_or_default().join(between);
    match field.kind {
        Kind::Time { unit, .. } => in_units(value.as_i64().unwrap_or_default(), unit),
        Kind::Switch => if value == &Value::Bool(true) { "on" } else { "off" }.into(),
        Kind::Countries => list(", "),
        Kind::Groups => list("\n"),
        Kind::Count { .. } => value.to_string(),
        _ => value.as_str().unwrap_or_default().to_owned(),
    }
}

/// `de, AT; +1 876` and lines, in order and each once.
fn countries(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for piece in text.split([',', ';', '\n']).map(str::trim).filter(|piece| !piece.is_empty()) {
        if piece.starts_with('+') {
            all.push(piece.chars().filter(|c| !" -()\u{a0}".contains(*c)).collect());
        } else {
            all.extend(piece.split_whitespace().map(str::to_uppercase));
        }
    }
    // Letters before numbers: that is how they are read.
    all.sort_by_key(|one: &String| (one.starts_with('+'), one.clone()));
    all.dedup();
    all
}

/// Ids as Entra copies them, each once.
fn groups(text: &str) -> Vec<String> {
    let pieces = text.split([',', ';']).flat_map(str::split_whitespace);
    let mut all: Vec<String> = Vec::new();
    for piece in pieces {
        // What is no id is refused by the words that were typed.
        let id = Uuid::parse_str(piece).map_or_else(|_| piece.to_owned(), |id| id.to_string());
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::layers::{Effective, Layer};
    use crate::store::Customer;
    use shared::CustomerId;

    fn view(account: Value, own: Option<Value>) -> PolicyView {
        let layer = |said| Layer::of(serde_json::from_value(said).unwrap(), own.is_some()).unwrap();
        let nothing = Layer::default();
        let account = layer(account);
        let (customer, said, above, holds) = match &own {
            None => (
                None,
                account.clone(),
                Effective::of(&nothing, &nothing).unwrap(),
                Effective::of(&account, &nothing).unwrap(),
            ),
            Some(own) => {
                let own = layer(own.clone());
                let (above, holds) = (
                    Effective::of(&account, &nothing).unwrap(),
                    Effective::of(&account, &own).unwrap(),
                );
                let id = CustomerId(Uuid::from_u128(3));
                (Some(Customer { id, name: "Northwind".into() }), own, above, holds)
            }
        };
        PolicyView { customer, said, version: Some(Millis(7)), account, above, holds }
    }

    #[test]
    fn what_is_stored_comes_back_as_it_was() {
        let group = "6e0c3a52-7d1b-4f0e-9a55-0c2d8e1f4b73";
        for own in [
            json!({}),
            json!({"fresh_ms": 90_000, "methods": ["duo-push", "sms-code", "sms-link"],
                "protected_groups": [group], "approvers": [group], "countries": ["CH", "DE", "+1876"],
                "unlock": "always", "notify": false, "code_tries": 3}),
        ] {
            let view = view(json!({"code_digits": 8}), Some(own.clone()));
            let posted = Posted::of(&view);
            assert_eq!(Value::Object(posted.said(&view)), own);
            assert_eq!(posted.version(), Some(Millis(7)));
        }
        // The account says what differs, and what it had said already.
        let said = json!({"code_digits": 8, "notify": true});
        let view = view(said.clone(), None);
        let mut posted = Posted::of(&view);
        assert_eq!(Value::Object(posted.said(&view)), said);
        posted.0.insert("fresh_ms".into(), "20".into());
        assert_eq!(posted.said(&view)["fresh_ms"], json!(1_200_000));
    }

    #[test]
    fn lists_are_read_as_people_write_them() {
        assert_eq!(
            countries("de, AT;ch\n+1 (876)\n us gb ,,AT"),
            ["AT", "CH", "DE", "GB", "US", "+1876"]
        );
        let group = "6e0c3a52-7d1b-4f0e-9a55-0c2d8e1f4b73";
        let typed = format!(" {}\nIT, {group} ", group.to_uppercase());
        assert_eq!(groups(&typed), [group, "IT"]);
        assert!(countries("").is_empty() && groups("\n").is_empty());
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_was_typed() {
        let view = view(json!({}), None);
        let mut posted = Posted::of(&view);
        for (name, text) in
            [("fresh_ms", "soon"), ("code_tries", "-1"), ("notify", ""), ("unlock", "x")]
        {
            posted.0.insert(name.into(), text.into());
            assert_eq!(posted.said(&view)[name], json!(text), "{name}");
        }
        assert!(!posted.finds());
        posted.0.insert("find".into(), "ada".into());
        assert!(posted.finds(), "Enter in the search");
        posted.0.insert("act".into(), "save".into());
        assert!(!posted.finds());
    }
}
