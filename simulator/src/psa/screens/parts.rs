//! What of a ticket's screen changes when the ticket does: as HTML, and as JSON for its JavaScript.

use serde_json::{Value, json};

use super::html::text;
use super::{Visit, frame, note};
use crate::dates;
use crate::psa::{PsaDesk, PsaPerson, PsaTicket};

/// A ticket as somebody sees it.
pub(super) struct Shown {
    pub(super) id: i64,
    pub(super) number: String,
    pub(super) summary: String,
    pub(super) details: String,
    pub(super) notes: String,
    pub(super) previous: Option<i64>,
    pub(super) next: Option<i64>,
    /// The frame's address.
    pub(super) frame: Option<String>,
    notes_json: Vec<Value>,
}

impl Shown {
    /// `None`: there is no such ticket for this person.
    pub(super) fn of(desk: &PsaDesk, visit: &Visit, person: &PsaPerson, id: i64) -> Option<Self> {
        let ticket = desk.ticket(id).filter(|it| it.shown_to(&person.login))?;
        let order = order(desk, person);
        let place = order.iter().position(|it| it.id == id)?;
        let at = |place: Option<usize>| place.and_then(|it| order.get(it)).map(|it| it.id);
        let notes = || desk.numbered(Some(id));
        Some(Shown {
            id,
            number: ticket.number.clone(),
            summary: ticket.summary.clone(),
            details: details(desk, ticket),
            notes: notes().map(|(id, it)| self::note_html(desk, id, it)).collect(),
            previous: at(place.checked_sub(1)),
            next: at(place.checked_add(1)),
            frame: frame::address(desk, visit.psa, ticket, person),
            notes_json: notes().map(|(id, it)| note(desk, id, it)).collect(),
        })
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id, "number": self.number, "summary": self.summary, "details_html": self.details,
            "notes_html": self.notes, "notes": self.notes_json, "previous": self.previous, "next": self.next,
            "frame": self.frame,
        })
    }
}

/// What somebody sees in the list, in its order: the newest number last.
pub(super) fn order<'a>(desk: &'a PsaDesk, person: &PsaPerson) -> Vec<&'a PsaTicket> {
    let mut seen: Vec<&PsaTicket> =
        desk.tickets.iter().filter(|it| it.shown_to(&person.login)).collect();
    seen.sort_by_key(|it| it.id);
    seen
}

fn row(id: &str, name: &str, value: &str) -> String {
    let value = if value.is_empty() { "<span class=\"none\">none</span>" } else { value };
    format!("<div><dt>{name}</dt><dd id=\"{id}\">{value}</dd></div>\n")
}

fn details(desk: &PsaDesk, ticket: &PsaTicket) -> String {
    let company = desk.company(ticket.company).map(|it| text(&it.name)).unwrap_or_default();
    let contact = ticket.contact.and_then(|id| desk.contact(id));
    let name = contact.map(|it| text(&it.name())).unwrap_or_default();
    let emails =
        contact.map(|it| it.emails.iter().map(|one| text(one)).collect::<Vec<_>>().join("<br>"));
    let phones = contact.map(|it| {
        let one = |(kind, number): &(String, String)| {
            format!("<span class=\"kind\">{}</span> {}", text(kind), text(number))
        };
        it.phones.iter().map(one).collect::<Vec<_>>().join("<br>")
    });
    [
        row("company", "Company", &company),
        row("contact", "Contact", &name),
        row("emails", "E-mail", &emails.unwrap_or_default()),
        row("phones", "Phones", &phones.unwrap_or_default()),
        row("status", "Status", if ticket.closed { "Closed" } else { "New" }),
        row(
            "opened",
            "Opened",
            &dates::iso(ticket.opened_ms).replace('T', " ").replace('Z', " UTC"),
        ),
    ]
    .concat()
}

fn note_html(desk: &PsaDesk, id: i64, note: &crate::psa::PsaNote) -> String {
    let author = desk.person(&note.author).map_or_else(|| note.author.clone(), PsaPerson::name);
    let (class, badge) =
        if note.internal { ("internal", "Internal") } else { ("public", "Public") };
    format!(
        "<li class=\"note {class}\" data-note=\"{id}\" data-author=\"{}\"><header><strong class=\"author\">{}</strong> \
         <span class=\"badge\">{badge}</span> <time>{}</time></header><p class=\"text\">{}</p></li>\n",
        text(&note.author),
        text(&author),
        dates::iso(note.at_ms).replace('T', " ").replace('Z', " UTC"),
        text(&note.text),
    )
}
