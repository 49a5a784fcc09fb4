//! What a person belongs to, and what belongs to them (GDOCS user-list-transitivememberof,
//! user-list-ownedobjects; SOURCES.md §3.3).

use serde_json::{Map, Value, json};

use crate::directory::OwnedObjects;
use crate::front::Answer;
use crate::random;
use crate::state::State;

use super::permissions::SEE_ROLES;
use super::query::Query;
use super::reply::{self, Refusal};
use super::{Scene, roles};

/// Small on purpose: a caller that forgets `@odata.nextLink` is found out.
const PAGE: usize = 5;

const GROUP: &[&str] = &[
    "id",
    "displayName",
    "description",
    "isAssignableToRole",
    "securityEnabled",
    "mailEnabled",
    "groupTypes",
    "visibility",
];
const ROLE: &[&str] = &["id", "displayName", "description", "roleTemplateId"];
const UNIT: &[&str] =
    &["id", "displayName", "description", "isMemberManagementRestricted", "visibility"];
const APP: &[&str] = &["id", "displayName", "appId"];

/// One object: what was selected of it, or only its id when its type is hidden from this app.
/// A property that exists on another type is null here, as in the answers of mixed collections.
fn object(
    query: &Query,
    kind: &str,
    own: &[&str],
    hidden: bool,
    all: Map<String, Value>,
) -> Result<Value, Refusal> {
    let id = all.get("id").cloned();
    let known: Vec<&str> = GROUP.iter().chain(ROLE).chain(UNIT).chain(APP).copied().collect();
    let mut shown = query.pick(kind, &known, own, all)?;
    if let Some(map) = shown.as_object_mut() {
        map.retain(|name, _| own.contains(&name.as_str()));
        if hidden {
            map.iter_mut()
                .filter(|(name, _)| *name != "id")
                .for_each(|(_, value)| *value = Value::Null);
        }
        map.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{kind}")));
        if let Some(id) = id {
            map.insert("id".to_owned(), id);
        }
    }
    Ok(shown)
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn group(id: &str, name: &str, assignable: bool) -> Map<String, Value> {
    map(json!({
        "id": id, "displayName": name, "isAssignableToRole": assignable.then_some(true),
        "securityEnabled": true, "mailEnabled": false, "groupTypes": [],
    }))
}

/// `GET /users/{id}/transitiveMemberOf`.
pub(super) fn transitive_member_of(
    state: &State,
    scene: &Scene<'_>,
    key: &str,
) -> Result<Answer, Refusal> {
    // $filter, $search and $count need ConsistencyLevel: eventual and may lag: nobody here should ask.
    let query = Query::of(scene, &["$select", "$top", "$skiptoken"])?;
    let user = scene.user(state, key)?;
    let hidden = !scene.may(SEE_ROLES);
    let mut rows = Vec::new();
    for of in &user.groups {
        rows.push(object(
            &query,
            "group",
            GROUP,
            false,
            group(&of.id, &of.name, of.assignable_to_role),
        )?);
    }
    // Also what a group of theirs holds; never a scoped or a custom role (SOURCES.md §3.4).
    for name in user.roles.iter().chain(&user.group_roles) {
        let role = json!({
            "id": random::derived_guid(&["directory role", &scene.grant.tenant_id, name]),
            "displayName": name, "roleTemplateId": roles::template(name),
        });
        rows.push(object(&query, "directoryRole", ROLE, hidden, map(role))?);
    }
    for unit in &user.units {
        let unit = json!({"id": unit.id, "displayName": unit.name, "isMemberManagementRestricted": unit.restricted});
        rows.push(object(&query, "administrativeUnit", UNIT, hidden, map(unit))?);
    }
    Ok(reply::page(scene, "directoryObjects", rows, &query, PAGE))
}

/// `GET /users/{id}/ownedObjects`. Applications show more than their id only to Application.Read.All.
pub(super) fn owned_objects(
    state: &State,
    scene: &Scene<'_>,
    key: &str,
) -> Result<Answer, Refusal> {
    if scene.tenant(state)?.owned_objects == OwnedObjects::Refused {
        return Err(Refusal::denied());
    }
    let query = Query::of(scene, &["$select", "$top", "$skiptoken"])?;
    let user = scene.user(state, key)?;
    let hidden = !scene.may(&[
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ]);
    let mut rows = Vec::new();
    for owned in &user.owns {
        rows.push(match owned.kind.as_str() {
            "group" => object(&query, "group", GROUP, false, group(&owned.id, &owned.name, owned.assignable_to_role))?,
            kind => {
                let app = json!({"id": owned.id, "displayName": owned.name, "appId": random::derived_guid(&["app", &owned.id])});
                object(&query, kind, APP, hidden, map(app))?
            }
        });
    }
    Ok(reply::page(scene, "directoryObjects", rows, &query, PAGE))
}
