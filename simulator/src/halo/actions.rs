//! Writing actions: notes, that is (H§4).

use serde_json::{Value, json};

use super::{Kind, Refusal, show};
use crate::front::Call;
use crate::psa::{Psa, PsaDesk, PsaNote};
use crate::world::World;

/// What an action is made of here, of the 438 that there are; another name is a mistake of ours \[K\].
const MEMBERS: [&str; 20] = [
    "id",
    "ticket_id",
    "outcome",
    "outcome_id",
    "note",
    "note_html",
    "hiddenfromuser",
    "important",
    "sendemail",
    "dont_do_rules",
    "who_type",
    "who_agentid",
    "datetime",
    "timetaken",
    "new_status",
    "guid",
    "emailto",
    "actionby_agent_id",
    "private_note",
    "attachments",
];

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(Kind::Invalid, message)
}

pub(super) fn add(world: &World, call: &Call) -> Result<Value, Refusal> {
    if call.content_type() != "application/json" {
        return Err(invalid("The request's media type is not supported."));
    }
    let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
    // An object in place of an array is no error of theirs but a crash [K].
    let actions = body.as_array().filter(|actions| !actions.is_empty()).ok_or_else(|| {
        Refusal::new(Kind::Crash, "Object reference not set to an instance of an object.")
    })?;
    world.change(|state| {
        let desk = state.psa.desk_mut(Psa::Halo);
        // All of them, or none: looked at before the first one is kept [K].
        let notes = actions
            .iter()
            .map(|action| note(desk, action, call.now_ms))
            .collect::<Result<Vec<_>, _>>()?;
        let mut shown: Vec<Value> = Vec::new();
        for note in notes {
            let copy = note.clone();
            let id = desk.add_note(note);
            shown.push(show::action(desk, id, &copy));
        }
        // One comes back alone, several in an array [K].
        Ok(if shown.len() == 1 { shown.remove(0) } else { json!(shown) })
    })
}

fn note(desk: &PsaDesk, action: &Value, at_ms: i64) -> Result<PsaNote, Refusal> {
    let members = action.as_object().ok_or_else(|| invalid("An action is an object."))?;
    for (key, value) in members {
        let right = match key.as_str() {
            "hiddenfromuser" | "important" | "sendemail" | "dont_do_rules" => {
                value.is_boolean() || value.is_null()
            }
            "id" | "ticket_id" | "outcome_id" | "who_type" | "who_agentid" | "new_status"
            | "actionby_agent_id" => value.is_i64() || value.is_null(),
            "timetaken" => value.is_number() || value.is_null(),
            "attachments" => value.is_array() || value.is_null(),
            key if MEMBERS.contains(&key) => value.is_string() || value.is_null(),
            _ => {
                return Err(invalid(format!(
                    "Could not find member '{key}' on object of type 'Actions'."
                )));
            }
        };
        if !right {
            return Err(invalid(format!("Error converting value for member '{key}'.")));
        }
    }
    if action["id"].as_i64().is_some_and(|id| id > 0) {
        // Create and update share this route (H§4); nobody here updates.
        return Err(invalid("Actions cannot be changed."));
    }
    let ticket = action["ticket_id"].as_i64().unwrap_or(0);
    if desk.ticket(ticket).is_none() {
        return Err(Refusal::new(Kind::Missing, "Ticket does not exist"));
    }
    let html = action["note_html"].as_str().filter(|html| !html.is_empty());
    let text =
        html.map_or_else(|| action["note"].as_str().unwrap_or_default().to_owned(), show::plain);
    if text.trim().is_empty() {
        return Err(invalid("The note is empty."));
    }
    let named = |it: &&crate::psa::HaloOutcome| {
        action["outcome_id"].as_i64().map_or_else(
            || action["outcome"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(&it.name)),
            |id| id == it.id,
        )
    };
    let outcome = desk.halo.outcomes.iter().find(named);
    let outcome = outcome.ok_or_else(|| invalid("The outcome does not exist."))?;
    let internal = action["hiddenfromuser"].as_bool().unwrap_or(outcome.hidden);
    Ok(PsaNote { ticket, text, internal, author: author(desk, action)?, at_ms })
}

/// The application's own agent, unless another one is named and that is followed (H§4).
fn author(desk: &PsaDesk, action: &Value) -> Result<String, Refusal> {
    match action["who_agentid"].as_i64().filter(|id| desk.halo.follows_who && *id > 0) {
        None => Ok(desk.api_login()),
        Some(id) => {
            let found = desk.people.iter().find(|it| it.id == id && !it.disabled);
            found.map(|it| it.login.clone()).ok_or_else(|| invalid("The agent does not exist."))
        }
    }
}
