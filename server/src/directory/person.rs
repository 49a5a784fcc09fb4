//! A person as Microsoft knows them. Pure.

use serde::Deserialize;
use shared::{Code, Finding};

use crate::bidi;
use crate::language::Language;

/// A directory user: what the guard needs to know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Object id.
    pub id: String,
    /// What they sign in with.
    pub user_principal_name: String,
    /// Display name, without what turns the order of letters.
    #[serde(default, deserialize_with = "bidi::read")]
    pub display_name: Option<String>,
    #[serde(default)]
    given_name: Option<String>,
    #[serde(default)]
    surname: Option<String>,
    #[serde(default)]
    mail: Option<String>,
    #[serde(default)]
    proxy_addresses: Option<Vec<String>>,
    #[serde(default)]
    account_enabled: Option<bool>,
    #[serde(default)]
    user_type: Option<String>,
    #[serde(default)]
    creation_type: Option<String>,
    #[serde(default)]
    external_user_state: Option<String>,
    #[serde(default)]
    on_premises_sync_enabled: Option<bool>,
    #[serde(default)]
    is_resource_account: Option<bool>,
    #[serde(default)]
    is_management_restricted: Option<bool>,
    #[serde(default)]
    preferred_language: Option<String>,
}

/// What is said of an account that may be a member's.
const NO_USER_TYPE: &str = "or may be one: userType is not set, as on accounts made before September 2014; if it is no guest, have it set to Member";

