//! Queries: filters, at most 500 at a time, and the address of the next ones (A§3).

use std::cmp::Ordering;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use super::{refuse, show};
use crate::front::{Answer, Call, pairs};
use crate::psa::{Psa, PsaDesk};
use crate::world::World;

/// Rows of an answer, and alternatives in a filter.
pub(super) const LARGEST: usize = 500;

/// What can be asked for.
#[derive(Clone, Copy)]
pub(super) enum Entity {
    Tickets,
    Contacts,
    Companies,
    Resources,
    TicketNotes,
}

impl Entity {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "Tickets" => Some(Entity::Tickets),
            "Contacts" => Some(Entity::Contacts),
            "Companies" => Some(Entity::Companies),
            "Resources" => Some(Entity::Resources),
            "TicketNotes" => Some(Entity::TicketNotes),
            _ => None,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Entity::Tickets => "Tickets",
            Entity::Contacts => "Contacts",
            Entity::Companies => "Companies",
            Entity::Resources => "Resources",
            Entity::TicketNotes => "TicketNotes",
        }
    }

    pub(super) fn all(self, desk: &PsaDesk) -> Vec<Value> {
        match self {
            Entity::Tickets => desk.tickets.iter().map(show::ticket).collect(),
            Entity::Contacts => desk.contacts.iter().map(show::contact).collect(),
            Entity::Companies => desk.companies.iter().map(show::company).collect(),
            Entity::Resources => desk.people.iter().map(show::resource).collect(),
            Entity::TicketNotes => {
                desk.numbered(None).map(|(id, it)| show::note(desk, id, it)).collect()
            }
        }
    }

    /// The names that a filter may use.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Entity::Tickets => &[
                "id",
                "ticketNumber",
                "title",
                "description",
                "companyID",
                "contactID",
                "status",
                "priority",
                "queueID",
                "assignedResourceID",
                "ticketCategory",
                "createDate",
                "lastActivityDate",
            ],
            Entity::Contacts => &[
                "id",
                "companyID",
                "firstName",
                "lastName",
                "emailAddress",
                "emailAddress2",
                "emailAddress3",
                "phone",
                "mobilePhone",
                "alternatePhone",
                "extension",
                "isActive",
            ],
            Entity::Companies => &[
                "id",
                "companyName",
                "companyNumber",
                "phone",
                "webAddress",
                "isActive",
                "companyType",
            ],
            Entity::Resources => &[
                "id",
                "firstName",
                "lastName",
                "email",
                "userName",
                "isActive",
                "resourceType",
                "licenseType",
            ],
            Entity::TicketNotes => &[
                "id",
                "ticketID",
                "title",
                "description",
                "noteType",
                "publish",
                "createDateTime",
                "lastActivityDate",
                "creatorResourceID",
                "impersonatorCreatorResourceID",
            ],
        }
    }
}

/// A member of an object, whatever its case: .NET reads them so \[K\].
fn member<'a>(object: &'a Map<String, Value>, name: &str) -> &'a Value {
    let found = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map_or(&Value::Null, |(_, value)| value)
}

pub(super) fn run(world: &World, call: &Call, entity: Entity) -> Result<Answer, Answer> {
    let bad = || refuse(500, "The query is not valid.");
    let query = pairs(&call.query);
    let given =
        |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let is_next = call.path.ends_with("/next");
    let text = match (is_next, call.method.as_str()) {
        (true, _) => {
            let token = given("paging").ok_or_else(bad)?;
            let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| bad())?;
            String::from_utf8(bytes).map_err(|_| bad())?
        }
        (false, "GET") => given("search").ok_or_else(bad)?,
        _ => call.body.clone(),
    };
    let body: Map<String, Value> = serde_json::from_str(&text).map_err(|_| bad())?;
    for key in body.keys() {
        let known = ["filter", "maxrecords", "includefields"]
            .contains(&key.to_ascii_lowercase().as_str())
            || is_next && key == "after";
        if !known {
            return Err(refuse(500, &format!("{key} is not part of a query.")));
        }
    }
    let filter = member(&body, "filter").as_array().filter(|it| !it.is_empty());
    let filter = filter.ok_or_else(|| refuse(500, "A filter is required."))?;
    let most = match member(&body, "maxRecords") {
        Value::Null => LARGEST,
        most => {
            let most = most.as_u64().and_then(|it| usize::try_from(it).ok());
            most.filter(|it| (1..=LARGEST).contains(it))
                .ok_or_else(|| refuse(500, "MaxRecords must be between 1 and 500."))?
        }
    };
    let after = body.get("after").and_then(Value::as_i64).unwrap_or(0);
    let mut found = world.read(|state| entity.all(state.psa.desk(Psa::Autotask)));
    found.sort_by_key(|it| it["id"].as_i64());
    let mut kept = Vec::new();
    for item in found {
        // Every filter is looked at even when nothing is there to be filtered.
        if holds_all(filter, &item, entity)? && item["id"].as_i64() > Some(after) {
            kept.push(item);
        }
    }
    check_fields(filter, entity)?;
    let more = kept.len() > most;
    kept.truncate(most);
    let next = kept.last().filter(|_| more).and_then(|it| it["id"].as_i64()).map(|last| {
        let mut body = body.clone();
        body.insert("after".to_owned(), last.into());
        let token = BASE64URL_NOPAD.encode(Value::Object(body).to_string().as_bytes());
        let here = world.psa_api_url(Psa::Autotask);
        format!("{here}/ATServicesRest/V1.0/{}/query/next?paging={token}", entity.path())
    });
    let wanted = member(&body, "includeFields").as_array();
    let items: Vec<Value> = kept.into_iter().map(|it| chosen(it, wanted)).collect();
    let pages = json!({"count": items.len(), "requestCount": most, "prevPageUrl": null, "nextPageUrl": next});
    Ok(Answer::json(200, json!({"items": items, "pageDetails": pages})))
}

