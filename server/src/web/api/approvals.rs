//! `POST /api/approvals` and its answer: a second technician.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::{ApprovalAnswer, ApprovalAsk, ApprovalId, ApprovalView};

use super::Path;
use crate::app::App;
use crate::web::auth::PodBearer;
use crate::web::problem::Failure;

/// Asks another technician.
///
/// # Errors
/// When this one may not reset, or nobody knows who the contact is at Microsoft.
pub async fn post(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    super::Json(ask): super::Json<ApprovalAsk>,
) -> Result<(StatusCode, Json<ApprovalView>), Failure> {
    Ok((StatusCode::CREATED, Json(app.resets.ask_approval(&who, &ask).await?)))
}

/// Says yes or no.
///
/// # Errors
/// `approval-own`, `approval-over`.
pub async fn answer(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<ApprovalId>,
    super::Json(answer): super::Json<ApprovalAnswer>,
) -> Result<Json<ApprovalView>, Failure> {
    Ok(Json(app.resets.answer_approval(&who, id, answer.approve).await?))
}
