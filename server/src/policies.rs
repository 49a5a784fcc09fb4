//! Settings → Policy: who may change what an account demands of its customers, and what happens
//! then. What can be meant, and what asks for less, is said in `policy`, which is pure.

use std::sync::Arc;

use serde_json::{Map, Value};
use shared::{AccountId, Code, ContactId, CustomerId, Millis};
use tokio::sync::Notify;

use crate::branding::NotSaved;
use crate::clock::Clock;
use crate::policy::change::{Change, alarm};
use crate::policy::layers::{Effective, Layer};
use crate::policy::{Policy, Wrong};
use crate::sign_in::admins;
use crate::store::{Contact, Customer, PolicyChange, PolicyCustomer, Session, Store, StoreError};

/// More customers in one message would be no message.
const MOST_NAMED: usize = 5;

/// Policies, with what looking after them needs.
#[derive(Clone)]
pub struct Policies {
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
}

/// A policy as admins see it.
pub struct PolicyView {
    /// Whose; `None` for the account's own.
    pub customer: Option<Customer>,
    /// What is said there.
    pub said: Layer,
    /// Which version of it this is; `None` while nothing is said.
    pub version: Option<Millis>,
    /// What the account says.
    pub account: Layer,
    /// What would hold if nothing were said there.
    pub above: Effective,
    /// What holds.
    pub holds: Effective,
}

impl PolicyView {
    /// What would hold if this were said there.
    fn with(&self, said: &Layer) -> Result<Effective, Vec<Wrong>> {
        match self.customer {
            Some(_) => Effective::of(&self.account, said),
            None => Effective::of(said, &Layer::default()),
        }
    }
}

impl Policies {
    /// Every customer, and whether it differs.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn customers(&self, account: AccountId) -> Result<Vec<PolicyCustomer>, NotSaved> {
        Ok(self.store.policy_customers(account).await?)
    }

    /// One policy.
    ///
    /// # Errors
    /// `NotFound` for a customer that is not this account's.
    pub async fn one(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<PolicyView, NotSaved> {
        let known = match customer {
            None => None,
            Some(id) => {
                let all = self.store.policy_customers(account).await?;
                let found = all.into_iter().map(|one| one.customer).find(|one| one.id == id);
                Some(found.ok_or(Code::NotFound)?)
            }
        };
        let rows = self.store.policy_rows(account, customer).await?;
        let row = if customer.is_some() { &rows.customer } else { &rows.account };
        let (said, version) = match row {
            Some(row) => (row.said.clone(), Some(row.version)),
            None => (Layer::default(), None),
        };
        let own = rows.account.map(|row| row.said).unwrap_or_default();
        let nothing = Layer::default();
        let unreadable = |_| NotSaved::from(StoreError::Inconsistent("a policy"));
        let (above, holds) = match customer {
            Some(_) => (Effective::of(&own, &nothing), Effective::of(&own, &said)),
            None => (Effective::of(&nothing, &nothing), Effective::of(&own, &nothing)),
        };
        Ok(PolicyView {
            customer: known,
            said,
            version,
            account: own,
            above: above.map_err(unreadable)?,
            holds: holds.map_err(unreadable)?,
        })
    }

    /// Says a policy anew: all of what differs.
    ///
    /// # Errors
    /// Fields that can't be kept; `ChangedMeanwhile` when `version` is not the stored one;
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded` for who may not.
    pub async fn save(
        &self,
        who: &Session,
        customer: Option<CustomerId>,
        version: Option<Millis>,
        said: Map<String, Value>,
    ) -> Result<(), NotSaved> {
        self.may_change(who)?;
        let account = who.technician.account;
        let view = self.one(account, customer).await?;
        if version != view.version {
            return Err(Code::ChangedMeanwhile.into());
        }
        let said = Layer::of(said, customer.is_some()).map_err(NotSaved::Fields)?;
        self.change(who, &view, &said).await
    }

    /// Has a customer take over everything of the account's again.
    ///
    /// # Errors
    /// As [`Policies::save`].
    pub async fn forget(&self, who: &Session, customer: CustomerId) -> Result<(), NotSaved> {
        self.may_change(who)?;
        let view = self.one(who.technician.account, Some(customer)).await?;
        self.change(who, &view, &Layer::default()).await
    }

    fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    async fn change(&self, who: &Session, view: &PolicyView, said: &Layer) -> Result<(), NotSaved> {
        let account = who.technician.account;
        let holds = view.with(said).map_err(NotSaved::Fields)?;
        let customer = view.customer.as_ref().map(|customer| customer.id);
        let wrong = match customer {
            Some(customer) => self.strangers(account, customer, &holds.policy).await?,
            None => self.at_odds(account, said).await?,
        };
        if !wrong.is_empty() {
            return Err(NotSaved::Fields(wrong));
        }
        let change = Change { old: &view.said, new: said, held: &view.holds, holds: &holds };
        if change.fields().is_empty() {
            return Ok(());
        }
        let alarm = alarm(customer, &change.loosened());
        let row = PolicyChange {
            customer,
            seen: view.version,
            said,
            about: &change.in_words(),
            alarm: alarm.as_deref(),
        };
        self.store.change_policy(account, who.technician.id, self.clock.now(), &row).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Approvers who are nobody of that customer.
    async fn strangers(
        &self,
        account: AccountId,
        customer: CustomerId,
        policy: &Policy,
    ) -> Result<Vec<Wrong>, StoreError> {
        for approver in &policy.approvers {
            let found = self.store.contact(account, *approver).await?;
            if found.is_none_or(|contact| contact.customer != customer) {
                let detail = format!("{approver} is no contact of this customer.");
                return Ok(vec![Wrong::at("approvers", detail)]);
            }
        }
        Ok(Vec::new())
    }

    /// Customers for whom what they say themselves would not go together with this.
    async fn at_odds(&self, account: AccountId, said: &Layer) -> Result<Vec<Wrong>, StoreError> {
        let customers = self.store.policy_customers(account).await?;
        let odd = customers.iter().filter(|one| one.differs()).filter_map(|one| {
            let wrong = Effective::of(said, &one.said).err()?;
            let first = wrong.into_iter().next()?;
            let detail = format!("At {}, which differs: {}", one.customer.name, first.detail);
            Some(Wrong { detail, ..first })
        });
        Ok(odd.take(MOST_NAMED).collect())
    }

    /// The contacts of a policy's approvers, as far as they are still there.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn approvers(
        &self,
        account: AccountId,
        ids: &[ContactId],
    ) -> Result<Vec<Contact>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.store.contact(account, *id).await?);
        }
        Ok(found)
    }
}
