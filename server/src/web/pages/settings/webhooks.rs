//! `/settings/api/webhooks`: where the account's own programs hear of what happens.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::Millis;
use uuid::Uuid;

use super::form::Wrong;
use super::health::Finding;
use super::keys::{Fields, SecretPage, all, host, problem, text, wrong};
use super::{Admin, Just, Stale, may_change, stale};
use crate::app::App;
use crate::secret::Credential;
use crate::store::{Delivery, DeliveryState, Session, Webhook};
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;
use crate::webhooks::{Event, NotSaved, Tested, WebhookAsk};

const NEW: &str = "/settings/api/webhooks/new";

/// The form of a webhook.
pub(super) struct Form {
    token: String,
    version: i64,
    ask: WebhookAsk,
    part: &'static str,
    errors: Vec<Wrong>,
}

impl Form {
    fn problem(&self, part: &str, field: &str) -> Option<&str> {
        problem(&self.errors, self.part == part, field)
    }

    fn refused(&self) -> &'static str {
        if self.part == "new" { "Nothing was saved yet." } else { "Nothing was changed." }
    }

    fn ticks(&self, event: &Event) -> bool {
        self.ask.events.contains(event)
    }

    fn events(&self) -> &'static [Event] {
        Event::ALL
    }

    fn opens(&self, part: &str) -> bool {
        self.part == part && !self.errors.is_empty()
    }
}

/// What was told lately, or is to be.
struct Told {
    event: String,
    at: Moment,
    /// What came of it.
    words: String,
    state: &'static str,
}

impl Told {
    fn new(delivery: Delivery, now: Millis) -> Self {
        let took = delivery.took_ms.map(|ms| format!(" in {ms} ms")).unwrap_or_default();
        let answer = match (delivery.status, delivery.tried_at) {
            (Some(status), _) => format!("Answered {status}{took}"),
            (None, Some(_)) => format!("No answer{took}"),
            (None, None) => "Not tried".to_owned(),
        };
        let (state, words) = match delivery.state {
            DeliveryState::Done => ("Taken", answer),
            DeliveryState::Failed => ("Given up", answer),
            DeliveryState::Waiting if delivery.attempts == 0 => {
                ("Waiting", "About to be sent".into())
            }
            DeliveryState::Waiting => {
                let next = Moment::new(delivery.due_at, now).plain;
                ("Waiting", format!("{answer}; try {} at {next}", delivery.attempts + 1))
            }
        };
        let at = Moment::new(delivery.created_at, now);
        Self { event: delivery.event, at, words, state }
    }
}

#[derive(Template)]
#[template(path = "settings/webhook_new.html")]
struct NewPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
}

#[derive(Template)]
#[template(path = "settings/webhook.html")]
struct WebhookPage {
    page: Page,
    stale: Option<Stale>,
    host: String,
    view: Webhook,
    failing_since: Option<Moment>,
    told: Vec<Told>,
    form: Form,
    findings: Vec<Finding>,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "settings/webhook_delete.html")]
struct DeletePage {
    page: Page,
    stale: Option<Stale>,
    host: String,
    id: Uuid,
    token: String,
}

fn path(id: Uuid) -> String {
    format!("/settings/api/webhooks/{id}")
}

fn to(id: Uuid, done: &str) -> Response {
    Redirect::to(&format!("{}?done={done}", path(id))).into_response()
}

fn ask(fields: &Fields) -> WebhookAsk {
    WebhookAsk {
        url: text(fields, "url").to_owned(),
        events: all(fields, "events").filter_map(Event::parse).collect(),
        with_names: text(fields, "with_names") == "yes",
    }
}

/// The signing key, this once.
fn secret(app: &App, session: &Session, id: Uuid, key: &Credential) -> Result<Response, Failure> {
    html(&SecretPage {
        page: Page::inside(app, session, "The signing key", "settings"),
        title: "The signing key",
        lead: "Copy it now and give it to the program that receives: it is shown this once, and nobody can \
               read it here again, we neither.",
        label: "Signing key",
        secret: key.expose().to_owned(),
        hint: "The program checks each delivery’s webhook-signature with it, as Standard Webhooks says, and \
               passes over what is not signed. With another address the webhook gets another key.",
        next: path(id),
        next_words: "I have it: test the webhook",
    })
}

/// `GET /settings/api/webhooks/new`.
///
/// # Errors
/// When nobody is signed in or it is no admin.
pub async fn new(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    show_new(&app, &session, StatusCode::OK, WebhookAsk::default(), Vec::new())
}

fn show_new(
    app: &App,
    session: &Session,
    status: StatusCode,
    ask: WebhookAsk,
    errors: Vec<Wrong>,
) -> Result<Response, Failure> {
    let form = Form { token: form_token(app, session), version: 0, ask, part: "new", errors };
    let page = Page::inside(app, session, "New webhook", "settings");
    html_with(status, &NewPage { page, stale: stale(app, session, NEW), form })
}

/// `POST /settings/api/webhooks/new`.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field that can't
/// be right is shown on the page.
pub async fn add(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    let ask = ask(&fields);
    match app.webhooks.add(&session, &ask).await {
        Ok((id, key)) => secret(&app, &session, id, &key),
        Err(NotSaved::Denied(denied)) => Err(denied.into()),
        Err(NotSaved::Fields(errors)) => {
            show_new(&app, &session, StatusCode::UNPROCESSABLE_ENTITY, ask, wrong(errors))
        }
    }
}

