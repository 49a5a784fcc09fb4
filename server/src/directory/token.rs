//! App-only tokens by client secret: cached per credential, one request at a time, refreshed
//! early. (Microsoft identity platform, OAuth 2.0 client credentials flow.)

use serde::Deserialize;
use shared::{Code, Millis};
use zeroize::Zeroizing;

use super::fault::token_refusal;
use super::{Directory, Tenant, TokenSlot};
use crate::outbound::{Answer, Auth, Body, Call, Method};
use crate::seal::Place;
use crate::secret::Credential;

/// A token and when to stop using it.
pub(super) struct Token {
    bearer: std::sync::Arc<Credential>,
    until: Millis,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

impl Directory {
    /// A token that will live for some minutes yet.
    pub(super) async fn token(&self, tenant: &Tenant) -> Answer<std::sync::Arc<Credential>> {
        let slot = self.slot(tenant);
        let mut slot = slot.lock().await;
        let now = self.clock.now();
        if let Some(token) = slot.as_ref().filter(|token| token.until > now) {
            return Answer::Done(token.bearer.clone());
        }
        let answer = self.ask_token(tenant).await;
        if let Answer::Done(granted) = &answer {
            // Early by a tenth, five minutes at most: a token must not end under a call.
            let life = granted.1.saturating_mul(1000);
            let until = now.plus(life - (life / 10).min(300_000));
            *slot = Some(Token { bearer: granted.0.clone(), until });
        }
        answer.map(|granted| granted.0)
    }

    /// Forgets a token that Microsoft did not take, unless somebody already has a newer one.
    pub(super) async fn drop_token(&self, tenant: &Tenant, refused: &Credential) {
        let slot = self.slot(tenant);
        let mut slot = slot.lock().await;
        if slot.as_ref().is_some_and(|token| token.bearer.expose() == refused.expose()) {
            *slot = None;
        }
    }

    fn slot(&self, tenant: &Tenant) -> TokenSlot {
        let mut slots = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // An older credential of the same integration is never asked for again.
        slots.retain(|(integration, version), _| {
            *integration != tenant.integration || *version == tenant.changed_at
        });
        slots.entry((tenant.integration, tenant.changed_at)).or_default().clone()
    }

    async fn ask_token(&self, tenant: &Tenant) -> Answer<(std::sync::Arc<Credential>, i64)> {
        let secret = match self.client_secret(tenant).await {
            Ok(secret) => secret,
            // Our own database: that passes.
            Err(Code::Internal) => return Answer::Later(None),
            Err(code) => return Answer::Refused(code.into()),
        };
        let settings = &tenant.settings;
        let address = format!("{}/{}/oauth2/v2.0/token", settings.login, settings.tenant);
        let Ok(url) = url::Url::parse(&address) else {
            return Answer::Refused(Code::M365TenantUnknown.into());
        };
        let call = Call {
            method: Method::POST,
            url,
            auth: Auth::None,
            request_id: None,
            body: Body::Form(vec![
                ("client_id", Zeroizing::new(settings.client_id.clone())),
                ("scope", Zeroizing::new(format!("{}/.default", settings.graph))),
                ("client_secret", Zeroizing::new(secret.expose().to_owned())),
                ("grant_type", Zeroizing::new("client_credentials".to_owned())),
            ]),
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
            match serde_json::from_slice::<Granted>(&reply.body) {
                Ok(granted) => Answer::Done((
                    std::sync::Arc::new(Credential::new(Zeroizing::new(granted.access_token))),
                    granted.expires_in,
                )),
                Err(_) => Answer::Unknown(None),
            }
        })
    }

    async fn client_secret(&self, tenant: &Tenant) -> Result<Credential, Code> {
        let row = tenant.integration.0;
        let sealed = self
            .store
            .secret(tenant.account, SECRET_KIND, row)
            .await
            .map_err(|_| Code::Internal)?
            .ok_or(Code::M365SecretWrong)?;
        let place = Place {
            account: tenant.account.0,
            kind: SECRET_KIND,
            row,
            bound_to: &tenant.settings.bound_to(),
        };
        // A secret that was sealed for other hosts does not open: it has to be entered again.
        let clear = self.store.keys.open(place, &sealed).map_err(|_| Code::M365SecretWrong)?;
        Ok(Credential::from(clear))
    }
}

/// The kind under which client secrets are sealed.
pub(crate) const SECRET_KIND: &str = "m365.client-secret";
