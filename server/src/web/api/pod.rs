//! `GET /api/pod/state`: what the pod shows, by long poll.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::{ContactId, PodState, TicketId};

use super::Query;
use crate::app::App;
use crate::web::auth::PodBearer;
use crate::web::problem::Failure;

/// Whose state, and the tag of the one that is known.
#[derive(Deserialize)]
pub struct Ask {
    contact: ContactId,
    ticket: Option<TicketId>,
    since: Option<String>,
}

/// The state as soon as it is another than `since`, or after 25 seconds as it stands.
///
/// # Errors
/// When the contact or ticket is not this account's.
pub async fn state(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Query(ask): Query<Ask>,
) -> Result<Json<PodState>, Failure> {
    let since = ask.since.as_deref();
    Ok(Json(app.resets.pod_state(&who, ask.contact, ask.ticket, since).await?))
}
