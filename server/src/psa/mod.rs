//! The account's PSA: who calls, in which ticket, and where notes go. `card` is what a PSA says, `port`
//! what every PSA can be asked; `connectwise`, `halo` and `autotask` ask theirs; `settings` is what an
//! admin enters and `ask` checks; `connect`, `trial` and `mapping` are what they do, `suggest` is what
//! is offered to them, `alarm` what they are told of. `wire` makes calls, `read` reads what all of them
//! write in several ways, `memory` is what is remembered between two calls, `notes` writes notes. Nothing
//! that a frame or an address says is proof: ids are look-ups here (P11).

mod alarm;
mod ask;
mod autotask;
mod card;
mod connect;
mod connectwise;
mod everybody;
mod halo;
mod mapping;
mod memory;
mod notes;
mod port;
mod read;
mod settings;
mod suggest;
mod trial;
mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::{AccountId, Code, IntegrationId, Millis};

pub use alarm::Alarm;
pub use ask::PsaAsk;
pub use card::{About, Author, Card, Company, NewNote, PsaTicket};
pub use connect::{PsaConnections, PsaView};
pub use everybody::Everybody;
pub use halo::hint_holds;
pub use mapping::{Companies, CompanyView, CustomerView, MapTo};
pub use memory::Memory;
pub use notes::{Next, TicketNote};
pub use port::{Person as HostPerson, PsaClient};
pub use settings::{
    AutotaskSettings, ConnectWiseSettings, HaloSettings, PsaKind, PsaSettings, origin_of,
};
pub use trial::PsaTest;

use crate::clock::Clock;
use crate::outbound::{Outbound, Refusal};
use crate::seal::Place;
use crate::secret::Credential;
use crate::settings::Settings;
use crate::store::{PsaRow, Store, StoreError};

/// The kind under which a PSA's secret is sealed: ConnectWise's private key, HaloPSA's client secret,
/// Autotask's API secret.
pub const SECRET: &str = "psa.secret";
/// The kind under which the secret is sealed that HaloPSA signs its agents' hints with.
pub const FRAME_SECRET: &str = "psa.frame-secret";

/// What is remembered of each integration, with the version that it is of.
type Memories = Arc<Mutex<HashMap<IntegrationId, (Millis, Arc<Memory>)>>>;

/// The way to every account's PSA.
#[derive(Clone)]
pub struct Psa {
    outbound: Outbound,
    store: Store,
    clock: Clock,
    settings: Arc<Settings>,
    /// What is remembered of each integration, by its version.
    memories: Memories,
}

impl Psa {
    /// Asks nobody yet.
    #[must_use]
    pub fn new(outbound: Outbound, store: Store, clock: Clock, settings: Arc<Settings>) -> Self {
        Self { outbound, store, clock, settings, memories: Arc::default() }
    }

    /// A PSA of the account, ready to be asked; one that is switched off is not (`psa-missing`).
    ///
    /// # Errors
    /// When the database can't be read; what is missing or can't be opened is a refusal, not an error.
    pub async fn client(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Result<Box<dyn PsaClient>, Refusal>, StoreError> {
        match self.store.psa(account, id).await? {
            Some(row) if row.integration.is_on => self.open(&row).await,
            _ => Ok(Err(Code::PsaMissing.into())),
        }
    }

    /// The same for a row that is at hand, switched on or off: for testing a connection.
    ///
    /// # Errors
    /// As [`Psa::client`].
    pub async fn open(
        &self,
        row: &PsaRow,
    ) -> Result<Result<Box<dyn PsaClient>, Refusal>, StoreError> {
        let settings = PsaSettings::read(row.kind, &row.integration.settings)?;
        let bound_to = settings.bound_to();
        let (account, id) = (row.integration.account, row.integration.id);
        let place = Place { account: account.0, kind: SECRET, row: id.0, bound_to: &bound_to };
        let sealed = self.store.secret(account, SECRET, id.0).await?;
        let secret = sealed.and_then(|sealed| self.store.keys.open(place, &sealed).ok());
        let Some(secret) = secret.map(Credential::from) else {
            return Ok(Err(Code::PsaCredentials.into()));
        };
        let memory = self.memory(id, row.integration.changed_at);
        Ok(Ok(self.client_of(settings, secret, memory)))
    }

    fn client_of(
        &self,
        settings: PsaSettings,
        secret: Credential,
        memory: Arc<Memory>,
    ) -> Box<dyn PsaClient> {
        let wire = port::Wire {
            outbound: self.outbound.clone(),
            clock: self.clock.clone(),
            settings: self.settings.clone(),
            memory,
        };
        match settings {
            PsaSettings::ConnectWise(it) => {
                Box::new(connectwise::ConnectWise::new(wire, it, secret))
            }
            PsaSettings::Halo(it) => Box::new(halo::Halo::new(wire, it, secret)),
            PsaSettings::Autotask(it) => Box::new(autotask::Autotask::new(wire, it, secret)),
        }
    }

    /// What is remembered of this version of an integration; a change forgets what was before.
    fn memory(&self, id: IntegrationId, version: Millis) -> Arc<Memory> {
        let mut memories = self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        match memories.get(&id) {
            Some((of, memory)) if *of == version => memory.clone(),
            _ => {
                let memory = Arc::new(Memory::default());
                memories.insert(id, (version, memory.clone()));
                memory
            }
        }
    }
}
