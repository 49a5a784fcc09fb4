//! App-only tokens, by client secret or certificate: cached per credential, one request at a time,
//! refreshed early. (Microsoft identity platform, OAuth 2.0 client credentials flow.)

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use shared::{Code, IntegrationId, Millis};
use zeroize::Zeroizing;

use super::certificate::{PrivateKey, assertion};
use super::tenant::{Certificate, M365Settings, ProofKind};
use super::token_fault::token_refusal;
use super::{Directory, Tenant, TokenSlot};
use crate::outbound::{Answer, Auth, Body, Call, Method};
use crate::random;
use crate::seal::Place;
use crate::secret::Credential;

/// The kind under which client secrets are sealed.
pub const SECRET: &str = "m365.client-secret";
/// The kind under which the private key of the certificate in use is sealed.
pub const KEY: &str = "m365.key";
/// The kind under which the private key of a certificate that is not in use yet is sealed.
pub const NEXT_KEY: &str = "m365.next-key";

/// What proves that the application is it.
pub enum Proof {
    /// A client secret.
    Secret(Credential),
    /// A certificate with its private key.
    Certificate(Certificate, PrivateKey),
}

/// A token, as it was granted.
pub struct Granted {
    pub(super) bearer: Arc<Credential>,
    /// Milliseconds.
    life: i64,
    /// Permissions that the token says it has.
    pub roles: Vec<String>,
}

/// A token and when to stop using it.
pub(super) struct Token {
    bearer: Arc<Credential>,
    roles: Vec<String>,
    until: Millis,
}

#[derive(Deserialize)]
struct Reply {
    access_token: String,
    expires_in: i64,
}

impl Directory {
    /// A token that will live for some minutes yet.
    pub(super) async fn token(&self, tenant: &Tenant) -> Answer<Arc<Credential>> {
        self.granted(tenant).await.map(|granted| granted.bearer)
    }

    /// The same, with the permissions that it says it has: for diagnosis only. Microsoft calls its
    /// tokens opaque, and changes show only in a new one.
    pub async fn granted(&self, tenant: &Tenant) -> Answer<Granted> {
        let slot = self.slot(tenant);
        let mut slot = slot.lock().await;
        let now = self.clock.now();
        if let Some(token) = slot.as_ref().filter(|token| token.until > now) {
            let (bearer, roles) = (token.bearer.clone(), token.roles.clone());
            return Answer::Done(Granted { bearer, life: token.until.since(now), roles });
        }
        let answer = match self.proof(tenant).await {
            Ok(proof) => self.ask_token(&tenant.settings, &proof).await,
            // Our own database: that passes.
            Err(Code::Internal) => return Answer::Later(None),
            Err(code) => Answer::Refused(code.into()),
        };
        match &answer {
            Answer::Done(granted) => {
                // Early by a tenth, five minutes at most: a token must not end under a call.
                let until = now.plus(granted.life - (granted.life / 10).min(300_000));
                let (bearer, roles) = (granted.bearer.clone(), granted.roles.clone());
                *slot = Some(Token { bearer, roles, until });
            }
            // Settings and credential are read one after the other: between the two somebody may
            // have put a new one in place, which is no reason to end anything.
            Answer::Refused(_) if self.has_moved_on(tenant).await => return Answer::Later(None),
            Answer::Refused(_) => {
                // Whoever looks after integrations should hear of it before the next reset.
                let soon = self.store.check_soon(tenant.account, tenant.integration, now).await;
                if let Err(error) = soon {
                    tracing::error!(error = %error, "a check that is due");
                }
            }
            Answer::Later(_) | Answer::Unknown(_) => {}
        }
        answer
    }

    async fn has_moved_on(&self, tenant: &Tenant) -> bool {
        match self.store.integration(tenant.integration).await {
            Ok(Some(now)) => now.changed_at != tenant.changed_at,
            Ok(None) | Err(_) => false,
        }
    }

    /// Forgets a token that Microsoft did not take, unless somebody already has a newer one.
    pub(super) async fn drop_token(&self, tenant: &Tenant, refused: &Credential) {
        let slot = self.slot(tenant);
        let mut slot = slot.lock().await;
        if slot.as_ref().is_some_and(|token| token.bearer.expose() == refused.expose()) {
            *slot = None;
        }
    }

    /// Forgets the token: consent and roles show only in a new one.
    pub async fn forget_token(&self, tenant: &Tenant) {
        *self.slot(tenant).lock().await = None;
    }

    /// Forgets all tokens of an integration that is gone.
    pub fn forget_tokens(&self, id: IntegrationId) {
        let mut slots = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        slots.retain(|(integration, _), _| *integration != id);
    }

    /// One slot for each version of an integration, which has one cloud, tenant, application and
    /// credential: a new version of any of them never gets the token of the one before.
    fn slot(&self, tenant: &Tenant) -> TokenSlot {
        let mut slots = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // An older credential of the same integration is never asked for again.
        slots.retain(|(integration, version), _| {
            *integration != tenant.integration || *version == tenant.changed_at
        });
        slots.entry((tenant.integration, tenant.changed_at)).or_default().clone()
    }

