//! `PUT` and `GET /api/resets/{id}`, and what may be done with one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::{PhonesView, ResendAsk, ResetAsk, ResetId, ResetView};

use super::{MaybeJson, Path};
use crate::app::App;
use crate::web::auth::PodBearer;
use crate::web::problem::Failure;

/// Starts a reset, or reports the one already started under this id: 200 when it has left its
/// live stages, 202 when it is still going on and the pod follows.
///
/// # Errors
/// Everything that the preflight finds, in the same words.
pub async fn put(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<ResetId>,
    super::Json(ask): super::Json<ResetAsk>,
) -> Result<(StatusCode, Json<ResetView>), Failure> {
    app.resets.may_reset(&who)?;
    // In a task of its own: a browser that leaves drops only the wait.
    let resets = app.resets.clone();
    let asked = app.tasks.spawn(async move { resets.begin(&who, id, &ask).await });
    let view = asked.await.map_err(|_| Failure::from(shared::Code::Internal))??;
    let status = if view.stage.is_live() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(view)))
}

/// How a reset stands.
///
/// # Errors
/// `not-found` when it is not this account's.
pub async fn get(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<ResetId>,
) -> Result<Json<ResetView>, Failure> {
    Ok(Json(app.resets.get(&who, id).await?))
}

/// Where a new link may go.
///
/// # Errors
/// When there is nothing to choose from, and why.
pub async fn phones(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<ResetId>,
) -> Result<Json<PhonesView>, Failure> {
    Ok(Json(app.resets.phones(&who, id).await?))
}

/// Texts the same link again; with a phone that was chosen, a new one in its place.
///
/// # Errors
/// When too many texts were sent, or the new link can't be made.
pub async fn resend(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<ResetId>,
    MaybeJson(ask): MaybeJson<ResendAsk>,
) -> Result<Json<ResetView>, Failure> {
    Ok(Json(match ask {
        None => app.resets.resend(&who, id).await?,
        Some(ask) => app.resets.new_link(&who, id, &ask).await?,
    }))
}

/// Ends a reset that nobody has opened.
///
/// # Errors
/// `reset-under-way` while Microsoft is being asked.
pub async fn give_up(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Path(id): Path<ResetId>,
) -> Result<Json<ResetView>, Failure> {
    Ok(Json(app.resets.give_up(&who, id).await?))
}
