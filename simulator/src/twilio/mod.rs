//! Twilio Programmable Messaging: send, list, fetch, and the signed status callbacks
//! (twilio-oai `twilio_api_v2010`; SOURCES.md T§1, T§2).

mod callback;
mod console;
mod encoding;
mod send;

use data_encoding::BASE64;
use serde_json::json;

use crate::front::{Answer, Call};
use crate::world::World;

#[cfg(test)]
pub(crate) use callback::sign;
pub(crate) use callback::tell;

/// A refusal before it is written down.
struct Refusal {
    status: u16,
    code: u32,
    message: String,
    known: bool,
}

impl Refusal {
    fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Refusal { status, code, message: message.into(), known: true }
    }

    fn bad(code: u32, message: impl Into<String>) -> Self {
        Refusal::new(400, code, message)
    }

    fn not_found(path: &str) -> Self {
        Refusal::new(404, 20_404, format!("The requested resource {path} was not found"))
    }
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    route(world, call).unwrap_or_else(|refusal| refuse(&refusal))
}

/// What Twilio answers when told to (SOURCES.md T§1.3). 20429: nothing was processed.
pub(crate) fn trouble(status: u16) -> Answer {
    refuse(&match status {
        429 => Refusal::new(429, 20_429, "Too Many Requests"),
        401 => Refusal::new(401, 20_003, "Authenticate"),
        503 => Refusal::new(503, 20_503, "Service unavailable"),
        _ => Refusal::new(status, 20_500, "An internal server error has occurred"),
    })
}

fn route(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let segments = call.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let unknown = Refusal { known: false, ..Refusal::not_found(&call.path) };
    let ["2010-04-01", "Accounts", account, rest @ ..] = path.as_slice() else {
        return Err(unknown);
    };
    match (call.method.as_str(), rest) {
        ("POST", ["Messages.json"]) => {
            authenticate(world, call, account)?;
            send::send(world, call)
        }
        ("GET", ["Messages.json"]) => {
            authenticate(world, call, account)?;
            console::list(world, call)
        }
        ("GET", ["Messages", file]) if file.ends_with(".json") => {
            authenticate(world, call, account)?;
            console::fetch(world, call, file.trim_end_matches(".json"))
        }
        _ => Err(unknown),
    }
}

/// HTTP Basic: account sid and auth token, or API key and its secret. Anything else: 20003.
fn authenticate(world: &World, call: &Call, account: &str) -> Result<(), Refusal> {
    let refused = || Refusal::new(401, 20_003, "Authenticate");
    let encoded = call.header("authorization").strip_prefix("Basic ").ok_or_else(refused)?;
    let decoded =
        BASE64.decode(encoded.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or_else(refused)?;
    let (user, password) = decoded.split_once(':').ok_or_else(refused)?;
    let known = world.read(|state| {
        let twilio = &state.twilio;
        let own = user == twilio.account_sid && password == twilio.auth_token;
        twilio.account_sid == account
            && (own || twilio.keys.iter().any(|key| key.sid == user && key.secret == password))
    });
    if known { Ok(()) } else { Err(refused()) }
}

fn refuse(refusal: &Refusal) -> Answer {
    let answer = Answer::json(
        refusal.status,
        json!({
            "code": refusal.code,
            "message": refusal.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", refusal.code),
            "status": refusal.status,
        }),
    );
    let answer = if refusal.status == 401 {
        answer.with("www-authenticate", r#"Basic realm="Twilio API""#)
    } else {
        answer
    };
    if refusal.known { answer } else { answer.unknown() }
}
