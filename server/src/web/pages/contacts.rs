//! `/contacts` and `/contacts/{id}`: the list, with a contact and the pod beside it or on a page of their own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::{ContactId, Millis, TicketId};

use super::lists::{Asked, Filters, Mark, Whose, among, everybodys, marks};
use super::times::Moment;
use super::{Page, Pager, html, html_with};
use crate::app::App;
use crate::denied::Denied;
use crate::lists::Recent;
use crate::reach;
use crate::store::{Contact, Listed, Role, Session, Ticket};
use crate::web::api::{Path, Query};
use crate::web::auth::SignedIn;
use crate::web::problem::Failure;

/// Tickets shown of a contact.
const TICKETS: u32 = 10;

/// A line of the list.
struct Row {
    id: ContactId,
    name: String,
    email: String,
    customer: String,
    marks: Vec<Mark>,
    /// The list with this contact beside it.
    beside: String,
    /// Whether they are beside it now.
    open: bool,
}

#[derive(Template)]
#[template(path = "contacts.html")]
struct ContactsPage {
    page: Page,
    filters: Filters,
    rows: Vec<Row>,
    pager: Pager,
    /// Who is beside the list; nobody where the one who is asked for is not there.
    open: Option<Option<View>>,
    /// The list without anybody beside it.
    alone: String,
    /// Whether whoever looks may import contacts.
    admin: bool,
}

/// A contact with their tickets, beside the list or on a page of its own.
struct View {
    contact: Contact,
    tickets: Vec<TicketLine>,
}

struct TicketLine {
    id: TicketId,
    number: String,
    summary: String,
    opened: Moment,
}

impl View {
    async fn read(
        app: &App,
        session: &Session,
        id: ContactId,
        now: Millis,
    ) -> Result<Self, Denied> {
        let contact = app.people.shown(session, id).await?.contact;
        let mut tickets = app.store.tickets_of(session.technician.account, id, TICKETS).await?;
        let reach = reach::of(&app.store, session).await?;
        tickets.retain(|ticket| reach.covers(ticket.customer));
        let line = |ticket: Ticket| TicketLine {
            id: ticket.id,
            number: ticket.number,
            summary: ticket.summary,
            opened: Moment::new(ticket.created_at, now),
        };
        Ok(Self { contact, tickets: tickets.into_iter().map(line).collect() })
    }
}

/// `GET /contacts?q=&customer=&state=&order=&after=&before=&open=`.
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
    let filters = asked.filters(&app, &session, "/contacts").await?;
    let all = everybodys(&app, &session, filters.state, now).await?;
    let among = among(filters.state, |stand| {
        all.as_ref().map_or_else(Vec::new, |(recent, me)| recent.contacts(*me, stand))
    });
    let ask = filters.ask(&app, &session, among, edge.of(ContactId));
    let listed = match filters.whose {
        Whose::Nobody { .. } => Listed::nothing(),
        _ => app.store.contacts(account, &ask).await?,
    };
    let shown: Vec<ContactId> = listed.rows.iter().map(|contact| contact.id).collect();
    let recent = Recent::read(&app.store, account, Some(&shown), now).await?;
    let beside = filters.beside(edge);
    let pager = filters.pager(&listed, |contact| contact.id.0);
    let row = |contact: Contact| Row {
        marks: marks(&recent.of_contact(contact.id, session.technician.id), now),
        beside: beside.with(contact.id.0),
        open: open == Some(contact.id.0),
        id: contact.id,
        name: contact.name,
        email: contact.email,
        customer: contact.customer_name,
    };
    let rows = listed.rows.into_iter().map(row).collect();
    let alone = beside.alone();
    let open = match open {
        None => None,
        Some(id) => match View::read(&app, &session, ContactId(id), now).await {
            Ok(view) => Some(Some(view)),
            Err(Denied::Store(error)) => return Err(error.into()),
            Err(_) => Some(None),
        },
    };
    let status = if matches!(open, Some(None)) { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let admin = session.technician.role == Role::Admin;
    let title = match &open {
        Some(Some(view)) => format!("{} · Contacts", view.contact.name),
        _ => "Contacts".into(),
    };
    let page = Page::inside(&app, &session, &title, "contacts");
    html_with(status, &ContactsPage { page, filters, rows, pager, open, alone, admin })
}

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage {
    page: Page,
    view: View,
}

/// `GET /contacts/{id}`.
///
/// # Errors
/// `not-found` for what is not there or not yours.
pub async fn one(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Path(id): Path<ContactId>,
) -> Result<Response, Failure> {
    let view = View::read(&app, &session, id, app.clock.now()).await?;
    let page = Page::inside(&app, &session, &view.contact.name, "contacts");
    html(&ContactPage { page, view })
}
