//! Which members ConnectWise has confirmed lately, and how often it did not. In memory, bounded; times are
//! given. Pure.
//!
//! Guessing is slowed down for whoever guesses: by the network that it comes from, and there by member. So no
//! stranger can lock a member out. Only wrong claims count: not those that can't be told because ConnectWise
//! does not answer; and a claim that was right once in these twelve hours is never slowed down.

use std::collections::HashMap;

use shared::Millis;

use crate::psa::HostPerson;

/// A confirmed member is believed for so long.
const PROVEN_MS: i64 = 5 * 60_000;
/// A claim that was refused is refused for so long without asking.
const UNPROVEN_MS: i64 = 60_000;
/// A claim that was right may be asked for so long whatever happens beside it: as long as a frame lives.
const KNOWN_MS: i64 = 12 * 60 * 60_000;
/// More claims are not remembered.
const MOST: usize = 1_024;

/// So many wrong claims in so many milliseconds.
struct Rule(u32, i64);

/// Of one member, from one network.
const OF_ONE: Rule = Rule(10, 15 * 60_000);
/// Of all members, from one network: an office that shares an address stays below it.
const OF_ALL: Rule = Rule(30, 60_000);

/// SHA-256 of a claim.
pub(super) type Key = [u8; 32];

/// Whose wrong claims are counted: a network's, of one login or, without one, of all.
type Source = (String, Option<String>);

/// What is known of claims.
#[derive(Default)]
pub(in crate::psa) struct Proofs {
    claims: HashMap<Key, Told>,
    wrong: HashMap<Source, Window>,
}

/// What ConnectWise said, and when; `None`: that it is nobody.
struct Told {
    at: Millis,
    person: Option<HostPerson>,
}

#[derive(Clone, Copy)]
struct Window {
    since: Millis,
    count: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self { since: Millis(0), count: 0 }
    }
}

impl Window {
    /// How long to wait, in milliseconds, where the limit is reached.
    fn wait(self, rule: &Rule, now: Millis) -> Option<i64> {
        let left = self.since.plus(rule.1).since(now);
        (self.count >= rule.0 && left > 0).then_some(left)
    }

    fn count(&mut self, rule: &Rule, now: Millis) {
        if self.since.plus(rule.1).since(now) <= 0 {
            *self = Self { since: now, count: 0 };
        }
        self.count += 1;
    }
}

/// How a claim stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Confirmed a moment ago.
    Proven(HostPerson),
    /// Refused a moment ago.
    Unproven,
    /// There were too many wrong ones: so many milliseconds.
    Wait(i64),
    /// ConnectWise has to say it.
    Ask {
        /// Whether it counts as a wrong one until something else is known.
        counted: bool,
    },
}

impl Proofs {
    /// How a claim stands. One that is to be asked counts as wrong until [`Proofs::uncount`]: many at the
    /// same moment are many tries.
    pub(super) fn standing(
        &mut self,
        key: &Key,
        (from, login): (&str, &str),
        now: Millis,
    ) -> Standing {
        match self.claims.get(key) {
            Some(Told { at, person: Some(person) }) if now.is_within(PROVEN_MS, *at) => {
                return Standing::Proven(person.clone());
            }
            Some(Told { at, person: Some(_) }) if now.is_within(KNOWN_MS, *at) => {
                return Standing::Ask { counted: false };
            }
            Some(Told { at, person: None }) if now.is_within(UNPROVEN_MS, *at) => {
                return Standing::Unproven;
            }
            _ => {}
        }
        let counted = sources(from, login);
        let waits =
            counted.iter().filter_map(|(source, rule)| self.wrong.get(source)?.wait(rule, now));
        if let Some(wait) = waits.max() {
            return Standing::Wait(wait);
        }
        if self.wrong.len() >= MOST {
            self.wrong.retain(|_, it| it.since.plus(OF_ONE.1).since(now) > 0);
            // From a thousand networks at once: forgotten rather than kept for ever.
            if self.wrong.len() >= MOST {
                self.wrong.clear();
            }
        }
        for (source, rule) in counted {
            self.wrong.entry(source).or_default().count(rule, now);
        }
        Standing::Ask { counted: true }
    }

    /// It was not a wrong one, or nobody can tell.
    pub(super) fn uncount(&mut self, (from, login): (&str, &str)) {
        for (source, _) in sources(from, login) {
            if let Some(window) = self.wrong.get_mut(&source) {
                window.count = window.count.saturating_sub(1);
                if window.count == 0 {
                    self.wrong.remove(&source);
                }
            }
        }
    }

    /// What ConnectWise said.
    pub(super) fn tell(&mut self, key: Key, person: Option<HostPerson>, now: Millis) {
        if self.claims.len() >= MOST && !self.claims.contains_key(&key) {
            self.claims.retain(|_, told| {
                let life = if told.person.is_some() { KNOWN_MS } else { UNPROVEN_MS };
                now.is_within(life, told.at)
            });
            let oldest = self.claims.iter().min_by_key(|(_, told)| told.at.0).map(|(key, _)| *key);
            if let Some(oldest) = oldest.filter(|_| self.claims.len() >= MOST) {
                self.claims.remove(&oldest);
            }
        }
        self.claims.insert(key, Told { at: now, person });
    }
}

