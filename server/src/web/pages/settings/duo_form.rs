//! The forms of a customer's Duo: what was typed, and what is wrong with it, at its field.

use serde::Deserialize;

use super::form::{Choice, Wrong};
use crate::duo::{DuoAsk, DuoView, UsernameKind};
use crate::sign_in::Typed;

/// What a form sends. One type for all of them: each sends the fields that it has.
#[derive(Deserialize)]
pub struct Posted {
    /// The form's token.
    pub(super) form: String,
    #[serde(default)]
    version: Option<i64>,
    #[serde(default)]
    pub(super) customer: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    ikey: String,
    #[serde(default = "nothing")]
    skey: Typed,
    #[serde(default)]
    username: UsernameKind,
    #[serde(default)]
    pub(super) test_person: String,
    #[serde(default)]
    pub(super) on: String,
}

fn nothing() -> Typed {
    Typed::new(String::new())
}

/// What is kept when a form comes back: everything but the secret key.
#[derive(Clone, Default)]
pub(super) struct Values {
    /// The one that the form was made of first: one that comes back is no newer for it.
    pub(super) version: i64,
    pub(super) customer: String,
    pub(super) host: String,
    pub(super) ikey: String,
    pub(super) username: UsernameKind,
    pub(super) test_person: String,
}

impl Posted {
    pub(super) fn values(&self) -> Values {
        Values {
            version: self.version.unwrap_or_default(),
            customer: self.customer.clone(),
            host: self.host.clone(),
            ikey: self.ikey.clone(),
            username: self.username,
            test_person: self.test_person.clone(),
        }
    }

    /// What the domain is asked for.
    pub(super) fn ask(self) -> DuoAsk {
        let Self { version, host, ikey, skey, username, .. } = self;
        DuoAsk { version, host, ikey, skey, username }
    }
}

impl From<&DuoView> for Values {
    fn from(view: &DuoView) -> Self {
        Self {
            version: view.version.0,
            customer: view.customer_id.to_string(),
            host: view.host.clone(),
            ikey: view.ikey.clone(),
            username: view.username,
            test_person: String::new(),
        }
    }
}

/// A form as the templates show it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) values: Values,
    /// Whom it may be for; only for a new one.
    pub(super) customers: Vec<Choice>,
    /// Which form of the page came back.
    pub(super) part: &'static str,
    pub(super) errors: Vec<Wrong>,
}

impl Form {
    pub(super) fn problem(&self, part: &str, field: &str) -> Option<&str> {
        let mine = self.errors.iter().filter(|_| self.part == part);
        mine.into_iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    /// What did not happen.
    pub(super) fn refused(&self) -> &'static str {
        match self.part {
            "new" => "Nothing was saved yet.",
            _ => "Nothing was changed.",
        }
    }

    /// What Duo may know people by.
    pub(super) fn usernames(&self) -> [(&'static str, &'static str, bool); 3] {
        UsernameKind::ALL.map(|kind| {
            let label = match kind {
                UsernameKind::Upn => "User principal name: ada.park@contoso.com",
                UsernameKind::UpnLocal => "Its part before the @: ada.park",
                UsernameKind::Mail => "Mail address",
            };
            (kind.as_str(), label, kind == self.values.username)
        })
    }
}
