//! Staging a reset: what stands in the way, and that it stands there also when two come at once.

use shared::{AccountId, ResetId, Stage, VerificationId};

use super::fixture::{CIPHERTEXT, MINUTE, START, World, after, limit, new_id};
use crate::store::{NotStaged, Owner, Reset, Share, ShareStanding, Store, StoreError};

on_both!(
    what_was_asked_is_written_down,
    a_verification_serves_one_reset,
    only_a_verified_one_of_this_account_serves,
    a_person_has_one_live_reset,
    an_id_is_used_once,
    a_limit_that_refuses_counts_nowhere,
    one_of_many_with_one_id,
    one_of_many_for_one_person,
    one_of_many_with_one_verification,
    one_id_in_two_accounts,
);

/// How an attempt to stage ended, in a word.
fn word(answer: Result<Result<(), NotStaged>, StoreError>) -> &'static str {
    match answer.unwrap() {
        Ok(()) => "staged",
        Err(NotStaged::Limit(_)) => "limit",
        Err(NotStaged::VerificationUsed) => "used",
        Err(NotStaged::TakenBack) => "taken back",
        Err(NotStaged::ApprovalOver) => "approval over",
        Err(NotStaged::UnderWay) => "under way",
        Err(NotStaged::IdTaken) => "id taken",
        Err(NotStaged::MayNot) => "may not",
    }
}

async fn stage(store: &Store, (reset, share): &(Reset, Share)) -> &'static str {
    word(store.stage_reset(reset, share, &[]).await)
}

async fn what_was_asked_is_written_down(world: World) {
    let store = &world.store;
    let (mut reset, mut share) = world.ours.asked(world.verified().await, "p");
    reset.one_factor = true;
    reset.unlock_sealed = Some(b"sealed code".to_vec());
    share.unlock_hash = Some(b"hash of the code".to_vec());
    assert_eq!(stage(store, &(reset.clone(), share.clone())).await, "staged");

    let read = world.read(&reset).await;
    let expected = Reset { technician_name: "Ann".into(), ..reset.clone() };
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));
    assert_eq!(format!("{:?}", world.share(&reset).await), format!("{share:?}"));
    let v = store.verification(reset.account, reset.verification).await.unwrap().unwrap();
    assert!(v.used);
    let told = world.told("reset-asked").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["reset"], reset.id.to_string());
    assert_eq!(told[0]["technician"], reset.technician.to_string());
    assert_eq!(told[0]["about"], "•••• 34 one factor");

    // Nobody opens a closed share, and another account knows nothing of any of it.
    assert_eq!(world.share(&reset).await.state, ShareStanding::Closed);
    assert!(store.look_at_share(&share.look_id, START).await.unwrap().is_none());
    let theirs = world.theirs.account;
    assert!(store.reset(theirs, reset.id).await.unwrap().is_none());
    assert!(store.share_of(theirs, reset.id).await.unwrap().is_none());
}

async fn a_verification_serves_one_reset(world: World) {
    let verification = world.verified().await;
    assert_eq!(stage(&world.store, &world.ours.asked(verification, "p")).await, "staged");
    let second = world.ours.asked(verification, "q");
    assert_eq!(stage(&world.store, &second).await, "used");
    assert!(world.store.reset(second.0.account, second.0.id).await.unwrap().is_none());
}

async fn only_a_verified_one_of_this_account_serves(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let pending = ours.verification(START);
    store.begin_verification(&pending, &[]).await.unwrap().unwrap();
    assert_eq!(stage(store, &ours.asked(pending.id, "p")).await, "used");
    let theirs = world.theirs.verified(store, START).await;
    assert_eq!(stage(store, &ours.asked(theirs, "p")).await, "used");
    assert_eq!(stage(store, &ours.asked(VerificationId(new_id()), "p")).await, "used");
    // Their verification is as good to them as before.
    assert_eq!(stage(store, &world.theirs.asked(theirs, "p")).await, "staged");
    let acts = world.acts().await;
    assert!(!acts.contains(&"reset-asked".to_owned()), "{acts:?}");
}

async fn a_person_has_one_live_reset(world: World) {
    let store = &world.store;
    let first = world.staged("p").await;
    let second = world.ours.asked(world.verified().await, "p");
    assert_eq!(stage(store, &second).await, "under way");
    // What was refused used nothing up, and the same person elsewhere is somebody else.
    let v = store.verification(first.account, second.0.verification).await.unwrap().unwrap();
    assert!(!v.used);
    let verification = world.theirs.verified(store, START).await;
    assert_eq!(stage(store, &world.theirs.asked(verification, "p")).await, "staged");
    let live = store.live_reset(first.account, "p").await.unwrap().unwrap();
    assert_eq!(live.id, first.id);
    assert!(store.live_reset(first.account, "q").await.unwrap().is_none());

    // A stuck one is not live: a new one may start beside it.
    let held = super::fixture::lease(START);
    assert!(store.claim_reset(first.id, held, START).await.unwrap());
    store.announce(&first, held, START).await.unwrap().unwrap();
    assert_eq!(stage(store, &second).await, "under way");
    store.record_stuck(&first, held, START).await.unwrap();
    assert!(store.live_reset(first.account, "p").await.unwrap().is_none());
    assert_eq!(stage(store, &second).await, "staged");
    assert_eq!(world.read(&first).await.stage, Stage::Stuck);
    assert_eq!(world.share(&first).await.ciphertext, CIPHERTEXT);
}

