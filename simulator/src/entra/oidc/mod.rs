//! Entra as an OpenID Connect issuer for people (Entra, "OpenID Connect on the Microsoft identity platform",
//! "OAuth 2.0 authorization code flow", "ID token claims reference"; SOURCES.md §1.9): its description, its
//! keys, the page on which somebody picks who they are, and codes for ID tokens.

mod authorize;
mod code;
mod id_token;
mod keys;

use std::collections::HashMap;

use serde_json::json;

use crate::directory::{App, Tenant};
use crate::front::{Answer, Call};
use crate::world::World;

use super::{No, unknown_tenant};

pub(super) use authorize::{page, picked};
pub(super) use code::redeem;

/// A code lives ten minutes (Entra, "OAuth 2.0 authorization code flow": "short-lived … about 10 minutes").
const CODE_LIFE_MS: i64 = 600_000;

/// What the issuer remembers.
#[derive(Default)]
pub(crate) struct Issuer {
    /// Made when somebody first asks: that takes a moment.
    keys: keys::Keys,
    codes: HashMap<String, Code>,
    pub(crate) knobs: OidcKnobs,
}

/// What a code stands for. It stays after its use, so that a second use is known as one.
struct Code {
    tenant_id: String,
    client_id: String,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    user_id: String,
    /// Milliseconds.
    auth_time: i64,
    until_ms: i64,
    used: bool,
}

/// How the issuer behaves, in this world.
#[derive(Clone, Debug, Default)]
pub struct OidcKnobs {
    /// The page asks for the person's password, too.
    pub asks_password: bool,
    /// `amr` in ID tokens; Entra's v2.0 ones have none by themselves.
    pub amr: Vec<String>,
    /// Whether ID tokens have `auth_time`: an optional claim.
    pub sends_auth_time: bool,
    /// How long ago the person signed in at Entra; they are asked anew where the request says so.
    pub signed_in_ago_ms: i64,
    /// Whether answers name their issuer (RFC 9207), and the description says so. Entra's do not.
    pub names_issuer: bool,
    /// The token endpoint takes the client secret in `Authorization: Basic` only, as others do.
    pub basic_only: bool,
    /// What ID tokens are signed with. Entra's are RS256.
    pub signs_with: OidcSignature,
    /// Something is wrong with the next answer or ID token; used once.
    pub misbehaves: Option<OidcFault>,
    /// Something is wrong with the description, as long as this is set.
    pub description: Option<DescriptionFault>,
}

/// How an ID token is signed (RFC 7518 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OidcSignature {
    /// RSA, PKCS #1 v1.5.
    #[default]
    Rs256,
    /// RSA, PSS.
    Ps256,
    /// ECDSA on P-256.
    Es256,
}

impl OidcSignature {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

/// What can be wrong with one answer, or with one ID token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OidcFault {
    /// The answer has another `state`.
    OtherState,
    /// The answer names another issuer (RFC 9207).
    OtherIssParameter,
    /// The answer is `error=access_denied`.
    AccessDenied,
    /// The answer is `error=server_error`.
    ServerError,
    /// The token's `nonce` is another one.
    OtherNonce,
    /// It has none.
    NoNonce,
    /// The token was made for another application.
    OtherAudience,
    /// For two, without saying who asked.
    TwoAudiences,
    /// For two, at another one's request.
    OtherParty,
    /// The token is another issuer's.
    OtherIssuer,
    /// The token ended an hour ago.
    Expired,
    /// The token was made in an hour.
    Early,
    /// `alg` is `none`, and there is no signature.
    AlgNone,
    /// `alg` is `HS256`, with the public key as the shared secret.
    HmacWithPublicKey,
    /// Signed with a key that is not published.
    UnknownKey,
    /// The signature is of other claims.
    BrokenSignature,
    /// There is no ID token in the reply.
    NoIdToken,
}

/// What can be wrong with the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptionFault {
    /// It says that it is another issuer.
    OtherIssuer,
    /// Its keys are on another host.
    KeysElsewhere,
    /// Its token endpoint is on another host.
    TokenElsewhere,
}

