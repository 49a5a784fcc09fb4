//! Group commit for SQLite. There is one writer, and a commit waits for the disk; so writes that
//! come while the disk is busy are put into one transaction, each under a savepoint of its own, and
//! share the next sync. Nobody is answered before their commit is on disk.
//!
//! One task owns the connection and lends it to one write after another. A write that is dropped
//! gives it back all the same and is rolled back alone.
//!
//! What a write reads may have been written by one before it in the same batch, which is not on
//! disk yet, nor to be seen by readers. So a refusal ("there is one already") waits for the same
//! sync as the write that it tells of.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, SqlSafeStr};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use crate::audit::Head;

/// A deferred transaction that turns from reading to writing can fail at once; this one waits.
const BEGIN: &str = "begin immediate";
/// So many writes share one sync at most: the first of them should not wait for ever.
const MOST: usize = 256;
/// Writes that wait for their turn; more wait outside.
const QUEUE: usize = 1024;

/// Lends the connection to one write after another.
pub(super) struct Writer {
    queue: mpsc::Sender<oneshot::Sender<Lent>>,
    counts: Arc<Counts>,
}

/// A write, on its way to whoever asked: dropped there unseen, it still gives the connection back.
type Lent = Result<Write, Arc<str>>;

/// What it came to since the start.
#[derive(Default)]
pub(super) struct Counts {
    commits: AtomicU64,
    syncs: AtomicU64,
}

/// The connection, for a while.
struct Loan {
    connection: SqliteConnection,
    back: oneshot::Sender<Return>,
}

/// The connection comes back.
struct Return {
    connection: SqliteConnection,
    end: End,
}

type Tell = oneshot::Sender<Result<(), Arc<str>>>;

/// How a write ends, and whom to tell when the disk has it.
enum End {
    Commit(Tell),
    RollBack(Tell),
    Dropped,
}

/// The one way to write: a transaction. Dropping it rolls back.
pub(crate) struct Write {
    loan: Option<Loan>,
    /// The end of the audit chain that it writes to, once it is known here.
    pub(crate) head: Option<Head>,
}

impl Write {
    /// Where its statements go.
    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        match &mut self.loan {
            Some(loan) => &mut loan.connection,
            // Whoever ends a write has no more use for it.
            None => unreachable!("a write that is over"),
        }
    }

    /// Returns when the commit is on disk.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.end(End::Commit).await
    }

    /// Ends it without effect, because of what it has read; returns when that is on disk. Nothing
    /// can be done with it afterwards.
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.end(End::RollBack).await
    }

    async fn end(&mut self, how: impl FnOnce(Tell) -> End) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        self.give_back(how(tell));
        match told.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(StoreError::NotCommitted(why)),
            Err(_) => Err(gone()),
        }
    }

    fn give_back(&mut self, end: End) {
        if let Some(Loan { connection, back }) = self.loan.take() {
            // Nobody there to take it: the database was closed, and so is the connection.
            let _ = back.send(Return { connection, end });
        }
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        self.give_back(End::Dropped);
    }
}

fn gone() -> StoreError {
    StoreError::Unusable("the database was closed".into())
}

impl Writer {
    /// Takes the connection that all writes go through. It is closed when the writer is dropped
    /// and the last write has ended; the task says so by ending.
    pub(super) fn start(connection: SqliteConnection) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, asked) = mpsc::channel(QUEUE);
        let counts = Arc::new(Counts::default());
        #[expect(clippy::disallowed_methods, reason = "it ends with the database, not with a stop")]
        let task = tokio::spawn(serve(connection, asked, counts.clone()));
        (Self { queue, counts }, task)
    }

    /// Waits for its turn.
    pub(super) async fn write(&self) -> Result<Write, StoreError> {
        let (lend, lent) = oneshot::channel();
        self.queue.send(lend).await.map_err(|_| gone())?;
        lent.await.map_err(|_| gone())?.map_err(StoreError::NotCommitted)
    }

    /// Whether there is still somebody to lend it.
    pub(super) fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }

    /// How many writes were committed, and how many syncs that took.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.counts.commits.load(Ordering::Relaxed), self.counts.syncs.load(Ordering::Relaxed))
    }
}

