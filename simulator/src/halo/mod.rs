//! HaloPSA's API: where to get a token, tickets, users, clients, agents, outcomes, actions
//! (SOURCES.md H§1–H§6). Its errors have no one shape; see [`Kind`].

mod actions;
mod lists;
mod show;
mod token;

use serde_json::{Value, json};

use crate::front::{Answer, Call, pairs};
use crate::psa::{HaloErrors, Psa, PsaDesk};
use crate::world::World;

/// What kind of refusal: each has a shape of its own, unless a knob says otherwise (H§5, which is which \[K\]).
#[derive(Clone, Copy)]
enum Kind {
    /// The token is no good.
    Token,
    /// The token may not.
    Scope,
    /// There is no such thing.
    Missing,
    /// What was sent will not do.
    Invalid,
    /// Halo's own mistake.
    Crash,
}

/// A refusal before it has its shape.
struct Refusal {
    kind: Kind,
    message: String,
    known: bool,
}

impl Refusal {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Refusal { kind, message: message.into(), known: true }
    }

    fn answer(&self, shape: Option<HaloErrors>) -> Answer {
        let (status, own) = match self.kind {
            Kind::Token => (401, HaloErrors::Error),
            Kind::Scope => (403, HaloErrors::ResultCode),
            Kind::Missing => (404, HaloErrors::ClassName),
            Kind::Invalid => (400, HaloErrors::Message),
            Kind::Crash => (500, HaloErrors::Text),
        };
        let message = &self.message;
        let answer = match shape.unwrap_or(own) {
            HaloErrors::ResultCode => {
                Answer::json(status, json!({"resultCode": status, "errorMessage": message}))
            }
            HaloErrors::ClassName => Answer::json(
                status,
                json!({"ClassName": "System.Exception", "Message": message, "Data": null, "InnerException": null, "HResult": -2_146_233_088}),
            ),
            HaloErrors::Message => Answer::json(status, json!({"Message": message})),
            HaloErrors::Error => Answer::json(status, json!({"error": message})),
            HaloErrors::Text => Answer::other(status, "text/plain; charset=utf-8", message.clone()),
        };
        let answer = match self.kind {
            Kind::Token => answer.with("www-authenticate", "Bearer error=\"invalid_token\""),
            _ => answer,
        };
        if self.known { answer } else { answer.unknown() }
    }
}

/// What Halo answers when told to (H§5).
pub(crate) fn trouble(status: u16) -> Answer {
    let (kind, message) = match status {
        401 => (Kind::Token, "invalid_token"),
        403 => (Kind::Scope, "You do not have permission to do this"),
        404 => (Kind::Missing, "Not found"),
        429 => return too_many(),
        400 => (Kind::Invalid, "Bad request"),
        _ => (Kind::Crash, "An error occurred while processing your request."),
    };
    let mut answer = Refusal::new(kind, message).answer(None);
    answer.status = status;
    answer
}

/// 429 exists; its words are \[K\] (H§6).
fn too_many() -> Answer {
    Answer::json(429, json!({"Message": "You have exceeded the limit of API requests."}))
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    let parts = call.segments();
    let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (call.method.as_str(), lower.as_slice()) {
        ("GET", ["api", "authinfo"]) => auth_info(world),
        ("POST", ["auth", "token"]) => token::give(world, call),
        (_, ["api", rest @ ..]) => {
            let shape = world.read(|state| state.psa.desk(Psa::Halo).halo.errors);
            match token::check(world, call) {
                Err(token::No::TooMany(seconds)) => {
                    too_many().with("retry-after", seconds.to_string())
                }
                Err(token::No::Refused(refusal)) => refusal.answer(shape),
                Ok(scopes) => route(world, call, rest, &scopes)
                    .map_or_else(|refusal| refusal.answer(shape), |body| Answer::json(200, body)),
            }
        }
        _ => Refusal { known: false, ..Refusal::new(Kind::Missing, "Not found") }.answer(None),
    }
}

