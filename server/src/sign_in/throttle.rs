//! How often somebody may try to sign in. The rules slow guessing down without giving strangers a
//! way to lock a technician out: hard limits hold for an address, or for somebody who already
//! knows the password; for a technician as such there is only a short wait.

use std::net::IpAddr;
use std::time::Duration;

use data_encoding::HEXLOWER;
use shared::Millis;

use super::Refused;
use crate::app::App;
use crate::seal::{Keys, Purpose};
use crate::store::{Session, StoreError};

const MINUTE_MS: i64 = 60 * 1000;

/// One rule: so many tries in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Tries that are free.
    pub tries: i64,
    /// How long the window is.
    pub window_ms: i64,
}

/// From one address in one name: what a person who mistypes needs, and far too little to guess.
pub const PAIR: Rule = Rule { tries: 10, window_ms: 15 * MINUTE_MS };
/// From one address in all names: against one password tried on everybody. An office that
/// shares an address stays below it.
pub const ADDRESS: Rule = Rule { tries: 100, window_ms: 15 * MINUTE_MS };
/// In one name from all addresses: beyond it an answer takes longer, right or wrong alike, and
/// never more than [`LONGEST_WAIT`]. No stranger can make it a lock.
pub const NAME: Rule = Rule { tries: 20, window_ms: 60 * MINUTE_MS };
/// Codes in one half session; then the password is asked again.
pub const CODES: Rule = Rule { tries: 5, window_ms: 15 * MINUTE_MS };
/// Wrong codes in one name. Only who has the password gets here, so this may be a lock: with
/// three codes right at any time, 30 guesses an hour find one in four years.
pub const CODES_OF_NAME: Rule = Rule { tries: 30, window_ms: 60 * MINUTE_MS };

/// Wrong old passwords and codes in one's own settings. Only who is signed in gets here.
pub const OWN: Rule = Rule { tries: 10, window_ms: 15 * MINUTE_MS };
/// Forgotten passwords from one address, in whatever name: it is told so.
pub const FORGOTTEN_FROM: Rule = Rule { tries: 20, window_ms: 60 * MINUTE_MS };
/// Mails to one name from all addresses. Nobody is told, and nobody is locked out: the last link works.
pub const FORGOTTEN_NAME: Rule = Rule { tries: 3, window_ms: 60 * MINUTE_MS };

/// The longest that the rule for a name makes anyone wait.
pub const LONGEST_WAIT: Duration = Duration::from_secs(2);

impl Rule {
    /// Whether try number `count`, in a window that began at `since`, is refused, and how many
    /// seconds are left to wait.
    #[must_use]
    pub fn wait(self, count: i64, since: Millis, now: Millis) -> Option<u32> {
        (count > self.tries).then(|| {
            let left = since.plus(self.window_ms).since(now).max(0);
            u32::try_from(left / 1000 + 1).unwrap_or(u32::MAX)
        })
    }

    /// How long an answer is held back at try number `count`: a little more each time, bounded.
    #[must_use]
    pub fn slow_down(self, count: i64) -> Duration {
        let over = u32::try_from((count - self.tries).clamp(0, 20)).unwrap_or(0);
        (Duration::from_millis(100) * over).min(LONGEST_WAIT)
    }
}

/// The network of an address: whoever has one IPv6 address has at least its /64.
pub(crate) fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{:x?}", &v6.segments()[..4]),
        },
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Counters are kept under hashes: the table says nothing about who tried, or from where.
fn name(keys: &Keys, rule: &str, parts: &[&[u8]]) -> String {
    let mut all: Vec<&[u8]> = vec![b"throttle", rule.as_bytes()];
    all.extend_from_slice(parts);
    let hash = keys.hash(Purpose::Session, &all);
    format!("sign-in {rule} {}", HEXLOWER.encode(&hash[..16]))
}

/// The counters that one password try touches.
pub(super) struct Throttle<'a> {
    app: &'a App,
    pair: String,
    address: String,
    email: String,
}

impl<'a> Throttle<'a> {
    pub(super) fn new(app: &'a App, address: &str, email: &str) -> Self {
        let (network, email) = (network(address), email.as_bytes());
        Self {
            app,
            pair: name(&app.keys, "pair", &[network.as_bytes(), email]),
            address: name(&app.keys, "address", &[network.as_bytes()]),
            email: name(&app.keys, "name", &[email]),
        }
    }

