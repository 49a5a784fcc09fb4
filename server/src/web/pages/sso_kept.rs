//! `/sign-in/sso/{connection}`: a link that people keep. Opening it does nothing yet: anybody may send somebody
//! such a link, so the page says whose sign-in it is and waits for a click.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::IntegrationId;

use super::sign_in::lead;
use super::{Page, html, sso as issuer};
use crate::app::App;
use crate::sign_in::session::lacks_factor;
use crate::sign_in::sso::{self, SsoSettings, Wish};
use crate::store::{SessionKind, SsoPurpose};
use crate::web::api::{Path, Query};
use crate::web::auth::in_cookie;
use crate::web::forms::{Address, OwnForm, local_path};
use crate::web::problem::Failure;

/// What such a link may say, and the page's form says again.
#[derive(Deserialize)]
pub struct Kept {
    next: Option<String>,
    login_hint: Option<String>,
}

impl Kept {
    fn hint(&self) -> Option<&str> {
        self.login_hint.as_deref().filter(|hint| !hint.is_empty() && hint.len() <= 254)
    }
}

#[derive(Template)]
#[template(path = "sso_kept.html")]
struct KeptPage<'a> {
    page: Page,
    connection: IntegrationId,
    /// Whose pages they come to.
    msp: &'a str,
    /// What the issuer is called, and where it is.
    label: &'a str,
    host: &'a str,
    next: &'a str,
    hint: &'a str,
    /// Who is signed in here at another account.
    other: Option<&'a str>,
}

/// `GET /sign-in/sso/{connection}`: says where it leads.
///
/// # Errors
/// `NotFound` for an issuer that is not there or off.
pub async fn get(
    State(app): State<App>,
    Path(connection): Path<IntegrationId>,
    Query(kept): Query<Kept>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let row = sso::by_id(&app, connection).await?;
    let next = local_path(kept.next.as_deref());
    let account = row.integration.account;
    let session = in_cookie(&app, &headers).await?;
    let session = session.filter(|it| it.kind == SessionKind::Web && !lacks_factor(it));
    if let Some(session) = session.as_ref().filter(|it| it.technician.account == account) {
        return Ok(Redirect::to(lead(session, next)).into_response());
    }
    let settings = SsoSettings::of(&row.integration)?;
    let issuer = url::Url::parse(&settings.issuer).ok();
    let host = issuer.as_ref().and_then(url::Url::host_str).unwrap_or(&settings.issuer);
    let msp = app.store.account_name(account).await?;
    html(&KeptPage {
        page: Page::outside("Sign in"),
        connection,
        msp: &msp,
        label: &settings.label,
        host,
        next,
        hint: kept.hint().unwrap_or_default(),
        other: session.as_ref().map(|session| session.technician.email.as_str()),
    })
}

/// `POST /sign-in/sso/{connection}`: sends the browser to the issuer.
///
/// # Errors
/// As for [`get`]; `TooMany` from one network; when the form is not from our page.
pub async fn begin(
    State(app): State<App>,
    Address(address): Address,
    Path(connection): Path<IntegrationId>,
    OwnForm(kept): OwnForm<Kept>,
) -> Result<Response, Failure> {
    let row = sso::by_id(&app, connection).await?;
    sso::count_trip(&app, &address).await?;
    let next = local_path(kept.next.as_deref());
    let wish = Wish { purpose: SsoPurpose::SignIn, next, hint: kept.hint(), forced: false };
    issuer::go(&app, &row, wish).await
}
