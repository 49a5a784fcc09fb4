//! Whether an account's chain is intact: entry after entry, without holding more than one. Pure; the store
//! hands the entries in (`store/chain.rs`).

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use shared::{AccountId, Millis};

use super::{Facets, Head, mac};
use crate::seal::{Keys, same};

/// An entry as it stands in the database.
pub struct Link {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// What, as JSON.
    pub body: String,
    /// Over all of it and the MAC before.
    pub mac: Vec<u8>,
    /// The columns that it is filtered by; `None` where one of them holds what was never written there.
    pub facets: Option<Facets>,
}

/// A head that somebody has kept outside the database: from the log, or from an earlier check. Without
/// one, a chain whose newest entries were cut off together with its head looks intact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHead {
    /// How many entries there were.
    pub entries: i64,
    /// The MAC of the newest.
    pub mac: Vec<u8>,
}

impl KnownHead {
    /// Reads `1234:9f86…`, as the log and the page print it; spaces don't matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.split_whitespace().collect();
        let (entries, mac) = text.split_once(':')?;
        let entries = entries.parse().ok().filter(|entries| *entries > 0)?;
        let mac = HEXLOWER.decode(mac.to_lowercase().as_bytes()).ok()?;
        (mac.len() == 32).then_some(Self { entries, mac })
    }
}

/// A head as people keep it: `1234:9f86…`.
#[must_use]
pub fn fingerprint(entries: i64, mac: &[u8]) -> String {
    format!("{entries}:{}", HEXLOWER.encode(mac))
}

/// A chain without damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intact {
    /// How many entries.
    pub entries: i64,
    /// The MAC of the newest.
    pub mac: Vec<u8>,
    /// When the oldest was written.
    pub oldest: Option<Millis>,
    /// When the newest was.
    pub newest: Option<Millis>,
}

impl Intact {
    /// Its head, to be kept elsewhere.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(self.entries, &self.mac)
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Break {
    /// An entry is not there, or another one stands in its place.
    Missing,
    /// An entry is not as it was written, or the one before it isn't.
    Altered,
    /// The columns that it is filtered by say something else than it does.
    Columns,
    /// The newest entries are gone, or there are more than were written.
    Tail,
    /// It ends before the head that somebody has kept.
    Cut,
    /// At that head's number stands another entry: everything up to it was written anew.
    Rewritten,
}

impl Break {
    /// What that means and what to do, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "This entry is missing, or another one stands in its place.",
            Self::Altered => {
                "This entry, or its time, is not what was written: it was changed in the database, or the \
                 master key is another one."
            }
            Self::Columns => {
                "The entry is as it was written, but the columns that it is filtered by were changed: \
                 filtered lists and exports may have left it out."
            }
            Self::Tail => {
                "The chain does not end where its account says: entries from here on were removed or \
                 added in the database."
            }
            Self::Cut => {
                "The chain ends before the head that you kept: its newest entries were removed, or an older \
                 backup was restored."
            }
            Self::Rewritten => {
                "The entry at the number that you kept is another one now: the chain was written anew, or \
                 an older backup was restored and the work went on."
            }
        }
    }
}

/// Where an account's chain stops being intact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenChain {
    /// The first entry that does not fit, or the one that is missing.
    pub seq: i64,
    /// What is wrong there.
    pub how: Break,
}

/// What is wrong with an entry behind one with this MAC; nothing when it is as it was written.
#[must_use]
pub fn fits(keys: &Keys, account: AccountId, before: &[u8], link: &Link) -> Option<Break> {
    let right = mac(keys, account, link.seq, link.at, before, &link.body);
    if !same(&link.mac, &right) {
        Some(Break::Altered)
    } else if !link.facets.as_ref().is_some_and(|facets| facets.are_of(&link.body)) {
        Some(Break::Columns)
    } else {
        None
    }
}

/// A walk along a chain, from its first entry.
pub struct Walk<'a> {
    keys: &'a Keys,
    account: AccountId,
    known: Option<&'a KnownHead>,
    so_far: Intact,
}

impl<'a> Walk<'a> {
    /// At the beginning.
    #[must_use]
    pub fn new(keys: &'a Keys, account: AccountId, known: Option<&'a KnownHead>) -> Self {
        let so_far = Intact { entries: 0, mac: Vec::new(), oldest: None, newest: None };
        Self { keys, account, known, so_far }
    }

