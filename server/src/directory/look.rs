//! Who a contact is at Microsoft and which phone they have there: asked afresh whenever something
//! depends on it, remembered for a few minutes for display only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use shared::{AccountId, Code, ContactId, Finding, Millis};

use super::guard::refusal_finding;
use super::{Directory, Manager, Person, Phone, Tenant, first_mobile};
use crate::outbound::Answer;
use crate::seal::Purpose;
use crate::store::{Contact, DirectoryLink, SeenPhone, Store, StoreError};

/// What was found.
#[derive(Clone)]
pub struct Look {
    /// The tenant that was asked.
    pub tenant: Option<Tenant>,
    /// The person, or why not.
    pub person: Result<Person, Finding>,
    /// Their registered phone that gets codes and links, or why not.
    pub phone: Result<Phone, Finding>,
    /// When a look last found another phone than the one before it.
    pub phone_changed_at: Option<Millis>,
    /// Whom the person reports to, where the policy lets somebody vouch.
    pub manager: Option<Manager>,
}

/// Looks for display, by contact, with the time they were taken.
pub(super) type Looks = Arc<Mutex<HashMap<Whose, (Millis, Arc<Look>)>>>;
/// A contact of an account.
type Whose = (AccountId, ContactId);
/// How often an account's connections have changed.
pub(super) type Connected = Arc<Mutex<HashMap<AccountId, u64>>>;

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
        let began = self.connections(account);
        let look = Arc::new(self.ask(account, contact).await?);
        let now = self.clock.now();
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        // A connection has changed while we asked: what we heard is of the old one.
        if self.connections(account) != began {
            return Ok(look);
        }
        if looks.len() >= MOST_LOOKS {
            forget(&mut looks, now);
        }
        looks.insert((account, contact.id), (now, look.clone()));
        Ok(look)
    }

    /// The last look if it is recent: for display, never for a decision.
    #[must_use]
    pub fn recent_look(&self, account: AccountId, contact: ContactId) -> Option<Arc<Look>> {
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, look) = looks.get(&(account, contact))?;
        let good_for = if look.phone.is_ok() { SHOWN_MS } else { TROUBLE_MS };
        (self.clock.now().since(*at) < good_for).then(|| look.clone())
    }

    /// Nothing that was looked at for this account is shown any more: a connection has changed.
    pub fn forget_looks(&self, account: AccountId) {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        *connected.entry(account).or_default() += 1;
        looks.retain(|(whose, _), _| *whose != account);
    }

    fn connections(&self, account: AccountId) -> u64 {
        let connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        connected.get(&account).copied().unwrap_or_default()
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
            phone_changed_at: None,
            manager: None,
        };
        let tenant = match self.tenant(account, contact.customer).await? {
            Ok(tenant) => tenant,
            Err(refusal) => return Ok(nobody(refusal_finding(refusal), None)),
        };
        let (person, link) = match self.person_of(account, &tenant, contact).await? {
            Ok(found) => found,
            Err(finding) => return Ok(nobody(finding, Some(tenant))),
        };
        let policy = self.store.policy(account, contact.customer).await?;
        // Whoever can't be asked about vouches for nobody.
        let manager = match policy.vouching {
            true => finding_or(self.manager(&tenant, &person.id).await).ok().flatten(),
            false => None,
        };
        let phones = match finding_or(self.phones(&tenant, &person.id).await) {
            Ok(phones) => phones,
            Err(finding) => {
                let (phone, phone_changed_at) = (Err(finding), None);
                return Ok(Look {
                    tenant: Some(tenant),
                    person: Ok(person),
                    phone,
                    phone_changed_at,
                    manager,
                });
            }
        };
        let first = first_mobile(&phones, policy.alternate_mobile);
        let (phone, phone_changed_at) = match self.seen(account, &link, first).await {
            Ok(changed_at) => (first.cloned().ok_or_else(|| Code::NoPhone.into()), changed_at),
            // Linked anew while we asked: whose phone this is, the next look tells.
            Err(StoreError::MovedOn) => (Err(Code::MicrosoftUnavailable.into()), None),
            Err(error) => return Err(error),
        };
        Ok(Look { tenant: Some(tenant), person: Ok(person), phone, phone_changed_at, manager })
    }

    /// Writes down which phone this is, and gives since when it is a new one. None at all is
    /// remembered too: a phone that appears where there was none is a change.
    async fn seen(
        &self,
        account: AccountId,
        link: &DirectoryLink,
        phone: Option<&Phone>,
    ) -> Result<Option<Millis>, StoreError> {
        let number = phone.map(Phone::e164).unwrap_or_default();
        let hash = self.store.keys.hash(
            Purpose::Destination,
            &[account.0.as_bytes(), b"remembered phone", number.as_bytes()],
        );
        let seen = SeenPhone { hash, masked: phone.map(Phone::masked) };
        self.store.see_phone(account, self.clock.now(), link, &seen).await
    }

    /// The person whom the contact is linked to, or the one who has exactly its address.
    async fn person_of(
        &self,
        account: AccountId,
        tenant: &Tenant,
        contact: &Contact,
    ) -> Result<Result<(Person, DirectoryLink), Finding>, StoreError> {
        // Exact, but for ASCII letters: what else may be the same letter is not ours to say.
        let address = contact.email.trim().to_ascii_lowercase();
        if address.is_empty() {
            return Ok(Err(Code::PersonNoAddress.into()));
        }
        let address_hash = address_hash(&self.store, account, &address);
        let link = self.store.directory_link(account, contact.id).await?;
        let known = link.filter(|link| {
            link.integration == tenant.integration && link.address_hash == address_hash
        });
        if let Some(link) = known.as_ref().filter(|link| link.lost_at.is_none()) {
            match finding_or(self.person(tenant, &link.directory_user).await) {
                Ok(person) if person.has_address(&address) => {
                    return Ok(Ok((person, link.clone())));
                }
                // Renamed, or the address was given to somebody else; or the person is gone, and
                // somebody new may have it: looked up again.
                Ok(_) | Err(Finding { code: Code::PersonNotFound, .. }) => {}
                Err(finding) => return Ok(Err(finding)),
            }
        }
        let now = self.clock.now();
        let person = match finding_or(self.find(tenant, &address).await) {
            Ok(person) => person,
            Err(finding) => {
                let gone = [Code::PersonNotFound, Code::PersonAmbiguous].contains(&finding.code);
                if let Some(link) = known.filter(|link| gone && link.lost_at.is_none()) {
                    self.store.link_lost(account, now, &link, finding.code).await?;
                }
                return Ok(Err(finding));
            }
        };
        let link = DirectoryLink {
            contact: contact.id,
            integration: tenant.integration,
            directory_user: person.id.clone(),
            address_hash,
            lost_at: None,
        };
        match self.store.link_directory(account, now, &link, tenant.changed_at).await {
            Ok(()) => Ok(Ok((person, link))),
            // The connection has changed while we asked: who this is, the next look tells.
            Err(StoreError::MovedOn) => Ok(Err(Code::MicrosoftUnavailable.into())),
            Err(error) => Err(error),
        }
    }
}

/// Keyed hash of an address that a person was found by.
#[must_use]
pub fn address_hash(store: &Store, account: AccountId, address: &str) -> Vec<u8> {
    let address = address.trim().to_lowercase();
    store.keys.hash(Purpose::Destination, &[account.0.as_bytes(), b"address", address.as_bytes()])
}

/// Makes room: what is too old to be shown, otherwise the older half.
fn forget<K, T>(looks: &mut HashMap<K, (Millis, T)>, now: Millis) {
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
