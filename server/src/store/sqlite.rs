//! SQLite: one file, WAL, `synchronous=FULL` (P2: NORMAL may lose the last commits in a power cut).

use std::path::Path;
use std::sync::Arc;

use shared::AccountId;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};

use super::network::network_file_system;
use super::{AnyStore, StoreError, migrator};
use crate::seal::Keys;

/// The database that the statements are compiled for.
pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;
/// A deferred transaction that turns from reading to writing can fail at once; this one waits.
const BEGIN: &str = "begin immediate";
/// Reads in it see one moment.
pub(crate) const SNAPSHOT: &str = "begin";
/// A `bytea` of no length.
macro_rules! no_bytes {
    () => {
        "x''"
    };
}

#[path = "queries/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "one set of statements, compiled for each database")]
mod queries;

const MIGRATIONS: [(i64, &str, &str); 1] =
    [(1, "start", include_str!("../../migrations/sqlite/0001_start.sql"))];

/// One file.
pub(crate) struct Database {
    readers: SqlitePool,
    /// SQLite has one writer; a pool of one queues them without `SQLITE_BUSY`.
    writer: SqlitePool,
    pub(crate) keys: Arc<Keys>,
}

/// The one way to write: a transaction. Dropping it rolls back.
pub(crate) struct Write {
    tx: sqlx::Transaction<'static, Db>,
}

impl Write {
    /// Where its statements go.
    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    /// Returns when the commit is on disk.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
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
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(unusable)?;
        let database = Self { readers, writer, keys };
        database.check_key().await?;
        Ok(database)
    }

    /// Begins to write rows of an account.
    pub(crate) async fn write(&self, _: AccountId) -> Result<Write, StoreError> {
        self.write_row().await
    }

    /// Begins to write one row, or rows that no account owns.
    pub(crate) async fn write_row(&self) -> Result<Write, StoreError> {
        Ok(Write { tx: self.writer.begin_with(BEGIN).await? })
    }

    pub(crate) fn read(&self) -> &sqlx::Pool<Db> {
        &self.readers
    }
}

#[async_trait::async_trait]
impl AnyStore for Database {
    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
