//! Verifications: sent, tried, replaced.

use shared::{Code, ContactId, Outcome, Source, VerificationId};

use super::fixture::{CODE, HOUR, MINUTE, START, World, after, limit, moved_on, new_id};
use crate::store::Verification;

on_both!(
    what_was_sent_is_written_down,
    the_right_code_verifies,
    wrong_codes_spend_the_tries,
    many_guesses_at_once_spend_no_more,
    a_newer_code_voids_the_older,
    a_code_that_did_not_go_out_can_not_be_tried,
    only_who_asked_may_answer,
    limits_refuse_without_a_trace,
    history_is_newest_first,
);

async fn begin(world: &World, v: &Verification) {
    world.store.begin_verification(v, &[]).await.unwrap().unwrap();
}

async fn read(world: &World, id: VerificationId) -> Verification {
    world.store.verification(world.ours.account, id).await.unwrap().unwrap()
}

/// Ann enters a code.
async fn enter(world: &World, v: &Verification, code: &[u8]) -> Option<Verification> {
    let (account, ann) = (world.ours.account, world.ours.ann);
    world.store.try_code(account, ann, v.id, code, after(1)).await.unwrap()
}

async fn what_was_sent_is_written_down(world: World) {
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    let (number, name) = (Some("1001".to_owned()), "Ann".to_owned());
    let expected = Verification { ticket_number: number, technician_name: name, ..v.clone() };
    assert_eq!(format!("{:?}", read(&world, v.id).await), format!("{expected:?}"));
    // As little as can be.
    let mut bare = world.ours.verification(START);
    (bare.ticket, bare.directory_user) = (None, None);
    (bare.source, bare.code_hash) = (Source::Contact, Vec::new());
    begin(&world, &bare).await;
    let expected = Verification { technician_name: "Ann".into(), ..bare.clone() };
    assert_eq!(format!("{:?}", read(&world, bare.id).await), format!("{expected:?}"));
    let told = world.told("verification-sent").await;
    assert_eq!((told.len(), &told[0]["about"]), (2, &"sms-code to •••• 34".into()));
    let foreign = world.store.verification(world.theirs.account, v.id).await.unwrap();
    assert!(foreign.is_none());
}

async fn the_right_code_verifies(world: World) {
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    let tried = enter(&world, &v, CODE).await.unwrap();
    let now = (tried.outcome, tried.verified_at, tried.tries_left, tried.used);
    assert_eq!(now, (Outcome::Verified, Some(after(1)), 4, false));
    assert_eq!(tried.technician_name, "Ann");
    // There is nothing more to try.
    assert!(enter(&world, &v, CODE).await.is_none());
    assert_eq!(read(&world, v.id).await.verified_at, Some(after(1)));
    assert_eq!(world.acts().await, ["verification-sent", "verification-done"]);
}

async fn wrong_codes_spend_the_tries(world: World) {
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    for left in (1..5).rev() {
        let tried = enter(&world, &v, b"wrong").await.unwrap();
        let now = (tried.outcome, tried.tries_left, tried.verified_at);
        assert_eq!(now, (Outcome::Pending, left, None));
    }
    let last = enter(&world, &v, b"wrong").await.unwrap();
    assert_eq!((last.outcome, last.tries_left), (Outcome::TriesSpent, 0));
    assert!(enter(&world, &v, CODE).await.is_none());
    assert_eq!(world.told("verification-wrong").await.len(), 5);
    // A code that was never kept is not matched by nothing.
    let mut kept_none = world.ours.verification(START);
    kept_none.code_hash = b"x".to_vec();
    begin(&world, &kept_none).await;
    assert_eq!(enter(&world, &kept_none, b"").await.unwrap().outcome, Outcome::Pending);
    // The fifth may be the right one.
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    for _ in 0..4 {
        enter(&world, &v, b"wrong").await.unwrap();
    }
    assert_eq!(enter(&world, &v, CODE).await.unwrap().outcome, Outcome::Verified);
}

async fn many_guesses_at_once_spend_no_more(world: World) {
    let stores = world.two_processes().await;
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..32 {
        let (store, id) = (stores[number % 2].clone(), v.id);
        let (account, ann) = (world.ours.account, world.ours.ann);
        race.spawn(async move {
            let tried = store.try_code(account, ann, id, b"wrong", START).await.unwrap();
            tried.map(|tried| tried.tries_left)
        });
    }
    let mut left: Vec<u32> = race.join_all().await.into_iter().flatten().collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    assert_eq!(read(&world, v.id).await.outcome, Outcome::TriesSpent);
}

