//! `/sign-in/sso`: a browser is sent to its account's issuer, and comes back.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;

use super::sign_in::{SignInPage, Trouble, on_the_page, way_on};
use super::{Page, html, html_with, pair, settings, sso_account};
use crate::app::App;
use crate::sign_in::sso::{self, Back, Callback, Leave, Lost, Outcome, Reason, Wish};
use crate::sign_in::{Next, Typed};
use crate::store::{SsoPurpose, SsoRow};
use crate::web::api::Query;
use crate::web::auth::{comes_back, in_cookie, leaves, signs_in, trip_token};
use crate::web::forms::{Address, OwnForm, local_path};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "leave.html")]
struct LeavePage<'a> {
    page: Page,
    host: &'a str,
    to: &'a str,
}

#[derive(Template)]
#[template(path = "sso_refused.html")]
struct RefusedPage<'a> {
    page: Page,
    title: &'a str,
    what: &'a str,
    next: &'a str,
    reason: &'a str,
    back: &'a str,
    back_label: &'a str,
}

/// The way to the issuer after a form: a page that goes on by itself. Browsers hold a form's redirects
/// against `form-action`, which names nobody but us.
pub(super) fn leave_page(leave: &Leave) -> Result<Response, Failure> {
    let host = leave.to.host_str().unwrap_or_default();
    let page = LeavePage { page: Page::outside("Signing in"), host, to: leave.to.as_str() };
    Ok((leaves(&leave.token), html(&page)?).into_response())
}

/// A page that says why nothing came of it, or the failure that it is.
pub(super) fn lost(lost: Lost, purpose: Option<&SsoPurpose>) -> Result<Response, Failure> {
    let reason = match lost {
        Lost::Because(reason) => reason,
        Lost::Refused(refused) => return Err(refused.into()),
    };
    let (back, back_label) = match purpose {
        Some(SsoPurpose::Link(..)) => (sso_account::PATH, "Back to your page"),
        Some(SsoPurpose::SetUp(..)) => ("/set-up", "Back to the set-up page"),
        Some(SsoPurpose::Trial(..)) => (settings::sign_in::PATH, "Back to the settings"),
        Some(SsoPurpose::SignIn) | None => ("/sign-in", "Back to the sign-in page"),
    };
    let title = match purpose {
        Some(SsoPurpose::Link(..)) => "Not connected",
        Some(SsoPurpose::Trial(..)) => "No trial",
        _ => "Not signed in",
    };
    let (what, next) = reason.words();
    let status = match reason {
        Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    };
    let (page, reason) = (Page::outside(title), reason.as_str());
    html_with(status, &RefusedPage { page, title, what, next, reason, back, back_label })
}

/// The form of the sign-in page.
#[derive(Deserialize)]
pub struct SsoForm {
    email: String,
    next: Option<String>,
    /// Why they are asked once more: then the issuer asks them too.
    again: Option<String>,
}

/// `POST /sign-in/sso`: an address, whose domain leads to an issuer.
///
/// # Errors
/// When the form is not from our page; what is unknown is said on the page.
pub async fn begin(
    State(app): State<App>,
    Address(address): Address,
    OwnForm(form): OwnForm<SsoForm>,
) -> Result<Response, Failure> {
    let next = local_path(form.next.as_deref());
    let back = async |(status, trouble)| {
        let page = SignInPage::new(&app, next, Some(trouble)).await?;
        html_with(status, &page.with_work_email(&form.email))
    };
    let row = match sso::by_domain(&app, &form.email, &address).await {
        Ok(Some(row)) => row,
        Ok(None) => {
            let trouble = Trouble {
                what: "No company has set up single sign-on for that domain here.".into(),
                next: "Check the address. If it is right, sign in with your password, or ask your admin \
                       for your company’s own sign-in link."
                    .into(),
            };
            return back((StatusCode::UNPROCESSABLE_ENTITY, trouble)).await;
        }
        Err(refused) => return back(on_the_page(refused)?).await,
    };
    let hint = Some(form.email.trim()).filter(|hint| hint.len() <= 254);
    let forced = form.again.as_deref() == Some("factor");
    let wish = Wish { purpose: SsoPurpose::SignIn, next, hint, forced };
    go(&app, &row, wish).await
}

/// Sends a browser to the issuer, or says why not.
pub(super) async fn go(app: &App, row: &SsoRow, wish: Wish<'_>) -> Result<Response, Failure> {
    let purpose = wish.purpose.clone();
    match sso::leave(app, row, wish).await {
        Ok(leave) => leave_page(&leave),
        Err(why) => lost(why, Some(&purpose)),
    }
}

/// A redirect that no query of the address before it follows.
fn redirect(to: &Url) -> Response {
    let to = HeaderValue::from_str(to.as_str()).unwrap_or(HeaderValue::from_static("/sign-in"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// What a set-up page asks for: the issuer in place of a password.
///
/// # Errors
/// When the database can't be read; what is wrong with the link is said on the page.
pub(super) async fn set_up(
    app: &App,
    token: &Typed,
    address: &str,
) -> Result<Result<Response, (StatusCode, Trouble)>, Failure> {
    match sso::of_set_up(app, token, address).await {
        Ok(Some((row, purpose))) => {
            let wish = Wish { purpose, next: "/", hint: None, forced: false };
            Ok(Ok(go(app, &row, wish).await?))
        }
        Ok(None) => {
            let trouble = Trouble {
                what: "Your company has no single sign-on here.".into(),
                next: "Choose a password instead.".into(),
            };
            Ok(Err((StatusCode::CONFLICT, trouble)))
        }
        Err(refused) => Ok(Err(on_the_page(refused)?)),
    }
}

/// `GET /sign-in/sso/callback`: a browser comes back.
///
/// # Errors
/// When the database can't be read or written; a refusal is a page.
pub async fn callback(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    Query(answer): Query<Callback>,
) -> Result<Response, Failure> {
    let session = in_cookie(&app, &headers).await?;
    let token = trip_token(&headers);
    let back = sso::receive(&app, token.as_deref(), &answer, session.as_ref(), &address).await?;
    let Back { purpose, next, outcome } = back;
    let next = local_path(Some(&next));
    let response = match outcome {
        Ok(Outcome::AskThem(leave)) => {
            // Its own cookie takes this one's place.
            return Ok((leaves(&leave.token), redirect(&leave.to)).into_response());
        }
        Ok(Outcome::SignedIn { token, step, technician }) => {
            let next = match step {
                Next::Nothing if !technician.may_use_ui => pair::PATH,
                _ => next,
            };
            (signs_in(&token), way_on(step, next)).into_response()
        }
        Ok(Outcome::Linked) => {
            Redirect::to(&format!("{}?done=linked", sso_account::PATH)).into_response()
        }
        Ok(Outcome::Tried(tried)) => {
            let session = session.ok_or(shared::Code::NotSignedIn)?;
            settings::sign_in::show_trial(&app, &session, *tried)?
        }
        Err(why) => lost(why, purpose.as_ref())?,
    };
    Ok((comes_back(), response).into_response())
}
