//! `/audit`: what happened, newest first, for admins. The filters are in the address.

pub mod check;
pub mod entry;
pub mod export;
mod filter;
mod line;
pub mod story;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

pub use filter::Asked;

use self::filter::{Filter, address, fields, in_words, named};
use self::line::{Line, with_names};
use super::settings::{Admin, Stale, stale};
use super::{PAGE_ROWS, Page, Pager, html};
use crate::app::App;
use crate::audit::Kind;
use crate::audit::words::Names;
use crate::store::{AuditChoices, SeqSpan};
use crate::web::api::Query;
use crate::web::forms::form_token;
use crate::web::problem::Failure;

/// A choice of a list.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What is filtered by, as the form shows it.
struct Form {
    kinds: Vec<Choice>,
    technicians: Vec<Choice>,
    customers: Vec<Choice>,
    /// The contact that is chosen, with the address of the list without them.
    contact: Option<(String, String, String)>,
    person: String,
    reset: String,
    from: String,
    until: String,
    /// Whether anything is filtered at all.
    any: bool,
}

impl Form {
    fn new(filter: &Filter, choices: AuditChoices, names: &Names) -> Self {
        let entries = &filter.entries;
        let values = fields(entries);
        let value = |name: &str| {
            let found = values.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let kinds = Kind::ALL.into_iter().map(|kind| Choice {
            value: kind.as_str().into(),
            label: kind.label().into(),
            chosen: entries.kind == Some(kind),
        });
        let named = |all: Vec<(uuid::Uuid, String)>, chosen: Option<uuid::Uuid>| {
            let choice = |(id, label): (uuid::Uuid, String)| Choice {
                value: id.to_string(),
                label,
                chosen: chosen == Some(id),
            };
            all.into_iter().map(choice).collect()
        };
        let contact = entries.contact.map(|id| {
            let without = crate::store::AuditFilter { contact: None, ..entries.clone() };
            (id.to_string(), names.of(id.0).to_owned(), address(&without, None))
        });
        Self {
            kinds: kinds.collect(),
            technicians: named(choices.technicians, entries.technician.map(|id| id.0)),
            customers: named(choices.customers, entries.customer.map(|id| id.0)),
            contact,
            person: filter.person.clone(),
            reset: value("reset"),
            from: value("from"),
            until: value("until"),
            any: !values.is_empty() || !filter.person.is_empty(),
        }
    }
}

/// A contact that may be meant, and the list about them.
struct Person {
    name: String,
    about: String,
    address: String,
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage {
    page: Page,
    form: Form,
    /// Who may be meant by the name that was typed.
    people: Vec<Person>,
    wrong: Vec<&'static str>,
    rows: Vec<Line>,
    pager: Pager,
    /// The filter in words, for who can't see the form.
    words: Vec<(&'static str, String)>,
    /// The same filter, for the export.
    fields: Vec<(&'static str, String)>,
    token: String,
    stale: Option<Stale>,
}

/// `GET /audit`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    Admin(session): Admin,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let filter = asked.understand(&app, account).await?;
    let mut names = Names::default();
    names.add(app.store.audit_names(account, &named(&filter.entries)).await?);
    let mut rows = Vec::new();
    if filter.wrong.is_empty() && filter.people.is_empty() {
        let entries = &filter.entries;
        let span = app.store.audit_span(account, entries.from, entries.until).await?;
        let end = filter.before.map_or(span.end, |before| before.min(span.end));
        let span = SeqSpan { end, ..span };
        rows = app.store.audit_page(account, entries, span, PAGE_ROWS + 1).await?;
    }
    let more = rows.len() > PAGE_ROWS as usize;
    rows.truncate(PAGE_ROWS as usize);
    let last = rows.last().map(|row| row.seq);
    let pager = Pager {
        before: filter.before.map(|_| address(&filter.entries, None)),
        after: last.filter(|_| more).map(|last| address(&filter.entries, Some(last))),
    };
    let read = with_names(&app, account, rows, &mut names).await?;
    let person = |contact: &crate::store::Contact| {
        let mut entries = filter.entries.clone();
        entries.contact = Some(contact.id);
        Person {
            name: contact.name.clone(),
            about: contact.customer_name.clone(),
            address: address(&entries, None),
        }
    };
    let choices = app.store.audit_choices(account).await?;
    let here = address(&filter.entries, filter.before);
    html(&ListPage {
        page: Page::inside(&app, &session, "Audit", "audit"),
        people: filter.people.iter().map(person).collect(),
        words: in_words(&filter.entries, &names),
        fields: fields(&filter.entries),
        form: Form::new(&filter, choices, &names),
        wrong: filter.wrong,
        rows: read.iter().map(|it| Line::new(it, &names, now)).collect(),
        pager,
        token: form_token(&app, &session),
        stale: stale(&app, &session, &here),
    })
}
