//! Microsoft Graph v1.0: the calls that a password reset needs, and no others.
//! Route → token → permission → act; each refusal in Graph's own words.

mod applications;
mod filter;
mod groups;
mod members;
mod password;
mod patch;
mod path;
mod permissions;
mod query;
mod reply;
mod roles;
mod tenant;
mod users;

use serde_json::{Value, json};

use crate::directory::{DirectoryUser, NextLink, Tenant};
use crate::front::{Answer, Call};
use crate::state::{Grant, State};
use crate::world::World;

pub(crate) use patch::not_applied;
use permissions::Act;
use reply::Refusal;

/// Everything that an act may look at.
struct Scene<'a> {
    call: &'a Call,
    grant: Grant,
    graph_url: String,
    paging: Paging,
}

/// How the tenant cuts its collections into pages.
struct Paging {
    size: Option<usize>,
    next_link: NextLink,
}

impl Scene<'_> {
    fn may(&self, accepted: &[&str]) -> bool {
        accepted.iter().any(|role| self.grant.roles.iter().any(|held| held == role))
    }

    /// The caller's own tenant: no request ever sees another.
    fn tenant<'s>(&self, state: &'s State) -> Result<&'s Tenant, Refusal> {
        let found = state.tenants.iter().find(|tenant| tenant.id == self.grant.tenant_id);
        found.ok_or_else(|| Refusal::not_found(&self.grant.tenant_id))
    }

    fn user<'s>(&self, state: &'s State, key: &str) -> Result<&'s DirectoryUser, Refusal> {
        self.tenant(state)?.user(key).ok_or_else(|| Refusal::not_found(key))
    }

    fn context(&self, of: &str) -> Value {
        json!(format!("{}/v1.0/$metadata#{of}", self.graph_url))
    }
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    match route(world, call) {
        Ok(answer) => reply::finish(call, answer),
        Err(refusal) => reply::refuse(call, &refusal),
    }
}

fn route(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let segments = path::plain(call.segments())?;
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let Some((act, target)) = find_act(call.method.as_str(), &path) else {
        return Err(Refusal::no_such_route(path.last().copied().unwrap_or_default()));
    };
    let grant = authenticate(world, call)?;
    let paging = world.read(|state| {
        let tenant = state.tenants.iter().find(|tenant| tenant.id == grant.tenant_id);
        Paging {
            size: tenant.and_then(|tenant| tenant.page_size),
            next_link: tenant.map(|tenant| tenant.next_link.clone()).unwrap_or_default(),
        }
    });
    let scene = Scene { call, grant, graph_url: world.graph_url(), paging };
    permissions::check(&scene, act)?;
    match act {
        Act::ListUsers => world.read(|state| users::list(state, &scene)),
        Act::GetUser => world.read(|state| users::get(state, &scene, target)),
        Act::UpdateUser => world.change(|state| patch::update(state, &scene, target)),
        Act::ListPhoneMethods => world.read(|state| users::phone_methods(state, &scene, target)),
        Act::ListTransitiveMemberOf => {
            world.read(|state| members::transitive_member_of(state, &scene, target))
        }
        Act::ListOwnedObjects => world.read(|state| members::owned_objects(state, &scene, target)),
        Act::RevokeSignInSessions => world.change(|state| users::revoke(state, &scene, target)),
        Act::ListRoleAssignments => world.read(|state| roles::assignments(state, &scene)),
        Act::ListRoleEligibilitySchedules => {
            world.read(|state| roles::eligibilities(state, &scene))
        }
        Act::ListGroupEligibilitySchedules => {
            world.read(|state| groups::eligibilities(state, &scene))
        }
        Act::GetManager => world.read(|state| users::manager(state, &scene, target)),
        Act::ListApplications => world.read(|state| applications::list(state, &scene)),
        Act::GetApplication => world.read(|state| applications::get(state, &scene, target)),
        Act::GetDomain => world.read(|state| tenant::domain(state, &scene, target)),
        Act::ListOrganization => world.read(|state| tenant::organization(state, &scene)),
    }
}

