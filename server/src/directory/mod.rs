//! The customer's directory at Microsoft: who a contact is, which phone they have registered,
//! whether they may be reset, and the one call that sets a password.
//!
//! Facts and their sources: the reference pages named at each call. Nothing here decides; it
//! says what Microsoft said, in one of the four answers.

mod act;
pub mod certificate;
mod fault;
mod find;
mod graph;
mod guard;
mod listing;
mod look;
pub mod permissions;
mod person;
mod phone;
mod power;
mod probe;
mod tenant;
pub mod token;
mod token_fault;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::{AccountId, Code, ContactId, CustomerId, IntegrationId, Millis};

pub use act::Manager;
pub use graph::Set;
pub use guard::Standing;
pub use listing::{Listing, Member};
pub use look::{Look, address_hash};
pub use person::Person;
pub use phone::{Phone, Registered, first_mobile, mask_phone};
pub use probe::{Organization, Probe, SelfTest};
pub use tenant::{Certificate, M365Settings, ProofKind, Tenant};

use crate::clock::Clock;
use crate::outbound::{Outbound, Refusal};
use crate::settings::Settings;
use crate::store::{Store, StoreError};

type TokenSlot = Arc<tokio::sync::Mutex<Option<token::Token>>>;

/// The way to every customer's directory.
#[derive(Clone)]
pub struct Directory {
    outbound: Outbound,
    store: Store,
    clock: Clock,
    settings: Arc<Settings>,
    /// How long a question to Microsoft may take, with every page and every second try: half as
    /// long again as one call. A lease is at least twice a call.
    patience: Duration,
    /// One slot per credential; whoever holds it asks for the token, the others wait.
    tokens: Arc<Mutex<HashMap<(IntegrationId, Millis), TokenSlot>>>,
    looks: look::Looks,
    /// Counts changes of connections: a look that began before one is not remembered.
    connected: look::Connected,
    /// Contacts that are being looked at for display.
    looking: Arc<Mutex<HashSet<ContactId>>>,
}

impl Directory {
    /// Asks nobody yet.
    #[must_use]
    pub fn new(outbound: Outbound, store: Store, clock: Clock, settings: Arc<Settings>) -> Self {
        let patience = Duration::from_millis(settings.outbound.timeout_ms) * 3 / 2;
        Self {
            outbound,
            store,
            clock,
            settings,
            patience,
            tokens: Arc::default(),
            looks: Arc::default(),
            connected: Arc::default(),
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
        let Some(row) = self.store.m365_of(account, customer).await? else {
            return Ok(Err(Code::M365Missing.into()));
        };
        if !row.is_on {
            return Ok(Err(Code::M365Off.into()));
        }
        Tenant::of(&row).map(Ok)
    }
}
