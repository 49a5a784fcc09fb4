//! The check of an account's chain beside the request that asks for it: a million entries take longer than
//! anybody waits for a page. One of an account at a time, whichever process does it; a page shows how far it has
//! come, and afterwards what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{AccountId, Millis};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::chain::{BrokenChain, Intact, KnownHead};
use crate::app::App;
use crate::random;
use crate::seal::Place;
use crate::store::StoreError;

/// How often it says how far it has come.
const TELLS_EVERY: Duration = Duration::from_secs(1);
/// What came of it is written down once more so many times.
const LAST_TRIES: u32 = 5;
/// One that has not been heard of for so long has stopped: its process was ended.
const ALIVE_MS: i64 = 60_000;
/// The kind under which what came of it is sealed.
const KIND: &str = "audit.check";

/// What is to be checked.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// A head that somebody has kept.
    pub known: Option<KnownHead>,
    /// Up to this entry only.
    pub up_to: Option<i64>,
}

/// How the newest check of an account stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// There was none yet.
    Never,
    /// It is under way: at so many entries of so many.
    UnderWay(i64, i64),
    /// It was, and has not been heard of since.
    Stopped(i64, i64),
    /// It has ended.
    Ended(Checked),
}

/// A check that has ended.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When.
    pub at: Millis,
    /// The entry up to which it was, where that was not all.
    pub up_to: Option<i64>,
    /// Whether it was held against a head that somebody had kept.
    pub against_known: bool,
    /// What was found; `None` where the database could not be read.
    pub found: Option<Result<Intact, BrokenChain>>,
}

/// How it stands.
///
/// # Errors
/// When the database can't be read.
pub async fn standing(app: &App, account: AccountId) -> Result<Standing, StoreError> {
    let Some(row) = app.store.audit_check(account).await? else { return Ok(Standing::Never) };
    let Some(sealed) = row.sealed else {
        let alive = app.clock.now().since(row.seen_at) < ALIVE_MS;
        let how = if alive { Standing::UnderWay } else { Standing::Stopped };
        return Ok(how(row.walked, row.entries));
    };
    let opened = app.keys.open(place(account, row.run), &sealed).ok();
    let checked = opened.and_then(|json| serde_json::from_slice(&json).ok());
    // What we have not sealed says nothing.
    Ok(checked.map_or(Standing::Never, Standing::Ended))
}

fn place(account: AccountId, run: Uuid) -> Place<'static> {
    Place { account: account.0, kind: KIND, row: run, bound_to: "" }
}

/// Begins one; it goes on when nobody waits for it, and gives what it found to who does. `None` when there is no
/// such entry.
///
/// # Errors
/// `MovedOn` while another one is under way.
pub async fn begin(
    app: &App,
    account: AccountId,
    ask: Ask,
) -> Result<Option<JoinHandle<Option<Checked>>>, StoreError> {
    let entries = app.store.audit_head(account).await?.map_or(0, |head| head.count);
    if ask.up_to.is_some_and(|seq| !(1..=entries).contains(&seq)) {
        return Ok(None);
    }
    let (now, of) = (app.clock.now(), ask.up_to.unwrap_or(entries));
    let run = random::id(now);
    // As [`standing`] has it: what has stopped there makes room here.
    let alive = now.plus(1 - ALIVE_MS);
    app.store.begin_audit_check(account, now, run, of, alive).await?;
    let it = app.clone();
    Ok(Some(app.tasks.spawn(async move {
        // Another one in its place is no trouble: that one tells.
        work(&it, account, run, ask).await.unwrap_or_else(|error| {
            tracing::warn!(account.id = %account, error = %error, "the check of the audit");
            None
        })
    })))
}

async fn work(
    app: &App,
    account: AccountId,
    run: Uuid,
    ask: Ask,
) -> Result<Option<Checked>, StoreError> {
    let walked = Arc::new(AtomicI64::new(0));
    let at = || walked.load(Ordering::Relaxed);
    let mut looking = Box::pin(look(app, account, &ask, &walked));
    let found = loop {
        tokio::select! {
            found = &mut looking => break found,
            // The row says how far it came, and that nobody goes on.
            () = app.stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(TELLS_EVERY) => {
                let now = app.clock.now();
                match app.store.note_audit_check(account, now, run, at(), None).await {
                    Err(StoreError::MovedOn) => return Err(StoreError::MovedOn),
                    // A busy database: it is told the next time.
                    Err(error) => tracing::warn!(account.id = %account, error = %error, "the check of the audit"),
                    Ok(()) => {}
                }
            }
        }
    };
    match &found {
        Ok(Err(BrokenChain { seq, how })) => {
            // Whoever reads the log should not depend on the admin who pressed the button.
            tracing::error!(account.id = %account, audit.entry = seq, outcome = ?how, "the chain is broken");
        }
        Err(error) => {
            tracing::error!(account.id = %account, error = %error, "the audit can't be checked");
        }
        Ok(Ok(_)) => {}
    }
    let now = app.clock.now();
    let checked = Checked {
        at: now,
        up_to: ask.up_to,
        against_known: ask.known.is_some(),
        found: found.ok(),
    };
    let json = serde_json::to_vec(&checked).unwrap_or_default();
    let sealed = app.keys.seal(place(account, run), &json);
    let mut tries = 0;
    loop {
        match app.store.note_audit_check(account, now, run, at(), Some(&sealed)).await {
            Ok(()) => return Ok(Some(checked)),
            Err(error) if matches!(error, StoreError::MovedOn) || tries == LAST_TRIES => {
                return Err(error);
            }
            // Minutes of work are worth another try.
            Err(_) => {
                tries += 1;
                tokio::time::sleep(TELLS_EVERY).await;
            }
        }
    }
}

async fn look(
    app: &App,
    account: AccountId,
    ask: &Ask,
    walked: &AtomicI64,
) -> Result<Result<Intact, BrokenChain>, StoreError> {
    match ask.up_to {
        None => app.store.watch_audit(account, ask.known.as_ref(), walked).await,
        Some(seq) => {
            let found = app.store.watch_audit_up_to(account, seq, walked).await?;
            found.ok_or(StoreError::Inconsistent("an entry that was there"))
        }
    }
}
