//! The customer's directory at Microsoft: who a contact is, which phone they have registered,
//! whether they may be reset, and the one call that sets a password.
//!
//! Facts and their sources: the reference pages named at each call. Nothing here decides; it
//! says what Microsoft said, in one of the four answers.

mod act;
mod fault;
mod graph;
mod guard;
mod look;
mod person;
pub(crate) mod token;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use shared::{AccountId, Code, ContactId, CustomerId, IntegrationId, Millis};

pub use act::Manager;
pub use guard::Standing;
pub use look::{Look, address_hash};
pub use person::{Person, Phone, Registered, first_mobile, mask_phone};

use crate::clock::Clock;
use crate::outbound::{Outbound, Refusal};
use crate::store::{Store, StoreError};

/// Which hosts and which application: the settings of an M365 integration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct M365Settings {
    /// Login host of the cloud, such as `https://login.microsoftonline.com`.
    pub login: String,
    /// Graph host of the cloud, such as `https://graph.microsoft.com`.
    pub graph: String,
    /// Directory (tenant) id.
    pub tenant: String,
    /// Application (client) id.
    pub client_id: String,
}

impl M365Settings {
    /// What the client secret is bound to: it opens for this application at these hosts only.
    #[must_use]
    pub fn bound_to(&self) -> String {
        format!("{} {} {} {}", self.login, self.graph, self.tenant, self.client_id)
    }
}

/// A customer's tenant, ready to be asked.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Whose.
    pub account: AccountId,
    /// Which integration.
    pub integration: IntegrationId,
    /// Which version of its credential.
    changed_at: Millis,
    settings: M365Settings,
}

type TokenSlot = Arc<tokio::sync::Mutex<Option<token::Token>>>;

/// The way to every customer's directory.
#[derive(Clone)]
pub struct Directory {
    outbound: Outbound,
    store: Store,
    clock: Clock,
    /// One slot per credential; whoever holds it asks for the token, the others wait.
    tokens: Arc<Mutex<HashMap<(IntegrationId, Millis), TokenSlot>>>,
    looks: look::Looks,
    /// Contacts that are being looked at for display.
    looking: Arc<Mutex<HashSet<ContactId>>>,
}

impl Directory {
    /// Asks nobody yet.
    #[must_use]
    pub fn new(outbound: Outbound, store: Store, clock: Clock) -> Self {
        Self {
            outbound,
            store,
            clock,
            tokens: Arc::default(),
            looks: Arc::default(),
            looking: Arc::default(),
        }
    }

    /// The customer's tenant.
    ///
    /// # Errors
    /// When the database can't be read; a missing integration is a refusal, not an error.
    pub async fn tenant(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Result<Tenant, Refusal>, StoreError> {
        let Some(row) = self.store.m365_of(account, customer).await?.filter(|row| row.is_on) else {
            return Ok(Err(Code::M365Missing.into()));
        };
        let settings = serde_json::from_str(&row.settings)
            .map_err(|_| StoreError::Inconsistent("the settings of an M365 integration"))?;
        Ok(Ok(Tenant { account, integration: row.id, changed_at: row.changed_at, settings }))
    }
}
