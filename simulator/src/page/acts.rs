//! What people can do on the page: sign in as somebody, cause trouble, add an authenticator, register
//! a certificate as in the portal.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::credentials::der_of;
use crate::directory::SetBy;
use crate::duo::PushAnswer;
use crate::fault::{Company, Fault};
use crate::graph;
use crate::psa::Psa;
use crate::totp::Authenticator;
use crate::world::World;

#[derive(Deserialize)]
pub(super) struct SignIn {
    upn: String,
    password: String,
    new_password: Option<String>,
}

/// `POST /api/sign-in`: as on Microsoft's page, in words. `outcome` is `wrong`, `blocked`,
/// `choose` (a new password is due), `refused` (that one will not do) or `in`.
pub(super) async fn sign_in(State(world): State<World>, Json(ask): Json<SignIn>) -> Json<Value> {
    let say = |outcome: &str, message: &str| Json(json!({"outcome": outcome, "message": message}));
    let now = world.clock().now_ms();
    world.change(|state| {
        let found = state.find(ask.upn.trim()).filter(|(t, u)| state.tenants[*t].users[*u].is_called(ask.upn.trim()));
        let Some((t, u)) = found else {
            return say("wrong", "This username may be incorrect. Make sure that you typed it correctly.");
        };
        let tenant = &state.tenants[t];
        let user = &tenant.users[u];
        if tenant.domain_of(&user.upn).is_some_and(|domain| domain.authentication == "Federated") {
            return say("blocked", "Taking you to your organization's sign-in page: this domain is federated.");
        }
        // AADSTS50126; Microsoft asks for the password before it says anything about the account.
        if ask.password != user.password {
            return say("wrong", "Your account or password is incorrect.");
        }
        if !user.enabled {
            return say("blocked", "Your account has been locked. Contact your support person to unlock it, then try again.");
        }
        if !user.must_change {
            return say("in", "The password is right. You are signed in.");
        }
        let Some(new) = ask.new_password else {
            return say("choose", "The password is right. You need to update it, because this is the first time you are signing in or because it was reset.");
        };
        if new == user.password {
            return say("refused", "Choose a password that you have not used before.");
        }
        if !graph::takes_password(tenant, user, &new) {
            return say("refused", "Your password must have at least 8 characters with three of: lower case, upper case, digit, symbol; and no common word or name.");
        }
        let user = &mut state.tenants[t].users[u];
        user.set_password(&new, SetBy::Person, now);
        user.must_change = false;
        user.must_change_with_mfa = false;
        say("in", "The new password is set. You are signed in.")
    })
}

#[derive(Deserialize)]
pub(super) struct NewFault {
    at: Company,
    matcher: Option<String>,
    fault: Fault,
}

pub(super) async fn add_fault(State(world): State<World>, Json(new): Json<NewFault>) -> StatusCode {
    world.fault(new.at, new.matcher.as_deref().filter(|text| !text.is_empty()), new.fault);
    StatusCode::NO_CONTENT
}

pub(super) async fn clear_faults(State(world): State<World>) -> StatusCode {
    world.clear_faults();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
pub(super) struct Answered {
    answer: PushAnswer,
}

/// What the person taps on their device; a push that has ended stays as it is.
pub(super) async fn answer_push(
    State(world): State<World>,
    Path(id): Path<String>,
    Json(tapped): Json<Answered>,
) -> StatusCode {
    let heard = world.answer_push(&id, tapped.answer);
    if heard { StatusCode::NO_CONTENT } else { StatusCode::CONFLICT }
}

#[derive(Deserialize)]
pub(super) struct NewPod {
    psa: Psa,
    url: String,
}

/// What a ticket system's admin pastes: the pod's address, with the system's variables in it.
pub(super) async fn set_psa_pod(
    State(world): State<World>,
    Json(new): Json<NewPod>,
) -> (StatusCode, Json<Value>) {
    let url = new.url.trim();
    if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
        let words = "This is no address of a pod: it begins with http:// or https://.";
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"message": words})));
    }
    world.set_psa_pod(new.psa, url);
    (StatusCode::OK, Json(json!({})))
}

#[derive(Deserialize)]
pub(super) struct NewCertificate {
    tenant: String,
    certificate: String,
}

/// A certificate's file as text (PEM), for a tenant's app.
pub(super) async fn add_certificate(
    State(world): State<World>,
    Json(new): Json<NewCertificate>,
) -> (StatusCode, Json<Value>) {
    if !world.read(|state| state.tenants.iter().any(|tenant| tenant.is_called(&new.tenant))) {
        return (StatusCode::NOT_FOUND, Json(json!({"message": "There is no such tenant."})));
    }
    let added = der_of(&new.certificate).and_then(|der| world.add_certificate(&new.tenant, &der));
    match added {
        Ok(key_id) => (StatusCode::CREATED, Json(json!({"key_id": key_id}))),
        Err(error) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"message": error.to_string()})))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct NewAuthenticator {
    secret: String,
}

/// The same secret twice is still one entry.
pub(super) async fn add_authenticator(
    State(world): State<World>,
    Json(new): Json<NewAuthenticator>,
) -> (StatusCode, Json<Value>) {
    match Authenticator::parse(&new.secret) {
        Ok(parsed) => {
            world.change(|state| {
                state.authenticators.retain(|one| !one.same_secret(&parsed));
                state.authenticators.insert(0, parsed);
            });
            (StatusCode::CREATED, Json(json!({})))
        }
        Err(error) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"message": error.to_string()})))
        }
    }
}

pub(super) async fn remove_authenticator(
    State(world): State<World>,
    Path(place): Path<usize>,
) -> StatusCode {
    world.change(|state| {
        if place < state.authenticators.len() {
            state.authenticators.remove(place);
        }
    });
    StatusCode::NO_CONTENT
}
