//! `/settings/sign-in`: the account's issuer for single sign-on is connected, changed, tested, switched and
//! deleted, and links of technicians are taken away.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::{Code, TechnicianId};

use super::form::{Wrong, wrong};
use super::health::Finding;
use super::sso_form::{Form, Posted, Values};
use super::{Admin, Just, Stale, failure, may_change, stale};
use crate::app::App;
use crate::sign_in::sso::{self, Reason, STEPS, SsoView, Tried, Wish};
use crate::store::{Session, SsoPerson, SsoPurpose};
use crate::web::api::Query;
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::sso::{leave_page, lost};
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;

/// Where it is.
pub(in crate::web::pages) const PATH: &str = "/settings/sign-in";

#[derive(Template)]
#[template(path = "settings/sign_in.html")]
struct SignInPage {
    page: Page,
    stale: Option<Stale>,
    view: Option<SsoView>,
    form: Form,
    done: Option<&'static str>,
    findings: Vec<Finding>,
    people: Vec<Person>,
    redirect_uri: String,
    bookmark: String,
}

/// Somebody who is linked.
struct Person {
    it: SsoPerson,
    since: Moment,
}

#[derive(Template)]
#[template(path = "settings/sign_in_trial.html")]
struct TrialPage {
    page: Page,
    tried: Tried,
    steps: Vec<(&'static str, &'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "settings/sign_in_delete.html")]
struct DeletePage {
    page: Page,
    stale: Option<Stale>,
    label: String,
    token: String,
}

/// A form that comes back: with what status, which of the page, with which values, and what is wrong.
type Back = (StatusCode, &'static str, Values, Vec<Wrong>);

fn to(done: &str) -> Response {
    Redirect::to(&format!("{PATH}?done={done}")).into_response()
}

/// `GET /settings/sign-in`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    show(&app, &session, None, (just.words(), Vec::new())).await
}

/// The page, with a form that comes back in place of the stored values.
async fn show(
    app: &App,
    session: &Session,
    back: Option<Back>,
    (done, findings): (Option<&'static str>, Vec<Finding>),
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let view = app.sso.one(account).await?;
    let stored = || {
        let values = view.as_ref().map(Values::from).unwrap_or_default();
        (StatusCode::OK, "", values, Vec::new())
    };
    let (status, part, values, errors) = back.unwrap_or_else(stored);
    let own_domains = app.sso.own_domains(account).await?.join(", ");
    let form = Form { token: form_token(app, session), values, own_domains, part, errors };
    let now = app.clock.now();
    let person = |it: SsoPerson| Person { since: Moment::new(it.linked_at, now), it };
    let people = app.sso.people(account).await?.into_iter().map(person).collect();
    let origin = app.settings.server.origin.trim_end_matches('/');
    let bookmark =
        view.as_ref().map(|view| format!("{origin}/sign-in/sso/{}", view.id)).unwrap_or_default();
    let page = SignInPage {
        page: Page::inside(app, session, "Sign-in", "settings"),
        stale: stale(app, session, PATH),
        view,
        form,
        done,
        findings,
        people,
        redirect_uri: app.sso.redirect_uri(),
        bookmark,
    };
    html_with(status, &page)
}

/// `POST /settings/sign-in`: connects the issuer, or changes it.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be right is shown on the page.
pub async fn save(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let values = posted.values();
    match app.sso.save(&session, &posted.ask()).await {
        Ok(()) => Ok(to("saved")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "issuer")?;
            let there = app.sso.one(session.technician.account).await?.is_some();
            let part = if there { "change" } else { "new" };
            show(&app, &session, Some((status, part, values, errors)), (None, Vec::new())).await
        }
    }
}

/// `POST …/test`: reads what the issuer says of itself, and its keys.
///
/// # Errors
/// As for [`save`].
pub async fn test(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let found = app.sso.test(&session).await.map_err(failure)?;
    show(&app, &session, None, (None, said(found))).await
}

/// What a test found, in words.
fn said(found: Result<usize, Reason>) -> Vec<Finding> {
    let good = |what: String| Finding { class: "good", level: "Works", what, remedy: None };
    match found {
        Ok(keys) => {
            let keys = if keys == 1 { "one key".to_owned() } else { format!("{keys} keys") };
            vec![
                good("The issuer is who it says, and its endpoints are its own.".into()),
                good(format!("It publishes {keys} that we can check signatures with.")),
                Finding {
                    class: "open",
                    level: "Open",
                    what: "Whether it takes our client secret and redirect URI shows in a trial sign-in."
                        .into(),
                    remedy: None,
                },
            ]
        }
        Err(reason) => {
            let (what, next) = reason.words();
            let (what, remedy) = (what.to_owned(), Some(next.to_owned()));
            vec![Finding { class: "bad", level: "Fails", what, remedy }]
        }
    }
}

/// `POST …/trial`: signs the admin in at the issuer, to show what comes back.
///
/// # Errors
/// As for [`save`].
pub async fn trial(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let me = &session.technician;
    let row = app.store.sso_of(me.account).await?.ok_or(Code::NotFound)?;
    let purpose = SsoPurpose::Trial(me.id, session.id.clone());
    let wish = Wish { purpose: purpose.clone(), next: PATH, hint: None, forced: false };
    match sso::leave(&app, &row, wish).await {
        Ok(leave) => leave_page(&leave),
        Err(why) => lost(why, Some(&purpose)),
    }
}

/// What a trial showed.
pub(in crate::web::pages) fn show_trial(
    app: &App,
    session: &Session,
    tried: Tried,
) -> Result<Response, Failure> {
    let step = |(at, what): (usize, &'static str)| match at.cmp(&tried.steps_done) {
        std::cmp::Ordering::Less => ("good", "Good", what),
        std::cmp::Ordering::Equal => ("bad", "Fails", what),
        std::cmp::Ordering::Greater => ("open", "Open", what),
    };
    let steps = STEPS.into_iter().enumerate().map(step).collect();
    let page = Page::inside(app, session, "Trial sign-in", "settings");
    html(&TrialPage { page, tried, steps })
}

/// `POST …/switch`.
///
/// # Errors
/// As for [`save`].
pub async fn switch(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let on = posted.on == "yes";
    app.sso.switch(&session, on).await.map_err(failure)?;
    Ok(to(if on { "on" } else { "sso-off" }))
}

/// `GET …/delete`: asks once more.
///
/// # Errors
/// [`Code::NotFound`] when there is none; when it is no admin.
pub async fn ask_delete(
    State(app): State<App>,
    Admin(session): Admin,
) -> Result<Response, Failure> {
    let view = app.sso.one(session.technician.account).await?.ok_or(Code::NotFound)?;
    html(&DeletePage {
        page: Page::inside(&app, &session, "Delete single sign-on", "settings"),
        stale: stale(&app, &session, &format!("{PATH}/delete")),
        label: view.settings.label,
        token: form_token(&app, &session),
    })
}

/// `POST …/delete`.
///
/// # Errors
/// As for [`save`].
pub async fn delete(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.sso.delete(&session).await.map_err(failure)?;
    Ok(to("deleted"))
}

/// `POST …/people/remove`: takes a technician's link away.
///
/// # Errors
/// As for [`save`]; [`Code::NotFound`] for who is not linked.
pub async fn unlink(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let technician = posted.technician.parse().map(TechnicianId).map_err(|_| Code::NotFound)?;
    sso::unlink(&app, &session, technician).await.map_err(failure)?;
    Ok(to("sso-unlinked"))
}
