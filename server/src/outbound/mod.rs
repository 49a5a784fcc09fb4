//! The one file that calls other companies over HTTP, and the guard at the door: https only, no
//! redirects, connects to the address that it checked, nothing loopback, private, link-local or
//! metadata unless the operator lists it, time and size limits. Mail leaves through the same guard
//! (`mail.rs`).
//!
//! What a reply means is decided in `answer.rs`; here it only says what happened on the wire.

mod address;
mod answer;
mod guard;
mod mail;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

pub use reqwest::Method;

pub use answer::{Answer, Refusal, retry_delay};
pub use mail::{Mail, MailServer, MailTls, Mailbox, is_address};

use self::guard::{Guard, lookup};
use crate::secret::Credential;

/// The largest body that is read; more is an error.
const MAX_BODY: usize = 1 << 20;
/// Connections to one host that are kept open for the next call. A rush of resets opens several for
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
    /// `Authorization: Basic` with a signature in place of a password, and the `Date` that it covers.
    Signed(&'a str, &'a Credential, &'a str),
}

/// What is sent along.
pub enum Body {
    /// Nothing.
    None,
    /// JSON, wiped after sending: it may hold a password.
    Json(Zeroizing<Vec<u8>>),
    /// A form, wiped after sending: it may hold a link or a client secret.
    Form(Vec<(&'static str, Zeroizing<String>)>),
    /// A form that is encoded already: who signs it must know every byte.
    Encoded(Zeroizing<String>),
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
    /// Further headers, as that company wants them: versions, ids, keys. Values are not logged.
    pub headers: Vec<(&'static str, Zeroizing<String>)>,
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
    roots: mail::Roots,
    step: Duration,
}

/// The operator's list can't be read, or TLS can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum BadOutbound {
    /// An entry of `outbound.allow`.
    #[error("outbound.allow: \"{0}\" is not an origin such as https://psa.example:8443")]
    Entry(String),
    /// An entry that is neither encrypted nor loopback.
    #[error("outbound.allow: \"{0}\" is not encrypted; only loopback may be")]
    Plain(String),
    /// The file of certificate authorities.
    #[error("outbound.ca_file: {0}")]
    Roots(String),
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
        let guard = Arc::new(Guard::new(&settings.allow)?);
        let (roots, certificates) = read_roots(&settings.ca_file)?;
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let client = reqwest::Client::builder()
            .dns_resolver(guard.clone())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_millis(settings.timeout_ms))
            .connect_timeout(Duration::from_millis(settings.timeout_ms.min(5_000)))
            .tls_certs_merge(certificates)
            .pool_max_idle_per_host(MOST_IDLE)
            .user_agent(concat!("msp-reset/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, guard, roots, step: Duration::from_millis(settings.timeout_ms) })
    }

    /// Whether the guard lets this address through, as far as can be told without looking its name up.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self, url: &Url) -> Result<(), String> {
        self.guard.check(url)
    }

    /// Makes the call.
    pub async fn send(&self, call: Call<'_>) -> Sent {
        self.send_within(call, None).await
    }

    /// Makes a call that is answered when something happens over there, and may take so long.
    /// Dropping the future ends it.
    pub async fn long_poll(&self, call: Call<'_>, most: Duration) -> Sent {
        self.send_within(call, Some(most)).await
    }

    /// Makes a call whose answer is its status alone: nothing of the body is read, nor kept.
    pub async fn tell(&self, call: Call<'_>) -> Sent {
        match self.request(call, None).await {
            Ok(response) => Sent::Reply(head(&response)),
            Err(sent) => sent,
        }
    }

    async fn send_within(&self, call: Call<'_>, most: Option<Duration>) -> Sent {
        match self.request(call, most).await {
            Ok(response) => read(response).await,
            Err(sent) => sent,
        }
    }

    async fn request(
        &self,
        call: Call<'_>,
        most: Option<Duration>,
    ) -> Result<reqwest::Response, Sent> {
        if let Err(why) = self.guard.check(&call.url) {
            return Err(Sent::NotConnected(why));
        }
        let posts = call.method == Method::POST;
        let mut request = self.client.request(call.method, call.url);
        request = match call.auth {
            Auth::None => request,
            Auth::Bearer(token) => request.bearer_auth(token.expose()),
            Auth::Basic(name, secret) => request.basic_auth(name, Some(secret.expose())),
            Auth::Signed(name, signature, date) => {
                request.basic_auth(name, Some(signature.expose())).header("date", date)
            }
        };
        if let Some(most) = most {
            request = request.timeout(most);
        }
        if let Some(id) = &call.request_id {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(id) {
                headers.insert(HeaderName::from_static("client-request-id"), value);
            }
            request = request.headers(headers);
        }
        for (name, value) in &call.headers {
            let Ok(mut value) = HeaderValue::from_str(value) else {
                return Err(Sent::NotConnected("a header can't be sent".into()));
            };
            value.set_sensitive(true);
            request = request.header(*name, value);
        }
        request = match call.body {
            // Servers ask for the length of what is posted, also of nothing (411).
            Body::None if posts => request.header("content-length", "0"),
            Body::None => request,
            Body::Json(json) => {
                request.header("content-type", "application/json").body(json.to_vec())
            }
            Body::Form(form) => {
                let pairs: Vec<(&str, &str)> =
                    form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                request.form(&pairs)
            }
            Body::Encoded(form) => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.as_bytes().to_vec()),
        };
        request.send().await.map_err(|error| match error.is_connect() || error.is_builder() {
            true => Sent::NotConnected(cause(&error)),
            false => Sent::Broken(cause(&error)),
        })
    }
}

