//! Single sign-on for technicians with OpenID Connect: authorization code flow with PKCE, at the account's
//! own issuer (OpenID Connect Core 1.0, Discovery 1.0, RFC 7636, RFC 9207).
//!
//! `ask` checks what an admin enters, `connect` keeps it; `discovery` and `keys` ask the issuer, `id_token`
//! says whether its token is good, `reason` why not; `trip` sends a browser there, `back` receives it, and
//! `factor` says what the second factor at the issuer is worth here.
//!
//! A person is (account, issuer, subject), linked once by an act of theirs: never by an address.

mod alarm;
mod ask;
mod back;
mod connect;
mod discovery;
mod factor;
mod id_token;
mod keys;
pub(super) mod people;
mod reason;
mod settings;
mod token;
mod trip;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::{IntegrationId, Millis};
use tokio::sync::Notify;

pub use alarm::Alarm;
pub(crate) use ask::Around;
pub use ask::SsoAsk;
pub use back::{Back, Callback, Lost, Outcome, receive};
pub use connect::{SsoView, Tried};
pub use people::{is_linked, may_use_password, unlink};
pub use reason::{Reason, STEPS};
pub use settings::SsoSettings;
pub use trip::{Leave, Wish, by_domain, by_id, count_trip, leave, of_set_up};

use crate::clock::Clock;
use crate::outbound::Outbound;
use crate::settings::Settings;
use crate::store::Store;

/// The kind under which an issuer's client secret is sealed.
pub const SECRET: &str = "oidc.secret";

/// Where issuers send browsers back to: one address for all of them, so that it can be registered before
/// anything is saved here.
pub const CALLBACK: &str = "/sign-in/sso/callback";

/// Accounts' issuers, with what asking them needs.
#[derive(Clone)]
pub struct Sso {
    outbound: Outbound,
    store: Store,
    clock: Clock,
    settings: Arc<Settings>,
    /// Wakes whoever sends mails.
    wake: Arc<Notify>,
    known: Known,
}

/// What was read at issuers lately, by integration and version: a changed one is read anew.
type Known = Arc<Mutex<HashMap<IntegrationId, (Millis, Slot)>>>;

/// What is known of one issuer.
#[derive(Clone, Default)]
struct Slot {
    document: Option<(Millis, Arc<discovery::Document>)>,
    keys: Option<(Millis, Arc<jsonwebtoken::jwk::JwkSet>)>,
}

impl Sso {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(
        outbound: Outbound,
        store: Store,
        clock: Clock,
        settings: Arc<Settings>,
        wake: Arc<Notify>,
    ) -> Self {
        Self { outbound, store, clock, settings, wake, known: Known::default() }
    }

    /// What an admin registers at the issuer.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.settings.server.origin.trim_end_matches('/'))
    }

    /// What is known of this version of an issuer, to be read or put.
    fn slot<T>(&self, id: IntegrationId, version: Millis, look: impl FnOnce(&mut Slot) -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.entry(id).or_insert_with(|| (version, Slot::default()));
        if entry.0 != version {
            *entry = (version, Slot::default());
        }
        look(&mut entry.1)
    }
}