impl Person {
    /// Their name, or the UPN where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.user_principal_name)
    }

    /// Everything that they and their domain are called: a password has no part of it.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let names = [&self.display_name, &self.given_name, &self.surname];
        let names = names.into_iter().flatten().map(String::as_str);
        names.chain([self.user_principal_name.as_str()]).collect()
    }

    /// Their mailbox, as far as Microsoft knows.
    #[must_use]
    pub fn mailbox(&self) -> Option<&str> {
        self.mail.as_deref().filter(|mail| !mail.is_empty())
    }

    /// Whether they can sign in, as far as Microsoft says so.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.account_enabled == Some(true)
    }

    /// What they read, where Microsoft knows and we speak it.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.preferred_language.as_deref().and_then(Language::of_tag)
    }

    /// Whether this is one of their addresses: mail, user principal name or alias.
    #[must_use]
    pub fn has_address(&self, address: &str) -> bool {
        let aliases = self.proxy_addresses.iter().flatten().filter_map(|alias| {
            alias.split_once(':').filter(|(kind, _)| kind.eq_ignore_ascii_case("smtp"))
        });
        self.mail
            .iter()
            .map(String::as_str)
            .chain([self.user_principal_name.as_str()])
            .chain(aliases.map(|(_, alias)| alias))
            .any(|own| own.eq_ignore_ascii_case(address))
    }

    /// The domain that they sign in with.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.user_principal_name.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether they are a member who can sign in: no guest, no room, nobody who has left. What Microsoft does
    /// not say counts against it.
    #[must_use]
    pub(super) fn is_member_at_work(&self) -> bool {
        let not = [Code::PersonGuest, Code::PersonDisabled, Code::PersonResource];
        !self.findings().iter().any(|finding| not.contains(&finding.code))
    }

    /// What of the person alone forbids a reset. Unknown counts as forbidden: an account whose
    /// `accountEnabled` Microsoft does not tell is not one to be reset.
    ///
    /// `userType` is empty for accounts that are older than the attribute (31 August 2014). Some of
    /// them are still at work, yet nothing else proves that one is no guest: it is refused as well,
    /// and told how to be mended.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let kind = self.user_type.as_deref().filter(|kind| !kind.is_empty());
        let guest = kind.is_some_and(|kind| kind != "Member")
            || self.creation_type.as_deref() == Some("Invitation")
            || self.external_user_state.is_some()
            || self.user_principal_name.contains("#EXT#");
        let unknown = !guest && kind.is_none();
        let unknown =
            unknown.then(|| Finding { code: Code::PersonGuest, about: Some(NO_USER_TYPE.into()) });
        let found = [
            (guest, Code::PersonGuest),
            (self.on_premises_sync_enabled == Some(true), Code::PersonSynced),
            (self.account_enabled != Some(true), Code::PersonDisabled),
            (self.is_resource_account == Some(true), Code::PersonResource),
            (self.is_management_restricted == Some(true), Code::PersonRestricted),
        ];
        let found = found.into_iter().filter(|(found, _)| *found).map(|(_, code)| code.into());
        unknown.into_iter().chain(found).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_whole() {
        let person: Person = serde_json::from_str(
            r#"{"id":"1","userPrincipalName":"a@b.example","mail":"m@b.example",
                "proxyAddresses":["SMTP:m@b.example","smtp:Old@b.example","x500:/o=x"]}"#,
        )
        .unwrap();
        for own in ["A@b.example", "m@b.example", "old@b.example"] {
            assert!(person.has_address(own), "{own}");
        }
        for other in ["b.example", "x@b.example", "/o=x", ""] {
            assert!(!person.has_address(other), "{other}");
        }
    }

    /// Often nobody has said it: the portal has a field that few fill in.
    #[test]
    fn languages_are_those_that_we_speak() {
        let language = |more: &str| {
            let json = format!(r#"{{"id":"1","userPrincipalName":"a@b"{more}}}"#);
            serde_json::from_str::<Person>(&json).unwrap().language()
        };
        assert_eq!(language(r#","preferredLanguage":"fr-FR""#), Some(Language::Fr));
        assert_eq!(language(r#","preferredLanguage":"en-US""#), Some(Language::En));
        for none in ["", r#","preferredLanguage":null"#, r#","preferredLanguage":"""#] {
            assert_eq!(language(none), None, "{none}");
        }
        assert_eq!(language(r#","preferredLanguage":"zh-CN""#), None);
    }

    #[test]
    fn people_who_must_not_be_reset_are_found() {
        let check = |json: &str, codes: &[Code]| {
            let person: Person = serde_json::from_str(json).unwrap();
            let found: Vec<Code> = person.findings().iter().map(|finding| finding.code).collect();
            assert_eq!(found, codes, "{json}");
        };
        let with = |more: &str| {
            format!(
                r#"{{"id":"1","userPrincipalName":"a@b.example","accountEnabled":true,"userType":"Member"{more}}}"#
            )
        };
        check(&with(""), &[]);
        check(&with(r#","onPremisesSyncEnabled":null"#), &[]);
        check(&with(r#","onPremisesSyncEnabled":true"#), &[Code::PersonSynced]);
        check(&with(r#","isResourceAccount":true"#), &[Code::PersonResource]);
        check(&with(r#","isManagementRestricted":true"#), &[Code::PersonRestricted]);
        check(&with(r#","creationType":"Invitation""#), &[Code::PersonGuest]);
        check(&with(r#","externalUserState":"Accepted""#), &[Code::PersonGuest]);
        // What is not told is refused.
        let nothing = r#"{"id":"1","userPrincipalName":"a@b"}"#;
        check(nothing, &[Code::PersonGuest, Code::PersonDisabled]);
        let on = |upn: &str, kind: &str| {
            format!(
                r#"{{"id":"1","userPrincipalName":"{upn}","accountEnabled":true,"userType":{kind}}}"#
            )
        };
        check(&on("a_b#EXT#@c", "\"Member\""), &[Code::PersonGuest]);
        for kind in ["null", "\"\"", "\"Guest\"", "\"member\"", "\"unknownFutureValue\""] {
            check(&on("a@b", kind), &[Code::PersonGuest]);
        }
    }

    /// An old account without `userType` is told apart from a guest: somebody can mend it.
    #[test]
    fn who_may_be_a_member_is_told_so() {
        let about = |more: &str| {
            let json =
                format!(r#"{{"id":"1","userPrincipalName":"a@b","accountEnabled":true{more}}}"#);
            let person: Person = serde_json::from_str(&json).unwrap();
            let [finding] = &person.findings()[..] else { panic!("{json}") };
            finding.about.clone()
        };
        assert_eq!(about(""), Some(NO_USER_TYPE.to_owned()));
        assert_eq!(about(r#","userType":null"#), Some(NO_USER_TYPE.to_owned()));
        assert_eq!(about(r#","userType":"Guest""#), None);
        assert_eq!(about(r#","externalUserState":"Accepted""#), None);
    }
}
