//! Part (a): a whole reset, from the click to the ticket's note, as one future that is stopped at
//! each of its suspension points; then a new start on the same database.

use server::denied::Denied;
use shared::Stage;
use simulator::{Company, Fault};

use super::after::{Ground, choose, ended_anew, finish};
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
        scene.settle().await;
        Ok(())
    }
}

/// Everything in this process, in time that is moved by hand.
impl Ground for Scene {
    fn scene(&self) -> &Scene {
        self
    }

    /// Does what is due and lets time pass until nothing is under way; two hours of it at most.
    async fn settle(&self) -> bool {
        let (resets, store) = (&self.app().resets, &self.app().store);
        for _ in 0..1500 {
            let due = resets.due().await.unwrap();
            for due in &due {
                resets.perform(*due).await;
            }
            if due.is_empty() {
                if store.unsettled().await.unwrap() == (0, 0) {
                    return true;
                }
                self.pass(5_000);
            }
        }
        false
    }

    async fn reveal(&self, text: &str, unlock: Option<&str>) -> Result<String, String> {
        reveal(self.app(), text, unlock).await
    }

    /// Past every lease, past `apply_before`, past the grace of what was opened.
    async fn pass_much_time(&self) {
        self.pass(11 * MINUTE_MS);
    }
}

/// One kind of trouble, in one order of steps.
pub(crate) struct Plan<'a, O> {
    pub(crate) order: &'a O,
    pub(crate) trouble: &'a Trouble,
    /// Whether who waits for long may choose a password by other means.
    pub(crate) impatient: bool,
}

impl<O: Order> Plan<'_, O> {
    /// Stops at every `stride`th point, from a random one on, until a run comes to its end.
    pub(crate) async fn at_every(
        &self,
        stride: usize,
        scene: &mut Scene,
        (dice, tally): (&mut Dice, &mut Tally),
    ) {
        tally.so_far(&self.trouble.name);
        let mut point = dice.below(stride);
        while self.once(point, scene, (dice, tally)).await > point {
            point += stride;
        }
    }

    /// One run, stopped at `point` if it gets there. How often it has waited: more often than
    /// `point` when it was stopped.
    pub(crate) async fn once(
        &self,
        point: usize,
        scene: &mut Scene,
        (dice, tally): (&mut Dice, &mut Tally),
    ) -> usize {
        let case = scene.case().await;
        let mut found = Vec::new();
        self.trouble.arm(&scene.outside);
        let mut whole = StopAfter::new(point, self.order.whole(scene, &case));
        let ended = (&mut whole).await;
        let waited = whole.waited;
        drop(whole);
        let mut own = None;
        if ended.is_none() {
            // Down for no time, for less than a lease, past it, past `apply_before`, past the
            // text's patience; and the next start may find Microsoft out of order.
            let down =
                *dice.pick(&[0, 1_000, 31_000, 5 * MINUTE_MS, 11 * MINUTE_MS, 70 * MINUTE_MS]);
            let chooses = self.impatient && down > 10 * MINUTE_MS && dice.one_in(2);
            let unwell = dice.one_in(4);
            scene
                .restart(|scene| {
                    scene.pass(down);
                    own = chooses.then(|| choose(scene, &case));
                    if unwell {
                        let fault = Fault::Status { status: 500, retry_after: None };
                        scene.outside.fault(Company::Graph, Some("GET"), fault);
                    }
                })
                .await;
            if own.is_none() {
                found.extend(scene.look(&case).unopened().await);
            }
            scene.settle().await;
            tally.points += 1;
            tally.busy += 1;
        }
        scene.outside.clear_faults();
        found.extend(finish(scene, &case, own.as_deref()).await);
        let stage = scene.look(&case).reset().await.map(|reset| reset.stage);
        if stage == Some(Stage::Stuck) {
            let newer = scene.again(&case).await;
            Ours.whole(scene, &newer).await.unwrap();
            found.extend(ended_anew(scene, &case, &newer).await);
        }
        let run = format!("{} stopped at {point}", self.trouble.name);
        tally.add(&run, stage.map_or("not begun", Stage::as_str), found);
        scene.leave(&case);
        waited
    }
}
