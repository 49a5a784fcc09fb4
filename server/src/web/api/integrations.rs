//! `/api/integrations`: customers' tenants, for admins. By the cookie of our own pages, never by a
//! pod's token, which has no admin's rights.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use serde::Deserialize;
use serde_json::json;
use shared::{Code, IntegrationId, Problem};

use super::Path;
use crate::app::App;
use crate::integration::{IntegrationView, M365Ask, NotDone};
use crate::sign_in::Typed;
use crate::web::auth::Admin;
use crate::web::forms::OwnJson;
use crate::web::problem::Failure;

/// A refusal to an admin: a problem, with the fields that can't be right where there are some.
pub struct Refusal(NotDone);

impl From<NotDone> for Refusal {
    fn from(not: NotDone) -> Self {
        Self(not)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self(code.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.0 {
            NotDone::Denied(denied) => Failure::from(denied).into_response(),
            NotDone::Fields(errors) => with_fields(&errors),
        }
    }
}

/// The problem that fields can't be right, with the fields.
pub(super) fn with_fields(errors: &impl serde::Serialize) -> Response {
    let problem = Problem::new(Code::InvalidFields);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut body = serde_json::to_value(problem).unwrap_or_default();
    body["errors"] = json!(errors);
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, Json(body)).into_response()
}

type Answer<T> = Result<T, Refusal>;

/// All of the account.
///
/// # Errors
/// `forbidden` for who is no admin.
pub async fn list(State(app): State<App>, Admin(who): Admin) -> Answer<Json<Vec<IntegrationView>>> {
    Ok(Json(app.integrations.all(who.technician.account).await?))
}

/// One of them.
///
/// # Errors
/// `not-found`.
pub async fn get(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
) -> Answer<Json<IntegrationView>> {
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}

/// Connects a customer's tenant, and says what came of it: test it next.
///
/// # Errors
/// `invalid-fields` with the fields, `m365-taken`, `second-factor-needed`.
pub async fn post(
    State(app): State<App>,
    Admin(who): Admin,
    OwnJson(ask): OwnJson<M365Ask>,
) -> Answer<(StatusCode, Json<IntegrationView>)> {
    let id = app.integrations.add(&who, &ask).await?;
    let view = app.integrations.one(who.technician.account, id).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes name, dates, and where it leads.
///
/// # Errors
/// `invalid-fields` with the fields, `changed-meanwhile`.
pub async fn put(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(ask): OwnJson<M365Ask>,
) -> Answer<Json<IntegrationView>> {
    app.integrations.change(&who, id, &ask).await?;
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}

/// Deletes it with its secrets.
///
/// # Errors
/// `not-found`.
pub async fn delete(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<StatusCode> {
    app.integrations.delete(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `{}`.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// POST `/api/integrations/{id}/secret`.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretAsk {
    #[schema(value_type = String, format = Password)]
    client_secret: Typed,
    #[serde(default)]
    expires_on: String,
}

/// A new secret in place of the credential in use, once Microsoft takes it.
///
/// # Errors
/// `invalid-fields`; what Microsoft says to it.
pub async fn secret(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(ask): OwnJson<SecretAsk>,
) -> Answer<Json<IntegrationView>> {
    app.integrations.replace_secret(&who, id, &ask.client_secret, &ask.expires_on).await?;
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}

/// Makes a certificate that is not in use yet.
///
/// # Errors
/// `not-found`.
pub async fn make_certificate(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<Json<IntegrationView>> {
    app.integrations.new_certificate(&who, id).await?;
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}

/// Puts it in place of the credential in use, once Microsoft takes it.
///
/// # Errors
/// What Microsoft says to it.
pub async fn use_certificate(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<Json<IntegrationView>> {
    app.integrations.use_certificate(&who, id).await?;
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}

/// POST `/api/integrations/{id}/switch`.
#[derive(utoipa::ToSchema)]
#[schema(as = SwitchAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchAsk {
    on: bool,
}

/// Switches it on or off.
///
/// # Errors
/// `changed-meanwhile` when it is so already.
pub async fn switch(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(ask): OwnJson<SwitchAsk>,
) -> Answer<Json<IntegrationView>> {
    app.integrations.switch(&who, id, ask.on).await?;
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}

/// POST `/api/integrations/{id}/test`.
#[derive(utoipa::ToSchema)]
#[schema(as = M365TestAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestAsk {
    /// Mail, UPN or alias of somebody to try a password on that is too short to be taken.
    #[serde(default)]
    test_person: Option<String>,
}

/// Tests the connection now; what was found stands in `health`.
///
/// # Errors
/// `not-found`, `second-factor-needed`.
pub async fn test(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(ask): OwnJson<TestAsk>,
) -> Answer<Json<IntegrationView>> {
    app.integrations.test(&who, id, ask.test_person.as_deref()).await?;
    Ok(Json(app.integrations.one(who.technician.account, id).await?))
}
