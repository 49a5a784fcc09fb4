//! What every request that changes something must show: that it comes from our own pages.
//!
//! Browsers say so in `Origin` (and `Sec-Fetch-Site`), which no page can forge. Behind a session
//! there is a form token too, bound to that session.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::Form;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use shared::Code;

use super::problem::Failure;
use super::still::Sender;
use crate::app::App;
use crate::seal::{Purpose, same};
use crate::settings::Server;
use crate::store::Session;

/// Refuses what another site's page sent. A missing `Origin` is refused too: every browser of
/// today sends it with a POST.
///
/// # Errors
/// [`Code::OriginRefused`].
pub fn from_own_page(own_origin: &str, headers: &HeaderMap) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let own = text("origin") == Some(own_origin.trim_end_matches('/'));
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    if own && site { Ok(()) } else { Err(Code::OriginRefused.into()) }
}

/// A form that was sent from one of our own pages.
pub struct OwnForm<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<App> for OwnForm<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        from_own_page(&app.settings.server.origin, request.headers())?;
        let sender = Sender::of(&request);
        let form = Form::from_request(request, app).await.map_err(|_| Code::BadRequest);
        sender.still_here(app).await?;
        let Form(form) = form?;
        Ok(Self(form))
    }
}

/// JSON that was sent from one of our own pages.
pub struct OwnJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for OwnJson<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        from_own_page(&app.settings.server.origin, request.headers())?;
        let sender = Sender::of(&request);
        // Plain forms of other sites can't say this type.
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.split(';').next().unwrap_or("").trim() == "application/json");
        if !json {
            return Err(Code::BadRequest.into());
        }
        let body = Bytes::from_request(request, app).await.map_err(|_| Code::TooLarge)?;
        sender.still_here(app).await?;
        match serde_json::from_slice(&body) {
            Ok(body) => Ok(Self(body)),
            Err(_) => Err(Code::BadRequest.into()),
        }
    }
}

/// A file that was sent as it is from one of our own pages.
pub struct OwnFile(pub Bytes);

impl FromRequest<App> for OwnFile {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        from_own_page(&app.settings.server.origin, request.headers())?;
        let sender = Sender::of(&request);
        let file = Bytes::from_request(request, app).await.map_err(|_| Code::TooLarge)?;
        sender.still_here(app).await?;
        Ok(Self(file))
    }
}

/// Fields beside a file; no form of ours has so many.
const MOST_FIELDS: usize = 100;

/// A form with one file, sent from one of our own pages.
pub struct OwnUpload {
    /// The form's token.
    pub form: String,
    /// What was chosen; empty when nothing was.
    pub file: Bytes,
    /// What else was typed, by its name.
    pub fields: HashMap<String, String>,
}

impl FromRequest<App> for OwnUpload {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        from_own_page(&app.settings.server.origin, request.headers())?;
        let sender = Sender::of(&request);
        let refused = |error: &MultipartError| match error.status().as_u16() {
            413 => Code::TooLarge,
            _ => Code::BadRequest,
        };
        let mut parts =
            Multipart::from_request(request, app).await.map_err(|_| Code::BadRequest)?;
        let mut upload = Self { form: String::new(), file: Bytes::new(), fields: HashMap::new() };
        while let Some(part) = parts.next_field().await.map_err(|error| refused(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(|error| refused(&error))?;
            match name.as_str() {
                "form" => upload.form = String::from_utf8_lossy(&bytes).into_owned(),
                "file" => upload.file = bytes,
                _ if upload.fields.len() < MOST_FIELDS => {
                    upload.fields.insert(name, String::from_utf8_lossy(&bytes).into_owned());
                }
                _ => return Err(Code::BadRequest.into()),
            }
        }
        sender.still_here(app).await?;
        Ok(upload)
    }
}

/// The hidden field of every form behind a session.
#[must_use]
pub fn form_token(app: &App, session: &Session) -> String {
    BASE64URL_NOPAD.encode(&app.keys.hash(Purpose::Form, &[&session.id]))
}

