//! The form of an account's issuer: what was typed, and what is wrong with it, at its field.

use serde::Deserialize;

use super::form::Wrong;
use crate::sign_in::Typed;
use crate::sign_in::sso::{SsoAsk, SsoView};

/// What a form sends. One type for all of the page: each sends the fields that it has.
#[derive(Deserialize)]
pub struct Posted {
    /// The form's token.
    pub(super) form: String,
    #[serde(default)]
    version: Option<i64>,
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    client_id: String,
    #[serde(default = "nothing")]
    client_secret: Typed,
    #[serde(default)]
    label: String,
    #[serde(default)]
    domains: String,
    #[serde(default)]
    trust_mfa: String,
    #[serde(default)]
    mfa_values: String,
    #[serde(default)]
    only_sso: String,
    #[serde(default)]
    pub(super) on: String,
    #[serde(default)]
    pub(super) technician: String,
}

fn nothing() -> Typed {
    Typed::new(String::new())
}

/// What is kept when the form comes back: everything but the secret.
#[derive(Clone)]
pub(super) struct Values {
    /// The one that the form was made of first: one that comes back is no newer for it.
    pub(super) version: i64,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) label: String,
    pub(super) domains: String,
    pub(super) trust_mfa: bool,
    pub(super) mfa_values: String,
    pub(super) only_sso: bool,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            version: 0,
            issuer: String::new(),
            client_id: String::new(),
            label: "Microsoft".into(),
            domains: String::new(),
            trust_mfa: false,
            mfa_values: "mfa".into(),
            only_sso: false,
        }
    }
}

impl Posted {
    pub(super) fn values(&self) -> Values {
        Values {
            version: self.version.unwrap_or_default(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            label: self.label.clone(),
            domains: self.domains.clone(),
            trust_mfa: self.trust_mfa == "yes",
            mfa_values: self.mfa_values.clone(),
            only_sso: self.only_sso == "yes",
        }
    }

    /// What the domain is asked for.
    pub(super) fn ask(self) -> SsoAsk {
        let Values { issuer, client_id, label, domains, trust_mfa, mfa_values, only_sso, .. } =
            self.values();
        SsoAsk {
            version: self.version,
            issuer,
            client_id,
            client_secret: self.client_secret,
            domains,
            label,
            trust_mfa,
            mfa_values,
            only_sso,
        }
    }
}

impl From<&SsoView> for Values {
    fn from(view: &SsoView) -> Self {
        let it = &view.settings;
        Self {
            version: view.version.0,
            issuer: it.issuer.clone(),
            client_id: it.client_id.clone(),
            label: it.label.clone(),
            domains: view.domains.join(", "),
            trust_mfa: it.trust_mfa,
            mfa_values: it.mfa_values.join(", "),
            only_sso: it.only_sso,
        }
    }
}

/// The form as the templates show it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) values: Values,
    /// Domains that may be entered.
    pub(super) own_domains: String,
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
}
