//! `/tickets` and `/tickets/{id}`: the list, with a ticket and the pod beside it or on a page of their own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::{Code, ContactId, Millis, TicketId};

use super::lists::{Asked, Filters, Mark, Whose, among, everybodys, marks};
use super::times::Moment;
use super::{Page, Pager, html, html_with};
use crate::app::App;
use crate::lists::Recent;
use crate::reach;
use crate::store::{Listed, Session, StoreError, Ticket, TicketNote};
use crate::web::api::{Path, Query};
use crate::web::auth::SignedIn;
use crate::web::problem::Failure;

/// A line of the list.
struct Row {
    id: TicketId,
    number: String,
    summary: String,
    contact: String,
    customer: String,
    opened: Moment,
    marks: Vec<Mark>,
    /// The list with this ticket beside it.
    beside: String,
    /// Whether it is beside it now.
    open: bool,
}

#[derive(Template)]
#[template(path = "tickets.html")]
struct TicketsPage {
    page: Page,
    filters: Filters,
    rows: Vec<Row>,
    pager: Pager,
    /// What is beside the list; nothing where what is asked for is not there.
    open: Option<Option<View>>,
    /// The list without anything beside it.
    alone: String,
}

struct Note {
    author: String,
    body: String,
    at: Moment,
}

/// A ticket with its notes, beside the list or on a page of its own.
struct View {
    id: TicketId,
    contact: ContactId,
    contact_name: String,
    customer: String,
    number: String,
    summary: String,
    opened: Moment,
    notes: Vec<Note>,
}

impl View {
    async fn read(
        app: &App,
        session: &Session,
        id: TicketId,
        now: Millis,
    ) -> Result<Option<Self>, StoreError> {
        let account = session.technician.account;
        let reach = reach::of(&app.store, session).await?;
        let found = app.store.ticket(account, id).await?;
        let Some(ticket) = found.filter(|it| reach.covers(it.customer)) else { return Ok(None) };
        let notes = app.store.ticket_notes(account, id).await?;
        let note = |note: TicketNote| Note {
            author: note.technician.unwrap_or_else(|| "Password Reset".into()),
            body: note.body,
            at: Moment::new(note.created_at, now),
        };
        Ok(Some(Self {
            id: ticket.id,
            contact: ticket.contact,
            contact_name: ticket.contact_name,
            customer: ticket.customer_name,
            number: ticket.number,
            summary: ticket.summary,
            opened: Moment::new(ticket.created_at, now),
            notes: notes.into_iter().map(note).collect(),
        }))
    }
}

/// `GET /tickets?q=&customer=&state=&order=&after=&before=&open=`.
///
/// # Errors
/// When nobody is signed in, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let now = app.clock.now();
    let (edge, open) = (asked.edge(), asked.open());
    let filters = asked.filters(&app, &session, "/tickets").await?;
    let all = everybodys(&app, &session, filters.state, now).await?;
    let among = among(filters.state, |stand| {
        all.as_ref().map_or_else(Vec::new, |(recent, _)| recent.tickets(stand))
    });
    let ask = filters.ask(&app, &session, among, edge.of(TicketId));
    let listed = match filters.whose {
        Whose::Nobody { .. } => Listed::nothing(),
        _ => app.store.tickets(account, &ask).await?,
    };
    let contacts: Vec<ContactId> = listed.rows.iter().map(|ticket| ticket.contact).collect();
    let recent = Recent::read(&app.store, account, Some(&contacts), now).await?;
    let beside = filters.beside(edge);
    let pager = filters.pager(&listed, |ticket| ticket.id.0);
    let row = |ticket: Ticket| Row {
        marks: marks(&recent.of_ticket(ticket.id), now),
        beside: beside.with(ticket.id.0),
        open: open == Some(ticket.id.0),
        id: ticket.id,
        number: ticket.number,
        summary: ticket.summary,
        contact: ticket.contact_name,
        customer: ticket.customer_name,
        opened: Moment::new(ticket.created_at, now),
    };
    let rows = listed.rows.into_iter().map(row).collect();
    let alone = beside.alone();
    let open = match open {
        None => None,
        Some(id) => Some(View::read(&app, &session, TicketId(id), now).await?),
    };
    let status = if matches!(open, Some(None)) { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let title = match &open {
        Some(Some(view)) => format!("#{} {} · Tickets", view.number, view.summary),
        _ => "Tickets".into(),
    };
    let page = Page::inside(&app, &session, &title, "tickets");
    html_with(status, &TicketsPage { page, filters, rows, pager, open, alone })
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage {
    page: Page,
    view: View,
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
    let view = View::read(&app, &session, id, app.clock.now()).await?.ok_or(Code::NotFound)?;
    let title = format!("#{} {}", view.number, view.summary);
    let page = Page::inside(&app, &session, &title, "tickets");
    html(&TicketPage { page, view })
}