/// Where tokens are to be had (H§1).
fn auth_info(world: &World) -> Answer {
    let tenant = world.read(|state| state.psa.desk(Psa::Halo).credentials.account.clone());
    let here = world.psa_api_url(Psa::Halo);
    Answer::json(200, json!({"auth_url": format!("{here}/auth"), "tenant_id": tenant}))
}

/// What a token may do (H§1).
struct Scopes(Vec<String>);

impl Scopes {
    fn must(&self, scope: &str) -> Result<(), Refusal> {
        // Whoever may edit may read.
        let wider = scope.replace("read:", "edit:");
        let may = self.0.iter().any(|it| it == "all" || it == scope || *it == wider);
        may.then_some(()).ok_or_else(|| {
            Refusal::new(Kind::Scope, format!("This application does not have the scope {scope}"))
        })
    }
}

fn route(world: &World, call: &Call, path: &[&str], scopes: &Scopes) -> Result<Value, Refusal> {
    let query = pairs(&call.query);
    let only = |known: &[&str]| match query.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        None => Ok(()),
        // The real one may pass it over [K]; of us it would be a slip of the pen.
        Some((key, _)) => Err(Refusal::new(Kind::Invalid, format!("Unknown parameter {key}"))),
    };
    const DETAILS: [&str; 1] = ["includedetails"];
    let detailed = query.iter().any(|(key, value)| key == "includedetails" && value == "true");
    match (call.method.as_str(), path) {
        ("GET", ["tickets"]) => {
            scopes.must("read:tickets")?;
            lists::tickets(world, &query)
        }
        ("GET", ["tickets", id]) => {
            scopes.must("read:tickets")?;
            only(&DETAILS)?;
            let id = number(id)?;
            look(world, "Ticket", |desk| desk.ticket(id).map(|it| show::ticket(desk, it, detailed)))
        }
        ("GET", ["users"]) => {
            scopes.must("read:customers")?;
            lists::users(world, &query)
        }
        ("GET", ["users", id]) => {
            scopes.must("read:customers")?;
            only(&DETAILS)?;
            let id = number(id)?;
            look(world, "User", |desk| desk.contact(id).map(|it| show::user(desk, it, detailed)))
        }
        ("GET", ["client"]) => {
            scopes.must("read:customers")?;
            lists::clients(world, &query)
        }
        ("GET", ["agent", "me"]) => {
            only(&[])?;
            look(world, "Agent", |desk| desk.person(&desk.api_login()).map(show::agent))
        }
        ("GET", ["agent"]) => {
            only(&["includeenabled", "includedisabled", "search"])?;
            lists::agents(world, &query)
        }
        ("GET", ["agent", id]) => {
            only(&DETAILS)?;
            let id = number(id)?;
            look(world, "Agent", |desk| desk.people.iter().find(|it| it.id == id).map(show::agent))
        }
        ("GET", ["outcome"]) => {
            only(&["tickettype_id"])?;
            look(world, "Outcome", |desk| {
                Some(desk.halo.outcomes.iter().map(show::outcome).collect())
            })
        }
        ("GET", ["actions"]) => {
            scopes.must("read:tickets")?;
            lists::actions(world, &query)
        }
        ("POST", ["actions"]) => {
            scopes.must("edit:tickets")?;
            actions::add(world, call)
        }
        _ => Err(Refusal { known: false, ..Refusal::new(Kind::Missing, "Not found") }),
    }
}

/// What is no number is a crash there, not a refusal \[K\].
fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::new(Kind::Crash, "Input string was not in a correct format."))
}

fn look(
    world: &World,
    what: &str,
    look: impl FnOnce(&PsaDesk) -> Option<Value>,
) -> Result<Value, Refusal> {
    let found = world.read(|state| look(state.psa.desk(Psa::Halo)));
    found.ok_or_else(|| Refusal::new(Kind::Missing, format!("{what} does not exist")))
}
