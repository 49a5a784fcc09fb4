//! What a run would write: people at Microsoft, held against the contacts that are here. Pure.

use std::collections::{HashMap, HashSet};

use shared::{ContactId, Millis};

use crate::contacts::card::{LONGEST_NAME, is_address, tidy};
use crate::directory::Member;
use crate::random;
use crate::store::{PersonHere, SyncedAs, SyncedPerson, Whom};

/// The contacts of one customer, and whom a run has met so far.
pub(super) struct Comparison {
    whom: Whom,
    /// Contacts whom an earlier run has met, by who they are at Microsoft.
    known: HashMap<String, Here>,
    /// The others of our own list, by address; `None` where several have it.
    by_address: HashMap<String, Option<Here>>,
    /// Addresses of a PSA's contacts, hashed: what stands there counts.
    of_psa: HashSet<Vec<u8>>,
    met: HashSet<String>,
}

struct Here {
    contact: ContactId,
    name: String,
    email: String,
    listed: bool,
}

impl Comparison {
    pub(super) fn new(whom: Whom, here: Vec<PersonHere>) -> Self {
        let mut all = Self {
            whom,
            known: HashMap::new(),
            by_address: HashMap::new(),
            of_psa: HashSet::new(),
            met: HashSet::new(),
        };
        for person in here {
            if let Some(hash) = person.address_hash {
                all.of_psa.insert(hash);
                continue;
            }
            let PersonHere { contact, name, email, listed, directory_user, .. } = person;
            let here = Here { contact, name, email: email.trim().to_lowercase(), listed };
            match directory_user {
                Some(id) => drop(all.known.insert(id, here)),
                None => {
                    let address = here.email.clone();
                    all.by_address
                        .entry(address)
                        .and_modify(|several| *several = None)
                        .or_insert(Some(here));
                }
            }
        }
        all
    }

    /// Those of a page whose contacts are to be written, and how many are to be listed at all. `hash` is the
    /// keyed hash of an address, as a PSA's contact has it. `approvers` are contacts who vouch for others at
    /// this moment: no directory makes them somebody else.
    pub(super) fn meet(
        &mut self,
        members: Vec<Member>,
        approvers: &HashSet<ContactId>,
        hash: impl Fn(&str) -> Vec<u8>,
        now: Millis,
    ) -> (usize, Vec<SyncedPerson>) {
        let (mut seen, mut people) = (0, Vec::new());
        for member in members {
            let email = member.address.trim().to_lowercase();
            let name: String = tidy(&member.name).chars().take(LONGEST_NAME).collect();
            let wanted = match self.whom {
                Whom::Licensed => member.licensed,
                Whom::Everybody => true,
            };
            // A page may repeat somebody who was moved meanwhile.
            if !wanted || name.is_empty() || !is_address(&email) || self.met.contains(&member.id) {
                continue;
            }
            seen += 1;
            self.met.insert(member.id.clone());
            let is = match self.known.get(&member.id) {
                Some(here) if here.listed && here.name == name && here.email == email => continue,
                Some(here) if here.email != email && approvers.contains(&here.contact) => {
                    continue;
                }
                Some(here) => SyncedAs::Known(here.contact),
                None if self.of_psa.contains(&hash(&email)) => continue,
                None => match self.by_address.remove(&email) {
                    // Nobody knows which of several is meant: they stay as they are.
                    Some(None) => {
                        self.by_address.insert(email, None);
                        continue;
                    }
                    // Whoever has an approver's address at the moment is not the approver by that.
                    Some(Some(here)) if approvers.contains(&here.contact) => {
                        self.by_address.insert(email, Some(here));
                        continue;
                    }
                    Some(Some(here)) => SyncedAs::Found(here.contact),
                    None => SyncedAs::New(ContactId(random::id(now))),
                },
            };
            people.push(SyncedPerson { directory_user: member.id, name, email, is });
        }
        (seen, people)
    }

    /// How many were met so far.
    pub(super) fn met(&self) -> usize {
        self.met.len()
    }

