//! Part (a): a whole reset, from the click to the ticket's note, as one future that is stopped at
//! each of its suspension points; then a new start on the same database.

use server::denied::Denied;
use shared::{ShareState, Stage};

use super::check::{Finding, Look};
use super::dice::Dice;
use super::reveal::reveal;
use super::scene::{Case, Scene};
use super::stop::StopAfter;
use super::tally::Tally;
use super::trouble::Trouble;

const MINUTE_MS: i64 = 60_000;

/// How a reset is driven: by the engine, or carelessly.
pub(crate) trait Order {
    /// From the click to nothing left to do.
    async fn whole(&self, scene: &Scene, case: &Case) -> Result<(), Denied>;
}

/// As the product does it: what a request does, then what its driver and the worker do.
pub(crate) struct Ours;

impl Order for Ours {
    async fn whole(&self, scene: &Scene, case: &Case) -> Result<(), Denied> {
        let resets = &scene.app().resets;
        if resets.ask(&case.who, case.id, &case.ask).await?.is_none() {
            resets.drive(case.id).await;
        }
        settle(scene).await;
        Ok(())
    }
}

/// Does what is due and lets time pass until nothing is under way; for two hours at most.
pub(crate) async fn settle(scene: &Scene) -> bool {
    let (resets, store) = (&scene.app().resets, &scene.app().store);
    for _ in 0..1500 {
        let due = resets.due().await.unwrap();
        for due in &due {
            resets.perform(*due).await;
        }
        if due.is_empty() {
            if store.unsettled().await.unwrap() == (0, 0) {
                return true;
            }
            scene.pass(5_000);
        }
    }
    false
}

/// Stops at every `stride`th point, from a random one on, until a run comes to its end.
pub(crate) async fn every(
    scene: &mut Scene,
    order: &impl Order,
    trouble: &Trouble,
    stride: usize,
    (dice, tally): (&mut Dice, &mut Tally),
) {
    let mut point = dice.below(stride);
    loop {
        let stopped = once(scene, order, trouble, point, dice, tally).await;
        if !stopped {
            return;
        }
        tally.points += 1;
        point += stride;
    }
}

/// One run, stopped at `point` if it gets there. Whether it did.
async fn once(
    scene: &mut Scene,
    order: &impl Order,
    trouble: &Trouble,
    point: usize,
    dice: &mut Dice,
    tally: &mut Tally,
) -> bool {
    let case = scene.case().await;
    let run = format!("{} stopped at {point}", trouble.name);
    trouble.arm(&scene.outside);
    let ended = StopAfter::new(point, order.whole(scene, &case)).await;
    let stopped = ended.is_none();
    let mut found = Vec::new();
    let mut own = None;
    if stopped {
        // Down for no time, for less than a lease, past it, past `apply_before`, past the text's
        // patience; and the next start may find Microsoft out of order.
        let down = *dice.pick(&[0, 1_000, 31_000, 5 * MINUTE_MS, 11 * MINUTE_MS, 70 * MINUTE_MS]);
        let chooses = down > 10 * MINUTE_MS && dice.one_in(2);
        let unwell = dice.one_in(4);
        scene
            .restart(|scene| {
                scene.pass(down);
                if chooses {
                    own = Some(choose(scene, &case));
                }
                if unwell {
                    let fault = simulator::Fault::Status { status: 500, retry_after: None };
                    scene.outside.fault(simulator::Company::Graph, Some("GET"), fault);
                }
            })
            .await;
        if own.is_none() {
            found.extend(look(scene, &case).unopened().await);
        }
        settle(scene).await;
    }
    scene.outside.clear_faults();
    found.extend(finish(scene, &case, own).await);
    let stage = look(scene, &case).reset().await.map(|reset| reset.stage);
    if stage == Some(Stage::Stuck) {
        found.extend(anew(scene, &case).await);
    }
    tally.add(&run, stage.map_or("not begun", Stage::as_str), found);
    scene.leave(&case);
    stopped
}

fn look<'a>(scene: &'a Scene, case: &'a Case) -> Look<'a> {
    Look { app: scene.app(), outside: &scene.outside, case }
}

/// The person signs in somewhere and chooses a password.
fn choose(scene: &Scene, case: &Case) -> String {
    let own = format!("Mine-{}-x7", scene.clock.now().0);
    scene.outside.set_password_by_person(&case.upn, &own);
    own
}

/// Everything has settled: looks at it, opens the link, lets the person choose a password and the
/// time pass, and looks again. `own` is what they had chosen before.
async fn finish(scene: &Scene, case: &Case, own: Option<String>) -> Vec<Finding> {
    let looked = look(scene, case);
    let mut found = looked.rows().await;
    found.extend(looked.patches().await);
    match &own {
        None => found.extend(looked.unopened().await),
        Some(own) if *own != looked.held() => found.push(Finding::Overwritten),
        Some(_) => {}
    }
    let stage = looked.reset().await.map(|reset| reset.stage);
    if let Some(Stage::Applied | Stage::Completed) = stage {
        found.extend(open(scene, case, own.is_some()).await);
    }
    let own = choose(scene, case);
    // Past every lease, past `apply_before`, past the grace of what was opened.
    scene.pass(11 * MINUTE_MS);
    settle(scene).await;
    scene.app().store.sweep_shares(scene.clock.now()).await.unwrap();
    if looked.held() != own {
        found.push(Finding::Overwritten);
    }
    found.extend(looked.rows().await);
    found
}

/// The text arrived, or does when it is asked for again; its link reveals what Microsoft holds.
async fn open(scene: &Scene, case: &Case, chosen: bool) -> Vec<Finding> {
    let (looked, resets) = (look(scene, case), &scene.app().resets);
    if looked.links().is_empty() {
        if let Err(error) = resets.resend(&case.who, case.id).await {
            return vec![Finding::LostText(format!("{error:?}"))];
        }
        settle(scene).await;
    }
    let Some(text) = looked.links().pop() else {
        return vec![Finding::LostText("no text, asked again or not".into())];
    };
    let view = resets.get(&case.who, case.id).await.unwrap();
    if view.share == ShareState::Expired {
        // Nobody was there for longer than the link lives; the technician is told so.
        return Vec::new();
    }
    match reveal(scene.app(), &text.body, view.unlock_code.as_deref()).await {
        Ok(shown) if chosen || shown == looked.held() => Vec::new(),
        Ok(_) => vec![Finding::UnknownPassword("the link reveals another".into())],
        Err(why) => vec![Finding::UnknownPassword(format!("the link reveals none: {why}"))],
    }
}

/// A stuck reset is ended by a new one, whose link reveals what Microsoft holds then.
async fn anew(scene: &Scene, case: &Case) -> Vec<Finding> {
    let again = scene.again(case).await;
    Ours.whole(scene, &again).await.unwrap();
    let mut found = finish(scene, &again, None).await;
    let (older, newer) = (look(scene, case).reset().await, look(scene, &again).reset().await);
    let ended = |reset: Option<server::store::Reset>| reset.map(|reset| reset.stage);
    if (ended(older), ended(newer)) != (Some(Stage::Completed), Some(Stage::Completed)) {
        found.push(Finding::Unsettled("a stuck reset is not ended by a new one".into()));
    }
    found
}
