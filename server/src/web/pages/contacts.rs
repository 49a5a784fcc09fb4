//! `/contacts` and `/contacts/{id}`: the built-in list, with the pod beside the contact.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shared::ContactId;

use super::tickets::Row;
use super::{PAGE_ROWS, Page, Pager, Search, html};
use crate::app::App;
use crate::store::Contact;
use crate::web::api::{Path, Query};
use crate::web::auth::SignedIn;
use crate::web::problem::Failure;

/// Tickets shown on a contact's page.
const TICKETS: u32 = 10;

#[derive(Template)]
#[template(path = "contacts.html")]
struct ContactsPage<'a> {
    page: Page,
    q: &'a str,
    rows: Vec<Contact>,
    pager: Pager,
}

/// `GET /contacts?q=&page=`.
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
        app.store.contacts(account, search.text(), PAGE_ROWS + 1, search.offset()).await?;
    let pager = search.cut(&mut rows);
    let page = Page::inside(&app, &session, "Contacts", "contacts");
    html(&ContactsPage { page, q: search.text(), rows, pager })
}

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage {
    page: Page,
    contact: Contact,
    rows: Vec<Row>,
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
    let account = session.technician.account;
    let contact = app.people.shown(account, id).await?.contact;
    let now = app.clock.now();
    let tickets = app.store.tickets_of(account, id, TICKETS).await?;
    let rows = tickets.into_iter().map(|ticket| Row::new(ticket, now)).collect();
    let page = Page::inside(&app, &session, &contact.name, "contacts");
    html(&ContactPage { page, contact, rows })
}