async fn serve(
    mut connection: SqliteConnection,
    mut asked: mpsc::Receiver<oneshot::Sender<Lent>>,
    counts: Arc<Counts>,
) {
    while let Some(first) = asked.recv().await {
        let mut batch = Batch::default();
        if let Err(error) = run(&mut connection, BEGIN).await {
            tracing::error!(error = %error, "no transaction can be begun");
            let _ = first.send(Err(error.to_string().into()));
            // Should one be open after all, the next must not meet it.
            let _ = run(&mut connection, "rollback").await;
            continue;
        }
        let mut next = Some(first);
        while let Some(asker) = next.take() {
            connection = match batch.lend(connection, asker).await {
                Some(connection) => connection,
                // Leaked with its write. There is no other: what comes is told so.
                None => {
                    tracing::error!("the only writing connection is lost; start the server anew");
                    return;
                }
            };
            if batch.failure.is_none() && batch.lent < MOST {
                next = asked.try_recv().ok();
            }
        }
        batch.end(&mut connection, &counts).await;
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(error = %error, "the database was not closed properly");
    }
}

/// Writes that share a transaction.
#[derive(Default)]
struct Batch {
    waiting: Vec<Tell>,
    /// Writes that had their turn, with effect or without.
    lent: usize,
    /// Writes without effect that wait for the disk all the same.
    refused: Vec<Tell>,
    /// The transaction is lost, and with it every write in it.
    failure: Option<Arc<str>>,
}

impl Batch {
    /// Lends the connection to one write, and keeps or undoes what it did.
    async fn lend(
        &mut self,
        mut connection: SqliteConnection,
        asker: oneshot::Sender<Lent>,
    ) -> Option<SqliteConnection> {
        // The first has the transaction to itself.
        let alone = self.waiting.is_empty();
        self.lent += 1;
        if !alone {
            self.step(&mut connection, "savepoint one_write").await;
        }
        let (back, returned) = oneshot::channel();
        // Who has left meanwhile, or leaves before seeing it, drops it; and that gives it back.
        let _ = asker.send(Ok(Write { loan: Some(Loan { connection, back }), head: None }));
        let Return { mut connection, end } = returned.await.ok()?;
        match end {
            End::Commit(tell) => {
                self.waiting.push(tell);
                if !alone {
                    self.step(&mut connection, "release one_write").await;
                }
                return Some(connection);
            }
            End::RollBack(tell) => self.refused.push(tell),
            End::Dropped => {}
        }
        if alone {
            self.step(&mut connection, "rollback").await;
            self.step(&mut connection, BEGIN).await;
        } else {
            self.step(&mut connection, "rollback to one_write").await;
            self.step(&mut connection, "release one_write").await;
        }
        Some(connection)
    }

    /// One step; when it fails, SQLite has given up the whole transaction (disk full, I/O error).
    async fn step(&mut self, connection: &mut SqliteConnection, statement: &'static str) {
        if self.failure.is_none()
            && let Err(error) = run(connection, statement).await
        {
            self.failure = Some(error.to_string().into());
        }
    }

    async fn end(mut self, connection: &mut SqliteConnection, counts: &Counts) {
        if self.waiting.is_empty() {
            self.step(connection, "rollback").await;
        } else {
            #[cfg(feature = "slow-sync")]
            slow::sync().await;
            self.step(connection, "commit").await;
        }
        let outcome = match self.failure {
            None => Ok(()),
            Some(why) => {
                tracing::error!(error = %why, writes = self.waiting.len(), "not committed");
                // Fails where SQLite has rolled back by itself.
                let _ = run(connection, "rollback").await;
                Err(why)
            }
        };
        if outcome.is_ok() && !self.waiting.is_empty() {
            counts.commits.fetch_add(self.waiting.len() as u64, Ordering::Relaxed);
            counts.syncs.fetch_add(1, Ordering::Relaxed);
        }
        for waiting in self.waiting.into_iter().chain(self.refused) {
            // Who has left meanwhile is not told; the commit stands.
            let _ = waiting.send(outcome.clone());
        }
    }
}

async fn run(connection: &mut SqliteConnection, statement: &'static str) -> sqlx::Result<()> {
    sqlx::query(statement.into_sql_str()).execute(connection).await.map(drop)
}

/// A disk that is slower than this machine's, for benches: `MSP_RESET_BENCH_SLOW_SYNC_MS`.
#[cfg(feature = "slow-sync")]
mod slow {
    use std::sync::OnceLock;
    use std::time::Duration;

    pub(super) async fn sync() {
        static COST: OnceLock<Duration> = OnceLock::new();
        let cost = COST.get_or_init(|| {
            let set = std::env::var("MSP_RESET_BENCH_SLOW_SYNC_MS");
            Duration::from_millis(set.ok().and_then(|ms| ms.parse().ok()).unwrap_or(0))
        });
        tokio::time::sleep(*cost).await;
    }
}

#[cfg(test)]
mod tests;
