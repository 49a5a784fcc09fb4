//! The form of a policy as the page shows it: each field with its explanation, with what holds
//! otherwise, and with what is wrong in it; and the table of all that holds.

use std::collections::BTreeMap;

use serde_json::Value;
use shared::{Channel, ContactId};

use super::policy_form::Posted;
use crate::brand::Wrong;
use crate::policies::PolicyView;
use crate::policy::fields::{self, Field, Kind, Section, Unit};
use crate::policy::layers::{Effective, Origin, built_in};
use crate::policy::value::{channel_words, in_words, texts};

/// What people are called, by their contact's id.
pub(super) type Names = BTreeMap<String, String>;

/// How a field looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Line,
    Area,
    Choice,
    Boxes,
    People,
}

/// A line of a list, or a box.
pub(super) struct Item {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// One field as the template shows it.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) risk: &'static str,
    /// `minutes`; empty for what has no unit.
    pub(super) unit: &'static str,
    pub(super) value: String,
    pub(super) items: Vec<Item>,
    pub(super) wrong: Option<String>,
    /// Whether a customer says it itself; `None` on the account's page.
    pub(super) own: Option<bool>,
    /// What holds otherwise, and who says that.
    pub(super) above: String,
    pub(super) from: &'static str,
    look: Look,
}

impl Setting {
    pub(super) fn is_area(&self) -> bool {
        self.look == Look::Area
    }

    pub(super) fn is_choice(&self) -> bool {
        self.look == Look::Choice
    }

    pub(super) fn is_boxes(&self) -> bool {
        matches!(self.look, Look::Boxes | Look::People)
    }

    pub(super) fn is_people(&self) -> bool {
        self.look == Look::People
    }

    pub(super) fn is_own(&self) -> bool {
        self.own == Some(true)
    }

    /// Where a click on what is wrong leads.
    pub(super) fn target(&self) -> String {
        match self.items.first() {
            Some(first) if self.is_boxes() => format!("{}-{}", self.id, first.value),
            None if self.is_people() => "find".into(),
            _ => self.id.clone(),
        }
    }
}

/// Fields that belong together.
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) settings: Vec<Setting>,
}

/// Something that could not be kept, for the list above the form.
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) words: String,
}

/// The form as the template shows it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) parts: Vec<Part>,
    pub(super) errors: Vec<Listed>,
    /// Somebody else has changed the policy since this form was made.
    pub(super) changed: bool,
    /// What a contact was looked for by.
    pub(super) find: String,
    /// How many were found; `None` while nobody was looked for.
    pub(super) found: Option<usize>,
}

impl Form {
    /// Of what was typed (or is stored), beside what holds otherwise. `people` are the boxes of
    /// approvers.
    pub(super) fn new(
        token: String,
        view: &PolicyView,
        posted: &Posted,
        errors: &[Wrong],
        (people, found): (Vec<Item>, Option<usize>),
        names: &Names,
    ) -> Self {
        let mut make = Maker { view, posted, errors, names, people };
        let parts: Vec<Part> = fields::SECTIONS
            .into_iter()
            .map(|section| make.part(section))
            .filter(|part| !part.settings.is_empty())
            .collect();
        let listed = parts.iter().flat_map(|part| &part.settings).filter_map(|setting| {
            let words = setting.wrong.clone()?;
            Some(Listed { id: setting.target(), label: setting.label, words })
        });
        Self {
            token,
            version: posted.text("version").to_owned(),
            errors: listed.collect(),
            parts,
            changed: false,
            find: posted.text("find").to_owned(),
            found,
        }
    }
}

struct Maker<'a> {
    view: &'a PolicyView,
    posted: &'a Posted,
    errors: &'a [Wrong],
    names: &'a Names,
    people: Vec<Item>,
}

