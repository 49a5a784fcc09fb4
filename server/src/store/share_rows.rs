//! What stands in the table of shares, as types.

use shared::{AccountId, CustomerId, Millis, ResetId, ShareId};

use crate::language::Language;

/// A sealed secret behind a link.
#[derive(Debug, Clone)]
pub struct Share {
    /// Its row.
    pub id: ShareId,
    /// Whose.
    pub account: AccountId,
    /// For which reset.
    pub reset: Option<ResetId>,
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
    /// The token, for texting it again.
    pub token_sealed: Option<Vec<u8>>,
    /// The password, for a new link.
    pub password_sealed: Option<Vec<u8>>,
    /// Other devices that tried the opened link.
    pub late_attempts: i64,
}

impl Share {
    /// How long the link can still be opened, in milliseconds: its whole life before the first
    /// text was accepted.
    #[must_use]
    pub fn left_ms(&self, now: Millis) -> i64 {
        let latest = self.latest_at.map_or(self.life_ms, |latest| latest.since(now));
        self.expires_at.map_or(self.life_ms, |expires| expires.since(now)).min(latest)
    }
}

/// How a share stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareStanding {
    /// Microsoft has not confirmed the password.
    Closed,
    /// Can be opened.
    Open,
    /// One device opened it.
    Opened,
    /// Its time went by.
    Expired,
    /// A technician or a newer reset ended it.
    Revoked,
    /// Five wrong unlock codes; the password is kept for a new link.
    Locked,
    /// Gone with a refused reset.
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
