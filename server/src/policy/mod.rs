//! What an account demands, with safe defaults. Pure: the store keeps what was changed, here
//! stands what it means.

#[cfg(test)]
mod chance;
pub mod change;
#[cfg(test)]
mod document;
pub mod fields;
pub mod layers;
pub mod value;

pub use crate::brand::Wrong;
use serde::{Deserialize, Serialize};
use shared::{Channel, ContactId, DestinationKind, Millis, Proof, Source};

/// The effective policy for a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Ways of verifying that may be used at all.
    pub methods: Vec<Channel>,
    /// Those of them that count for a reset. Mail does not by default: it may well be in the mailbox
    /// that the reset opens.
    pub reset_methods: Vec<Channel>,
    /// How long a verification counts for a reset, in milliseconds.
    pub fresh_ms: i64,
    /// How long a shield stays green, in milliseconds.
    pub shown_ms: i64,
    /// Digits of a code.
    pub code_digits: u32,
    /// How long a code by text can be entered, in milliseconds; 10 minutes at most (NIST SP
    /// 800-63B-4).
    pub code_ms: i64,
    /// How long a code by mail can be entered, in milliseconds: mail is slow.
    pub mail_code_ms: i64,
    /// How long a verification's link can be answered, in milliseconds.
    pub answer_link_ms: i64,
    /// How often a code may be tried.
    pub code_tries: u32,
    /// Countries whose numbers are texted, as `US` (ISO 3166) or as the beginning of a number,
    /// `+49`. Whoever can edit a card could otherwise have us pay for texts to anywhere.
    pub countries: Vec<String>,
    /// Whether numbers from the contact's card count for a reset. Whoever can edit the card could
    /// then be verified: the PSA becomes the key to every mailbox.
    pub accept_contact_phones: bool,
    /// Whether a reset is refused when the number that verified would also get the link. Otherwise the
    /// unlock code stands between the two.
    pub refuse_same_number: bool,
    /// Whether somebody else may vouch for a caller: their manager at Microsoft, or one of the
    /// approvers.
    pub vouching: bool,
    /// Contacts of the customer who may vouch for everybody there.
    pub approvers: Vec<ContactId>,
    /// Groups at Microsoft, by object id, whose members are reset only when a second technician
    /// approves: executives, finance, IT.
    pub protected_groups: Vec<String>,
    /// Whether every reset needs a second technician.
    pub approve_everybody: bool,
    /// How long an approval can be answered, and then used, in milliseconds.
    pub approval_ms: i64,
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
    /// Resets of one person in a day from which on the technician is warned and admins hear of it.
    pub warn_person: u32,
    /// Resets by one technician in an hour from which on they are warned and admins hear of it.
    pub warn_technician: u32,
    /// How long a changed number on a card is warned of, in milliseconds.
    pub warn_changed_ms: i64,
    /// Verifications that the pod's history shows.
    pub history_shown: u32,
    /// Codes to one destination in an hour.
    pub codes_per_destination: u32,
    /// Codes to one contact in an hour.
    pub codes_per_contact: u32,
    /// Codes by one technician in an hour.
    pub codes_per_technician: u32,
    /// Codes by the account in an hour: texts cost money.
    pub codes_per_account: u32,
}

/// Duo itself gives a push up after a minute; what is left is the way there and back.
const PUSH_MS: i64 = 90_000;
/// Tries of a link's two digits.
const LINK_TRIES: u32 = 2;

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

/// Where texts go by default: the countries whose languages end users are spoken to, the rest of the
/// European Economic Area, Britain, Switzerland, Australia and New Zealand. None of the numbering plan
/// of +1 but the United States and Canada.
const COUNTRIES: [&str; 38] = [
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB",
    "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "MX", "NL", "NO", "NZ", "PL",
    "PT", "RO", "SE", "SI", "SK", "US",
];

impl Default for Policy {
    fn default() -> Self {
        Self {
            methods: Channel::ALL.to_vec(),
            reset_methods: vec![Channel::DuoPush, Channel::SmsCode, Channel::SmsLink],
            fresh_ms: 15 * 60_000,
            shown_ms: 15 * 60_000,
            code_digits: 6,
            code_ms: 5 * 60_000,
            mail_code_ms: 10 * 60_000,
            answer_link_ms: 5 * 60_000,
            code_tries: 5,
            countries: COUNTRIES.map(str::to_owned).to_vec(),
            accept_contact_phones: false,
            refuse_same_number: false,
            vouching: false,
            approvers: Vec::new(),
            protected_groups: Vec::new(),
            approve_everybody: false,
            approval_ms: 30 * 60_000,
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
            warn_person: 2,
            warn_technician: 10,
            warn_changed_ms: 30 * 24 * 60 * 60_000,
            history_shown: 5,
            codes_per_destination: 6,
            codes_per_contact: 12,
            codes_per_technician: 60,
            codes_per_account: 300,
        }
    }
}

impl Policy {
    /// What does not go together. Each field by itself is looked at in [`value::fit`].
    #[must_use]
    pub fn apart(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if let Some(odd) = self.reset_methods.iter().find(|it| !self.methods.contains(it)) {
            let detail = format!(
                "{} would count for a reset, and is none of the ways of verifying.",
                value::channel_words(*odd)
            );
            wrong.push(Wrong::at("reset_methods", detail));
        }
        if !self.notify && self.notify_manager {
            let detail = "The manager would hear of what the person does not: switch both on, or this \
                          one off.";
            wrong.push(Wrong::at("notify_manager", detail.to_owned()));
        }
        wrong
    }

    /// Whether a verification by this way, to a destination from this source, counts for a reset.
    #[must_use]
    pub fn accepts(&self, channel: Channel, source: Source) -> bool {
        let trusted = match channel.kind() {
            DestinationKind::Phone => source == Source::Microsoft || self.accept_contact_phones,
            DestinationKind::App => source == Source::Duo,
            DestinationKind::Email => true,
        };
        trusted && self.methods.contains(&channel) && self.reset_methods.contains(&channel)
    }

    /// Whether texts go to this number: `+49…`, of the country `DE`.
    #[must_use]
    pub fn texts_to(&self, e164: &str, country: Option<&str>) -> bool {
        self.countries.iter().any(|listed| match listed.strip_prefix('+') {
            Some(_) => e164.starts_with(listed.as_str()),
            None => country == Some(listed),
        })
    }

    /// How long what is sent by this way can be answered, in milliseconds.
    #[must_use]
    pub fn life_ms(&self, channel: Channel) -> i64 {
        match channel {
            Channel::SmsCode => self.code_ms,
            Channel::EmailCode => self.mail_code_ms,
            Channel::SmsLink | Channel::EmailLink => self.answer_link_ms,
            Channel::DuoPush => PUSH_MS,
        }
    }

    /// How often it may be tried: a link is two digits, so two tries are one chance in fifty.
    #[must_use]
    pub fn tries(&self, channel: Channel) -> u32 {
        match channel.proof() {
            Proof::Code => self.code_tries,
            Proof::Link => LINK_TRIES,
            Proof::Push => 1,
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
    fn what_does_not_go_together_is_named() {
        assert_eq!(Policy::default().apart(), []);
        let check = |change: fn(&mut Policy), field: &str| {
            let mut policy = Policy::default();
            change(&mut policy);
            assert_eq!(policy.apart()[0].field, field);
        };
        check(|p| (p.notify, p.notify_manager) = (false, true), "notify_manager");
        check(|p| p.methods = vec![Channel::SmsCode], "reset_methods");
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
