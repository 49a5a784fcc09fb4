//! What every answer says to the browser, and which host answers what.
//!
//! Two kinds of hosts: our own pages and API, and the links that end users open (one host for
//! everybody, and those of single accounts). They share a program and nothing else: no cookie, no
//! script, no path.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::Code;

use super::problem::Failure;
use crate::app::App;
use crate::settings::{HostOf, Settings, is_at};

/// What a host of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Technicians: pages, pods, API.
    App,
    /// End users: the pages behind links.
    Share,
}

impl Site {
    /// The site that this `Host` header names. The port is the proxy's business.
    #[must_use]
    pub fn of(settings: &Settings, host: &str) -> Option<Self> {
        if is_at(&settings.server.origin, host) {
            return Some(Site::App);
        }
        (settings.share.account_of(host) != HostOf::Unknown).then_some(Site::Share)
    }

    /// Whether this site answers this path (as it is written: `/S` is not `/s`).
    #[must_use]
    pub fn answers(self, path: &str) -> bool {
        let page = path.strip_prefix("/s").or_else(|| path.strip_prefix("/v"));
        let links = page.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match self {
            Site::App => !links,
            Site::Share => links,
        }
    }
}

/// Asked by load balancers, by whatever name they know us.
const ANY_HOST: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Scripts and styles are files of ours; nothing inline, nothing from elsewhere, no frames.
const APP_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";
/// The same for a page that frames one of our own, for a look at it.
pub const FRAMING_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
    frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What the page in a PSA's frame may do, framed by this origin and by nobody else. Who calls has made sure
/// that it is an origin and nothing more.
#[must_use]
pub fn framed_by(origin: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; \
         frame-ancestors {origin}"
    )
}

/// Whether an answer says itself who may frame it. The older header could only forbid it to everybody.
fn names_framer(headers: &HeaderMap) -> bool {
    let csp = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|csp| csp.to_str().ok());
    csp.is_some_and(|csp| csp.contains("; frame-ancestors http"))
}

/// The pages behind links send no form: their scripts ask.
const SHARE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; \
    frame-ancestors 'none'";

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), \
    display-capture=(), geolocation=(), gyroscope=(), hid=(), microphone=(), midi=(), \
    payment=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=(), \
    clipboard-read=(), clipboard-write=(self)";

/// A layer around everything: an unknown host, or a path that is the other host's, is not there;
/// every answer carries the headers.
pub async fn protect(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().host());
    let host = host.unwrap_or_default().to_owned();
    let site = Site::of(&app.settings, &host);
    let answered =
        ANY_HOST.contains(&path.as_str()) || site.is_some_and(|site| site.answers(&path));
    let mut response = if answered {
        next.run(request).await
    } else {
        Failure::from(Code::NotFound).into_response()
    };
    let origin = app.settings.share.origin_of(&host).unwrap_or(&app.settings.server.origin);
    add(response.headers_mut(), site.unwrap_or(Site::App), origin);
    response
}

/// Adds what the answer does not say itself.
fn add(headers: &mut HeaderMap, site: Site, origin: &str) {
    let framed = names_framer(headers);
    let mut say = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    let (csp, referrer) = match site {
        // `no-referrer` would make browsers send `Origin: null` with our own forms; this tells
        // other sites just as little.
        Site::App => (APP_CSP, "same-origin"),
        Site::Share => (SHARE_CSP, "no-referrer"),
    };
    say(header::CONTENT_SECURITY_POLICY, csp);
    say(header::REFERRER_POLICY, referrer);
    say(header::CACHE_CONTROL, "no-store");
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !framed {
        say(header::X_FRAME_OPTIONS, "DENY");
    }
    say(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    say(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    say(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    say(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    if origin.starts_with("https://") {
        say(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_answers_its_own_paths() {
        let mut settings = Settings::defaults().unwrap();
        settings.server.origin = "https://reset.example".into();
        settings.share.origin = "https://s.example:8443/".into();
        settings.share.hosts =
            [("https://go.example".into(), shared::AccountId(uuid::Uuid::nil()))].into();
        for (host, path, answered) in [
            ("go.example", "/s", true),
            ("Go.example:443", "/s/look", true),
            ("go.example", "/v", true),
            ("go.example", "/v/answer", true),
            ("go.example", "/verify", false),
            ("go.example", "/tickets", false),
            ("reset.example", "/", true),
            ("reset.example", "/tickets", true),
            ("reset.example:443", "/sign-in", true),
            ("RESET.example", "/assets/app.css", true),
            ("reset.example", "/stuff", true),
            ("reset.example", "/s", false),
            ("reset.example", "/s/open", false),
            ("reset.example", "/v", false),
            ("reset.example", "/v/look", false),
            ("reset.example", "/version", true),
            ("s.example", "/s", true),
            ("s.example:8443", "/s/look", true),
            ("s.example", "/S", false),
            ("s.example", "/s", true),
            ("s.example", "/", false),
            ("s.example", "/sign-in", false),
            ("s.example", "/api/session", false),
            ("s.example", "/assets/app.css", false),
            ("other.example", "/", false),
            ("other.example", "/s", false),
            ("reset.example.evil.example", "/", false),
            ("127.0.0.1:4400", "/", false),
            ("[::1]:4400", "/", false),
            ("", "/", false),
        ] {
            let site = Site::of(&settings, host);
            assert_eq!(site.is_some_and(|site| site.answers(path)), answered, "{host}{path}");
        }
    }

    #[test]
    fn every_answer_is_covered_and_assets_keep_their_caching() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("immutable"));
        add(&mut headers, Site::Share, "http://s.localhost:4400");
        assert_eq!(headers[header::CACHE_CONTROL], "immutable");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "plain http here");
        add(&mut headers, Site::Share, "https://go.example");
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        let mut framed = HeaderMap::new();
        let csp = framed_by("https://na.example");
        framed.insert(header::CONTENT_SECURITY_POLICY, csp.parse().unwrap());
        add(&mut framed, Site::App, "https://reset.example");
        assert!(!framed.contains_key(header::X_FRAME_OPTIONS));
        assert!(csp.ends_with("; frame-ancestors https://na.example"));
        for csp in [APP_CSP, FRAMING_CSP, SHARE_CSP] {
            assert!(csp.starts_with("default-src 'none'") && !csp.contains("unsafe-inline"));
            assert!(csp.contains("frame-ancestors 'none'") && csp.contains("base-uri 'none'"));
        }
    }
}
