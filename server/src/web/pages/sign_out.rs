//! `/sign-out`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::sign_in;
use crate::web::auth::{in_cookie, signs_out};
use crate::web::forms::{OwnForm, check_form_token};
use crate::web::problem::Failure;

/// What signs out.
#[derive(Deserialize)]
pub struct OutForm {
    form: String,
}

/// `POST /sign-out`.
///
/// # Errors
/// When the form is not from our page.
pub async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    OwnForm(form): OwnForm<OutForm>,
) -> Result<Response, Failure> {
    // Whatever the session may do, it may end. Signed out already is signed out.
    if let Some(session) = in_cookie(&app, &headers).await? {
        check_form_token(&app, &session, &form.form)?;
        sign_in::sign_out(&app, &session).await?;
    }
    Ok((signs_out(), Redirect::to("/sign-in")).into_response())
}
