//! PostgreSQL: any number of processes on one database.
//!
//! Whoever writes rows of an account holds that account's row until the commit: its audit chain
//! has one head. So the writes of one account stand in a queue as all writes do in SQLite, no two
//! of them wait for each other's rows, and the accounts don't know of one another.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use shared::{AccountId, Millis};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Row};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{AnyStore, StoreError, migrator};
use crate::audit::Head;
use crate::seal::Keys;

/// The database that the statements are compiled for.
pub(crate) type Db = sqlx::Postgres;
pub(crate) type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;
/// Appends to an audit chain: account, number, time, body, MAC, and the columns that it is filtered by.
pub(crate) const APPEND: &str =
    "with entry as (insert into audit (account, seq, at, body, mac, kind,
         technician, customer, contact, reset) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))
     update accounts set audit_count = $2, audit_head = $5 where id = $1";
/// Nothing: its statistics know which index leads.
pub(crate) fn along(_: &str) -> String {
    String::new()
}
/// A `bytea` of no length.
macro_rules! no_bytes {
    () => {
        "''::bytea"
    };
}

#[path = "queries/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "one set of statements, compiled for each database")]
mod queries;

const MIGRATIONS: [(i64, &str, &str); 23] = [
    (1, "start", include_str!("../../migrations/postgres/0001_start.sql")),
    (2, "mail", include_str!("../../migrations/postgres/0002_mail.sql")),
    (3, "after", include_str!("../../migrations/postgres/0003_after.sql")),
    (4, "integrations", include_str!("../../migrations/postgres/0004_integrations.sql")),
    (5, "phones", include_str!("../../migrations/postgres/0005_phones.sql")),
    (6, "texts", include_str!("../../migrations/postgres/0006_texts.sql")),
    (7, "branding", include_str!("../../migrations/postgres/0007_branding.sql")),
    (8, "verifications", include_str!("../../migrations/postgres/0008_verifications.sql")),
    (9, "duo", include_str!("../../migrations/postgres/0009_duo.sql")),
    (10, "psa", include_str!("../../migrations/postgres/0010_psa.sql")),
    (11, "people", include_str!("../../migrations/postgres/0011_people.sql")),
    (12, "sso", include_str!("../../migrations/postgres/0012_sso.sql")),
    (13, "lists", include_str!("../../migrations/postgres/0013_lists.sql")),
    (14, "audit", include_str!("../../migrations/postgres/0014_audit.sql")),
    (15, "api", include_str!("../../migrations/postgres/0015_api.sql")),
    (16, "senders", include_str!("../../migrations/postgres/0016_senders.sql")),
    (17, "contact_sync", include_str!("../../migrations/postgres/0017_contact_sync.sql")),
    (18, "mends", include_str!("../../migrations/postgres/0018_mends.sql")),
    (19, "reach", include_str!("../../migrations/postgres/0019_reach.sql")),
    (20, "shares", include_str!("../../migrations/postgres/0020_shares.sql")),
    (21, "verifications", include_str!("../../migrations/postgres/0021_verifications.sql")),
    (22, "resets", include_str!("../../migrations/postgres/0022_resets.sql")),
    (23, "contacts", include_str!("../../migrations/postgres/0023_contacts.sql")),
];

/// What each connection must hold to, whatever the server's own settings say: a commit is on disk
/// when it returns (P2; a stricter setting stays), and nobody waits for a lock for ever, not even
/// for one that a frozen process of ours holds.
const SESSION: &str = "select
    case when current_setting('synchronous_commit') in ('off', 'local')
        then set_config('synchronous_commit', 'on', false) end,
    set_config('lock_timeout', '10s', false),
    set_config('idle_in_transaction_session_timeout', '20s', false)";

/// How long somebody may wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that has been idle for longer may have been cut meanwhile.
const TRUSTED: Duration = Duration::from_secs(1);

