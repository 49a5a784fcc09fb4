//! `PATCH /users/{id}` with a `passwordProfile`: the one act that cannot be undone
//! (GDOCS user-update, example 3; SOURCES.md §2).

use serde_json::{Map, Value};

use crate::directory::{App, DirectoryUser, SetBy, Tenant};
use crate::front::{Answer, Call};
use crate::state::{PasswordPatch, State};
use crate::world::World;

use super::permissions::SET_PASSWORDS;
use super::reply::Refusal;
use super::{Scene, roles};

/// Real properties that another permission could change; naming one beside `passwordProfile` makes
/// the whole call 403 (SOURCES.md §2.1, a live report).
const OTHERS: &[&str] = &[
    "accountEnabled",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "mobilePhone",
    "businessPhones",
    "otherMails",
    "passwordPolicies",
    "userPrincipalName",
    "identities",
    "jobTitle",
    "department",
    "usageLocation",
];

/// What the body asks for.
struct Ask {
    password: Option<String>,
    force: Option<bool>,
    force_with_mfa: Option<bool>,
}

pub(super) fn update(state: &mut State, scene: &Scene<'_>, key: &str) -> Result<Answer, Refusal> {
    // What arrived is written down even when it is refused: a retry must carry the same password.
    let outcome = judge(state, scene, key);
    let applied = outcome.is_ok();
    note(state, scene.call, key, &scene.grant.tenant_id, applied);
    let (id, ask) = outcome?;
    let tenant = state.tenants.iter_mut().find(|tenant| tenant.id == scene.grant.tenant_id);
    let Some(user) = tenant.and_then(|tenant| tenant.users.iter_mut().find(|user| user.id == id))
    else {
        return Err(Refusal::not_found(key));
    };
    if let Some(new) = &ask.password {
        user.set_password(new, SetBy::Graph, scene.call.now_ms);
    }
    // GDOCS passwordProfile: absent means false for a new password.
    user.must_change =
        ask.force.unwrap_or(if ask.password.is_some() { false } else { user.must_change });
    user.must_change_with_mfa = ask.force_with_mfa.unwrap_or(false);
    Ok(Answer::empty(204))
}

fn judge(state: &State, scene: &Scene<'_>, key: &str) -> Result<(String, Ask), Refusal> {
    if scene.call.content_type() != "application/json" {
        return Err(Refusal::odata(
            "Write requests (excluding DELETE) must contain the Content-Type header declaration.",
        ));
    }
    let ask = read(&scene.call.body)?;
    if !scene.may(SET_PASSWORDS) {
        return Err(Refusal::denied());
    }
    let tenant = scene.tenant(state)?;
    if tenant.role_needed && !roles::may_reset_at_all(&tenant.app) {
        return Err(Refusal::denied());
    }
    let user = tenant.user(key).ok_or_else(|| Refusal::not_found(key))?;
    target(tenant, &tenant.app, user)?;
    if ask.password.as_ref().is_some_and(|new| !super::takes_password(tenant, user, new)) {
        return Err(Refusal::too_simple());
    }
    Ok((user.id.clone(), ask))
}

/// Whose password cannot be set, whatever it is (SOURCES.md §2.3, §2.5, §2.7). A disabled person's can.
fn target(tenant: &Tenant, app: &App, user: &DirectoryUser) -> Result<(), Refusal> {
    if user.is_guest() {
        return Err(Refusal::bad("Property userPrincipalName is invalid."));
    }
    if !roles::may_reset(app, user) {
        return Err(if user.is_restricted() {
            // Wording [K].
            Refusal::new(
                403,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation. Target object is a member of a restricted management administrative unit and can only be modified by administrators scoped to that administrative unit.",
            )
        } else {
            Refusal::denied()
        });
    }
    if user.synced {
        return Err(Refusal::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    if tenant.domain_of(&user.upn).is_some_and(|domain| domain.authentication == "Federated") {
        // The page says "cannot be used for federated users"; the exact words of the 400 are [K].
        return Err(Refusal::bad("The password of a federated user cannot be updated."));
    }
    Ok(())
}

fn read(body: &str) -> Result<Ask, Refusal> {
    if body.trim().is_empty() {
        return Err(Refusal::odata("Empty Payload. JSON content expected."));
    }
    let Ok(Value::Object(body)) = serde_json::from_str(body) else {
        return Err(Refusal::odata(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        ));
    };
    let others: Vec<&String> = body.keys().filter(|name| *name != "passwordProfile").collect();
    if let Some(name) = others.iter().find(|name| !OTHERS.contains(&name.as_str())) {
        return Err(Refusal::bad(format!(
            "Property '{name}' does not exist as a declared property or extension property."
        )));
    }
    if !others.is_empty() {
        return Err(Refusal::denied());
    }
    let Some(Value::Object(profile)) = body.get("passwordProfile") else {
        return Err(Refusal::bad(
            "Invalid value specified for property 'passwordProfile' of resource 'User'.",
        ));
    };
    let known =
        ["password", "forceChangePasswordNextSignIn", "forceChangePasswordNextSignInWithMfa"];
    if let Some(name) = profile.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::odata(format!(
            "The property '{name}' does not exist on type 'microsoft.graph.passwordProfile'. Make sure to only use property names that are defined by the type."
        )));
    }
    let password = match profile.get("password") {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => return Err(invalid("password")),
    };
    let ask =
        Ask { password, force: flag(profile, known[1])?, force_with_mfa: flag(profile, known[2])? };
    if ask.password.is_none() && ask.force.is_none() && ask.force_with_mfa.is_none() {
        return Err(invalid("passwordProfile"));
    }
    Ok(ask)
}

fn flag(profile: &Map<String, Value>, name: &str) -> Result<Option<bool>, Refusal> {
    match profile.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(invalid(name)),
    }
}

fn invalid(name: &str) -> Refusal {
    Refusal::bad(format!("Invalid value specified for property '{name}' of resource 'User'."))
}

fn note(state: &mut State, call: &Call, key: &str, tenant_id: &str, applied: bool) {
    let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
    let Some(password) = body["passwordProfile"]["password"].as_str() else { return };
    let tenant = state.tenants.iter().find(|tenant| tenant.id == tenant_id);
    let Some(id) = tenant.and_then(|tenant| tenant.user(key)).map(|user| user.id.clone()) else {
        return;
    };
    state
        .patches
        .push((id, PasswordPatch { at_ms: call.now_ms, password: password.to_owned(), applied }));
}

/// A `PATCH` that a fault kept from being looked at: it arrived, and changed nothing.
pub(crate) fn not_applied(world: &World, call: &Call) {
    let Ok(segments) = super::path::plain(call.segments()) else { return };
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ("PATCH", ["v1.0", "users", key]) = (call.method.as_str(), path.as_slice()) else { return };
    let token = call.header("authorization").trim_start_matches("Bearer ");
    world.change(|state| {
        if let Some(grant) = state.tokens.get(token).cloned() {
            note(state, call, key, &grant.tenant_id, false);
        }
    });
}
