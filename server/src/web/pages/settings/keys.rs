//! `/settings/api`: keys of the account's own programs, and where they hear of what happens.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::Millis;
use uuid::Uuid;

use super::form::Wrong;
use super::{Admin, Just, Stale, may_change, stale};
use crate::api_keys::{KeyAsk, LIVES, MOST_LIVE, NotMade, Scope, USUAL_LIFE};
use crate::app::App;
use crate::store::{ApiKey, Session, Webhook};
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;
use crate::webhooks;

const HOME: &str = "/settings/api";
const NEW: &str = "/settings/api/keys/new";
const SOON_MS: i64 = 14 * 24 * 60 * 60_000;

/// A key as the list shows it.
struct Row {
    id: Uuid,
    name: String,
    prefix: String,
    scopes: Vec<&'static str>,
    made_by: String,
    made_at: Moment,
    used_at: Option<Moment>,
    ends_at: Moment,
    /// On, ends soon, ended, revoked.
    state: &'static str,
    is_live: bool,
}

impl Row {
    fn new(key: ApiKey, now: Millis) -> Self {
        let is_live = key.is_live(now);
        let state = match (key.revoked_at, is_live) {
            (Some(_), _) => "Revoked",
            (None, false) => "Ended",
            (None, true) if key.expires_at.since(now) < SOON_MS => "Ends soon",
            (None, true) => "On",
        };
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            made_by: key.made_by_name,
            made_at: Moment::new(key.created_at, now),
            used_at: key.used_at.map(|at| Moment::new(at, now)),
            ends_at: Moment::new(key.expires_at, now),
            state,
            is_live,
        }
    }
}

/// A webhook as the list shows it.
struct Hook {
    id: Uuid,
    host: String,
    events: usize,
    state: &'static str,
}

impl From<Webhook> for Hook {
    fn from(webhook: Webhook) -> Self {
        let state = match (webhook.is_on, webhook.failing_since) {
            (false, _) => "Off",
            (true, Some(_)) => "Failing",
            (true, None) => "On",
        };
        let events = webhook.events.len();
        Self { id: webhook.id, host: host(&webhook.url), events, state }
    }
}

/// The host of an address, as lists and titles name it.
pub(super) fn host(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    parsed.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| url.to_owned())
}

#[derive(Template)]
#[template(path = "settings/api.html")]
struct ApiPage {
    page: Page,
    stale: Option<Stale>,
    token: String,
    live: Vec<Row>,
    over: Vec<Row>,
    hooks: Vec<Hook>,
    most: usize,
    most_keys: usize,
    done: Option<&'static str>,
}

/// `GET /settings/api`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    Admin(session): Admin,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let rows = app.api_keys.all(account).await?.into_iter().map(|key| Row::new(key, now));
    let (live, over) = rows.partition(|row: &Row| row.is_live);
    let hooks = app.webhooks.all(account).await?.into_iter().map(Hook::from).collect();
    html(&ApiPage {
        page: Page::inside(&app, &session, "API & webhooks", "settings"),
        stale: stale(&app, &session, HOME),
        token: form_token(&app, &session),
        live,
        over,
        hooks,
        most: webhooks::MOST as usize,
        most_keys: MOST_LIVE as usize,
        done: just.words(),
    })
}

/// The form of a new key.
pub(super) struct Form {
    token: String,
    name: String,
    scopes: Vec<Scope>,
    days: i64,
    part: &'static str,
    errors: Vec<Wrong>,
}

impl Form {
    fn problem(&self, part: &str, field: &str) -> Option<&str> {
        problem(&self.errors, self.part == part, field)
    }

    fn refused(&self) -> &'static str {
        "No key was made yet."
    }

    fn ticks(&self, scope: &Scope) -> bool {
        self.scopes.contains(scope)
    }

    fn lives(&self) -> Vec<(i64, String, bool)> {
        let words = |days| match days {
            365 => "After a year".to_owned(),
            days => format!("After {days} days"),
        };
        LIVES.into_iter().map(|days| (days, words(days), days == self.days)).collect()
    }
}

