//! Contacts from a file: looked at first, with what each line would do and why one can't be taken, and
//! written when an admin says so. The file travels with the page: nothing is kept before.

mod card;
mod decode;
mod plan;
mod sheet;
pub mod sync;

use shared::{AccountId, Code, ContactId, CustomerId, Millis};
use std::sync::Arc;
use tokio::sync::Notify;

pub use self::decode::text;
pub use self::plan::{BadLine, Fate, Line, Plan, compare_card, key, missing};
use self::plan::{There, customers_in, plan};
pub use self::sheet::{Column, MOST_LINES, Sheet, Unreadable};
use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::address_hash;
use crate::random;
use crate::sign_in::admins;
use crate::store::{CardLine, ContactFile, Imported, Session, Store, StoreError};

/// The largest file that is taken, in bytes.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// Contacts of our own list, as admins bring them in.
#[derive(Clone)]
pub struct Contacts {
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Tells pods.
    pub bell: Bell,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
}

impl Contacts {
    /// What an import of this sheet would do now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn plan(
        &self,
        account: AccountId,
        sheet: &Sheet,
        new_customers: bool,
    ) -> Result<Plan, StoreError> {
        let customers = self.store.customers(account).await?;
        let customers: Vec<(CustomerId, String)> =
            customers.into_iter().map(|it| (it.id, it.name)).collect();
        let named = customers_in(sheet, &customers);
        let contacts = self.store.known_contacts(account, &named).await?;
        let hash = |address: &str| address_hash(&self.store, account, address);
        let there = There { customers: &customers, contacts: &contacts, hash: &hash };
        Ok(plan(sheet, &there, new_customers))
    }

    /// Does it, with the lines that can be taken.
    ///
    /// # Errors
    /// `Forbidden` and `SecondFactorNeeded`; `ChangedMeanwhile` when a customer came or went since the
    /// file was looked at.
    pub async fn import(
        &self,
        who: &Session,
        sheet: &Sheet,
        new_customers: bool,
    ) -> Result<(Imported, Plan), Denied> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        let plan = self.plan(account, sheet, new_customers).await?;
        let file = file(&plan, new_customers, now);
        let done = self.store.import_contacts(account, who.technician.id, now, &file).await;
        let done = done.map_err(|error| match error {
            StoreError::MovedOn => Denied::from(Code::ChangedMeanwhile),
            other => other.into(),
        })?;
        if done.renumbered > 0 {
            self.wake.notify_one();
        }
        self.bell.ring(account);
        Ok((done, plan))
    }
}

fn file(plan: &Plan, new_customers: bool, now: Millis) -> ContactFile {
    let names = plan.new_customers.iter().filter(|_| new_customers);
    let customers: Vec<(CustomerId, String)> =
        names.map(|name| (CustomerId(random::id(now)), name.clone())).collect();
    let made = |name: &str| {
        customers
            .iter()
            .find(|(_, new)| new == name)
            .map_or(CustomerId(uuid::Uuid::nil()), |it| it.0)
    };
    let line = |line: &Line| CardLine {
        id: ContactId(random::id(now)),
        customer: line.customer_id.unwrap_or_else(|| made(&line.customer)),
        name: line.name.clone(),
        email: line.email.clone(),
        phones: line.phones.clone(),
    };
    let lines = plan.lines.iter().filter(|it| it.fate != Fate::Same).map(line).collect();
    ContactFile {
        same: plan.lines.iter().filter(|it| it.fate == Fate::Same).count(),
        customers,
        lines,
    }
}
