//! The issuer's description of itself (OpenID Connect Discovery 1.0 §4): read, and judged before anything in
//! it is used.

use std::sync::Arc;

use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::Sso;
use super::reason::Reason;
use super::settings::SsoSettings;
use crate::outbound::{Answer, Auth, Body, Call, Method};
use crate::store::SsoRow;

/// A description is read anew after so long.
const LIFE_MS: i64 = 60 * 60_000;

/// Hosts of a vendor that has its endpoints elsewhere than its issuer. (Google, "OpenID Connect", "The
/// Discovery document".) Entra, Okta, Auth0, Keycloak and the others keep them on the issuer's own host.
const VENDOR_HOSTS: [(&str, &[&str]); 1] =
    [("accounts.google.com", &["oauth2.googleapis.com", "www.googleapis.com"])];

/// As it is published.
#[derive(Deserialize)]
struct Published {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    response_types_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What of it is used, judged.
pub(super) struct Document {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) jwks_uri: Url,
    /// Whether the client secret goes into the form; otherwise into `Authorization: Basic`.
    pub(super) secret_in_form: bool,
    /// Whether answers name their issuer (RFC 9207): then one that does not is somebody else's.
    pub(super) names_issuer: bool,
}

impl Published {
    fn judge(self, issuer: &str) -> Result<Document, Reason> {
        if self.issuer != issuer {
            return Err(Reason::OtherIssuer);
        }
        let own = Url::parse(issuer).map_err(|_| Reason::NoDocument)?;
        let endpoint = |text: &str| {
            let url = Url::parse(text).map_err(|_| Reason::NoDocument)?;
            if belongs(&own, &url) { Ok(url) } else { Err(Reason::Elsewhere) }
        };
        let has = |list: &Option<Vec<String>>, text: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| one == text))
        };
        // What an issuer leaves out has a default; Entra says nothing of PKCE, and has it.
        let secret_in_form = match &self.token_endpoint_auth_methods_supported {
            Some(list) if list.iter().any(|it| it == "client_secret_post") => true,
            Some(list) if list.iter().any(|it| it == "client_secret_basic") => false,
            Some(_) => return Err(Reason::Unfit),
            None => false,
        };
        let signs = ["RS256", "PS256", "ES256"]
            .iter()
            .any(|algorithm| has(&self.id_token_signing_alg_values_supported, algorithm));
        let codes = self.response_types_supported.iter().any(|kind| kind == "code");
        if !signs || !codes || !has(&self.code_challenge_methods_supported, "S256") {
            return Err(Reason::Unfit);
        }
        Ok(Document {
            authorize: endpoint(&self.authorization_endpoint)?,
            token: endpoint(&self.token_endpoint)?,
            jwks_uri: endpoint(&self.jwks_uri)?,
            secret_in_form,
            names_issuer: self.authorization_response_iss_parameter_supported,
        })
    }
}

/// Whether an endpoint is the issuer's own: its origin, or https on another port or host that is known to be
/// the same vendor's.
fn belongs(issuer: &Url, endpoint: &Url) -> bool {
    if endpoint.fragment().is_some() || !endpoint.username().is_empty() {
        return false;
    }
    if endpoint.origin() == issuer.origin() {
        return true;
    }
    let vendor = VENDOR_HOSTS.iter().find(|(host, _)| issuer.host_str() == Some(host));
    endpoint.scheme() == "https"
        && endpoint.port().is_none()
        && endpoint
            .host_str()
            .is_some_and(|host| vendor.is_some_and(|(_, hosts)| hosts.contains(&host)))
}

impl Sso {
    /// What the issuer says of itself, kept for an hour.
    ///
    /// # Errors
    /// Why it can't be used.
    pub(super) async fn document(
        &self,
        row: &SsoRow,
        settings: &SsoSettings,
    ) -> Result<Arc<Document>, Reason> {
        let (id, version) = (row.integration.id, row.integration.changed_at);
        let now = self.clock.now();
        let known = self.slot(id, version, |slot| slot.document.clone());
        if let Some((at, document)) = known
            && now.since(at) < LIFE_MS
        {
            return Ok(document);
        }
        let document = Arc::new(self.read_document(&settings.issuer).await?);
        self.slot(id, version, |slot| slot.document = Some((now, document.clone())));
        Ok(document)
    }

