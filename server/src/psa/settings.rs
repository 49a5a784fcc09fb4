//! What an admin enters for a PSA, as it is stored: hosts and names, never a secret.

use serde::{Deserialize, Serialize};
use shared::Host;
use url::Url;

use crate::store::StoreError;

/// Which PSA.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PsaKind {
    /// ConnectWise PSA (Manage).
    ConnectWise,
    /// HaloPSA.
    Halo,
    /// Autotask PSA.
    Autotask,
}

impl PsaKind {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::ConnectWise, Self::Halo, Self::Autotask];

    /// As in the database, in addresses and in import files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.host().as_str()
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The host that its frames are in.
    #[must_use]
    pub const fn host(self) -> Host {
        match self {
            Self::ConnectWise => Host::ConnectWise,
            Self::Halo => Host::Halo,
            Self::Autotask => Host::Autotask,
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.host().name()
    }
}

/// Whom ConnectWise is asked as.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectWiseSettings {
    /// Origin that technicians use, such as `https://na.myconnectwise.net`.
    pub site: String,
    /// Company id that they type when they sign in.
    pub company: String,
    /// The API member's public key.
    pub public_key: String,
    /// Our `clientId` (developer.connectwise.com), a GUID.
    pub client_id: String,
    /// Whether a ticket is read as the member who looks at it. Off, the API member reads all, and every
    /// technician sees what it sees.
    #[serde(default = "yes")]
    pub as_member: bool,
}

/// Whom HaloPSA is asked as.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HaloSettings {
    /// Origin that technicians use, such as `https://brightline.halopsa.com`.
    pub site: String,
    /// The API application's client id.
    pub client_id: String,
    /// Tenant, where several share a host; empty for what `authinfo` says.
    #[serde(default)]
    pub tenant: String,
    /// Name of the outcome that makes a private note.
    #[serde(default = "private_note")]
    pub outcome: String,
    /// The variable of the custom tab's address that stands for the ticket's id. It differs.
    #[serde(default = "halo_variable")]
    pub ticket_variable: String,
}

/// Whom Autotask is asked as.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutotaskSettings {
    /// The API user's name.
    pub username: String,
    /// The API integration code (tracking identifier).
    pub integration_code: String,
    /// Origin that technicians use, such as `https://ww5.autotask.net`: what frames us.
    pub site: String,
    /// Label of the visibility that only the MSP's own people read; empty for the usual ones.
    #[serde(default)]
    pub internal_label: String,
    /// Label of the kind of note; empty for the first usual one.
    #[serde(default)]
    pub note_type_label: String,
    /// The parameter of the insight's address that has the ticket's id. It differs.
    #[serde(default = "autotask_parameter")]
    pub ticket_parameter: String,
}

fn yes() -> bool {
    true
}

pub(super) fn private_note() -> String {
    "Private Note".into()
}

pub(super) fn halo_variable() -> String {
    "{$ID}".into()
}

pub(super) fn autotask_parameter() -> String {
    "ticketId".into()
}

/// The settings of a PSA of any kind.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PsaSettings {
    /// ConnectWise PSA.
    ConnectWise(ConnectWiseSettings),
    /// HaloPSA.
    Halo(HaloSettings),
    /// Autotask PSA.
    Autotask(AutotaskSettings),
}

impl PsaSettings {
    /// From the database.
    ///
    /// # Errors
    /// When something newer wrote them, or they are damaged.
    pub fn read(kind: PsaKind, json: &str) -> Result<Self, StoreError> {
        match kind {
            PsaKind::ConnectWise => serde_json::from_str(json).map(Self::ConnectWise),
            PsaKind::Halo => serde_json::from_str(json).map(Self::Halo),
            PsaKind::Autotask => serde_json::from_str(json).map(Self::Autotask),
        }
        .map_err(|_| StoreError::Inconsistent("a PSA's settings"))
    }

