//! `GET /api/preflight`: everything that would make a reset fail, before anything is changed.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::{ContactId, Preflight, TicketId};

use super::Query;
use crate::app::App;
use crate::web::auth::PodBearer;
use crate::web::problem::Failure;

/// For whom, in which ticket.
#[derive(Deserialize)]
pub struct Ask {
    contact: ContactId,
    ticket: Option<TicketId>,
}

/// What the confirmation shows.
///
/// # Errors
/// When this technician may not reset, or the contact is not this account's.
pub async fn get(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Query(ask): Query<Ask>,
) -> Result<Json<Preflight>, Failure> {
    Ok(Json(app.resets.preflight(&who, ask.contact, ask.ticket).await?))
}
