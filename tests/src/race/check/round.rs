//! One round: a new verification, everybody at once, and a look at what came of it.

use super::judge::{After, Finding, judge};
use super::tally::Tally;
use super::variant::Variant;
use crate::crash::dice::Dice;
use crate::race::ground::Ground;
use crate::race::round::bearer;
use crate::race::rush::{Request, Rush};
use crate::race::tally::Amount;
use server::seed::Msp;

/// As many rounds as are asked for.
pub(super) async fn rounds(
    ground: &Ground,
    variant: Variant,
    amount: &Amount,
    part: &str,
) -> Tally {
    let part = format!("verification, {part}, {variant}");
    let mut dice = Dice::new(amount.seed, &part);
    let first = variant == Variant::RightCodes || variant == Variant::WrongCodes;
    let mut tally = Tally::new(part, amount);
    for _ in 0..amount.of(first) {
        let (verified, found) = round(ground, variant, amount.devices, &mut dice).await;
        tally.add(verified, found);
    }
    tally
}

/// Whether somebody was verified, and what was found.
async fn round(
    ground: &Ground,
    variant: Variant,
    count: usize,
    dice: &mut Dice,
) -> (bool, Vec<Finding>) {
    let store = &ground.app.store;
    let now = ground.app.clock.now();
    let msp = Msp::import(store, now).await.unwrap();
    let check = msp.check(store, variant.channel(), variant.tries(), now).await.unwrap();
    *ground.check.lock().unwrap() = Some((msp.account, check.id));
    let bearer = bearer(ground, &msp).await;
    let mut said = variant.answers(count, &check);
    for last in (1..said.len()).rev() {
        said.swap(last, dice.below(last + 1));
    }
    // One after the other to each server.
    let server = |nth: usize| ground.servers[nth % ground.servers.len()];
    let requests: Vec<Request> = said
        .iter()
        .enumerate()
        .map(|(nth, said)| said.ask(&check, server(nth), &bearer, variant.channel()))
        .collect();
    let rush = Rush { requests, early: None };
    let released = tokio::task::spawn_blocking(move || rush.release()).await;
    let (answers, _) = released.unwrap();
    let known = store.verification(msp.account, check.id).await.unwrap().unwrap();
    let acts = store.audit(msp.account).await.unwrap();
    let told = |act: &str| {
        let told = format!("\"act\":\"{act}\"");
        acts.iter().filter(|(_, _, body)| body.contains(&told)).count()
    };
    let after = After {
        outcome: known.outcome,
        tries_left: known.tries_left,
        done: told("verification-done"),
        wrong: told("verification-wrong"),
        denied: told("verification-denied"),
    };
    let mut found = judge(variant, &said, &answers, &check.answer, &after);
    if store.verify_audit(msp.account).await.unwrap().is_err() {
        found.push(Finding::Remembered("the audit's chain is broken".into()));
    }
    (after.done > 0, found)
}
