//! `/api/frames`, `/api/pairings`, `/api/pod/place`: a pod in a frame of a PSA is let in, paired, and finds
//! its contact. All of it comes from our own page in that frame, which `Origin` says.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::{
    Code, EnterAsk, IntegrationId, PairingAsk, PairingId, PairingView, PlaceAsk, PlaceView,
    RedeemAsk,
};

use super::{Json as Body, Path};
use crate::app::App;
use crate::frames::{Carried, Entered};
use crate::store::PsaRow;
use crate::web::auth::{PodBearer, bearer_session, continues, frame_cookie};
use crate::web::forms::{Address, OwnJson};
use crate::web::problem::Failure;

async fn psa(app: &App, id: IntegrationId) -> Result<PsaRow, Failure> {
    match app.store.psa_by_id(id).await? {
        Some(psa) if psa.integration.is_on => Ok(psa),
        _ => Err(Code::PsaMissing.into()),
    }
}

fn let_in(entered: Entered) -> Response {
    match entered.cookie {
        Some(cookie) => (continues(&cookie), Json(entered.view)).into_response(),
        None => Json(entered.view).into_response(),
    }
}

/// `POST /api/frames/{integration}/enter`.
///
/// # Errors
/// [`Code::PairingNeeded`], and what the host says against it.
pub async fn enter(
    State(app): State<App>,
    Path(id): Path<IntegrationId>,
    Address(address): Address,
    headers: HeaderMap,
    OwnJson(ask): OwnJson<EnterAsk>,
) -> Result<Response, Failure> {
    let psa = psa(&app, id).await?;
    let cookie = frame_cookie(&headers);
    let bearer = bearer_session(&app, &headers).await?;
    let carried = Carried { cookie: cookie.as_deref(), bearer: bearer.as_ref() };
    Ok(let_in(app.frames.enter(&psa, &carried, &ask, &address).await?))
}

/// `POST /api/frames/{integration}/pairings`.
///
/// # Errors
/// [`Code::LimitReached`], and what the host says against it.
pub async fn begin_pairing(
    State(app): State<App>,
    Path(id): Path<IntegrationId>,
    Address(address): Address,
    headers: HeaderMap,
    OwnJson(ask): OwnJson<PairingAsk>,
) -> Result<(StatusCode, Json<PairingView>), Failure> {
    let psa = psa(&app, id).await?;
    let browser = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok());
    let view = app.frames.begin_pairing(&psa, &ask, &address, browser.unwrap_or_default()).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// `POST /api/pairings/{id}/redeem`: 202 while nobody has approved.
///
/// # Errors
/// [`Code::PairingOver`].
pub async fn redeem(
    State(app): State<App>,
    Path(id): Path<PairingId>,
    OwnJson(ask): OwnJson<RedeemAsk>,
) -> Result<Response, Failure> {
    Ok(match app.frames.redeem(id, &ask.verifier).await? {
        Some(entered) => let_in(entered),
        None => StatusCode::ACCEPTED.into_response(),
    })
}

/// `POST /api/pod/place`.
///
/// # Errors
/// What stands between the host's ticket and a contact here.
pub async fn place(
    State(app): State<App>,
    PodBearer(who): PodBearer,
    Address(address): Address,
    Body(ask): Body<PlaceAsk>,
) -> Result<Json<PlaceView>, Failure> {
    Ok(Json(app.frames.place(&who, &ask, &address).await?))
}
