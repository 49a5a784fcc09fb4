//! The people at Microsoft: tenants, their app registrations and users, and Twilio's account.
//! The sample is `sample/directory.json`; first passwords are new on each start.

mod app;
mod person;

use std::collections::HashMap;

use anyhow::Context as _;
use serde::Deserialize;

use crate::random;

pub use app::{App, Certificate, Secret};
pub use person::{DirectoryUser, EligibleGroup, Group, Owned, Phone, ScopedRole, SetBy, Unit};

const DAY_MS: i64 = 86_400_000;

const SAMPLE: &str = include_str!("../../sample/directory.json");

/// Everything the sample file holds.
#[derive(Deserialize)]
pub(crate) struct Sample {
    pub(crate) twilio: TwilioAccount,
    pub(crate) tenants: Vec<Tenant>,
}

/// Reads the sample, gives each person a first password and counts dates from `now_ms`.
pub(crate) fn sample(now_ms: i64) -> anyhow::Result<Sample> {
    let mut sample: Sample =
        serde_json::from_str(SAMPLE).context("simulator/sample/directory.json")?;
    for app in sample.tenants.iter_mut().map(|tenant| &mut tenant.app) {
        let counted = app.secret_expires_in_days.map(|days| now_ms + days * DAY_MS);
        app.secret_expires_ms = app.secret_expires_ms.or(counted);
    }
    for user in sample.tenants.iter_mut().flat_map(|tenant| &mut tenant.users) {
        user.password = random::first_password();
    }
    Ok(sample)
}

/// One customer's Microsoft tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct Tenant {
    /// The tenant's GUID.
    pub id: String,
    /// The organization's name, as `GET /organization` shows it.
    pub name: String,
    /// Its verified domains.
    pub domains: Vec<Domain>,
    /// The app registration that the MSP uses.
    pub app: App,
    /// Everybody in it.
    pub users: Vec<DirectoryUser>,
    /// Whether it pays for Entra ID P2; without, PIM's calls answer 400.
    #[serde(default = "yes")]
    pub premium_p2: bool,
    /// Setting a password takes, beside the permission, a directory role of the app (SOURCES.md §2.2).
    #[serde(default)]
    pub role_needed: bool,
    /// Whether applications may list what a person owns (SOURCES.md §3.4).
    #[serde(default)]
    pub owned_objects: OwnedObjects,
    /// It lives in another cloud: no token for it from here (900382).
    #[serde(default)]
    pub other_cloud: bool,
    /// How many rows a page has at most, whatever `$top` says; `None`: as each call has it.
    #[serde(skip)]
    pub page_size: Option<usize>,
    /// Where `@odata.nextLink` leads.
    #[serde(skip)]
    pub next_link: NextLink,
}

/// Whether `GET /users/{id}/ownedObjects` is for applications: Microsoft's pages contradict each other.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OwnedObjects {
    /// With Directory.Read.All or User.Read.All, as the older page has it and scripts do.
    #[default]
    Yes,
    /// 403 whatever the app holds, as the newest page has it ("Not supported").
    Refused,
}

/// Where the link to the next page leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NextLink {
    /// To the next page.
    #[default]
    Honest,
    /// To this origin (`https://evil.example`), path and query as they should be.
    Elsewhere(String),
    /// To the same page again, without end.
    Circle,
}

impl Tenant {
    /// Whether `name` is this tenant's id or one of its domains, as in a token URL.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self.domains.iter().any(|domain| domain.name.eq_ignore_ascii_case(name))
    }

    /// The domain that a user signs in with.
    pub(crate) fn domain_of(&self, upn: &str) -> Option<&Domain> {
        let name = upn.rsplit_once('@')?.1;
        self.domains.iter().find(|domain| domain.name.eq_ignore_ascii_case(name))
    }

    /// The user with this object id or user principal name.
    pub(crate) fn user(&self, id_or_upn: &str) -> Option<&DirectoryUser> {
        self.users.iter().find(|user| user.is_called(id_or_upn))
    }
}

/// A verified domain of a tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct Domain {
    /// The domain's name.
    pub name: String,
    /// `Managed` or `Federated`.
    pub authentication: String,
    /// Whether new users get it.
    #[serde(default)]
    pub default: bool,
}

/// The MSP's account at Twilio, and what its carriers know about some numbers.
#[derive(Clone, Debug, Deserialize)]
pub struct TwilioAccount {
    /// `AC…`.
    pub account_sid: String,
    /// Signs the callbacks, and may sign in.
    pub auth_token: String,
    /// API keys.
    pub keys: Vec<ApiKey>,
    /// Numbers that may send.
    pub senders: Vec<String>,
    /// Messaging Services (`MG…`).
    pub services: Vec<String>,
    /// Country codes that geo permissions allow.
    pub regions: Vec<String>,
    /// Numbers that are not an ordinary phone.
    pub lines: HashMap<String, Line>,
}

/// An API key of the Twilio account.
#[derive(Clone, Debug, Deserialize)]
pub struct ApiKey {
    /// `SK…`.
    pub sid: String,
    /// Its secret.
    pub secret: String,
}

/// What is special about a number.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The person answered STOP: refused with 21610.
    OptedOut,
    /// Cannot receive texts: refused with 21614.
    Landline,
    /// Accepted, then filtered by the carrier: callback `undelivered`, 30007.
    Filtered,
    /// Accepted, then the handset cannot be reached: callback `undelivered`, 30003.
    Unreachable,
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_sample_holds_together() {
        let sample = sample(0).expect("the sample file");
        let everybody = || sample.tenants.iter().flat_map(|tenant| &tenant.users);
        let ids: HashSet<&str> = everybody().map(|user| user.id.as_str()).collect();
        assert_eq!(ids.len(), everybody().count(), "two people with one id");
        let upns: HashSet<&str> = everybody().map(|user| user.upn.as_str()).collect();
        assert_eq!(upns.len(), everybody().count(), "two people with one user name");
        let phones = || everybody().flat_map(|user| &user.phones).map(|phone| &phone.number);
        assert_eq!(
            phones().collect::<HashSet<_>>().len(),
            phones().count(),
            "one phone, two people"
        );
        for user in everybody() {
            assert!(uuid::Uuid::parse_str(&user.id).is_ok(), "{}", user.upn);
            assert!(user.manager.as_deref().is_none_or(|id| ids.contains(id)), "{}", user.upn);
        }
        let northwind = &sample.tenants[0].app;
        assert_eq!(northwind.secret_expires_ms, Some(611 * DAY_MS));
        let proseware = sample.tenants.last().expect("a tenant");
        assert!(proseware.app.all_secrets().is_empty());
    }
}
