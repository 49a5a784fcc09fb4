//! Texts, through the account's SMS provider (Twilio): sending one, and believing its callbacks.

mod twilio;

use serde::{Deserialize, Serialize};
use shared::{AccountId, Code, IntegrationId};

pub use twilio::{code_of, signature, status_rank};

use crate::brand::Sender;
use crate::outbound::{Answer, Outbound, Refusal};
use crate::seal::Place;
use crate::secret::Credential;
use crate::senders::SenderKind;
use crate::store::{Integration, Store, StoreError};

/// The kind under which Twilio's auth token is sealed. It also signs the callbacks.
pub const AUTH_TOKEN: &str = "twilio.auth-token";
/// The kind under which an API key's secret is sealed, when one is used for sending.
pub const KEY_SECRET: &str = "twilio.key-secret";

/// Which account and sender: the settings of a Twilio integration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSettings {
    /// API host, `https://api.twilio.com`.
    pub api: String,
    /// `AC…`.
    pub account_sid: String,
    /// `SK…`: send with an API key instead of the auth token.
    #[serde(default)]
    pub key_sid: Option<String>,
    /// Sending number in E.164.
    #[serde(default)]
    pub from: Option<String>,
    /// `MG…`: send through a Messaging Service instead.
    #[serde(default)]
    pub messaging_service: Option<String>,
}

impl TwilioSettings {
    /// What the secrets are bound to.
    #[must_use]
    pub fn bound_to(&self) -> String {
        format!("{} {}", self.api, self.account_sid)
    }
}

/// The account's SMS provider, ready to send.
pub struct Provider {
    id: IntegrationId,
    settings: TwilioSettings,
    auth_token: Credential,
    key_secret: Option<Credential>,
}

/// The way to every account's provider.
#[derive(Clone)]
pub struct Sms {
    outbound: Outbound,
    store: Store,
    /// Our own origin: callbacks come to `/hooks/twilio/{id}` there.
    origin: String,
}

impl Sms {
    /// Sends nothing yet.
    #[must_use]
    pub fn new(outbound: Outbound, store: Store, origin: String) -> Self {
        Self { outbound, store, origin }
    }

    /// The account's provider.
    ///
    /// # Errors
    /// When the database can't be read; a missing provider is a refusal, not an error.
    pub async fn provider(
        &self,
        account: AccountId,
    ) -> Result<Result<Provider, Refusal>, StoreError> {
        let row = async || self.store.sender_of(account, SenderKind::Sms).await;
        let mut seen = row().await?;
        loop {
            let Some(on) = seen.as_ref().filter(|row| row.is_on) else {
                return Ok(Err(Code::SmsMissing.into()));
            };
            let opened = self.open(on).await?;
            // An admin may have changed settings and secrets between two looks: the new ones with the
            // old would be refused, and a text is lost by that.
            let again = row().await?;
            if again.as_ref().is_some_and(|again| again.changed_at == on.changed_at) {
                return Ok(opened);
            }
            seen = again;
        }
    }

    /// The provider of one integration, with its secrets open.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn open(&self, row: &Integration) -> Result<Result<Provider, Refusal>, StoreError> {
        let settings: TwilioSettings = serde_json::from_str(&row.settings)
            .map_err(|_| StoreError::Inconsistent("the settings of a Twilio integration"))?;
        let bound_to = settings.bound_to();
        let mut opened = Vec::new();
        for kind in [AUTH_TOKEN, KEY_SECRET] {
            let sealed = self.store.secret(row.account, kind, row.id.0).await?;
            let place = Place { account: row.account.0, kind, row: row.id.0, bound_to: &bound_to };
            opened.push(match sealed {
                None => None,
                Some(sealed) => match self.store.keys.open(place, &sealed) {
                    Ok(clear) => Some(Credential::from(clear)),
                    // Sealed for another host: it has to be entered again.
                    Err(_) => return Ok(Err(Code::SmsCredentials.into())),
                },
            });
        }
        let key_secret = opened.pop().flatten();
        let Some(auth_token) = opened.pop().flatten() else {
            return Ok(Err(Code::SmsCredentials.into()));
        };
        Ok(Ok(Provider { id: row.id, settings, auth_token, key_secret }))
    }

    /// The address that a provider's callbacks come to, as it signs them.
    #[must_use]
    pub fn callback(&self, id: IntegrationId) -> String {
        format!("{}/hooks/twilio/{id}", self.origin.trim_end_matches('/'))
    }

    /// Asks whether the provider takes the keys. Sends nothing.
    pub async fn check(&self, provider: &Provider) -> Answer<()> {
        twilio::check(&self.outbound, provider).await
    }

    /// Sends a text. Gives the provider's id for it.
    pub async fn send(&self, provider: &Provider, text: &Text<'_>) -> Answer<String> {
        twilio::send(&self.outbound, provider, &self.callback(provider.id), text).await
    }
}

impl Provider {
    /// Whether a callback was signed with our auth token.
    #[must_use]
    pub fn signed(&self, url: &str, form: &[(String, String)], given: &str) -> bool {
        let right = signature(&self.auth_token, url, form);
        crate::seal::same(right.as_bytes(), given.as_bytes())
    }
}

/// One text.
pub struct Text<'a> {
    /// To whom, E.164.
    pub to: &'a str,
    /// The brand's sender, in place of the integration's own.
    pub from: Option<Sender>,
    /// What it says; one GSM-7 segment.
    pub body: zeroize::Zeroizing<String>,
    /// Not to be delivered after so many seconds.
    pub valid_for: i64,
    /// Whether the provider is to tell what became of it.
    pub followed: bool,
}
