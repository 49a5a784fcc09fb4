//! `/tickets` and `/tickets/{id}`: the built-in list, with the pod beside the ticket.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shared::{Code, ContactId, TicketId};

use super::times::Moment;
use super::{PAGE_ROWS, Page, Pager, Search, html};
use crate::app::App;
use crate::web::api::{Path, Query};
use crate::web::auth::SignedIn;
use crate::web::problem::Failure;

/// One line of a list of tickets.
pub(super) struct Row {
    pub(super) id: TicketId,
    pub(super) number: String,
    pub(super) summary: String,
    pub(super) contact: String,
    pub(super) customer: String,
    pub(super) opened: Moment,
}

impl Row {
    pub(super) fn new(ticket: crate::store::Ticket, now: shared::Millis) -> Self {
        Self {
            id: ticket.id,
            number: ticket.number,
            summary: ticket.summary,
            contact: ticket.contact_name,
            customer: ticket.customer_name,
            opened: Moment::new(ticket.created_at, now),
        }
    }
}

#[derive(Template)]
#[template(path = "tickets.html")]
struct TicketsPage<'a> {
    page: Page,
    q: &'a str,
    rows: Vec<Row>,
    pager: Pager,
}

/// `GET /tickets?q=&page=`.
///
/// # Errors
/// When nobody is signed in, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Query(search): Query<Search>,
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let mut rows =
        app.store.tickets(account, search.text(), PAGE_ROWS + 1, search.offset()).await?;
    let pager = search.cut(&mut rows);
    let now = app.clock.now();
    let rows = rows.into_iter().map(|ticket| Row::new(ticket, now)).collect();
    let page = Page::inside(&app, &session, "Tickets", "tickets");
    html(&TicketsPage { page, q: search.text(), rows, pager })
}

struct Note {
    author: String,
    body: String,
    at: Moment,
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage {
    page: Page,
    row: Row,
    contact: ContactId,
    notes: Vec<Note>,
}

/// `GET /tickets/{id}`.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours.
pub async fn one(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let ticket = app.store.ticket(account, id).await?.ok_or(Code::NotFound)?;
    let now = app.clock.now();
    let notes = app.store.ticket_notes(account, id).await?;
    let notes = notes
        .into_iter()
        .map(|note| Note {
            author: note.technician.unwrap_or_else(|| "Password Reset".into()),
            body: note.body,
            at: Moment::new(note.created_at, now),
        })
        .collect();
    let title = format!("#{} {}", ticket.number, ticket.summary);
    let page = Page::inside(&app, &session, &title, "tickets");
    html(&TicketPage { page, contact: ticket.contact, row: Row::new(ticket, now), notes })
}