    /// Counts a try before the password is looked at, and waits where the name is being guessed.
    pub(super) async fn count_password(&self) -> Result<(), Refused> {
        refuse_over(self.app, &self.pair, PAIR).await?;
        refuse_over(self.app, &self.address, ADDRESS).await?;
        let now = self.app.clock.now();
        let (count, _) = self.app.store.count_attempt(&self.email, now, NAME.window_ms).await?;
        let wait = NAME.slow_down(count);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// It was the right password: the try does not count.
    pub(super) async fn forgive_password(&self) -> Result<(), StoreError> {
        self.app.store.forgive_attempt(&[&self.pair, &self.address, &self.email]).await
    }
}

async fn refuse_over(app: &App, name: &str, rule: Rule) -> Result<(), Refused> {
    let now = app.clock.now();
    let (count, since) = app.store.count_attempt(name, now, rule.window_ms).await?;
    match rule.wait(count, since, now) {
        Some(seconds) => Err(Refused::TooMany { seconds }),
        None => Ok(()),
    }
}

/// Counts a browser that is to be sent to an issuer: each takes a row.
pub(super) async fn count_trip(app: &App, address: &str) -> Result<(), Refused> {
    refuse_over(app, &trip(app, address), ADDRESS).await
}

/// It came back as somebody who is linked: it does not count.
pub(super) async fn forgive_trip(app: &App, address: &str) -> Result<(), StoreError> {
    app.store.forgive_attempt(&[&trip(app, address)]).await
}

fn trip(app: &App, address: &str) -> String {
    name(&app.keys, "trip", &[network(address).as_bytes()])
}

/// Counts a try in a name that nobody has. Stops nobody.
pub(super) async fn count_nobody(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.store.count_attempt("sign-in nobody", now, NAME.window_ms).await.map(|_| ())
}

/// Counts a code before it is looked at. Tells whether it is the last one of its half session.
pub(super) async fn count_code(app: &App, half: &Session) -> Result<bool, Refused> {
    let now = app.clock.now();
    let of_name = name(&app.keys, "codes of name", &[half.technician.id.0.as_bytes()]);
    refuse_over(app, &of_name, CODES_OF_NAME).await?;
    let codes = name(&app.keys, "codes", &[&half.id]);
    let (count, since) = app.store.count_attempt(&codes, now, CODES.window_ms).await?;
    match CODES.wait(count, since, now) {
        Some(seconds) => Err(Refused::TooMany { seconds }),
        None => Ok(count == CODES.tries),
    }
}

/// It was the right code: the try does not count.
pub(super) async fn forgive_code(app: &App, half: &Session) -> Result<(), StoreError> {
    let of_name = name(&app.keys, "codes of name", &[half.technician.id.0.as_bytes()]);
    let codes = name(&app.keys, "codes", &[&half.id]);
    app.store.forgive_attempt(&[&of_name, &codes]).await
}

/// Counts a try to change one's own sign-in before it is looked at.
pub(super) async fn count_own(app: &App, who: &Session) -> Result<(), Refused> {
    refuse_over(app, &own(app, who), OWN).await
}

/// It was right: it does not count.
pub(super) async fn forgive_own(app: &App, who: &Session) -> Result<(), StoreError> {
    app.store.forgive_attempt(&[&own(app, who)]).await
}

fn own(app: &App, who: &Session) -> String {
    name(&app.keys, "own", &[who.technician.id.0.as_bytes()])
}

/// Counts a forgotten password against the address that asks.
pub(super) async fn count_forgotten_from(app: &App, address: &str) -> Result<(), Refused> {
    let network = network(address);
    let from = name(&app.keys, "forgotten from", &[network.as_bytes()]);
    refuse_over(app, &from, FORGOTTEN_FROM).await
}

/// Counts one against the name that is asked for, whether anybody has it or not.
pub(super) async fn count_forgotten_name(app: &App, email: &str) -> Result<(), Refused> {
    let of_name = name(&app.keys, "forgotten name", &[email.as_bytes()]);
    refuse_over(app, &of_name, FORGOTTEN_NAME).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::LONGEST_WINDOW_MS;

    #[test]
    fn a_rule_refuses_after_its_tries_until_its_window_ends() {
        let rule = Rule { tries: 2, window_ms: 10_000 };
        let since = Millis(5_000);
        for (count, now, wait) in [
            (1, 5_000, None),
            (2, 9_000, None),
            (3, 9_000, Some(7)),
            (9, 14_999, Some(1)),
            (9, 20_000, Some(1)),
        ] {
            assert_eq!(rule.wait(count, since, Millis(now)), wait, "{count} at {now}");
        }
    }

    #[test]
    fn a_name_is_slowed_down_and_never_locked() {
        for (count, millis) in [(1, 0), (20, 0), (21, 100), (25, 500), (40, 2000), (9999, 2000)] {
            assert_eq!(NAME.slow_down(count), Duration::from_millis(millis), "{count}");
        }
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let same = |a: &str, b: &str| network(a) == network(b);
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("unknown", "192.0.2.2"));
    }

    #[test]
    fn counters_outlive_their_windows() {
        for rule in [PAIR, ADDRESS, NAME, CODES, CODES_OF_NAME, OWN, FORGOTTEN_FROM, FORGOTTEN_NAME]
        {
            assert!(rule.window_ms <= LONGEST_WINDOW_MS);
        }
    }
}
