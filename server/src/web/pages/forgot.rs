//! `/forgot`: a mail with a link for who has forgotten their password. Whoever asks for whatever address
//! sees the same page after the same time.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::sign_in::{Trouble, on_the_page};
use super::{Page, html_with};
use crate::app::App;
use crate::sign_in::forgotten;
use crate::web::api::Query;
use crate::web::forms::{Address, OwnForm};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage {
    page: Page,
    sent: bool,
    trouble: Option<Trouble>,
}

fn show(status: StatusCode, sent: bool, trouble: Option<Trouble>) -> Result<Response, Failure> {
    let title = if sent { "Look into your mailbox" } else { "Forgot your password?" };
    html_with(status, &ForgotPage { page: Page::outside(title), sent, trouble })
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /forgot`.
///
/// # Errors
/// Never by itself.
pub async fn get(Query(done): Query<Done>) -> Result<Response, Failure> {
    show(StatusCode::OK, done.done == "sent", None)
}

/// The form.
#[derive(Deserialize)]
pub struct ForgotForm {
    email: String,
}

/// `POST /forgot`.
///
/// # Errors
/// When the form is not from our page; too many from one address are told so on the page.
pub async fn post(
    Address(address): Address,
    State(app): State<App>,
    OwnForm(form): OwnForm<ForgotForm>,
) -> Result<Response, Failure> {
    match forgotten::ask(&app, &form.email, &address).await {
        Ok(()) => Ok(Redirect::to("/forgot?done=sent").into_response()),
        Err(refused) => {
            let (status, trouble) = on_the_page(refused)?;
            show(status, false, Some(trouble))
        }
    }
}
