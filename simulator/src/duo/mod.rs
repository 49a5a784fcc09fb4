//! Duo's Auth API v2: `ping`, `check`, `preauth`, `auth` and `auth_status`, signed as Duo wants it
//! (duo.com/docs/authapi; SOURCES.md D§1–D§4). Each company has an application of its own, known by its
//! integration key.

mod office;
mod push;
mod signature;
mod world;

use serde_json::{Value, json};

use crate::front::{Answer, Call, pairs};
use crate::world::World;

pub use office::{DuoDevice, DuoUser, Standing};
pub(crate) use office::{Office, sample};
pub use push::{DuoPush, PushAnswer};
pub(crate) use push::{Push, wait};
#[cfg(test)]
pub(crate) use signature::sign;

/// A refusal before it is written down.
struct Refusal {
    code: u32,
    message: &'static str,
    /// Which parameter.
    detail: Option<&'static str>,
    known: bool,
}

impl Refusal {
    fn new(code: u32, message: &'static str) -> Self {
        Refusal { code, message, detail: None, known: true }
    }

    /// A parameter that is missing or can't be.
    fn parameter(name: &'static str) -> Self {
        let message = "Invalid request parameters";
        Refusal { detail: Some(name), ..Refusal::new(40_002, message) }
    }

    fn answer(&self) -> Answer {
        let mut body = json!({"stat": "FAIL", "code": self.code, "message": self.message});
        if let Some(detail) = self.detail {
            body["message_detail"] = detail.into();
        }
        // The numbers begin with their status (D§1).
        let status = u16::try_from(self.code / 100).unwrap_or(400);
        let answer = Answer::json(status, body);
        if self.known { answer } else { answer.unknown() }
    }
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    match route(world, call) {
        Ok(response) => Answer::json(200, json!({"stat": "OK", "response": response})),
        Err(refusal) => refusal.answer(),
    }
}

/// What Duo answers when told to (D§1).
pub(crate) fn trouble(status: u16) -> Answer {
    let refusal = match status {
        401 => Refusal::new(40_103, "Invalid signature in request credentials"),
        403 => Refusal::new(40_301, "Access forbidden"),
        429 => Refusal::new(42_901, "Too Many Requests"),
        _ => Refusal::new(u32::from(status) * 100, "Internal error"),
    };
    refusal.answer()
}

/// What was sent along, in the query or in a form.
fn parameters(call: &Call) -> Vec<(String, String)> {
    if call.method == "GET" { pairs(&call.query) } else { call.form() }
}

fn route(world: &World, call: &Call) -> Result<Value, Refusal> {
    let name = call.path.strip_prefix("/auth/v2/").unwrap_or_default();
    match (call.method.as_str(), name) {
        ("GET", "ping") => Ok(json!({"time": call.now_ms / 1000})),
        ("GET", "check") => {
            signature::company(world, call)?;
            Ok(json!({"time": call.now_ms / 1000}))
        }
        ("POST", "preauth") => push::preauth(world, signature::company(world, call)?, call),
        ("POST", "auth") => push::auth(world, signature::company(world, call)?, call),
        ("GET", "auth_status") => push::status(world, signature::company(world, call)?, call),
        _ => {
            let refusal = Refusal::new(40_401, "Resource not found");
            Err(Refusal { known: false, ..refusal })
        }
    }
}
