//! SQLite: one file, WAL, `synchronous=FULL` (P2: NORMAL may lose the last commits in a power cut).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use shared::{AccountId, Millis};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

pub(crate) use super::group_commit::Write;
use super::group_commit::Writer;
use super::network::network_file_system;
use tokio::task::JoinHandle;

use super::{AnyStore, StoreError, migrator};
use crate::seal::Keys;

/// The database that the statements are compiled for.
pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;
/// Appends to an audit chain: account, number, time, body, MAC, and the columns that it is filtered by.
/// Two statements on one errand.
pub(crate) const APPEND: &str = "insert into audit (account, seq, at, body, mac, kind, technician,
         customer, contact, reset) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
     update accounts set audit_count = $2, audit_head = $5 where id = $1";
/// Has a statement go along this index: without statistics (nobody runs `analyze`) it takes the primary key,
/// and reads the whole chain for a rare filter.
pub(crate) fn along(index: &str) -> String {
    format!(" indexed by {index}")
}
/// A `bytea` of no length.
macro_rules! no_bytes {
    () => {
        "x''"
    };
}

#[path = "queries/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "one set of statements, compiled for each database")]
mod queries;

const MIGRATIONS: [(i64, &str, &str); 23] = [
    (1, "start", include_str!("../../migrations/sqlite/0001_start.sql")),
    (2, "mail", include_str!("../../migrations/sqlite/0002_mail.sql")),
    (3, "after", include_str!("../../migrations/sqlite/0003_after.sql")),
    (4, "integrations", include_str!("../../migrations/sqlite/0004_integrations.sql")),
    (5, "phones", include_str!("../../migrations/sqlite/0005_phones.sql")),
    (6, "texts", include_str!("../../migrations/sqlite/0006_texts.sql")),
    (7, "branding", include_str!("../../migrations/sqlite/0007_branding.sql")),
    (8, "verifications", include_str!("../../migrations/sqlite/0008_verifications.sql")),
    (9, "duo", include_str!("../../migrations/sqlite/0009_duo.sql")),
    (10, "psa", include_str!("../../migrations/sqlite/0010_psa.sql")),
    (11, "people", include_str!("../../migrations/sqlite/0011_people.sql")),
    (12, "sso", include_str!("../../migrations/sqlite/0012_sso.sql")),
    (13, "lists", include_str!("../../migrations/sqlite/0013_lists.sql")),
    (14, "audit", include_str!("../../migrations/sqlite/0014_audit.sql")),
    (15, "api", include_str!("../../migrations/sqlite/0015_api.sql")),
    (16, "senders", include_str!("../../migrations/sqlite/0016_senders.sql")),
    (17, "contact_sync", include_str!("../../migrations/sqlite/0017_contact_sync.sql")),
    (18, "mends", include_str!("../../migrations/sqlite/0018_mends.sql")),
    (19, "reach", include_str!("../../migrations/sqlite/0019_reach.sql")),
    (20, "shares", include_str!("../../migrations/sqlite/0020_shares.sql")),
    (21, "verifications", include_str!("../../migrations/sqlite/0021_verifications.sql")),
    (22, "resets", include_str!("../../migrations/sqlite/0022_resets.sql")),
    (23, "contacts", include_str!("../../migrations/sqlite/0023_contacts.sql")),
];

/// One file.
pub(crate) struct Database {
    readers: SqlitePool,
    /// SQLite has one writer. `None` once it is closed.
    writer: Mutex<Option<Arc<Writer>>>,
    /// Ends when the last write has.
    writing: tokio::sync::Mutex<JoinHandle<()>>,
    pub(crate) keys: Arc<Keys>,
}

impl Database {
    pub(super) async fn open(folder: &Path, keys: Arc<Keys>) -> Result<Self, StoreError> {
        if let Some(kind) = network_file_system(folder) {
            return Err(StoreError::Unusable(format!(
                "the data folder {} is on a network file system ({kind}), where SQLite loses what \
                 it has committed; set store.folder to a disk of this machine, or use PostgreSQL \
                 (store.url)",
                folder.display()
            )));
        }
        let file = folder.join("msp-reset.sqlite");
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // One for each statement that we have, and some.
            .statement_cache_capacity(256)
            .busy_timeout(std::time::Duration::from_secs(10))
            // Freed pages are overwritten: what was erased is gone from the file too.
            .pragma("secure_delete", "on");
        let unusable = |error: sqlx::Error| {
            StoreError::Unusable(format!(
                "the database {} can't be opened: {error}",
                file.display()
            ))
        };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(unusable)?;
        migrator(&MIGRATIONS).run(&writer).await?;
        let writer = writer.acquire().await?.detach();
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            // It is a file: there is no connection to lose, so none to try before each use.
            .test_before_acquire(false)
            .connect_with(
                // The operating system caches the file; half a megabyte for each is enough here.
                options.read_only(true).create_if_missing(false).pragma("cache_size", "-512"),
            )
            .await
            .map_err(unusable)?;
        let (writer, writing) = Writer::start(writer);
        let database = Self {
            readers,
            writer: Mutex::new(Some(Arc::new(writer))),
            writing: writing.into(),
            keys,
        };
        database.check_key().await?;
        database.make_words().await?;
        Ok(database)
    }

    /// Begins to write rows of an account.
    pub(crate) async fn write(&self, _: AccountId) -> Result<Write, StoreError> {
        self.write_row().await
    }

    /// Begins to write one row, or rows that no account owns.
    pub(crate) async fn write_row(&self) -> Result<Write, StoreError> {
        self.writer()
            .ok_or_else(|| StoreError::Unusable("the database was closed".into()))?
            .write()
            .await
    }

    fn writer(&self) -> Option<Arc<Writer>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn read(&self) -> &sqlx::Pool<Db> {
        &self.readers
    }
}

#[async_trait::async_trait]
impl AnyStore for Database {
    async fn shared_clock(&self) -> Result<Option<Millis>, StoreError> {
        Ok(None)
    }

    fn can_write(&self) -> bool {
        self.writer().is_some_and(|writer| writer.is_alive())
    }

    async fn close(&self) {
        self.readers.close().await;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let (commits, syncs) = writer.counts();
            tracing::info!(commits, syncs, "the database is closed");
        }
        let _ = (&mut *self.writing.lock().await).await;
    }
}
