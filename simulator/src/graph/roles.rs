//! Directory roles: who holds which, who may activate which, and whose password an app may set.

use serde_json::{Map, Value, json};

use crate::directory::{App, DirectoryUser};
use crate::front::Answer;
use crate::random;
use crate::state::State;

use super::query::Query;
use super::reply::{self, Refusal};
use super::{Scene, filter};

/// Role template ids (ENTRA permissions-reference; SOURCES.md §5.2, §3.4).
const TEMPLATES: &[(&str, &str)] = &[
    ("User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1"),
    ("Password Administrator", "966707d0-3269-4727-9be2-8c3a10f19b9d"),
    ("Helpdesk Administrator", "729827e3-9c14-49f7-bb1b-9608f156bbb8"),
    ("Authentication Administrator", "c4e39bd9-1100-46d3-8c65-fb160da0071f"),
    ("Privileged Authentication Administrator", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"),
    ("Privileged Role Administrator", "e8611ab8-c189-46e8-94e1-60213ab1f814"),
    ("Global Administrator", "62e90394-69f5-4237-9190-012177145e10"),
    ("Directory Readers", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"),
    ("Guest Inviter", "95e79109-95c0-4d8e-aee3-d01accf2d47b"),
];

/// A role's template id; a custom role gets one of its own.
pub(super) fn template(name: &str) -> String {
    match TEMPLATES.iter().find(|(known, _)| *known == name) {
        Some((_, id)) => (*id).to_owned(),
        None => random::derived_guid(&["role template", name]),
    }
}

/// What an app needs besides the permission where the tenant asks for a role (SOURCES.md §2.2): one
/// that may reset passwords at all.
pub(super) fn may_reset_at_all(app: &App) -> bool {
    const ROLES: [&str; 6] = [
        "User Administrator",
        "Password Administrator",
        "Helpdesk Administrator",
        "Authentication Administrator",
        "Privileged Authentication Administrator",
        "Global Administrator",
    ];
    app.directory_roles.iter().any(|held| ROLES.contains(&held.as_str()))
}

/// Whether an app may set this person's password (ENTRA privileged-roles-permissions, the table
/// "Who can reset passwords"; SOURCES.md §2.3). The permission alone reaches people without a role.
pub(super) fn may_reset(app: &App, target: &DirectoryUser) -> bool {
    let holds = |role: &str| app.directory_roles.iter().any(|held| held == role);
    if holds("Global Administrator") || holds("Privileged Authentication Administrator") {
        return true;
    }
    let guarded_group = target.groups.iter().any(|group| group.assignable_to_role)
        || target.owns.iter().any(|owned| owned.assignable_to_role);
    if guarded_group || target.is_restricted() {
        return false;
    }
    let scoped = target.scoped_roles.iter().map(|scoped| &scoped.role);
    target.roles.iter().chain(&target.group_roles).chain(scoped).all(|role| match role.as_str() {
        "Directory Readers" | "Guest Inviter" => true,
        "Password Administrator" => [
            "Password Administrator",
            "Helpdesk Administrator",
            "Authentication Administrator",
            "User Administrator",
        ]
        .into_iter()
        .any(holds),
        "Message Center Reader"
        | "Reports Reader"
        | "Usage Summary Reports Reader"
        | "User Experience Success Manager" => {
            ["Helpdesk Administrator", "Authentication Administrator", "User Administrator"]
                .into_iter()
                .any(holds)
        }
        "Helpdesk Administrator" => holds("Helpdesk Administrator") || holds("User Administrator"),
        "User Administrator" | "Groups Administrator" => holds("User Administrator"),
        "Authentication Administrator" => holds("Authentication Administrator"),
        _ => false,
    })
}

/// The person whom `$filter=principalId eq '…'` names; without that filter the stand-in lists nobody.
pub(super) fn principal<'s>(
    state: &'s State,
    scene: &Scene<'_>,
    query: &Query,
) -> Result<Option<&'s DirectoryUser>, Refusal> {
    let Some(text) = &query.filter else {
        return Err(Refusal::bad("A filter on principalId, roleDefinitionId or id is required."));
    };
    let any = filter::parse(text, &["principalId"])?;
    let [only] = any.as_slice() else {
        return Err(Refusal::unsupported("Only one principalId at a time."));
    };
    if uuid::Uuid::parse_str(&only.value).is_err() {
        return Err(Refusal::bad(format!("Invalid object identifier '{}'.", only.value)));
    }
    Ok(scene.tenant(state)?.users.iter().find(|user| user.id.eq_ignore_ascii_case(&only.value)))
}

