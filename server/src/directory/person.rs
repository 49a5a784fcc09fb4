//! A person as Microsoft knows them, and the phone that they have registered there. Pure.

use serde::Deserialize;
use shared::{Code, PhoneKind};

/// A directory user: what the guard needs to know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Object id.
    pub id: String,
    /// What they sign in with.
    pub user_principal_name: String,
    /// Display name.
    #[serde(default)]
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
}

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

    /// What of the person alone forbids a reset. Unknown counts as forbidden: an account whose
    /// `accountEnabled` Microsoft does not tell is not one to be reset.
    pub(super) fn findings(&self) -> Vec<Code> {
        let guest = self.user_type.as_deref().is_some_and(|kind| kind != "Member")
            || self.creation_type.as_deref() == Some("Invitation")
            || self.external_user_state.is_some()
            || self.user_principal_name.contains("#EXT#");
        [
            (guest, Code::PersonGuest),
            (self.on_premises_sync_enabled == Some(true), Code::PersonSynced),
            (self.account_enabled != Some(true), Code::PersonDisabled),
            (self.is_resource_account == Some(true), Code::PersonResource),
            (self.is_management_restricted == Some(true), Code::PersonRestricted),
        ]
        .into_iter()
        .filter_map(|(found, code)| found.then_some(code))
        .collect()
    }
}

/// A registered phone.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhoneMethod {
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default)]
    phone_type: Option<String>,
}

/// A number that a text can be sent to: E.164. No `Debug`: it is not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    e164: String,
}

impl Phone {
    /// Reads Microsoft's form, `+{country code} {number}x{extension}`. A number with an
    /// extension, without a country code or of an impossible length is none (ITU-T E.164: 15
    /// digits at most).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('+')?;
        let mut e164 = String::from("+");
        for c in digits.chars() {
            match c {
                '0'..='9' => e164.push(c),
                ' ' | '-' | '(' | ')' | '.' => {}
                _ => return None,
            }
        }
        let plausible = (9..=16).contains(&e164.len()) && !e164.starts_with("+0");
        plausible.then_some(Self { e164 })
    }

    /// `+12065550123`.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// `+1 ••• ••23`: enough to recognise one's own number, too little to call it.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_phone(&self.e164)
    }
}

/// A phone that the person has registered and that a text can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Registered {
    /// Which of theirs.
    pub kind: PhoneKind,
    /// Its number.
    pub phone: Phone,
}

/// The phones that a text can be sent to, the first mobile first; each number once. Office phones
/// are none of them. `smsSignInState` is about signing in by SMS and says nothing about this.
pub(super) fn textable(methods: &[PhoneMethod]) -> Vec<Registered> {
    let of_kind = |name: &'static str, kind| {
        methods.iter().filter(move |method| method.phone_type.as_deref() == Some(name)).filter_map(
            move |method| {
                let phone = Phone::parse(method.phone_number.as_deref()?)?;
                Some(Registered { kind, phone })
            },
        )
    };
    let mut phones: Vec<Registered> = Vec::new();
    for found in of_kind("mobile", PhoneKind::Mobile)
        .chain(of_kind("alternateMobile", PhoneKind::AlternateMobile))
    {
        if phones.iter().all(|known| known.phone != found.phone) {
            phones.push(found);
        }
    }
    phones
}

/// The phone that gets codes and links by itself: `mobile`. Microsoft calls the others usable for
/// voice only; the second mobile is for a technician to choose, when the first can't be reached.
#[must_use]
pub fn first_mobile(phones: &[Registered]) -> Option<&Phone> {
    phones.iter().find(|found| found.kind == PhoneKind::Mobile).map(|found| &found.phone)
}

/// Keeps a masked number on one line, in a narrow pod and in a note.
const GAP: char = '\u{a0}';

