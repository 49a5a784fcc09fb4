//! `[sms]`: where Twilio's API is.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{BadSettings, cloud_host};

/// Where SMS providers are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// Twilio's regions, for admins to choose from.
    pub regions: BTreeMap<String, Region>,
}

/// One of Twilio's regions. (twilio.com/docs/global-infrastructure)
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// What admins choose by.
    pub label: String,
    /// The origin of its API.
    pub api: String,
}

impl Sms {
    /// Names contradictions.
    ///
    /// # Errors
    /// An API that could get a secret in the clear.
    pub(super) fn check(&self) -> Result<(), BadSettings> {
        for (name, region) in &self.regions {
            cloud_host(&format!("sms.regions.{name}.api"), &region.api)?;
        }
        Ok(())
    }
}
