//! Contacts with their cards. The built-in list has them in the database; a PSA's are read there, each
//! time that something is decided (design §13: phones are read live). What was read lately serves for
//! showing, and for nothing else.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shared::{AccountId, Code, ContactId, Millis};
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::address_hash;
use crate::outbound::{Answer, Refusal};
use crate::psa::{Card, Psa};
use crate::reach;
use crate::store::{Contact, PsaRef, PsaRow, SeenContact, Session, Store, StoreError};

/// A card that was read within so long is shown without asking again.
const FRESH_MS: i64 = 60_000;
/// An older one is shown while it is read anew, up to here.
const SHOWN_MS: i64 = 10 * 60_000;
/// Trouble is shown for so long before the PSA is asked again.
const TROUBLE_MS: i64 = 5_000;
/// A pod that is shown does not wait longer for a card.
const SHOW_PATIENCE: Duration = Duration::from_secs(8);
/// More are not remembered.
const MOST_CARDS: usize = 2_048;

/// Contacts, wherever their cards are.
#[derive(Clone)]
pub struct People {
    store: Store,
    psa: Psa,
    clock: Clock,
    bell: Bell,
    tasks: TaskTracker,
    cards: Arc<Mutex<HashMap<ContactId, Read>>>,
    /// Cards that are being read for display.
    reading: Arc<Mutex<HashSet<ContactId>>>,
}

/// What came of reading a card, and when.
#[derive(Clone)]
struct Read {
    at: Millis,
    /// Of which version of the integration: what was read of another one is of nobody.
    version: Millis,
    card: Result<Card, Code>,
}

/// A contact for display: without its card where that could not be read, and why.
pub struct Shown {
    /// Who; address and phones are empty where the card is missing.
    pub contact: Contact,
    /// Why the card is missing.
    pub trouble: Option<Code>,
}

impl People {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(store: Store, psa: Psa, clock: Clock, bell: Bell, tasks: TaskTracker) -> Self {
        Self { store, psa, clock, bell, tasks, cards: Arc::default(), reading: Arc::default() }
    }

    /// A contact as its card is now: for whatever is decided or sent.
    ///
    /// # Errors
    /// `NotFound` when it is not this account's, or of a customer whom this technician does not have; why its
    /// PSA does not tell, otherwise.
    pub async fn now(&self, who: &Session, id: ContactId) -> Result<Contact, Denied> {
        let mut contact = self.own(who, id).await?;
        if let Some(psa) = contact.psa.clone() {
            let card = self.read(who.technician.account, &contact, &psa).await?;
            with(&mut contact, &card);
        }
        Ok(contact)
    }

    /// A contact for display. What was read lately is good enough, and is read anew beside it.
    ///
    /// # Errors
    /// `NotFound` as for [`Self::now`], or when the database can't be read.
    pub async fn shown(&self, who: &Session, id: ContactId) -> Result<Shown, Denied> {
        let account = who.technician.account;
        let mut contact = self.own(who, id).await?;
        let Some(psa) = contact.psa.clone() else {
            return Ok(Shown { contact, trouble: None });
        };
        let row = self.store.psa(account, psa.integration).await?;
        let Some(row) = row.filter(|row| row.integration.is_on) else {
            return Ok(Shown { contact, trouble: Some(Code::PsaMissing) });
        };
        let age = |read: &Read| self.clock.now().since(read.at);
        let card = match self.remembered(id, row.integration.changed_at) {
            Some(read) if read.card.is_ok() && age(&read) < SHOWN_MS => {
                if age(&read) >= FRESH_MS {
                    self.read_in_background(account, contact.clone(), psa);
                }
                read.card
            }
            Some(read) if read.card.is_err() && age(&read) < TROUBLE_MS => read.card,
            _ => {
                let reading = self.read(account, &contact, &psa);
                match tokio::time::timeout(SHOW_PATIENCE, reading).await {
                    Ok(Ok(card)) => Ok(card),
                    Ok(Err(Denied::Because(finding))) => Err(finding.code),
                    Ok(Err(other)) => return Err(other),
                    Err(_) => {
                        let slow = Err(Code::PsaUnavailable);
                        self.remember(id, row.integration.changed_at, &slow);
                        Err(Code::PsaUnavailable)
                    }
                }
            }
        };
        let trouble = card.map(|card| with(&mut contact, &card)).err();
        Ok(Shown { contact, trouble })
    }

    async fn own(&self, who: &Session, id: ContactId) -> Result<Contact, Denied> {
        let contact =
            self.store.contact(who.technician.account, id).await?.ok_or(Code::NotFound)?;
        reach::within(&self.store, who, contact.customer).await?;
        Ok(contact)
    }