/// The country code and the last two digits; always the same dots for the rest.
#[must_use]
pub fn mask_phone(e164: &str) -> String {
    let digits: Vec<char> = e164.chars().filter(char::is_ascii_digit).collect();
    let code_len = country_code_len(&digits);
    if digits.len() < code_len + 4 {
        return "•••".into();
    }
    let code: String = digits[..code_len].iter().collect();
    let last: String = digits[digits.len() - 2..].iter().collect();
    format!("+{code}{GAP}•••{GAP}••{last}")
}

/// ITU-T E.164 assigns country codes without common prefixes: one digit, then a list of two,
/// otherwise three.
fn country_code_len(digits: &[char]) -> usize {
    let two = |a: char, b: char| a.to_digit(10).zip(b.to_digit(10)).map_or(0, |(a, b)| a * 10 + b);
    match digits {
        ['1' | '7', ..] => 1,
        [a, b, ..] => match two(*a, *b) {
            20
            | 27
            | 30..=34
            | 36
            | 39..=41
            | 43..=49
            | 51..=58
            | 60..=66
            | 81
            | 82
            | 84
            | 86
            | 90..=95
            | 98 => 2,
            _ => 3,
        },
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_microsoft_writes_them() {
        let check = |text: &str, e164: Option<&str>| {
            assert_eq!(Phone::parse(text).as_ref().map(Phone::e164), e164, "{text}");
        };
        check("+1 2065550123", Some("+12065550123"));
        check("+44 7700900123", Some("+447700900123"));
        check(" +1 (206) 555-0123 ", Some("+12065550123"));
        check("+1 2065550134x55", None);
        check("+1 2065550134X55", None);
        check("2065550123", None);
        check("+0 2065550123", None);
        check("+1 206", None);
        check("+1 2065550123456789", None);
        check("+1 ２065550123", None);
        check("", None);
    }

    #[test]
    fn masks_keep_the_country_and_two_digits() {
        let check =
            |e164: &str, masked: &str| assert_eq!(mask_phone(e164).replace(GAP, " "), masked);
        check("+12065550123", "+1 ••• ••23");
        check("+447700900123", "+44 ••• ••23");
        check("+35312345678", "+353 ••• ••78");
        check("+123", "•••");
        check("", "•••");
    }

    #[test]
    fn only_registered_mobiles_get_texts_and_the_first_by_itself() {
        let method = |kind: &str, number: &str| PhoneMethod {
            phone_number: Some(number.into()),
            phone_type: Some(kind.into()),
        };
        let check = |methods: &[PhoneMethod], all: &[&str], first: Option<&str>| {
            let phones = textable(methods);
            let numbers: Vec<&str> = phones.iter().map(|found| found.phone.e164()).collect();
            assert_eq!(numbers, all);
            assert_eq!(first_mobile(&phones).map(Phone::e164), first);
        };
        let (office, second) =
            (method("office", "+1 2065550199"), method("alternateMobile", "+1 2065550198"));
        let mobile = method("mobile", "+1 2065550123");
        check(&[], &[], None);
        let phones = [office, second, mobile.clone()];
        check(&phones[..1], &[], None);
        check(&phones[1..2], &["+12065550198"], None);
        check(&phones, &["+12065550123", "+12065550198"], Some("+12065550123"));
        check(&[method("mobile", "+1 2065550134x55")], &[], None);
        let twice = method("alternateMobile", "+1 (206) 555-0123");
        check(&[twice, mobile], &["+12065550123"], Some("+12065550123"));
    }

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

    #[test]
    fn people_who_must_not_be_reset_are_found() {
        let check = |json: &str, codes: &[Code]| {
            let person: Person = serde_json::from_str(json).unwrap();
            assert_eq!(person.findings(), codes, "{json}");
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
        check(r#"{"id":"1","userPrincipalName":"a@b"}"#, &[Code::PersonDisabled]);
        check(
            r##"{"id":"1","userPrincipalName":"a_b#EXT#@c","accountEnabled":true}"##,
            &[Code::PersonGuest],
        );
    }
}
