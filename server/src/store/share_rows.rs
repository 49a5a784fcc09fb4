//! What stands in the table of shares, as types.

use shared::{AccountId, CustomerId, Millis, ResetId, ShareId, TechnicianId};

use crate::language::Language;

/// A sealed secret behind a link.
#[derive(Debug, Clone)]
pub struct Share {
    /// Its row.
    pub id: ShareId,
    /// Whose.
    pub account: AccountId,
    /// What it is for, and what hears of it; `None` for one that stands by itself.
    pub owner: Option<Owner>,
    /// Whose brand the page has; the account's own where none is said.
    pub customer: Option<CustomerId>,
    /// What the page speaks; the browser's language where none is known.
    pub language: Option<Language>,
    /// Whether the secret is replaced at the next sign-in.
    pub must_change: bool,
    /// Derived from the token, for look-ups.
    pub look_id: Vec<u8>,
    /// SHA-256 of the proof.
    pub proof_hash: Vec<u8>,
    /// What the link's key opens.
    pub ciphertext: Vec<u8>,
    /// How it stands.
    pub state: ShareStanding,
    /// How long it can be opened once the text was accepted.
    pub life_ms: i64,
    /// Until when it can be opened; `None` until the text was accepted.
    pub expires_at: Option<Millis>,
    /// The latest end.
    pub latest_at: Option<Millis>,
    /// When one device opened it.
    pub opened_at: Option<Millis>,
    /// Keyed hash of the unlock code.
    pub unlock_hash: Option<Vec<u8>>,
    /// Wrong unlock codes that it still bears.
    pub unlock_tries: u32,
    /// The token, for texting it again.
    pub token_sealed: Option<Vec<u8>>,
    /// The password, for a new link.
    pub password_sealed: Option<Vec<u8>>,
    /// How often other devices tried the opened link; not counted beyond [`MOST_LATE`].
    pub late_attempts: i64,
    /// When one of them did last.
    pub late_at: Option<Millis>,
    /// When it was revoked, locked or found expired.
    pub ended_at: Option<Millis>,
    /// Who revoked it; `None` where no technician did.
    pub ended_by: Option<TechnicianId>,
}

/// What a share is for: it hears of what happens to its link, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The password of a reset.
    Reset(ResetId),
}

/// The device that opened a link may fetch again for so long: a lost reply, a reload.
pub const GRACE_MS: i64 = 5 * 60_000;
/// Late attempts are counted up to here: beyond it they cost a read, as a stranger's do.
pub const MOST_LATE: i64 = 1_000;

impl Share {
    /// How long the link can still be opened, in milliseconds: its whole life before the first
    /// text was accepted.
    #[must_use]
    pub fn left_ms(&self, now: Millis) -> i64 {
        let latest = self.latest_at.map_or(self.life_ms, |latest| latest.since(now));
        self.expires_at.map_or(self.life_ms, |expires| expires.since(now)).min(latest)
    }

    /// Whether the device that opened it may still fetch it.
    #[must_use]
    pub fn in_grace(&self, now: Millis) -> bool {
        self.state == ShareStanding::Opened
            && self.opened_at.is_some_and(|at| at.plus(GRACE_MS) > now)
    }
}

/// How a share stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareStanding {
    /// Its owner has not let it be opened yet.
    Closed,
    /// Can be opened.
    Open,
    /// One device opened it.
    Opened,
    /// Its time went by.
    Expired,
    /// A technician or something newer ended it, opened (then `opened_at` says so) or not.
    Revoked,
    /// Five wrong unlock codes; the secret is kept for a new link.
    Locked,
    /// Its owner came to nothing.
    Destroyed,
}

impl ShareStanding {
    const ALL: [ShareStanding; 7] = [
        ShareStanding::Closed,
        ShareStanding::Open,
        ShareStanding::Opened,
        ShareStanding::Expired,
        ShareStanding::Revoked,
        ShareStanding::Locked,
        ShareStanding::Destroyed,
    ];

    /// As in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ShareStanding::Closed => "closed",
            ShareStanding::Open => "open",
            ShareStanding::Opened => "opened",
            ShareStanding::Expired => "expired",
            ShareStanding::Revoked => "revoked",
            ShareStanding::Locked => "locked",
            ShareStanding::Destroyed => "destroyed",
        }
    }

    /// The standing of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What a look at a link without effect tells.
#[derive(Debug, Clone)]
pub struct LookRow {
    /// Whose.
    pub account: AccountId,
    /// Whose brand the page has; the account's own where none is said.
    pub customer: Option<CustomerId>,
    /// What the page speaks; the browser's language where none is known.
    pub language: Option<Language>,
    /// Until when it can be opened.
    pub expires_at: Millis,
    /// Whether an unlock code is needed.
    pub code_needed: bool,
    /// Whether the next sign-in asks for another password.
    pub must_change: bool,
}

/// Somebody wants to open a link: hashes of what they have.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// Which link.
    pub look_id: &'a [u8],
    /// SHA-256 of the proof.
    pub proof_hash: &'a [u8],
    /// SHA-256 of the nonce that their device made.
    pub opener_hash: &'a [u8],
    /// Keyed hash of the unlock code, where they gave one.
    pub unlock_hash: Option<&'a [u8]>,
    /// Whose link it has to be, where that is said: to anybody else's the answer is as to none.
    pub only: Option<AccountId>,
}

/// An attempt to open a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What they are told.
    pub result: OpenResult,
    /// Whose link it was, when something about it changed.
    pub changed: Option<AccountId>,
}

/// What came of an attempt to open a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenResult {
    /// This device has it, now or again.
    Opened {
        /// What the link's key opens.
        ciphertext: Vec<u8>,
        /// Until when this device may fetch it again.
        grace_until: Millis,
    },
    /// The right link, the wrong unlock code.
    WrongUnlock {
        /// Tries left.
        tries_left: u32,
    },
    /// Unknown, opened elsewhere, expired, revoked, locked: a stranger is not told which.
    Dead,
}
