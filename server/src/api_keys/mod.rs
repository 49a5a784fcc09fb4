//! Keys of an account's own programs: made by an admin, shown once, good for what their scopes say and for
//! nothing else. No key verifies anybody, resets a password or sees a phone in full.

mod alarm;
pub mod scope;

use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use shared::{AccountId, Code, Millis};
use tokio::sync::Notify;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use alarm::Alarm;
pub use scope::Scope;

use crate::clock::Clock;
use crate::denied::Denied;
use crate::random;
use crate::seal::{Keys, Purpose};
use crate::secret::Credential;
use crate::sign_in::admins;
use crate::store::{ApiKey, Limit, NewApiKey, Session, Store, StoreError};

/// What stands in front of every key, so that people and scanners of repositories recognise one.
const MARK: &str = "mspr_";
/// So many characters behind the mark are kept, to tell one key from another.
const SHOWN: usize = 8;
/// The whole of a key: the mark, and 32 random bytes in base32.
const LENGTH: usize = MARK.len() + 52;

const DAY_MS: i64 = 24 * 60 * 60_000;
/// How long a key may live, in days, as the form offers it. There is none without an end.
pub const LIVES: [i64; 4] = [30, 90, 180, 365];
/// The usual one.
pub const USUAL_LIFE: i64 = 90;
/// Admins hear of an end so many days ahead.
const WARNINGS: [i64; 2] = [14, 3];
/// Live keys of an account; more are a sign of something else.
pub const MOST_LIVE: u32 = 20;
/// Longest name.
const NAME_CHARS: usize = 60;
/// Calls that a key may make.
const MOST_CALLS: u32 = 120;
/// In so long.
const CALLS_WINDOW_MS: i64 = 60_000;

/// Keys, with what looking after them needs.
#[derive(Clone)]
pub struct ApiKeys {
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
}

/// What an admin enters for a new key.
#[derive(Debug, Clone, Default)]
pub struct KeyAsk {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// After so many days it ends.
    pub days: i64,
}

/// Why a key was not made.
pub enum NotMade {
    /// For this reason.
    Denied(Denied),
    /// Fields that can't be right: which, and what to do.
    Fields(Vec<(&'static str, &'static str)>),
}

impl From<Code> for NotMade {
    fn from(code: Code) -> Self {
        Self::Denied(code.into())
    }
}

impl From<StoreError> for NotMade {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// The key's hash, as it is kept. A key and a session's token never hash alike.
fn hash(keys: &Keys, key: &str) -> Vec<u8> {
    keys.hash(Purpose::Session, &[b"api key", key.as_bytes()])
}

impl ApiKeys {
    /// All of the account, newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn all(&self, account: AccountId) -> Result<Vec<ApiKey>, StoreError> {
        self.store.api_keys(account).await
    }

    /// Makes a key, and gives it out, this once.
    ///
    /// # Errors
    /// Fields that can't be right; `AccountOff`, `Forbidden` or `SecondFactorNeeded` for who may not;
    /// `LimitReached` when there are too many.
    pub async fn make(&self, who: &Session, ask: &KeyAsk) -> Result<(Credential, Uuid), NotMade> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        let name = ask.name.trim();
        let mut wrong = Vec::new();
        if name.is_empty() {
            wrong.push(("name", "Enter a name that says which program has the key."));
        } else if name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
            wrong.push(("name", "Enter a name of 60 characters at most, on one line."));
        }
        if ask.scopes.is_empty() {
            wrong.push(("scopes", "Choose what the key may do, one thing at least."));
        }
        if !LIVES.contains(&ask.days) {
            wrong.push(("days", "Choose when the key ends: after a year at the latest."));
        }
        if !wrong.is_empty() {
            return Err(NotMade::Fields(wrong));
        }
        let bytes = random::bytes::<32>();
        let text = BASE32_NOPAD.encode(bytes.as_ref()).to_lowercase();
        let key = Credential::new(Zeroizing::new(format!("{MARK}{text}")));
        let id = random::id(now);
        let new = NewApiKey {
            id,
            name,
            prefix: &key.expose()[..MARK.len() + SHOWN],
            hash: &hash(&self.store.keys, key.expose()),
            scopes: &ask.scopes,
            expires_at: now.plus(ask.days * DAY_MS),
        };
        let by = who.technician.id;
        match self.store.add_api_key(account, by, now, &new, MOST_LIVE).await {
            Err(StoreError::Taken) => {
                const { assert!(MOST_LIVE == 20) };
                let full = "There are 20 keys already. Revoke one that nobody needs any more.";
                return Err(NotMade::Fields(vec![("name", full)]));
            }
            made => made?,
        }
        self.wake.notify_one();
        Ok((key, id))
    }

    /// Ends a key now.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when it is revoked already; who may not.
    pub async fn revoke(&self, who: &Session, id: Uuid) -> Result<(), Denied> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let account = who.technician.account;
        let all = self.store.api_keys(account).await?;
        if all.iter().all(|key| key.id != id) {
            return Err(Code::NotFound.into());
        }
        match self.store.revoke_api_key(account, who.technician.id, now, id).await {
            Err(StoreError::MovedOn) => Err(Code::ChangedMeanwhile.into()),
            other => Ok(other?),
        }
    }

    /// Lets a program in with its key, for one call that needs this scope.
    ///
    /// # Errors
    /// `NotSignedIn` for what is no key, was revoked or has ended; `AccountOff`; `Forbidden` without the
    /// scope; a limit.
    pub async fn enter(&self, key: &str, scope: Scope) -> Result<ApiKey, Denied> {
        let now = self.clock.now();
        // What can't be a key need not be looked for.
        if key.len() != LENGTH || !key.starts_with(MARK) {
            return Err(Code::NotSignedIn.into());
        }
        let found = self.store.api_key(&hash(&self.store.keys, key)).await?;
        let found = found.filter(|key| key.is_live(now)).ok_or(Code::NotSignedIn)?;
        if !found.account_on {
            return Err(Code::AccountOff.into());
        }
        if !found.scopes.contains(&scope) {
            return Err(Code::Forbidden.into());
        }
        let name = format!("key {}", found.id);
        let limit = Limit { name, most: MOST_CALLS, window_ms: CALLS_WINDOW_MS };
        match self.store.use_api_key(&found, scope, &limit, now).await? {
            Ok(()) => Ok(found),
            Err(hit) => Err(Denied::Limit { retry_after: hit.retry_after }),
        }
    }

    /// Tells admins of keys that end soon.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn warn(&self, now: Millis) -> Result<(), StoreError> {
        // The nearest first: who hears of three days need not hear of fourteen.
        for days in WARNINGS.into_iter().rev() {
            for (account, id) in
                self.store.ending_api_keys(now, now.plus(days * DAY_MS), days).await?
            {
                match self.store.warn_of_api_key(account, id, days, now).await {
                    Ok(()) => self.wake.notify_one(),
                    // Another process was faster.
                    Err(StoreError::MovedOn) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}
