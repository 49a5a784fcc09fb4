//! The races: many devices open one link at the same moment, and one of them wins (P10). A few
//! rounds with every test run; `cargo xtask race share` does a thousand on each ground.

mod careless;
mod check;
pub(crate) mod ground;
mod judge;
mod round;
pub(crate) mod rush;
mod tally;
pub(crate) mod variant;

use ground::Ground;
use round::rounds;
use tally::Amount;
use variant::Variant;

use crate::crash::database::Database;

#[tokio::test]
async fn one_server_on_sqlite() {
    every_variant(Database::Sqlite, 1, "one server on SQLite").await;
}

#[tokio::test]
async fn one_server_on_postgres() {
    every_variant(Database::Postgres, 1, "one server on PostgreSQL").await;
}

#[tokio::test]
async fn two_servers_on_postgres() {
    every_variant(Database::Postgres, 2, "two servers on PostgreSQL").await;
}

async fn every_variant(database: Database, servers: usize, part: &str) {
    let amount = Amount::asked();
    let ground = Ground::start(database, servers).await;
    for variant in Variant::ALL {
        rounds(&ground, variant, &amount, part).await.end();
    }
    let logs = ground.logs();
    assert!(logs.contains(r#""message":"answered""#), "nothing is logged");
    assert!(!logs.contains(r#""level":"ERROR""#) && !logs.contains("panicked"), "{logs}");
}

/// The same races against the careless order: one that finds nothing there would prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_careless_order_is_found_out() {
    let part = "careless order, must be found out";
    for database in [Database::Sqlite, Database::Postgres] {
        let ground = Ground::careless(database).await;
        let few = Amount { rounds: None, ..Amount::asked() };
        let one = Amount { devices: 1, ..few };
        let alone = rounds(&ground, Variant::Plain, &one, part).await;
        assert!(alone.all_won(), "it does not even work for one device");
        let mut doubles = 0;
        // Chance may spare it in a few rounds, not in all of these.
        for _ in 0..25 {
            if doubles == 0 {
                let raced = rounds(&ground, Variant::Plain, &few, part).await;
                raced.say();
                doubles = raced.doubles();
            }
        }
        assert!(doubles > 0, "two winners are not noticed on {database}");
    }
}