/// What is wrong with a field of the form that came back.
pub(super) fn problem<'a>(errors: &'a [Wrong], mine: bool, field: &str) -> Option<&'a str> {
    let mine = errors.iter().filter(|_| mine);
    mine.into_iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
}

/// Labels of fields, for what is listed above a form that comes back.
pub(super) fn wrong(fields: Vec<(&'static str, &'static str)>) -> Vec<Wrong> {
    let label = |field: &str| match field {
        "name" => "Name",
        "scopes" => "What it may do",
        "days" => "Ends",
        "url" => "Address",
        _ => "What it tells",
    };
    let one = |(field, words): (&'static str, &'static str)| Wrong {
        field,
        label: label(field),
        words: words.to_owned(),
    };
    fields.into_iter().map(one).collect()
}

#[derive(Template)]
#[template(path = "settings/api_key_new.html")]
struct NewPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
    scopes: [Scope; 4],
}

/// What is shown this once, and never again.
#[derive(Template)]
#[template(path = "settings/api_secret.html")]
pub(super) struct SecretPage {
    pub(super) page: Page,
    /// Where it is in the settings, for the way back.
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) label: &'static str,
    pub(super) secret: String,
    pub(super) hint: &'static str,
    pub(super) next: String,
    pub(super) next_words: &'static str,
}

/// The fields of a form, as they were sent.
pub(super) type Fields = Vec<(String, String)>;

/// What stands in a field; nothing where the form has none of that name.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

/// Every value of a field, such as of its boxes.
pub(super) fn all<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// `GET /settings/api/keys/new`.
///
/// # Errors
/// When nobody is signed in or it is no admin.
pub async fn new(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    let ask = KeyAsk { days: USUAL_LIFE, ..KeyAsk::default() };
    show_new(&app, &session, StatusCode::OK, ask, Vec::new())
}

fn show_new(
    app: &App,
    session: &Session,
    status: StatusCode,
    ask: KeyAsk,
    errors: Vec<Wrong>,
) -> Result<Response, Failure> {
    let KeyAsk { name, scopes, days } = ask;
    let form = Form { token: form_token(app, session), name, scopes, days, part: "new", errors };
    let page = Page::inside(app, session, "New key", "settings");
    html_with(status, &NewPage { page, stale: stale(app, session, NEW), form, scopes: Scope::ALL })
}

/// `POST /settings/api/keys/new`: makes a key, and shows it this once.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field that can't
/// be right is shown on the page.
pub async fn make(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    let ask = KeyAsk {
        name: text(&fields, "name").to_owned(),
        scopes: all(&fields, "scopes").filter_map(Scope::parse).collect(),
        days: text(&fields, "days").parse().unwrap_or_default(),
    };
    match app.api_keys.make(&session, &ask).await {
        Ok((key, _)) => html(&SecretPage {
            page: Page::inside(&app, &session, "Your new key", "settings"),
            title: "Your new key",
            lead: "Copy it now and give it to the program: it is shown this once, and nobody can read it \
                   here again, we neither.",
            label: "Key",
            secret: key.expose().to_owned(),
            hint: "The program sends it as Authorization: Bearer. Keep it where the program’s other secrets \
                   are; never in a ticket, a mail or a repository. All admins get a mail that it was made.",
            next: HOME.into(),
            next_words: "I have it",
        }),
        Err(NotMade::Denied(denied)) => Err(denied.into()),
        Err(NotMade::Fields(errors)) => {
            show_new(&app, &session, StatusCode::UNPROCESSABLE_ENTITY, ask, wrong(errors))
        }
    }
}

/// `POST /settings/api/keys/{id}/revoke`.
///
/// # Errors
/// As [`make`]; `not-found` for what is not there or not yours.
pub async fn revoke(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    app.api_keys.revoke(&session, id).await?;
    Ok(Redirect::to("/settings/api?done=key-revoked").into_response())
}
