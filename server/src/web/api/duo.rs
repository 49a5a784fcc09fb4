//! `/api/duo/{customer}`: customers' Duo, for admins. By the cookie of our own pages, as
//! `/api/integrations`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::CustomerId;

use super::Path;
use super::integrations::{Nothing, Refusal};
use crate::app::App;
use crate::duo::{DuoAsk, DuoView, PushTest};
use crate::integration::NotDone;
use crate::web::auth::Admin;
use crate::web::forms::OwnJson;

type Answer<T> = Result<T, Refusal>;

/// All of the account.
///
/// # Errors
/// `forbidden` for who is no admin.
pub async fn list(State(app): State<App>, Admin(who): Admin) -> Answer<Json<Vec<DuoView>>> {
    Ok(Json(app.duo.all(who.technician.account).await.map_err(NotDone::from)?))
}

/// The customer's.
///
/// # Errors
/// `not-found`.
pub async fn get(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
) -> Answer<Json<DuoView>> {
    Ok(Json(app.duo.one(who.technician.account, customer).await?))
}

/// Connects the customer's Duo, or changes it: the latter with its `version`. Test it next.
///
/// # Errors
/// `invalid-fields` with the fields, `changed-meanwhile`, `second-factor-needed`.
pub async fn put(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(ask): OwnJson<DuoAsk>,
) -> Answer<Json<DuoView>> {
    app.duo.save(&who, customer, &ask).await?;
    Ok(Json(app.duo.one(who.technician.account, customer).await?))
}

/// Deletes it with its secret key.
///
/// # Errors
/// `not-found`.
pub async fn delete(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<StatusCode> {
    app.duo.delete(&who, customer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/duo/{customer}/switch`.
#[derive(utoipa::ToSchema)]
#[schema(as = DuoSwitchAsk)]
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
    Path(customer): Path<CustomerId>,
    OwnJson(ask): OwnJson<SwitchAsk>,
) -> Answer<Json<DuoView>> {
    app.duo.switch(&who, customer, ask.on).await?;
    Ok(Json(app.duo.one(who.technician.account, customer).await?))
}

/// POST `/api/duo/{customer}/test`.
#[derive(utoipa::ToSchema)]
#[schema(as = DuoTestAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestAsk {
    /// Somebody's name in Duo; they notice nothing of it.
    #[serde(default)]
    test_person: Option<String>,
}

/// Tests the connection now, and says what was found.
///
/// # Errors
/// `not-found`, `second-factor-needed`.
pub async fn test(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(ask): OwnJson<TestAsk>,
) -> Answer<Json<PushTest>> {
    Ok(Json(app.duo.test(&who, customer, ask.test_person.as_deref()).await?))
}
