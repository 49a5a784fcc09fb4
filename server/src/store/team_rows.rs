//! The people of the MSP as an admin looks after them, and what each does with their own sign-in.

use shared::{Host, Millis, TechnicianId};
use uuid::Uuid;

use super::{Role, Trace};

/// What a person may do. What an admin changes, all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// What they are to the account.
    pub role: Role,
    /// Whether they may reset passwords.
    pub may_reset: bool,
    /// Whether they may use the web UI; otherwise pods only.
    pub may_use_ui: bool,
    /// Whether a second factor is forced for them, whatever the account says.
    pub must_use_mfa: bool,
}

/// A person of the MSP, one who has left too.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// What they may do.
    pub rights: Rights,
    /// How many customers are listed for them; `None` when they have all, as admins do.
    pub customers: Option<u32>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether an authenticator is enrolled.
    pub has_totp: bool,
    /// Until when their one-time link works, if one was made that was neither used nor withdrawn.
    pub link_until: Option<Millis>,
    /// When they last signed in.
    pub last_sign_in_at: Option<Millis>,
    /// Since when they are no part of the account any more.
    pub ended_at: Option<Millis>,
}

/// A one-time link, in place of any earlier one.
#[derive(Debug, Clone)]
pub struct NewLink<'a> {
    /// Keyed hash of its token.
    pub hash: &'a [u8],
    /// Until when it works.
    pub until: Millis,
    /// The mail that carries it; `None` where somebody else hands it over.
    pub mail: Option<LinkMail<'a>>,
}

/// The mail with a link.
#[derive(Debug, Clone)]
pub struct LinkMail<'a> {
    /// Its row.
    pub id: Uuid,
    /// The token, sealed for that row.
    pub token_sealed: &'a [u8],
    /// Which link it is: see `sign_in::links`.
    pub about: &'a str,
}

/// What an admin changes of a person.
#[derive(Debug, Clone)]
pub struct PersonChange<'a> {
    /// Their name.
    pub name: &'a str,
    /// What they may do.
    pub rights: &'a Rights,
    /// What of it is new, in words of the audit; empty for the name alone.
    pub about: &'a str,
}

/// What proves that whoever replaces an authenticator is its owner.
#[derive(Debug, Clone)]
pub enum OldFactor {
    /// A code from the old one: its time step.
    Step(i64),
    /// A recovery code: its hash.
    Code(Vec<u8>),
    /// A recovery code was this session's second factor.
    Recovered,
}

/// An authenticator in place of another.
#[derive(Debug, Clone)]
pub struct Replacement<'a> {
    /// Whose.
    pub technician: TechnicianId,
    /// The session in which it is done.
    pub session: &'a [u8],
    /// What proves that it is theirs.
    pub old: &'a OldFactor,
    /// The time step of the new one's first code.
    pub step: i64,
    /// Its sealed secret.
    pub sealed: &'a [u8],
    /// Hashes of the recovery codes that come with it.
    pub codes: &'a [Vec<u8>],
}

/// A browser or frame in which somebody is signed in.
#[derive(Debug, Clone)]
pub struct OwnSession {
    /// Hash of its token.
    pub id: Vec<u8>,
    /// Where it is used.
    pub host: Host,
    /// What is remembered of the browser.
    pub trace: Trace,
    /// Since when.
    pub created_at: Millis,
    /// When a person last used it.
    pub seen_at: Millis,
}
