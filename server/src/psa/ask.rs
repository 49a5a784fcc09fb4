//! What an admin enters for a PSA, and what of it can't be right: each field with a sentence that says
//! what to do. Pure.

use serde::Deserialize;
use uuid::Uuid;

use super::connectwise::is_company;
use super::settings::{autotask_parameter, halo_variable, private_note};
use super::{AutotaskSettings, ConnectWiseSettings, HaloSettings, PsaKind, PsaSettings, origin_of};
use crate::integration::FieldError;
use crate::settings::Psa as Operator;
use crate::sign_in::Typed;

/// The form, as it was typed. Empty is "not entered"; fields of another PSA are not looked at.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PsaAsk {
    /// Which PSA, for a new one.
    pub kind: Option<PsaKind>,
    /// The version that the form was made of; for a change.
    pub version: Option<i64>,
    /// Any address of the PSA's pages: only its origin counts.
    pub site: String,
    /// ConnectWise: the company id that technicians type when they sign in.
    pub company: String,
    /// ConnectWise: the API member's public key.
    pub public_key: String,
    /// ConnectWise: our `clientId`. HaloPSA: the API application's client id.
    pub client_id: String,
    /// ConnectWise: whether a ticket is read as the member who looks at it.
    pub as_member: bool,
    /// HaloPSA: the tenant, where several share a host.
    pub tenant: String,
    /// HaloPSA: the outcome that makes a private note; empty for the usual one.
    pub outcome: String,
    /// HaloPSA: what stands for the ticket's id in a tab's address; empty for the usual one.
    pub ticket_variable: String,
    /// Autotask: the API user's name.
    pub username: String,
    /// Autotask: the API integration code (tracking identifier).
    pub integration_code: String,
    /// Autotask: the label of what only the MSP's own people read; empty for the usual ones.
    pub internal_label: String,
    /// Autotask: the label of the kind of note; empty for the first usual one.
    pub note_type_label: String,
    /// Autotask: the parameter with the ticket's id; empty for the usual one.
    pub ticket_parameter: String,
    /// Private key, client secret or API secret. A change may leave it out while everything stays
    /// that it was entered for.
    #[schema(value_type = String, format = Password, default = "")]
    pub secret: Typed,
    /// HaloPSA: what it signs its agents' hints with. Left out, the stored one stays, if it may.
    #[schema(value_type = String, format = Password, default = "")]
    pub frame_secret: Typed,
    /// HaloPSA: the stored one goes.
    pub drop_frame_secret: bool,
}

impl Default for PsaAsk {
    fn default() -> Self {
        let nothing = || Typed::new(String::new());
        Self {
            kind: None,
            version: None,
            site: String::new(),
            company: String::new(),
            public_key: String::new(),
            client_id: String::new(),
            as_member: true,
            tenant: String::new(),
            outcome: String::new(),
            ticket_variable: String::new(),
            username: String::new(),
            integration_code: String::new(),
            internal_label: String::new(),
            note_type_label: String::new(),
            ticket_parameter: String::new(),
            secret: nothing(),
            frame_secret: nothing(),
            drop_frame_secret: false,
        }
    }
}

impl From<PsaSettings> for PsaAsk {
    fn from(settings: PsaSettings) -> Self {
        let kind = Some(settings.kind());
        let nothing = Self { kind, ..Self::default() };
        match settings {
            PsaSettings::ConnectWise(it) => Self {
                site: it.site,
                company: it.company,
                public_key: it.public_key,
                client_id: it.client_id,
                as_member: it.as_member,
                ..nothing
            },
            PsaSettings::Halo(it) => Self {
                site: it.site,
                client_id: it.client_id,
                tenant: it.tenant,
                outcome: it.outcome,
                ticket_variable: it.ticket_variable,
                ..nothing
            },
            PsaSettings::Autotask(it) => Self {
                site: it.site,
                username: it.username,
                integration_code: it.integration_code,
                internal_label: it.internal_label,
                note_type_label: it.note_type_label,
                ticket_parameter: it.ticket_parameter,
                ..nothing
            },
        }
    }
}

