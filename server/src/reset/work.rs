//! The worker: finds resets that nobody drives, sends what is due, erases what is over.

use std::time::Duration;

use shared::{Millis, ResetId};
use uuid::Uuid;

use super::Resets;
use crate::store::StoreError;

/// How long the worker sleeps when nobody wakes it.
const PAUSE: Duration = Duration::from_millis(500);
/// How often what is over is erased.
const SWEEP_MS: i64 = 5_000;
/// How often what has run out is forgotten.
const TIDY_MS: i64 = 10 * 60_000;

/// A row that waits for somebody to take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A live reset that nobody drives.
    Reset(ResetId),
    /// A text or a note.
    Outbox(Uuid),
    /// A notification mail.
    Mail(Uuid),
}

impl Due {
    fn row(self) -> Uuid {
        match self {
            Due::Reset(id) => id.0,
            Due::Outbox(id) | Due::Mail(id) => id,
        }
    }
}

/// When things were done last.
#[derive(Clone, Copy)]
struct Done {
    swept: Millis,
    tidied: Millis,
}

impl Resets {
    /// Works until stopped.
    pub async fn work(self) {
        let now = self.clock.now();
        let mut done = Done { swept: now, tidied: now };
        loop {
            // In a task of its own: a bug in one pass must not end the worker.
            let resets = self.clone();
            match self.tasks.spawn(async move { resets.work_once(done).await }).await {
                Ok(Ok(now_done)) => done = now_done,
                Ok(Err(error)) => tracing::error!(error = %error, "worker"),
                Err(_) => tracing::error!("the worker panicked; it goes on"),
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Everything that somebody should do now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn due(&self) -> Result<Vec<Due>, StoreError> {
        let now = self.clock.now();
        let resets = self.store.due_resets(now).await?.into_iter().map(Due::Reset);
        let outbox = self.store.due_outbox(now).await?.into_iter().map(Due::Outbox);
        let mails = self.store.due_mails(now).await?.into_iter().map(Due::Mail);
        Ok(resets.chain(outbox).chain(mails).collect())
    }

    /// Does it, unless somebody else does.
    pub async fn perform(&self, due: Due) {
        match due {
            Due::Reset(id) => self.drive(id).await,
            Due::Outbox(id) => self.send_from_outbox(id).await,
            Due::Mail(id) => self.send_mail(id).await,
        }
    }

    async fn work_once(&self, mut done: Done) -> Result<Done, StoreError> {
        let now = self.clock.now();
        for due in self.due().await? {
            // Whoever is at it already goes on.
            let Some(turn) = self.turn(due.row()) else { continue };
            let resets = self.clone();
            self.tasks.spawn(async move {
                resets.perform(due).await;
                drop(turn);
            });
        }
        if let Err(error) = self.verifications.end_what_ran_out().await {
            tracing::error!(error = %error, "verifications that ran out");
        }
        for id in self.store.unwatched_pushes(now).await? {
            let resets = self.clone();
            self.tasks.spawn(async move {
                let stop = resets.stop.cancelled();
                if let Err(error) = resets.verifications.watch_push(id, stop).await {
                    tracing::error!(error = %error, "push");
                }
            });
        }
        if now.since(done.swept) >= SWEEP_MS {
            done.swept = now;
            match self.store.sweep_shares(now).await {
                Ok(expired) => expired.into_iter().for_each(|account| self.bell.ring(account)),
                Err(error) => tracing::error!(error = %error, "sweep"),
            }
        }
        if now.since(done.tidied) >= TIDY_MS {
            done.tidied = now;
            if let Err(error) = self.store.sweep_ended(now).await {
                tracing::error!(error = %error, "sweep");
            }
        }
        Ok(done)
    }
}