async fn an_id_is_used_once(world: World) {
    let first = world.staged("p").await;
    let (mut reset, mut share) = world.ours.asked(world.verified().await, "q");
    (reset.id, share.owner) = (first.id, Some(Owner::Reset(first.id)));
    assert_eq!(stage(&world.store, &(reset.clone(), share.clone())).await, "id taken");
    // The first stands as it was.
    assert_eq!(world.read(&first).await.directory_user, "p");
    // Somebody else's id is taken too, and still nobody reads it.
    let verification = world.theirs.verified(&world.store, START).await;
    let (mut reset, mut share) = world.theirs.asked(verification, "q");
    (reset.id, share.owner) = (first.id, Some(Owner::Reset(first.id)));
    assert_eq!(stage(&world.store, &(reset.clone(), share)).await, "id taken");
    assert!(world.store.reset(reset.account, first.id).await.unwrap().is_none());
}

async fn a_limit_that_refuses_counts_nowhere(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let limits = [limit("wide", 2, 10 * MINUTE), limit("narrow", 1, 10 * MINUTE)];
    let (reset, share) = world.ours.asked(world.verified().await, "p");
    assert_eq!(word(store.stage_reset(&reset, &share, &limits).await), "staged");
    let (mut late, share) = world.ours.asked(world.verified().await, "q");
    late.asked_at = after(MINUTE);
    match store.stage_reset(&late, &share, &limits).await.unwrap() {
        Err(NotStaged::Limit(hit)) => {
            assert_eq!((hit.name.as_str(), hit.retry_after), ("narrow", 9 * 60));
        }
        other => panic!("{other:?}"),
    }
    // "wide" has one left: the refused one took none, used no verification, wrote nothing.
    assert_eq!(store.would_hit(account, after(MINUTE), &limits[..1]).await.unwrap(), None);
    assert!(store.reset(account, late.id).await.unwrap().is_none());
    assert_eq!(word(store.stage_reset(&late, &share, &limits[..1]).await), "staged");
    let hit = store.would_hit(account, after(MINUTE), &limits[..1]).await.unwrap();
    assert_eq!(hit.as_deref(), Some("wide"));
    assert_eq!(world.told("reset-asked").await.len(), 2);
}

/// Stages them all at once through two processes, and sorts how that ended.
async fn race(world: &World, asked: Vec<(Reset, Share)>) -> Vec<&'static str> {
    let stores = world.two_processes().await;
    let tasks = asked.into_iter().zip(stores.iter().cycle().cloned());
    let mut race = tokio::task::JoinSet::new();
    for (asked, store) in tasks {
        race.spawn(async move { stage(&store, &asked).await });
    }
    let mut words = race.join_all().await;
    words.sort_unstable();
    words
}

/// "staged" once, otherwise this.
#[track_caller]
fn one_and(words: &[&str], otherwise: &str) {
    let staged = words.iter().filter(|word| **word == "staged").count();
    assert_eq!(staged, 1, "{words:?}");
    assert!(words.iter().all(|word| *word == "staged" || *word == otherwise), "{words:?}");
}

const MANY: usize = 16;

async fn one_of_many_with_one_id(world: World) {
    let id = ResetId(new_id());
    let mut asked = Vec::new();
    for number in 0..MANY {
        let (mut reset, mut share) =
            world.ours.asked(world.verified().await, &format!("p{number}"));
        (reset.id, share.owner) = (id, Some(Owner::Reset(id)));
        asked.push((reset, share));
    }
    one_and(&race(&world, asked).await, "id taken");
}

async fn one_of_many_for_one_person(world: World) {
    let mut asked = Vec::new();
    for _ in 0..MANY {
        asked.push(world.ours.asked(world.verified().await, "p"));
    }
    one_and(&race(&world, asked).await, "under way");
    assert_eq!(world.told("reset-asked").await.len(), 1);
}

async fn one_of_many_with_one_verification(world: World) {
    let verification = world.verified().await;
    let asked = (0..MANY).map(|n| world.ours.asked(verification, &format!("p{n}"))).collect();
    one_and(&race(&world, asked).await, "used");
}

async fn one_id_in_two_accounts(world: World) {
    let id = ResetId(new_id());
    let mut asked = Vec::new();
    for msp in [&world.ours, &world.theirs] {
        for number in 0..MANY / 2 {
            let verification = msp.verified(&world.store, START).await;
            let (mut reset, mut share) = msp.asked(verification, &format!("p{number}"));
            (reset.id, share.owner) = (id, Some(Owner::Reset(id)));
            asked.push((reset, share));
        }
    }
    one_and(&race(&world, asked).await, "id taken");
    let mut found = 0;
    for account in [world.ours.account, world.theirs.account] {
        found += u32::from(world.store.reset(account, id).await.unwrap().is_some());
        assert!(world.store.verify_audit(account).await.unwrap().is_ok());
    }
    assert_eq!(found, 1);
    assert!(world.store.reset(AccountId(new_id()), id).await.unwrap().is_none());
}