fn find_act<'p>(method: &str, path: &[&'p str]) -> Option<(Act, &'p str)> {
    let ("v1.0", rest) = path.split_first().map(|(first, rest)| (*first, rest))? else {
        return None;
    };
    Some(match (method, rest) {
        ("GET", ["users"]) => (Act::ListUsers, ""),
        ("GET", ["users", user]) => (Act::GetUser, user),
        ("PATCH", ["users", user]) => (Act::UpdateUser, user),
        ("GET", ["users", user, "authentication", "phoneMethods"]) => (Act::ListPhoneMethods, user),
        ("GET", ["users", user, "transitiveMemberOf"]) => (Act::ListTransitiveMemberOf, user),
        ("GET", ["users", user, "ownedObjects"]) => (Act::ListOwnedObjects, user),
        ("POST", ["users", user, "revokeSignInSessions"]) => (Act::RevokeSignInSessions, user),
        ("GET", ["roleManagement", "directory", "roleAssignments"]) => {
            (Act::ListRoleAssignments, "")
        }
        ("GET", ["roleManagement", "directory", "roleEligibilitySchedules"]) => {
            (Act::ListRoleEligibilitySchedules, "")
        }
        ("GET", ["users", user, "manager"]) => (Act::GetManager, user),
        ("GET", ["identityGovernance", "privilegedAccess", "group", "eligibilitySchedules"]) => {
            (Act::ListGroupEligibilitySchedules, "")
        }
        ("GET", ["applications"]) => (Act::ListApplications, ""),
        ("GET", [path::APPLICATION_BY_APP_ID, app_id]) => (Act::GetApplication, app_id),
        ("GET", ["domains", domain]) => (Act::GetDomain, domain),
        ("GET", ["organization"]) => (Act::ListOrganization, ""),
        _ => return None,
    })
}

/// 401 `InvalidAuthenticationToken` for a missing, unknown or expired token (SOURCES.md §1.8, §2.7).
fn authenticate(world: &World, call: &Call) -> Result<Grant, Refusal> {
    let Some(token) = call.header("authorization").strip_prefix("Bearer ") else {
        return Err(Refusal::token("Access token is empty."));
    };
    let Some(grant) = world.read(|state| state.tokens.get(token).cloned()) else {
        return Err(Refusal::token(
            "Access token validation failure. Invalid audience or signature.",
        ));
    };
    if grant.expires_ms <= call.now_ms {
        return Err(Refusal::token("Lifetime validation failed, the token is expired."));
    }
    Ok(grant)
}

/// Whether Entra would take this as the person's password.
pub(crate) fn takes_password(tenant: &Tenant, user: &DirectoryUser, new: &str) -> bool {
    let local = user.upn.split('@').next().unwrap_or_default();
    password::passes(new, &[&user.given_name, &user.surname, local, &tenant.name])
}

/// What Graph answers when told to (SOURCES.md §2.7, §4).
pub(crate) fn trouble(call: &Call, status: u16) -> Answer {
    let (code, message) = match status {
        429 => ("TooManyRequests", "Too many requests. Please wait and try again."),
        409 => (
            "Directory_ConcurrencyViolation",
            "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
        ),
        401 => ("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
        403 => {
            ("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        }
        404 => (
            "Request_ResourceNotFound",
            "The resource does not exist or one of its queried reference-property objects are not present.",
        ),
        500 => ("UnknownError", ""),
        503 => (
            "serviceNotAvailable",
            "The service is temporarily unavailable for maintenance or is overloaded. You may repeat the request after a delay.",
        ),
        504 => ("UnknownError", "The gateway did not answer in time."),
        _ => ("generalException", "The request has failed on purpose."),
    };
    reply::refuse(call, &Refusal::new(status, code, message))
}

/// An error body that says as little as some backends do.
pub(crate) fn bare(call: &Call, status: u16) -> Answer {
    reply::bare(call, status)
}

/// The complexity refusal, whatever the password was.
pub(crate) fn too_simple(call: &Call) -> Answer {
    reply::refuse(call, &Refusal::too_simple())
}
