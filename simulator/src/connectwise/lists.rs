//! Lists: conditions, order, pages, chosen fields (C§4).

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::auth::Caller;
use super::conditions::{Condition, order};
use super::{auth, refuse, show};
use crate::front::{Answer, Call, pairs};
use crate::psa::{Psa, PsaDesk};
use crate::world::World;

const DEFAULT_PAGE: usize = 25;
const LARGEST_PAGE: usize = 1000;

/// What may be asked for in a list.
struct Fields {
    own: &'static [&'static str],
    /// Of children; none: the list has no `childConditions`.
    of_children: &'static [&'static str],
}

const TICKETS: Fields = Fields {
    own: &[
        "id",
        "summary",
        "board/id",
        "board/name",
        "status/id",
        "status/name",
        "company/id",
        "company/identifier",
        "company/name",
        "contact/id",
        "contact/name",
        "contact",
        "contactName",
        "contactEmailAddress",
        "closedFlag",
        "recordType",
    ],
    of_children: &[],
};
const CONTACTS: Fields = Fields {
    own: &[
        "id",
        "firstName",
        "lastName",
        "company/id",
        "company/identifier",
        "company/name",
        "inactiveFlag",
    ],
    of_children: &[
        "communicationItems/value",
        "communicationItems/communicationType",
        "communicationItems/type/id",
        "communicationItems/type/name",
        "communicationItems/defaultFlag",
        "communicationItems/id",
    ],
};
const COMPANIES: Fields = Fields {
    own: &["id", "identifier", "name", "status/id", "status/name", "website", "deletedFlag"],
    of_children: &["types/id", "types/name"],
};
const MEMBERS: Fields = Fields {
    own: &[
        "id",
        "identifier",
        "firstName",
        "lastName",
        "primaryEmail",
        "officeEmail",
        "licenseClass",
        "inactiveFlag",
    ],
    of_children: &[],
};
const NOTES: Fields = Fields {
    own: &[
        "id",
        "text",
        "internalAnalysisFlag",
        "detailDescriptionFlag",
        "resolutionFlag",
        "createdBy",
        "dateCreated",
    ],
    of_children: &[],
};

type Made = Result<Answer, Answer>;

pub(super) fn tickets(world: &World, call: &Call, caller: &Caller) -> Made {
    let seen = |desk: &PsaDesk| {
        let seen =
            desk.tickets.iter().filter(|it| !caller.is_member() || it.shown_to(caller.login()));
        seen.map(|it| show::ticket(desk, it)).collect()
    };
    list(world, call, &TICKETS, seen)
}

pub(super) fn contacts(world: &World, call: &Call) -> Made {
    list(world, call, &CONTACTS, |desk| {
        desk.contacts.iter().map(|it| show::contact(desk, it)).collect()
    })
}

pub(super) fn companies(world: &World, call: &Call) -> Made {
    list(world, call, &COMPANIES, |desk| desk.companies.iter().map(show::company).collect())
}

pub(super) fn members(world: &World, call: &Call) -> Made {
    list(world, call, &MEMBERS, |desk| desk.people.iter().map(show::member).collect())
}

pub(super) fn notes(world: &World, call: &Call, caller: &Caller, ticket: i64) -> Made {
    auth::may_see(world, caller, ticket)?;
    let all = |desk: &PsaDesk| {
        desk.numbered(Some(ticket)).map(|(id, note)| show::note(desk, id, note)).collect()
    };
    list(world, call, &NOTES, all)
}

