//! Webhooks: an account's own programs hear of what happens. An admin says where and of what; what is told
//! is written down with the audit entry that it tells of, and sent from there, signed, at least once.
//!
//! `event` says what is told (pure), `sign` how it is signed, `ask` what an admin may enter, `deliver` sends.

mod alarm;
mod ask;
mod deliver;
pub mod event;
pub mod sign;

use std::sync::Arc;

use shared::{AccountId, Code, Millis};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use alarm::Alarm;
pub use ask::{NotSaved, WebhookAsk};
pub use deliver::{Tested, places};
pub use event::{Event, Names, PING};

use crate::api_keys::ApiKeys;
use crate::audit::Act;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::outbound::Outbound;
use crate::random;
use crate::seal::Place;
use crate::secret::Credential;
use crate::settings::Settings;
use crate::sign_in::admins;
use crate::store::{Delivery, Session, Store, StoreError, Webhook, WebhookChange};

/// The kind of a webhook's signing key among sealed values.
pub const SECRET: &str = "webhook.secret";
/// So many for an account.
pub const MOST: u32 = 5;
/// What nobody has taken for so long is given up, and the webhook switched off.
pub const PATIENCE_MS: i64 = 3 * 24 * 60 * 60_000;

/// Webhooks, with what looking after them needs.
#[derive(Clone)]
pub struct Webhooks {
    /// What is remembered.
    pub store: Store,
    /// Keys: their ends are looked after by the same worker.
    pub keys: ApiKeys,
    /// The way out.
    pub outbound: Outbound,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Deliveries run here.
    pub tasks: TaskTracker,
    /// Ends the worker.
    pub stop: CancellationToken,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
    /// Places for what is sent at a time.
    pub places: Arc<Semaphore>,
    /// What is being sent here.
    pub under_way: crate::reset::UnderWay,
}

/// Where the signing key is sealed for: this row and this address, and no other.
fn place<'a>(account: AccountId, id: Uuid, url: &'a str) -> Place<'a> {
    Place { account: account.0, kind: SECRET, row: id, bound_to: url }
}

impl Webhooks {
    /// All of the account, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn all(&self, account: AccountId) -> Result<Vec<Webhook>, StoreError> {
        self.store.webhooks(account).await
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound` when it is not this account's.
    pub async fn one(&self, account: AccountId, id: Uuid) -> Result<Webhook, Denied> {
        Ok(self.store.webhook(account, id).await?.ok_or(Code::NotFound)?)
    }

    /// What it told lately, or is to tell.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn deliveries(
        &self,
        account: AccountId,
        id: Uuid,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.store.deliveries_to(account, id).await
    }

    /// Adds one, and gives its signing key out, this once.
    ///
    /// # Errors
    /// Fields that can't be right; who may not.
    pub async fn add(
        &self,
        who: &Session,
        ask: &WebhookAsk,
    ) -> Result<(Uuid, Credential), NotSaved> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        let entered = ask.check(&self.outbound)?;
        let (id, key) = (random::id(now), sign::fresh());
        let sealed = self.seal(account, id, &entered.url, &key);
        let change = WebhookChange {
            id,
            seen: None,
            url: &entered.url,
            events: &entered.events,
            with_names: entered.with_names,
            sealed: Some(&sealed),
            act: Act::WebhookAdded,
            alarm: Some(Alarm::Added),
        };
        match self.store.put_webhook(account, who.technician.id, now, &change, MOST).await {
            Ok(()) => {}
            Err(StoreError::Taken) => {
                let full = "There are five webhooks already. Delete one first.";
                return Err(NotSaved::Fields(vec![("url", full)]));
            }
            Err(error) => return Err(error.into()),
        }
        self.wake.notify_one();
        Ok((id, key))
    }

    /// Changes what it tells, or where: led elsewhere it gets a new signing key, given out this once.
    ///
    /// # Errors
    /// Fields that can't be right; `NotFound`; `ChangedMeanwhile`; who may not.
    pub async fn change(
        &self,
        who: &Session,
        id: Uuid,
        version: Option<Millis>,
        ask: &WebhookAsk,
    ) -> Result<Option<Credential>, NotSaved> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        let old = self.one(account, id).await?;
        if version != Some(old.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let entered = ask.check(&self.outbound)?;
        let moved = entered.url != old.url;
        let key = moved.then(sign::fresh);
        let sealed = key.as_ref().map(|key| self.seal(account, id, &entered.url, key));
        let wider = entered.with_names && !old.with_names
            || entered.events.iter().any(|event| !old.events.contains(event));
        // Whoever wants to go unseen has it tell less.
        let fewer = old.with_names && !entered.with_names
            || old.events.iter().any(|event| !entered.events.contains(event));
        let change = WebhookChange {
            id,
            seen: version,
            url: &entered.url,
            events: &entered.events,
            with_names: entered.with_names,
            sealed: sealed.as_deref(),
            act: if moved { Act::WebhookMoved } else { Act::WebhookChanged },
            alarm: match (moved, wider, fewer) {
                (true, ..) => Some(Alarm::Moved),
                (false, true, true) => Some(Alarm::Otherwise),
                (false, true, false) => Some(Alarm::Wider),
                (false, false, true) => Some(Alarm::Narrower),
                (false, false, false) => None,
            },
        };
        self.put(who, &change).await?;
        Ok(key)
    }

    /// Gives it a new signing key, out this once. The old one signs nothing from now on.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile`; who may not.
    pub async fn rekey(&self, who: &Session, id: Uuid) -> Result<Credential, NotSaved> {
        admins::may_change(who, self.clock.now())?;
        let account = who.technician.account;
        let old = self.one(account, id).await?;
        let key = sign::fresh();
        let sealed = self.seal(account, id, &old.url, &key);
        let change = WebhookChange {
            id,
            seen: Some(old.version),
            url: &old.url,
            events: &old.events,
            with_names: old.with_names,
            sealed: Some(&sealed),
            act: Act::WebhookRekeyed,
            alarm: Some(Alarm::Rekeyed),
        };
        self.put(who, &change).await?;
        Ok(key)
    }

    async fn put(&self, who: &Session, change: &WebhookChange<'_>) -> Result<(), NotSaved> {
        let (account, now) = (who.technician.account, self.clock.now());
        match self.store.put_webhook(account, who.technician.id, now, change, MOST).await {
            Ok(()) => {}
            Err(StoreError::MovedOn) => return Err(Code::ChangedMeanwhile.into()),
            Err(error) => return Err(error.into()),
        }
        self.wake.notify_one();
        Ok(())
    }

    /// Switches it on or off.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when it is so already; who may not.
    pub async fn switch(&self, who: &Session, id: Uuid, on: bool) -> Result<(), Denied> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        self.one(account, id).await?;
        match self.store.switch_webhook(account, who.technician.id, now, id, on).await {
            Err(StoreError::MovedOn) => return Err(Code::ChangedMeanwhile.into()),
            other => other?,
        }
        self.wake.notify_one();
        Ok(())
    }

    /// Deletes it with its signing key.
    ///
    /// # Errors
    /// `NotFound`; who may not.
    pub async fn delete(&self, who: &Session, id: Uuid) -> Result<(), Denied> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        match self.store.delete_webhook(account, who.technician.id, now, id).await {
            Err(StoreError::MovedOn) => return Err(Code::NotFound.into()),
            other => other?,
        }
        self.wake.notify_one();
        Ok(())
    }

    fn seal(&self, account: AccountId, id: Uuid, url: &str, key: &Credential) -> Vec<u8> {
        self.store.keys.seal(place(account, id, url), key.expose().as_bytes())
    }
}
