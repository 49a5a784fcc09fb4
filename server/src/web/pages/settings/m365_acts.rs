//! What an admin does with one integration. Each act is a form of its page and leads back to it.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::IntegrationId;

use super::form::{Back, Posted, Values, wrong};
use super::guide::Wish;
use super::m365::{path, show};
use super::{Admin, Stale, failure, may_change, stale};
use crate::app::App;
use crate::directory::ProofKind;
use crate::integration::guide::REGISTRATION_NAME;
use crate::integration::{IntegrationView, NotDone};
use crate::store::Session;
use crate::web::api::Path;
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

/// A browser, and a proxy in front, wait so long for a test; it goes on after that.
const PATIENCE: Duration = Duration::from_secs(45);

/// The page of an integration, saying what was just done.
pub(super) fn page_of(id: IntegrationId, done: &str) -> String {
    format!("{}?done={done}", path(id))
}

/// Back to the page, with what is wrong at the form.
async fn back(
    app: &App,
    session: &Session,
    id: IntegrationId,
    part: &'static str,
    values: Values,
    (not_done, at): (NotDone, &'static str),
) -> Result<Response, Failure> {
    let (status, errors) = wrong(not_done, at)?;
    show(app, session, id, Some(Back { status, part, values, errors }), (None, Wish::default()))
        .await
}

fn to(id: IntegrationId, done: &str) -> Response {
    Redirect::to(&page_of(id, done)).into_response()
}

/// Tests the connection; a test goes on by itself when somebody leaves, or waits no longer. Says which
/// word leads back to the page.
pub(super) async fn tested(
    app: &App,
    session: &Session,
    id: IntegrationId,
    person: &str,
    done: &'static str,
) -> Result<&'static str, Failure> {
    let test = app.integrations.test(session, id, Some(person));
    match tokio::time::timeout(PATIENCE, test).await {
        Ok(Ok(_)) => Ok(done),
        Ok(Err(not_done)) => Err(failure(not_done)),
        Err(_) => Ok("testing"),
    }
}

/// `POST /settings/integrations/m365/{id}`: changes the settings, and tests them.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be right is shown on the page.
pub async fn change(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let values = posted.values();
    match app.integrations.change(&session, id, &posted.ask()).await {
        Ok(()) => Ok(to(id, tested(&app, &session, id, "", "changed").await?)),
        Err(not_done) => back(&app, &session, id, "change", values, (not_done, "name")).await,
    }
}

/// `POST …/secret`: a new secret in place of the credential in use.
///
/// # Errors
/// As for [`change`].
pub async fn secret(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let values = posted.values();
    let new = &posted.client_secret;
    match app.integrations.replace_secret(&session, id, new, &values.expires_on).await {
        Ok(()) => Ok(to(id, tested(&app, &session, id, "", "replaced").await?)),
        Err(not_done) => {
            back(&app, &session, id, "secret", values, (not_done, "client_secret")).await
        }
    }
}

/// `POST …/certificate`: makes a certificate that is not in use yet.
///
/// # Errors
/// As for [`change`].
pub async fn make_certificate(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    match app.integrations.new_certificate(&session, id).await {
        Ok(()) => Ok(to(id, "made")),
        Err(not_done) => {
            back(&app, &session, id, "certificate", posted.values(), (not_done, "certificate"))
                .await
        }
    }
}

/// `POST …/certificate/use`: puts it in place.
///
/// # Errors
/// As for [`change`].
pub async fn use_certificate(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    match app.integrations.use_certificate(&session, id).await {
        Ok(()) => Ok(to(id, tested(&app, &session, id, "", "replaced").await?)),
        Err(not_done) => {
            back(&app, &session, id, "certificate", posted.values(), (not_done, "certificate"))
                .await
        }
    }
}

/// `POST …/test`: tests the connection.
///
/// # Errors
/// As for [`change`].
pub async fn test(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let person = posted.values().test_person;
    Ok(to(id, tested(&app, &session, id, &person, "tested").await?))
}

/// The form that switches.
#[derive(Deserialize)]
pub struct Switch {
    form: String,
    on: String,
}

/// `POST …/switch`.
///
/// # Errors
/// As for [`change`].
pub async fn switch(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Switch>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let on = posted.on == "yes";
    app.integrations.switch(&session, id, on).await.map_err(failure)?;
    Ok(to(id, if on { "on" } else { "off" }))
}

#[derive(Template)]
#[template(path = "settings/m365_delete.html")]
struct DeletePage {
    page: Page,
    stale: Option<Stale>,
    view: IntegrationView,
    certificate: bool,
    registration: &'static str,
    token: String,
}

/// `GET …/delete`: asks once more.
///
/// # Errors
/// [`shared::Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn ask_delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
) -> Result<Response, Failure> {
    let view = app.integrations.one(session.technician.account, id).await.map_err(failure)?;
    html(&DeletePage {
        page: Page::inside(&app, &session, "Delete an integration", "settings"),
        stale: stale(&app, &session, &format!("{}/delete", path(id))),
        certificate: view.proof == ProofKind::Certificate,
        view,
        registration: REGISTRATION_NAME,
        token: form_token(&app, &session),
    })
}

/// `POST …/delete`.
///
/// # Errors
/// As for [`change`].
pub async fn delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.integrations.delete(&session, id).await.map_err(failure)?;
    Ok(Redirect::to("/settings/integrations?done=deleted").into_response())
}