fn list(
    world: &World,
    call: &Call,
    fields: &Fields,
    all: impl FnOnce(&PsaDesk) -> Vec<Value>,
) -> Made {
    let query = pairs(&call.query);
    let given =
        |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let own = Condition::read(given("conditions").unwrap_or_default(), fields.own)?;
    let child = Condition::read(given("childConditions").unwrap_or_default(), fields.of_children)?;
    if given("customFieldConditions").is_some_and(|text| !text.is_empty()) {
        let words = "There are no custom fields to be asked for.";
        return Err(refuse(400, "InvalidConditions", words));
    }
    let mut found = world.read(|state| all(state.psa.desk(Psa::ConnectWise)));
    found.retain(|it| own.as_ref().is_none_or(|test| test.holds(it)));
    found.retain(|it| child.as_ref().is_none_or(|test| test.holds_for_a_child(it)));
    sort(&mut found, given("orderBy").unwrap_or("id"), fields.own)?;
    let number = |name: &str, otherwise: usize| match given(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().ok().filter(|it| *it >= 1).ok_or_else(|| {
            refuse(400, "InvalidParameter", &format!("{name} must be a number above zero."))
        }),
    };
    let size = number("pageSize", DEFAULT_PAGE)?;
    if size > LARGEST_PAGE {
        return Err(refuse(400, "InvalidParameter", "pageSize must not be more than 1000."));
    }
    let (page, links) = if call.header("pagination-type") == "forward-only" {
        // By the last id that was seen; in this order only.
        let after = given("pageId").and_then(|id| id.parse().ok()).unwrap_or(0);
        forward(found, after, size)
    } else {
        numbered(found, number("page", 1)?, size)
    };
    let kept: Vec<Value> = page.into_iter().map(|it| chosen(it, given("fields"))).collect();
    let answer = Answer::json(200, Value::Array(kept));
    if links.is_empty() {
        return Ok(answer);
    }
    let address = |(rel, name, value): &(&str, &str, i64)| {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(
            query.iter().filter(|(key, _)| !["page", "pageId"].contains(&key.as_str())),
        );
        out.append_pair(name, &value.to_string());
        let here = world.psa_api_url(Psa::ConnectWise);
        format!("<{here}{}?{}>; rel=\"{rel}\"", call.path, out.finish())
    };
    Ok(answer.with("link", links.iter().map(address).collect::<Vec<_>>().join(", ")))
}

/// A page, and where others are: relation, parameter, its value.
type Page = (Vec<Value>, Vec<(&'static str, &'static str, i64)>);

fn numbered(found: Vec<Value>, page: usize, size: usize) -> Page {
    let last = found.len().div_ceil(size).max(1);
    let number = |page: usize| i64::try_from(page).unwrap_or(i64::MAX);
    let mut links = Vec::new();
    if page > 1 {
        links.push(("first", "page", 1));
        links.push(("prev", "page", number(page - 1)));
    }
    if page < last {
        links.push(("next", "page", number(page + 1)));
        links.push(("last", "page", number(last)));
    }
    let skipped = (page - 1).saturating_mul(size);
    (found.into_iter().skip(skipped).take(size).collect(), links)
}

fn forward(found: Vec<Value>, after: i64, size: usize) -> Page {
    let id = |it: &Value| it["id"].as_i64().unwrap_or(0);
    let mut rest: Vec<Value> = found.into_iter().filter(|it| id(it) > after).collect();
    rest.sort_by_key(id);
    let more = rest.len() > size;
    rest.truncate(size);
    let next = rest.last().filter(|_| more).map(|it| ("next", "pageId", id(it)));
    (rest, next.into_iter().collect())
}

/// `orderBy=lastName asc,id desc`.
fn sort(found: &mut [Value], text: &str, fields: &[&str]) -> Result<(), Answer> {
    let mut keys = Vec::new();
    for part in text.split(',') {
        let mut words = part.split_whitespace();
        let field = words.next().unwrap_or_default();
        let known = fields.iter().find(|it| it.eq_ignore_ascii_case(field));
        let down = match words.next().map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => Some(false),
            Some("desc") => Some(true),
            Some(_) => None,
        };
        match (known, down, words.next()) {
            (Some(field), Some(down), None) => keys.push((format!("/{field}"), down)),
            _ => {
                return Err(refuse(
                    400,
                    "InvalidOrderBy",
                    &format!("'{part}' cannot be ordered by."),
                ));
            }
        }
    }
    let compare = |a: &Value, b: &Value| {
        keys.iter().fold(Ordering::Equal, |so_far, (pointer, down)| {
            let (a, b) = (a.pointer(pointer), b.pointer(pointer));
            let now = a.zip(b).and_then(|(a, b)| order(a, b)).unwrap_or(Ordering::Equal);
            so_far.then(if *down { now.reverse() } else { now })
        })
    };
    found.sort_by(compare);
    Ok(())
}

/// `fields=id,company/name`.
fn chosen(thing: Value, fields: Option<&str>) -> Value {
    let Some(fields) = fields.filter(|fields| !fields.is_empty()) else { return thing };
    let mut out = Map::new();
    for field in fields.split(',').map(str::trim) {
        let found = thing.pointer(&format!("/{field}")).cloned().unwrap_or_default();
        match field.split_once('/') {
            None => drop(out.insert(field.to_owned(), found)),
            Some((outer, inner)) => {
                let inside = out.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                if let Some(inside) = inside.as_object_mut() {
                    inside.insert(inner.to_owned(), found);
                }
            }
        }
    }
    Value::Object(out)
}
