//! What an admin enters for the account's issuer, and what of it can't be right: each field with a sentence
//! that says what to do. Pure.

use std::net::IpAddr;

use serde::Deserialize;
use url::{Host, Url};

use super::settings::SsoSettings;
use crate::integration::FieldError;
use crate::sign_in::Typed;

/// The form, as it was typed. Empty is "not entered".
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsoAsk {
    /// The version that the form was made of; for a change.
    #[serde(default)]
    pub version: Option<i64>,
    /// The issuer.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// A change may leave it out while issuer and client stay.
    pub client_secret: Typed,
    /// Email domains, between blanks or commas.
    pub domains: String,
    /// What people call it.
    pub label: String,
    /// Whether its second factor counts for ours.
    pub trust_mfa: bool,
    /// Values of `amr` that are a second factor; empty for `mfa`.
    pub mfa_values: String,
    /// Whether passwords are refused.
    pub only_sso: bool,
}

/// What a form is held against.
pub(crate) struct Around<'a> {
    /// What is stored, for a change.
    pub(crate) known: Option<&'a SsoSettings>,
    /// Domains that technicians have addresses in.
    pub(crate) own_domains: &'a [String],
    /// Whether whoever asks could still sign in by password when the issuer is down.
    pub(crate) has_another_way: bool,
}

/// Entra's issuers for everybody's tenants, and the one of personal accounts. (Microsoft identity platform,
/// "OpenID Connect on the Microsoft identity platform", "Find your app's OpenID configuration document URI".)
const MANY_TENANTS: [&str; 4] =
    ["common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"];

const MOST_DOMAINS: usize = 20;

impl SsoAsk {
    /// The settings and domains.
    pub(crate) fn check(
        &self,
        around: &Around<'_>,
    ) -> Result<(SsoSettings, Vec<String>), Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut no = |field, detail| wrong.push(FieldError { field, detail });
        let issuer = self.issuer.trim();
        let issuer = issuer.strip_suffix("/.well-known/openid-configuration").unwrap_or(issuer);
        if let Err(detail) = check_issuer(issuer) {
            no("issuer", detail);
        }
        let client_id = self.client_id.trim();
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if client_id.is_empty() || client_id.len() > 255 || !plain(client_id) {
            no("client_id", "Copy the application’s client ID; it has no blanks.");
        }
        let secret = self.client_secret.expose().trim();
        let moved =
            around.known.is_none_or(|known| known.issuer != issuer || known.client_id != client_id);
        if secret.len() > 1000 || secret.bytes().any(|byte| byte.is_ascii_control()) {
            no("client_secret", "That is too long for a client secret, or more than one line.");
        } else if moved && secret.is_empty() {
            no(
                "client_secret",
                "Enter the secret of this application: the stored one is for another.",
            );
        }
        let label = self.label.trim();
        if label.is_empty() || label.chars().count() > 40 || label.chars().any(char::is_control) {
            no("label", "Say in a word or two what people call it, such as Microsoft.");
        }
        let domains = words(&self.domains, &['@']);
        if domains.len() > MOST_DOMAINS {
            no("domains", "At most 20 domains.");
        } else if domains.iter().any(|domain| !around.own_domains.contains(domain)) {
            no(
                "domains",
                "Only domains in which a technician of yours has an address. Add that technician first.",
            );
        }
        let mut mfa_values = words(&self.mfa_values, &[]);
        if mfa_values.is_empty() {
            mfa_values.push("mfa".into());
        }
        let fit = |value: &String| {
            value.len() <= 20
                && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        };
        if mfa_values.len() > 10 || !mfa_values.iter().all(fit) {
            no("mfa_values", "Short names as the issuer writes them, such as mfa, hwk or fido.");
        } else if mfa_values.iter().any(|value| value == "pwd") {
            no("mfa_values", "pwd is a password alone: that is no second factor.");
        }
        if self.only_sso && !around.has_another_way {
            no(
                "only_sso",
                "Choose a password and set up an authenticator for yourself first: otherwise nobody could \
                 come in while the issuer is down.",
            );
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let settings = SsoSettings {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            label: label.to_owned(),
            trust_mfa: self.trust_mfa,
            mfa_values,
            only_sso: self.only_sso,
        };
        Ok((settings, domains))
    }
}

/// What stands between blanks and commas, in lower case, each once, sorted.
fn words(text: &str, without: &[char]) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    let mut words: Vec<String> = parts
        .map(|part| part.trim_start_matches(without).to_lowercase())
        .filter(|part| !part.is_empty())
        .collect();
    words.sort();
    words.dedup();
    words
}

