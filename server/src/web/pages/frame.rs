//! `/pod/{integration}`: the page that a PSA shows in a frame. It says nothing of anybody: who looks, and
//! at which ticket, is found out behind the door (`pkg/door.js`).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use shared::{Code, IntegrationId};

use super::html;
use crate::app::App;
use crate::psa::{PsaKind, PsaSettings, origin_of};
use crate::web::api::Path;
use crate::web::assets;
use crate::web::headers::framed_by;
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "frame.html")]
struct FramePage {
    kind: PsaKind,
    id: IntegrationId,
    /// The only origin whose messages are heard.
    site: String,
    /// What the ticket is called in the frame's address.
    parameter: String,
    css: String,
    /// Scripts that are wanted at once, in the order of need.
    modules: Vec<String>,
    /// What the scripts fetch.
    fetched: Vec<String>,
}

/// `GET /pod/{integration}`.
///
/// # Errors
/// [`Code::NotFound`] for a PSA that is not there, switched off, or has no site that may frame us.
pub async fn get(
    State(app): State<App>,
    Path(id): Path<IntegrationId>,
) -> Result<Response, Failure> {
    let psa = app.store.psa_by_id(id).await?.filter(|psa| psa.integration.is_on);
    let psa = psa.ok_or(Code::NotFound)?;
    let settings = PsaSettings::read(psa.kind, &psa.integration.settings)?;
    // It becomes part of a header: what is no exact origin frames nobody.
    let site = settings.site();
    let site = origin_of(site).filter(|origin| origin == site).ok_or(Code::NotFound)?;
    let policy = framed_by(&site);
    let script = |name: &str| assets::built_name(&format!("{name}-"), ".js");
    let modules = [psa.kind.as_str(), "address", "door", "call", "screens", "web", "pod"];
    let fetched = [assets::built_name("pod-", ".css"), assets::built_name("pod-", "_bg.wasm")];
    let page = html(&FramePage {
        kind: psa.kind,
        id,
        site,
        parameter: settings.ticket_parameter().to_owned(),
        css: assets::app("frame.css"),
        modules: modules.into_iter().filter_map(script).collect(),
        fetched: fetched.into_iter().flatten().collect(),
    })?;
    let policy = HeaderValue::from_str(&policy).map_err(|_| Code::NotFound)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], page).into_response())
}
