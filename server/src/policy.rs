//! What an account demands, with safe defaults. Pure: the store keeps what was changed, here
//! stands what it means.

use serde::{Deserialize, Serialize};
use shared::{Channel, Millis, Source};

/// The effective policy for a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// How long a verification counts for a reset, and a shield stays green, in milliseconds.
    pub fresh_ms: i64,
    /// How long a code can be entered, in milliseconds; 10 minutes at most by text.
    pub code_ms: i64,
    /// How often a code may be tried.
    pub code_tries: u32,
    /// Whether numbers from the contact's card count for a reset. Whoever can edit the card could
    /// then be verified: the PSA becomes the key to every mailbox.
    pub accept_contact_phones: bool,
    /// How long a registered phone counts as new once a change was noticed, in milliseconds: so long
    /// a link to it needs an unlock code, whatever `unlock` says.
    pub new_phone_ms: i64,
    /// Whether the second registered mobile verifies and gets links where there is no first one.
    /// Microsoft itself only calls it, so it may be a landline; and one that people forget about
    /// may be somebody else's by now.
    pub alternate_mobile: bool,
    /// How long a link can be opened once the text was accepted, in milliseconds.
    pub link_ms: i64,
    /// When the technician says an unlock code.
    pub unlock: Unlock,
    /// What the new password looks like.
    pub password: PasswordKind,
    /// Whether the person must choose a new password at the next sign-in. Without it, the one that
    /// the link shows stays theirs.
    pub must_change: bool,
    /// Whether a reset also ends the person's sign-in sessions everywhere. Off by default: somebody
    /// who forgot a password is not somebody whose account was taken, and would be thrown out of
    /// the phone and the mail that still work. Needs the optional permission
    /// `User.RevokeSessions.All`.
    pub revoke_sessions: bool,
    /// Whether the person is told of the reset: by mail to their mailbox, and at one more place that
    /// is on their card and has neither verified them nor got the link. Without it, nobody but the
    /// caller hears of a reset that the caller should not have had.
    pub notify: bool,
    /// Whether the person's manager at Microsoft is told too, by mail.
    pub notify_manager: bool,
    /// Resets of one person in a day.
    pub resets_per_person: u32,
    /// Resets by one technician in an hour.
    pub resets_per_technician: u32,
    /// Resets for one customer in an hour.
    pub resets_per_customer: u32,
    /// The brake: more resets in an hour than this stop all of the account's.
    pub resets_per_account: u32,
    /// Codes to one destination in an hour.
    pub codes_per_destination: u32,
    /// Codes by one technician in an hour.
    pub codes_per_technician: u32,
    /// Codes by the account in an hour: texts cost money.
    pub codes_per_account: u32,
}

/// What a new password looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordKind {
    /// Sixteen characters of all four classes, without look-alikes: to be copied.
    Random,
    /// Six short words with a capital and a digit: to be typed on a phone.
    Passphrase,
}

/// When the technician says an unlock code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unlock {
    /// Always.
    Always,
    /// When the number that verified also gets the link.
    SameNumber,
    /// Never: the consequence is named where it is set.
    Never,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            fresh_ms: 15 * 60_000,
            code_ms: 5 * 60_000,
            code_tries: 5,
            accept_contact_phones: false,
            new_phone_ms: 30 * 24 * 60 * 60_000,
            alternate_mobile: false,
            link_ms: 60 * 60_000,
            unlock: Unlock::SameNumber,
            password: PasswordKind::Random,
            must_change: true,
            revoke_sessions: false,
            notify: true,
            notify_manager: false,
            resets_per_person: 5,
            resets_per_technician: 20,
            resets_per_customer: 20,
            resets_per_account: 60,
            codes_per_destination: 6,
            codes_per_technician: 60,
            codes_per_account: 300,
        }
    }
}