impl Maker<'_> {
    fn part(&mut self, section: &'static Section) -> Part {
        let customer = self.view.customer.is_some();
        let theirs = section.fields.iter().filter(|field| field.is_said_by(customer));
        let settings = theirs.map(|field| self.setting(field)).collect();
        Part { id: section.id, title: section.title, lead: section.lead, settings }
    }

    fn setting(&mut self, field: &'static Field) -> Setting {
        let customer = self.view.customer.is_some();
        let (above, from) = match customer {
            true => (self.view.above.value(field), origin_words(self.view.above.origin(field))),
            false => (built_in(field), origin_words(Origin::Default)),
        };
        let wrong = self.errors.iter().find(|wrong| wrong.field == field.name);
        Setting {
            name: field.name,
            id: field.name.replace('_', "-"),
            label: field.label,
            hint: field.hint,
            risk: field.risk,
            unit: match field.kind {
                Kind::Time { unit, .. } => Unit::words(unit).1,
                _ => "",
            },
            value: self.posted.text(field.name).to_owned(),
            items: self.items(field),
            // What is wrong in a field that is taken over comes of what it is taken over beside.
            own: customer.then(|| self.posted.owns(field)),
            wrong: wrong.map(|wrong| wrong.detail.clone()),
            above: short_words(field, above, self.names),
            from,
            look: match field.kind {
                Kind::Channels { .. } => Look::Boxes,
                Kind::Time { .. } | Kind::Count { .. } => Look::Line,
                Kind::Switch | Kind::Choice(_) => Look::Choice,
                Kind::Countries | Kind::Groups => Look::Area,
                Kind::Contacts => Look::People,
            },
        }
    }

    fn items(&mut self, field: &Field) -> Vec<Item> {
        let typed = self.posted.text(field.name);
        let item = |value: &str, label: &str, chosen| Item {
            value: value.to_owned(),
            label: label.to_owned(),
            chosen,
        };
        match field.kind {
            Kind::Channels { .. } => Channel::ALL
                .into_iter()
                .map(|one| {
                    let chosen = self.posted.ticks(field, one.as_str());
                    item(one.as_str(), channel_words(one), chosen)
                })
                .collect(),
            Kind::Switch => [("on", "On"), ("off", "Off")]
                .map(|(value, label)| item(value, label, value == typed))
                .into(),
            Kind::Choice(choices) => {
                choices.iter().map(|(value, label)| item(value, label, *value == typed)).collect()
            }
            Kind::Contacts => std::mem::take(&mut self.people),
            _ => Vec::new(),
        }
    }
}

/// Who says a value.
pub(super) fn origin_words(origin: Origin) -> &'static str {
    match origin {
        Origin::Default => "built in",
        Origin::Account => "from the account",
        Origin::Customer => "its own",
    }
}

/// The value in words, people by their names.
fn words(field: &Field, value: &Value, names: &Names) -> String {
    match (field.kind, texts(value)) {
        (Kind::Contacts, Some(ids)) if !ids.is_empty() => ids
            .into_iter()
            .map(|id| names.get(id).map_or("somebody who is no contact any more", String::as_str))
            .collect::<Vec<_>>()
            .join(", "),
        _ => in_words(field, value),
    }
}

/// The same, where forty countries are too many.
fn short_words(field: &Field, value: &Value, names: &Names) -> String {
    match (field.kind, texts(value)) {
        (Kind::Countries, Some(items)) if items.len() > 6 => format!("{} countries", items.len()),
        _ => words(field, value, names),
    }
}

/// One line of the table of all that holds.
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) from: &'static str,
    /// Somebody has said it.
    pub(super) said: bool,
}

/// The table of all that holds.
pub(super) fn table(
    holds: &Effective,
    customer: bool,
    names: &Names,
) -> Vec<(&'static str, Vec<Line>)> {
    let line = |field: &'static Field| {
        let origin = holds.origin(field);
        // On its own page the account is "here", not "there".
        let from = match origin {
            Origin::Account if !customer => "said here",
            other => origin_words(other),
        };
        let value = words(field, holds.value(field), names);
        Line { label: field.label, value, from, said: origin != Origin::Default }
    };
    fields::SECTIONS
        .into_iter()
        .map(|section| (section.title, section.fields.iter().map(line).collect()))
        .collect()
}

/// The names of these contacts.
pub(super) fn names<'a>(contacts: impl Iterator<Item = (&'a ContactId, &'a str)>) -> Names {
    contacts.map(|(id, name)| (id.to_string(), name.to_owned())).collect()
}
