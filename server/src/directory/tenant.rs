//! A customer's tenant: which cloud, which application, and how that application proves itself. Pure.

use serde::{Deserialize, Serialize};
use shared::{AccountId, IntegrationId, Millis};

use crate::store::{Integration, StoreError};

/// Which hosts and which application: the settings of an M365 integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct M365Settings {
    /// The operator's cloud row that the hosts came from; empty where an import named the hosts.
    #[serde(default)]
    pub cloud: String,
    /// Login host of the cloud, such as `https://login.microsoftonline.com`.
    pub login: String,
    /// Graph host of the cloud, such as `https://graph.microsoft.com`.
    pub graph: String,
    /// Directory (tenant) id, or one of the tenant's domains.
    pub tenant: String,
    /// Application (client) id.
    pub client_id: String,
    /// How the application proves that it is it.
    #[serde(default)]
    pub proof: ProofKind,
    /// When the secret ends, as it was typed (`2028-11-25`); a certificate's end is known.
    #[serde(default)]
    pub expires_on: Option<String>,
    /// The public part of the certificate that is in use (PEM).
    #[serde(default)]
    pub certificate: Option<Certificate>,
    /// The public part of one that was made and is not in use yet.
    #[serde(default)]
    pub next_certificate: Option<Certificate>,
    /// Object id of a group in that tenant whose members are never reset.
    #[serde(default)]
    pub protected_group: Option<String>,
}

/// How an application proves that it is it.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofKind {
    /// A client secret.
    #[default]
    Secret,
    /// A certificate.
    Certificate,
}

/// The public part of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// PEM, to be uploaded at Microsoft.
    pub pem: String,
    /// Its last moment.
    pub until: Millis,
}

impl M365Settings {
    /// What the client secret is bound to: it opens for this application at these hosts only.
    #[must_use]
    pub fn bound_to(&self) -> String {
        format!("{} {} {} {}", self.login, self.graph, self.tenant, self.client_id)
    }

    /// Where tokens come from.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.login, self.tenant)
    }
}

/// A customer's tenant, ready to be asked.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Whose.
    pub account: AccountId,
    /// Which integration.
    pub integration: IntegrationId,
    /// Which version of its credential.
    pub(super) changed_at: Millis,
    /// Hosts and application.
    pub(super) settings: M365Settings,
}

impl Tenant {
    /// The tenant of this integration.
    ///
    /// # Errors
    /// `Inconsistent` when its settings can't be read.
    pub fn of(row: &Integration) -> Result<Self, StoreError> {
        let settings = serde_json::from_str(&row.settings)
            .map_err(|_| StoreError::Inconsistent("the settings of an M365 integration"))?;
        let (account, integration, changed_at) = (row.account, row.id, row.changed_at);
        Ok(Self { account, integration, changed_at, settings })
    }

    /// A tenant that nobody has, at this Graph host.
    #[cfg(test)]
    pub(super) fn for_tests(graph: &str) -> Self {
        let text = format!(
            r#"{{"login":"https://login.example","graph":"{graph}","tenant":"t","client_id":"c"}}"#
        );
        Self {
            account: AccountId(uuid::Uuid::from_u128(1)),
            integration: IntegrationId(uuid::Uuid::from_u128(2)),
            changed_at: Millis(0),
            settings: serde_json::from_str(&text).unwrap(),
        }
    }

    /// Hosts and application.
    #[must_use]
    pub fn settings(&self) -> &M365Settings {
        &self.settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_earlier_version_are_read() {
        let old = r#"{"login":"https://l","graph":"https://g","tenant":"t","client_id":"c"}"#;
        let settings: M365Settings = serde_json::from_str(old).unwrap();
        assert_eq!((settings.proof, settings.cloud.as_str()), (ProofKind::Secret, ""));
        assert_eq!(settings.bound_to(), "https://l https://g t c");
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<M365Settings>(&text).unwrap(), settings);
    }
}
