//! Files of an integration to save: the two scripts, and the certificate's public part.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::{Code, IntegrationId};

use super::guide::{BASH_FILE, POWERSHELL_FILE, Wish};
use super::{Admin, failure};
use crate::app::App;
use crate::directory::Tenant;
use crate::integration::scripts::{Ask, Recipe};
use crate::web::api::{Path, Query};
use crate::web::problem::Failure;

/// Which file of these is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Bash,
    PowerShell,
}

fn script(ask: &Ask<'_>, language: Language) -> Result<Response, Failure> {
    let recipe = Recipe::new(ask).map_err(|_| Code::BadRequest)?;
    let (name, text) = match language {
        Language::Bash => (BASH_FILE, recipe.azure_cli()),
        Language::PowerShell => (POWERSHELL_FILE, recipe.powershell()),
    };
    let text = text.map_err(|error| {
        tracing::error!(%error, "template");
        Code::Internal
    })?;
    Ok(file(name, "text/plain; charset=utf-8", text))
}

fn file(name: &str, kind: &'static str, text: String) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let saved_as = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(
        header::CONTENT_DISPOSITION,
        saved_as.unwrap_or(HeaderValue::from_static("attachment")),
    );
    response
}

/// What the form holds while nothing is saved.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    cloud: String,
    #[serde(default)]
    tenant: String,
}

fn of_new(app: &App, typed: &Typed, language: Language) -> Result<Response, Failure> {
    let cloud = app.settings.clouds.get(&typed.cloud).ok_or(Code::NotFound)?;
    let ask = Ask {
        login: &cloud.login,
        graph: &cloud.graph,
        tenant: &typed.tenant,
        client_id: "",
        optional: false,
        role: false,
        certificate: None,
    };
    script(&ask, language)
}

/// `GET /settings/integrations/m365/new/connect.sh?cloud=&tenant=`.
///
/// # Errors
/// When it is no admin; for a cloud that is not there, or a tenant that can't be one.
pub async fn new_bash(
    State(app): State<App>,
    _: Admin,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    of_new(&app, &typed, Language::Bash)
}

/// `GET /settings/integrations/m365/new/connect.ps1?cloud=&tenant=`.
///
/// # Errors
/// As for [`new_bash`].
pub async fn new_powershell(
    State(app): State<App>,
    _: Admin,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    of_new(&app, &typed, Language::PowerShell)
}

async fn of(
    app: &App,
    Admin(session): &Admin,
    id: IntegrationId,
    wish: Wish,
    language: Language,
) -> Result<Response, Failure> {
    let row = app.store.m365_one(session.technician.account, id).await?.ok_or(Code::NotFound)?;
    let tenant = Tenant::of(&row.integration)?;
    let known = tenant.settings();
    let certificate = known.next_certificate.as_ref().or(known.certificate.as_ref());
    let ask = Ask {
        login: &known.login,
        graph: &known.graph,
        tenant: &known.tenant,
        client_id: &known.client_id,
        optional: wish.optional,
        role: wish.role,
        certificate: certificate.map(|it| it.pem.as_str()),
    };
    script(&ask, language)
}

/// `GET /settings/integrations/m365/{id}/connect.sh`.
///
/// # Errors
/// When it is no admin; [`Code::NotFound`] for what is not there or not yours.
pub async fn bash(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<IntegrationId>,
    Query(wish): Query<Wish>,
) -> Result<Response, Failure> {
    of(&app, &admin, id, wish, Language::Bash).await
}

/// `GET /settings/integrations/m365/{id}/connect.ps1`.
///
/// # Errors
/// As for [`bash`].
pub async fn powershell(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<IntegrationId>,
    Query(wish): Query<Wish>,
) -> Result<Response, Failure> {
    of(&app, &admin, id, wish, Language::PowerShell).await
}

/// Which of the two certificates.
#[derive(Deserialize)]
pub struct Which {
    next: Option<String>,
}

/// `GET /settings/integrations/m365/{id}/certificate.cer`: the public part, in PEM.
///
/// # Errors
/// When it is no admin; [`Code::NotFound`] where there is none.
pub async fn certificate(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    let view = app.integrations.one(session.technician.account, id).await.map_err(failure)?;
    let chosen = if which.next.is_some() { view.next_certificate } else { view.certificate };
    let known = chosen.ok_or(Code::NotFound)?;
    Ok(file("msp-process-password-reset.cer", "application/x-pem-file", known.pem))
}