    /// The number of the entry it stands on; 0 before the first.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.so_far.entries
    }

    /// One entry further.
    ///
    /// # Errors
    /// Where the chain is broken.
    pub fn step(&mut self, link: &Link) -> Result<(), BrokenChain> {
        let so_far = &mut self.so_far;
        let seq = so_far.entries + 1;
        let broken = |how| Err(BrokenChain { seq, how });
        if link.seq != seq {
            return broken(Break::Missing);
        }
        if let Some(how) = fits(self.keys, self.account, &so_far.mac, link) {
            return broken(how);
        }
        let known = self.known.filter(|known| known.entries == seq);
        if known.is_some_and(|known| !same(&known.mac, &link.mac)) {
            return broken(Break::Rewritten);
        }
        so_far.entries = seq;
        so_far.mac.clone_from(&link.mac);
        so_far.oldest = so_far.oldest.or(Some(link.at));
        so_far.newest = Some(link.at);
        Ok(())
    }

    /// The end, which must be the account's head.
    ///
    /// # Errors
    /// Where the chain is broken.
    pub fn end(self, head: &Head) -> Result<Intact, BrokenChain> {
        let broken = |how| Err(BrokenChain { seq: self.so_far.entries + 1, how });
        if self.so_far.entries != head.count || self.so_far.mac != head.mac {
            return broken(Break::Tail);
        }
        self.up_to_here()
    }

    /// Where it stands, whatever comes after.
    ///
    /// # Errors
    /// [`Break::Cut`] when somebody knows of entries further on that should have been met.
    pub fn up_to_here(self) -> Result<Intact, BrokenChain> {
        match self.known {
            Some(known) if known.entries > self.so_far.entries => {
                Err(BrokenChain { seq: self.so_far.entries + 1, how: Break::Cut })
            }
            _ => Ok(self.so_far),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Act, Entry};

    const ACCOUNT: AccountId = AccountId(uuid::Uuid::from_u128(1));

    fn chain(keys: &Keys, length: i64) -> Vec<Link> {
        let entry = Entry::new(Act::SignedOut);
        let body = serde_json::to_string(&entry).unwrap();
        let mut before = Vec::new();
        (1..=length)
            .map(|seq| {
                let at = Millis(seq * 10);
                before = mac(keys, ACCOUNT, seq, at, &before, &body);
                let facets = Some(Facets::from(&entry));
                Link { seq, at, body: body.clone(), mac: before.clone(), facets }
            })
            .collect()
    }

    fn walked(
        keys: &Keys,
        links: &[Link],
        known: Option<&KnownHead>,
    ) -> Result<Intact, BrokenChain> {
        let head = chain(keys, 5).pop().unwrap();
        let mut walk = Walk::new(keys, ACCOUNT, known);
        links.iter().try_for_each(|link| walk.step(link))?;
        walk.end(&Head { account: ACCOUNT, count: 5, mac: head.mac })
    }

    #[test]
    fn each_damage_is_told_by_its_name() {
        let keys = Keys::new(&[7; 32]);
        let intact = walked(&keys, &chain(&keys, 5), None).unwrap();
        assert_eq!((intact.oldest, intact.newest), (Some(Millis(10)), Some(Millis(50))));
        let broken = |change: fn(&mut Vec<Link>)| {
            let mut links = chain(&keys, 5);
            change(&mut links);
            let broken = walked(&keys, &links, None).unwrap_err();
            (broken.seq, broken.how)
        };
        assert_eq!(broken(|links| drop(links.remove(2))), (3, Break::Missing));
        assert_eq!(broken(|links| links[1].at = Millis(21)), (2, Break::Altered));
        let unkind = |links: &mut Vec<Link>| {
            links[3].facets.as_mut().unwrap().kind = None;
        };
        assert_eq!(broken(unkind), (4, Break::Columns));
        assert_eq!(broken(|links| links[3].facets = None), (4, Break::Columns));
        assert_eq!(broken(|links| drop(links.pop())), (5, Break::Tail));
        assert_eq!(broken(Vec::clear), (1, Break::Tail));
    }

    #[test]
    fn a_head_that_was_kept_shows_what_the_database_hides() {
        let keys = Keys::new(&[7; 32]);
        let kept = |entries, mac: &[u8]| KnownHead { entries, mac: mac.to_vec() };
        let (links, longer) = (chain(&keys, 5), chain(&keys, 6));
        for known in [kept(3, &links[2].mac), kept(5, &links[4].mac)] {
            assert!(walked(&keys, &links, Some(&known)).is_ok());
        }
        let cut = walked(&keys, &links, Some(&kept(6, &longer[5].mac))).unwrap_err();
        assert_eq!(cut, BrokenChain { seq: 6, how: Break::Cut });
        let other = walked(&keys, &links, Some(&kept(3, &links[3].mac))).unwrap_err();
        assert_eq!(other, BrokenChain { seq: 3, how: Break::Rewritten });
    }

    #[test]
    fn heads_are_read_as_they_are_printed() {
        let head = KnownHead { entries: 12, mac: vec![0xab; 32] };
        let printed = fingerprint(12, &head.mac);
        assert_eq!(KnownHead::parse(&format!("  {} ", printed.to_uppercase())), Some(head));
        for wrong in ["", "12", "12:", "x:abab", "0:abab", &printed[..20]] {
            assert_eq!(KnownHead::parse(wrong), None, "{wrong}");
        }
    }
}
