//! HTTP: what every request passes through; the route table is in `routes`. The only place that knows axum.

pub mod api;
pub mod assets;
pub mod auth;
pub mod check;
pub mod forms;
pub mod headers;
pub mod hooks;
pub mod key;
pub mod link_page;
pub mod logo;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod reveal;
mod routes;
pub mod share;
mod smaller;
mod still;
pub mod table;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, State};
use axum::http::{HeaderName, Request, StatusCode};
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use self::table::Table;
pub use self::table::{Route, Who};
use crate::app::App;
use crate::brand::logo::MOST_BYTES;
use crate::clock::Clock;
use crate::contacts::MOST_BYTES as MOST_FILE_BYTES;
use crate::random;

/// The largest body that anybody may send us.
const MAX_BODY: usize = 64 * 1024;
/// A picture, and the form around it.
const MAX_LOGO_BODY: usize = MOST_BYTES + 16 * 1024;
/// A file of contacts, as it was written or as the form carries it: what was one byte may be three then.
const MAX_FILE_BODY: usize = 3 * MOST_FILE_BYTES + 64 * 1024;
/// Longer than a long poll, shorter than a proxy's patience.
const TIME_LIMIT: Duration = Duration::from_secs(55);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every route, and who may call it.
#[must_use]
pub fn all_routes() -> Vec<Route> {
    [routes::small(), routes::large(), routes::files()]
        .into_iter()
        .flat_map(Table::into_routes)
        .collect()
}

/// Whether this process can do its work; one that can't should be started anew.
async fn health(State(app): State<App>) -> StatusCode {
    if app.store.can_write() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// The routes, and what every request passes through on its way in, last one first.
pub fn router(app: App) -> Router {
    // A body has a size, a request has a time.
    let small = routes::small().into_router().layer(RequestBodyLimitLayer::new(MAX_BODY));
    let large = routes::large().into_router().layer(RequestBodyLimitLayer::new(MAX_LOGO_BODY));
    let files = routes::files().into_router();
    // A form with a file has a limit of its own in axum, which is lower.
    let files = files.layer(DefaultBodyLimit::disable());
    let files = files.layer(RequestBodyLimitLayer::new(MAX_FILE_BODY));
    small
        .merge(large)
        .merge(files)
        .fallback(pages::nothing_here)
        // Problems as pages, for browsers.
        .layer(middleware::from_fn(pages::in_words))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_LIMIT))
        // A bug in one request is that request's.
        .layer(CatchPanicLayer::custom(panicked))
        // Which host answers what, and what every answer says to the browser.
        .layer(middleware::from_fn_with_state(app.clone(), headers::protect))
        // One line per request. The path is ours; the query holds ids only, and is left out.
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(Finished))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId(app.clock.clone())))
        .with_state(app)
}

#[derive(Clone)]
struct NewRequestId(Clock);

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        random::id(self.0.now()).to_string().parse().ok().map(RequestId::new)
    }
}

fn span<B>(request: &Request<B>) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    // The path of a route of ours; none for anything else: somebody's program may have put a link's
    // fragment, which holds its token, into a path.
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let path = match matched {
        Some(route) if route.starts_with("/s/") || route.starts_with("/v/") => route,
        Some(_) => request.uri().path(),
        None => "-",
    };
    tracing::info_span!("request", request.id = id, method = %request.method(), path)
}

#[derive(Clone)]
struct Finished;

impl<B> tower_http::trace::OnResponse<B> for Finished {
    fn on_response(self, response: &axum::http::Response<B>, latency: Duration, _: &tracing::Span) {
        let (status, ms) = (response.status().as_u16(), latency.as_millis());
        tracing::info!(status, ms, "answered");
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    use axum::response::IntoResponse;
    // The panic's text is not repeated: it may hold what nobody should see.
    tracing::error!("a request panicked");
    problem::Failure::from(shared::Code::Internal).into_response()
}