    /// A contact with their card as far as it is at hand: nobody waits for a PSA, and what is not known is
    /// left out.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn known(
        &self,
        account: AccountId,
        id: ContactId,
    ) -> Result<Option<Contact>, StoreError> {
        let Some(mut contact) = self.store.contact(account, id).await? else { return Ok(None) };
        let Some(psa) = &contact.psa else { return Ok(Some(contact)) };
        let row = self.store.psa(account, psa.integration).await?;
        let version = row.filter(|row| row.integration.is_on).map(|row| row.integration.changed_at);
        let read = version.and_then(|version| self.remembered(id, version));
        let fresh = read.filter(|read| self.clock.now().since(read.at) < SHOWN_MS);
        if let Some(Ok(card)) = fresh.map(|read| read.card) {
            with(&mut contact, &card);
        }
        Ok(Some(contact))
    }

    fn remembered(&self, id: ContactId, version: Millis) -> Option<Read> {
        let cards = self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        cards.get(&id).filter(|read| read.version == version).cloned()
    }

    /// Reads a card at its PSA. A name or an address that is another one there is so here from now on;
    /// one that went to a company which is nobody's customer is nobody's.
    async fn read(
        &self,
        account: AccountId,
        contact: &Contact,
        psa: &PsaRef,
    ) -> Result<Card, Denied> {
        let row = self.store.psa(account, psa.integration).await?.ok_or(Code::PsaMissing)?;
        let read = match self.ask(&row, psa).await? {
            Ok(card) => self.follow(account, contact, psa, card).await?,
            Err(refusal) => Err(refusal),
        };
        let version = row.integration.changed_at;
        self.remember(contact.id, version, &read.as_ref().map_err(|refusal| refusal.code));
        Ok(read?)
    }

    async fn ask(&self, row: &PsaRow, psa: &PsaRef) -> Result<Result<Card, Refusal>, StoreError> {
        if !row.integration.is_on {
            return Ok(Err(Code::PsaMissing.into()));
        }
        // Of a system that the PSA does not lead to any more.
        if psa.id.is_empty() {
            return Ok(Err(Code::NotFound.into()));
        }
        let client = match self.psa.open(row).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(match client.card(&psa.id).await {
            Answer::Done(card) => Ok(card),
            Answer::Refused(refusal) => Err(refusal),
            Answer::Later(_) | Answer::Unknown(_) => Err(Code::PsaUnavailable.into()),
        })
    }

    /// Keeps what is kept of a card that was just read. The customer is the one of the card's company.
    async fn follow(
        &self,
        account: AccountId,
        contact: &Contact,
        psa: &PsaRef,
        card: Card,
    ) -> Result<Result<Card, Refusal>, StoreError> {
        let customer =
            self.store.customer_of_company(account, psa.integration, &card.company).await?;
        let Some(customer) = customer.map(|customer| customer.id) else {
            return Ok(Err(Code::CompanyUnmapped.into()));
        };
        let hash = self.hash(account, &card);
        let moved = customer != contact.customer;
        if moved || card.name != contact.name || hash != contact.address_hash {
            let seen = SeenContact {
                id: &psa.id,
                customer,
                name: &card.name,
                address_hash: hash.as_deref(),
            };
            let now = self.clock.now();
            self.store.mirror(account, psa.integration, now, seen, None).await?;
        }
        if moved {
            // Whoever asked began with another customer's policy and tenant: the next one does not.
            return Ok(Err(Code::ChangedMeanwhile.into()));
        }
        Ok(Ok(card))
    }

    /// Keyed hash of a card's address; `None` where there is none.
    #[must_use]
    pub fn hash(&self, account: AccountId, card: &Card) -> Option<Vec<u8>> {
        let email = card.email.trim();
        (!email.is_empty()).then(|| address_hash(&self.store, account, email))
    }

    /// A card that was read for another reason.
    pub fn remember(&self, id: ContactId, version: Millis, card: &Result<&Card, Code>) {
        let at = self.clock.now();
        let mut cards = self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        if cards.len() >= MOST_CARDS {
            cards.retain(|_, read| at.since(read.at) < FRESH_MS);
            if cards.len() >= MOST_CARDS {
                cards.clear();
            }
        }
        let newest = Read { at, version, card: card.map(Card::clone) };
        cards.insert(id, newest);
    }

    fn read_in_background(&self, account: AccountId, contact: Contact, psa: PsaRef) {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if !reading.insert(contact.id) {
            return;
        }
        let it = self.clone();
        self.tasks.spawn(async move {
            if let Err(Denied::Store(error)) = it.read(account, &contact, &psa).await {
                tracing::error!(error = %error, "a contact's card");
            }
            it.reading.lock().unwrap_or_else(PoisonError::into_inner).remove(&contact.id);
            it.bell.ring(account);
        });
    }
}

fn with(contact: &mut Contact, card: &Card) {
    contact.name.clone_from(&card.name);
    contact.email.clone_from(&card.email);
    contact.phones.clone_from(&card.phones);
}
