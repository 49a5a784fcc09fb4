//! `GET /s/logo/{hash}` on the share hosts, `/logo/{hash}` on our own: a picture that we have made,
//! by the hash of its contents, so it may be kept for ever.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use shared::Code;

use super::api::Path;
use super::problem::Failure;
use crate::app::App;
use crate::brand::logo::is_hash;

/// A logo.
///
/// # Errors
/// [`Code::NotFound`] for whatever is none.
pub async fn get(State(app): State<App>, Path(hash): Path<String>) -> Result<Response, Failure> {
    let found = if is_hash(&hash) { app.store.logo(&hash).await? } else { None };
    let png = found.ok_or(Code::NotFound)?;
    let mut response = png.into_response();
    let headers = response.headers_mut();
    let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
    say(header::CONTENT_TYPE, "image/png");
    say(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    // Somebody may open it by itself: nothing in it may ever run.
    say(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    Ok(response)
}
