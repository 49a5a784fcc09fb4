//! `[psa]`: where PSAs are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{BadSettings, cloud_host, impossible};

/// Where PSAs are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Psa {
    /// Where Autotask is asked in which zone an API user is.
    pub autotask: String,
    /// Origins of pages with the origin of the API behind them, where it is not the vendor's.
    #[serde(default)]
    pub sites: BTreeMap<String, String>,
}

impl Psa {
    /// The API of this origin of pages, where the operator says it.
    #[must_use]
    pub fn api_of(&self, site: &str) -> Option<&str> {
        self.sites.get(site).map(String::as_str)
    }

    /// Names contradictions.
    ///
    /// # Errors
    /// [`BadSettings::Impossible`] with a sentence for the operator.
    pub(super) fn check(&self) -> Result<(), BadSettings> {
        cloud_host("psa.autotask", &self.autotask)?;
        for (site, api) in &self.sites {
            if crate::psa::origin_of(site).as_deref() != Some(site) {
                return impossible(format!(
                    "psa.sites: \"{site}\" is no origin such as https://psa.example"
                ));
            }
            cloud_host("psa.sites", api)?;
        }
        Ok(())
    }
}