fn chosen(item: Value, wanted: Option<&Vec<Value>>) -> Value {
    let Some(wanted) = wanted.filter(|it| !it.is_empty()) else { return item };
    let wanted: Vec<&str> = wanted.iter().filter_map(Value::as_str).collect();
    let Value::Object(members) = item else { return item };
    // The id comes along unasked [K].
    let is_wanted = |key: &str| key == "id" || wanted.iter().any(|it| it.eq_ignore_ascii_case(key));
    Value::Object(members.into_iter().filter(|(key, _)| is_wanted(key)).collect())
}

/// An empty list must not hide a mistake in the filter.
fn check_fields(filter: &[Value], entity: Entity) -> Result<(), Answer> {
    let empty: Map<String, Value> =
        entity.fields().iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let nothing = Value::Object(empty);
    for one in filter {
        holds(one, &nothing, entity)?;
    }
    Ok(())
}

fn holds_all(filter: &[Value], item: &Value, entity: Entity) -> Result<bool, Answer> {
    let mut all = true;
    for one in filter {
        all &= holds(one, item, entity)?;
    }
    Ok(all)
}

fn holds(filter: &Value, item: &Value, entity: Entity) -> Result<bool, Answer> {
    let filter = filter.as_object().ok_or_else(|| refuse(500, "A filter is an object."))?;
    let op = member(filter, "op").as_str().unwrap_or_default().to_ascii_lowercase();
    if op == "and" || op == "or" {
        let items =
            member(filter, "items").as_array().filter(|it| (1..=LARGEST).contains(&it.len()));
        let items = items.ok_or_else(|| refuse(500, "A group needs between 1 and 500 items."))?;
        let mut held = Vec::new();
        for one in items {
            held.push(holds(one, item, entity)?);
        }
        return Ok(if op == "and" { !held.contains(&false) } else { held.contains(&true) });
    }
    let name = member(filter, "field").as_str().unwrap_or_default();
    let field = entity.fields().iter().find(|it| it.eq_ignore_ascii_case(name));
    let field = field.ok_or_else(|| {
        refuse(500, &format!("Unable to find {name} in the {} Entity.", entity.path()))
    })?;
    let (have, want) = (&item[*field], member(filter, "value"));
    let (text, part) = (lower(have), lower(want));
    let order = order(have, want);
    let among = || want.as_array().is_some_and(|all| all.iter().any(|it| same(have, it)));
    match op.as_str() {
        "eq" => Ok(same(have, want)),
        "noteq" => Ok(!same(have, want)),
        "gt" => Ok(order == Some(Ordering::Greater)),
        "gte" => Ok(order.is_some_and(Ordering::is_ge)),
        "lt" => Ok(order == Some(Ordering::Less)),
        "lte" => Ok(order.is_some_and(Ordering::is_le)),
        "beginswith" => Ok(!have.is_null() && text.starts_with(&part)),
        "endswith" => Ok(!have.is_null() && text.ends_with(&part)),
        "contains" => Ok(!have.is_null() && text.contains(&part)),
        "exist" => Ok(!have.is_null()),
        "notexist" => Ok(have.is_null()),
        "in" => Ok(among()),
        "notin" => Ok(!among()),
        _ => Err(refuse(500, &format!("The operator '{op}' does not exist."))),
    }
}

fn lower(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_lowercase)
}

/// Numbers may come as texts, and the other way round.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    let number = |it: &Value| it.as_i64().or_else(|| it.as_str()?.parse().ok());
    if a.is_null() || b.is_null() {
        return None;
    }
    match (number(a), number(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => Some(lower(a).cmp(&lower(b))),
    }
}

fn same(have: &Value, want: &Value) -> bool {
    // `isActive` of a contact is 1, and asked for with true as well.
    let want = match (have, want) {
        (Value::Number(_), Value::Bool(yes)) => &json!(i32::from(*yes)),
        _ => want,
    };
    have.is_null() && want.is_null() || order(have, want) == Some(Ordering::Equal)
}
