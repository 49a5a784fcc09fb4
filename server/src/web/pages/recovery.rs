//! `/sign-in/recovery`: a recovery code in place of the authenticator; and the page that shows new ones,
//! once.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use zeroize::Zeroizing;

use super::sign_in::{CodeForm, Going, Trouble, in_own_words, lead, start_again, with_next};
use super::{Page, html, html_with};
use crate::app::App;
use crate::sign_in::recovery::{Codes, with_recovery_code};
use crate::store::Session;
use crate::web::api::Query;
use crate::web::auth::{HalfSignedIn, signs_in};
use crate::web::forms::{OwnForm, check_form_token, form_token, local_path};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage<'a> {
    page: Page,
    codes: Vec<Zeroizing<String>>,
    next: &'a str,
    /// Whether there were others before them.
    renewed: bool,
}

/// Shows new codes. The answer to the form that made them: it can't be had again.
pub(super) fn kept(
    page: Page,
    codes: Codes,
    next: &str,
    renewed: bool,
) -> Result<Response, Failure> {
    html(&CodesPage { page, codes: codes.spelt, next, renewed })
}

#[derive(Template)]
#[template(path = "sign_in_recovery.html")]
struct RecoveryPage<'a> {
    page: Page,
    next: &'a str,
    email: &'a str,
    form: String,
    /// The authenticator's page.
    back: String,
    trouble: Option<Trouble>,
}

fn show(
    app: &App,
    half: &Session,
    next: &str,
    trouble: Option<(StatusCode, Trouble)>,
) -> Result<Response, Failure> {
    let (status, trouble) = trouble.map_or((StatusCode::OK, None), |(s, t)| (s, Some(t)));
    let back = with_next("/sign-in/code", next);
    if !half.technician.has_totp {
        return Ok(Redirect::to(&back).into_response());
    }
    let page = Page::outside("Use a recovery code");
    let (email, form) = (half.technician.email.as_str(), form_token(app, half));
    html_with(status, &RecoveryPage { page, next, email, form, back, trouble })
}

/// `GET /sign-in/recovery`.
///
/// # Errors
/// When the database can't be read.
pub async fn get(
    State(app): State<App>,
    Query(going): Query<Going>,
    half: Result<HalfSignedIn, Failure>,
) -> Result<Response, Failure> {
    let next = local_path(going.next.as_deref());
    match half {
        Ok(HalfSignedIn(half)) => show(&app, &half, next, None),
        Err(_) => Ok(Redirect::to(&with_next("/sign-in", next)).into_response()),
    }
}

/// `POST /sign-in/recovery`: signs in, and offers to set up another authenticator.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post(
    State(app): State<App>,
    half: Result<HalfSignedIn, Failure>,
    OwnForm(form): OwnForm<CodeForm>,
) -> Result<Response, Failure> {
    let next = local_path(form.next.as_deref());
    let Ok(HalfSignedIn(half)) = half else { return Ok(start_again(next)) };
    check_form_token(&app, &half, &form.form)?;
    match with_recovery_code(&app, &half, &form.code).await {
        Ok(token) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("next", lead(&half, next));
            let offer = format!("{}?{}", super::account_factor::PATH, query.finish());
            Ok((signs_in(&token), Redirect::to(&offer)).into_response())
        }
        Err(refused) => {
            let next_step = "Each works once. Take another of the ten, and mind each letter.";
            let trouble = in_own_words(refused, "That is none of your recovery codes.", next_step)?;
            show(&app, &half, next, Some(trouble))
        }
    }
}
