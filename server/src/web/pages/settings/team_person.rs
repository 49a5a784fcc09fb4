//! `/settings/team/new` and `/settings/team/{id}`: a person is invited, changed, signed out, removed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::TechnicianId;
use zeroize::Zeroizing;

use super::form::wrong;
use super::team::{PATH, Seen};
use super::team_form::{Form, Posted};
use super::{Admin, Stale, failure, may_change, stale};
use crate::app::App;
use crate::sign_in::links::sends_mail;
use crate::sign_in::session::IDLE_MS;
use crate::store::{Person, Role, Session};
use crate::team::{self, Invited};
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;

/// Where somebody is invited.
const NEW: &str = "/settings/team/new";

pub(super) fn path(id: TechnicianId) -> String {
    format!("{PATH}/{id}")
}

pub(super) fn to(id: TechnicianId, done: &str) -> Response {
    Redirect::to(&format!("{}?done={done}", path(id))).into_response()
}

#[derive(Template)]
#[template(path = "settings/team_new.html")]
struct NewPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
    /// Whether mails can be sent.
    mails: bool,
}

#[derive(Template)]
#[template(path = "settings/team_person.html")]
struct PersonPage {
    page: Page,
    stale: Option<Stale>,
    person: Person,
    seen: Seen,
    form: Form,
    sessions: usize,
    /// Whether everybody needs a second factor.
    forced: bool,
    mails: bool,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "settings/team_link.html")]
struct LinkPage<'a> {
    page: Page,
    name: &'a str,
    /// Whether they have a password that is forgotten.
    known: bool,
    id: TechnicianId,
    link: Zeroizing<String>,
}

#[derive(Template)]
#[template(path = "settings/team_remove.html")]
struct RemovePage {
    page: Page,
    stale: Option<Stale>,
    name: String,
    id: TechnicianId,
    token: String,
}

/// `GET /settings/team/new`.
///
/// # Errors
/// When it is no admin, or the database can't be read.
pub async fn new(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    show_new(&app, &session, StatusCode::OK, Form::new(form_token(&app, &session))).await
}

async fn show_new(
    app: &App,
    session: &Session,
    status: StatusCode,
    form: Form,
) -> Result<Response, Failure> {
    let mails = sends_mail(app, session.technician.account).await?;
    let page = Page::inside(app, session, "Invite a person", "settings");
    html_with(status, &NewPage { page, stale: stale(app, session, NEW), form, mails })
}

/// `POST /settings/team/new`: invites somebody.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field that
/// can't be kept is shown on the page.
pub async fn add(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let ask = posted.ask();
    match team::invite(&app, &session, &ask).await {
        Ok(invited) => told(&app, &session, &ask.name(), invited, false),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "name")?;
            let token = form_token(&app, &session);
            let form = Form { values: ask, errors, ..Form::new(token) };
            show_new(&app, &session, status, form).await
        }
    }
}

/// Where the link went. One that is shown is shown in this answer and never again.
fn told(
    app: &App,
    session: &Session,
    name: &str,
    invited: Invited,
    known: bool,
) -> Result<Response, Failure> {
    match invited {
        Invited::Mailed(id) => Ok(to(id, if known { "sent" } else { "invited" })),
        Invited::Shown(id, link) => {
            let page = Page::inside(app, session, "Hand over the link", "settings");
            html(&LinkPage { page, name, id, link, known })
        }
    }
}

/// What was just done, as the address says it.
#[derive(Deserialize)]
pub struct Just {
    #[serde(default)]
    done: String,
}

impl Just {
    fn words(&self) -> Option<&'static str> {
        Some(match self.done.as_str() {
            "invited" => "Invited: a mail with a one-time link is on its way. It works for 7 days.",
            "sent" => "A mail with a one-time link is on its way. It works for an hour.",
            "withdrawn" => "The link of the invitation does not work any more.",
            "changed" => "Saved. It holds at once, also where they are signed in.",
            "customers" => "Saved. It holds with their next request, also in pods that are open.",
            "taken" => "Taken away, and signed out. They set up another at their next sign-in.",
            "out" => "Signed out everywhere, in frames and pods too.",
            _ => return None,
        })
    }
}

