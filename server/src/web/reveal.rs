//! `GET /s`: the page that an end user's link opens. The same for everybody: the token is in the
//! fragment, which no server sees. GET has no effect, ever; its script asks `/s/look` what this
//! link is, and `/s/open` after a tap.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use shared::Code;

use super::assets;
use super::problem::Failure;

#[derive(Template)]
#[template(path = "reveal.html")]
struct RevealPage {
    css: String,
    js: String,
    icon: String,
}

/// `GET /s`.
///
/// # Errors
/// Never by itself.
pub async fn get() -> Result<Response, Failure> {
    let page = RevealPage {
        css: assets::share("reveal.css"),
        js: assets::share("reveal.js"),
        icon: assets::share("icon.svg"),
    };
    let text = page.render().map_err(|error| {
        tracing::error!(%error, "template");
        Code::Internal
    })?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
