//! `/set-up#<token>`: the first password. The token stands in the fragment, which no server sees
//! in an address; the page's script moves it into the form, or the person pastes it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::sign_in::{Trouble, on_the_page, way_on};
use super::{Page, html, html_with, sso};
use crate::app::App;
use crate::sign_in::{self, Typed};
use crate::web::auth::{in_cookie, signs_in};
use crate::web::forms::{Address, OwnForm};
use crate::web::problem::Failure;

const TITLE: &str = "Set up your sign-in";

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUpPage<'a> {
    page: Page,
    /// Handed back after a password that won't do.
    token: &'a str,
    trouble: Option<Trouble>,
}

/// `GET /set-up`.
///
/// # Errors
/// Never by itself.
pub async fn get() -> Result<Response, Failure> {
    html(&SetUpPage { page: Page::outside(TITLE), token: "", trouble: None })
}

/// The form.
#[derive(Deserialize)]
pub struct SetUpForm {
    token: Typed,
    password: Typed,
    /// `sso`: no password, but the company's issuer.
    #[serde(default)]
    way: String,
}

/// `POST /set-up`.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    OwnForm(form): OwnForm<SetUpForm>,
) -> Result<Response, Failure> {
    if form.way == "sso" {
        return match sso::set_up(&app, &form.token, &address).await? {
            Ok(response) => Ok(response),
            Err(refused) => again(&form.token, refused),
        };
    }
    let old = in_cookie(&app, &headers).await?.map(|session| session.id);
    match sign_in::finish_set_up(&app, &form.token, &form.password, old.as_deref()).await {
        Ok((token, step)) => Ok((signs_in(&token), way_on(step, "/")).into_response()),
        Err(refused) => again(&form.token, on_the_page(refused)?),
    }
}

/// The page once more.
fn again(token: &Typed, (status, trouble): (StatusCode, Trouble)) -> Result<Response, Failure> {
    // A link that is dead is not offered again.
    let token = if status == StatusCode::GONE { "" } else { token.expose() };
    html_with(status, &SetUpPage { page: Page::outside(TITLE), token, trouble: Some(trouble) })
}
