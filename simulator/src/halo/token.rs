//! Access tokens for an application: client id and secret (H§1), and what a token is worth later.

use serde_json::json;

use super::{Kind, Refusal, Scopes};
use crate::front::{Answer, Call, pairs};
use crate::psa::{HaloToken, Psa, count};
use crate::random;
use crate::world::World;

/// "500 requests / 3 min" (H§6).
const WINDOW_MS: i64 = 180_000;

/// Why a token does not get in.
pub(super) enum No {
    Refused(Refusal),
    /// In how many seconds there is room again.
    TooMany(i64),
}

fn oauth(error: &str, description: &str) -> Answer {
    Answer::json(400, json!({"error": error, "error_description": description}))
}

/// `POST /auth/token?tenant=…`.
pub(super) fn give(world: &World, call: &Call) -> Answer {
    if call.content_type() != "application/x-www-form-urlencoded" {
        return oauth("invalid_request", "The request is not a form.");
    }
    let (query, form) = (pairs(&call.query), call.form());
    let of = |all: &[(String, String)], name: &str| {
        all.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    world.change(|state| {
        let desk = state.psa.desk(Psa::Halo);
        let keys = &desk.credentials;
        // Hosted tenants share an authorisation server; which one is meant has to be said [K].
        if of(&query, "tenant") != keys.account {
            return oauth("invalid_request", "The tenant is unknown.");
        }
        if of(&form, "grant_type") != "client_credentials" {
            return oauth("unsupported_grant_type", "The grant type is not supported.");
        }
        if of(&form, "client_id") != keys.id || of(&form, "client_secret") != keys.secret {
            return oauth("invalid_client", "The specified client credentials are invalid.");
        }
        let asked = of(&form, "scope");
        let asked: Vec<&str> = asked.split_whitespace().collect();
        let has = &desk.halo.scopes;
        // "all" is all that the application has; one that it has not is refused [K].
        let scopes: Vec<String> = match asked.as_slice() {
            [] => return oauth("invalid_scope", "A scope is required."),
            asked if asked.contains(&"all") => has.clone(),
            asked if asked.iter().any(|it| !has.iter().any(|has| has == it)) => {
                return oauth("invalid_scope", "The scope is not allowed for this application.");
            }
            asked => asked.iter().map(|it| (*it).to_owned()).collect(),
        };
        let seconds = desk.halo.token_seconds;
        let text = random::base64url::<48>();
        let expires_ms = call.now_ms + seconds * 1000;
        let scope = scopes.join(" ");
        state.psa.halo_tokens.retain(|_, token| token.expires_ms > call.now_ms);
        state
            .psa
            .halo_tokens
            .insert(text.clone(), HaloToken { expires_ms, scopes, hits: Vec::new() });
        Answer::json(
            200,
            json!({"access_token": text, "token_type": "Bearer", "expires_in": seconds, "scope": scope}),
        )
        .with("cache-control", "no-store")
    })
}

pub(super) fn check(world: &World, call: &Call) -> Result<Scopes, No> {
    let refused = |message: &str| No::Refused(Refusal::new(Kind::Token, message));
    let token = call.header("authorization").strip_prefix("Bearer ");
    let token = token.ok_or_else(|| refused("No token was sent"))?;
    world.change(|state| {
        let limit = state.psa.desk(Psa::Halo).halo.limit;
        let held = state.psa.halo_tokens.get_mut(token);
        let held = held.filter(|held| held.expires_ms > call.now_ms);
        let held = held.ok_or_else(|| refused("The token is invalid or has expired"))?;
        if limit.is_some_and(|limit| count(&mut held.hits, call.now_ms, WINDOW_MS) > limit) {
            let first = held.hits.first().copied().unwrap_or(call.now_ms);
            return Err(No::TooMany((first + WINDOW_MS - call.now_ms).div_euclid(1000).max(1)));
        }
        Ok(Scopes(held.scopes.clone()))
    })
}
