//! Which application permission each call wants
//! (`specs/graph-permissions.json`, after microsoft-graph-devx-content of 2026-08-07).

use super::Scene;
use super::reply::Refusal;

/// A call that the stand-in knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    ListUsers,
    GetUser,
    UpdateUser,
    ListPhoneMethods,
    ListTransitiveMemberOf,
    ListOwnedObjects,
    RevokeSignInSessions,
    ListRoleAssignments,
    ListRoleEligibilitySchedules,
    ListGroupEligibilitySchedules,
    GetManager,
    ListApplications,
    GetApplication,
    GetDomain,
    ListOrganization,
}

/// All but the basic properties of a user.
pub(super) const READ_USERS: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// Without one of these, directory roles and units come back as bare ids (SOURCES.md §3.3).
pub(super) const SEE_ROLES: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// For `passwordProfile` this one and no other: User.ReadWrite.All alone is refused (SOURCES.md §2.2).
pub(super) const SET_PASSWORDS: &[&str] = &["User-PasswordProfile.ReadWrite.All"];

/// Application.ReadWrite.OwnedBy reads every application, not only owned ones (SOURCES.md §5.5).
const READ_APPLICATIONS: &[&str] = &[
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// To be heard at all on `PATCH /users/{id}`.
const UPDATE: &[&str] = &[
    "User-PasswordProfile.ReadWrite.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
    "User-Phone.ReadWrite.All",
    "User-Mail.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "User.ManageIdentities.All",
];

fn accepted(act: Act) -> &'static [&'static str] {
    match act {
        Act::ListUsers | Act::GetUser => &[
            "User.ReadBasic.All",
            "User.Read.All",
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        Act::UpdateUser => UPDATE,
        Act::ListPhoneMethods => &[
            "UserAuthMethod-Phone.Read.All",
            "UserAuthMethod-Phone.ReadWrite.All",
            "UserAuthenticationMethod.Read.All",
            "UserAuthenticationMethod.ReadWrite.All",
        ],
        Act::ListTransitiveMemberOf => &[
            "User.Read.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Group.Read.All",
            "GroupMember.Read.All",
        ],
        // Neither is in the slice of the matrix: GDOCS user-list-ownedobjects (whose pages contradict
        // each other, see `OwnedObjects`) and user-list-manager.
        Act::ListOwnedObjects | Act::GetManager => READ_USERS,
        Act::RevokeSignInSessions => {
            &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]
        }
        Act::ListRoleAssignments => SEE_ROLES,
        Act::ListRoleEligibilitySchedules => &[
            "RoleEligibilitySchedule.Read.Directory",
            "RoleEligibilitySchedule.ReadWrite.Directory",
            "RoleManagement.Read.All",
            "RoleManagement.Read.Directory",
            "RoleManagement.ReadWrite.Directory",
        ],
        // GDOCS privilegedaccessgroup-list-eligibilityschedules; the last two only in the endpoint's
        // own words (SOURCES.md §3.4).
        Act::ListGroupEligibilitySchedules => &[
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
            "PrivilegedAccess.Read.AzureADGroup",
            "PrivilegedAccess.ReadWrite.AzureADGroup",
        ],
        Act::ListApplications | Act::GetApplication => READ_APPLICATIONS,
        Act::GetDomain => &["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"],
        Act::ListOrganization => &[
            "Organization.Read.All",
            "Organization.ReadWrite.All",
            "User.Read.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
    }
}

pub(super) fn check(scene: &Scene<'_>, act: Act) -> Result<(), Refusal> {
    if scene.may(accepted(act)) {
        return Ok(());
    }
    Err(match act {
        Act::ListPhoneMethods => Refusal::access_denied(),
        Act::ListRoleEligibilitySchedules | Act::ListGroupEligibilitySchedules => {
            Refusal::scope_not_granted(accepted(act))
        }
        _ => Refusal::denied(),
    })
}
