//! Who the contact is, in the PSA's words and in Microsoft's.

use shared::{DirectoryView, PodState};

use super::icons;
use super::widgets::{coded, note};
use crate::dom::{El, address, el, of, p};
use crate::model::Model;
use crate::words::EN;

/// Name, sign-in name, customer and ticket.
pub(super) fn person(model: Model) -> El {
    el("header").set("class", "person").drawn(
        of(move || {
            model
                .parts()
                .of_state(|s| Some((s.contact.clone(), s.ticket.clone(), s.directory.clone())))
        }),
        move || model.parts().state.peek(|state| state.as_ref().map(header).unwrap_or_default()),
    )
}

fn header(state: &PodState) -> Vec<El> {
    let mut place = state.contact.customer.clone();
    let mut summary = "";
    if let Some(ticket) = &state.ticket {
        place = format!("{place} · {}", (EN.ticket)(&ticket.number));
        summary = &ticket.summary;
    }
    vec![
        el("h2").text(&state.contact.name),
        known_as(&state.directory, &state.contact.name),
        p("small", &place).set("title", summary),
    ]
}

/// How Microsoft knows the person.
fn known_as(directory: &DirectoryView, contact: &str) -> El {
    match directory {
        DirectoryView::Looking => p("small", EN.looking).set("aria-busy", "true"),
        // Another name is worth seeing: it may be another person.
        DirectoryView::Found { name, upn } if name.trim() != contact.trim() => {
            address(p("upn", &format!("{name} · ")), upn)
        }
        DirectoryView::Found { upn, .. } => address(p("upn", ""), upn),
        DirectoryView::Trouble { code } => note("warn", icons::warning(), coded("", *code)),
    }
}
