//! HaloPSA's tokens: where they are to be had (`authinfo`), by client credentials, one asker at a time.

use std::sync::Arc;

use serde::Deserialize;
use shared::{Code, Millis};
use url::Url;
use zeroize::Zeroizing;

use super::Halo;
use crate::outbound::{Answer, Auth, Body, Call, Method, Reply};
use crate::psa::origin_of;
use crate::psa::wire::under;
use crate::secret::Credential;

/// The vendor's own domains: where the authorisation server may be beside the configured host.
const VENDOR: [&str; 3] = [".halopsa.com", ".haloitsm.com", ".haloservicedesk.com"];
/// A token must not end under a call.
const EARLY_MS: i64 = 60_000;
/// Longer than any life that was seen (an hour).
const MOST_SECONDS: i64 = 24 * 60 * 60;

/// A token and when to stop using it.
struct Token {
    bearer: Arc<Credential>,
    scope: String,
    until: Millis,
}

/// A token as it was granted.
pub(super) struct Granted {
    pub(super) bearer: Arc<Credential>,
    /// What it may do, as far as HaloPSA says.
    pub(super) scope: String,
}

#[derive(Deserialize)]
struct AuthInfo {
    auth_url: Option<String>,
    tenant_id: Option<String>,
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    expires_in: i64,
    scope: Option<String>,
}

impl Halo {
    /// A token that lives for a minute at least. Whoever asks second finds what the first one got.
    pub(super) async fn token(&self) -> Answer<Granted> {
        let mut found = self.wire.memory.found.lock().await;
        let now = self.wire.clock.now();
        let held = found.as_ref().and_then(|it| it.downcast_ref::<Token>());
        if let Some(token) = held.filter(|token| token.until > now) {
            return Answer::Done(Granted {
                bearer: token.bearer.clone(),
                scope: token.scope.clone(),
            });
        }
        match self.ask_token().await.done() {
            Ok(reply) => {
                let life = reply.expires_in.clamp(0, MOST_SECONDS) * 1000;
                let bearer = Arc::new(Credential::new(Zeroizing::new(reply.access_token)));
                let scope = reply.scope.unwrap_or_default();
                let until = now.plus(life - EARLY_MS);
                *found =
                    Some(Box::new(Token { bearer: bearer.clone(), scope: scope.clone(), until }));
                Answer::Done(Granted { bearer, scope })
            }
            Err(other) => other,
        }
    }

    /// Forgets a token that HaloPSA did not take, unless somebody has a newer one already.
    pub(super) async fn drop_token(&self, refused: &Credential) {
        let mut found = self.wire.memory.found.lock().await;
        let held = found.as_ref().and_then(|it| it.downcast_ref::<Token>());
        if held.is_some_and(|token| token.bearer.expose() == refused.expose()) {
            *found = None;
        }
    }

    async fn ask_token(&self) -> Answer<TokenReply> {
        let Some(url) = under(&self.base, "api/authinfo", &[]) else {
            return Answer::Refused(Code::PsaRefused.into());
        };
        let call = Call {
            method: Method::GET,
            url,
            auth: Auth::None,
            request_id: None,
            headers: Vec::new(),
            body: Body::None,
        };
        let site = &self.settings.site;
        let tenant = &self.settings.tenant;
        let asked = self.wire.ask(call, |reply| token_url(&reply, site, &self.base, tenant)).await;
        let url = match asked.done() {
            Ok(url) => url,
            Err(other) => return other,
        };
        let form = vec![
            ("grant_type", Zeroizing::new("client_credentials".to_owned())),
            ("client_id", Zeroizing::new(self.settings.client_id.clone())),
            ("client_secret", Zeroizing::new(self.secret.expose().to_owned())),
            ("scope", Zeroizing::new("all".to_owned())),
        ];
        let call = Call {
            method: Method::POST,
            url,
            auth: Auth::None,
            request_id: None,
            headers: Vec::new(),
            body: Body::Form(form),
        };
        self.wire.ask(call, |reply| token(&reply)).await
    }
}

/// Where a token is to be had, from what `authinfo` says. The secret goes there: it must be the configured
/// host or the vendor's.
fn token_url(reply: &Reply, site: &str, base: &str, tenant: &str) -> Answer<Url> {
    let info: AuthInfo = match (reply.status, serde_json::from_slice(&reply.body)) {
        (200, Ok(info)) => info,
        (200, Err(_)) => return Answer::Unknown(None),
        _ => return Answer::Refused(Code::PsaRefused.into()),
    };
    let own = format!("{}/auth", base.trim_end_matches('/'));
    let auth = info.auth_url.filter(|it| !it.trim().is_empty()).unwrap_or(own);
    let auth = Url::parse(auth.trim()).ok().filter(|url| is_ours(url, site, base));
    let said = info.tenant_id.unwrap_or_default();
    let tenant = if tenant.is_empty() { said.trim() } else { tenant };
    let query = if tenant.is_empty() { vec![] } else { vec![("tenant", tenant)] };
    match auth.and_then(|url| under(url.as_str(), "token", &query)) {
        Some(url) => Answer::Done(url),
        None => Answer::Refused(Code::PsaRefused.into()),
    }
}

/// Whether the authorisation server belongs to the configured host or to the vendor (design §4).
fn is_ours(url: &Url, site: &str, base: &str) -> bool {
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let origin = url.origin().ascii_serialization();
    let configured = [site, base].iter().any(|it| origin_of(it).as_deref() == Some(&origin));
    let vendors = url.scheme() == "https"
        && url.port().is_none()
        && url.domain().is_some_and(|domain| VENDOR.iter().any(|suffix| domain.ends_with(suffix)));
    plain && (configured || vendors)
}

