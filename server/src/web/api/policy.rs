//! `/api/policy` and `/api/customers/{id}/policy`: what the account demands, and its customers where
//! they differ, for admins. By the cookie of our own pages, never by a pod's token.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::{CustomerId, Millis};

use super::Path;
use super::branding::Refusal;
use super::integrations::Nothing;
use crate::app::App;
use crate::policy::fields;
use crate::policy::layers::{Layer, Origin};
use crate::store::Session;
use crate::web::auth::Admin;
use crate::web::forms::OwnJson;

type Answer<T> = Result<T, Refusal>;

/// A policy as admins' programs see it.
#[derive(utoipa::ToSchema)]
#[schema(as = PolicyView)]
#[derive(Serialize)]
pub struct View {
    /// Whose; left out for the account's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerId>,
    /// To be sent back with a change; `null` while nothing is said.
    version: Option<Millis>,
    /// What is said there: some fields.
    #[schema(value_type = Object)]
    own: Layer,
    /// What holds: every field.
    fields: BTreeMap<&'static str, Held>,
}

/// One field.
#[derive(utoipa::ToSchema)]
#[schema(as = PolicyField)]
#[derive(Serialize)]
struct Held {
    value: Value,
    /// Whether it is built in, or who says it.
    origin: Origin,
}

async fn view(app: &App, who: &Session, customer: Option<CustomerId>) -> Answer<Json<View>> {
    let view = app.policies.one(who.technician.account, customer).await?;
    let fields = fields::all().map(|field| {
        let held =
            Held { value: view.holds.value(field).clone(), origin: view.holds.origin(field) };
        (field.name, held)
    });
    Ok(Json(View { customer, version: view.version, fields: fields.collect(), own: view.said }))
}

/// The account's own.
///
/// # Errors
/// `forbidden` for who is no admin.
pub async fn get(State(app): State<App>, Admin(who): Admin) -> Answer<Json<View>> {
    view(&app, &who, None).await
}

/// A customer's.
///
/// # Errors
/// `not-found`.
pub async fn get_customer(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
) -> Answer<Json<View>> {
    view(&app, &who, Some(customer)).await
}

/// PUT `/api/policy`.
#[derive(utoipa::ToSchema)]
#[schema(as = PolicyAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Which version this is made of.
    version: Option<Millis>,
    /// All that is said from now on; what is left out is taken over.
    #[schema(value_type = Object)]
    own: Map<String, Value>,
}

/// Says the account's policy anew.
///
/// # Errors
/// `invalid-fields` with the fields, `changed-meanwhile`, `second-factor-needed`.
pub async fn put(
    State(app): State<App>,
    Admin(who): Admin,
    OwnJson(ask): OwnJson<Ask>,
) -> Answer<Json<View>> {
    app.policies.save(&who, None, ask.version, ask.own).await?;
    view(&app, &who, None).await
}

/// Says a customer's policy anew.
///
/// # Errors
/// As [`put`]; `not-found`.
pub async fn put_customer(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(ask): OwnJson<Ask>,
) -> Answer<Json<View>> {
    app.policies.save(&who, Some(customer), ask.version, ask.own).await?;
    view(&app, &who, Some(customer)).await
}

/// Has a customer take over the account's policy again.
///
/// # Errors
/// `not-found`, `second-factor-needed`.
pub async fn delete_customer(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<StatusCode> {
    app.policies.forget(&who, customer).await?;
    Ok(StatusCode::NO_CONTENT)
}
