//! How callers stand, for the rows of a list: the shields of the pod that opens beside the row, by the same
//! rule, and which rows a choice of them keeps. Two questions to the database, whatever the list's length.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use shared::{AccountId, ContactId, CustomerId, DestinationKind, Millis, TechnicianId, TicketId};

use crate::policy::Policy;
use crate::policy::layers::{Layer, effective};
use crate::store::{Policies, Store, StoreError, Verification};
use crate::verification::{Standing, is_from_here, standing};

/// How a caller stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// One of their shields is green.
    Verified,
    /// None is, and an answer is waited for.
    Waiting,
    /// Neither.
    NotVerified,
}

impl State {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Verified, Self::Waiting, Self::NotVerified];

    /// As addresses say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Waiting => "waiting",
            Self::NotVerified => "not-verified",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A row's shields: the best of each kind of destination that was tried lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shields {
    /// A phone's.
    pub phone: Option<Standing>,
    /// An e-mail address's.
    pub email: Option<Standing>,
    /// An app's that asks by a push.
    pub app: Option<Standing>,
}

impl Shields {
    /// How the caller stands by them.
    #[must_use]
    pub fn state(&self) -> State {
        let all = [self.phone, self.email, self.app];
        if all.iter().flatten().any(|it| matches!(it, Standing::Verified(_))) {
            State::Verified
        } else if all.contains(&Some(Standing::Pending)) {
            State::Waiting
        } else {
            State::NotVerified
        }
    }
}

/// What makes up the shields: the account's recent verifications, or some contacts', at one moment.
pub struct Recent {
    now: Millis,
    /// Newest first.
    verifications: Vec<Verification>,
    policies: HashMap<CustomerId, Policy>,
}

impl Recent {
    /// Of these contacts, or of all that were verified lately.
    ///
    /// # Errors
    /// When the database can't be read, or a policy in it.
    pub async fn read(
        store: &Store,
        account: AccountId,
        of: Option<&[ContactId]>,
        now: Millis,
    ) -> Result<Self, StoreError> {
        let said = store.policies(account).await?;
        // What ended before no shield shows any more. (It is answered before it ends, and shown from then on.)
        let since = now.plus(-longest_shown(&said)?);
        let verifications = store.recent_verifications(account, of, since).await?;
        let mut policies = HashMap::new();
        for verification in &verifications {
            let customer = verification.customer;
            if let Entry::Vacant(place) = policies.entry(customer) {
                place.insert(policy(&said, said.customers.get(&customer))?);
            }
        }
        Ok(Self { now, verifications, policies })
    }

    /// A contact's, as a technician has them who has no ticket open.
    #[must_use]
    pub fn of_contact(&self, contact: ContactId, technician: TechnicianId) -> Shields {
        let here = |it: &&Verification| it.contact == contact && is_from_here(it, None, technician);
        self.shields(self.verifications.iter().filter(here))
    }

    /// A ticket's, as everybody has them.
    #[must_use]
    pub fn of_ticket(&self, ticket: TicketId) -> Shields {
        self.shields(self.verifications.iter().filter(|it| it.ticket == Some(ticket)))
    }

    /// Contacts that stand so, of those who were verified lately.
    #[must_use]
    pub fn contacts(
        &self,
        technician: TechnicianId,
        stand: impl Fn(State) -> bool,
    ) -> Vec<ContactId> {
        let mut by_contact: HashMap<ContactId, Vec<&Verification>> = HashMap::new();
        for it in self.verifications.iter().filter(|it| is_from_here(it, None, technician)) {
            by_contact.entry(it.contact).or_default().push(it);
        }
        self.those(by_contact, stand)
    }

    /// Tickets whose callers stand so, of those in which somebody was verified lately.
    #[must_use]
    pub fn tickets(&self, stand: impl Fn(State) -> bool) -> Vec<TicketId> {
        let mut by_ticket: HashMap<TicketId, Vec<&Verification>> = HashMap::new();
        for it in &self.verifications {
            if let Some(ticket) = it.ticket {
                by_ticket.entry(ticket).or_default().push(it);
            }
        }
        self.those(by_ticket, stand)
    }

    fn those<Id>(
        &self,
        of: HashMap<Id, Vec<&Verification>>,
        stand: impl Fn(State) -> bool,
    ) -> Vec<Id> {
        let stands = |them: &Vec<&Verification>| stand(self.shields(them.iter().copied()).state());
        of.into_iter().filter(|(_, them)| stands(them)).map(|(id, _)| id).collect()
    }

