//! What an admin enters for the account's issuer, as it is stored: never the secret.

use serde::{Deserialize, Serialize};

use crate::store::{Integration, StoreError};

/// The settings of an `oidc` integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsoSettings {
    /// The issuer, exactly as it calls itself.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// What people call it, on buttons.
    pub label: String,
    /// Whether its second factor counts for ours.
    #[serde(default)]
    pub trust_mfa: bool,
    /// Values of `amr` that are a second factor (RFC 8176: `mfa`).
    pub mfa_values: Vec<String>,
    /// Whether passwords are refused, but for admins with an authenticator.
    #[serde(default)]
    pub only_sso: bool,
}

impl SsoSettings {
    /// Of a row.
    ///
    /// # Errors
    /// When something newer wrote them, or they are damaged.
    pub fn of(row: &Integration) -> Result<Self, StoreError> {
        serde_json::from_str(&row.settings)
            .map_err(|_| StoreError::Inconsistent("the settings of an issuer"))
    }

    /// What the client secret is bound to: where it goes, and as whom.
    #[must_use]
    pub fn bound_to(&self) -> String {
        format!("{} {}", self.issuer, self.client_id)
    }
}
