//! What gives somebody power over others: roles, groups, units, and what they own. The words of
//! Microsoft's lists, and what each of them means. Pure.

use serde::Deserialize;
use shared::{Code, Finding};

/// Something that a person belongs to or owns, of whatever kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    #[serde(rename = "@odata.type", default)]
    kind: String,
    #[serde(default)]
    id: String,
    /// Each has one. An object without is one that we were not allowed to see.
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    role_template_id: Option<String>,
    #[serde(default)]
    is_assignable_to_role: Option<bool>,
    #[serde(default)]
    is_member_management_restricted: Option<bool>,
}

impl Object {
    /// What is read of memberships.
    pub(super) const MEMBERSHIP: &str =
        "id,displayName,isAssignableToRole,roleTemplateId,isMemberManagementRestricted";
    /// What is read of what somebody owns.
    pub(super) const OWNED: &str = "id,displayName,isAssignableToRole";
}

/// A role that somebody holds or may activate, tenant-wide or for a part of it, built in or custom.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role {
    #[serde(default)]
    role_definition_id: Option<String>,
}

/// That somebody may become a member or an owner of a group.
#[derive(Deserialize)]
pub(super) struct Eligible {}

/// Roles that give no power over others: Directory Readers and Guest Inviter. A built-in role's
/// definition has the id of its template. (Entra "Privileged roles and permissions": for those who
/// reset passwords, people who hold these count as ordinary.)
const HARMLESS_ROLES: [&str; 2] =
    ["88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "95e79109-95c0-4d8e-aee3-d01accf2d47b"];

fn harmless(role: Option<&str>) -> bool {
    role.is_some_and(|role| HARMLESS_ROLES.iter().any(|it| it.eq_ignore_ascii_case(role)))
}

fn privileged(about: &str) -> Finding {
    Finding { code: Code::PersonPrivileged, about: Some(about.into()) }
}

/// A group of which we see no more than that it is there: it may be role-assignable. (Graph
/// "Limited information returned for inaccessible member objects".)
fn unseen() -> Finding {
    let about = "GroupMember.Read.All (a group of this person is hidden from the app)";
    Finding { code: Code::M365PermissionMissing, about: Some(about.into()) }
}

/// What stands in the way among the things that a person is in, directly or through others.
/// `guarded` are the groups whose members need a second technician.
pub(super) fn of_memberships(
    all: &[Object],
    protected_group: Option<&str>,
    guarded: &[String],
) -> Vec<Finding> {
    let mut found: Vec<Finding> = all.iter().filter_map(of_membership).collect();
    if let Some(group) = protected_group {
        // What is no object id is nobody's group: the customer meant one, and we can't tell which.
        let known = uuid::Uuid::parse_str(group).is_ok();
        if !known || all.iter().any(|object| object.id.eq_ignore_ascii_case(group)) {
            let about = "the protected group in the integration’s settings is no object id";
            let about = (!known).then(|| about.to_owned());
            found.push(Finding { code: Code::PersonProtected, about });
        }
    }
    let is_guarded =
        |object: &Object| guarded.iter().any(|group| object.id.eq_ignore_ascii_case(group));
    if all.iter().any(is_guarded) {
        found.push(Code::ApprovalNeeded.into());
    }
    found
}

fn of_membership(object: &Object) -> Option<Finding> {
    match object.kind.as_str() {
        "#microsoft.graph.directoryRole" => (!harmless(object.role_template_id.as_deref()))
            .then(|| privileged("holds a directory role")),
        "#microsoft.graph.group" => match object.is_assignable_to_role {
            Some(true) => Some(privileged("is in a role-assignable group")),
            _ => object.display_name.is_none().then(unseen),
        },
        // The person's own `isManagementRestricted` says the same, so a unit that hides it is none.
        "#microsoft.graph.administrativeUnit" => (object.is_member_management_restricted
            == Some(true))
        .then(|| Code::PersonRestricted.into()),
        // A kind that we don't know may be one that gives power.
        _ => Some(privileged("belongs to something of an unknown kind")),
    }
}

/// What stands in the way among the things that a person owns. Whoever owns an application can
/// give it a secret of their own and act with its permissions.
pub(super) fn of_owned(all: &[Object]) -> Vec<Finding> {
    let of_one = |object: &Object| match object.kind.as_str() {
        "#microsoft.graph.group" => match object.is_assignable_to_role {
            Some(true) => Some(privileged("owns a role-assignable group")),
            _ => object.display_name.is_none().then(unseen),
        },
        "#microsoft.graph.application" => Some(privileged("owns an application")),
        "#microsoft.graph.servicePrincipal" => Some(privileged("owns a service principal")),
        _ => Some(privileged("owns something of an unknown kind")),
    };
    all.iter().filter_map(of_one).collect()
}

/// Roles that somebody holds now.
pub(super) fn of_assignments(all: &[Role]) -> Vec<Finding> {
    of_roles(all, "holds a directory role")
}

/// Roles that somebody may activate.
pub(super) fn of_eligibilities(all: &[Role]) -> Vec<Finding> {
    of_roles(all, "may activate a directory role")
}

fn of_roles(all: &[Role], about: &str) -> Vec<Finding> {
    let power = all.iter().any(|role| !harmless(role.role_definition_id.as_deref()));
    power.then(|| privileged(about)).into_iter().collect()
}

/// Groups that somebody may join. Only groups that somebody thought worth guarding are under PIM:
/// any of them counts.
pub(super) fn of_groups(all: &[Eligible]) -> Vec<Finding> {
    let any = !all.is_empty();
    any.then(|| privileged("may join a privileged group")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
    const HELPDESK: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";
    const GROUP: &str = "e1a34821-79d1-4b64-a0bf-453a43071be1";

    fn told(found: &[Finding]) -> Vec<String> {
        let one = |finding: &Finding| {
            let about = finding.about.as_deref().unwrap_or_default();
            format!("{} {about}", finding.code.as_str()).trim_end().to_owned()
        };
        found.iter().map(one).collect()
    }

    fn object(kind: &str, more: &str) -> Object {
        let json = format!(r##"{{"@odata.type":"#microsoft.graph.{kind}","id":"{GROUP}"{more}}}"##);
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn what_memberships_mean() {
        let check = |kind: &str, more: &str, expected: &str| {
            let expected: Vec<&str> =
                Some(expected).filter(|it| !it.is_empty()).into_iter().collect();
            assert_eq!(
                told(&of_memberships(&[object(kind, more)], None, &[])),
                expected,
                "{kind} {more}"
            );
        };
        let role = "person-privileged holds a directory role";
        check("directoryRole", "", role);
        check("directoryRole", &format!(r#","roleTemplateId":"{HELPDESK}""#), role);
        check("directoryRole", &format!(r#","roleTemplateId":"{READERS}""#), "");
        check("directoryRole", &format!(r#","roleTemplateId":"{}""#, READERS.to_uppercase()), "");
        let group = "person-privileged is in a role-assignable group";
        check("group", r#","displayName":"G","isAssignableToRole":null"#, "");
        check("group", r#","displayName":"G","isAssignableToRole":false"#, "");
        check("group", r#","displayName":"G","isAssignableToRole":true"#, group);
        let hidden = "m365-permission-missing GroupMember.Read.All (a group of this person is hidden from the app)";
        check("group", r#","displayName":null,"isAssignableToRole":null"#, hidden);
        check("administrativeUnit", "", "");
        check("administrativeUnit", r#","isMemberManagementRestricted":true"#, "person-restricted");
        let unknown = "person-privileged belongs to something of an unknown kind";
        check("agentGroup", r#","displayName":"G""#, unknown);
        let bare: Object = serde_json::from_str("{}").unwrap();
        assert_eq!(told(&of_memberships(&[bare], None, &[])), [unknown]);
    }

    #[test]
    fn the_protected_group_is_found_by_its_id_and_never_overlooked() {
        let check = |in_it: &[Object], group: &str, expected: &[&str]| {
            assert_eq!(told(&of_memberships(in_it, Some(group), &[])), expected, "{group}");
        };
        let plain = [object("group", r#","displayName":"G""#)];
        check(&plain, GROUP, &["person-protected"]);
        check(&plain, &GROUP.to_uppercase(), &["person-protected"]);
        check(&plain, "e1a34821-79d1-4b64-a0bf-453a43071be2", &[]);
        check(&[], GROUP, &[]);
        let typo =
            "person-protected the protected group in the integration’s settings is no object id";
        check(&[], "VIPs", &[typo]);
        check(&[], "", &[typo]);
    }

    #[test]
    fn members_of_guarded_groups_need_a_second_technician() {
        let plain = [object("group", r#","displayName":"G""#)];
        let check = |guarded: &[&str], expected: &[&str]| {
            let guarded: Vec<String> = guarded.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(told(&of_memberships(&plain, None, &guarded)), expected, "{guarded:?}");
        };
        check(&[], &[]);
        check(&["e1a34821-79d1-4b64-a0bf-453a43071be2"], &[]);
        check(&["e1a34821-79d1-4b64-a0bf-453a43071be2", GROUP], &["approval-needed"]);
        check(&[&GROUP.to_uppercase()], &["approval-needed"]);
    }

    #[test]
    fn what_is_owned() {
        let check = |kind: &str, more: &str, expected: &str| {
            let expected: Vec<&str> =
                Some(expected).filter(|it| !it.is_empty()).into_iter().collect();
            assert_eq!(told(&of_owned(&[object(kind, more)])), expected, "{kind} {more}");
        };
        check("group", r#","displayName":"Team""#, "");
        check(
            "group",
            r#","displayName":"T0","isAssignableToRole":true"#,
            "person-privileged owns a role-assignable group",
        );
        check("application", "", "person-privileged owns an application");
        check("servicePrincipal", "", "person-privileged owns a service principal");
        check("agentIdentity", "", "person-privileged owns something of an unknown kind");
        assert_eq!(told(&of_owned(&[])), [""; 0]);
    }

    #[test]
    fn roles_held_and_eligible() {
        let roles = |ids: &[&str]| -> Vec<Role> {
            let role = |id: &&str| serde_json::from_str(&format!(r#"{{"roleDefinitionId":{id}}}"#));
            ids.iter().map(|id| role(id).unwrap()).collect()
        };
        let (readers, helpdesk) = (format!("\"{READERS}\""), format!("\"{HELPDESK}\""));
        assert!(of_assignments(&roles(&[])).is_empty());
        assert!(of_assignments(&roles(&[&readers])).is_empty());
        let held = told(&of_assignments(&roles(&[&readers, &helpdesk])));
        assert_eq!(held, ["person-privileged holds a directory role"]);
        // Custom roles, and those whose definition we are not told.
        for other in ["\"0b9a4f0c-6d8e-4d27-9f5f-000000000001\"", "null"] {
            let eligible = told(&of_eligibilities(&roles(&[other])));
            assert_eq!(eligible, ["person-privileged may activate a directory role"]);
        }
        let joined = told(&of_groups(&[Eligible {}]));
        assert_eq!(joined, ["person-privileged may join a privileged group"]);
        assert!(of_groups(&[]).is_empty());
    }
}
