//! What an admin enters for a customer's tenant, and what of it can't be right: each field with a
//! sentence that says what to do. Pure.

mod days;

use serde::Deserialize;
use shared::{CustomerId, Millis};
use uuid::Uuid;

pub use days::{day, day_after, parse_day};

use crate::directory::{M365Settings, ProofKind};
use crate::settings::Clouds;
use crate::sign_in::Typed;

/// The form, as it was typed. Empty is "not entered".
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct M365Ask {
    /// The version that the form was made of; for a change.
    pub version: Option<i64>,
    /// What people call it.
    pub name: String,
    /// Whom it serves: an id. Only for a new one.
    pub customer: String,
    /// A row of the operator's clouds.
    pub cloud: String,
    /// Directory (tenant) id, or one of its domains.
    pub tenant: String,
    /// Application (client) id.
    pub client_id: String,
    /// How the application proves that it is it: for a new one, by secret where nothing is said; a
    /// change may leave it out.
    pub proof: Option<ProofKind>,
    /// The client secret's value.
    #[schema(value_type = String, format = Password, default = "")]
    pub client_secret: Typed,
    /// When it ends: `2028-11-25`.
    pub expires_on: String,
    /// Object id of the group whose members are never reset; empty for none. A change that does not
    /// speak of it leaves it: nobody loses protection by silence.
    pub protected_group: Option<String>,
}

impl Default for M365Ask {
    fn default() -> Self {
        Self {
            version: None,
            name: String::new(),
            customer: String::new(),
            cloud: "global".into(),
            tenant: String::new(),
            client_id: String::new(),
            proof: None,
            client_secret: Typed::new(String::new()),
            expires_on: String::new(),
            protected_group: None,
        }
    }
}

/// A field that can't be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// Its name in the form.
    pub field: &'static str,
    /// What is wrong, and what to do.
    pub detail: &'static str,
}

/// What was entered, as it can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// What people call it.
    pub name: String,
    /// Whom it serves, for a new one.
    pub customer: Option<CustomerId>,
    /// Hosts, application, dates.
    pub settings: M365Settings,
}

/// Longest name.
const NAME_CHARS: usize = 100;
/// Longest secret. (Entra's own have 40 characters.)
const SECRET_BYTES: usize = 400;

impl M365Ask {
    /// What was entered, for a new integration (`None`) or in place of these settings.
    ///
    /// # Errors
    /// Every field that can't be right.
    pub fn check(
        &self,
        known: Option<&M365Settings>,
        clouds: &Clouds,
        now: Millis,
    ) -> Result<Entered, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut note = |field, detail| errors.push(FieldError { field, detail });
        let name = self.name.trim();
        if name.is_empty() {
            note("name", "Enter a name, such as the customer’s.");
        } else if name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
            note("name", "Enter a name of 100 characters at most, on one line.");
        }
        let customer = self.customer.trim().parse().ok().map(CustomerId);
        if known.is_none() && customer.is_none() {
            note("customer", "Choose the customer whose tenant this is.");
        }
        // An import may have named hosts that no row has: they stay as long as nobody chooses.
        let hosts = match (clouds.get(self.cloud.trim()), known) {
            (Some(cloud), _) => Some((cloud.login.clone(), cloud.graph.clone())),
            (None, Some(known)) if self.cloud.trim() == known.cloud => {
                Some((known.login.clone(), known.graph.clone()))
            }
            _ => None,
        };
        if hosts.is_none() {
            note("cloud", "Choose the Microsoft cloud that the tenant is in.");
        }
        let tenant = match check_tenant(&self.tenant) {
            Ok(tenant) => tenant,
            Err(detail) => {
                note("tenant", detail);
                String::new()
            }
        };
        let client_id = self.client_id.trim().to_ascii_lowercase();
        if client_id.parse::<Uuid>().is_err() {
            note(
                "client_id",
                "Copy the Application (client) ID from the registration’s overview: 32 digits and letters with hyphens.",
            );
        } else if client_id == tenant {
            note(
                "client_id",
                "This is the Directory (tenant) ID. The Application (client) ID stands above it in the overview.",
            );
        }
        let expires_on = match parse_day(&self.expires_on, now) {
            Ok(day) => day,
            Err(detail) => {
                note("expires_on", detail);
                None
            }
        };
        let protected_group = match (&self.protected_group, known) {
            (Some(group), _) => Some(group.trim().to_ascii_lowercase()),
            (None, known) => known.and_then(|known| known.protected_group.clone()),
        };
        let protected_group = protected_group.filter(|group| !group.is_empty());
        if protected_group.as_ref().is_some_and(|group| group.parse::<Uuid>().is_err()) {
            note("protected_group", "Copy the group’s Object ID from Entra, or leave this empty.");
        }
        if known.is_some_and(|known| self.proof.is_some_and(|proof| proof != known.proof)) {
            note("proof", "Replace the credential to change how the application proves itself.");
        }
        let (login, graph) = hosts.unwrap_or_default();
        let settings = M365Settings {
            cloud: self.cloud.trim().into(),
            login,
            graph,
            tenant,
            client_id,
            proof: known.map_or(self.proof.unwrap_or_default(), |known| known.proof),
            expires_on,
            certificate: known.and_then(|known| known.certificate.clone()),
            next_certificate: known.and_then(|known| known.next_certificate.clone()),
            protected_group,
        };
        let moved = known.is_none_or(|known| known.bound_to() != settings.bound_to());
        let secret = self.client_secret.expose().trim();
        let wrong = match (settings.proof, moved, secret) {
            (ProofKind::Secret, true, secret) => check_secret(secret, known.is_some()).err(),
            (_, false, "") | (ProofKind::Certificate, ..) => None,
            (_, false, _) => Some(
                "Nothing that the secret is for has changed. Replace the credential to use a new one.",
            ),
        };
        if let Some(detail) = wrong {
            note("client_secret", detail);
        }
        if errors.is_empty() {
            Ok(Entered { name: name.into(), customer, settings })
        } else {
            Err(errors)
        }
    }
}

