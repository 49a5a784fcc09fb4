//! Parts (b) and (c): the real program, killed while resets are under way, and started again; and
//! two of them on one database, one of which is killed.

use std::time::Duration;

use simulator::Moment;
use tokio::task::JoinHandle;

use super::after::{Ground, choose};
use super::database::Database;
use super::dice::Dice;
use super::scene::Case;
use super::served::{APPLY_BEFORE_MS, Served};
use super::tally::Tally;
use super::trouble;

/// Longer than a whole reset takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Resets that are under way.
struct UnderWay {
    /// With what each person chose meanwhile.
    cases: Vec<(Case, Option<String>)>,
    /// Each ends with the answer to its click, or with whoever should have given it.
    clicks: Vec<JoinHandle<()>>,
    /// For how many milliseconds.
    moment: usize,
}

/// So many resets at once, and a random moment while they are under way.
async fn under_way(
    served: &mut Served,
    programs: &[usize],
    millis: usize,
    dice: &mut Dice,
) -> UnderWay {
    let mut cases = Vec::new();
    for _ in programs {
        cases.push((served.scene.case().await, None));
    }
    let mut clicks = Vec::new();
    for ((case, _), program) in cases.iter().zip(programs) {
        clicks.push(served.click(case, *program).await);
    }
    let moment = dice.below(millis);
    tokio::time::sleep(Duration::from_millis(moment as u64)).await;
    UnderWay { cases, clicks, moment }
}

/// Until so many have struck work that was under way; not for ever.
fn more(times: usize, tally: &Tally) -> bool {
    tally.busy < times && tally.points < 3 * times
}

/// Whoever lives has staged what it was asked for, or refused it.
async fn answered(clicks: Vec<JoinHandle<()>>) {
    for click in clicks {
        click.await.unwrap();
    }
}

/// Kills the program at random moments while three resets are under way.
pub(crate) async fn at_random_moments(times: usize, dice: &mut Dice, tally: &mut Tally) {
    let mut served = Served::start(Database::Sqlite, 1).await;
    let (_, millis) = served.undisturbed(tally).await;
    let troubles = trouble::at_the_patch();
    while more(times, tally) {
        let n = tally.points;
        let trouble = dice.one_in(3).then(|| dice.pick(&troubles));
        if let Some(trouble) = trouble {
            trouble.arm(&served.scene.outside);
        }
        let under_way = under_way(&mut served, &[0; 3], millis, dice).await;
        let UnderWay { mut cases, moment, .. } = under_way;
        served.kill(0);
        tally.points += 1;
        tally.busy += usize::from(served.is_busy(&cases).await);
        if dice.one_in(8) {
            // Down for so long that the persons helped themselves.
            let down = u64::try_from(APPLY_BEFORE_MS).unwrap();
            tokio::time::sleep(Duration::from_millis(down)).await;
            for (case, own) in &mut cases {
                *own = Some(choose(&served.scene, case));
            }
        }
        served.revive(0).await;
        let name = trouble.map_or("no fault", |trouble| &trouble.name);
        let run = format!("{name}, kill {n} after {moment} ms");
        served.look_at(&run, &cases, tally).await;
    }
    served.end(tally).await;
}

/// Kills the program at each request that the outside world receives from it during a reset,
/// before the act and after it; or at some of them.
pub(crate) async fn at_each_request(some: Option<usize>, dice: &mut Dice, tally: &mut Tally) {
    let mut served = Served::start(Database::Sqlite, 1).await;
    let (requests, _) = served.undisturbed(tally).await;
    let both = |nth| [(nth, Moment::BeforeTheAct), (nth, Moment::BeforeTheAnswer)];
    // The acts that can't be undone are never left out.
    let act =
        |nth: &usize| requests[*nth].starts_with("PATCH") || requests[*nth].contains("Messages");
    let (acts, mut others): (Vec<usize>, Vec<usize>) = (0..requests.len()).partition(act);
    while some.is_some_and(|some| others.len() > some) {
        others.remove(dice.below(others.len()));
    }
    let moments: Vec<_> = acts.into_iter().chain(others).flat_map(both).collect();
    for (nth, moment) in moments {
        // On a busy machine a click is refused before it comes so far: then once more.
        let mut attempts = 0;
        while !at_request(nth, moment, &mut served, dice, tally).await {
            attempts += 1;
            assert!(attempts < 5, "no reset makes {nth} requests");
        }
    }
    served.end(tally).await;
}

/// Whether it came to this request.
async fn at_request(
    nth: usize,
    moment: Moment,
    served: &mut Served,
    dice: &mut Dice,
    tally: &mut Tally,
) -> bool {
    let case = served.scene.case().await;
    let mut held = served.scene.outside.hold(nth, moment);
    let click = served.click(&case, 0).await;
    let Ok(Some(request)) = tokio::time::timeout(PATIENCE, held.arrived()).await else {
        click.await.unwrap();
        served.look_at("not so far", &[(case, None)], tally).await;
        return false;
    };
    served.kill(0);
    tally.points += 1;
    tally.busy += 1;
    // It had reached the company, which comes to it before the next start or after it.
    let late = dice.one_in(2);
    if late {
        served.revive(0).await;
        held.go_on().await;
    } else {
        held.go_on().await;
        served.revive(0).await;
    }
    let run = format!("kill at request {nth}, {request}, {moment:?}, late: {late}");
    served.look_at(&run, &[(case, None)], tally).await;
    true
}

/// Two programs on one PostgreSQL, each with resets under way; one is killed, and the other does
/// all of the work until it is back.
pub(crate) async fn one_of_two(times: usize, dice: &mut Dice, tally: &mut Tally) {
    let mut served = Served::start(Database::Postgres, 2).await;
    let (_, millis) = served.undisturbed(tally).await;
    while more(times, tally) {
        let n = tally.points;
        let under_way = under_way(&mut served, &[0, 1, 0, 1], millis, dice).await;
        let UnderWay { cases, clicks, moment } = under_way;
        let unlucky = dice.below(2);
        served.kill(unlucky);
        tally.points += 1;
        tally.busy += usize::from(served.is_busy(&cases).await);
        answered(clicks).await;
        let run = format!("kill {n} of program {unlucky} after {moment} ms");
        served.look_at(&run, &cases, tally).await;
        served.revive(unlucky).await;
    }
    served.end(tally).await;
}

/// The same, and one of them is not killed but stands still for longer than its leases: when it
/// goes on, its resets are in other hands, and it must not harm them.
pub(crate) async fn one_of_two_stands_still(times: usize, dice: &mut Dice, tally: &mut Tally) {
    let mut served = Served::start(Database::Postgres, 2).await;
    let (_, millis) = served.undisturbed(tally).await;
    while more(times, tally) {
        let n = tally.points;
        let under_way = under_way(&mut served, &[0, 1, 0, 1], millis, dice).await;
        let UnderWay { cases, clicks, moment } = under_way;
        let unlucky = dice.below(2);
        served.suspend(unlucky);
        tally.points += 1;
        tally.busy += usize::from(served.is_busy(&cases).await);
        // The other one does all of the work.
        served.settle().await;
        served.wake(unlucky);
        answered(clicks).await;
        let run = format!("pause {n} of program {unlucky} after {moment} ms");
        served.look_at(&run, &cases, tally).await;
    }
    served.end(tally).await;
}