    /// The same as it is right now.
    pub(super) async fn read_document(&self, issuer: &str) -> Result<Document, Reason> {
        let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let at = Url::parse(&at).map_err(|_| Reason::NoDocument)?;
        let body = self.read(&at).await?;
        let published: Published = serde_json::from_slice(&body).map_err(|_| Reason::NoDocument)?;
        published.judge(issuer)
    }

    /// A public document of the issuer's.
    pub(super) async fn read(&self, at: &Url) -> Result<Zeroizing<Vec<u8>>, Reason> {
        let call = Call {
            method: Method::GET,
            url: at.clone(),
            auth: Auth::None,
            request_id: None,
            headers: vec![("accept", Zeroizing::new("application/json".to_owned()))],
            body: Body::None,
        };
        let answer = self.outbound.send(call).await.judge(|reply| match reply.status {
            200 => Answer::Done(reply.body),
            _ => Answer::Refused(shared::Code::BadRequest.into()),
        });
        match answer {
            Answer::Done(body) => Ok(body),
            Answer::Refused(_) => Err(Reason::NoDocument),
            Answer::Later(_) | Answer::Unknown(_) => Err(Reason::Unavailable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://login.microsoftonline.com/t/v2.0";

    fn entra() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.microsoftonline.com/t/oauth2/v2.0/authorize",
            "token_endpoint": "https://login.microsoftonline.com/t/oauth2/v2.0/token",
            "jwks_uri": "https://login.microsoftonline.com/t/discovery/v2.0/keys",
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "response_types_supported": ["code", "id_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })
    }

    fn judged(document: &Value, issuer: &str) -> Result<Document, Reason> {
        serde_json::from_value::<Published>(document.clone()).unwrap().judge(issuer)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut document = entra();
        document[name] = value;
        document
    }

    #[test]
    fn an_issuer_is_taken_at_its_word_and_no_further() {
        let document = judged(&entra(), ISSUER).ok().unwrap();
        assert!(document.secret_in_form && !document.names_issuer);
        let no = |document: &Value, reason| {
            assert_eq!(judged(document, ISSUER).err(), Some(reason), "{document}");
        };
        no(&with("issuer", json!(format!("{ISSUER}/"))), Reason::OtherIssuer);
        for elsewhere in [
            "https://evil.example/token",
            "http://login.microsoftonline.com/t/token",
            "https://login.microsoftonline.com:8443/t/token",
            "https://login.microsoftonline.com.evil.example/t",
            "https://user@login.microsoftonline.com/t",
            "https://login.microsoftonline.com/t#x",
            "https://oauth2.googleapis.com/token",
        ] {
            for field in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
                no(&with(field, json!(elsewhere)), Reason::Elsewhere);
            }
        }
        no(&with("response_types_supported", json!(["id_token"])), Reason::Unfit);
        no(&with("code_challenge_methods_supported", json!(["plain"])), Reason::Unfit);
        no(&with("id_token_signing_alg_values_supported", json!(["HS256", "none"])), Reason::Unfit);
        let jwt = json!(["private_key_jwt"]);
        no(&with("token_endpoint_auth_methods_supported", jwt), Reason::Unfit);
        // Left out: basic (Discovery §3).
        let mut silent = entra();
        silent.as_object_mut().unwrap().remove("token_endpoint_auth_methods_supported");
        assert!(!judged(&silent, ISSUER).ok().unwrap().secret_in_form);
    }

    #[test]
    fn a_vendors_own_other_hosts_are_known() {
        let google = "https://accounts.google.com";
        let mut document = with("issuer", json!(google));
        document["authorization_endpoint"] = json!("https://accounts.google.com/o/oauth2/v2/auth");
        document["token_endpoint"] = json!("https://oauth2.googleapis.com/token");
        document["jwks_uri"] = json!("https://www.googleapis.com/oauth2/v3/certs");
        assert!(judged(&document, google).is_ok());
    }
}
