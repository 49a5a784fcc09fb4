//! What people see of a ticket system in their browser: a list of tickets, a ticket with our pod in a
//! frame, and the page on which an admin sets the pod up. Not an API: nothing here is recorded, held or
//! spoilt. Who is signed in stands in the address (`?as=tess`), so that a demo can change it.

mod frame;
mod html;
mod pages;
mod parts;

use serde_json::{Value, json};

use crate::front::{Answer, Call, pairs};
use crate::psa::{Psa, PsaDesk, PsaPerson, PsaPod};
use crate::world::World;

const JS: &str = "text/javascript; charset=utf-8";

/// Only what the screens are made of; the frame may be anybody's, as in the real ones.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src http: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The part of an address that a screen reads.
struct Visit {
    psa: Psa,
    /// Who is signed in, as the address says; nobody in particular when empty.
    login: String,
    /// Size of the frame in CSS pixels.
    width: u32,
    height: u32,
}

impl Visit {
    fn of(psa: Psa, call: &Call) -> Self {
        let query = pairs(&call.query);
        let text =
            |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, it)| it.as_str());
        let size = |name: &str, usual: u32| {
            let wished = text(name).and_then(|it| it.parse().ok());
            wished.filter(|it| (50..=4000).contains(it)).unwrap_or(usual)
        };
        let login = text("as").unwrap_or_default().to_owned();
        Visit { psa, login, width: size("w", 300), height: size("h", 400) }
    }

    /// Who is signed in; whoever has left or is only there for the API can't be.
    fn person<'a>(&self, desk: &'a PsaDesk) -> Option<&'a PsaPerson> {
        let mut may = desk.people.iter().filter(|it| !it.disabled && !it.api);
        if self.login.is_empty() {
            return may.next();
        }
        may.find(|it| it.login.eq_ignore_ascii_case(&self.login))
    }
}

/// A screen's answer; `None`: the request is for the API.
pub(crate) fn answer(world: &World, psa: Psa, call: &Call) -> Option<Answer> {
    let parts = call.segments();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let answer = match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["psa", name]) => file(name)?,
        ("GET", ["favicon.ico"]) => Answer::empty(404),
        ("GET", ["screen", "ticket", id]) => ticket(world, &Visit::of(psa, call), id),
        ("GET", ["screen", "member"]) if psa == Psa::ConnectWise => {
            member(world, &Visit::of(psa, call))
        }
        ("POST", ["setup"]) => set_up(world, psa, call),
        ("GET", [""] | ["setup"] | ["tickets", _]) => page(world, psa, call, &parts),
        _ => return None,
    };
    Some(
        answer
            .with("cache-control", "no-store")
            .with("content-security-policy", CSP)
            .with("x-content-type-options", "nosniff")
            .with("referrer-policy", "strict-origin-when-cross-origin"),
    )
}

fn file(name: &str) -> Option<Answer> {
    let (kind, text) = match name {
        "style.css" => ("text/css; charset=utf-8", include_str!("../../../page/psa/style.css")),
        "early.js" => (JS, include_str!("../../../page/psa/early.js")),
        "screen.js" => (JS, include_str!("../../../page/psa/screen.js")),
        "connectwise.js" => (JS, include_str!("../../../page/psa/connectwise.js")),
        "halo.js" => (JS, include_str!("../../../page/psa/halo.js")),
        "autotask.js" => (JS, include_str!("../../../page/psa/autotask.js")),
        _ => return None,
    };
    Some(Answer::other(200, kind, text.to_owned()))
}

fn page(world: &World, psa: Psa, call: &Call, parts: &[&str]) -> Answer {
    let visit = Visit::of(psa, call);
    let (status, text) = world.read(|state| {
        let desk = state.psa.desk(psa);
        match (visit.person(desk), parts) {
            (None, _) => (403, pages::nobody(desk, &visit)),
            (Some(person), ["tickets", id]) => {
                match id.parse().ok().and_then(|id| parts::Shown::of(desk, &visit, person, id)) {
                    Some(shown) => (200, pages::ticket(desk, &visit, person, &shown)),
                    None => (404, pages::not_there(desk, &visit, person, id)),
                }
            }
            (Some(person), ["setup"]) => (200, pages::set_up(desk, &visit, person)),
            (Some(person), _) => (200, pages::list(desk, &visit, person)),
        }
    });
    Answer::other(status, "text/html; charset=utf-8", text)
}

/// `GET /screen/ticket/{id}`: what changes on a ticket's screen, for its own JavaScript.
fn ticket(world: &World, visit: &Visit, id: &str) -> Answer {
    world.read(|state| {
        let desk = state.psa.desk(visit.psa);
        let shown = visit
            .person(desk)
            .and_then(|person| parts::Shown::of(desk, visit, person, id.parse().ok()?));
        shown.map_or_else(|| Answer::json(404, json!({})), |shown| Answer::json(200, shown.json()))
    })
}

/// What the Hosted API tells a pod of whoever is signed in (C§9). Asked for each time: hashes change.
fn member(world: &World, visit: &Visit) -> Answer {
    let site = world.psa_site_url(visit.psa);
    world.read(|state| {
        let desk = state.psa.desk(visit.psa);
        let Some(person) = visit.person(desk) else { return Answer::json(404, json!({})) };
        Answer::json(
            200,
            json!({
                "site": site, "companyid": desk.credentials.account, "memberid": person.login,
                "memberHash": person.member_hash, "memberContext": "web", "memberEmail": person.email,
                "codeBase": desk.codebase,
            }),
        )
    })
}

/// The admin pastes the pod's address.
fn set_up(world: &World, psa: Psa, call: &Call) -> Answer {
    let from = call.header("origin");
    if !from.is_empty() && from != world.psa_site_url(psa) {
        return Answer::json(403, json!({"message": "This form is on another page."}));
    }
    let form = call.form();
    let text = |name: &str| {
        form.iter().find(|(key, _)| key == name).map_or("", |(_, it)| it.trim()).to_owned()
    };
    world.set_psa_pod(psa, &text("url"));
    world.with_psa(psa, |desk| {
        let change = |pod: &mut PsaPod| {
            if !text("origin").is_empty() {
                pod.origin = text("origin");
            }
            if !text("description").is_empty() {
                pod.description = text("description");
            }
        };
        desk.pods.iter_mut().for_each(change);
        if psa == Psa::Halo {
            desk.halo.iframe_secret = Some(text("secret")).filter(|it| !it.is_empty());
        }
    });
    let login: String = url::form_urlencoded::byte_serialize(text("as").as_bytes()).collect();
    Answer::empty(303).with("location", format!("/setup?as={login}"))
}

/// A note for the page's JavaScript, and the world page's.
pub(crate) fn note(desk: &PsaDesk, id: i64, note: &crate::psa::PsaNote) -> Value {
    json!({
        "id": id, "ticket": note.ticket, "author": desk.person(&note.author).map(PsaPerson::name),
        "login": note.author, "text": note.text, "internal": note.internal, "at_ms": note.at_ms,
    })
}
