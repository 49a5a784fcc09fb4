//! `[directory]`: what the guard makes of answers that Microsoft's pages don't explain.

use serde::Deserialize;

use super::entries;

/// What the guard makes of answers that Microsoft's pages don't explain.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Error codes of Graph that mean "this tenant has no licence for PIM", comma separated.
    pub no_licence_codes: String,
    /// What it means when Microsoft does not tell what somebody owns.
    pub owners: Owners,
}

impl Directory {
    /// The listed codes.
    pub fn no_licence_codes(&self) -> impl Iterator<Item = &str> {
        entries(&self.no_licence_codes)
    }
}

/// What it means when Microsoft does not tell what somebody owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owners {
    /// The person is not reset.
    Refuse,
    /// The person is reset without having been looked at in this respect; the log says so.
    Skip,
}