    /// The newest verification of each destination says how that stands.
    fn shields<'v>(&self, newest_first: impl Iterator<Item = &'v Verification>) -> Shields {
        let mut seen = HashSet::new();
        let mut best: BTreeMap<u8, Standing> = BTreeMap::new();
        for it in newest_first {
            // Whoever vouches is another person at another destination.
            if !seen.insert((&it.destination_hash, it.voucher)) {
                continue;
            }
            let Some(policy) = self.policies.get(&it.customer) else { continue };
            let stands = standing(it, policy, self.now);
            let kind = kind(it.channel.kind());
            if best.get(&kind).is_none_or(|best| worth(stands) > worth(*best)) {
                best.insert(kind, stands);
            }
        }
        let mut of = |it| best.remove(&kind(it));
        Shields {
            phone: of(DestinationKind::Phone),
            email: of(DestinationKind::Email),
            app: of(DestinationKind::App),
        }
    }
}

const fn kind(kind: DestinationKind) -> u8 {
    match kind {
        DestinationKind::Phone => 0,
        DestinationKind::Email => 1,
        DestinationKind::App => 2,
    }
}

/// Which of two is shown, of one kind.
const fn worth(standing: Standing) -> (u8, i64) {
    match standing {
        Standing::Grey => (0, 0),
        Standing::Failed(_) => (1, 0),
        Standing::Pending => (2, 0),
        Standing::Verified(until) => (3, until.0),
    }
}

fn policy(said: &Policies, customer: Option<&Layer>) -> Result<Policy, StoreError> {
    let nothing = Layer::default();
    effective(&said.account, customer.unwrap_or(&nothing))
        .map_err(|_| StoreError::Inconsistent("a policy"))
}

fn longest_shown(said: &Policies) -> Result<i64, StoreError> {
    let mut longest = policy(said, None)?.shown_ms;
    for layer in said.customers.values() {
        longest = longest.max(policy(said, Some(layer))?.shown_ms);
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verification::good;
    use shared::{Channel, Outcome, Source, VerificationId};
    use uuid::Uuid;

    const MINUTE: i64 = 60_000;

    fn recent(verifications: Vec<Verification>, later: i64) -> Recent {
        let policies = HashMap::from([(good().customer, Policy::default())]);
        Recent { now: good().sent_at.plus(later), verifications, policies }
    }

    fn stands(verifications: &[Verification], later: i64) -> Shields {
        recent(verifications.to_vec(), later).of_ticket(good().ticket.unwrap())
    }

    #[test]
    fn a_row_shows_the_best_of_each_kind() {
        let until = good().sent_at.plus(15 * MINUTE);
        let green = Some(Standing::Verified(until));
        let pending = Verification {
            id: VerificationId(Uuid::from_u128(9)),
            channel: Channel::EmailCode,
            source: Source::Contact,
            destination_hash: vec![9],
            outcome: Outcome::Pending,
            verified_at: None,
            ..good()
        };
        let both = [pending.clone(), good()];
        let shown = stands(&both, 1);
        assert_eq!(shown, Shields { phone: green, email: Some(Standing::Pending), app: None });
        assert_eq!(shown.state(), State::Verified);
        assert_eq!(stands(&both[..1], 1).state(), State::Waiting);
        assert_eq!(stands(&[], 1).state(), State::NotVerified);
        // Green for a quarter of an hour; a code that ran out is said for as long.
        assert_eq!(stands(&both, 15 * MINUTE - 1).state(), State::Verified);
        assert_eq!(stands(&both, 15 * MINUTE).state(), State::NotVerified);
        assert_eq!(
            stands(&both, 6 * MINUTE).email,
            Some(Standing::Failed(shared::Code::CodeExpired))
        );
        // A second number does not turn the first one's green away, and a newer attempt at one does.
        let other =
            Verification { destination_hash: vec![8], channel: Channel::SmsCode, ..pending };
        assert_eq!(stands(&[other.clone(), good()], 1).phone, green);
        let again = Verification { destination_hash: good().destination_hash, ..other };
        assert_eq!(stands(&[again, good()], 1).phone, Some(Standing::Pending));
    }

    #[test]
    fn what_was_proved_elsewhere_does_not_count_here() {
        let all = recent(vec![good()], 1);
        let (contact, technician) = (good().contact, good().technician);
        assert_eq!(all.of_contact(contact, technician).state(), State::NotVerified);
        assert_eq!(all.contacts(technician, |it| it == State::Verified), []);
        assert_eq!(all.tickets(|it| it == State::Verified), [good().ticket.unwrap()]);
        assert_eq!(all.tickets(|it| it == State::Waiting), []);
        let alone = recent(vec![Verification { ticket: None, ..good() }], 1);
        assert_eq!(alone.of_contact(contact, technician).state(), State::Verified);
        assert_eq!(alone.contacts(technician, |it| it == State::Verified), [contact]);
        let somebody = TechnicianId(Uuid::from_u128(77));
        assert_eq!(alone.of_contact(contact, somebody).state(), State::NotVerified);
        assert_eq!(alone.contacts(somebody, |_| true), []);
        assert_eq!(alone.tickets(|_| true), []);
    }

    #[test]
    fn states_have_names() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("all"), None);
    }
}