/// An answer without its body.
fn head(response: &reqwest::Response) -> Reply {
    let status = response.status().as_u16();
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let retry_after = header("retry-after").and_then(|value| value.trim().parse().ok());
    let request_id = header("request-id").or_else(|| header("twilio-request-id"));
    Reply { status, retry_after, request_id, body: Zeroizing::default() }
}

async fn read(mut response: reqwest::Response) -> Sent {
    let mut reply = head(&response);
    let body = &mut reply.body;
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BODY => {
                return Sent::Broken("the reply is too large".into());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Sent::Reply(reply),
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

/// The operator's own certificate authorities, for mail and for HTTP.
fn read_roots(file: &Path) -> Result<(mail::Roots, Vec<reqwest::Certificate>), BadOutbound> {
    if file.as_os_str().is_empty() {
        return Ok((mail::Roots::default(), Vec::new()));
    }
    let bad = |why: String| BadOutbound::Roots(format!("{}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
    let certificates = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
    match mail::Roots::from_pem(&pem) {
        Some(roots) if !certificates.is_empty() => Ok((roots, certificates)),
        _ => Err(bad("there is no certificate in it".into())),
    }
}

impl Resolve for Guard {
    /// Resolves and checks in one step, so that what was checked is what is connected to.
    fn resolve(&self, name: Name) -> Resolving {
        let listed = self.lists_host(name.as_str());
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found = lookup(&name, 0, listed).await?;
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
        let ca_file = std::path::PathBuf::new();
        Outbound::new(&crate::settings::Outbound { allow: allow.into(), ca_file, timeout_ms: 500 })
    }

    #[tokio::test]
    async fn refuses_what_is_not_public_and_not_listed() {
        let out = outbound("http://127.0.0.1:9, https://psa.internal:8443").unwrap();
        for url in [
            "https://psa.internal/",
            "https://psa.internal:9200/any",
            "http://psa.internal:8443/",
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
                headers: Vec::new(),
                body: Body::None,
            };
            assert!(matches!(out.send(call).await, Sent::NotConnected(_)), "{url}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        assert!(read_roots(&file).unwrap_err().to_string().contains("ca.pem"));
        std::fs::write(&file, "no certificate").unwrap();
        assert!(read_roots(&file).unwrap_err().to_string().contains("no certificate in it"));
    }
}
