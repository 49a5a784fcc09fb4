//! Autotask PSA's REST API: which zone, tickets, contacts, companies, resources, notes and their picklists
//! (SOURCES.md A§1–A§6).

mod auth;
mod notes;
mod query;
mod show;
mod threads;

use serde_json::{Value, json};

use crate::front::{Answer, Call, pairs};
use crate::psa::{Psa, PsaDesk, count};
use crate::world::World;
use query::Entity;
pub(crate) use threads::{enter, wait};

/// Case matters behind the zone's host (A§1).
const BASE: &str = "/ATServicesRest/";
const HOUR_MS: i64 = 3_600_000;

/// What IIS says to a path in another case \[K\].
const NO_SUCH_PATH: &str = "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head><body><h1>Server Error</h1></body></html>";

/// `{"errors": ["…"]}`, with any status (A§5).
fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({"errors": [message]}))
}

/// What Autotask answers when told to (A§5).
pub(crate) fn trouble(status: u16) -> Answer {
    match status {
        401 => refuse(401, "Unauthorized"),
        404 => refuse(404, "No matching records found"),
        429 => refuse(429, "The request limit has been exceeded."),
        _ => refuse(status, "An error occurred while processing your request."),
    }
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    let lower = call.path.to_ascii_lowercase();
    match (call.method.as_str(), lower.as_str()) {
        ("GET", "/atservicesrest/v1.0/zoneinformation") => return zone(world, call),
        ("GET", "/atservicesrest/versioninformation") => {
            return Answer::json(200, json!({"apiVersions": ["1.0"]}));
        }
        _ => {}
    }
    let Some(path) = call.path.strip_prefix(BASE) else {
        let answer = Answer::html(404, NO_SUCH_PATH);
        return if lower.starts_with("/atservicesrest/") { answer } else { answer.unknown() };
    };
    let Some(path) = path.strip_prefix("V1.0/").or_else(|| path.strip_prefix("v1.0/")) else {
        return refuse(404, "The requested version does not exist.").unknown();
    };
    let impersonated = match auth::check(world, call) {
        Ok(impersonated) => impersonated,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = used_up(world, call) {
        return refusal;
    }
    route(world, call, path, impersonated.as_deref()).unwrap_or_else(|refusal| refusal)
}

/// Where the API user is at home; asked without a secret (A§1).
fn zone(world: &World, call: &Call) -> Answer {
    let user = pairs(&call.query).into_iter().find(|(key, _)| key == "user").map(|(_, user)| user);
    let known = world.read(|state| {
        let id = &state.psa.desk(Psa::Autotask).credentials.id;
        user.is_some_and(|user| user.eq_ignore_ascii_case(id))
    });
    if !known {
        // That an unknown user is a 500 is [K].
        return refuse(500, "Zone information could not be determined.");
    }
    let (here, web) = (world.psa_api_url(Psa::Autotask), world.psa_site_url(Psa::Autotask));
    Answer::json(
        200,
        json!({"zoneName": "Simulated", "url": format!("{here}{BASE}"), "webUrl": format!("{web}/"), "ci": 5150}),
    )
}

/// Counts towards the hour (A§6), and the mistakes that a knob asks for.
fn used_up(world: &World, call: &Call) -> Option<Answer> {
    world.change(|state| {
        let came = count(&mut state.psa.autotask_hits, call.now_ms, HOUR_MS);
        let knobs = &mut state.psa.desk_mut(Psa::Autotask).autotask;
        if came > knobs.hourly {
            // The status is [K].
            return Some(refuse(
                429,
                "You have exceeded the maximum number of requests per hour: 10000.",
            ));
        }
        if knobs.errors_in_200 > 0 {
            knobs.errors_in_200 -= 1;
            return Some(refuse(200, "An unexpected error occurred."));
        }
        None
    })
}

fn route(
    world: &World,
    call: &Call,
    path: &str,
    impersonated: Option<&str>,
) -> Result<Answer, Answer> {
    let parts = Call::parts(path);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let unknown = || refuse(404, "The requested resource does not exist.").unknown();
    if call.method == "POST" && call.content_type() != "application/json" {
        return Err(refuse(415, "The request's media type is not supported."));
    }
    match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["ThresholdInformation"]) => Ok(threshold(world)),
        ("GET", ["TicketNotes", "entityInformation", "fields"]) => Ok(Answer::json(
            200,
            world.read(|state| show::note_fields(state.psa.desk(Psa::Autotask))),
        )),
        ("GET", ["Tickets", id, "Notes"]) => {
            let id = number(id)?;
            Ok(items(world, |desk| {
                desk.numbered(Some(id)).map(|(id, it)| show::note(desk, id, it)).collect()
            }))
        }
        ("POST", ["Tickets", id, "Notes"]) => notes::add(world, call, number(id)?, impersonated),
        ("GET" | "POST", [name, "query", rest @ ..]) if rest.is_empty() || *rest == ["next"] => {
            query::run(world, call, Entity::named(name).ok_or_else(unknown)?)
        }
        ("GET", [name, id]) => {
            let entity = Entity::named(name).ok_or_else(unknown)?;
            let id = number(id)?;
            world.read(|state| {
                let desk = state.psa.desk(Psa::Autotask);
                let found = entity.all(desk).into_iter().find(|it| it["id"].as_i64() == Some(id));
                match found {
                    None if desk.autotask.absent_is_404 => Err(trouble(404)),
                    found => Ok(Answer::json(200, json!({"item": found}))),
                }
            })
        }
        _ => Err(unknown()),
    }
}

fn number(text: &str) -> Result<i64, Answer> {
    text.parse().map_err(|_| refuse(400, "The value is not a valid number."))
}

/// A list without a query.
fn items(world: &World, all: impl FnOnce(&PsaDesk) -> Vec<Value>) -> Answer {
    let items = world.read(|state| all(state.psa.desk(Psa::Autotask)));
    let pages = json!({"count": items.len(), "requestCount": query::LARGEST, "prevPageUrl": null, "nextPageUrl": null});
    Answer::json(200, json!({"items": items, "pageDetails": pages}))
}

/// How much of the hour is used (A§6).
fn threshold(world: &World) -> Answer {
    world.read(|state| {
        let hourly = state.psa.desk(Psa::Autotask).autotask.hourly;
        Answer::json(
            200,
            json!({
                "externalRequestThreshold": hourly, "requestThresholdTimeframe": 60,
                "currentTimeframeRequestCount": state.psa.autotask_hits.len(),
            }),
        )
    })
}
