//! ConnectWise PSA's REST API 3.0: who asks, tickets, notes, contacts, companies, members, and the records
//! of the Hosted API (SOURCES.md C§1–C§8).

mod auth;
mod conditions;
mod hosted;
mod lists;
mod notes;
mod parse;
mod show;

use serde_json::{Value, json};

use crate::front::{Answer, Call, pairs};
use crate::psa::{Psa, PsaDesk};
use crate::world::World;
use auth::Caller;

/// "URL ≲ 2000 characters" (C§4).
const LONGEST_URL: usize = 2000;

/// What IIS says to an address that no release has \[K\].
const NO_SUCH_RELEASE: &str = "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head><body><h1>Server Error</h1><h2>404 - File or directory not found.</h2></body></html>";

/// What IIS says to an address that is too long \[K\].
const TOO_LONG: &str = "<!DOCTYPE html><html><head><title>Request URL Too Long</title></head><body><h2>Request URL Too Long</h2><p>HTTP Error 414. The request URL is too long.</p></body></html>";

/// What the guide lists for every `GET`.
const PARAMETERS: [&str; 8] = [
    "conditions",
    "childConditions",
    "customFieldConditions",
    "orderBy",
    "fields",
    "page",
    "pageSize",
    "pageId",
];

/// A refusal, in the vendor's shape.
fn refuse(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, json!({"code": code, "message": message, "errors": null}))
}

/// A body that will not do: one error for each member.
fn invalid(object: &str, errors: &[(&str, &str, String)]) -> Answer {
    let errors: Vec<Value> = errors
        .iter()
        .map(|(code, field, message)| {
            json!({"code": code, "message": message, "resource": object, "field": field})
        })
        .collect();
    let message = format!("{object} object is invalid");
    Answer::json(400, json!({"code": "InvalidObject", "message": message, "errors": errors}))
}

fn not_found(what: &str) -> Answer {
    refuse(404, "NotFound", &format!("{what} not found"))
}

/// What ConnectWise answers when told to (C§5, C§6).
pub(crate) fn trouble(status: u16) -> Answer {
    match status {
        401 => refuse(401, "ConnectWiseApi", "UserNotAuthenticated"),
        403 => forbidden(),
        404 => not_found("Resource"),
        // `error`, not `code`: another layer says this (C§6).
        429 => Answer::json(
            429,
            json!({"error": "ConnectWiseAPI", "message": "Too many requests. Please try again in 30 seconds."}),
        ),
        _ => refuse(status, "ConnectWiseApi", "A timeout has occured. Please try again."),
    }
}

fn forbidden() -> Answer {
    // The code stands in the guide for another refusal of security; the words are [K].
    refuse(403, "Security", "You do not have security permission to perform this action.")
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    if let Some(company) = call.path.strip_prefix("/login/companyinfo/") {
        return company_info(world, call, company);
    }
    if call.path.len() + call.query.len() > LONGEST_URL {
        return Answer::html(414, TOO_LONG);
    }
    let codebase = world.read(|state| state.psa.desk(Psa::ConnectWise).codebase.clone());
    let prefix = format!("/{codebase}apis/3.0/");
    let Some(path) = call.path.strip_prefix(&prefix) else {
        let answer = Answer::html(404, NO_SUCH_RELEASE);
        return if call.path.contains("/apis/3.0/") { answer } else { answer.unknown() };
    };
    let caller = match auth::caller(world, call) {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    route(world, call, path, &caller).unwrap_or_else(|refusal| refusal)
}

/// Asked without a key: which release is in use now (C§1).
fn company_info(world: &World, call: &Call, company: &str) -> Answer {
    if call.method != "GET" {
        return refuse(405, "MethodNotAllowed", "The method is not allowed.").unknown();
    }
    let site = world.psa_api_url(Psa::ConnectWise).replace("http://", "");
    world.read(|state| {
        let desk = state.psa.desk(Psa::ConnectWise);
        let id = &desk.credentials.account;
        if !id.eq_ignore_ascii_case(company) {
            return not_found("Company");
        }
        let release = desk.codebase.trim_end_matches('/').replace('_', ".");
        Answer::json(
            200,
            json!({
                "CompanyName": id, "Codebase": desk.codebase, "VersionCode": release,
                "VersionNumber": format!("{release}.101250"), "CompanyID": id, "IsCloud": "True", "SiteUrl": site,
            }),
        )
    })
}

fn route(world: &World, call: &Call, path: &str, caller: &Caller) -> Result<Answer, Answer> {
    let parts = Call::parts(path);
    let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    if call.method == "GET" {
        known_parameters(call)?;
    }
    match (call.method.as_str(), lower.as_slice()) {
        ("GET", ["system", "info"]) => {
            Ok(Answer::json(200, world.read(|state| show::info(state.psa.desk(Psa::ConnectWise)))))
        }
        ("GET", ["system", "mymembers", "info"]) => {
            let login = caller.login();
            look(world, |desk| desk.person(login).map(show::myself), "Member")
        }
        ("GET", ["system", "members"]) => lists::members(world, call),
        ("GET", ["service", "tickets"]) => lists::tickets(world, call, caller),
        ("GET", ["service", "tickets", id]) => {
            let id = number(id)?;
            auth::may_see(world, caller, id)?;
            look(world, |desk| desk.ticket(id).map(|it| show::ticket(desk, it)), "Ticket")
        }
        ("GET", ["service", "tickets", id, "notes"]) => {
            lists::notes(world, call, caller, number(id)?)
        }
        ("POST", ["service", "tickets", id, "notes"]) => {
            notes::add(world, call, caller, number(id)?)
        }
        ("GET", ["company", "contacts"]) => lists::contacts(world, call),
        ("GET", ["company", "contacts", id]) => {
            let id = number(id)?;
            look(world, |desk| desk.contact(id).map(|it| show::contact(desk, it)), "Contact")
        }
        ("GET", ["company", "contacts", id, "communications"]) => {
            let id = number(id)?;
            let all = |desk: &PsaDesk| Some(Value::Array(show::communications(desk.contact(id)?)));
            look(world, all, "Contact")
        }
        ("GET", ["company", "companies"]) => lists::companies(world, call),
        ("GET", ["company", "companies", id]) => {
            let id = number(id)?;
            look(world, |desk| desk.company(id).map(show::company), "Company")
        }
        (_, ["system", "connectwisehostedscreens" | "connectwisehostedsetups", ..]) => {
            hosted::route(world, call, caller, &lower)
        }
        _ => Err(refuse(404, "NotFound", "The requested resource was not found.").unknown()),
    }
}

/// Whatever is not listed in the guide is a mistake of ours; the real one may pass it over \[K\].
fn known_parameters(call: &Call) -> Result<(), Answer> {
    match pairs(&call.query).iter().find(|(key, _)| !PARAMETERS.contains(&key.as_str())) {
        None => Ok(()),
        Some((key, _)) => {
            Err(refuse(400, "InvalidParameter", &format!("{key} is not a known parameter.")))
        }
    }
}

/// A path's number; the route does not match any other text.
fn number(text: &str) -> Result<i64, Answer> {
    let id = text.parse().ok().filter(|id| (1..=i64::from(i32::MAX)).contains(id));
    id.ok_or_else(|| refuse(404, "NotFound", "The requested resource was not found."))
}

fn look(
    world: &World,
    look: impl FnOnce(&PsaDesk) -> Option<Value>,
    what: &str,
) -> Result<Answer, Answer> {
    let found = world.read(|state| look(state.psa.desk(Psa::ConnectWise)));
    found.map(|body| Answer::json(200, body)).ok_or_else(|| not_found(what))
}
