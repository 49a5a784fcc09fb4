//! The one file that calls other companies, and the guard at the door: https only, no redirects,
//! connects to the address that it checked, nothing loopback, private, link-local or metadata
//! unless the operator lists it, time and size limits.
//!
//! What a reply means is decided in `answer.rs`; here it only says what happened on the wire.

mod address;
mod answer;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

pub use reqwest::Method;

pub use answer::{Answer, Refusal, retry_delay};

use crate::secret::Credential;

/// The largest body that is read; more is an error.
const MAX_BODY: usize = 1 << 20;
/// Connections to one host that are kept open for the next call. A rush of resets opens three for
/// each; without a bound all of them stay for a minute and a half, and hold memory.
const MOST_IDLE: usize = 32;

/// How to identify ourselves.
pub enum Auth<'a> {
    /// No header; the form carries it.
    None,
    /// `Authorization: Bearer`.
    Bearer(&'a Credential),
    /// `Authorization: Basic`.
    Basic(&'a str, &'a Credential),
}

/// What is sent along.
pub enum Body {
    /// Nothing.
    None,
    /// JSON, wiped after sending: it may hold a password.
    Json(Zeroizing<Vec<u8>>),
    /// A form, wiped after sending: it may hold a link or a client secret.
    Form(Vec<(&'static str, Zeroizing<String>)>),
}

/// One call.
pub struct Call<'a> {
    /// `GET`, `POST`, `PATCH`.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// As whom.
    pub auth: Auth<'a>,
    /// Our id for the call, when the other side wants one.
    pub request_id: Option<String>,
    /// With what.
    pub body: Body,
}

/// What happened on the wire.
pub enum Sent {
    /// A whole reply.
    Reply(Reply),
    /// No connection was made: nothing can have happened there.
    NotConnected(String),
    /// A connection was made, and then we lost sight: anything may have happened there.
    Broken(String),
}

/// A whole reply.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After` in seconds, when it is a number.
    pub retry_after: Option<u32>,
    /// The other side's id of this request.
    pub request_id: Option<String>,
    /// The body, wiped when dropped: it may hold a token.
    pub body: Zeroizing<Vec<u8>>,
}

/// The way out.
#[derive(Clone)]
pub struct Outbound {
    client: reqwest::Client,
    guard: Arc<Guard>,
}

/// Which addresses may be called.
struct Guard {
    /// Origins that the operator lists, such as `http://127.0.0.1:4411`.
    allowed: Vec<String>,
}

/// The operator's list can't be read, or TLS can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum BadOutbound {
    /// An entry of `outbound.allow`.
    #[error("outbound.allow: \"{0}\" is not an origin such as https://psa.example:8443")]
    Entry(String),
    /// An entry that is plain http and not loopback.
    #[error("outbound.allow: \"{0}\" is plain http; only loopback may be")]
    Plain(String),
    /// The TLS library.
    #[error("no HTTPS client: {0}")]
    Tls(#[from] reqwest::Error),
}

