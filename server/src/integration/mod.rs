//! Settings → Integrations → Security Integrations → M365 Identity Management: a customer's tenant is
//! connected, changed, tested, switched and deleted by admins, and looked after by the server.
//!
//! `ask` checks what is entered, `by_hand` tests when an admin wants it, `credential` replaces secrets and certificates, `examine` tests a connection, `report` says what was found and `words` how it reads, `health` says
//! what they come to, `watch` looks by itself, `view` shows. `guide` and `scripts` say what to do at
//! Microsoft.

pub mod ask;
mod by_hand;
mod credential;
mod examine;
pub mod guide;
pub mod health;
pub mod report;
pub mod scripts;
pub mod view;
mod watch;
mod words;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use shared::{AccountId, Code, Finding, IntegrationId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use ask::{FieldError, M365Ask};
pub use report::Report;
pub use view::{FindingView, HealthView, IntegrationView};

use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::token::{KEY, NEXT_KEY};
use crate::directory::{Directory, M365Settings, ProofKind, Tenant};
use crate::outbound::Refusal;
use crate::random;
use crate::settings::Settings;
use crate::sign_in::admins;
use crate::store::{
    Customer, M365Act, M365Change, M365Row, NewM365, SecretChange, Session, Store, StoreError,
};

/// Customers' tenants, with what looking after them needs.
#[derive(Clone)]
pub struct Integrations {
    /// What is remembered.
    pub store: Store,
    /// The way to Microsoft.
    pub directory: Directory,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Tells pods.
    pub bell: Bell,
    /// The watcher's work.
    pub tasks: TaskTracker,
    /// Ends the watcher.
    pub stop: CancellationToken,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
    /// What is being tested by hand.
    pub testing: Arc<Mutex<HashSet<IntegrationId>>>,
}

/// Why something was not done.
#[derive(Debug)]
pub enum NotDone {
    /// Something that was entered can't be right.
    Fields(Vec<FieldError>),
    /// Anything else.
    Denied(Denied),
}

impl From<Denied> for NotDone {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Code> for NotDone {
    fn from(code: Code) -> Self {
        Self::Denied(code.into())
    }
}

impl From<Refusal> for NotDone {
    fn from(refusal: Refusal) -> Self {
        Self::Denied(refusal.into())
    }
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::MovedOn => Code::ChangedMeanwhile.into(),
            StoreError::Taken => Code::M365Taken.into(),
            other => Self::Denied(other.into()),
        }
    }
}

impl NotDone {
    /// One field that can't be right.
    pub(crate) fn field(field: &'static str, detail: &'static str) -> Self {
        Self::Fields(vec![FieldError { field, detail }])
    }
}

