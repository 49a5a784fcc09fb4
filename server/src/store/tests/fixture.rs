//! Two MSPs on a fresh database, and the way to a verification, a reset and its open link.

use std::sync::{Arc, Mutex};

use shared::{Millis, VerificationId};
use tempfile::TempDir;
use uuid::Uuid;

pub(super) use super::msp::Msp;
use crate::random;
use crate::seal::Keys;
use crate::store::{After, Lease, Limit, OpenResult, Opening, Reset, Share, Store, StoreError};

/// When every contract begins.
pub(super) const START: Millis = Millis(1_800_000_000_000);
pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
/// What the code of every verification is hashed to.
pub(super) const CODE: &[u8] = b"hash of the right code";
/// What opens every link.
pub(super) const PROOF: &[u8] = b"hash of the right proof";
/// What every link holds.
pub(super) const CIPHERTEXT: &[u8] = b"ciphertext";
/// Connections of one process: fewer than the tasks of a race, so that some must wait.
const CONNECTIONS: u32 = 8;

/// So long after the start.
pub(super) fn after(millis: i64) -> Millis {
    START.plus(millis)
}

pub(super) fn new_id() -> Uuid {
    random::id(START)
}

/// What follows a reset where policy says nothing else: a mail to the person.
pub(super) fn follows() -> After {
    After { mail_person: true, ..After::default() }
}

/// A fresh lease of 30 seconds from `now`.
pub(super) fn lease(now: Millis) -> Lease {
    Lease { id: new_id(), until: now.plus(30 * SECOND) }
}

pub(super) fn limit(name: &str, most: u32, window_ms: i64) -> Limit {
    Limit { name: name.into(), most, window_ms }
}

pub(super) fn keys() -> Arc<Keys> {
    Arc::new(Keys::new(&[7; 32]))
}

/// The compare-and-set that came too late.
#[track_caller]
pub(super) fn moved_on<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::MovedOn)), "{answer:?}");
}

#[track_caller]
pub(super) fn taken<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Taken)), "{answer:?}");
}

/// Where a database is.
pub(super) enum Place {
    File(TempDir),
    Url(String),
}

impl Place {
    pub(super) fn sqlite() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    pub(super) fn postgres() -> Self {
        Self::Url(cluster::shared().database().unwrap())
    }

    pub(super) async fn open(&self, keys: Arc<Keys>) -> Result<Store, StoreError> {
        match self {
            Self::File(folder) => Store::sqlite(folder.path(), keys).await,
            Self::Url(url) => Store::postgres(url, CONNECTIONS, keys).await,
        }
    }

    /// A new, empty database of the same kind.
    pub(super) fn another(&self) -> Self {
        match self {
            Self::File(_) => Self::sqlite(),
            Self::Url(_) => Self::postgres(),
        }
    }
}

/// PostgreSQL databases that wait for the next contract.
static USED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hands a database on when its contract held; one that failed may still be written to.
struct Used(String);

impl Drop for Used {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            USED.lock().unwrap().push(std::mem::take(&mut self.0));
        }
    }
}

/// A database with two MSPs that know nothing of each other.
pub(super) struct World {
    pub(super) store: Store,
    pub(super) ours: Msp,
    pub(super) theirs: Msp,
    pub(super) place: Place,
    /// Hands the database on when the world ends.
    _used: Option<Used>,
}

/// The device with this nonce taps Reveal, with the right link.
pub(super) async fn tap(
    store: &Store,
    look_id: &[u8],
    device: &[u8],
    unlock: Option<&[u8]>,
    now: Millis,
) -> OpenResult {
    let opening = Opening {
        look_id,
        proof_hash: PROOF,
        opener_hash: device,
        unlock_hash: unlock,
        only: None,
    };
    store.open_share(opening, now).await.unwrap().result
}

impl World {
    pub(super) async fn on_sqlite() -> Self {
        let place = Place::sqlite();
        let store = place.open(keys()).await.unwrap();
        Self::at(place, store, None).await
    }

    /// A new database costs more than most contracts: it is emptied and used again.
    pub(super) async fn on_postgres() -> Self {
        let used = USED.lock().unwrap().pop();
        let place = used.map_or_else(Place::postgres, Place::Url);
        let store = place.open(keys()).await.unwrap();
        store.seed("truncate accounts, limits cascade", &[]).await;
        let Place::Url(url) = &place else { unreachable!() };
        let used = Used(url.clone());
        Self::at(place, store, Some(used)).await
    }

    async fn at(place: Place, store: Store, used: Option<Used>) -> Self {
        let (ours, theirs) = (Msp::new("ours"), Msp::new("theirs"));
        for msp in [&ours, &theirs] {
            store.import(msp.account, START, &msp.rows()).await.unwrap();
        }
        Self { store, ours, theirs, place, _used: used }
    }

    /// Two processes on this database; SQLite has one, so there it is the same twice.
    pub(super) async fn two_processes(&self) -> [Store; 2] {
        let other = match &self.place {
            Place::File(_) => self.store.clone(),
            Place::Url(_) => self.place.open(keys()).await.unwrap(),
        };
        [self.store.clone(), other]
    }

    /// A verification of our contact that a reset may use.
    pub(super) async fn verified(&self) -> VerificationId {
        self.ours.verified(&self.store, START).await
    }

    /// A staged reset of this person.
    pub(super) async fn staged(&self, person: &str) -> Reset {
        let (reset, share) = self.ours.asked(self.verified().await, person);
        self.store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
        self.read(&reset).await
    }

    /// A reset whose first try is announced, and the lease that holds it.
    pub(super) async fn applying(&self, person: &str) -> (Reset, Lease) {
        let reset = self.staged(person).await;
        let held = lease(START);
        assert!(self.store.claim_reset(reset.id, held, START).await.unwrap());
        self.store.announce(&reset, held, START).await.unwrap().unwrap();
        (self.read(&reset).await, held)
    }

    /// A reset that Microsoft took at the start: its link can be opened.
    pub(super) async fn applied(&self, person: &str) -> Reset {
        let (reset, held) = self.applying(person).await;
        self.store.record_applied(&reset, held, &follows(), None, START).await.unwrap();
        self.read(&reset).await
    }

    /// A reset in doubt.
    pub(super) async fn stuck(&self, person: &str) -> Reset {
        let (reset, held) = self.applying(person).await;
        self.store.record_stuck(&reset, held, START).await.unwrap();
        self.read(&reset).await
    }

    /// The reset as it stands now.
    pub(super) async fn read(&self, reset: &Reset) -> Reset {
        self.store.reset(reset.account, reset.id).await.unwrap().unwrap()
    }

    /// The reset's share as it stands now.
    pub(super) async fn share(&self, reset: &Reset) -> Share {
        self.store.share_of(reset.account, reset.id).await.unwrap().unwrap()
    }

    /// What our audit tells, oldest first, without the import that began it.
    pub(super) async fn acts(&self) -> Vec<String> {
        let entries = self.store.audit(self.ours.account).await.unwrap();
        let acts = entries.iter().skip(1).map(|(_, _, body)| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["act"].as_str().unwrap().to_owned()
        });
        acts.collect()
    }

    /// What our audit tells of this act, as JSON.
    pub(super) async fn told(&self, act: &str) -> Vec<serde_json::Value> {
        let entries = self.store.audit(self.ours.account).await.unwrap();
        let bodies = entries.iter().map(|(_, _, body)| serde_json::from_str(body).unwrap());
        bodies.filter(|body: &serde_json::Value| body["act"] == act).collect()
    }
}
