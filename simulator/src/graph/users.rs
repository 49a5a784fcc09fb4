//! Reading users and their registered phones; ending their sessions.

use serde_json::{Map, Value, json};

use crate::dates;
use crate::directory::DirectoryUser;
use crate::front::Answer;
use crate::state::State;

use super::permissions::READ_USERS;
use super::query::Query;
use super::reply::{self, Refusal};
use super::{Scene, filter};

/// What comes back without `$select` (GDOCS user-get).
const DEFAULTS: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// What the stand-in knows of a user; asking for more is refused rather than answered with an untrue null.
const KNOWN: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
    "accountEnabled",
    "userType",
    "creationType",
    "externalUserState",
    "onPremisesSyncEnabled",
    "isResourceAccount",
    "isManagementRestricted",
    "lastPasswordChangeDateTime",
    "proxyAddresses",
    "identities",
    "signInSessionsValidFromDateTime",
    "assignedLicenses",
];

/// All that User.ReadBasic.All shows (`limitedToProperties`).
const BASIC: &[&str] = &[
    "displayName",
    "givenName",
    "id",
    "mail",
    "photo",
    "securityIdentifier",
    "surname",
    "userPrincipalName",
];

/// What a list may be filtered by without `ConsistencyLevel` (GDOCS user, properties).
const FILTERED: &[&str] =
    &["id", "mail", "userPrincipalName", "proxyAddresses", "accountEnabled", "userType"];

/// GDOCS user-list: 100 by default.
const PAGE: usize = 100;