impl Integrations {
    /// Whether this session may change integrations: an admin's, with a second factor that is fresh.
    ///
    /// # Errors
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
    pub fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    /// Customers that have no tenant connected.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn customers_without(&self, account: AccountId) -> Result<Vec<Customer>, NotDone> {
        Ok(self.store.customers_without_m365(account).await?)
    }

    /// Connects a customer's tenant. With a certificate, its key is made here.
    ///
    /// # Errors
    /// Fields that can't be right; `M365Taken`; and what [`Integrations::may_change`] refuses.
    pub async fn add(&self, who: &Session, ask: &M365Ask) -> Result<IntegrationId, NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let entered = ask.check(None, &self.settings.clouds, now).map_err(NotDone::Fields)?;
        let Some(customer) = entered.customer else { return Err(Code::BadRequest.into()) };
        let id = IntegrationId(random::id(now));
        let mut settings = entered.settings;
        let secret = match settings.proof {
            ProofKind::Secret => {
                settings.certificate = None;
                self.sealed_secret(account, id, &settings, &ask.client_secret)
            }
            ProofKind::Certificate => {
                // Making a key costs a second of a processor: not for what can't be kept.
                if self.store.m365_for(account, customer).await?.is_some() {
                    return Err(Code::M365Taken.into());
                }
                let (key, made) = self.make_certificate().await?;
                settings.certificate = Some(made);
                settings.expires_on = None;
                self.sealed_key(account, id, KEY, &settings, &key)
            }
        };
        let new = NewM365 { id, customer, name: entered.name, settings: json(&settings)? };
        match self.store.add_m365(account, who.technician.id, now, &new, &secret).await {
            Err(StoreError::MovedOn) => Err(NotDone::field(
                "customer",
                "There is no such customer any more. Choose another.",
            )),
            Err(StoreError::Taken) => Err(Code::M365Taken.into()),
            Err(other) => Err(other.into()),
            Ok(()) => {
                self.changed(account);
                Ok(id)
            }
        }
    }

    /// Changes name, dates, and where it leads. A secret that was entered for another tenant,
    /// application or cloud is not used for this one: it has to be entered with it.
    ///
    /// # Errors
    /// Fields that can't be right; `ChangedMeanwhile`.
    pub async fn change(
        &self,
        who: &Session,
        id: IntegrationId,
        ask: &M365Ask,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let row = self.row(account, id).await?;
        // What stands in the form is all that there is afterwards: it must have been made of what
        // is there now.
        if ask.version != Some(row.integration.changed_at.0) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let known = Tenant::of(&row.integration)?.settings().clone();
        let entered =
            ask.check(Some(&known), &self.settings.clouds, now).map_err(NotDone::Fields)?;
        let mut settings = entered.settings;
        let moved = settings.bound_to() != known.bound_to();
        let mut secrets = Vec::new();
        if moved {
            match settings.proof {
                ProofKind::Secret => {
                    secrets.push(self.sealed_secret(account, id, &settings, &ask.client_secret));
                }
                ProofKind::Certificate => {
                    let (key, made) = self.make_certificate().await?;
                    settings.certificate = Some(made);
                    secrets.push(self.sealed_key(account, id, KEY, &settings, &key));
                }
            }
            settings.next_certificate = None;
            secrets.push(SecretChange::Drop { kind: NEXT_KEY });
        }
        let about = changed_fields(&known, &settings, entered.name != row.integration.name);
        let change = M365Change {
            name: &entered.name,
            settings: &json(&settings)?,
            secrets: &secrets,
            act: if moved { M365Act::Moved } else { M365Act::Changed },
            about: &about,
            // Whoever was protected by a group there is not protected by it here.
            loosens: known.protected_group.is_some()
                && (moved || known.protected_group != settings.protected_group),
        };
        self.save(who, &row, &change).await
    }

    /// Switches it on or off. What is off refuses resets and is not looked after.
    ///
    /// # Errors
    /// `ChangedMeanwhile` when it is so already.
    pub async fn switch(&self, who: &Session, id: IntegrationId, on: bool) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        self.row(account, id).await?;
        let now = self.clock.now();
        self.store.switch_m365(account, who.technician.id, now, id, on).await?;
        self.changed(account);
        Ok(())
    }

    /// Deletes it with its secrets. Links that were sent still open; the audit stays.
    ///
    /// # Errors
    /// `NotFound`; what [`Integrations::may_change`] refuses.
    pub async fn delete(&self, who: &Session, id: IntegrationId) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        self.row(account, id).await?;
        self.store.end_m365(account, who.technician.id, self.clock.now(), id).await?;
        self.directory.forget_tokens(id);
        self.changed(account);
        Ok(())
    }

    async fn row(&self, account: AccountId, id: IntegrationId) -> Result<M365Row, NotDone> {
        self.store.m365_one(account, id).await?.ok_or_else(|| Code::NotFound.into())
    }

    async fn save(
        &self,
        who: &Session,
        row: &M365Row,
        change: &M365Change<'_>,
    ) -> Result<(), NotDone> {
        let (account, now) = (who.technician.account, self.clock.now());
        self.store.change_m365(account, who.technician.id, now, row, change).await?;
        self.changed(account);
        Ok(())
    }

    /// What pods show of this account's people may be another thing now.
    fn changed(&self, account: AccountId) {
        self.directory.forget_looks(account);
        self.bell.ring(account);
    }
}

/// Which fields a change is about, for the audit.
fn changed_fields(known: &M365Settings, now: &M365Settings, renamed: bool) -> String {
    let fields = [
        (renamed, "name"),
        (known.login != now.login || known.graph != now.graph, "cloud"),
        (known.tenant != now.tenant, "tenant"),
        (known.client_id != now.client_id, "application"),
        (known.expires_on != now.expires_on, "expiry date"),
        (known.protected_group != now.protected_group, "protected group"),
    ];
    let changed: Vec<&str> = fields.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    changed.join(", ")
}

fn json(settings: &M365Settings) -> Result<String, NotDone> {
    serde_json::to_string(settings).map_err(|_| Code::Internal.into())
}

impl From<Finding> for NotDone {
    fn from(finding: Finding) -> Self {
        Self::Denied(finding.into())
    }
}
