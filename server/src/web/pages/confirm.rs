//! `/confirm`: the second factor once more, before something that needs a recent one. Nobody is signed out for
//! it, and nobody types a password again.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::Code;

use super::sign_in::{Trouble, sign_in_again, wrong_code};
use super::{Page, html_with};
use crate::app::App;
use crate::sign_in::{self, Refused, Typed};
use crate::store::{Session, SessionKind};
use crate::web::api::Query;
use crate::web::auth::{in_cookie, signs_out};
use crate::web::forms::{OwnForm, check_form_token, form_token, local_path};
use crate::web::problem::Failure;

/// The page.
pub(super) const PATH: &str = "/confirm";

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage<'a> {
    page: Page,
    next: &'a str,
    email: &'a str,
    form: String,
    /// Another way: single sign-on, a recovery code.
    again: String,
    trouble: Option<Trouble>,
}

/// Where the address says that the person wanted to go.
#[derive(Deserialize)]
pub struct Going {
    next: Option<String>,
}

/// The session of a browser that can confirm: a full one, of somebody with an authenticator.
async fn able(app: &App, headers: &HeaderMap) -> Result<Option<Session>, Failure> {
    let found = in_cookie(app, headers).await?;
    let proved = |it: &Session| it.kind == SessionKind::Web && it.second_factor_at.is_some();
    Ok(found.filter(|session| proved(session) && session.technician.has_totp))
}

fn show(
    app: &App,
    session: &Session,
    next: &str,
    trouble: Option<(StatusCode, Trouble)>,
) -> Result<Response, Failure> {
    let (status, trouble) = trouble.map_or((StatusCode::OK, None), |(s, t)| (s, Some(t)));
    let page = Page::outside("Confirm that it is you");
    let (email, form) = (session.technician.email.as_str(), form_token(app, session));
    html_with(status, &ConfirmPage { page, next, email, form, again: sign_in_again(next), trouble })
}

/// `GET /confirm?next=`.
///
/// # Errors
/// When the database can't be read.
pub async fn get(
    State(app): State<App>,
    Query(going): Query<Going>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let next = local_path(going.next.as_deref());
    match able(&app, &headers).await? {
        Some(session) => show(&app, &session, next, None),
        // Another way to prove it, or nobody: the whole sign-in.
        None => Ok(Redirect::to(&sign_in_again(next)).into_response()),
    }
}

/// The form.
#[derive(Deserialize)]
pub struct ConfirmForm {
    form: String,
    code: Typed,
    next: Option<String>,
}

/// `POST /confirm`.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    OwnForm(form): OwnForm<ConfirmForm>,
) -> Result<Response, Failure> {
    let next = local_path(form.next.as_deref());
    let Some(session) = able(&app, &headers).await? else {
        return Ok(Redirect::to(&sign_in_again(next)).into_response());
    };
    check_form_token(&app, &session, &form.form)?;
    match sign_in::confirm(&app, &session, &form.code).await {
        Ok(()) => Ok(Redirect::to(next).into_response()),
        Err(Refused::Because(Code::NotSignedIn)) => {
            Ok((signs_out(), Redirect::to(&sign_in_again(next))).into_response())
        }
        Err(refused) => show(&app, &session, next, Some(wrong_code(refused)?)),
    }
}
