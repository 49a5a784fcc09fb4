//! The crash runs: whatever is cut short, wherever, nobody is left with a password that nobody can
//! give them. A short version with every test run; `cargo xtask crash` does all of it.

mod after;
mod careless;
mod check;
pub(crate) mod database;
pub(crate) mod dice;
mod killed;
mod points;
pub(crate) mod process;
mod reveal;
mod scene;
mod served;
mod stop;
mod tally;
mod trouble;

use careless::Careless;
use database::Database;
use dice::Dice;
use points::{Ours, Plan};
use scene::Scene;
use tally::{Amount, Tally};
use trouble::Trouble;

/// Part (a).
#[tokio::test]
async fn stopped_at_every_point_on_sqlite() {
    stopped_at_every_point(Database::Sqlite).await;
}

/// Part (a).
#[tokio::test]
async fn stopped_at_every_point_on_postgres() {
    stopped_at_every_point(Database::Postgres).await;
}

fn ours(trouble: &Trouble) -> Plan<'_, Ours> {
    Plan { order: &Ours, trouble, impatient: true }
}

async fn stopped_at_every_point(database: Database) {
    let amount = Amount::asked();
    let part = format!("a, stopped at every point, {database}");
    let mut tally = Tally::new(&part, amount.seed);
    let mut dice = Dice::new(amount.seed, &part);
    let mut scene = Scene::with_manual_time(database).await;
    let nothing = trouble::none();
    let points = ours(&nothing).once(usize::MAX, &mut scene, (&mut dice, &mut tally)).await;
    // Trouble makes a reset longer, and its first quarter only asks questions.
    let somewhere = |dice: &mut Dice| points / 4 + dice.below(points);
    let mut single = vec![nothing];
    single.extend(trouble::at_the_patch());
    single.extend(trouble::at_the_text());
    for trouble in &single {
        let plan = ours(trouble);
        if amount.long {
            plan.at_every(1, &mut scene, (&mut dice, &mut tally)).await;
        } else {
            let point = somewhere(&mut dice);
            plan.once(point, &mut scene, (&mut dice, &mut tally)).await;
        }
    }
    // Both at once: each pair, but not each point of it.
    for patch in trouble::at_the_patch() {
        for text in trouble::at_the_text() {
            if amount.long || dice.one_in(40) {
                let (point, both) = (somewhere(&mut dice), patch.and(&text));
                ours(&both).once(point, &mut scene, (&mut dice, &mut tally)).await;
            }
        }
    }
    scene.outside.stop().await;
    tally.end();
}

/// Part (b).
#[tokio::test]
async fn killed_at_random_moments() {
    let amount = Amount::asked();
    let part = "b, killed at random moments, SQLite";
    let (mut tally, mut dice) = (Tally::new(part, amount.seed), Dice::new(amount.seed, part));
    let times = if amount.long { 200 } else { 4 };
    killed::at_random_moments(times, &mut dice, &mut tally).await;
    tally.end();
}

/// Part (b).
#[tokio::test]
async fn killed_at_each_request() {
    let amount = Amount::asked();
    let part = "b, killed at each request, SQLite";
    let (mut tally, mut dice) = (Tally::new(part, amount.seed), Dice::new(amount.seed, part));
    let some = if amount.long { None } else { Some(1) };
    killed::at_each_request(some, &mut dice, &mut tally).await;
    tally.end();
}

/// Part (c).
#[tokio::test]
async fn one_of_two_is_killed() {
    let amount = Amount::asked();
    let part = "c, one of two killed, PostgreSQL";
    let (mut tally, mut dice) = (Tally::new(part, amount.seed), Dice::new(amount.seed, part));
    let times = if amount.long { 100 } else { 2 };
    killed::one_of_two(times, &mut dice, &mut tally).await;
    tally.end();
}

/// Part (c).
#[tokio::test]
async fn one_of_two_stands_still() {
    let amount = Amount::asked();
    let part = "c, one of two stands still, PostgreSQL";
    let (mut tally, mut dice) = (Tally::new(part, amount.seed), Dice::new(amount.seed, part));
    let times = if amount.long { 100 } else { 2 };
    killed::one_of_two_stands_still(times, &mut dice, &mut tally).await;
    tally.end();
}

/// The same runs with the careless order: a check that finds nothing there would prove nothing.
#[tokio::test]
async fn the_careless_order_is_found_out() {
    let amount = Amount::asked();
    let part = "careless order, must be found out";
    let mut tally = Tally::new(part, amount.seed);
    let mut dice = Dice::new(amount.seed, part);
    let mut scene = Scene::with_manual_time(Database::Sqlite).await;
    let stride = if amount.long { 1 } else { 2 };
    let plan = Plan { order: &Careless, trouble: &trouble::none(), impatient: false };
    plan.at_every(stride, &mut scene, (&mut dice, &mut tally)).await;
    scene.outside.stop().await;
    tally.say();
    assert!(tally.ends.contains_key("completed"), "it does not even work on a good day");
    assert!(tally.count(check::Finding::is_unknown_password) > 0, "the check finds nothing");
}
