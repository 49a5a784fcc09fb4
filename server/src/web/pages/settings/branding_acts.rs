//! What an admin does with a brand beside its form: the logo, and having a customer look like the
//! account again.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::CustomerId;

use super::branding::{Back, Whose, failure, show, to, wrong};
use super::{Admin, may_change};
use crate::app::App;
use crate::web::api::Path;
use crate::web::forms::{OwnForm, OwnUpload};
use crate::web::problem::Failure;

/// A form that is only a button.
#[derive(Deserialize)]
pub struct Button {
    form: String,
}

/// `POST …/logo`: makes what was chosen the logo.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; why a file
/// can't be a logo is shown on the page.
pub async fn logo(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    upload: OwnUpload,
) -> Result<Response, Failure> {
    may_change(&app, &session, &upload.form)?;
    match app.branding.set_logo(&session, customer, upload.file.into()).await {
        Ok(()) => Ok(to(customer, "logo")),
        Err(not_saved) => {
            let (status, errors, changed) = wrong(not_saved)?;
            let account = session.technician.account;
            let view = app.branding.one(account, customer).await.map_err(failure)?;
            let back = Back { status, posted: None, errors, changed };
            show(&app, &session, &view, back, None).await
        }
    }
}

/// `POST …/logo/remove`.
///
/// # Errors
/// As for [`logo`].
pub async fn remove_logo(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.branding.remove_logo(&session, customer).await.map_err(failure)?;
    Ok(to(customer, "no-logo"))
}

/// `POST /settings/branding/{customer}/forget`: the customer looks like the account again.
///
/// # Errors
/// As for [`logo`].
pub async fn forget(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.branding.forget(&session, Some(customer)).await.map_err(failure)?;
    Ok(to(Some(customer), "as-account"))
}