/// Collects what is wrong.
struct Wrong(Vec<FieldError>);

impl Wrong {
    /// The text without blanks around it, if it can be right.
    fn need(
        &mut self,
        field: &'static str,
        text: &str,
        right: impl Fn(&str) -> bool,
        detail: &'static str,
    ) -> String {
        let text = text.trim();
        if !right(text) {
            self.0.push(FieldError { field, detail });
        }
        text.to_owned()
    }
}

impl PsaAsk {
    /// What was entered, for a new PSA (`None`) or in place of these settings.
    ///
    /// # Errors
    /// Every field that can't be right.
    pub fn check(
        &self,
        kind: PsaKind,
        known: Option<&PsaSettings>,
        operator: &Operator,
    ) -> Result<PsaSettings, Vec<FieldError>> {
        let mut wrong = Wrong(Vec::new());
        let site = self.site(kind, operator, &mut wrong);
        let settings = match kind {
            PsaKind::ConnectWise => self.connectwise(site, &mut wrong),
            PsaKind::Halo => self.halo(site, &mut wrong),
            PsaKind::Autotask => self.autotask(site, &mut wrong),
        };
        self.check_secrets(known, &settings, &mut wrong);
        if wrong.0.is_empty() { Ok(settings) } else { Err(wrong.0) }
    }

    fn site(&self, kind: PsaKind, operator: &Operator, wrong: &mut Wrong) -> String {
        let origin = origin_of(&self.site).unwrap_or_default();
        let listed = operator.sites.contains_key(&origin);
        let (right, detail) = match kind {
            PsaKind::Autotask => (
                listed || of_autotask(&origin),
                "Paste the address of any page of your Autotask, such as https://ww5.autotask.net.",
            ),
            PsaKind::ConnectWise => (
                listed || origin.starts_with("https://"),
                "Paste the address where your technicians sign in, such as https://na.myconnectwise.net. It begins with https.",
            ),
            PsaKind::Halo => (
                listed || origin.starts_with("https://"),
                "Paste the address where your technicians sign in, such as https://brightline.halopsa.com. It begins with https.",
            ),
        };
        if !right {
            wrong.0.push(FieldError { field: "site", detail });
        }
        origin
    }

    fn connectwise(&self, site: String, wrong: &mut Wrong) -> PsaSettings {
        let company = wrong.need(
            "company",
            &self.company,
            is_company,
            "Enter the company that your technicians type when they sign in to ConnectWise.",
        );
        let public_key = wrong.need(
            "public_key",
            &self.public_key,
            |text| is_word(text, 100) && !text.contains(':'),
            "Copy the Public Key from the API member’s tab API Keys.",
        );
        let client_id = self.client_id.trim().parse::<Uuid>();
        if client_id.is_err() {
            wrong.0.push(FieldError {
                field: "client_id",
                detail: "Copy the clientId from developer.connectwise.com: 32 digits and letters a to f in five groups.",
            });
        }
        PsaSettings::ConnectWise(ConnectWiseSettings {
            site,
            company,
            public_key,
            client_id: client_id.unwrap_or_default().to_string(),
            as_member: self.as_member,
        })
    }

    fn halo(&self, site: String, wrong: &mut Wrong) -> PsaSettings {
        let client_id = wrong.need(
            "client_id",
            &self.client_id,
            |text| is_word(text, 100),
            "Copy the Client ID from the API application’s page in HaloPSA.",
        );
        let tenant = wrong.need(
            "tenant",
            &self.tenant,
            |text| text.is_empty() || is_word(text, 100),
            "Enter the tenant’s short name without blanks, or leave it empty.",
        );
        let outcome = wrong.need(
            "outcome",
            or(&self.outcome, &private_note()),
            is_label,
            "Enter the outcome’s name as it stands in HaloPSA, 100 characters at most.",
        );
        let ticket_variable = wrong.need(
            "ticket_variable",
            or(&self.ticket_variable, &halo_variable()),
            |text| is_parameter(&text.replace(['{', '}', '$'], "")) && text.len() <= 40,
            "Enter the variable as HaloPSA writes it, such as {$ID}: letters, digits, _ and the signs $, { and }.",
        );
        PsaSettings::Halo(HaloSettings { site, client_id, tenant, outcome, ticket_variable })
    }

