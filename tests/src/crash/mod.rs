//! The crash runs: whatever is cut short, wherever, nobody is left with a password that nobody can
//! give them. A short version with every test run; `cargo xtask crash` does all of it.

mod careless;
mod check;
mod database;
mod dice;
mod points;
mod reveal;
mod scene;
mod stop;
mod tally;
mod trouble;

use careless::Careless;
use database::Database;
use dice::Dice;
use points::{Ours, every};
use scene::Scene;
use tally::{Amount, Tally};

/// Part (a).
#[tokio::test]
async fn stopped_at_every_point() {
    let amount = Amount::asked();
    for database in Database::all() {
        let part = format!("a, stopped at every point, {database}");
        let mut tally = Tally::new(&part, amount.seed);
        let mut dice = Dice::new(amount.seed, &part);
        let mut scene = Scene::with_manual_time(database).await;
        let single: Vec<_> = [trouble::none()]
            .into_iter()
            .chain(trouble::at_the_patch())
            .chain(trouble::at_the_text())
            .collect();
        for trouble in &single {
            let stride = if amount.long { 1 } else { 120 };
            every(&mut scene, &Ours, trouble, stride, (&mut dice, &mut tally)).await;
        }
        // Both at once: not each point of each pair, but each pair.
        for patch in trouble::at_the_patch() {
            for text in trouble::at_the_text() {
                if amount.long || dice.one_in(30) {
                    let both = patch.and(&text);
                    every(&mut scene, &Ours, &both, 120, (&mut dice, &mut tally)).await;
                }
            }
        }
        scene.outside.stop().await;
        tally.end();
    }
}

/// The same runs with the careless order: a check that finds nothing there would prove nothing.
#[tokio::test]
async fn the_careless_order_is_found_out() {
    let amount = Amount::asked();
    let part = "careless order, must be found out";
    let mut tally = Tally::new(part, amount.seed);
    let mut dice = Dice::new(amount.seed, part);
    let mut scene = Scene::with_manual_time(Database::Sqlite).await;
    let stride = if amount.long { 1 } else { 5 };
    every(&mut scene, &Careless, &trouble::none(), stride, (&mut dice, &mut tally)).await;
    scene.outside.stop().await;
    tally.say();
    assert!(tally.ends.contains_key("completed"), "it does not even work on a good day");
    assert!(tally.count(check::Finding::is_unknown_password) > 0, "the check finds nothing");
}