/// Whether a form was made for this session.
///
/// # Errors
/// [`Code::OriginRefused`].
pub fn check_form_token(app: &App, session: &Session, token: &str) -> Result<(), Failure> {
    if same(form_token(app, session).as_bytes(), token.as_bytes()) {
        Ok(())
    } else {
        Err(Code::OriginRefused.into())
    }
}

/// Where to go after signing in: a path on this site and nothing else, `/` where in doubt.
#[must_use]
pub fn local_path(next: Option<&str>) -> &str {
    let Some(path) = next else { return "/" };
    let mut chars = path.chars();
    // `//host` and `/\host` are other sites to a browser, which also drops tabs and newlines.
    let local = chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\')
        && path.len() <= 500;
    if local { path } else { "/" }
}

/// Where the request comes from, for throttling.
pub struct Address(pub String);

impl FromRequestParts<App> for Address {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(address(peer, &app.settings.server, &parts.headers)))
    }
}

/// The peer; behind a proxy of ours, whom the proxy says it is. Only its own entry counts, the
/// last one: the ones before it are whatever the client claimed.
fn address(peer: Option<std::net::IpAddr>, own: &Server, headers: &HeaderMap) -> String {
    let Some(peer) = peer else { return "unknown".into() };
    let told = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse::<std::net::IpAddr>().ok());
    match told {
        Some(client) if own.trusts(peer) => client.to_string(),
        _ => peer.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let own = "http://app.localhost:4400";
        for (lines, good) in [
            (&[("origin", "http://app.localhost:4400")][..], true),
            (&[("origin", own), ("sec-fetch-site", "same-origin")], true),
            (&[("origin", own), ("sec-fetch-site", "same-site")], false),
            (&[("origin", own), ("sec-fetch-site", "cross-site")], false),
            (&[("origin", "http://s.localhost:4400")], false),
            (&[("origin", "http://app.localhost:4401")], false),
            (&[("origin", "https://app.localhost:4400")], false),
            (&[("origin", "http://app.localhost:4400.evil.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "null"), ("sec-fetch-site", "same-origin")], false),
            (&[], false),
        ] {
            assert_eq!(from_own_page(own, &headers(lines)).is_ok(), good, "{lines:?}");
        }
    }

    #[test]
    fn signing_in_leads_to_our_own_pages_only() {
        for (next, path) in [
            (Some("/tickets?q=a%20b&page=2"), "/tickets?q=a%20b&page=2"),
            (Some("/"), "/"),
            (None, "/"),
            (Some(""), "/"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/a\\..\\b"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("/\n/evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some("tickets"), "/"),
        ] {
            assert_eq!(local_path(next), path, "{next:?}");
        }
        assert_eq!(local_path(Some(&format!("/{}", "a".repeat(500)))), "/");
    }

    #[test]
    fn a_proxy_of_ours_is_believed_and_for_its_own_entry_only() {
        let mut own = crate::settings::Settings::defaults().unwrap().server;
        own.trusted_proxies = "::1, 127.0.0.1".into();
        let far = "203.0.113.9".parse().ok();
        let near = "127.0.0.1".parse().ok();
        for (peer, lines, said) in [
            (far, &[][..], "203.0.113.9"),
            (far, &[("x-forwarded-for", "198.51.100.1")], "203.0.113.9"),
            (near, &[("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
            (near, &[("x-forwarded-for", "10.0.0.1, 198.51.100.1")], "198.51.100.1"),
            (near, &[("x-forwarded-for", "10.0.0.1"), ("x-forwarded-for", "::1")], "::1"),
            (near, &[("x-forwarded-for", "nonsense")], "127.0.0.1"),
            (None, &[("x-forwarded-for", "198.51.100.1")], "unknown"),
        ] {
            assert_eq!(address(peer, &own, &headers(lines)), said, "{lines:?}");
        }
        own.trusted_proxies.clear();
        let claimed = headers(&[("x-forwarded-for", "198.51.100.1")]);
        assert_eq!(address(near, &own, &claimed), "127.0.0.1", "nobody is, by default");
    }
}
