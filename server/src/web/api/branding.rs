//! `/api/brand` and `/api/customers/{id}/brand`: how end users see the account and its customers,
//! for admins. By the cookie of our own pages, never by a pod's token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::{AccountId, Code, CustomerId, Millis};

use super::Path;
use super::integrations::{Nothing, with_fields};
use crate::app::App;
use crate::brand::Brand;
use crate::branding::NotSaved;
use crate::store::Session;
use crate::web::auth::Admin;
use crate::web::forms::{OwnFile, OwnJson};
use crate::web::problem::Failure;

/// A refusal to an admin: a problem, with the fields that can't be kept where there are some.
pub struct Refusal(NotSaved);

impl From<NotSaved> for Refusal {
    fn from(not: NotSaved) -> Self {
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
            NotSaved::Denied(denied) => Failure::from(denied).into_response(),
            NotSaved::Fields(errors) => with_fields(&errors),
        }
    }
}

type Answer<T> = Result<T, Refusal>;

/// A brand as admins' programs see it.
#[derive(utoipa::ToSchema)]
#[schema(as = BrandView)]
#[derive(Serialize)]
pub struct View {
    /// What the operator's `[share.hosts]` needs.
    account: AccountId,
    /// Whose; left out for the account's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerId>,
    /// To be sent back with a change; `null` while nothing is said.
    version: Option<Millis>,
    /// What is said there.
    brand: Brand,
    /// How end users see it.
    seen: Brand,
    /// Share hosts to choose from.
    hosts: Vec<String>,
}

async fn view(app: &App, who: &Session, customer: Option<CustomerId>) -> Answer<Json<View>> {
    let account = who.technician.account;
    let view = app.branding.one(account, customer).await?;
    Ok(Json(View {
        account,
        customer,
        version: view.version,
        seen: view.seen(),
        brand: view.said,
        hosts: view.hosts,
    }))
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

/// PUT `/api/brand`.
#[derive(utoipa::ToSchema)]
#[schema(as = BrandAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Which version this is made of.
    version: Option<Millis>,
    /// All that is said from now on; a logo in it is passed over.
    brand: Brand,
}

/// Says the account's brand anew.
///
/// # Errors
/// `invalid-fields` with the fields, `changed-meanwhile`, `second-factor-needed`.
pub async fn put(
    State(app): State<App>,
    Admin(who): Admin,
    OwnJson(ask): OwnJson<Ask>,
) -> Answer<Json<View>> {
    app.branding.save(&who, None, ask.version, &ask.brand).await?;
    view(&app, &who, None).await
}

/// Says a customer's brand anew.
///
/// # Errors
/// As [`put`]; `not-found`.
pub async fn put_customer(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(ask): OwnJson<Ask>,
) -> Answer<Json<View>> {
    app.branding.save(&who, Some(customer), ask.version, &ask.brand).await?;
    view(&app, &who, Some(customer)).await
}

/// Has a customer take over the account's brand again.
///
/// # Errors
/// `not-found`, `second-factor-needed`.
pub async fn delete_customer(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<StatusCode> {
    app.branding.forget(&who, Some(customer)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the body, a PNG or a JPEG, the account's logo.
///
/// # Errors
/// `invalid-fields` with the reason at `logo`, `second-factor-needed`.
pub async fn put_logo(
    State(app): State<App>,
    Admin(who): Admin,
    OwnFile(file): OwnFile,
) -> Answer<Json<View>> {
    app.branding.set_logo(&who, None, file.into()).await?;
    view(&app, &who, None).await
}

/// Makes the body a customer's logo.
///
/// # Errors
/// As [`put_logo`]; `not-found`.
pub async fn put_customer_logo(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnFile(file): OwnFile,
) -> Answer<Json<View>> {
    app.branding.set_logo(&who, Some(customer), file.into()).await?;
    view(&app, &who, Some(customer)).await
}

/// Goes without a logo.
///
/// # Errors
/// `second-factor-needed`.
pub async fn delete_logo(
    State(app): State<App>,
    Admin(who): Admin,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<Json<View>> {
    app.branding.remove_logo(&who, None).await?;
    view(&app, &who, None).await
}

/// Has a customer take over the account's logo again.
///
/// # Errors
/// `not-found`, `second-factor-needed`.
pub async fn delete_customer_logo(
    State(app): State<App>,
    Admin(who): Admin,
    Path(customer): Path<CustomerId>,
    OwnJson(Nothing {}): OwnJson<Nothing>,
) -> Answer<Json<View>> {
    app.branding.remove_logo(&who, Some(customer)).await?;
    view(&app, &who, Some(customer)).await
}
