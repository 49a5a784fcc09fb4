//! Everything that a request or a worker may need, built in one place.

use std::ops::Deref;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api_keys::ApiKeys;
use crate::bell::Bell;
use crate::branding::Branding;
use crate::clock::Clock;
use crate::contacts::Contacts;
use crate::contacts::sync::Syncs;
use crate::directory::Directory;
use crate::duo::{Connections, Duo};
use crate::frames::Frames;
use crate::integration::Integrations;
use crate::mail::Mailer;
use crate::outbound::{BadOutbound, Outbound};
use crate::people::People;
use crate::policies::Policies;
use crate::psa::{Psa, PsaConnections};
use crate::reset::{Resets, UnderWay};
use crate::seal::Keys;
use crate::senders::Senders;
use crate::settings::Settings;
use crate::share::Shares;
use crate::sign_in::sso::Sso;
use crate::sms::Sms;
use crate::store::Store;
use crate::verification::{Methods, Verifications};
use crate::webhooks::Webhooks;

/// The application. One pointer: each request clones it many times over.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the application is made of.
pub struct Parts {
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// Seals and keyed hashes.
    pub keys: Arc<Keys>,
    /// What is remembered.
    pub store: Store,
    /// Work that must not end with the request that began it.
    pub tasks: TaskTracker,
    /// Ends the workers.
    pub stop: CancellationToken,
    /// Proving that a caller is who they say.
    pub verifications: Verifications,
    /// Customers' tenants: connected, tested, looked after.
    pub integrations: Integrations,
    /// Customers' Duo.
    pub duo: Connections,
    /// The way to accounts' PSAs.
    pub psa: Psa,
    /// Contacts with their cards.
    pub people: People,
    /// Pods in frames of a PSA.
    pub frames: Frames,
    /// Accounts' PSAs: connected, tested, looked after.
    pub psas: PsaConnections,
    /// What carries accounts' texts and mails.
    pub senders: Senders,
    /// Accounts' issuers for single sign-on.
    pub sso: Sso,
    /// Links that one device can open.
    pub shares: Shares,
    /// How end users see accounts and their customers.
    pub branding: Branding,
    /// What accounts demand, and their customers where they differ.
    pub policies: Policies,
    /// Contacts of our own list, as admins bring them in.
    pub contacts: Contacts,
    /// Keys of accounts' own programs.
    pub api_keys: ApiKeys,
    /// Where accounts' programs hear of what happens.
    pub webhooks: Webhooks,
    /// Lists of contacts that are kept in step with where people are.
    pub syncs: Syncs,
    /// The reset engine.
    pub resets: Resets,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together. Nothing runs yet.
    ///
    /// # Errors
    /// When the operator's list of outbound exceptions can't be read.
    pub fn new(settings: Settings, clock: Clock, store: Store) -> Result<Self, BadOutbound> {
        let settings = Arc::new(settings);
        let outbound = Outbound::new(&settings.outbound)?;
        let directory =
            Directory::new(outbound.clone(), store.clone(), clock.clone(), settings.clone());
        let mail = Mailer::new(outbound.clone(), store.clone(), &settings.server.origin);
        let sms = Sms::new(outbound.clone(), store.clone(), settings.server.origin.clone());
        let psa = Psa::new(outbound.clone(), store.clone(), clock.clone(), settings.clone());
        let duo = Duo::new(outbound.clone(), store.clone(), clock.clone(), settings.clone());
        let (tasks, stop, bell) = (TaskTracker::new(), CancellationToken::new(), Bell::default());
        let people =
            People::new(store.clone(), psa.clone(), clock.clone(), bell.clone(), tasks.clone());
        let verifications = Verifications {
            store: store.clone(),
            people: people.clone(),
            psa: psa.clone(),
            directory: directory.clone(),
            methods: Methods::new(sms.clone(), mail.clone(), duo.clone()),
            settings: settings.clone(),
            clock: clock.clone(),
            bell: bell.clone(),
            tasks: tasks.clone(),
        };
        let duo = Connections {
            duo,
            store: store.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            bell: bell.clone(),
        };
        let frames = Frames {
            store: store.clone(),
            psa: psa.clone(),
            people: people.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            bell: bell.clone(),
            stop: stop.clone(),
        };
        let wake = Arc::default();
        let sso = Sso::new(
            outbound.clone(),
            store.clone(),
            clock.clone(),
            settings.clone(),
            Arc::clone(&wake),
        );
        let psas = PsaConnections {
            psa: psa.clone(),
            store: store.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            bell: bell.clone(),
            wake: Arc::clone(&wake),
        };
        let senders = Senders {
            store: store.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            sms: sms.clone(),
            mail: mail.clone(),
            tasks: tasks.clone(),
            wake: Arc::clone(&wake),
        };
        let integrations = Integrations {
            store: store.clone(),
            directory: directory.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            bell: bell.clone(),
            tasks: tasks.clone(),
            stop: stop.clone(),
            wake: Arc::clone(&wake),
            testing: Arc::default(),
        };
        let syncs = Syncs {
            store: store.clone(),
            directory: directory.clone(),
            psa: psa.clone(),
            clock: clock.clone(),
            call_ms: settings.outbound.timeout_ms,
            bell: bell.clone(),
            tasks: tasks.clone(),
            stop: stop.clone(),
        };
        let shares = Shares {
            store: store.clone(),
            clock: clock.clone(),
            bell: bell.clone(),
            settings: settings.clone(),
        };
        let branding = Branding {
            store: store.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            wake: Arc::clone(&wake),
        };
        let policies =
            Policies { store: store.clone(), clock: clock.clone(), wake: Arc::clone(&wake) };
        let api_keys =
            ApiKeys { store: store.clone(), clock: clock.clone(), wake: Arc::clone(&wake) };
        let webhooks = Webhooks {
            store: store.clone(),
            keys: api_keys.clone(),
            outbound,
            clock: clock.clone(),
            settings: settings.clone(),
            tasks: tasks.clone(),
            stop: stop.clone(),
            wake: Arc::clone(&wake),
            places: crate::webhooks::places(),
            under_way: UnderWay::default(),
        };
        let resets = Resets {
            store: store.clone(),
            directory,
            sms,
            mail,
            verifications: verifications.clone(),
            psa: psa.clone(),
            clock: clock.clone(),
            bell,
            settings: settings.clone(),
            tasks: tasks.clone(),
            stop: stop.clone(),
            abandon: CancellationToken::new(),
            wake,
            under_way: UnderWay::default(),
        };
        let contacts = Contacts {
            store: store.clone(),
            clock: clock.clone(),
            bell: resets.bell.clone(),
            wake: Arc::clone(&resets.wake),
            tasks: tasks.clone(),
        };
        let keys = store.keys.clone();
        Ok(Self(Arc::new(Parts {
            settings,
            clock,
            keys,
            store,
            tasks,
            stop,
            verifications,
            integrations,
            duo,
            psa,
            people,
            frames,
            psas,
            senders,
            sso,
            shares,
            branding,
            policies,
            contacts,
            api_keys,
            webhooks,
            syncs,
            resets,
        })))
    }
}