fn check_issuer(issuer: &str) -> Result<(), &'static str> {
    const COPY: &str =
        "Copy the issuer exactly: an address that begins with https://, without ? and #.";
    let url = Url::parse(issuer).map_err(|_| COPY)?;
    let on_this_machine = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        _ => false,
    };
    // Plain http is for a stand-in on this machine, and the operator has to list it besides.
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && on_this_machine);
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let fits = issuer.len() <= 300 && issuer.bytes().all(|byte| byte.is_ascii_graphic());
    if !scheme || !plain || !fits || url.host_str().is_none() {
        return Err(COPY);
    }
    let first = url.path_segments().and_then(|mut parts| parts.next()).unwrap_or_default();
    if MANY_TENANTS.contains(&first.to_ascii_lowercase().as_str()) {
        return Err(
            "That one is everybody’s: people of any tenant could sign in there. Paste your own tenant’s: \
             https://login.microsoftonline.com/ and your Directory (tenant) ID and /v2.0",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str =
        "https://login.microsoftonline.com/5a4ebf5b-0b39-4a6b-8f4d-1a0d2d9c9c11/v2.0";

    fn ask(change: impl FnOnce(&mut SsoAsk)) -> SsoAsk {
        let mut ask = SsoAsk {
            version: None,
            issuer: TENANT.into(),
            client_id: " 3d6c-client ".into(),
            client_secret: Typed::new("hush".into()),
            domains: "@Brightline.example, brightline.example".into(),
            label: "Microsoft".into(),
            trust_mfa: false,
            mfa_values: String::new(),
            only_sso: false,
        };
        change(&mut ask);
        ask
    }

    fn checked(
        ask: &SsoAsk,
        known: Option<&SsoSettings>,
    ) -> Result<SsoSettings, Vec<&'static str>> {
        let own_domains = ["brightline.example".to_owned()];
        let around = Around { known, own_domains: &own_domains, has_another_way: false };
        match ask.check(&around) {
            Ok((settings, domains)) => {
                assert_eq!(domains, ["brightline.example"]);
                Ok(settings)
            }
            Err(wrong) => Err(wrong.into_iter().map(|it| it.field).collect()),
        }
    }

    #[test]
    fn what_is_pasted_is_read() {
        let pasted = format!(" {TENANT}/.well-known/openid-configuration ");
        let settings = checked(&ask(|it| it.issuer = pasted), None).unwrap();
        assert_eq!(
            (settings.issuer.as_str(), settings.client_id.as_str()),
            (TENANT, "3d6c-client")
        );
        assert_eq!(settings.mfa_values, ["mfa"]);
        // A secret stays for the same issuer and application only.
        let without = |change: fn(&mut SsoAsk)| {
            ask(|it| {
                it.client_secret = Typed::new(String::new());
                change(it);
            })
        };
        assert!(checked(&without(|_| {}), Some(&settings)).is_ok());
        assert_eq!(checked(&without(|_| {}), None).unwrap_err(), ["client_secret"]);
        let other = without(|it| it.client_id = "other".into());
        assert_eq!(checked(&other, Some(&settings)).unwrap_err(), ["client_secret"]);
        let other = without(|it| it.issuer = format!("{TENANT}/"));
        assert_eq!(checked(&other, Some(&settings)).unwrap_err(), ["client_secret"]);
    }

    #[test]
    fn what_cannot_be_right_is_said_at_its_field() {
        let no = |change: fn(&mut SsoAsk), field| {
            assert_eq!(checked(&ask(change), None).unwrap_err(), [field]);
        };
        no(|it| it.issuer = "https://login.microsoftonline.com/common/v2.0".into(), "issuer");
        no(
            |it| it.issuer = "https://login.microsoftonline.com/Organizations/v2.0".into(),
            "issuer",
        );
        no(|it| it.issuer = "https://login.microsoftonline.us/consumers".into(), "issuer");
        no(|it| it.issuer = "http://idp.example".into(), "issuer");
        no(|it| it.issuer = "https://idp.example?x=1".into(), "issuer");
        no(|it| it.issuer = "https://me@idp.example".into(), "issuer");
        no(|it| it.issuer = "idp.example".into(), "issuer");
        no(|it| it.client_id = "two words".into(), "client_id");
        no(|it| it.client_secret = Typed::new("  ".into()), "client_secret");
        no(|it| it.label = " ".into(), "label");
        no(|it| it.domains = "brightline.example evil.example".into(), "domains");
        no(|it| it.mfa_values = "pwd".into(), "mfa_values");
        no(|it| it.mfa_values = "a b<".into(), "mfa_values");
        no(|it| it.only_sso = true, "only_sso");
        assert!(
            checked(&ask(|it| it.issuer = "http://127.0.0.1:4411/t/v2.0".into()), None).is_ok()
        );
    }
}
