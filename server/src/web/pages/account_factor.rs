//! `/account/authenticator` and `/account/recovery-codes`: another authenticator in place of the enrolled
//! one, and new codes that stand in for it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::Code;
use zeroize::Zeroizing;

use super::qr::Qr;
use super::recovery::kept;
use super::sign_in::{Going, Trouble, confirm_at, wrong_code};
use super::{Page, account, html_with};
use crate::app::App;
use crate::sign_in::{Offer, Refused, Typed, own, recovery};
use crate::store::Session;
use crate::web::api::Query;
use crate::web::auth::Anyone;
use crate::web::forms::{OwnForm, check_form_token, form_token, local_path};
use crate::web::problem::Failure;

/// Where an authenticator is replaced.
pub(super) const PATH: &str = "/account/authenticator";

#[derive(Template)]
#[template(path = "account_authenticator.html")]
struct ReplacePage<'a> {
    page: Page,
    form: String,
    email: &'a str,
    spelt: Zeroizing<String>,
    uri: Zeroizing<String>,
    qr: Option<Qr>,
    /// A recovery code was this session's second factor: the old one need not be proved.
    recovered: bool,
    left: u32,
    few: bool,
    /// Where to go with the old one.
    next: &'a str,
    trouble: Option<Trouble>,
}

async fn show(
    app: &App,
    who: &Session,
    next: &str,
    trouble: Option<(StatusCode, Trouble)>,
) -> Result<Response, Failure> {
    let technician = &who.technician;
    if !technician.has_totp {
        return Ok(Redirect::to(account::PATH).into_response());
    }
    let (status, trouble) = trouble.map_or((StatusCode::OK, None), |(s, t)| (s, Some(t)));
    let Offer { spelt, uri } = own::offer(app, who).await?;
    let left = app.store.recovery_codes_left(technician.account, technician.id).await?;
    let page = ReplacePage {
        page: Page::inside(app, who, "Set up another authenticator", "account"),
        form: form_token(app, who),
        email: &technician.email,
        qr: Qr::of(&uri),
        spelt,
        uri,
        recovered: own::recovered_just_now(app, who),
        left,
        few: left <= recovery::FEW,
        next,
        trouble,
    };
    html_with(status, &page)
}

/// Where somebody wants to go when they are done here.
fn onwards(next: Option<&str>) -> &str {
    match local_path(next) {
        "/" if next.is_none() => account::PATH,
        path => path,
    }
}

/// `GET /account/authenticator`.
///
/// # Errors
/// When nobody is signed in, or the database can't be read.
pub async fn get(
    State(app): State<App>,
    Anyone(session): Anyone,
    Query(going): Query<Going>,
) -> Result<Response, Failure> {
    show(&app, &session, onwards(going.next.as_deref()), None).await
}

/// The form.
#[derive(Deserialize)]
pub struct ReplaceForm {
    form: String,
    /// A code of the old one, or a recovery code.
    #[serde(default = "nothing")]
    old: Typed,
    /// The first code of the new one.
    code: Typed,
    next: Option<String>,
}

fn nothing() -> Typed {
    Typed::new(String::new())
}

/// `POST /account/authenticator`: puts it in the old one's place, and shows its recovery codes.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post(
    State(app): State<App>,
    Anyone(session): Anyone,
    OwnForm(form): OwnForm<ReplaceForm>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    let next = onwards(form.next.as_deref());
    match own::replace_authenticator(&app, &session, &form.old, &form.code).await {
        Ok(codes) => {
            let page = Page::inside(&app, &session, "Keep your recovery codes", "account");
            kept(page, codes, next, true)
        }
        Err(Refused::Because(Code::CodeWrong)) => {
            let trouble = Trouble {
                what: "That is neither a code of your old authenticator nor a recovery code.".into(),
                next: "Each works once: wait for the next one, and don’t take the code that you signed in \
                       with."
                    .into(),
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show(&app, &session, next, Some((status, trouble))).await
        }
        Err(refused @ (Refused::Store(_) | Refused::Ours(_))) => Err(refused.into()),
        Err(refused) => {
            let (status, mut trouble) = wrong_code(refused)?;
            if trouble.what == "That is not the code." {
                trouble.what = "That is not the new authenticator’s code.".into();
            }
            show(&app, &session, next, Some((status, trouble))).await
        }
    }
}

/// A form that is only a button.
#[derive(Deserialize)]
pub struct Button {
    form: String,
}

/// `POST /account/recovery-codes`: makes new ones, and shows them.
///
/// # Errors
/// When the form is not from our page, or there is no authenticator; whose second factor is too old signs
/// in again.
pub async fn renew(
    State(app): State<App>,
    Anyone(session): Anyone,
    OwnForm(form): OwnForm<Button>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    match recovery::renew(&app, &session).await {
        Ok(codes) => {
            let page = Page::inside(&app, &session, "Keep your recovery codes", "account");
            kept(page, codes, account::PATH, true)
        }
        Err(refused) if account::needs_factor(&refused) && session.technician.has_totp => {
            Ok(Redirect::to(&confirm_at(account::PATH)).into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}