/// One database, maybe shared with other processes of ours.
pub(crate) struct Database {
    pool: PgPool,
    /// Writes of one busy account may all wait for its row: some connections stay for readers.
    writers: Arc<Semaphore>,
    pub(crate) keys: Arc<Keys>,
}

/// The one way to write: a transaction. Dropping it rolls back.
pub(crate) struct Write {
    tx: sqlx::Transaction<'static, Db>,
    /// The end of the audit chain that it writes to, once it is known here.
    pub(crate) head: Option<Head>,
    _permit: OwnedSemaphorePermit,
}

impl Write {
    /// Where its statements go.
    pub(crate) fn db(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Returns when the commit is on disk.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }

    /// Ends it without effect. What it has read was committed; dropping it does the rest.
    #[expect(clippy::unused_async, reason = "SQLite's waits for the disk")]
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Database {
    pub(super) async fn open(
        url: &str,
        connections: u32,
        keys: Arc<Keys>,
    ) -> Result<Self, StoreError> {
        // The URL holds a password: errors tell of the host only.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| {
                StoreError::Unusable(
                    "store.url can't be read; it looks like postgres://user:password@host/database"
                        .into(),
                )
            })?
            .application_name("msp-reset");
        let (host, name) =
            (options.get_host().to_owned(), options.get_database().unwrap_or("?").to_owned());
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            // Each is tested when it is given back, too; a second round trip for one that was in
            // use a moment ago would cost as much as most statements.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::query(SESSION).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| {
                StoreError::Unusable(format!(
                    "the PostgreSQL database {name} on {host} can't be opened: {error}"
                ))
            })?;
        migrator(&MIGRATIONS).run(&pool).await?;
        let writers = Arc::new(Semaphore::new((connections as usize * 3 / 4).max(1)));
        let database = Self { pool, writers, keys };
        database.check_key().await?;
        database.make_words().await?;
        Ok(database)
    }

    /// Begins to write rows of an account: one process at a time.
    pub(crate) async fn write(&self, account: AccountId) -> Result<Write, StoreError> {
        let mut write = self.write_row().await?;
        // In a task of its own: who leaves while this waits for the account leaves the connection
        // waiting, and the permit must stay with it.
        #[expect(
            clippy::disallowed_methods,
            reason = "it ends by itself, with the lock's time limit"
        )]
        let locked = tokio::spawn(async move {
            let row = sqlx::query(
                "select audit_count, audit_head from accounts where id = $1 for no key update",
            )
            .bind(account.0)
            .fetch_optional(write.db())
            .await?;
            write.head = match row {
                Some(row) => Some(Head { account, count: row.try_get(0)?, mac: row.try_get(1)? }),
                // It is about to be made.
                None => None,
            };
            Ok(write)
        });
        locked.await.map_err(|_| closed())?
    }

    /// Begins to write one row, or rows that no account owns.
    pub(crate) async fn write_row(&self) -> Result<Write, StoreError> {
        let permit = tokio::time::timeout(PATIENCE, self.writers.clone().acquire_owned());
        let permit = permit.await.map_err(|_| busy())?.map_err(|_| closed())?;
        Ok(Write { tx: self.pool.begin().await?, head: None, _permit: permit })
    }

    pub(crate) fn read(&self) -> &sqlx::Pool<Db> {
        &self.pool
    }
}

fn busy() -> StoreError {
    StoreError::Unusable("too many writes wait for PostgreSQL".into())
}

fn closed() -> StoreError {
    StoreError::Unusable("the database was closed".into())
}

#[async_trait::async_trait]
impl AnyStore for Database {
    async fn shared_clock(&self) -> Result<Option<Millis>, StoreError> {
        let now: i64 =
            sqlx::query_scalar("select (extract(epoch from clock_timestamp()) * 1000)::bigint")
                .fetch_one(&self.pool)
                .await?;
        Ok(Some(Millis(now)))
    }

    fn can_write(&self) -> bool {
        !self.pool.is_closed()
    }

    async fn close(&self) {
        self.writers.close();
        self.pool.close().await;
    }
}
