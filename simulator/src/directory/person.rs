//! A person in a tenant, and what they have, are in and own.

use serde::Deserialize;

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
    /// `assignedLicenses`, by their SKU's id.
    #[serde(default = "business_premium")]
    pub licences: Vec<String>,
    /// `preferredLanguage`.
    #[serde(default)]
    pub preferred_language: Option<String>,
    /// Active directory roles, by display name.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Directory roles the person may activate (PIM), by display name.
    #[serde(default)]
    pub eligible_roles: Vec<String>,
    /// Active roles over a part of the directory, and custom ones: they stand in role assignments
    /// only, never among memberships (SOURCES.md §3.4).
    #[serde(default)]
    pub scoped_roles: Vec<ScopedRole>,
    /// Active roles that one of the person's groups holds, by display name: a membership through
    /// the group, no assignment of the person's own.
    #[serde(default)]
    pub group_roles: Vec<String>,
    /// Groups the person may enter or own for a while (PIM for Groups).
    #[serde(default)]
    pub eligible_groups: Vec<EligibleGroup>,
    /// Groups the person is in.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Administrative units the person is in.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// What the person owns.
    #[serde(default)]
    pub owns: Vec<Owned>,
    /// The object id of the person's manager.
    #[serde(default)]
    pub manager: Option<String>,
    /// `smsSignInState` of the registered phones; `None`: what Microsoft says where SMS sign-in is off.
    #[serde(default)]
    pub sms_sign_in_state: Option<String>,
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

    /// `isManagementRestricted` follows from the units.
    pub(crate) fn is_restricted(&self) -> bool {
        self.management_restricted || self.units.iter().any(|unit| unit.restricted)
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

/// A role over a part of the directory, or one that the customer made.
#[derive(Clone, Debug, Deserialize)]
pub struct ScopedRole {
    /// The role's display name; one that is not built in is a custom role.
    pub role: String,
    /// The administrative unit's object id; `None`: the whole directory.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A group that a person is eligible for (PIM for Groups).
#[derive(Clone, Debug, Deserialize)]
pub struct EligibleGroup {
    /// The group's object id.
    pub id: String,
    /// `member` or `owner`.
    pub access: String,
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

/// Microsoft 365 Business Premium. (Entra, "Product names and service plan identifiers for licensing".)
fn business_premium() -> Vec<String> {
    vec!["cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46".to_owned()]
}

fn yes() -> bool {
    true
}

fn member() -> String {
    "Member".to_owned()
}