/// What the token endpoint says (OAuth 2.0, RFC 6749 §5.2).
fn token(reply: &Reply) -> Answer<TokenReply> {
    #[derive(Default, Deserialize)]
    struct Failure {
        #[serde(default)]
        error: String,
    }
    if reply.status == 200 {
        return match serde_json::from_slice::<TokenReply>(&reply.body) {
            Ok(reply) if !reply.access_token.is_empty() => Answer::Done(reply),
            _ => Answer::Unknown(None),
        };
    }
    let failure: Failure = serde_json::from_slice(&reply.body).unwrap_or_default();
    Answer::Refused(match (reply.status, failure.error.as_str()) {
        (_, "invalid_client" | "invalid_grant") | (401, _) => Code::PsaCredentials.into(),
        (_, "unauthorized_client" | "invalid_scope") | (403, _) => Code::PsaPermission.into(),
        _ => Code::PsaRefused.into(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SITE: &str = "https://psa.brightline.example";

    fn reply(status: u16, body: &str) -> Reply {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        Reply { status, retry_after: None, request_id: None, body }
    }

    fn url(info: serde_json::Value, tenant: &str) -> Answer<String> {
        let api = "http://127.0.0.1:4416";
        token_url(&reply(200, &info.to_string()), SITE, api, tenant).map(|url| url.to_string())
    }

    #[test]
    fn the_secret_goes_to_the_configured_host_or_the_vendors() {
        for (auth, token) in [
            ("https://psa.brightline.example/auth", "https://psa.brightline.example/auth/token"),
            ("https://psa.brightline.example/auth/", "https://psa.brightline.example/auth/token"),
            ("http://127.0.0.1:4416/auth", "http://127.0.0.1:4416/auth/token"),
            ("https://auth.HaloPSA.com/auth", "https://auth.halopsa.com/auth/token"),
            ("https://x.haloitsm.com/auth", "https://x.haloitsm.com/auth/token"),
            ("https://x.haloservicedesk.com", "https://x.haloservicedesk.com/token"),
            ("", "http://127.0.0.1:4416/auth/token"),
        ] {
            assert_eq!(url(json!({"auth_url": auth}), ""), Answer::Done(token.into()), "{auth}");
        }
        for foreign in [
            "https://evil.example/auth",
            "https://psa.brightline.example.evil.example/auth",
            "https://psa.brightline.example:8443/auth",
            "http://psa.brightline.example/auth",
            "http://127.0.0.1:4417/auth",
            "http://x.halopsa.com/auth",
            "https://x.halopsa.com:8443/auth",
            "https://evilhalopsa.com/auth",
            "https://x.halopsa.com.evil.example/auth",
            "https://x.halopsa.com@evil.example/auth",
            "https://me@x.halopsa.com/auth",
            "https://x.halopsa.com/auth?to=",
            "https://x.halopsa.com/auth#",
            "/auth",
            "file:///auth",
        ] {
            let answer = url(json!({"auth_url": foreign}), "");
            assert_eq!(answer, Answer::Refused(Code::PsaRefused.into()), "{foreign}");
        }
    }

    #[test]
    fn an_admins_tenant_goes_before_the_one_that_is_said() {
        let auth = "https://x.halopsa.com/auth";
        let with = |tenant: &str| Answer::Done(format!("{auth}/token{tenant}"));
        assert_eq!(url(json!({"auth_url": auth, "tenant_id": "a b"}), ""), with("?tenant=a+b"));
        assert_eq!(url(json!({"auth_url": auth, "tenant_id": "a"}), "c&d"), with("?tenant=c%26d"));
        assert_eq!(url(json!({"auth_url": auth, "tenant_id": null}), ""), with(""));
        let odd = |status, body| token_url(&reply(status, body), SITE, SITE, "");
        assert_eq!(odd(200, "<html>"), Answer::Unknown(None));
        assert_eq!(odd(404, "{}"), Answer::Refused(Code::PsaRefused.into()));
        assert_eq!(odd(302, ""), Answer::Refused(Code::PsaRefused.into()));
    }

    #[test]
    fn a_token_is_granted_or_refused_in_our_words() {
        let judged = |status, body: &str| token(&reply(status, body)).map(|it| it.expires_in);
        let good = r#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"scope":"all"}"#;
        assert_eq!(judged(200, good), Answer::Done(3600));
        assert_eq!(judged(200, r#"{"access_token":"","expires_in":1}"#), Answer::Unknown(None));
        assert_eq!(judged(200, "<html>"), Answer::Unknown(None));
        for (status, body, code) in [
            (400, r#"{"error":"invalid_client"}"#, Code::PsaCredentials),
            (401, r#"{"error":"invalid_client"}"#, Code::PsaCredentials),
            (400, r#"{"error":"invalid_grant"}"#, Code::PsaCredentials),
            (401, "", Code::PsaCredentials),
            (400, r#"{"error":"invalid_scope"}"#, Code::PsaPermission),
            (400, r#"{"error":"unauthorized_client"}"#, Code::PsaPermission),
            (403, "<html>", Code::PsaPermission),
            (400, r#"{"error":"invalid_request"}"#, Code::PsaRefused),
            (400, r#"{"error":7}"#, Code::PsaRefused),
            (302, "", Code::PsaRefused),
        ] {
            assert_eq!(judged(status, body), Answer::Refused(code.into()), "{status} {body}");
        }
    }
}