/// Under what a wrong claim counts.
fn sources(from: &str, login: &str) -> [(Source, &'static Rule); 2] {
    let from = from.to_owned();
    [((from.clone(), Some(login.to_owned())), &OF_ONE), ((from, None), &OF_ALL)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const T: Millis = Millis(1_700_000_000_000);
    const ASK: Standing = Standing::Ask { counted: true };

    const HERE: &str = "192.0.2.7";

    fn key(n: usize) -> Key {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&n.to_le_bytes());
        key
    }

    fn tess() -> HostPerson {
        let text = |text: &str| text.to_owned();
        HostPerson { id: text("101"), login: text("tess"), name: text("Tess"), disabled: false }
    }

    /// A wrong claim, asked for and refused.
    fn guess(proofs: &mut Proofs, n: usize, login: &str, now: Millis) -> Standing {
        let standing = proofs.standing(&key(n), (HERE, login), now);
        if standing == ASK {
            proofs.tell(key(n), None, now);
        }
        standing
    }

    #[test]
    fn what_was_said_is_believed_for_a_while() {
        let mut proofs = Proofs::default();
        assert_eq!(proofs.standing(&key(1), (HERE, "tess"), T), ASK);
        proofs.uncount((HERE, "tess"));
        proofs.tell(key(1), Some(tess()), T);
        let mut at = |ms| proofs.standing(&key(1), (HERE, "tess"), T.plus(ms));
        assert_eq!(at(5 * MINUTE - 1), Standing::Proven(tess()));
        assert_eq!(at(5 * MINUTE + 1), Standing::Ask { counted: false });
        assert_eq!(at(12 * 60 * MINUTE + 1), ASK);
        // A hash that ends is refused like any other.
        proofs.tell(key(1), None, T);
        let mut at = |ms| proofs.standing(&key(1), (HERE, "tess"), T.plus(ms));
        assert_eq!(at(MINUTE - 1), Standing::Unproven);
        assert_eq!(at(MINUTE + 1), ASK);
    }

    #[test]
    fn guessing_is_slowed_down_by_member_and_altogether() {
        let mut proofs = Proofs::default();
        for n in 0..10 {
            assert_eq!(guess(&mut proofs, n, "tess", T), ASK, "{n}");
        }
        assert_eq!(guess(&mut proofs, 10, "tess", T), Standing::Wait(15 * MINUTE));
        // A refusal that is remembered costs nothing.
        assert_eq!(guess(&mut proofs, 9, "tess", T), Standing::Unproven);
        for n in 11..31 {
            assert_eq!(guess(&mut proofs, n, &format!("m{n}"), T), ASK, "{n}");
        }
        assert_eq!(guess(&mut proofs, 40, "cole", T), Standing::Wait(MINUTE));
        assert_eq!(guess(&mut proofs, 41, "cole", T.plus(MINUTE)), ASK);
        let wait = guess(&mut proofs, 42, "tess", T.plus(MINUTE));
        assert_eq!(wait, Standing::Wait(14 * MINUTE));
        assert_eq!(guess(&mut proofs, 43, "tess", T.plus(15 * MINUTE)), ASK);
    }

    #[test]
    fn nobody_locks_out_who_has_been_here() {
        let mut proofs = Proofs::default();
        proofs.tell(key(0), Some(tess()), T);
        for n in 1..60 {
            guess(&mut proofs, n, "tess", T);
        }
        assert!(matches!(proofs.standing(&key(99), (HERE, "tess"), T), Standing::Wait(_)));
        // Somebody who has not, elsewhere, is not slowed down by it.
        assert_eq!(proofs.standing(&key(98), ("198.51.100.4", "tess"), T), ASK);
        assert_eq!(proofs.standing(&key(0), (HERE, "tess"), T), Standing::Proven(tess()));
        let later = T.plus(6 * MINUTE);
        assert_eq!(
            proofs.standing(&key(0), (HERE, "tess"), later),
            Standing::Ask { counted: false }
        );
    }

    #[test]
    fn what_can_not_be_told_is_no_guess() {
        let mut proofs = Proofs::default();
        for n in 0..100 {
            assert_eq!(proofs.standing(&key(n), (HERE, "tess"), T), ASK, "{n}");
            proofs.uncount((HERE, "tess"));
        }
        assert!(proofs.wrong.is_empty());
    }

    #[test]
    fn no_more_than_so_many_are_remembered() {
        let mut proofs = Proofs::default();
        let many = 3 * MOST;
        for n in 0..many {
            proofs.tell(key(n), Some(tess()), T.plus(i64::try_from(n).unwrap()));
        }
        assert_eq!(proofs.claims.len(), MOST);
        assert!(proofs.claims.contains_key(&key(many - 1)));
        assert!(!proofs.claims.contains_key(&key(0)));
    }
}