impl World {
    /// Changes how Entra behaves as an issuer for people.
    pub fn oidc(&self, change: impl FnOnce(&mut OidcKnobs)) {
        self.change(|state| {
            change(&mut state.issuer.knobs);
            if state.issuer.knobs.misbehaves == Some(OidcFault::UnknownKey) {
                state.issuer.keys.foreign();
            }
            if state.issuer.knobs.signs_with == OidcSignature::Es256 {
                state.issuer.keys.elliptic();
            }
        });
    }

    /// Entra signs with a new key from now on, and publishes it alone.
    pub fn rotate_oidc_keys(&self) {
        self.change(|state| state.issuer.keys.rotate());
    }

    /// An app registration's redirect URI, as somebody enters it in the portal.
    pub fn add_redirect_uri(&self, tenant: &str, uri: &str) {
        self.edit_tenant(tenant, |tenant| tenant.app.redirect_uris.push(uri.to_owned()));
        self.change(|state| state.issuer.keys.current().kid.len());
    }

    /// The issuer of a tenant, as it calls itself.
    pub fn oidc_issuer(&self, tenant: &str) -> Option<String> {
        let found = self.read(|state| {
            let found = state.tenants.iter().find(|candidate| candidate.is_called(tenant));
            found.map(|tenant| tenant.id.clone())
        });
        found.map(|id| issuer(&self.entra_url(), &id))
    }
}

fn issuer(entra_url: &str, tenant_id: &str) -> String {
    format!("{entra_url}/{tenant_id}/v2.0")
}

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`, by the tenant's id or one of its domains; what it
/// says is by the id.
pub(super) fn describe(world: &World, tenant: &str) -> Result<Answer, No> {
    let entra = world.entra_url();
    world.read(|state| {
        let found = state.tenants.iter().find(|candidate| candidate.is_called(tenant));
        let id = &found.ok_or_else(|| unknown_tenant(tenant))?.id;
        let knobs = &state.issuer.knobs;
        let elsewhere = "https://evil.example";
        let host = |fault| if knobs.description == Some(fault) { elsewhere } else { entra.as_str() };
        let issuer = match knobs.description {
            Some(DescriptionFault::OtherIssuer) => issuer(elsewhere, id),
            _ => issuer(&entra, id),
        };
        let (keys, token) = (DescriptionFault::KeysElsewhere, DescriptionFault::TokenElsewhere);
        let methods = match knobs.basic_only {
            true => json!(["client_secret_basic"]),
            false => json!(["client_secret_post", "private_key_jwt", "client_secret_basic"]),
        };
        let mut body = json!({
            "token_endpoint": format!("{}/{id}/oauth2/v2.0/token", host(token)),
            "token_endpoint_auth_methods_supported": methods,
            "jwks_uri": format!("{}/{id}/discovery/v2.0/keys", host(keys)),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [knobs.signs_with.as_str()],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": issuer,
            "request_uri_parameter_supported": false,
            "authorization_endpoint": format!("{entra}/{id}/oauth2/v2.0/authorize"),
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "name", "tid", "ver"],
        });
        if knobs.names_issuer {
            body["authorization_response_iss_parameter_supported"] = json!(true);
        }
        Ok(Answer::json(200, body))
    })
}

/// `GET /{tenant}/discovery/v2.0/keys`.
pub(super) fn keys(world: &World) -> Answer {
    let published = world.change(|state| state.issuer.keys.published());
    Answer::json(200, json!({"keys": published}))
}

/// The app registration that a request names, in its tenant.
fn app<'t>(tenant: &'t Tenant, client_id: &str) -> Result<&'t App, No> {
    super::known_app(tenant, client_id)?;
    Ok(&tenant.app)
}

/// The fault, if it is this one; then it is used.
fn took(knobs: &mut OidcKnobs, fault: OidcFault) -> bool {
    let is = knobs.misbehaves == Some(fault);
    if is {
        knobs.misbehaves = None;
    }
    is
}

/// A field of the query or the form.
fn field<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// What the browser sent along: the query, and on the way back the form as well.
fn fields(call: &Call) -> Vec<(String, String)> {
    let mut fields = crate::front::pairs(&call.query);
    fields.extend(call.form());
    fields
}
