//! HTTP: the route table, and what every request passes through. The only place that knows axum.

pub mod api;
pub mod assets;
pub mod auth;
pub mod check;
pub mod forms;
pub mod headers;
pub mod hooks;
pub mod link_page;
pub mod logo;
pub mod pages;
pub mod problem;
pub mod reveal;
pub mod share;
mod smaller;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, State};
use axum::http::{HeaderName, Request, StatusCode};
use axum::middleware;
use axum::routing::{delete, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use self::api::{branding, duo, integrations, policy, psas};
use self::pages::settings;
use crate::app::App;
use crate::brand::logo::MOST_BYTES;
use crate::clock::Clock;
use crate::random;

/// The largest body that anybody may send us.
const MAX_BODY: usize = 64 * 1024;
/// A picture, and the form around it.
const MAX_LOGO_BODY: usize = MOST_BYTES + 16 * 1024;
/// Longer than a long poll, shorter than a proxy's patience.
const TIME_LIMIT: Duration = Duration::from_secs(55);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every route, by who calls it.
fn routes() -> Router<App> {
    Router::new()
        // Technicians, in a browser.
        .route("/", get(pages::home))
        .route("/tickets", get(pages::tickets::list))
        .route("/tickets/{id}", get(pages::tickets::one))
        .route("/contacts", get(pages::contacts::list))
        .route("/contacts/{id}", get(pages::contacts::one))
        .route("/approvals", get(pages::approvals::list))
        .route("/approvals/{id}", post(pages::approvals::answer))
        .route("/sign-in", get(pages::sign_in::get).post(pages::sign_in::post))
        .route("/sign-in/code", get(pages::sign_in::get_code).post(pages::sign_in::post_code))
        .route(
            "/sign-in/authenticator",
            get(pages::sign_in::get_code).post(pages::sign_in::post_authenticator),
        )
        .route("/sign-out", post(pages::sign_in::out))
        .route("/pair", get(pages::pair::get).post(pages::pair::post))
        .route("/pair/{id}", post(pages::pair::answer))
        .route("/set-up", get(pages::set_up::get).post(pages::set_up::post))
        // Admins, in a browser.
        .route("/settings", get(settings::home))
        .route("/settings/integrations", get(settings::integrations::list))
        .route("/settings/integrations/new", get(settings::integrations::new))
        .nest("/settings/integrations/m365", m365_routes())
        .nest("/settings/integrations/duo", duo_routes())
        .nest("/settings/integrations/psa", psa_routes())
        .merge(branding_routes())
        .route("/settings/policy", get(settings::policy::get).post(settings::policy::post))
        .route(
            "/settings/policy/{customer}",
            get(settings::policy::get).post(settings::policy::post),
        )
        .route("/settings/policy/{customer}/forget", post(settings::policy::forget))
        .route("/logo/{hash}", get(logo::get))
        .route("/assets/{name}", get(assets::own))
        .route("/pkg/{*path}", get(assets::pod))
        // A PSA, in a frame.
        .route("/pod/{integration}", get(pages::frame::get))
        // The pod: the cookie gets a token, the token does the rest.
        .route("/api/session", post(auth::post_session))
        .route("/api/pod/token", post(auth::pod_token))
        .route("/api/pod/state", get(api::pod::state))
        .route("/api/verifications", post(api::verifications::post))
        .route("/api/verifications/{id}/answer", post(api::verifications::answer))
        .route("/api/approvals", post(api::approvals::post))
        .route("/api/approvals/{id}/answer", post(api::approvals::answer))
        .route("/api/preflight", get(api::preflight::get))
        .route("/api/resets/{id}", get(api::resets::get).put(api::resets::put))
        .route("/api/resets/{id}/phones", get(api::resets::phones))
        .route("/api/resets/{id}/resend", post(api::resets::resend))
        .route("/api/resets/{id}/give-up", post(api::resets::give_up))
        // Frames of a PSA: let in, paired, and placed.
        .route("/api/frames/{id}/enter", post(api::frames::enter))
        .route("/api/frames/{id}/pairings", post(api::frames::begin_pairing))
        .route("/api/pairings/{id}/redeem", post(api::frames::redeem))
        .route("/api/pod/place", post(api::frames::place))
        // Admins' programs, by the cookie.
        .route("/api/integrations", get(integrations::list).post(integrations::post))
        .route(
            "/api/integrations/{id}",
            get(integrations::get).put(integrations::put).delete(integrations::delete),
        )
        .route("/api/integrations/{id}/secret", post(integrations::secret))
        .route("/api/integrations/{id}/certificate", post(integrations::make_certificate))
        .route("/api/integrations/{id}/certificate/use", post(integrations::use_certificate))
        .route("/api/integrations/{id}/switch", post(integrations::switch))
        .route("/api/integrations/{id}/test", post(integrations::test))
        .route("/api/duo", get(duo::list))
        .route("/api/duo/{customer}", get(duo::get).put(duo::put).delete(duo::delete))
        .route("/api/duo/{customer}/switch", post(duo::switch))
        .route("/api/duo/{customer}/test", post(duo::test))
        .route("/api/psas", get(psas::list).post(psas::post))
        .route("/api/psas/{id}", get(psas::get).put(psas::put).delete(psas::delete))
        .route("/api/psas/{id}/switch", post(psas::switch))
        .route("/api/psas/{id}/test", post(psas::test))
        .route("/api/psas/{id}/companies", get(psas::companies).post(psas::load))
        .route("/api/psas/{id}/companies/{company}", get(psas::company).put(psas::map))
        .route("/api/brand", get(branding::get).put(branding::put))
        .route(
            "/api/customers/{id}/brand",
            get(branding::get_customer)
                .put(branding::put_customer)
                .delete(branding::delete_customer),
        )
        .route("/api/brand/logo", delete(branding::delete_logo))
        .route("/api/customers/{id}/brand/logo", delete(branding::delete_customer_logo))
        .route("/api/policy", get(policy::get).put(policy::put))
        .route(
            "/api/customers/{id}/policy",
            get(policy::get_customer).put(policy::put_customer).delete(policy::delete_customer),
        )
        // End users, on the share hosts.
        .route("/s", get(reveal::get))
        .route("/s/look", post(share::look))
        .route("/s/open", post(share::open))
        .route("/s/assets/{name}", get(assets::of_share))
        .route("/s/logo/{hash}", get(logo::get))
        .route("/v", get(check::get))
        .route("/v/look", post(check::look))
        .route("/v/answer", post(check::answer))
        .route("/v/deny", post(check::deny))
        // Other companies' programs.
        .route("/hooks/twilio/{id}", post(hooks::twilio))
        // The operator's.
        .route("/healthz", get(health))
        .fallback(pages::nothing_here)
}

/// A customer's Microsoft 365, in the settings.
fn m365_routes() -> Router<App> {
    use settings::{m365, m365_acts, m365_files, m365_new};
    Router::new()
        .route("/new", get(m365_new::get).post(m365_new::post))
        .route("/new/connect.sh", get(m365_files::new_bash))
        .route("/new/connect.ps1", get(m365_files::new_powershell))
        .route("/{id}", get(m365::get).post(m365_acts::change))
        .route("/{id}/secret", post(m365_acts::secret))
        .route("/{id}/certificate", post(m365_acts::make_certificate))
        .route("/{id}/certificate/use", post(m365_acts::use_certificate))
        .route("/{id}/certificate.cer", get(m365_files::certificate))
        .route("/{id}/test", post(m365_acts::test))
        .route("/{id}/switch", post(m365_acts::switch))
        .route("/{id}/delete", get(m365_acts::ask_delete).post(m365_acts::delete))
        .route("/{id}/connect.sh", get(m365_files::bash))
        .route("/{id}/connect.ps1", get(m365_files::powershell))
}

/// A customer's Duo, in the settings.
fn duo_routes() -> Router<App> {
    use settings::duo;
    Router::new()
        .route("/new", get(duo::new).post(duo::add))
        .route("/{customer}", get(duo::get).post(duo::change))
        .route("/{customer}/test", post(duo::test))
        .route("/{customer}/switch", post(duo::switch))
        .route("/{customer}/delete", get(duo::ask_delete).post(duo::delete))
}

/// The account's PSAs, in the settings.
fn psa_routes() -> Router<App> {
    use settings::{psa, psa_companies};
    Router::new()
        .route("/new/{kind}", get(psa::new).post(psa::add))
        .route("/{id}", get(psa::get).post(psa::change))
        .route("/{id}/test", post(psa::test))
        .route("/{id}/pod", post(psa::install_pod))
        .route("/{id}/switch", post(psa::switch))
        .route("/{id}/delete", get(psa::ask_delete).post(psa::delete))
        .route("/{id}/companies", get(psa_companies::list))
        .route("/{id}/companies/load", post(psa_companies::load))
        .route("/{id}/companies/accept", post(psa_companies::accept))
        .route("/{id}/company", get(psa_companies::one).post(psa_companies::map))
        .route("/{id}/people/remove", post(psa_companies::unlink))
}

/// How end users see the account and its customers, in the settings.
fn branding_routes() -> Router<App> {
    use settings::{branding, branding_acts, branding_preview};
    let mut routes = Router::new();
    for whose in ["/settings/branding", "/settings/branding/{customer}"] {
        let at = |act: &str| format!("{whose}{act}");
        routes = routes
            .route(whose, get(branding::get).post(branding::post))
            .route(&at("/preview"), get(branding_preview::get).post(branding_preview::post))
            .route(&at("/text"), post(branding_preview::text))
            .route(&at("/logo/remove"), post(branding_acts::remove_logo));
    }
    routes.route("/settings/branding/{customer}/forget", post(branding_acts::forget))
}

/// The few that take more than [`MAX_BODY`]: pictures.
fn logo_routes() -> Router<App> {
    use settings::branding_acts;
    Router::new()
        .route("/settings/branding/logo", post(branding_acts::logo))
        .route("/settings/branding/{customer}/logo", post(branding_acts::logo))
        .route("/api/brand/logo", put(branding::put_logo))
        .route("/api/customers/{id}/brand/logo", put(branding::put_customer_logo))
}

/// Whether this process can do its work; one that can't should be started anew.
async fn health(State(app): State<App>) -> StatusCode {
    if app.store.can_write() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// The routes, and what every request passes through on its way in, last one first.
pub fn router(app: App) -> Router {
    // A body has a size, a request has a time.
    let small = routes().layer(RequestBodyLimitLayer::new(MAX_BODY));
    let large = logo_routes().layer(RequestBodyLimitLayer::new(MAX_LOGO_BODY));
    small
        .merge(large)
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