    fn autotask(&self, site: String, wrong: &mut Wrong) -> PsaSettings {
        let username = wrong.need(
            "username",
            &self.username,
            |text| is_word(text, 100),
            "Copy the Username (Key) of the API user from its page in Autotask.",
        );
        let integration_code = wrong.need(
            "integration_code",
            &self.integration_code,
            |text| is_word(text, 100),
            "Copy the Tracking Identifier from the API user’s page in Autotask.",
        );
        let label =
            "Enter the label as it stands in Autotask, 100 characters at most, or leave it empty.";
        let optional = |text: &str| text.is_empty() || is_label(text);
        let internal_label = wrong.need("internal_label", &self.internal_label, optional, label);
        let note_type_label = wrong.need("note_type_label", &self.note_type_label, optional, label);
        let ticket_parameter = wrong.need(
            "ticket_parameter",
            or(&self.ticket_parameter, &autotask_parameter()),
            is_parameter,
            "Enter the parameter’s name: 1 to 40 letters, digits and _.",
        );
        PsaSettings::Autotask(AutotaskSettings {
            username,
            integration_code,
            site,
            internal_label,
            note_type_label,
            ticket_parameter,
        })
    }

    /// A secret stays with what it was entered for.
    fn check_secrets(
        &self,
        known: Option<&PsaSettings>,
        settings: &PsaSettings,
        wrong: &mut Wrong,
    ) {
        let name = match settings.kind() {
            PsaKind::ConnectWise => "Paste the Private Key from the API member’s tab API Keys.",
            PsaKind::Halo => "Paste the Client Secret from the API application’s page in HaloPSA.",
            PsaKind::Autotask => "Paste the Password (Secret) of the API user.",
        };
        let secret = self.secret.expose().trim();
        let detail = match known {
            _ if !secret.is_empty() => (!is_word(secret, 400)).then_some(
                "Paste only the secret itself: it has no blanks and 400 characters at most.",
            ),
            None => Some(name),
            Some(known) => (known.bound_to() != settings.bound_to()).then_some(
                "The stored secret is only for the address and the key or user that it was entered for. Enter the one that belongs to these.",
            ),
        };
        if let Some(detail) = detail {
            wrong.0.push(FieldError { field: "secret", detail });
        }
        let frame = self.frame_secret.expose().trim();
        if settings.kind() == PsaKind::Halo && !frame.is_empty() && !is_word(frame, 400) {
            wrong.0.push(FieldError {
                field: "frame_secret",
                detail: "Paste only the secret of the custom tab: it has no blanks and 400 characters at most.",
            });
        }
    }

    /// What is entered as the frame's secret, for the one PSA that has one.
    pub(crate) fn new_frame_secret(&self, kind: PsaKind) -> Option<&str> {
        let text = self.frame_secret.expose().trim();
        (kind == PsaKind::Halo && !text.is_empty()).then_some(text)
    }
}

fn or<'a>(text: &'a str, usual: &'a str) -> &'a str {
    if text.trim().is_empty() { usual } else { text }
}

/// Printable ASCII without blanks: what goes into a header or a form as it stands.
fn is_word(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_label(text: &str) -> bool {
    (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn is_parameter(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether this is an origin of Autotask's own: all its zones are there. (autotask.net help,
/// "Autotask zones".)
fn of_autotask(origin: &str) -> bool {
    origin.strip_prefix("https://").is_some_and(|host| host.ends_with(".autotask.net"))
}

#[cfg(test)]
mod tests;