    /// For the database.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = match self {
            Self::ConnectWise(it) => serde_json::to_string(it),
            Self::Halo(it) => serde_json::to_string(it),
            Self::Autotask(it) => serde_json::to_string(it),
        };
        json.unwrap_or_default()
    }

    /// Which PSA.
    #[must_use]
    pub const fn kind(&self) -> PsaKind {
        match self {
            Self::ConnectWise(_) => PsaKind::ConnectWise,
            Self::Halo(_) => PsaKind::Halo,
            Self::Autotask(_) => PsaKind::Autotask,
        }
    }

    /// The origin of its pages: what may frame us.
    #[must_use]
    pub fn site(&self) -> &str {
        match self {
            Self::ConnectWise(it) => &it.site,
            Self::Halo(it) => &it.site,
            Self::Autotask(it) => &it.site,
        }
    }

    /// What the secret is bound to: where it goes, and as whom.
    #[must_use]
    pub fn bound_to(&self) -> String {
        match self {
            Self::ConnectWise(it) => format!("{} {} {}", it.site, it.company, it.public_key),
            Self::Halo(it) => format!("{} {} {}", it.site, it.tenant, it.client_id),
            Self::Autotask(it) => format!("{} {} {}", it.site, it.username, it.integration_code),
        }
    }

    /// Which system it is: who leads it elsewhere means other tickets and people. A new key of the same one
    /// does not.
    #[must_use]
    pub fn system(&self) -> String {
        match self {
            Self::ConnectWise(it) => format!("{} {}", it.site, it.company),
            Self::Halo(it) => format!("{} {}", it.site, it.tenant),
            // Which database it is, only the API user's name says.
            Self::Autotask(it) => format!("{} {}", it.site, it.username),
        }
    }

    /// The address that an admin pastes into the PSA, with the PSA's own variable for the ticket.
    #[must_use]
    pub fn pod_url(&self, origin: &str, id: shared::IntegrationId) -> String {
        let page = format!("{}/pod/{id}", origin.trim_end_matches('/'));
        match self {
            Self::ConnectWise(_) => format!("{page}?ticket=[cw_id]&screen=[cw_screen]"),
            Self::Halo(it) => format!("{page}?ticket={}", it.ticket_variable),
            // Autotask adds the parameter by itself.
            Self::Autotask(_) => page,
        }
    }

    /// What HaloPSA puts the ticket's id in place of; nothing elsewhere.
    #[must_use]
    pub fn ticket_variable(&self) -> &str {
        match self {
            Self::Halo(it) => &it.ticket_variable,
            Self::ConnectWise(_) | Self::Autotask(_) => "",
        }
    }

    /// The parameter of the frame's address that has the ticket's id.
    #[must_use]
    pub fn ticket_parameter(&self) -> &str {
        match self {
            Self::ConnectWise(_) | Self::Halo(_) => "ticket",
            Self::Autotask(it) => &it.ticket_parameter,
        }
    }
}

/// The origin of an address that an admin pasted, whatever stands behind it; `None` for what is no
/// `http` or `https` address.
#[must_use]
pub fn origin_of(text: &str) -> Option<String> {
    let text = text.trim();
    let with_scheme =
        if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    // It goes into a Content-Security-Policy, where other signs than a host's have a meaning.
    let host = url.host_str().is_some_and(|host| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-[:]".contains(&byte))
    });
    (matches!(url.scheme(), "https" | "http") && host && plain)
        .then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_from_what_is_pasted() {
        for (pasted, origin) in [
            ("na.myconnectwise.net", Some("https://na.myconnectwise.net")),
            (
                " https://Brightline.halopsa.com/ticket?id=7#x ",
                Some("https://brightline.halopsa.com"),
            ),
            ("http://cw.localhost:4415/", Some("http://cw.localhost:4415")),
            ("https://user@evil.example", None),
            ("javascript://x", None),
            ("", None),
            ("https://", None),
            ("https://*.halopsa.com", None),
            ("https://psa.example;sandbox", None),
            ("https://[::1]:4415/x", Some("https://[::1]:4415")),
        ] {
            assert_eq!(origin_of(pasted).as_deref(), origin, "{pasted}");
        }
    }

    #[test]
    fn kinds_are_hosts_by_the_same_name() {
        for kind in PsaKind::ALL {
            assert_eq!(PsaKind::parse(kind.as_str()), Some(kind));
            assert_eq!(Host::parse(kind.as_str()), Some(kind.host()));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("{:?}", kind.as_str()));
        }
        assert_eq!(PsaKind::parse("web"), None);
    }
}
