//! `/api/psas`: the account's PSAs, for admins. By the cookie of our own pages, as `/api/integrations`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{Code, CustomerId, IntegrationId};

use super::integrations::{Nothing, Refusal};
use super::{Path, Query};
use crate::app::App;
use crate::integration::NotDone;
use crate::psa::{Companies, CompanyView, MapTo, PsaAsk, PsaTest, PsaView};
use crate::web::auth::Admin;
use crate::web::forms::OwnJson;

type Answer<T> = Result<T, Refusal>;

/// All of the account.
///
/// # Errors
/// `forbidden` for who is no admin.
pub async fn list(State(app): State<App>, Admin(who): Admin) -> Answer<Json<Vec<PsaView>>> {
    Ok(Json(app.psas.all(who.technician.account).await.map_err(NotDone::from)?))
}

/// Connects one of the `kind` that the body names. Test it next.
///
/// # Errors
/// `bad-request` without a kind; `invalid-fields` with the fields; `second-factor-needed`.
pub async fn post(
    State(app): State<App>,
    Admin(who): Admin,
    OwnJson(ask): OwnJson<PsaAsk>,
) -> Answer<(StatusCode, Json<PsaView>)> {
    let kind = ask.kind.ok_or(Code::BadRequest)?;
    let id = app.psas.add(&who, kind, &ask).await?;
    let view = app.psas.one(who.technician.account, id).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// One of them.
///
/// # Errors
/// `not-found`.
pub async fn get(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
) -> Answer<Json<PsaView>> {
    Ok(Json(app.psas.one(who.technician.account, id).await?))
}

/// Changes it, with its `version`.
///
/// # Errors
/// `not-found`, `invalid-fields` with the fields, `changed-meanwhile`, `second-factor-needed`.
pub async fn put(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(ask): OwnJson<PsaAsk>,
) -> Answer<Json<PsaView>> {
    app.psas.change(&who, id, &ask).await?;
    Ok(Json(app.psas.one(who.technician.account, id).await?))
}

/// Deletes it with its secrets, its companies and its people.
///
/// # Errors
/// `not-found`.
pub async fn delete(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<StatusCode> {
    app.psas.delete(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/psas/{id}/switch` and `/list`.
#[derive(utoipa::ToSchema)]
#[schema(as = PsaSwitchAsk)]
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
) -> Answer<Json<PsaView>> {
    app.psas.switch(&who, id, ask.on).await?;
    Ok(Json(app.psas.one(who.technician.account, id).await?))
}

/// Says whether our own pages list its tickets and contacts.
///
/// # Errors
/// `changed-meanwhile` when it is so already.
pub async fn list_here(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(ask): OwnJson<SwitchAsk>,
) -> Answer<Json<PsaView>> {
    app.psas.list_here(&who, id, ask.on).await?;
    Ok(Json(app.psas.one(who.technician.account, id).await?))
}

/// Tests the connection now, and says what was found.
///
/// # Errors
/// `not-found`, `second-factor-needed`.
pub async fn test(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<Json<PsaTest>> {
    Ok(Json(app.psas.test(&who, id).await?))
}

/// What of the companies is asked for.
#[derive(Deserialize)]
pub struct Search {
    /// A part of the name or the domain; empty for all.
    #[serde(default)]
    q: String,
    /// Which page, from 0.
    #[serde(default)]
    page: u32,
}

/// A page of its companies as they were read last, those without a customer first.
///
/// # Errors
/// `not-found`.
pub async fn companies(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    Query(search): Query<Search>,
) -> Answer<Json<Companies>> {
    let page = usize::try_from(search.page).unwrap_or(usize::MAX);
    Ok(Json(app.psas.companies(who.technician.account, id, &search.q, page).await?))
}

/// Reads the companies from the PSA. How many there are.
///
/// # Errors
/// `not-found`, `second-factor-needed`, and what the PSA refuses.
pub async fn load(
    State(app): State<App>,
    Admin(who): Admin,
    Path(id): Path<IntegrationId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<Json<Value>> {
    Ok(Json(json!({ "companies": app.psas.load_companies(&who, id).await? })))
}

/// One company.
///
/// # Errors
/// `not-found`.
pub async fn company(
    State(app): State<App>,
    Admin(who): Admin,
    Path((id, company)): Path<(IntegrationId, String)>,
) -> Answer<Json<CompanyView>> {
    Ok(Json(app.psas.company(who.technician.account, id, &company).await?))
}

/// PUT `/api/psas/{id}/companies/{company}`: a customer's id, `null` for nobody, or `"new"`.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapAsk {
    /// Silence is not nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    customer: Option<Whom>,
}

#[derive(utoipa::ToSchema, Deserialize)]
#[serde(untagged)]
enum Whom {
    Customer(CustomerId),
    New(New),
}

#[derive(utoipa::ToSchema, Deserialize)]
enum New {
    #[serde(rename = "new")]
    New,
}

/// Says which customer it is.
///
/// # Errors
/// `not-found`; `changed-meanwhile` when company or customer are not there any more.
pub async fn map(
    State(app): State<App>,
    Admin(who): Admin,
    Path((id, company)): Path<(IntegrationId, String)>,
    OwnJson(ask): OwnJson<MapAsk>,
) -> Answer<Json<CompanyView>> {
    let to = match ask.customer {
        None => MapTo::Nobody,
        Some(Whom::Customer(customer)) => MapTo::Customer(customer),
        Some(Whom::New(New::New)) => MapTo::New,
    };
    app.psas.map(&who, id, &company, to).await?;
    Ok(Json(app.psas.company(who.technician.account, id, &company).await?))
}