impl Outbound {
    /// The way out, with the operator's exceptions.
    ///
    /// # Errors
    /// When an exception can't be read.
    pub fn new(settings: &crate::settings::Outbound) -> Result<Self, BadOutbound> {
        let mut allowed = Vec::new();
        for entry in settings.allow.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let bad = || BadOutbound::Entry(entry.into());
            let url = Url::parse(entry).map_err(|_| bad())?;
            if url.host_str().is_none() || url.path() != "/" {
                return Err(bad());
            }
            if url.scheme() != "https" && !address::is_loopback_name(&url) {
                return Err(BadOutbound::Plain(entry.into()));
            }
            allowed.push(url.origin().ascii_serialization());
        }
        let guard = Arc::new(Guard { allowed });
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let client = reqwest::Client::builder()
            .dns_resolver(guard.clone())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_millis(settings.timeout_ms))
            .connect_timeout(Duration::from_millis(settings.timeout_ms.min(5_000)))
            .pool_max_idle_per_host(MOST_IDLE)
            .user_agent(concat!("msp-reset/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, guard })
    }

    /// Makes the call.
    pub async fn send(&self, call: Call<'_>) -> Sent {
        if let Err(why) = self.guard.check(&call.url) {
            return Sent::NotConnected(why);
        }
        let mut request = self.client.request(call.method, call.url);
        request = match call.auth {
            Auth::None => request,
            Auth::Bearer(token) => request.bearer_auth(token.expose()),
            Auth::Basic(name, secret) => request.basic_auth(name, Some(secret.expose())),
        };
        if let Some(id) = &call.request_id {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(id) {
                headers.insert(HeaderName::from_static("client-request-id"), value);
            }
            request = request.headers(headers);
        }
        request = match call.body {
            Body::None => request,
            Body::Json(json) => {
                request.header("content-type", "application/json").body(json.to_vec())
            }
            Body::Form(form) => {
                let pairs: Vec<(&str, &str)> =
                    form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                request.form(&pairs)
            }
        };
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) if error.is_connect() || error.is_builder() => {
                Sent::NotConnected(cause(&error))
            }
            Err(error) => Sent::Broken(cause(&error)),
        }
    }
}

async fn read(mut response: reqwest::Response) -> Sent {
    let status = response.status().as_u16();
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let retry_after = header("retry-after").and_then(|value| value.trim().parse().ok());
    let request_id = header("request-id").or_else(|| header("twilio-request-id"));
    let mut body = Zeroizing::new(Vec::new());
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BODY => {
                return Sent::Broken("the reply is too large".into());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Sent::Reply(Reply { status, retry_after, request_id, body }),
            Err(error) => return Sent::Broken(cause(&error)),
        }
    }
}

/// What went wrong, without the address: a query may hold a person's name.
fn cause(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    kind.into()
}

impl Guard {
    fn lists(&self, url: &Url) -> bool {
        self.allowed.contains(&url.origin().ascii_serialization())
    }

    /// Scheme, and hosts that are addresses themselves; names are checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), String> {
        if self.lists(url) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err("only https may be called".into());
        }
        let ip: Option<IpAddr> = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(ip.into()),
            Some(url::Host::Ipv6(ip)) => Some(ip.into()),
            Some(url::Host::Domain(_)) => None,
            None => return Err("no host".into()),
        };
        match ip {
            Some(ip) if !address::is_public(ip) => Err("the address is not a public one".into()),
            _ => Ok(()),
        }
    }

    fn lists_host(&self, host: &str) -> bool {
        self.allowed.iter().any(|origin| {
            Url::parse(origin).is_ok_and(|url| url.host_str().is_some_and(|h| h == host))
        })
    }
}

impl Resolve for Guard {
    /// Resolves and checks in one step, so that what was checked is what is connected to.
    fn resolve(&self, name: Name) -> Resolving {
        let listed = self.lists_host(name.as_str());
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| listed || address::is_public(address.ip()))
                .collect();
            if found.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(allow: &str) -> Result<Outbound, BadOutbound> {
        Outbound::new(&crate::settings::Outbound { allow: allow.into(), timeout_ms: 500 })
    }

    #[tokio::test]
    async fn refuses_what_is_not_public_and_not_listed() {
        let out = outbound("http://127.0.0.1:9").unwrap();
        for url in [
            "http://example.com/",
            "https://127.0.0.1/",
            "http://127.0.0.1:10/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://10.1.2.3/",
            "https://localhost/",
        ] {
            let call = Call {
                method: Method::GET,
                url: Url::parse(url).unwrap(),
                auth: Auth::None,
                request_id: None,
                body: Body::None,
            };
            assert!(matches!(out.send(call).await, Sent::NotConnected(_)), "{url}");
        }
    }

    #[test]
    fn the_operators_list_is_checked() {
        assert!(outbound("http://127.0.0.1:4411, https://psa.internal:8443").is_ok());
        for bad in ["psa.internal", "http://psa.internal", "https://psa.internal/path"] {
            assert!(outbound(bad).is_err(), "{bad}");
        }
    }
}
