//! The people at Microsoft: tenants, their app registrations and users, and Twilio's account.
//! The sample is `sample/directory.json`; first passwords are new on each start.

use std::collections::HashMap;

use anyhow::Context as _;
use serde::Deserialize;

use crate::random;

const SAMPLE: &str = include_str!("../sample/directory.json");

/// Everything the sample file holds.
#[derive(Deserialize)]
pub(crate) struct Sample {
    pub(crate) twilio: TwilioAccount,
    pub(crate) tenants: Vec<Tenant>,
}

/// Reads the sample and gives each person a first password.
pub(crate) fn sample() -> anyhow::Result<Sample> {
    let mut sample: Sample =
        serde_json::from_str(SAMPLE).context("simulator/sample/directory.json")?;
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

/// An app registration with its consented permissions.
#[derive(Clone, Debug, Deserialize)]
pub struct App {
    /// The application (client) id.
    pub client_id: String,
    /// The client secret's value.
    pub secret: String,
    /// When the secret ends (milliseconds); `None`: not in this world's time.
    #[serde(default)]
    pub secret_expires_ms: Option<i64>,
    /// Application permissions with consent; a change shows only in a new token.
    pub roles: Vec<String>,
    /// Directory roles of the service principal, by display name.
    #[serde(default)]
    pub directory_roles: Vec<String>,
}

/// A person (or a room, or a guest) in a tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct DirectoryUser {
    /// The object id.
    pub id: String,
    /// The user principal name.
    pub upn: String,
    /// The name that people see.
    pub display_name: String,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub surname: String,
    /// The primary mail address.
    #[serde(default)]
    pub mail: Option<String>,
    /// Further mail addresses (`smtp:` in `proxyAddresses`).
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Phones registered as authentication methods.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// `accountEnabled`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// `Member` or `Guest`.
    #[serde(default = "member")]
    pub user_type: String,
    /// `creationType`, e.g. `Invitation`.
    #[serde(default)]
    pub creation_type: Option<String>,
    /// `externalUserState`, e.g. `Accepted`.
    #[serde(default)]
    pub external_user_state: Option<String>,
    /// `onPremisesSyncEnabled`.
    #[serde(default)]
    pub synced: bool,
    /// `isResourceAccount`.
    #[serde(default)]
    pub resource_account: bool,
    /// `isManagementRestricted`.
    #[serde(default)]
    pub management_restricted: bool,
    /// `preferredLanguage`.
    #[serde(default)]
    pub preferred_language: Option<String>,
    /// Active directory roles, by display name.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Directory roles the person may activate (PIM), by display name.
    #[serde(default)]
    pub eligible_roles: Vec<String>,
    /// Groups the person is in.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Administrative units the person is in.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// What the person owns.
    #[serde(default)]
    pub owns: Vec<Owned>,
    /// The current password: this is the outside world, where somebody knows it.
    #[serde(skip)]
    pub password: String,
    /// A new password is asked for at the next sign-in.
    #[serde(skip)]
    pub must_change: bool,
    /// Further proof is asked for before that change.
    #[serde(skip)]
    pub must_change_with_mfa: bool,
    /// How often Graph set the password. A person's own change does not count.
    #[serde(skip)]
    pub password_set_count: u32,
    /// When the password last changed, by whomever.
    #[serde(skip)]
    pub password_set_at_ms: Option<i64>,
    /// Who set the current password.
    #[serde(skip)]
    pub password_set_by: SetBy,
    /// When all sign-in sessions were last ended.
    #[serde(skip)]
    pub sessions_revoked_at_ms: Option<i64>,
}

impl DirectoryUser {
    /// Whether `name` is this user's object id or user principal name, as in `/users/{name}`.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name) || self.upn.eq_ignore_ascii_case(name)
    }

    /// As [`Self::is_called`], or any mail address, its part before the `@`, or the first name.
    pub(crate) fn is_known_as(&self, name: &str) -> bool {
        let local = |address: &str| {
            address.split('@').next().is_some_and(|local| local.eq_ignore_ascii_case(name))
        };
        self.is_called(name)
            || self.given_name.eq_ignore_ascii_case(name)
            || local(&self.upn)
            || self
                .mail
                .iter()
                .chain(&self.aliases)
                .any(|mail| mail.eq_ignore_ascii_case(name) || local(mail))
    }

    /// `SMTP:` for the primary address, `smtp:` for the others.
    pub(crate) fn proxy_addresses(&self) -> Vec<String> {
        let primary = self.mail.iter().map(|mail| format!("SMTP:{mail}"));
        primary.chain(self.aliases.iter().map(|alias| format!("smtp:{alias}"))).collect()
    }

    /// Any of the marks by which a guest is known (SOURCES.md §2.5).
    pub(crate) fn is_guest(&self) -> bool {
        self.user_type == "Guest"
            || self.upn.contains("#EXT#")
            || self.creation_type.as_deref() == Some("Invitation")
            || self.external_user_state.is_some()
    }

    pub(crate) fn set_password(&mut self, new: &str, by: SetBy, now_ms: i64) {
        self.password = new.to_owned();
        self.password_set_at_ms = Some(now_ms);
        self.password_set_by = by;
        self.password_set_count += u32::from(by == SetBy::Graph);
    }
}

/// Who set a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SetBy {
    /// It was there when the world began.
    #[default]
    Start,
    /// A `PATCH` through Graph.
    Graph,
    /// The person, at a sign-in.
    Person,
}

/// A phone registered at Microsoft as an authentication method.
#[derive(Clone, Debug, Deserialize)]
pub struct Phone {
    /// `mobile`, `alternateMobile` or `office`.
    pub kind: String,
    /// As Microsoft writes it: `+1 2065550123`, with `x55` for an extension.
    pub number: String,
}

/// A group that a person is in.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    /// The object id.
    pub id: String,
    /// The group's name.
    pub name: String,
    /// `isAssignableToRole`.
    #[serde(default)]
    pub assignable_to_role: bool,
}

/// An administrative unit.
#[derive(Clone, Debug, Deserialize)]
pub struct Unit {
    /// The object id.
    pub id: String,
    /// The unit's name.
    pub name: String,
    /// `isMemberManagementRestricted`.
    #[serde(default)]
    pub restricted: bool,
}

/// Something that a person owns.
#[derive(Clone, Debug, Deserialize)]
pub struct Owned {
    /// The object id.
    pub id: String,
    /// `application`, `servicePrincipal` or `group`: the type after `#microsoft.graph.`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// For a group: `isAssignableToRole`.
    #[serde(default)]
    pub assignable_to_role: bool,
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

fn member() -> String {
    "Member".to_owned()
}
