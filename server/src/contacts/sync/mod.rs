//! Contacts that are kept in step with a customer's people at Microsoft (`people`), and with a PSA that our own
//! pages list (`psa`), where an admin has chosen so. A run reads all pages and writes each page's people in a transaction of its own, under a lease that each of
//! these makes last; it takes people off the list only after the last page. One that dies has done no harm:
//! the next begins anew and writes what still differs.

mod compare;
mod people;
mod psa;

use std::sync::Arc;
use std::time::Duration;

use shared::{AccountId, Code, ContactId, IntegrationId, Millis};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::Directory;
use crate::outbound::Answer;
use crate::psa::Psa;
use crate::random;
use crate::sign_in::admins;
use crate::store::{Lease, Session, Store, StoreError, SyncRun, Whom};

/// How long the worker sleeps between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// Contacts that are written, or taken off the list, in one transaction.
const AT_ONCE: usize = 200;
/// Pages of one run. Beyond that somebody leads us in circles.
const MOST_PAGES: usize = 2_000;
/// People of one run: each is remembered until its end.
const MOST_PEOPLE: usize = 200_000;
/// Longer than that no run goes on: a source that answers slowly keeps others waiting.
const LONGEST_MS: i64 = 20 * MINUTE_MS;
/// Runs at a time, each of another source.
const RUNS: usize = 4;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// From one run to the next.
const DAILY_MS: i64 = 24 * HOUR_MS;
/// After a refusal: somebody has to mend something.
const REFUSED_MS: i64 = HOUR_MS;
/// When Microsoft did not answer: again in so long.
const UNCLEAR_MS: i64 = 10 * MINUTE_MS;
/// A step is one question, with its token and its second tries.
const CALLS_OF_A_STEP: i64 = 6;

/// Lists of contacts, kept in step.
#[derive(Clone)]
pub struct Syncs {
    /// What is remembered.
    pub store: Store,
    /// The way to Microsoft.
    pub directory: Directory,
    /// The way to PSAs.
    pub psa: Psa,
    /// The time.
    pub clock: Clock,
    /// Milliseconds that one call may take.
    pub call_ms: u64,
    /// Tells pods.
    pub bell: Bell,
    /// Runs go on when whoever asked for them has left.
    pub tasks: TaskTracker,
    /// Ends the worker, and runs between two pages.
    pub stop: CancellationToken,
}

/// How a run's reading ended.
enum End {
    /// At the last page: these contacts were not met.
    All(Vec<ContactId>),
    /// Before it: why, and after how many milliseconds the next run is worth it.
    Broken(Code, i64),
}

impl Syncs {
    /// Has people of this customer listed, or with `None` nobody any more.
    ///
    /// # Errors
    /// `Forbidden` and `SecondFactorNeeded`; `ChangedMeanwhile` when it is so already; `NotFound`.
    pub async fn choose(
        &self,
        who: &Session,
        id: IntegrationId,
        whom: Option<Whom>,
    ) -> Result<(), Denied> {
        let account = self.mine(who, id).await?;
        let by = who.technician.id;
        let done = self.store.choose_contact_sync(account, by, self.clock.now(), id, whom).await;
        done.map_err(moved_on)
    }

    /// Begins a run now, unless one is under way. It goes on without whoever waits for it.
    ///
    /// # Errors
    /// As for [`Syncs::choose`].
    pub async fn now(
        &self,
        who: &Session,
        id: IntegrationId,
    ) -> Result<JoinHandle<Result<(), StoreError>>, Denied> {
        let account = self.mine(who, id).await?;
        let asked = self.store.ask_contact_sync(account, id, self.clock.now()).await;
        asked.map_err(moved_on)?;
        let syncs = self.clone();
        Ok(self.tasks.spawn(async move { syncs.run(account, id).await }))
    }

    async fn mine(&self, who: &Session, id: IntegrationId) -> Result<AccountId, Denied> {
        admins::may_change(who, self.clock.now())?;
        let account = who.technician.account;
        let is_there = self.store.m365_one(account, id).await?.is_some()
            || self.store.psa(account, id).await?.is_some();
        if is_there { Ok(account) } else { Err(Code::NotFound.into()) }
    }

