//! The form of a person: what was typed, and what is wrong with it, at its field.

use serde::Deserialize;

use super::form::Wrong;
use crate::store::{Person, Rights, Role};
use crate::team::PersonAsk;

/// What the form sends. A box that is not ticked is not sent.
#[derive(Deserialize)]
pub struct Posted {
    pub(super) form: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    may_reset: Option<String>,
    #[serde(default)]
    may_use_ui: Option<String>,
    #[serde(default)]
    must_use_mfa: Option<String>,
}

impl Posted {
    /// What the domain is asked for. A role that nobody knows is the one that may less.
    pub(super) fn ask(&self) -> PersonAsk {
        PersonAsk {
            name: self.name.clone(),
            email: self.email.clone(),
            rights: Rights {
                role: Role::parse(&self.role).unwrap_or(Role::Technician),
                may_reset: self.may_reset.is_some(),
                may_use_ui: self.may_use_ui.is_some(),
                must_use_mfa: self.must_use_mfa.is_some(),
            },
        }
    }
}

/// The form as the templates show it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) part: &'static str,
    pub(super) new: bool,
    /// The one that it was made of first.
    pub(super) version: String,
    pub(super) values: PersonAsk,
    /// Whether it is about whoever looks at it.
    pub(super) own: bool,
    pub(super) errors: Vec<Wrong>,
}

impl Form {
    /// For a new person: what is safe. Most work in tickets; who may reset is said for each person,
    /// because that is what can do harm.
    pub(super) fn new(token: String) -> Self {
        let rights = Rights {
            role: Role::Technician,
            may_reset: false,
            may_use_ui: true,
            must_use_mfa: true,
        };
        Self {
            token,
            part: "new",
            new: true,
            version: String::new(),
            values: PersonAsk { name: String::new(), email: String::new(), rights },
            own: false,
            errors: Vec::new(),
        }
    }

    /// For a person who is there.
    pub(super) fn of(token: String, person: &Person, version: String, own: bool) -> Self {
        let (name, email) = (person.name.clone(), person.email.clone());
        Self {
            part: "change",
            new: false,
            version,
            values: PersonAsk { name, email, rights: person.rights.clone() },
            own,
            ..Self::new(token)
        }
    }

    pub(super) fn problem(&self, _part: &str, field: &str) -> Option<&str> {
        self.errors.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    /// What did not happen.
    pub(super) fn refused(&self) -> &'static str {
        if self.new { "Nobody was invited yet." } else { "Nothing was changed." }
    }

    pub(super) fn admin(&self) -> bool {
        self.values.rights.role == Role::Admin
    }
}
