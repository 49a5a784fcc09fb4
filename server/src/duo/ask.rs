//! What an admin enters for a customer's Duo, and what of it can't be right: each field with a sentence
//! that says what to do. Pure.

use serde::Deserialize;

use super::{DuoSettings, UsernameKind};
use crate::integration::FieldError;
use crate::settings::Duo as Operator;
use crate::sign_in::Typed;

/// The form, as it was typed. Empty is "not entered".
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuoAsk {
    /// The version that the form was made of; none for a new one.
    pub version: Option<i64>,
    /// API hostname.
    pub host: String,
    /// Integration key.
    pub ikey: String,
    /// Secret key. A change may leave it out where host and integration key stay.
    #[schema(value_type = String, format = Password, default = "")]
    pub skey: Typed,
    /// What Duo knows people by.
    pub username: UsernameKind,
}

impl Default for DuoAsk {
    fn default() -> Self {
        let (host, ikey) = (String::new(), String::new());
        let skey = Typed::new(String::new());
        Self { version: None, host, ikey, skey, username: UsernameKind::default() }
    }
}

impl DuoAsk {
    /// What was entered, for a new integration (`None`) or in place of these settings.
    ///
    /// # Errors
    /// Every field that can't be right.
    pub fn check(
        &self,
        known: Option<&DuoSettings>,
        operator: &Operator,
    ) -> Result<DuoSettings, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut note = |field, detail| errors.push(FieldError { field, detail });
        let host = self.host.trim().to_ascii_lowercase();
        if !operator.knows(&host) {
            note(
                "host",
                "Copy the API hostname from the application’s page in Duo, such as api-1a2b3c4d.duosecurity.com.",
            );
        }
        let ikey = self.ikey.trim().to_ascii_uppercase();
        if !is_key(&ikey, 20) || !ikey.starts_with("DI") {
            note(
                "ikey",
                "Copy the integration key (Duo may call it Client ID): 20 letters and digits that begin with DI.",
            );
        }
        let settings = DuoSettings { host, ikey, username: self.username };
        let moved = known.is_none_or(|known| known.bound_to() != settings.bound_to());
        let skey = self.skey.expose().trim();
        if skey.is_empty() {
            match (known, moved) {
                (None, _) => {
                    note("skey", "Paste the secret key from the application’s page in Duo.")
                }
                (Some(_), true) => note(
                    "skey",
                    "The stored secret key is only for the hostname and integration key that it was entered for. Enter the one of the new application.",
                ),
                (Some(_), false) => {}
            }
        } else if !is_key(skey, 40) {
            note(
                "skey",
                "Paste only the secret key (Duo may call it Client secret): 40 letters and digits.",
            );
        }
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }
}

fn is_key(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    const HOST: &str = "api-1a2b3c4d.duosecurity.com";
    const IKEY: &str = "DIWJ8X6AEYOR5OMC6TQ1";
    const SKEY: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

    fn ask(host: &str, ikey: &str, skey: &str) -> DuoAsk {
        let skey = Typed::new(skey.into());
        DuoAsk { host: host.into(), ikey: ikey.into(), skey, ..DuoAsk::default() }
    }

    fn check(ask: &DuoAsk, known: Option<&DuoSettings>) -> Result<DuoSettings, Vec<&'static str>> {
        let errors = |errors: Vec<FieldError>| errors.iter().map(|it| it.field).collect();
        ask.check(known, &Settings::defaults().unwrap().duo).map_err(errors)
    }

    #[test]
    fn what_is_right_is_kept_in_its_plain_form() {
        let typed = ask(" API-1A2B3C4D.duosecurity.com ", &IKEY.to_lowercase(), SKEY);
        let kept = check(&typed, None).unwrap();
        assert_eq!(kept.bound_to(), format!("{HOST} {IKEY}"));
        assert_eq!(kept.username, UsernameKind::Upn);
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        for host in
            ["", "duosecurity.com", "admin-1a.duosecurity.com", "https://api-1.duosecurity.com"]
        {
            assert_eq!(check(&ask(host, IKEY, SKEY), None), Err(vec!["host"]), "{host}");
        }
        for ikey in ["", "DIWJ8X6AEYOR5OMC6TQ", "XXWJ8X6AEYOR5OMC6TQ1", SKEY] {
            assert_eq!(check(&ask(HOST, ikey, SKEY), None), Err(vec!["ikey"]), "{ikey}");
        }
        for skey in ["", IKEY, "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4E~"] {
            assert_eq!(check(&ask(HOST, IKEY, skey), None), Err(vec!["skey"]), "{skey}");
        }
        assert_eq!(check(&DuoAsk::default(), None), Err(vec!["host", "ikey", "skey"]));
    }

    #[test]
    fn a_stored_key_stays_with_what_it_was_entered_for() {
        let known = check(&ask(HOST, IKEY, SKEY), None).unwrap();
        assert!(check(&ask(HOST, IKEY, ""), Some(&known)).is_ok());
        assert!(check(&ask(HOST, IKEY, SKEY), Some(&known)).is_ok(), "a new one of the same");
        let other = "api-00000000.duofederal.com";
        assert_eq!(check(&ask(other, IKEY, ""), Some(&known)), Err(vec!["skey"]));
        assert!(check(&ask(other, IKEY, SKEY), Some(&known)).is_ok());
    }
}
