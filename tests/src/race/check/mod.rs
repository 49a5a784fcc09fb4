//! Many answers to one verification at the same moment: the right one counts once, wrong ones never
//! more often than it may be tried. A few rounds with every test run; `cargo xtask race verification`
//! does a thousand on each ground.

mod careless;
mod judge;
mod round;
mod tally;
mod variant;

use round::rounds;
use variant::Variant;

use super::ground::Ground;
use super::tally::Amount;
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

/// The same race against the careless order, which reads the tries that are left, compares, and then
/// writes: one that finds nothing there would prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_careless_order_is_found_out() {
    for database in [Database::Sqlite, Database::Postgres] {
        let ground = careless::ground(database).await;
        let few = Amount { rounds: None, ..Amount::asked() };
        let mut found = 0;
        // Chance may spare it in a few rounds, not in all of these.
        for _ in 0..25 {
            if found == 0 {
                let raced = rounds(&ground, Variant::WrongCodes, &few, "careless order").await;
                raced.say();
                found = raced.beyond();
            }
        }
        assert!(found > 0, "tries beyond the last are not noticed on {database}");
    }
}