/// `GET /settings/team/{id}`.
///
/// # Errors
/// [`shared::Code::NotFound`] for who is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let person = team::person(&app, &session, id).await.map_err(failure)?;
    show(&app, &session, person, None, just.words()).await
}

/// The page, with a form that came back in place of what is stored.
async fn show(
    app: &App,
    session: &Session,
    person: Person,
    back: Option<(StatusCode, Form)>,
    done: Option<&'static str>,
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let own = person.id == session.technician.id;
    let stored = || {
        let version = team::version(app, &person);
        (StatusCode::OK, Form::of(form_token(app, session), &person, version, own))
    };
    let (status, form) = back.unwrap_or_else(stored);
    let page = PersonPage {
        page: Page::inside(app, session, &person.name, "settings"),
        stale: stale(app, session, &path(person.id)),
        seen: Seen::of(&person, now),
        form,
        sessions: app.store.sessions_of(account, person.id, now, IDLE_MS).await?.len(),
        forced: app.store.account_forces_mfa(account).await?,
        mails: sends_mail(app, account).await?,
        done,
        person,
    };
    html_with(status, &page)
}

/// `POST /settings/team/{id}`: changes what they are called and may do.
///
/// # Errors
/// As for [`add`].
pub async fn change(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let ask = posted.ask();
    match team::change(&app, &session, id, &posted.version, &ask).await {
        Ok(()) => Ok(to(id, "changed")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "name")?;
            let person = team::person(&app, &session, id).await.map_err(failure)?;
            let own = person.id == session.technician.id;
            // One that comes back is no newer for it.
            let form = Form::of(form_token(&app, &session), &person, posted.version, own);
            let form = Form { values: ask, errors, ..form };
            show(&app, &session, person, Some((status, form)), None).await
        }
    }
}

/// A form that is only a button.
#[derive(Deserialize)]
pub struct Button {
    form: String,
}

/// `POST …/link`: sends the invitation again, or a link for a forgotten password.
///
/// # Errors
/// As for [`add`]; when they have signed in meanwhile.
pub async fn send_link(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let person = team::person(&app, &session, id).await.map_err(failure)?;
    let invited = team::send_link(&app, &session, id).await.map_err(failure)?;
    told(&app, &session, &person.name, invited, person.has_password)
}

/// `POST …/invitation/withdraw`.
///
/// # Errors
/// As for [`send_link`].
pub async fn withdraw(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    team::withdraw(&app, &session, id).await.map_err(failure)?;
    Ok(to(id, "withdrawn"))
}

/// `POST …/authenticator`: takes it away.
///
/// # Errors
/// As for [`add`].
pub async fn take_authenticator(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    team::take_authenticator(&app, &session, id).await.map_err(failure)?;
    Ok(to(id, "taken"))
}

/// `POST …/sessions`: ends all of them.
///
/// # Errors
/// As for [`add`].
pub async fn sign_out(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    team::sign_out(&app, &session, id).await.map_err(failure)?;
    Ok(to(id, "out"))
}

/// `GET …/remove`: asks once more.
///
/// # Errors
/// [`shared::Code::NotFound`] for who is not there or not yours; when it is no admin.
pub async fn ask_remove(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
) -> Result<Response, Failure> {
    let person = team::person(&app, &session, id).await.map_err(failure)?;
    html(&RemovePage {
        page: Page::inside(&app, &session, "Remove a person", "settings"),
        stale: stale(&app, &session, &format!("{}/remove", path(id))),
        name: person.name,
        id,
        token: form_token(&app, &session),
    })
}

/// `POST …/remove`.
///
/// # Errors
/// As for [`add`].
pub async fn remove(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    team::remove(&app, &session, id).await.map_err(failure)?;
    Ok(Redirect::to(&format!("{PATH}?done=removed")).into_response())
}
