//! Writing a note: `publish` and `noteType` by the tenant's numbers (A§4).

use serde_json::{Map, Value, json};

use super::{refuse, show};
use crate::front::{Answer, Call};
use crate::psa::{Psa, PsaNote, PsaPick};
use crate::world::World;

const LONGEST_TEXT: usize = 32_000;

/// What a new note may have.
const MEMBERS: [&str; 6] = ["id", "ticketID", "title", "description", "noteType", "publish"];

/// Validation faults are 500 (A§5).
fn invalid(message: &str) -> Answer {
    refuse(500, message)
}

pub(super) fn add(
    world: &World,
    call: &Call,
    ticket: i64,
    impersonated: Option<&str>,
) -> Result<Answer, Answer> {
    let body: Map<String, Value> = serde_json::from_str(&call.body)
        .map_err(|_| refuse(400, "The request body is not a valid entity."))?;
    // Names know no case, as .NET reads them [K]; what is no member is refused [K].
    let strange = body.keys().find(|key| !MEMBERS.iter().any(|it| it.eq_ignore_ascii_case(key)));
    if let Some(strange) = strange {
        return Err(invalid(&format!("Unable to find {strange} in the TicketNote Entity.")));
    }
    let member = |name: &str| {
        body.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or(&Value::Null, |(_, it)| it)
    };
    let text = |name: &str, longest: usize| match member(name).as_str().map(str::trim) {
        None | Some("") => Err(invalid(&format!("Missing Required Field: {name}."))),
        Some(text) if text.chars().count() > longest => {
            Err(invalid(&format!("Value exceeds maximum length of {longest} for field: {name}.")))
        }
        Some(text) => Ok(text.to_owned()),
    };
    text("title", show::LONGEST_TITLE)?;
    let description = text("description", LONGEST_TEXT)?;
    if member("ticketID").as_i64().is_some_and(|id| id != ticket) {
        return Err(invalid("The ticketID does not match the parent."));
    }
    world.change(|state| {
        let desk = state.psa.desk_mut(Psa::Autotask);
        if desk.ticket(ticket).is_none() {
            return Err(refuse(404, "The parent ticket does not exist."));
        }
        picked(member("noteType"), "noteType", &desk.autotask.note_types)?;
        let publish = picked(member("publish"), "publish", &desk.autotask.publish)?;
        let note = PsaNote {
            ticket,
            text: description,
            internal: !publish.is_public(),
            author: impersonated.map_or_else(|| desk.api_login(), str::to_owned),
            at_ms: call.now_ms,
        };
        Ok(Answer::json(200, json!({"itemId": desk.add_note(note)})))
    })
}

/// The entry of a picklist that a number names.
fn picked<'a>(value: &Value, name: &str, list: &'a [PsaPick]) -> Result<&'a PsaPick, Answer> {
    if value.is_null() {
        return Err(invalid(&format!("Missing Required Field: {name}.")));
    }
    let number = value.as_i64();
    let number = number.ok_or_else(|| refuse(400, &format!("{name} must be a number.")))?;
    let found = list.iter().find(|it| it.value == number && it.active);
    found.ok_or_else(|| {
        invalid(&format!(
            "Value {number} does not exist or is inactive for the required picklist {name}."
        ))
    })
}
