//! What a customer's app registration is asked to be granted, and why: the one list for the guide,
//! the scripts, the connection test and the words of a refusal. Least privilege only; application
//! permissions of Microsoft Graph. Pure.
//!
//! Ids: Microsoft Graph permissions reference; an app role's id is the same in every tenant and cloud.

/// Microsoft Graph's own application id, the same in every tenant.
pub const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// An application permission of Microsoft Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// Its name, as Entra shows it.
    pub name: &'static str,
    /// The app role's id.
    pub role_id: &'static str,
    /// What we do with it, in words for the admin who is asked to grant it.
    pub why: &'static str,
    /// Whether every reset needs it. The others switch something on.
    pub needed: bool,
    /// Whether nobody should grant it before a refusal names it: no script does.
    pub on_refusal: bool,
}

/// Finding people, their roles and groups.
pub const READ_PEOPLE: &str = "User.Read.All";
/// The phones that people have registered.
pub const READ_PHONES: &str = "UserAuthMethod-Phone.Read.All";
/// Setting a password.
pub const SET_PASSWORD: &str = "User-PasswordProfile.ReadWrite.All";
/// Roles held and eligible.
pub const READ_ROLES: &str = "RoleManagement.Read.Directory";
/// Groups that people may activate (PIM for Groups).
pub const READ_ELIGIBLE_GROUPS: &str = "PrivilegedEligibilitySchedule.Read.AzureADGroup";
/// Where a domain keeps its passwords.
pub const READ_DOMAINS: &str = "Domain.Read.All";
/// Ending sign-in sessions after a reset.
pub const END_SESSIONS: &str = "User.RevokeSessions.All";
/// The app registration's own record: when its secret or certificate ends.
pub const READ_APPLICATIONS: &str = "Application.Read.All";
/// Groups that Microsoft does not show to this application otherwise.
pub const READ_HIDDEN_GROUPS: &str = "GroupMember.Read.All";

/// All of them, the needed ones first.
pub const ALL: &[Permission] = &[
    Permission {
        name: READ_PEOPLE,
        role_id: "df021288-bdef-4463-88db-98f22de89214",
        why: "Find the person who called, and see which roles and groups they are in.",
        needed: true,
        on_refusal: false,
    },
    Permission {
        name: READ_PHONES,
        role_id: "f529a223-ea70-43ec-b268-5012de2fbaa2",
        why: "Read the phone that the person registered for sign-in, where the link goes. No other sign-in method can be read with it.",
        needed: true,
        on_refusal: false,
    },
    Permission {
        name: SET_PASSWORD,
        role_id: "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7",
        why: "Set the new password. Nothing else of a person can be changed with it.",
        needed: true,
        on_refusal: false,
    },
    Permission {
        name: READ_ROLES,
        role_id: "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
        why: "Keep away from administrators: roles that a person holds or may activate.",
        needed: true,
        on_refusal: false,
    },
    Permission {
        name: READ_ELIGIBLE_GROUPS,
        role_id: "edb419d6-7edc-42a3-9345-509bfdf5d87c",
        why: "Keep away from people who may activate a privileged group (PIM for Groups).",
        needed: true,
        on_refusal: false,
    },
    Permission {
        name: READ_DOMAINS,
        role_id: "dbb9058a-0e50-45d7-ae91-66909b5d4664",
        why: "Keep away from federated domains, whose passwords are kept somewhere else.",
        needed: true,
        on_refusal: false,
    },
    Permission {
        name: END_SESSIONS,
        role_id: "77f3a031-c388-4f99-b373-dc68676a979e",
        why: "End the person’s open sessions after a reset, where your policy says so.",
        needed: false,
        on_refusal: false,
    },
    Permission {
        name: READ_APPLICATIONS,
        role_id: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        why: "Read when this app registration’s secret ends, so that nobody has to type the date. It can read other registrations too, but no secret.",
        needed: false,
        on_refusal: false,
    },
    Permission {
        name: READ_HIDDEN_GROUPS,
        role_id: "98830695-27a2-44f7-8c18-0c3ebc9698f6",
        why: "See groups that are hidden from applications. Grant it only where a refusal names it; no script does.",
        needed: false,
        on_refusal: true,
    },
];

/// Permissions with which a thief of the credential could take the tenant, and that nothing here
/// needs: the connection test asks to have them removed. (Graph permissions reference; tiers after
/// Emilien Socchi's "Azure administrative tiering".)
pub const TOO_MUCH: &[&str] = &[
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// The permission of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Permission> {
    ALL.iter().find(|permission| permission.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_listed_once_and_none_is_too_much() {
        for (nth, permission) in ALL.iter().enumerate() {
            assert!(ALL[..nth].iter().all(|it| it.name != permission.name));
            assert!(ALL[..nth].iter().all(|it| it.role_id != permission.role_id));
            assert!(permission.role_id.parse::<uuid::Uuid>().is_ok(), "{}", permission.name);
            assert!(!TOO_MUCH.contains(&permission.name), "{}", permission.name);
            assert!(permission.why.ends_with('.'));
            assert_eq!(named(permission.name), Some(permission));
        }
        let optional = ALL.iter().position(|permission| !permission.needed);
        assert!(ALL[optional.unwrap()..].iter().all(|permission| !permission.needed));
        assert!(ALL.iter().all(|permission| !(permission.needed && permission.on_refusal)));
        assert_eq!(named("User.ReadWrite.All"), None);
    }
}