/// `GET /settings/api/webhooks/{id}`.
///
/// # Errors
/// `not-found` for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    show(&app, &session, id, None, (just.words(), Vec::new())).await
}

/// The page, with a form that comes back in place of the stored values.
async fn show(
    app: &App,
    session: &Session,
    id: Uuid,
    back: Option<(i64, WebhookAsk, Vec<Wrong>)>,
    (done, findings): (Option<&'static str>, Vec<Finding>),
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let view = app.webhooks.one(account, id).await?;
    let told = app.webhooks.deliveries(account, id).await?;
    let status = match back {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (version, ask, errors) = back.unwrap_or_else(|| {
        let (url, events) = (view.url.clone(), view.events.clone());
        let stored = WebhookAsk { url, events, with_names: view.with_names };
        (view.version.0, stored, Vec::new())
    });
    let host = host(&view.url);
    let page = WebhookPage {
        page: Page::inside(app, session, &format!("Webhook at {host}"), "settings"),
        stale: stale(app, session, &path(id)),
        host,
        failing_since: view.failing_since.map(|at| Moment::new(at, now)),
        view,
        told: told.into_iter().map(|delivery| Told::new(delivery, now)).collect(),
        form: Form { token: form_token(app, session), version, ask, part: "change", errors },
        findings,
        done,
    };
    html_with(status, &page)
}

/// `POST /settings/api/webhooks/{id}`: changes it. Led elsewhere, it shows its new signing key.
///
/// # Errors
/// As [`add`]; `not-found`, `changed-meanwhile`.
pub async fn change(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    let ask = ask(&fields);
    let version: Option<i64> = text(&fields, "version").parse().ok();
    match app.webhooks.change(&session, id, version.map(Millis), &ask).await {
        Ok(Some(key)) => secret(&app, &session, id, &key),
        Ok(None) => Ok(to(id, "webhook-saved")),
        Err(NotSaved::Denied(denied)) => Err(denied.into()),
        Err(NotSaved::Fields(errors)) => {
            let back = Some((version.unwrap_or_default(), ask, wrong(errors)));
            show(&app, &session, id, back, (None, Vec::new())).await
        }
    }
}

/// `POST …/test`: sends a ping, and shows what came of it.
///
/// # Errors
/// As [`add`]; `not-found`.
pub async fn test(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    let found = found(app.webhooks.test(&session, id).await?);
    show(&app, &session, id, None, (None, vec![found])).await
}

/// What a test came to, in words; never what the other side wrote.
fn found(Tested { taken, status, took_ms }: Tested) -> Finding {
    let (what, remedy) = match (taken, status) {
        (true, Some(status)) => {
            return Finding {
                class: "good",
                level: "Works",
                what: format!("The ping was taken: {status}, in {took_ms} ms."),
                remedy: None,
            };
        }
        (_, Some(status @ 300..=399)) => (
            format!("The other side answered {status}, in {took_ms} ms: it sends us elsewhere."),
            "Redirects are not followed. Enter the address that it leads to.",
        ),
        (_, Some(status)) => (
            format!("The other side answered {status}, in {took_ms} ms."),
            "It has to answer with 200 to 299. Look at its log, where the ping stands with its webhook-id.",
        ),
        (_, None) => (
            format!("There was no answer, after {took_ms} ms."),
            "Look whether the address is right, reachable from here, and has a certificate that is valid.",
        ),
    };
    Finding { class: "bad", level: "Fails", what, remedy: Some(remedy.into()) }
}

/// `POST …/secret`: makes a new signing key, and shows it this once.
///
/// # Errors
/// As [`add`]; `not-found`, `changed-meanwhile`.
pub async fn rekey(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    match app.webhooks.rekey(&session, id).await {
        Ok(key) => secret(&app, &session, id, &key),
        Err(NotSaved::Denied(denied)) => Err(denied.into()),
        Err(NotSaved::Fields(_)) => Err(shared::Code::InvalidFields.into()),
    }
}

/// `POST …/switch`.
///
/// # Errors
/// As [`add`]; `not-found`, `changed-meanwhile`.
pub async fn switch(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    let on = text(&fields, "on") == "yes";
    app.webhooks.switch(&session, id, on).await?;
    Ok(to(id, if on { "on" } else { "webhook-off" }))
}

/// `GET …/delete`: asks once more.
///
/// # Errors
/// `not-found`; when it is no admin.
pub async fn ask_delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
) -> Result<Response, Failure> {
    let view = app.webhooks.one(session.technician.account, id).await?;
    html(&DeletePage {
        page: Page::inside(&app, &session, "Delete a webhook", "settings"),
        stale: stale(&app, &session, &format!("{}/delete", path(id))),
        host: host(&view.url),
        id,
        token: form_token(&app, &session),
    })
}

/// `POST …/delete`.
///
/// # Errors
/// As [`add`]; `not-found`.
pub async fn delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<Uuid>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    may_change(&app, &session, text(&fields, "form"))?;
    app.webhooks.delete(&session, id).await?;
    Ok(Redirect::to("/settings/api?done=webhook-deleted").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_told_in_words() {
        let said = |taken, status| found(Tested { taken, status, took_ms: 12 });
        assert_eq!(said(true, Some(204)).what, "The ping was taken: 204, in 12 ms.");
        assert!(said(false, Some(302)).remedy.unwrap().contains("not followed"));
        assert!(said(false, Some(500)).what.contains("answered 500"));
        assert!(said(false, None).what.contains("no answer"));
    }
}
