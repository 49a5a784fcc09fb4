//! SQLite: one file, WAL, `synchronous=FULL` (P2: NORMAL may lose the last commits in a power cut).

use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::StoreError;
use crate::seal::Keys;

/// The database that the statements are compiled for.
pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;
/// A deferred transaction that turns from reading to writing can fail at once; this one waits.
pub(crate) const BEGIN: &str = "begin immediate";

#[path = "queries/mod.rs"]
mod queries;

pub use queries::NotStaged;

const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "start", include_str!("../../migrations/sqlite/0001_start.sql")),
    (2, "mail", include_str!("../../migrations/sqlite/0002_mail.sql")),
];

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: SqlitePool,
    /// SQLite has one writer; a pool of one queues them without `SQLITE_BUSY`.
    writer: SqlitePool,
    pub(crate) keys: Arc<Keys>,
}

/// The one way to write: a transaction. Dropping it rolls back.
pub struct Write {
    pub(crate) tx: sqlx::Transaction<'static, Db>,
}

impl Write {
    /// Changes exactly one row, or the late one is told so: compare-and-set.
    pub(crate) async fn one(&mut self, query: Query<'_>) -> Result<(), StoreError> {
        match query.execute(&mut *self.tx).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(StoreError::MovedOn),
        }
    }

    /// Returns when the commit is on disk.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}

impl Store {
    /// Opens or makes `msp-reset.sqlite` in `folder` and brings its schema up to date.
    ///
    /// # Errors
    /// When the folder can't be written, the file is not ours, or the key is not the one that
    /// this database was sealed with.
    pub async fn open(folder: &Path, keys: Arc<Keys>) -> Result<Self, StoreError> {
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
        migrator().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(unusable)?;
        let store = Self { readers, writer, keys };
        store.check_key().await?;
        Ok(store)
    }

    /// Begins to write.
    pub(crate) async fn write(&self) -> Result<Write, StoreError> {
        Ok(Write { tx: self.writer.begin_with(BEGIN).await? })
    }

    pub(crate) fn read(&self) -> &sqlx::Pool<Db> {
        &self.readers
    }

    /// Closes the connections; what is committed is on disk already.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn migrator() -> Migrator {
    Migrator::with_migrations(
        MIGRATIONS
            .map(|(version, name, sql)| {
                let sql = sqlx::SqlStr::from_static(sql);
                Migration::new(version, name.into(), MigrationType::Simple, sql, false)
            })
            .to_vec(),
    )
}