fn row(
    scene: &Scene<'_>,
    kind: &str,
    user: &DirectoryUser,
    role: &str,
    scope: &str,
) -> Map<String, Value> {
    let row = json!({
        "id": random::derived_guid(&[kind, &scene.grant.tenant_id, &user.id, role, scope]),
        "principalId": user.id,
        "roleDefinitionId": template(role),
        "directoryScopeId": scope,
        "appScopeId": null,
        "condition": null,
        "createdDateTime": "2026-01-12T09:30:00Z",
        "modifiedDateTime": "2026-01-12T09:30:00Z",
        "createdUsing": random::derived_guid(&["request", kind, &user.id, role]),
        "status": "Provisioned",
        "memberType": "Direct",
        "scheduleInfo": {
            "startDateTime": "2026-01-12T09:30:00Z", "recurrence": null,
            "expiration": {"type": "noExpiration", "endDateTime": null, "duration": null},
        },
    });
    match row {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

const OPTIONS: &[&str] = &["$filter", "$select", "$skiptoken"];
const PAGE: usize = 100;

/// `GET /roleManagement/directory/roleAssignments`: active and direct ones only; those over a part of
/// the directory and custom ones stand here and nowhere else.
pub(super) fn assignments(state: &State, scene: &Scene<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(scene, OPTIONS)?;
    let names = ["id", "principalId", "directoryScopeId", "roleDefinitionId"];
    let known = [&names[..], &["appScopeId", "condition"]].concat();
    let mut rows = Vec::new();
    if let Some(user) = principal(state, scene, &query)? {
        let whole = user.roles.iter().map(|role| (role, "/".to_owned()));
        let parts = user.scoped_roles.iter().map(|scoped| {
            let unit = scoped.unit.as_ref();
            (&scoped.role, unit.map_or("/".to_owned(), |id| format!("/administrativeUnits/{id}")))
        });
        for (role, scope) in whole.chain(parts) {
            let all = row(scene, "assignment", user, role, &scope);
            rows.push(query.pick("unifiedRoleAssignment", &known, &names, all)?);
        }
    }
    Ok(reply::page(scene, "roleManagement/directory/roleAssignments", rows, &query, PAGE))
}

/// PIM needs P2; without it a read is refused so (SOURCES.md §3.4).
pub(super) fn licensed(state: &State, scene: &Scene<'_>) -> Result<(), Refusal> {
    if scene.tenant(state)?.premium_p2 {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
    ))
}

/// `GET /roleManagement/directory/roleEligibilitySchedules`: PIM's, so [`licensed`].
pub(super) fn eligibilities(state: &State, scene: &Scene<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(scene, OPTIONS)?;
    licensed(state, scene)?;
    let names = [
        "id",
        "principalId",
        "roleDefinitionId",
        "directoryScopeId",
        "appScopeId",
        "createdUsing",
        "createdDateTime",
        "modifiedDateTime",
        "status",
        "memberType",
        "scheduleInfo",
    ];
    let mut rows = Vec::new();
    if let Some(user) = principal(state, scene, &query)? {
        for role in &user.eligible_roles {
            rows.push(query.pick(
                "unifiedRoleEligibilitySchedule",
                &names,
                &names,
                row(scene, "eligibility", user, role, "/"),
            )?);
        }
    }
    Ok(reply::page(scene, "roleManagement/directory/roleEligibilitySchedules", rows, &query, PAGE))
}
