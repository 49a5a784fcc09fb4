//! What is remembered, in words of the domain. One method is one transaction; no transaction is
//! open while another company is asked (P6). The only place that knows SQL.
//!
//! `ports/` says what the domain asks, `queries/` how both databases do it: the same statements,
//! compiled once for each database through `#[path]`. `sqlite.rs` and `postgres.rs` hold what
//! differs: connections, how a write begins, and two pieces of SQL.

mod after_rows;
mod api_rows;
mod audit_rows;
mod brand_rows;
mod chain;
mod contact_rows;
mod declined;
mod figure_rows;
mod group_commit;
mod import_rows;
mod integration_rows;
mod list_rows;
mod network;
mod policy_rows;
mod ports;
mod postgres;
mod psa_rows;
mod reset_rows;
mod rows;
mod share_rows;
mod sqlite;
mod sso_rows;
mod sync_rows;
mod team_rows;
#[cfg(test)]
mod tests;
mod verification_rows;

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

pub use after_rows::*;
pub use api_rows::*;
pub use audit_rows::*;
pub use brand_rows::*;
pub use contact_rows::*;
pub use declined::*;
pub use figure_rows::*;
pub use import_rows::ImportRow;
pub use integration_rows::*;
pub use list_rows::*;
pub use policy_rows::*;
pub use ports::*;
pub use psa_rows::*;
pub use reset_rows::*;
pub use rows::*;
pub use share_rows::*;
pub use sso_rows::*;
pub use sync_rows::*;
pub use team_rows::*;
pub use verification_rows::*;

use crate::seal::Keys;

/// The database, with the keys that what it holds is sealed with. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: Arc<dyn AnyStore>,
    pub(crate) keys: Arc<Keys>,
}

impl Deref for Store {
    type Target = dyn AnyStore;

    fn deref(&self) -> &Self::Target {
        &*self.database
    }
}

impl Store {
    /// Opens or makes `msp-reset.sqlite` in `folder` and brings its schema up to date.
    ///
    /// # Errors
    /// When the folder can't be written, the file is not ours, or the key is not the one that
    /// this database was sealed with.
    pub async fn sqlite(folder: &Path, keys: Arc<Keys>) -> Result<Self, StoreError> {
        let database = sqlite::Database::open(folder, keys.clone()).await?;
        Ok(Self { database: Arc::new(database), keys })
    }

    /// Connects to PostgreSQL with at most so many connections, and brings the schema up to date;
    /// several processes may do so at once.
    ///
    /// # Errors
    /// When it can't be reached, or the key is not the one that this database was sealed with.
    pub async fn postgres(
        url: &str,
        connections: u32,
        keys: Arc<Keys>,
    ) -> Result<Self, StoreError> {
        let database = postgres::Database::open(url, connections, keys.clone()).await?;
        Ok(Self { database: Arc::new(database), keys })
    }
}

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The disk failed when a commit was to be made; nothing of it stands.
    #[error("not committed: {0}")]
    NotCommitted(Arc<str>),
    /// A migration.
    #[error("database schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// Somebody else was faster, or the row moved on: compare-and-set found nothing to change.
    #[error("the row has moved on")]
    MovedOn,
    /// Whoever asked for it is no admin any more.
    #[error("whoever asked may not do it any more")]
    NotAllowed,
    /// A unique rule was hit.
    #[error("there is one already")]
    Taken,
    /// A row that can't be: written by something newer, or damaged.
    #[error("the row makes no sense: {0}")]
    Inconsistent(&'static str),
    /// The folder, the file or the key.
    #[error("{0}")]
    Unusable(String),
}

impl StoreError {
    /// Turns "unique constraint violated" into [`StoreError::Taken`].
    pub(crate) fn taken(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => Self::Taken,
            _ => Self::Database(error),
        }
    }
}

/// The schema, from these files: version, name, statements. Where several processes start at once
/// on one database, the first brings it up to date and the others wait.
fn migrator(files: &[(i64, &'static str, &'static str)]) -> sqlx::migrate::Migrator {
    use sqlx::migrate::{Migration, MigrationType, Migrator};
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        let sql = sqlx::SqlStr::from_static(sql);
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(files.iter().map(migration).collect())
}
