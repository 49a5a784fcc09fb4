//! `POST /api/verifications` and its answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::{AnswerAsk, VerificationAsk, VerificationId, VerificationView};

use super::Path;
use crate::app::App;
use crate::web::auth::PodBearer;
use crate::web::problem::Failure;

/// Sends a code, a link or a push.
///
/// # Errors
/// When a limit is reached or it can't be sent.
pub async fn post(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    super::Json(ask): super::Json<VerificationAsk>,
) -> Result<(StatusCode, Json<VerificationView>), Failure> {
    Ok((StatusCode::CREATED, Json(app.verifications.send(&who, ask).await?)))
}

/// Tries what the contact read out.
///
/// # Errors
/// `code-wrong` with the tries left, or why there is nothing to try.
pub async fn answer(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<VerificationId>,
    super::Json(ask): super::Json<AnswerAsk>,
) -> Result<Json<VerificationView>, Failure> {
    Ok(Json(app.verifications.answer(&who, id, ask).await?))
}
