//! The records of the Hosted API: which pods are on which screen (C§8).

use serde_json::{Map, Value, json};

use super::auth::Caller;
use super::{forbidden, invalid, not_found, notes, number, refuse};
use crate::front::{Answer, Call};
use crate::psa::{Psa, PsaPod};
use crate::world::World;

/// Number, screen id, name (\[K\]: which numbers a tenant has is for it to say).
const SCREENS: [(i64, &str, &str); 4] = [
    (1, "company", "Company"),
    (2, "contact", "Contact"),
    (3, "salesorder", "Sales Order"),
    (PsaPod::TICKET_SCREEN, "ticket", "Service Ticket"),
];

/// A member and how long it may be; 0: it is no text.
const MEMBERS: [(&str, usize); 18] = [
    ("id", 0),
    ("screenId", 0),
    ("description", 50),
    ("url", 1024),
    ("type", 20),
    ("clientId", 36),
    ("origin", 100),
    ("podHeight", 0),
    ("toolbarButtonDialogHeight", 0),
    ("toolbarButtonDialogWidth", 0),
    ("toolbarButtonText", 50),
    ("toolbarButtonToolTip", 50),
    ("toolbarButtonIconDocumentId", 0),
    ("disabledFlag", 0),
    ("locationIds", 0),
    ("locationsEnabledFlag", 0),
    ("createdBy", 50),
    ("dateCreated", 50),
];

pub(super) fn route(
    world: &World,
    call: &Call,
    caller: &Caller,
    path: &[&str],
) -> Result<Answer, Answer> {
    match (call.method.as_str(), path) {
        ("GET", ["system", "connectwisehostedscreens"]) => {
            let shown = |(id, screen, name): &(i64, &str, &str)| json!({"id": id, "screenId": screen, "name": name});
            return Ok(Answer::json(200, SCREENS.iter().map(shown).collect()));
        }
        ("GET", ["system", "connectwisehostedsetups"]) => {
            return Ok(Answer::json(
                200,
                world.read(|state| {
                    state.psa.desk(Psa::ConnectWise).pods.iter().map(record).collect()
                }),
            ));
        }
        _ => {}
    }
    // Setup tables are an administrator's; our API member is one here, Tess and Cole are not [K].
    if caller.is_member() && call.method != "GET" {
        return Err(forbidden());
    }
    match (call.method.as_str(), path) {
        ("POST", ["system", "connectwisehostedsetups"]) => {
            let members = notes::object(call)?;
            world.change(|state| {
                let pods = &mut state.psa.desk_mut(Psa::ConnectWise).pods;
                let id = pods.iter().map(|pod| pod.id).max().unwrap_or(0) + 1;
                let pod = pod(id, members)?;
                let shown = record(&pod);
                pods.push(pod);
                Ok(Answer::json(201, shown))
            })
        }
        (method, ["system", "connectwisehostedsetups", id]) => {
            one(world, call, method, number(id)?)
        }
        _ => Err(refuse(404, "NotFound", "The requested resource was not found.").unknown()),
    }
}

fn one(world: &World, call: &Call, method: &str, id: i64) -> Result<Answer, Answer> {
    world.change(|state| {
        let pods = &mut state.psa.desk_mut(Psa::ConnectWise).pods;
        let place = pods.iter().position(|pod| pod.id == id);
        let place = place.ok_or_else(|| not_found("ConnectWiseHostedSetup"))?;
        match method {
            "GET" => {}
            "PUT" => pods[place] = pod(id, notes::object(call)?)?,
            "PATCH" => pods[place] = pod(id, patched(record(&pods[place]), call)?)?,
            "DELETE" => {
                pods.remove(place);
                return Ok(Answer::empty(204));
            }
            _ => {
                return Err(refuse(405, "MethodNotAllowed", "The method is not allowed.").unknown());
            }
        }
        Ok(Answer::json(200, record(&pods[place])))
    })
}

/// `[{"op":"replace","path":"url","value":"…"}]`, with a slash before the path or without.
fn patched(record: Value, call: &Call) -> Result<Map<String, Value>, Answer> {
    let bad = || refuse(400, "InvalidObject", "The patch is not valid.");
    let steps: Vec<Value> = serde_json::from_str(&call.body).map_err(|_| bad())?;
    let Value::Object(mut members) = record else { return Err(bad()) };
    for step in steps {
        let path = step["path"].as_str().unwrap_or_default().trim_start_matches('/');
        match step["op"].as_str() {
            Some("replace" | "add") if !path.is_empty() => {
                drop(members.insert(path.to_owned(), step["value"].clone()));
            }
            Some("remove") => drop(members.remove(path)),
            _ => return Err(bad()),
        }
    }
    Ok(members)
}

fn record(pod: &PsaPod) -> Value {
    let mut shown = Value::Object(pod.rest.clone());
    let own = [
        ("id", json!(pod.id)),
        ("screenId", json!(pod.screen_id)),
        ("description", json!(pod.description)),
        ("url", json!(pod.url)),
        ("type", json!(pod.kind)),
        ("origin", json!(pod.origin)),
        ("disabledFlag", json!(pod.disabled)),
    ];
    for (name, value) in own {
        shown[name] = value;
    }
    shown
}

fn pod(id: i64, members: Map<String, Value>) -> Result<PsaPod, Answer> {
    let mut errors = Vec::new();
    for (key, value) in &members {
        let Some((_, longest)) = MEMBERS.iter().find(|(name, _)| name == key) else {
            errors.push(("InvalidField", key.as_str(), "The field does not exist.".to_owned()));
            continue;
        };
        let length = value.as_str().map_or(0, |text| text.chars().count());
        if *longest > 0 && (length > *longest || !value.is_string() && !value.is_null()) {
            let words = format!("{key} must be a text of at most {longest} characters.");
            errors.push(("InvalidField", key.as_str(), words));
        }
    }
    let text =
        |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let screen_id = members.get("screenId").and_then(Value::as_i64).unwrap_or(0);
    if !SCREENS.iter().any(|(known, ..)| *known == screen_id) {
        errors.push(("InvalidField", "screenId", "There is no such screen.".to_owned()));
    }
    for name in ["description", "url"] {
        if text(name).is_empty() {
            errors.push(("RequiredField", name, format!("{name} is required.")));
        }
    }
    if !["Tab", "Pod", "ToolbarButton"].contains(&text("type").as_str()) {
        errors.push(("InvalidField", "type", "type must be Tab, Pod or ToolbarButton.".to_owned()));
    }
    if !errors.is_empty() {
        return Err(invalid("ConnectWiseHostedSetup", &errors));
    }
    let disabled = members.get("disabledFlag").and_then(Value::as_bool).unwrap_or(false);
    let pod = PsaPod {
        id,
        description: text("description"),
        url: text("url"),
        origin: text("origin"),
        kind: text("type"),
        screen_id,
        disabled,
        rest: Map::new(),
    };
    Ok(PsaPod { rest: members, ..pod })
}