    /// Works until stopped.
    pub async fn work(self) {
        loop {
            // In a task of its own: a bug in one run must not end the worker.
            let syncs = self.clone();
            match self.tasks.spawn(async move { syncs.look_once().await }).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(error = %error, "lists of contacts"),
                Err(_) => tracing::error!("keeping contacts in step panicked; it goes on"),
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Runs what is due, a few at a time.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn look_once(&self) -> Result<(), StoreError> {
        let places = Arc::new(Semaphore::new(RUNS));
        let mut runs = JoinSet::new();
        for (account, id) in self.store.due_contact_syncs(self.clock.now()).await? {
            let (syncs, places) = (self.clone(), Arc::clone(&places));
            runs.spawn(async move {
                let _place = places.acquire_owned().await;
                if syncs.stop.is_cancelled() {
                    return;
                }
                if let Err(error) = syncs.run(account, id).await {
                    tracing::error!(integration.id = %id, error = %error, "a list of contacts");
                }
            });
        }
        while runs.join_next().await.is_some() {}
        Ok(())
    }

    /// One run, if it is due and nobody else has it.
    async fn run(&self, account: AccountId, id: IntegrationId) -> Result<(), StoreError> {
        match self.run_to_its_end(account, id).await {
            // Changed, switched off or deleted meanwhile, or the lease ran out: nothing was written since.
            Err(StoreError::MovedOn) => {
                tracing::info!(integration.id = %id, outcome = "moved-on");
                Ok(())
            }
            other => other,
        }
    }

    async fn run_to_its_end(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lease = Lease { id: random::id(now), until: self.until(now) };
        let Some((row, whom)) = self.store.claim_contact_sync(account, id, lease, now).await?
        else {
            return Ok(());
        };
        let mut run = SyncRun {
            account,
            integration: id,
            version: row.changed_at,
            lease: lease.id,
            until: lease.until,
        };
        let end = match self.store.psa(account, id).await? {
            Some(psa) => self.read_psa(&mut run, &psa).await?,
            None => self.read_people(&mut run, &row, whom).await?,
        };
        let (code, pause) = match end {
            Some(End::All(gone)) => {
                for gone in gone.chunks(AT_ONCE) {
                    run.until = self.until(self.clock.now());
                    self.store.unlist_people(&run, gone).await?;
                }
                (None, DAILY_MS)
            }
            Some(End::Broken(code, pause)) => (Some(code), pause),
            None => {
                // Stopped: it lets go, and whoever looks next begins anew.
                let now = self.clock.now();
                run.until = now;
                return self.store.unlist_people(&run, &[]).await;
            }
        };
        let now = self.clock.now();
        self.store.end_contact_sync(&run, now, now.plus(spread(pause)), code).await?;
        self.bell.ring(account);
        Ok(())
    }

    /// Until when a step that begins now makes the lease last.
    fn until(&self, now: Millis) -> Millis {
        let call = i64::try_from(self.call_ms).unwrap_or(MINUTE_MS);
        now.plus(call.saturating_mul(CALLS_OF_A_STEP).saturating_add(MINUTE_MS))
    }
}

/// Up to a tenth more: not all customers at once, and never sooner than Microsoft has said.
fn spread(pause: i64) -> i64 {
    pause + pause / 10 * i64::from(random::below(1024)) / 1024
}

/// What an answer that is no page means for a run; `unavailable` where there is none for now.
fn broken<T>(answer: Answer<T>, unavailable: Code) -> End {
    match answer {
        Answer::Refused(refusal) => End::Broken(refusal.code, REFUSED_MS),
        Answer::Later(after) | Answer::Unknown(after) => {
            End::Broken(unavailable, after.unwrap_or_default().max(UNCLEAR_MS))
        }
        // A page that leads nowhere new.
        Answer::Done(_) => End::Broken(unavailable, UNCLEAR_MS),
    }
}

fn moved_on(error: StoreError) -> Denied {
    match error {
        StoreError::MovedOn => Code::ChangedMeanwhile.into(),
        other => other.into(),
    }
}
