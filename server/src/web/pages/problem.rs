//! Problems in words for people: whatever a route refuses, a browser that asked for a page gets
//! one. Who is only not signed in gets the sign-in page, and comes back after it.

use askama::Template;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use shared::{Code, Problem};

use super::sign_in::confirm_at;
use super::{Page, html_with};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    page: Page,
    problem: Problem,
    /// Where to sign in, if that helps.
    sign_in: Option<String>,
}

/// Whether a browser asked for a page, as against a script that asked for data.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// A layer around our own pages: turns problem bodies into pages.
pub async fn in_words(request: Request, next: Next) -> Response {
    let asked = wants_page(request.headers()) && !request.uri().path().starts_with("/s/");
    let (method, path) = (request.method().clone(), request.uri().path_and_query().cloned());
    let response = next.run(request).await;
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    if !(asked && is_problem) {
        return response;
    }
    let (head, body) = response.into_parts();
    // Our own bodies are small; one that is not is no problem body.
    let problem = match to_bytes(body, 64 * 1024).await {
        Ok(bytes) => serde_json::from_slice::<Problem>(&bytes).ok(),
        Err(_) => None,
    };
    let problem = problem.unwrap_or_else(|| Problem::new(Code::Internal));
    if problem.code == Code::NotSignedIn && method == Method::GET {
        let path = path.map_or_else(String::new, |path| path.to_string());
        return Redirect::to(&sign_in_path(&path)).into_response();
    }
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let sign_in = match problem.code {
        Code::NotSignedIn => Some(sign_in_path("/")),
        Code::SecondFactorNeeded => Some(confirm_at("/")),
        _ => None,
    };
    let page = ProblemPage { page: Page::outside("Not possible"), problem, sign_in };
    match html_with(status, &page) {
        Ok(mut response) => {
            if let Some(wait) = head.headers.get(header::RETRY_AFTER) {
                response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
            }
            response
        }
        Err(failure) => failure.into_response(),
    }
}

/// The sign-in page that leads back to `path`.
pub(super) fn sign_in_path(path: &str) -> String {
    if path.is_empty() || path == "/" {
        return "/sign-in".into();
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", path);
    format!("/sign-in?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_kept() {
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(
            sign_in_path("/tickets?q=a b&page=1"),
            "/sign-in?next=%2Ftickets%3Fq%3Da+b%26page%3D1"
        );
    }
}