    /// Whom Microsoft does not list any more, now that all pages were read: nobody where nobody was met, which
    /// is a filter, a licence or a permission that has changed rather than a company without people.
    pub(super) fn gone(self) -> Vec<ContactId> {
        if self.met.is_empty() {
            return Vec::new();
        }
        let gone =
            self.known.into_iter().filter(|(id, here)| here.listed && !self.met.contains(id));
        gone.map(|(_, here)| here.contact).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn id(n: u128) -> ContactId {
        ContactId(Uuid::from_u128(n))
    }

    fn here(n: u128, name: &str, email: &str, directory_user: Option<&str>) -> PersonHere {
        PersonHere {
            contact: id(n),
            name: name.into(),
            email: email.into(),
            listed: true,
            address_hash: None,
            directory_user: directory_user.map(str::to_owned),
        }
    }

    fn member(id: &str, name: &str, address: &str) -> Member {
        Member { id: id.into(), name: name.into(), address: address.into(), licensed: true }
    }

    fn hash(address: &str) -> Vec<u8> {
        address.as_bytes().to_vec()
    }

    fn all() -> Vec<PersonHere> {
        let of_psa = PersonHere {
            address_hash: Some(hash("paula@x.example")),
            ..here(5, "Paula", "", None)
        };
        vec![
            here(1, "Ada Park", "ada@x.example", Some("ada")),
            here(2, "Ben", "Ben@X.example", None),
            here(3, "Twin", "twin@x.example", None),
            here(4, "Twin", "TWIN@x.example", None),
            of_psa,
            PersonHere { listed: false, ..here(6, "Zoe", "zoe@x.example", Some("zoe")) },
        ]
    }

    fn fates(whom: Whom, members: Vec<Member>) -> (Vec<(String, SyncedAs)>, Vec<ContactId>) {
        let mut comparison = Comparison::new(whom, all());
        let (_, people) = comparison.meet(members, &HashSet::new(), hash, NOW);
        let fates = people.into_iter().map(|it| (it.directory_user, it.is)).collect();
        (fates, comparison.gone())
    }

    #[test]
    fn each_is_written_only_where_something_differs() {
        let fate = |who: Member| fates(Whom::Everybody, vec![who]).0.pop().map(|it| it.1);
        assert_eq!(fate(member("ada", " Ada  Park ", "ADA@x.example")), None);
        assert_eq!(fate(member("ada", "Ada Smith", "ada@x.example")), Some(SyncedAs::Known(id(1))));
        assert_eq!(
            fate(member("ada", "Ada Park", "a.park@x.example")),
            Some(SyncedAs::Known(id(1)))
        );
        assert_eq!(fate(member("ben", "Ben", "ben@x.example")), Some(SyncedAs::Found(id(2))));
        assert_eq!(fate(member("twin", "Twin", "twin@x.example")), None, "nobody knows which");
        assert_eq!(fate(member("paula", "Paula", "paula@x.example")), None, "the PSA's");
        assert_eq!(fate(member("zoe", "Zoe", "zoe@x.example")), Some(SyncedAs::Known(id(6))));
        assert!(matches!(fate(member("new", "N", "n@x.example")), Some(SyncedAs::New(_))));
        // Somebody else who has the address of one who is known is somebody else.
        assert!(matches!(fate(member("eve", "Eve", "ada@x.example")), Some(SyncedAs::New(_))));
        for odd in [member("n", " ", "n@x.example"), member("n", "N", "no address")] {
            assert_eq!(fate(odd), None);
        }
        let long = member("long", &"é".repeat(400), "long@x.example");
        let mut comparison = Comparison::new(Whom::Everybody, all());
        assert_eq!(
            comparison.meet(vec![long], &HashSet::new(), hash, NOW).1[0].name.chars().count(),
            LONGEST_NAME
        );
    }

    #[test]
    fn somebody_is_met_once() {
        let ben = || member("ben", "Ben", "ben@x.example");
        let mut comparison = Comparison::new(Whom::Everybody, all());
        let (seen, people) = comparison.meet(vec![ben(), ben()], &HashSet::new(), hash, NOW);
        assert_eq!((seen, people.len()), (1, 1));
        assert_eq!(comparison.meet(vec![ben()], &HashSet::new(), hash, NOW), (0, vec![]));
        // Two of one address: the contact who is there can be one of them only.
        let other = member("other", "Ben", "ben@x.example");
        let (fates, _) = fates(Whom::Everybody, vec![ben(), other]);
        assert!(matches!(fates[..], [(_, SyncedAs::Found(_)), (_, SyncedAs::New(_))]));
    }

    #[test]
    fn only_those_whom_an_earlier_run_has_met_go() {
        let ben = || member("ben", "Ben", "ben@x.example");
        assert_eq!(fates(Whom::Everybody, vec![ben()]).1, [id(1)], "neither Ben, Twin nor Paula");
        assert!(fates(Whom::Everybody, vec![member("ada", "Ada", "ada@x.example")]).1.is_empty());
        assert!(fates(Whom::Everybody, vec![]).1.is_empty(), "an empty answer says nothing");
        // Without a licence nobody is met either.
        let without = Member { licensed: false, ..member("ada", "Ada Park", "ada@x.example") };
        assert_eq!(fates(Whom::Licensed, vec![without.clone(), ben()]).1, [id(1)]);
        assert!(fates(Whom::Licensed, vec![without]).1.is_empty());
    }

    #[test]
    fn who_vouches_for_others_is_made_nobody_else() {
        let met = |who: Member| {
            let approvers = HashSet::from([id(1), id(2)]);
            let mut comparison = Comparison::new(Whom::Everybody, all());
            let (_, people) = comparison.meet(vec![who], &approvers, hash, NOW);
            people.into_iter().map(|it| it.is).next()
        };
        assert_eq!(met(member("ada", "Ada Park", "eve@x.example")), None, "no other address");
        assert_eq!(met(member("ben", "Ben", "ben@x.example")), None, "nor another person");
        assert_eq!(met(member("ada", "Ada P.", "ada@x.example")), Some(SyncedAs::Known(id(1))));
    }
}