/// A tenant's id or one of its domains, in small letters; `None` for anything else. It becomes a part
/// of an address and of scripts, so nothing else may get through.
pub(crate) fn tenant(text: &str) -> Option<String> {
    let tenant = text.trim().to_ascii_lowercase();
    let is_id = tenant.len() == 36 && tenant.parse::<Uuid>().is_ok();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_domain = tenant.len() <= 253 && tenant.contains('.') && tenant.split('.').all(label);
    (is_id || is_domain).then_some(tenant)
}

fn check_tenant(text: &str) -> Result<String, &'static str> {
    let of_everybody = ["common", "organizations", "consumers"];
    if of_everybody.iter().any(|it| text.trim().eq_ignore_ascii_case(it)) {
        return Err("Enter this one customer’s tenant: its Directory (tenant) ID.");
    }
    tenant(text).ok_or(
        "Copy the Directory (tenant) ID from the registration’s overview, or enter a domain such as contoso.onmicrosoft.com.",
    )
}

/// What can be a client secret's value.
///
/// # Errors
/// What to do.
pub fn check_secret(secret: &str, again: bool) -> Result<(), &'static str> {
    match secret {
        "" if again => Err(
            "The stored secret is only for the tenant, application and cloud that it was entered for. Enter a secret of the new one.",
        ),
        "" => Err("Paste the client secret’s Value."),
        id if id.parse::<Uuid>().is_ok() => Err(
            "This is the Secret ID. Paste what stands in the column Value; Entra shows it only once, right after the secret was made.",
        ),
        text if text.len() > SECRET_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err("Paste only the client secret’s Value: it has no blanks and no line breaks.")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    const NOW: Millis = Millis(1_795_356_000_000);
    const TENANT: &str = "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e01";
    const CLIENT: &str = "a1b2c3d4-0001-4000-8000-000000000001";

    fn ask() -> M365Ask {
        M365Ask {
            name: " Northwind ".into(),
            customer: Uuid::from_u128(1).to_string(),
            tenant: TENANT.to_uppercase(),
            client_id: format!(" {CLIENT} "),
            client_secret: Typed::new("abc~value".into()),
            expires_on: "2028-11-21".into(),
            ..M365Ask::default()
        }
    }

    fn check(ask: &M365Ask, known: Option<&M365Settings>) -> Result<Entered, Vec<FieldError>> {
        ask.check(known, &Settings::defaults().unwrap().clouds, NOW)
    }

    #[test]
    fn what_is_right_is_kept_in_its_plain_form() {
        let entered = check(&ask(), None).unwrap();
        assert_eq!(entered.name, "Northwind");
        assert_eq!(entered.settings.tenant, TENANT);
        assert_eq!(entered.settings.client_id, CLIENT);
        assert_eq!(entered.settings.login, "https://login.microsoftonline.com");
        assert_eq!(entered.settings.protected_group, None);
        let domain = M365Ask { tenant: "Contoso.onmicrosoft.com".into(), ..ask() };
        assert_eq!(check(&domain, None).unwrap().settings.tenant, "contoso.onmicrosoft.com");
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let says = |ask: M365Ask, field: &str, part: &str| {
            let errors = check(&ask, None).unwrap_err();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert_eq!(errors[0].field, field);
            assert!(errors[0].detail.contains(part), "{}", errors[0].detail);
        };
        let secret = |text: &str| Typed::new(text.into());
        says(M365Ask { name: " ".into(), ..ask() }, "name", "name");
        says(M365Ask { name: "a\nb".into(), ..ask() }, "name", "one line");
        says(M365Ask { customer: "x".into(), ..ask() }, "customer", "Choose");
        says(M365Ask { cloud: "moon".into(), ..ask() }, "cloud", "cloud");
        says(M365Ask { client_id: "x".into(), ..ask() }, "client_id", "Application (client) ID");
        says(M365Ask { client_id: TENANT.into(), ..ask() }, "client_id", "Directory (tenant) ID");
        says(M365Ask { client_secret: secret(""), ..ask() }, "client_secret", "Value");
        says(M365Ask { client_secret: secret(CLIENT), ..ask() }, "client_secret", "Secret ID");
        says(M365Ask { client_secret: secret("a b"), ..ask() }, "client_secret", "blanks");
        says(M365Ask { expires_on: "25.11.2028".into(), ..ask() }, "expires_on", "2028-11-25");
        says(M365Ask { expires_on: "2026-11-20".into(), ..ask() }, "expires_on", "passed");
        says(M365Ask { expires_on: "2126-11-20".into(), ..ask() }, "expires_on", "ten years");
        says(
            M365Ask { protected_group: Some("g".into()), ..ask() },
            "protected_group",
            "Object ID",
        );
        let all = check(&M365Ask::default(), None).unwrap_err();
        let fields: Vec<&str> = all.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["name", "customer", "tenant", "client_id", "client_secret"]);
    }

    #[test]
    fn a_tenant_is_an_id_or_a_domain_and_nothing_else() {
        for bad in [
            "",
            "common",
            "contoso",
            "a b.example",
            "a.example/../x",
            "a.example?x",
            "a..example",
            "https://a.example",
            "-a.example",
            "a.example#",
            "{7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e01}",
            "7f3c1c2e9a414c078d5e0b6a4c1d2e01",
        ] {
            assert!(check_tenant(bad).is_err(), "{bad}");
        }
        for good in [TENANT, "contoso.example", "a-b.contoso.onmicrosoft.com"] {
            assert!(check_tenant(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_stored_secret_stays_with_what_it_was_entered_for() {
        let known = check(&ask(), None).unwrap().settings;
        let kept = M365Ask { client_secret: Typed::new(String::new()), ..ask() };
        assert!(check(&kept, Some(&known)).is_ok());
        let moved = M365Ask { tenant: "other.example".into(), ..kept };
        let errors = check(&moved, Some(&known)).unwrap_err();
        assert_eq!(errors[0].field, "client_secret");
        assert!(errors[0].detail.contains("was entered for"));
        let again = check(&ask(), Some(&known)).unwrap_err();
        assert!(again[0].detail.contains("Replace the credential"), "not taken without a word");
    }

    #[test]
    fn a_change_does_not_choose_another_proof_in_passing() {
        let known = check(&ask(), None).unwrap().settings;
        assert_eq!(known.proof, ProofKind::Secret, "where nothing is said");
        let sent = |proof| {
            let client_secret = Typed::new(String::new());
            check(&M365Ask { proof, client_secret, ..ask() }, Some(&known))
        };
        assert!(sent(None).is_ok() && sent(Some(ProofKind::Secret)).is_ok());
        let errors = sent(Some(ProofKind::Certificate)).unwrap_err();
        assert_eq!((errors.len(), errors[0].field), (1, "proof"));
        assert!(errors[0].detail.contains("Replace the credential"));
    }

    #[test]
    fn hosts_of_an_import_stay_until_a_cloud_is_chosen() {
        let mut known = check(&ask(), None).unwrap().settings;
        known.cloud = String::new();
        known.login = "http://127.0.0.1:1".into();
        let none = Typed::new(String::new());
        let same = M365Ask { cloud: String::new(), client_secret: none, ..ask() };
        assert_eq!(check(&same, Some(&known)).unwrap().settings.login, known.login);
        let fresh = M365Ask { cloud: String::new(), ..ask() };
        assert_eq!(check(&fresh, None).unwrap_err()[0].field, "cloud");
    }
}