    /// Asks for a token, remembering nothing: also for credentials that are not in use yet.
    pub async fn ask_token(&self, settings: &M365Settings, proof: &Proof) -> Answer<Granted> {
        let Ok(url) = url::Url::parse(&settings.token_url()) else {
            return Answer::Refused(Code::M365TenantUnknown.into());
        };
        let mut form = vec![
            ("client_id", Zeroizing::new(settings.client_id.clone())),
            ("scope", Zeroizing::new(format!("{}/.default", settings.graph))),
            ("grant_type", Zeroizing::new("client_credentials".to_owned())),
        ];
        match proof {
            Proof::Secret(secret) => {
                form.push(("client_secret", Zeroizing::new(secret.expose().to_owned())));
            }
            Proof::Certificate(certificate, key) => {
                let now = self.clock.now();
                let Ok(signed) = assertion(settings, certificate, key, now) else {
                    return Answer::Refused(Code::M365CertificateWrong.into());
                };
                form.push(("client_assertion_type", Zeroizing::new(ASSERTION_TYPE.to_owned())));
                form.push(("client_assertion", signed));
            }
        }
        let call = Call {
            method: Method::POST,
            url,
            auth: Auth::None,
            request_id: Some(random::id(self.clock.now()).to_string()),
            headers: Vec::new(),
            body: Body::Form(form),
        };
        self.outbound.send(call).await.judge(|reply| {
            if reply.status != 200 {
                let refusal = token_refusal(&reply);
                // Busy, not broken: worth asking again.
                if refusal.code == Code::MicrosoftUnavailable {
                    return Answer::Later(None);
                }
                return Answer::Refused(refusal);
            }
            match serde_json::from_slice::<Reply>(&reply.body) {
                Ok(reply) => {
                    let roles = roles(&reply.access_token);
                    let bearer = Arc::new(Credential::new(Zeroizing::new(reply.access_token)));
                    let life = reply.expires_in.clamp(0, MOST_SECONDS) * 1000;
                    Answer::Done(Granted { bearer, life, roles })
                }
                Err(_) => Answer::Unknown(None),
            }
        })
    }

    async fn proof(&self, tenant: &Tenant) -> Result<Proof, Code> {
        match (tenant.settings.proof, &tenant.settings.certificate) {
            (ProofKind::Secret, _) => {
                let clear = self.unsealed(tenant, SECRET).await?.ok_or(Code::M365SecretWrong)?;
                Ok(Proof::Secret(Credential::from(clear)))
            }
            (ProofKind::Certificate, Some(certificate)) => {
                let clear = self.unsealed(tenant, KEY).await?.ok_or(Code::M365CertificateWrong)?;
                Ok(Proof::Certificate(certificate.clone(), PrivateKey::from_sealed(clear)))
            }
            (ProofKind::Certificate, None) => Err(Code::M365CertificateWrong),
        }
    }

    /// The certificate that was made and is not in use yet, with its key.
    ///
    /// # Errors
    /// `Internal` when the database can't be read; `M365CertificateWrong` when there is none.
    pub async fn next_proof(&self, tenant: &Tenant) -> Result<Proof, Code> {
        let next = tenant.settings.next_certificate.clone().ok_or(Code::M365CertificateWrong)?;
        let clear = self.unsealed(tenant, NEXT_KEY).await?.ok_or(Code::M365CertificateWrong)?;
        Ok(Proof::Certificate(next, PrivateKey::from_sealed(clear)))
    }

    /// The first characters of the client secret, by which Microsoft's record names it; `None` where
    /// there is none.
    pub async fn secret_hint(&self, tenant: &Tenant) -> Option<String> {
        let Ok(Proof::Secret(secret)) = self.proof(tenant).await else { return None };
        Some(secret.expose().chars().take(HINT_CHARS).collect())
    }

    /// `None` for a secret that is not there, and for one that was sealed for other hosts or another
    /// application: it has to be entered again.
    async fn unsealed(&self, tenant: &Tenant, kind: &'static str) -> Result<Option<Vec<u8>>, Code> {
        let row = tenant.integration.0;
        let sealed =
            self.store.secret(tenant.account, kind, row).await.map_err(|_| Code::Internal)?;
        let bound_to = &tenant.settings.bound_to();
        let place = Place { account: tenant.account.0, kind, row, bound_to };
        Ok(sealed.and_then(|sealed| self.store.keys.open(place, &sealed).ok()))
    }
}

/// (Graph "passwordCredential": `hint`.)
const HINT_CHARS: usize = 3;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longer than any life that was seen (28 hours).
const MOST_SECONDS: i64 = 7 * 24 * 60 * 60;

/// The permissions in a token; none where it can't be read.
fn roles(token: &str) -> Vec<String> {
    #[derive(Default, Deserialize)]
    struct Claims {
        #[serde(default)]
        roles: Vec<String>,
    }
    let claims =
        token.split('.').nth(1).and_then(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok());
    let claims: Claims =
        claims.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    claims.roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_where_they_can_be() {
        let token = |claims: &str| format!("h.{}.s", BASE64URL_NOPAD.encode(claims.as_bytes()));
        assert_eq!(roles(&token(r#"{"roles":["User.Read.All"]}"#)), ["User.Read.All"]);
        for none in [&token("{}"), &token(r#"{"roles":"x"}"#), "opaque", "a.b.c", ""] {
            assert!(roles(none).is_empty(), "{none}");
        }
    }
}
