//! The world page: phones, mailboxes, authenticator, directory, trouble and requests, for people at a demo.
//! Hand-written HTML, CSS and JavaScript under `page/`; tests may use the JSON under `/api`.

mod acts;
mod view;

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::world::World;

/// Longer than this no browser waits for news; then it asks again.
const NEWS_WITHIN: Duration = Duration::from_secs(20);

/// Only what this page itself is made of.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const JS: &str = "text/javascript; charset=utf-8";

pub(crate) fn router(world: World) -> Router {
    Router::new()
        .route("/", get(|| file("text/html; charset=utf-8", include_str!("../../page/index.html"))))
        .route(
            "/style.css",
            get(|| file("text/css; charset=utf-8", include_str!("../../page/style.css"))),
        )
        .route(
            "/parts.css",
            get(|| file("text/css; charset=utf-8", include_str!("../../page/parts.css"))),
        )
        .route("/app.js", get(|| file(JS, include_str!("../../page/app.js"))))
        .route("/dom.js", get(|| file(JS, include_str!("../../page/dom.js"))))
        .route("/phones.js", get(|| file(JS, include_str!("../../page/phones.js"))))
        .route("/mail.js", get(|| file(JS, include_str!("../../page/mail.js"))))
        .route("/duo.js", get(|| file(JS, include_str!("../../page/duo.js"))))
        .route("/psa.js", get(|| file(JS, include_str!("../../page/psa.js"))))
        .route("/codes.js", get(|| file(JS, include_str!("../../page/codes.js"))))
        .route("/directory.js", get(|| file(JS, include_str!("../../page/directory.js"))))
        .route("/trouble.js", get(|| file(JS, include_str!("../../page/trouble.js"))))
        .route("/api/state", get(state))
        .route("/api/codes", get(view::codes))
        .route("/api/sign-in", post(acts::sign_in))
        .route("/api/pushes/{id}", post(acts::answer_push))
        .route("/api/psa-pod", post(acts::set_psa_pod))
        .route("/api/faults", post(acts::add_fault).delete(acts::clear_faults))
        .route("/api/certificates", post(acts::add_certificate))
        .route("/api/authenticators", post(acts::add_authenticator))
        .route("/api/authenticators/{place}", axum::routing::delete(acts::remove_authenticator))
        .with_state(world)
}

async fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A link that is tapped here should not tell where it came from, as from a real phone.
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

/// The whole world as JSON, as soon as it is newer than `since`.
async fn state(State(world): State<World>, Query(Since { since }): Query<Since>) -> Json<Value> {
    let mut changes = world.changes();
    let newer = async {
        // `!=`, because a restarted world counts from one again.
        _ = changes.wait_for(|version| *version != since).await;
    };
    _ = tokio::time::timeout(NEWS_WITHIN, newer).await;
    let version = *changes.borrow();
    Json(view::all(&world, version))
}
