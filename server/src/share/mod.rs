//! Secure data sharing (design §7): takes a secret, makes a link, and lets one device open it. It
//! knows nothing of resets, which are its first user: what a share is for hears of it in the store
//! (`store/queries/share_events.rs`).
//!
//! `envelope` seals and derives, without I/O; `facts` tells whoever made a link how it stands.

mod envelope;
mod facts;

use std::sync::Arc;

use shared::{AccountId, ShareId, TechnicianId};

pub use envelope::{Derived, NewShare, derive, link, password, reseal_password, seal, unlock_hash};
pub use facts::{Facts, facts};

use crate::bell::Bell;
use crate::clock::Clock;
use crate::seal::sha256;
use crate::secret::{Link, SpokenCode};
use crate::settings::Settings;
use crate::store::{LookRow, OpenResult, Opening, Share, ShareStanding, Store, StoreError};

/// A link that nobody said was sent ends after this time.
const LATEST_MS: i64 = 24 * 60 * 60_000;

/// Shares, with what they need.
#[derive(Clone)]
pub struct Shares {
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Tells pods.
    pub bell: Bell,
    /// What the operator set.
    pub settings: Arc<Settings>,
}

/// When the life of a link begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// At once: it is handed over now.
    Now,
    /// With [`Shares::sent`]; it can be opened before, for a day at most.
    WhenSent,
}

/// A new link.
pub struct Made {
    /// Its share, for [`Shares::standing`] and [`Shares::revoke`].
    pub id: ShareId,
    /// What goes to the one who may open it. Nobody else may ever see it.
    pub link: Link,
}

/// What a device shows to open a link.
pub struct Tap<'a> {
    /// Which link.
    pub look_id: &'a [u8; 16],
    /// That it has the link.
    pub proof: &'a [u8; 32],
    /// That it is the same device, should it come again.
    pub nonce: &'a [u8; 16],
    /// What it was told on the phone; `None` where nothing was entered, which is no try.
    pub code: Option<SpokenCode>,
    /// Whose link it has to be, where the host that was asked is one account's own.
    pub only: Option<AccountId>,
}

impl Shares {
    /// Makes a link that stands by itself and can be opened at once.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn create(
        &self,
        new: &NewShare<'_>,
        begins: Begins,
        by: Option<TechnicianId>,
    ) -> Result<Made, StoreError> {
        let keys = &self.store.keys;
        let now = self.clock.now();
        let end = now.plus(new.life_ms);
        let (expires_at, latest_at) = match begins {
            Begins::Now => (Some(end), end),
            Begins::WhenSent => (None, now.plus(LATEST_MS)),
        };
        let sealed = seal(keys, new, now);
        let share =
            Share { state: ShareStanding::Open, expires_at, latest_at: Some(latest_at), ..sealed };
        let link = link(keys, &share, &self.settings.share.origin)
            .map_err(|_| StoreError::Inconsistent("a new share that does not open"))?;
        self.store.make_share(&share, by, now).await?;
        Ok(Made { id: share.id, link })
    }

    /// The link was handed over: its life begins, once.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn sent(&self, account: AccountId, id: ShareId) -> Result<(), StoreError> {
        self.store.share_sent(account, id, self.clock.now()).await
    }

    /// Looks at a link, without any effect. `None` for every kind of dead.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn look(&self, look_id: &[u8; 16]) -> Result<Option<LookRow>, StoreError> {
        self.store.look_at_share(look_id, self.clock.now()).await
    }

    /// Opens a link for one device.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn open(&self, tap: &Tap<'_>) -> Result<OpenResult, StoreError> {
        let unlock = tap.code.as_ref().map(|code| unlock_hash(&self.store.keys, tap.look_id, code));
        let opening = Opening {
            look_id: tap.look_id,
            proof_hash: &sha256(tap.proof),
            opener_hash: &sha256(tap.nonce),
            unlock_hash: unlock.as_deref(),
            only: tap.only,
        };
        let attempt = self.store.open_share(opening, self.clock.now()).await?;
        if let Some(account) = attempt.changed {
            // What it means for a ticket the worker finds by itself, at its next look: waking it for
            // each opening would cost more than the opening.
            self.bell.ring(account);
        }
        Ok(attempt.result)
    }

    /// Ends a link at once, also for the device that has opened it and is in its grace: what is on
    /// its screen can't be taken back. Whether there was anything to end.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn revoke(
        &self,
        account: AccountId,
        id: ShareId,
        by: Option<TechnicianId>,
    ) -> Result<bool, StoreError> {
        let revoked = self.store.revoke_share(account, id, by, self.clock.now()).await?;
        self.bell.ring(account);
        Ok(revoked.is_some())
    }

    /// How a link stands, for whoever made it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn standing(
        &self,
        account: AccountId,
        id: ShareId,
    ) -> Result<Option<Facts>, StoreError> {
        let share = self.store.share(account, id).await?;
        Ok(share.map(|share| facts(&share, self.clock.now())))
    }
}
