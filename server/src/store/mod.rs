//! What is remembered, in words of the domain. One method is one transaction; no transaction is
//! open while another company is asked (P6). The only place that knows SQL.
//!
//! The statements under `queries/` are compiled for the database that `sqlite.rs` names through
//! `Db`; a second database is a second such file, not a second set of statements.

mod import_rows;
mod reset_rows;
mod rows;
mod sqlite;

pub use import_rows::ImportRow;
pub use reset_rows::*;
pub use rows::*;
pub use sqlite::{NotStaged, Store, Write};

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration.
    #[error("database schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// Somebody else was faster, or the row moved on: compare-and-set found nothing to change.
    #[error("the row has moved on")]
    MovedOn,
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