impl Policy {
    /// Names what can't be meant.
    ///
    /// # Errors
    /// A few words for who wrote it.
    pub fn check(&self) -> Result<(), &'static str> {
        match self {
            Self { code_ms, .. } if !(1..=10 * 60_000).contains(code_ms) => {
                Err("code_ms must be 10 minutes at most, and more than nothing")
            }
            Self { fresh_ms: ..=0, .. } => Err("fresh_ms must be more than nothing"),
            Self { link_ms, .. } if !(60_000..=24 * 60 * 60_000).contains(link_ms) => {
                Err("link_ms must be between a minute and a day")
            }
            Self { new_phone_ms, .. }
                if !(60 * 60_000..=366 * 24 * 60 * 60_000).contains(new_phone_ms) =>
            {
                Err("new_phone_ms must be between an hour and a year")
            }
            Self { notify: false, notify_manager: true, .. } => {
                Err("notify_manager is on and notify is off: the manager would hear of what the \
                     person does not")
            }
            Self { code_tries: 0, .. } => Err("code_tries is 0: no code could ever be right"),
            _ => Ok(()),
        }
    }

    /// Whether a verification by this way, to a destination from this source, counts for a reset.
    #[must_use]
    pub fn accepts(&self, channel: Channel, source: Source) -> bool {
        match (channel, source) {
            (Channel::SmsCode, Source::Microsoft) => true,
            (Channel::SmsCode, Source::Contact) => self.accept_contact_phones,
        }
    }

    /// Whether the technician will say an unlock code. A new phone has one whatever is set here.
    #[must_use]
    pub fn unlocks(&self, same_number: bool, new_phone: bool) -> bool {
        new_phone
            || match self.unlock {
                Unlock::Always => true,
                Unlock::SameNumber => same_number,
                Unlock::Never => false,
            }
    }

    /// When the phone became another one, if that is recent.
    #[must_use]
    pub fn new_since(&self, changed_at: Option<Millis>, now: Millis) -> Option<Millis> {
        changed_at.filter(|at| now.since(*at) < self.new_phone_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_named() {
        assert_eq!(Policy::default().check(), Ok(()));
        let check = |change: fn(&mut Policy), says: &str| {
            let mut policy = Policy::default();
            change(&mut policy);
            let told = policy.check().unwrap_err();
            assert!(told.contains(says), "{told}");
        };
        check(|p| p.code_ms = 600_001, "code_ms");
        check(|p| p.code_ms = 0, "code_ms");
        check(|p| p.fresh_ms = 0, "fresh_ms");
        check(|p| p.link_ms = 59_999, "link_ms");
        check(|p| p.link_ms = 24 * 60 * 60_000 + 1, "link_ms");
        check(|p| p.code_tries = 0, "code_tries");
        check(|p| p.new_phone_ms = 60 * 60_000 - 1, "new_phone_ms");
        check(|p| p.new_phone_ms = 367 * 24 * 60 * 60_000, "new_phone_ms");
        check(|p| (p.notify, p.notify_manager) = (false, true), "notify_manager");
    }

    #[test]
    fn a_new_phone_has_an_unlock_code_whatever_is_set() {
        let check = |unlock, same_number, new_phone, unlocks| {
            let policy = Policy { unlock, ..Policy::default() };
            assert_eq!(policy.unlocks(same_number, new_phone), unlocks, "{unlock:?}");
        };
        for unlock in [Unlock::Always, Unlock::SameNumber, Unlock::Never] {
            check(unlock, false, true, true);
            check(unlock, true, true, true);
        }
        check(Unlock::Always, false, false, true);
        check(Unlock::SameNumber, true, false, true);
        check(Unlock::SameNumber, false, false, false);
        check(Unlock::Never, true, false, false);
        assert_eq!(Policy::default().unlock, Unlock::SameNumber);
        let (policy, at) = (Policy::default(), Millis(1_000));
        let month = policy.new_phone_ms;
        assert_eq!(policy.new_since(Some(at), at.plus(month - 1)), Some(at));
        assert_eq!(policy.new_since(Some(at), at.plus(month)), None);
        assert_eq!(policy.new_since(None, at), None);
    }

    #[test]
    fn what_a_file_does_not_say_is_the_default() {
        let read = |text| serde_json::from_str::<Policy>(text);
        assert_eq!(read("{}").unwrap(), Policy::default());
        let read_back = read(r#"{"password": "passphrase", "revoke_sessions": true}"#).unwrap();
        let expected = Policy {
            password: PasswordKind::Passphrase,
            revoke_sessions: true,
            ..Policy::default()
        };
        assert_eq!(read_back, expected);
        for wrong in [r#"{"password": "pin"}"#, r#"{"passwords": "random"}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