async fn a_newer_code_voids_the_older(world: World) {
    let first = world.ours.verification(START);
    begin(&world, &first).await;
    let elsewhere = world.ours.verification(START);
    begin(&world, &elsewhere).await;
    let mut second = world.ours.verification(after(1));
    second.destination_hash.clone_from(&first.destination_hash);
    begin(&world, &second).await;
    let replaced = read(&world, first.id).await;
    assert_eq!((replaced.outcome, replaced.code_hash.len()), (Outcome::Replaced, 0));
    assert!(enter(&world, &first, CODE).await.is_none());
    // Another destination, and what is answered already, are not touched.
    assert_eq!(enter(&world, &elsewhere, CODE).await.unwrap().outcome, Outcome::Verified);
    assert_eq!(enter(&world, &second, CODE).await.unwrap().outcome, Outcome::Verified);
    let mut third = world.ours.verification(after(2));
    third.destination_hash = first.destination_hash;
    begin(&world, &third).await;
    assert_eq!(read(&world, second.id).await.outcome, Outcome::Verified);
}

async fn a_code_that_did_not_go_out_can_not_be_tried(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    let unsent = async |account| {
        let of = Verification { account, ..v.clone() };
        store.verification_unsent(&of, START, Code::SmsOptedOut).await
    };
    moved_on(unsent(world.theirs.account).await);
    unsent(account).await.unwrap();
    let now = read(&world, v.id).await;
    assert_eq!((now.outcome, now.code), (Outcome::Unsent, Some(Code::SmsOptedOut)));
    assert!(now.code_hash.is_empty());
    assert!(enter(&world, &v, CODE).await.is_none());
    moved_on(unsent(account).await);
    assert_eq!(world.told("verification-unsent").await.len(), 1);
}

async fn only_who_asked_may_answer(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let v = ours.verification(START);
    begin(&world, &v).await;
    let theirs = &world.theirs;
    for (account, technician, now) in [
        (ours.account, ours.bob, START),
        (theirs.account, ours.ann, START),
        (theirs.account, theirs.ann, START),
        (ours.account, ours.ann, after(5 * MINUTE)),
    ] {
        let tried = store.try_code(account, technician, v.id, CODE, now).await.unwrap();
        assert!(tried.is_none());
    }
    let unknown = VerificationId(new_id());
    assert!(store.try_code(ours.account, ours.ann, unknown, CODE, START).await.unwrap().is_none());
    assert_eq!(read(&world, v.id).await.tries_left, 5);
    let just = shared::Millis(v.expires_at.0 - 1);
    let tried = store.try_code(ours.account, ours.ann, v.id, CODE, just).await.unwrap();
    assert_eq!(tried.unwrap().outcome, Outcome::Verified);
}

async fn limits_refuse_without_a_trace(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let limits = [limit("all", 2, HOUR), limit("this number", 1, HOUR)];
    let first = world.ours.verification(START);
    store.begin_verification(&first, &limits).await.unwrap().unwrap();
    let mut second = world.ours.verification(after(MINUTE));
    second.destination_hash = first.destination_hash;
    let hit = store.begin_verification(&second, &limits).await.unwrap().unwrap_err();
    assert_eq!((hit.name.as_str(), hit.retry_after), ("this number", 59 * 60));
    assert!(store.verification(account, second.id).await.unwrap().is_none());
    // It replaced nothing and counted nowhere.
    assert_eq!(read(&world, first.id).await.outcome, Outcome::Pending);
    assert_eq!(store.would_hit(account, after(MINUTE), &limits[..1]).await.unwrap(), None);
    assert_eq!(world.told("verification-sent").await.len(), 1);
}

async fn history_is_newest_first(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let mut ids = Vec::new();
    for at in [after(2), START, after(1)] {
        let v = ours.verification(at);
        begin(&world, &v).await;
        ids.push(v.id);
    }
    let of = async |account, contact, most| {
        let found = store.verifications_of(account, contact, most).await.unwrap();
        found.into_iter().map(|v| v.id).collect::<Vec<_>>()
    };
    assert_eq!(of(ours.account, ours.carl, 9).await, [ids[0], ids[2], ids[1]]);
    assert_eq!(of(ours.account, ours.carl, 2).await, [ids[0], ids[2]]);
    assert!(of(ours.account, ours.carl, 0).await.is_empty());
    assert!(of(world.theirs.account, ours.carl, 9).await.is_empty());
    assert!(of(ours.account, ContactId(new_id()), 9).await.is_empty());
}
