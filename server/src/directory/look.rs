//! Who a contact is at Microsoft and which phone they have there: asked afresh whenever something
//! depends on it, remembered for a few minutes for display only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use shared::{AccountId, Code, ContactId, Finding, Millis};

use super::guard::refusal_finding;
use super::{Directory, Person, Phone, Tenant};
use crate::outbound::Answer;
use crate::seal::Purpose;
use crate::store::{Contact, DirectoryLink, StoreError};

/// What was found.
#[derive(Clone)]
pub struct Look {
    /// The tenant that was asked.
    pub tenant: Option<Tenant>,
    /// The person, or why not.
    pub person: Result<Person, Finding>,
    /// Their registered phone, or why not.
    pub phone: Result<Phone, Finding>,
}

/// Looks for display, by contact, with the time they were taken.
pub(super) type Looks = Arc<Mutex<HashMap<ContactId, (Millis, Arc<Look>)>>>;

/// Leave to look at one contact. Dropping it, also by a panic, lets the next one look.
pub struct Looking {
    all: Arc<Mutex<HashSet<ContactId>>>,
    contact: ContactId,
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.contact);
    }
}

/// How long a look is good enough to be shown.
const SHOWN_MS: i64 = 2 * 60_000;
/// A look that found trouble is taken again sooner.
const TROUBLE_MS: i64 = 20_000;
/// More looks than this are not remembered, some 2 kB each.
const MOST_LOOKS: usize = 1024;

impl Directory {
    /// Asks Microsoft now.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn look(
        &self,
        account: AccountId,
        contact: &Contact,
    ) -> Result<Arc<Look>, StoreError> {
        let look = Arc::new(self.ask(account, contact).await?);
        let now = self.clock.now();
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= MOST_LOOKS {
            forget(&mut looks, now);
        }
        looks.insert(contact.id, (now, look.clone()));
        Ok(look)
    }

    /// The last look if it is recent: for display, never for a decision.
    #[must_use]
    pub fn recent_look(&self, contact: ContactId) -> Option<Arc<Look>> {
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, look) = looks.get(&contact)?;
        let good_for = if look.phone.is_ok() { SHOWN_MS } else { TROUBLE_MS };
        (self.clock.now().since(*at) < good_for).then(|| look.clone())
    }

    /// Nothing that was looked at is shown any more: a tenant's connection has changed.
    pub fn forget_looks(&self) {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Leave to look at this contact, until it is dropped; `None` while somebody else looks.
    #[must_use]
    pub fn begin_look(&self, contact: ContactId) -> Option<Looking> {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        looking.insert(contact).then(|| Looking { all: self.looking.clone(), contact })
    }

    async fn ask(&self, account: AccountId, contact: &Contact) -> Result<Look, StoreError> {
        let nobody = |finding: Finding, tenant| Look {
            tenant,
            person: Err(finding.clone()),
            phone: Err(finding),
        };
        let tenant = match self.tenant(account, contact.customer).await? {
            Ok(tenant) => tenant,
            Err(refusal) => return Ok(nobody(refusal_finding(refusal), None)),
        };
        let person = match self.person_of(account, &tenant, contact).await? {
            Ok(person) => person,
            Err(finding) => return Ok(nobody(finding, Some(tenant))),
        };
        let phone = finding_or(self.phone(&tenant, &person.id).await);
        Ok(Look { tenant: Some(tenant), person: Ok(person), phone })
    }

    /// The person whom the contact is linked to, or the one who has exactly its address.
    async fn person_of(
        &self,
        account: AccountId,
        tenant: &Tenant,
        contact: &Contact,
    ) -> Result<Result<Person, Finding>, StoreError> {
        let address = contact.email.trim().to_lowercase();
        if address.is_empty() {
            return Ok(Err(Finding { code: Code::PersonNoAddress, about: None }));
        }
        let address_hash = self
            .store
            .keys
            .hash(Purpose::Destination, &[account.0.as_bytes(), b"address", address.as_bytes()]);
        let link = self.store.directory_link(account, contact.id).await?;
        if let Some(link) = link.filter(|link| {
            link.integration == tenant.integration && link.address_hash == address_hash
        }) {
            let known = finding_or(self.person(tenant, &link.directory_user).await);
            // Renamed, or the address was given to somebody else: it is looked up again.
            let moved = known.as_ref().is_ok_and(|person| !person.has_address(&address));
            if !moved {
                return Ok(known);
            }
        }
        let found = finding_or(self.find(tenant, &address).await);
        if let Ok(person) = &found {
            let link = DirectoryLink {
                contact: contact.id,
                integration: tenant.integration,
                directory_user: person.id.clone(),
                address_hash,
            };
            self.store.link_directory(account, self.clock.now(), &link).await?;
        }
        Ok(found)
    }
}

/// Makes room: what is too old to be shown, otherwise the older half.
fn forget<T>(looks: &mut HashMap<ContactId, (Millis, T)>, now: Millis) {
    looks.retain(|_, (at, _)| now.since(*at) < SHOWN_MS);
    if looks.len() < MOST_LOOKS {
        return;
    }
    let mut times: Vec<Millis> = looks.values().map(|(at, _)| *at).collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    looks.retain(|_, (at, _)| *at > *median);
}

/// What was done, or the finding that says why not.
fn finding_or<T>(answer: Answer<T>) -> Result<T, Finding> {
    match answer {
        Answer::Done(done) => Ok(done),
        Answer::Refused(refusal) => Err(refusal_finding(refusal)),
        Answer::Later(_) | Answer::Unknown(_) => {
            Err(Finding { code: Code::MicrosoftUnavailable, about: None })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(times: impl Iterator<Item = i64>) -> HashMap<ContactId, (Millis, ())> {
        let id = |nth: usize| ContactId(uuid::Uuid::from_u128(nth as u128));
        times.enumerate().map(|(nth, at)| (id(nth), (Millis(at), ()))).collect()
    }

    #[test]
    fn room_is_made_by_age() {
        let most = MOST_LOOKS as i64;
        let mut old = looks((0..most).map(|nth| nth % 2 * SHOWN_MS));
        forget(&mut old, Millis(SHOWN_MS));
        assert_eq!(old.len(), MOST_LOOKS / 2, "what is too old to be shown");
        let mut young = looks(0..most);
        forget(&mut young, Millis(most));
        assert!(young.len() < MOST_LOOKS && young.len() > MOST_LOOKS / 3, "{}", young.len());
        assert!(young.values().all(|(at, ())| at.0 > most / 3), "the newer ones stay");
        let mut at_once = looks((0..most).map(|_| 0));
        forget(&mut at_once, Millis(0));
        assert!(at_once.len() < MOST_LOOKS);
    }
}
