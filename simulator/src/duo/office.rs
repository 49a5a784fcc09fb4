//! The customers' companies at Duo: their application, their people and devices. The sample is
//! `sample/duo.json`.

use anyhow::Context as _;
use serde::Deserialize;

use super::Push;

const SAMPLE: &str = include_str!("../../sample/duo.json");

/// Everything that Duo knows.
pub(crate) struct Office {
    pub(crate) companies: Vec<Company>,
    /// Oldest first.
    pub(crate) pushes: Vec<Push>,
}

/// Reads the sample.
pub(crate) fn sample() -> anyhow::Result<Office> {
    let companies = serde_json::from_str(SAMPLE).context("simulator/sample/duo.json")?;
    Ok(Office { companies, pushes: Vec::new() })
}

/// One company's Duo with its application of the kind "Auth API".
#[derive(Clone, Deserialize)]
pub(crate) struct Company {
    pub(crate) name: String,
    /// API hostname: what signatures cover.
    pub(crate) host: String,
    pub(crate) ikey: String,
    pub(crate) skey: String,
    pub(crate) users: Vec<DuoUser>,
}

impl Company {
    pub(crate) fn user(&self, name: &str) -> Option<&DuoUser> {
        self.users.iter().find(|user| user.is_called(name))
    }
}

/// A person at Duo.
#[derive(Clone, Debug, Deserialize)]
pub struct DuoUser {
    /// What Duo knows them by.
    pub username: String,
    /// What else it knows them by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Their name.
    pub name: String,
    /// How Duo treats them.
    #[serde(default)]
    pub standing: Standing,
    /// What they may be asked on.
    pub devices: Vec<DuoDevice>,
}

impl DuoUser {
    /// Duo's names know no case (D§2).
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let own = std::iter::once(&self.username).chain(&self.aliases);
        own.into_iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// How Duo treats a person (D§2).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// They are asked.
    #[default]
    Active,
    /// They are let in without being asked.
    Bypass,
    /// They are kept out.
    Disabled,
    /// They are kept out after too many failures.
    LockedOut,
}

/// A device of a person.
#[derive(Clone, Debug, Deserialize)]
pub struct DuoDevice {
    /// `DP…`; a hardware token's begins with `DH`.
    pub id: String,
    /// `phone` or `token`.
    pub kind: String,
    /// `iOS (XXX-XXX-0123)`.
    pub shown: String,
    /// `auto`, `push`, `sms`, `phone`, `mobile_otp`.
    pub capabilities: Vec<String>,
}

impl DuoDevice {
    pub(crate) fn takes_pushes(&self) -> bool {
        self.capabilities.iter().any(|can| can == "push")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_sample_holds_together() {
        let office = sample().expect("the sample file");
        let keys: HashSet<&str> = office.companies.iter().map(|it| it.ikey.as_str()).collect();
        assert_eq!(keys.len(), office.companies.len(), "two companies with one key");
        for company in &office.companies {
            assert!(company.ikey.len() == 20 && company.ikey.starts_with("DI"), "{}", company.name);
            assert_eq!(company.skey.len(), 40, "{}", company.name);
            let devices = || company.users.iter().flat_map(|user| &user.devices);
            let ids: HashSet<&str> = devices().map(|device| device.id.as_str()).collect();
            assert_eq!(ids.len(), devices().count(), "two devices with one id");
        }
    }
}
