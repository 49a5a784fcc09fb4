//! The forms of an M365 integration: what was typed, and what is wrong with it, at its field.

use serde::Deserialize;

use crate::sign_in::Typed;

/// What a form sends. One type for all of them: each reads the fields that it has.
#[derive(Deserialize)]
pub struct Posted {
    /// The form's token.
    pub form: String,
    #[serde(flatten)]
    pub(super) values: Values,
    /// Never shown again.
    pub(super) client_secret: Option<Typed>,
}

/// What is kept when a form comes back: everything but the secret.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub(super) struct Values {
    pub(super) name: String,
    pub(super) customer: String,
    pub(super) cloud: String,
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) credential: String,
    pub(super) expires_on: String,
    pub(super) protected_group: String,
    pub(super) test_person: String,
}

/// A line of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// What is wrong at one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) label: &'static str,
    pub(super) words: String,
}

/// A form as the templates show it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) new: bool,
    pub(super) values: Values,
    pub(super) customers: Vec<Choice>,
    pub(super) clouds: Vec<Choice>,
    pub(super) errors: Vec<Wrong>,
    /// The part of the page that stands open.
    pub(super) open: &'static str,
}

impl Form {
    fn problem(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    fn certificate(&self) -> bool {
        self.values.credential == "certificate"
    }

    fn opens(&self, part: &str) -> bool {
        self.open == part
    }
}
