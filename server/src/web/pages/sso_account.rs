//! `/account/sso`: a technician connects themselves with their account's issuer, or takes that back.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::Code;

use super::sign_in::confirm_at;
use super::sso::{leave_page, lost};
use super::times::Moment;
use super::{Page, html};
use crate::app::App;
use crate::sign_in::session::recent_second_factor;
use crate::sign_in::sso::{self, Wish};
use crate::store::SsoPurpose;
use crate::web::api::Query;
use crate::web::auth::{MayPair, in_cookie};
use crate::web::forms::{OwnForm, check_form_token, form_token};
use crate::web::problem::Failure;

/// Where it is.
pub(super) const PATH: &str = "/account/sso";

#[derive(Template)]
#[template(path = "account_sso.html")]
struct SsoPage<'a> {
    page: Page,
    form: String,
    who: &'a str,
    standing: Standing,
    done: Option<&'static str>,
}

/// How it stands for this technician.
enum Standing {
    /// The account has no issuer, or it is off.
    None,
    /// Not connected: what people call it.
    Open(String),
    /// Connected: with what, since when, and whether there is a password beside it.
    Linked(String, Moment, bool),
}

/// What was done just before.
#[derive(Deserialize)]
pub struct Just {
    #[serde(default)]
    done: String,
}

/// `GET /account/sso`.
///
/// # Errors
/// When nobody is signed in with a fresh second factor.
pub async fn get(
    State(app): State<App>,
    Query(just): Query<Just>,
    headers: HeaderMap,
    who: Result<MayPair, Failure>,
) -> Result<Response, Failure> {
    let session = match who {
        Ok(MayPair(session)) => session,
        Err(Failure(problem)) if problem.code == Code::SecondFactorNeeded => {
            let known = in_cookie(&app, &headers).await?;
            // Signing in again helps those who have an authenticator.
            if known.is_some_and(|session| session.technician.has_totp) {
                return Ok(Redirect::to(&confirm_at(PATH)).into_response());
            }
            return Err(Failure(problem));
        }
        Err(failure) => return Err(failure),
    };
    let me = &session.technician;
    let view = app.sso.one(me.account).await?.filter(|view| view.is_on);
    let linked = app.sso.people(me.account).await?.into_iter().find(|it| it.technician == me.id);
    let standing = match (view, linked) {
        (None, _) => Standing::None,
        (Some(view), None) => Standing::Open(view.settings.label),
        (Some(view), Some(it)) => {
            let since = Moment::new(it.linked_at, app.clock.now());
            Standing::Linked(view.settings.label, since, it.has_password)
        }
    };
    let done = match just.done.as_str() {
        "linked" => Some("Connected. From now on you can sign in with single sign-on."),
        "removed" => Some("Disconnected. Your other sign-ins have ended."),
        _ => None,
    };
    let page = match me.may_use_ui {
        true => Page::inside(&app, &session, "Single sign-on", ""),
        false => Page::outside("Single sign-on"),
    };
    html(&SsoPage { page, form: form_token(&app, &session), who: &me.email, standing, done })
}

/// A form that has nothing but its token.
#[derive(Deserialize)]
pub struct Bare {
    form: String,
}

/// `POST /account/sso`: sends the technician to the issuer, to be linked when they come back.
///
/// # Errors
/// When nobody is signed in with a fresh second factor, or the form is not from our page.
pub async fn connect(
    State(app): State<App>,
    MayPair(session): MayPair,
    OwnForm(form): OwnForm<Bare>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    if !recent_second_factor(&session, app.clock.now()) {
        return Ok(Redirect::to(&confirm_at(PATH)).into_response());
    }
    let me = &session.technician;
    let found = app.store.sso_of(me.account).await?;
    let row = found.filter(|row| row.integration.is_on).ok_or(Code::NotFound)?;
    let purpose = SsoPurpose::Link(me.id, session.id.clone());
    let wish =
        Wish { purpose: purpose.clone(), next: PATH, hint: Some(me.email.as_str()), forced: false };
    match sso::leave(&app, &row, wish).await {
        Ok(leave) => leave_page(&leave),
        Err(why) => lost(why, Some(&purpose)),
    }
}

/// `POST /account/sso/remove`.
///
/// # Errors
/// As for [`connect`]; `NotFound` when there is no link.
pub async fn remove(
    State(app): State<App>,
    MayPair(session): MayPair,
    OwnForm(form): OwnForm<Bare>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    let removed = sso::unlink(&app, &session, session.technician.id).await;
    removed.map_err(super::settings::failure)?;
    Ok(Redirect::to(&format!("{PATH}?done=removed")).into_response())
}
