//! `GET /api/v1/health`: how the account's integrations are, for whoever watches them.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shared::{CustomerId, Millis};
use utoipa::ToSchema;

use crate::app::App;
use crate::integration::health::State as HealthState;
use crate::web::key::{HealthRead, Key};
use crate::web::pages::settings::failure;
use crate::web::problem::Failure;

/// How the account's integrations are.
#[derive(Serialize, ToSchema)]
pub struct HealthPage {
    /// Each of them.
    integrations: Vec<IntegrationHealth>,
}

/// How one integration is.
#[derive(Serialize, ToSchema)]
pub struct IntegrationHealth {
    /// `m365`, `duo`, `connectwise`, `halo`, `autotask`, `twilio` (texts), `smtp` (mail) or
    /// `oidc` (single sign-on).
    kind: &'static str,
    /// Whom it serves; nothing for one that serves the whole account.
    customer: Option<CustomerId>,
    /// Their name.
    customer_name: Option<String>,
    /// How it is. Only Microsoft 365 is tested by itself; another one that is on is `unknown`.
    state: HealthState,
    /// Since when it has not worked.
    failing_since: Option<Millis>,
    /// When it was tested last.
    checked_at: Option<Millis>,
    /// When its secret or certificate ends, where somebody knows.
    secret_ends_at: Option<Millis>,
}

/// Of one that nobody tests.
const fn untested(is_on: bool) -> HealthState {
    if is_on { HealthState::Unknown } else { HealthState::Off }
}

/// All of the account.
///
/// # Errors
/// When the database can't be read.
pub async fn get(
    State(app): State<App>,
    Key(key, _): Key<HealthRead>,
) -> Result<Json<HealthPage>, Failure> {
    let mut integrations = Vec::new();
    for view in app.integrations.all(key.account).await.map_err(failure)? {
        integrations.push(IntegrationHealth {
            kind: "m365",
            customer: Some(view.customer_id),
            customer_name: Some(view.customer),
            state: view.health.state,
            failing_since: view.health.failing_since,
            checked_at: view.health.checked_at,
            secret_ends_at: view.ends_at,
        });
    }
    let nothing = |kind, customer, customer_name, is_on| IntegrationHealth {
        kind,
        customer,
        customer_name,
        state: untested(is_on),
        failing_since: None,
        checked_at: None,
        secret_ends_at: None,
    };
    for view in app.duo.all(key.account).await? {
        integrations.push(nothing("duo", Some(view.customer_id), Some(view.customer), view.is_on));
    }
    for view in app.psas.all(key.account).await? {
        integrations.push(nothing(view.kind.as_str(), None, None, view.is_on));
    }
    if let Some(view) = app.senders.sms(key.account).await? {
        integrations.push(nothing("twilio", None, None, view.is_on));
    }
    if let Some(view) = app.senders.mail(key.account).await? {
        integrations.push(nothing("smtp", None, None, view.is_on));
    }
    if let Some(view) = app.sso.one(key.account).await? {
        integrations.push(nothing("oidc", None, None, view.is_on));
    }
    Ok(Json(HealthPage { integrations }))
}