fn properties(user: &DirectoryUser, domain: &str) -> Map<String, Value> {
    let identity = json!([{"signInType": "userPrincipalName", "issuer": domain, "issuerAssignedId": user.upn}]);
    let all = json!({
        "id": user.id,
        "userPrincipalName": user.upn,
        "mail": user.mail,
        "displayName": user.display_name,
        "givenName": user.given_name,
        "surname": user.surname,
        "accountEnabled": user.enabled,
        "userType": user.user_type,
        "creationType": user.creation_type,
        "externalUserState": user.external_user_state,
        // Never synced is null, not false.
        "onPremisesSyncEnabled": user.synced.then_some(true),
        "isResourceAccount": user.resource_account.then_some(true),
        "isManagementRestricted": user.is_restricted().then_some(true),
        "lastPasswordChangeDateTime": user.password_set_at_ms.map(dates::iso),
        "signInSessionsValidFromDateTime": user.sessions_revoked_at_ms.map(dates::iso),
        "preferredLanguage": user.preferred_language,
        "proxyAddresses": user.proxy_addresses(),
        "identities": if user.is_guest() { json!([]) } else { identity },
        "assignedLicenses": user.licences.iter().map(|sku| json!({"skuId": sku, "disabledPlans": []})).collect::<Vec<_>>(),
        // The directory's own phone fields are not authentication methods: empty, so that nobody relies on them.
        "businessPhones": [],
        "mobilePhone": null,
        "jobTitle": null,
        "officeLocation": null,
    });
    match all {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn show(
    state: &State,
    scene: &Scene<'_>,
    user: &DirectoryUser,
    query: &Query,
) -> Result<Value, Refusal> {
    let tenant = scene.tenant(state)?;
    let domain =
        tenant.domains.iter().find(|domain| domain.default).map(|domain| domain.name.as_str());
    let mut shown =
        query.pick("user", KNOWN, DEFAULTS, properties(user, domain.unwrap_or_default()))?;
    if !scene.may(READ_USERS) {
        if query.select.iter().flatten().any(|name| !BASIC.contains(&name.as_str())) {
            return Err(Refusal::denied());
        }
        if let Some(map) = shown.as_object_mut() {
            map.retain(|name, _| BASIC.contains(&name.as_str()));
        }
    }
    Ok(shown)
}

/// `GET /users`.
pub(super) fn list(state: &State, scene: &Scene<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(scene, &["$filter", "$select", "$top", "$skiptoken"])?;
    let filter = match &query.filter {
        Some(text) => Some(filter::parse_any(text, FILTERED)?),
        None => None,
    };
    let tenant = scene.tenant(state)?;
    let found = tenant.users.iter().filter(|user| {
        filter.as_ref().is_none_or(|any| any.iter().any(|all| all.iter().all(|it| it.holds(user))))
    });
    let rows = found.map(|user| show(state, scene, user, &query)).collect::<Result<Vec<_>, _>>()?;
    let context = match &query.select {
        Some(names) => format!("users({})", names.join(",")),
        None => "users".to_owned(),
    };
    Ok(reply::page(scene, &context, rows, &query, PAGE))
}

/// `GET /users/{id|upn}`.
pub(super) fn get(state: &State, scene: &Scene<'_>, key: &str) -> Result<Answer, Refusal> {
    let query = Query::of(scene, &["$select"])?;
    let user = scene.user(state, key)?;
    let mut shown = show(state, scene, user, &query)?;
    shown["@odata.context"] = match &query.select {
        Some(names) => scene.context(&format!("users({})/$entity", names.join(","))),
        None => scene.context("users/$entity"),
    };
    Ok(Answer::json(200, shown))
}

/// `GET /users/{id}/manager`: 404 for somebody without one (GDOCS user-list-manager).
pub(super) fn manager(state: &State, scene: &Scene<'_>, key: &str) -> Result<Answer, Refusal> {
    let query = Query::of(scene, &["$select"])?;
    let id = scene.user(state, key)?.manager.as_deref();
    let found = id.and_then(|id| scene.tenant(state).ok()?.user(id));
    let mut shown =
        show(state, scene, found.ok_or_else(|| Refusal::not_found("manager"))?, &query)?;
    shown["@odata.context"] = scene.context("directoryObjects/$entity");
    shown["@odata.type"] = json!("#microsoft.graph.user");
    Ok(Answer::json(200, shown))
}

/// `GET /users/{id}/authentication/phoneMethods`: fixed ids per type, no query options
/// (GDOCS authentication-list-phonemethods; SOURCES.md §3.1).
pub(super) fn phone_methods(
    state: &State,
    scene: &Scene<'_>,
    key: &str,
) -> Result<Answer, Refusal> {
    Query::of(scene, &[])?;
    // This backend is another one, in camelCase [K].
    let user = scene
        .user(state, key)
        .map_err(|_| Refusal::new(404, "resourceNotFound", "User not found."))?;
    let rows: Vec<Value> = user.phones.iter().map(|phone| {
        let id = match phone.kind.as_str() {
            "alternateMobile" => "b6332ec1-7057-4abe-9331-3d72feddfe41",
            "office" => "e37fc753-ff3b-4958-9484-eaa9425c82bc",
            _ => "3179e48a-750b-4051-897c-87b9720928f7",
        };
        let usual = if phone.kind == "mobile" { "notAllowedByPolicy" } else { "notSupported" };
        let sign_in = user.sms_sign_in_state.as_deref().unwrap_or(usual);
        json!({"id": id, "phoneNumber": phone.number, "phoneType": phone.kind, "smsSignInState": sign_in})
    }).collect();
    let context = scene.context(&format!("users('{key}')/authentication/phoneMethods"));
    Ok(Answer::json(200, json!({"@odata.context": context, "value": rows})))
}

/// `POST /users/{id}/revokeSignInSessions` (SOURCES.md §2.8).
pub(super) fn revoke(state: &mut State, scene: &Scene<'_>, key: &str) -> Result<Answer, Refusal> {
    let id = scene.user(state, key)?.id.clone();
    let users = state.tenants.iter_mut().flat_map(|tenant| &mut tenant.users);
    // Guests sign in at home: the call says yes and ends nothing.
    for user in users.filter(|user| user.id == id && !user.is_guest()) {
        user.sessions_revoked_at_ms = Some(scene.call.now_ms);
    }
    Ok(Answer::json(200, json!({"@odata.context": scene.context("Edm.Boolean"), "value": true})))
}
