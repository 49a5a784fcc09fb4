//! Writing a note (C§7).

use serde_json::{Map, Value};

use super::auth::Caller;
use super::{auth, invalid, refuse, show};
use crate::front::{Answer, Call};
use crate::psa::{Psa, PsaDesk, PsaNote};
use crate::world::World;

/// What a `ServiceNote` has; anything else is a mistake of ours, which the real one may pass over \[K\].
const FLAGS: [&str; 8] = [
    "detailDescriptionFlag",
    "internalAnalysisFlag",
    "resolutionFlag",
    "issueFlag",
    "customerUpdatedFlag",
    "processNotifications",
    "internalFlag",
    "externalFlag",
];

/// A body that is one JSON object.
pub(super) fn object(call: &Call) -> Result<Map<String, Value>, Answer> {
    if call.content_type() != "application/json" {
        return Err(refuse(
            415,
            "UnsupportedMediaType",
            "The request's media type is not supported.",
        ));
    }
    match serde_json::from_str(&call.body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(refuse(400, "InvalidObject", "The request body is not a valid object.")),
    }
}

pub(super) fn add(
    world: &World,
    call: &Call,
    caller: &Caller,
    ticket: i64,
) -> Result<Answer, Answer> {
    auth::may_see(world, caller, ticket)?;
    let body = object(call)?;
    let wrong = |field: &str, words: &str| {
        invalid("ServiceNote", &[("InvalidField", field, words.to_owned())])
    };
    for (key, value) in &body {
        let right = match key.as_str() {
            key if FLAGS.contains(&key) => value.is_boolean() || value.is_null(),
            "text" | "dateCreated" => value.is_string(),
            "member" | "contact" => value.is_object() || value.is_null(),
            "ticketId" => value.as_i64() == Some(ticket),
            _ => return Err(wrong(key, "The field does not exist.")),
        };
        if !right {
            return Err(wrong(key, "The value is not valid."));
        }
    }
    let text = body.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        let words = "text is required.".to_owned();
        return Err(invalid("ServiceNote", &[("RequiredField", "text", words)]));
    }
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let seen_by_all = flag("detailDescriptionFlag") || flag("resolutionFlag");
    // Where the note stands: without one of the three it stands nowhere [K].
    if !seen_by_all && !flag("internalAnalysisFlag") {
        let words =
            "One of detailDescriptionFlag, internalAnalysisFlag and resolutionFlag must be true.";
        return Err(wrong("detailDescriptionFlag", words));
    }
    world.change(|state| {
        let desk = state.psa.desk_mut(Psa::ConnectWise);
        let author = author(desk, caller, body.get("member"))
            .ok_or_else(|| wrong("member", "There is no such member."))?;
        let text = match desk.connectwise.keeps_newlines {
            true => text.to_owned(),
            false => text.replace("\r\n", " ").replace(['\n', '\r'], " "),
        };
        let note = PsaNote { ticket, text, internal: !seen_by_all, author, at_ms: call.now_ms };
        let shown = note.clone();
        let id = desk.add_note(note);
        Ok(Answer::json(201, show::note(desk, id, &shown)))
    })
}

/// `member` names the author (\[K\]: psa.md marks it as inferred); a member's session is its own author.
fn author(desk: &PsaDesk, caller: &Caller, member: Option<&Value>) -> Option<String> {
    let Some(member) = member.filter(|it| !it.is_null() && !caller.is_member()) else {
        return Some(caller.login().to_owned());
    };
    let by_login = member["identifier"].as_str().and_then(|login| desk.person(login));
    let by_id = || desk.people.iter().find(|it| member["id"].as_i64() == Some(it.id));
    let found = by_login.or_else(by_id)?;
    (!found.disabled).then(|| found.login.clone())
}
