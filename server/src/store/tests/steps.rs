//! The steps of a reset before the pivot: each only for the holder of the lease, each with its
//! audit entry, and none of them when it comes too late.

use shared::{Code, Stage};

use super::fixture::{
    CIPHERTEXT, MINUTE, SECOND, START, World, after, follows, lease, moved_on, new_id, tap,
};
use crate::store::{LastAnswer, Lease, OpenResult, Reset, ShareStanding, StoreError};

on_both!(
    a_try_is_written_down_before_it_is_made,
    no_try_is_announced_too_late,
    whoever_lost_the_right_asks_microsoft_nothing,
    answers_are_remembered,
    another_password_is_sealed_only_for_a_refused_one,
    refused_before_any_try_gives_the_verification_back,
    refused_after_a_try_keeps_the_verification_used,
    stuck_keeps_the_share,
    a_late_driver_changes_nothing,
);

async fn a_try_is_written_down_before_it_is_made(world: World) {
    let store = &world.store;
    let reset = world.staged("p").await;
    let held = lease(START);
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    // The announcement also holds the reset for the length of the call.
    let longer = Lease { until: after(MINUTE), ..held };
    store.announce(&reset, longer, START).await.unwrap().unwrap();
    assert!(!store.claim_reset(reset.id, lease(START), after(45 * SECOND)).await.unwrap());
    let announced = world.read(&reset).await;
    let now = (announced.stage, announced.tries, announced.answers);
    assert_eq!(now, (Stage::Applying, 1, 0));
    assert_eq!(store.leases(after(45 * SECOND)).await, [held.id]);
    assert!(store.leases(after(MINUTE)).await.is_empty(), "nobody's any more");
    store.announce(&announced, longer, START).await.unwrap().unwrap();
    assert_eq!(world.read(&reset).await.tries, 2);
    let about: Vec<_> = world.told("reset-applying").await;
    assert_eq!(about.len(), 2);
    assert_eq!(
        (&about[0]["about"], &about[1]["about"]),
        (&"attempt 1".into(), &"attempt 2".into())
    );
}

async fn no_try_is_announced_too_late(world: World) {
    let store = &world.store;
    let reset = world.staged("p").await;
    let late = after(10 * MINUTE);
    let held = lease(late);
    assert!(store.claim_reset(reset.id, held, late).await.unwrap());
    moved_on(store.announce(&reset, held, late).await);
    assert_eq!(world.read(&reset).await.tries, 0);
    store.announce(&reset, held, after(10 * MINUTE - 1)).await.unwrap().unwrap();
}

/// But where a try may have set the password, somebody has to get it.
async fn whoever_lost_the_right_asks_microsoft_nothing(world: World) {
    let store = &world.store;
    let (waits, tried, asked) =
        (world.staged("p").await, world.applying("q").await, world.applying("r").await);
    let (refused, at) = (LastAnswer::Later, after(SECOND));
    store.record_answer(&asked.0, asked.1, refused, None, at, START).await.unwrap();
    let held = lease(START);
    assert!(store.claim_reset(waits.id, held, START).await.unwrap());
    let lost = "update technicians set may_reset = false where id = $1";
    store.seed(lost, &[waits.technician.0]).await;
    let not = async |reset: &Reset, held| {
        let reset = world.read(reset).await;
        store.announce(&reset, held, START).await.unwrap().err()
    };
    assert_eq!(not(&waits, held).await, Some(Code::Forbidden));
    assert_eq!(not(&asked.0, asked.1).await, Some(Code::Forbidden));
    assert_eq!(not(&tried.0, tried.1).await, None, "nobody knows what became of the first");
}

async fn answers_are_remembered(world: World) {
    let store = &world.store;
    let (reset, held) = world.applying("p").await;
    let record = async |answer, about: Option<&str>, retry_at| {
        store.record_answer(&reset, held, answer, about, retry_at, START).await.unwrap();
        world.read(&reset).await
    };
    let read = record(LastAnswer::Later, None, after(MINUTE)).await;
    let now = (read.answers, read.answer, read.unknown, read.about, read.retry_at);
    assert_eq!(now, (1, Some(LastAnswer::Later), false, None, after(MINUTE)));
    let read = record(LastAnswer::Unknown, Some("request 1"), START).await;
    assert_eq!((read.answers, read.answer), (2, Some(LastAnswer::Unknown)));
    assert_eq!((read.unknown, read.about.as_deref()), (true, Some("request 1")));
    // Once in doubt, always in doubt, whatever is said later.
    let refused = LastAnswer::Refused(Code::MicrosoftRefused);
    let read = record(refused, None, START).await;
    assert_eq!((read.answers, read.answer, read.unknown), (3, Some(refused), true));
    let told = world.told("reset-answered").await;
    assert_eq!(told.len(), 3);
    assert_eq!(told[1]["about"], "unknown request 1");
    assert_eq!(told[2]["about"], "refused:microsoft-refused");
}

async fn another_password_is_sealed_only_for_a_refused_one(world: World) {
    let store = &world.store;
    let (reset, held) = world.applying("p").await;
    let mut share = world.share(&reset).await;
    share.ciphertext = b"another".to_vec();
    share.password_sealed = Some(b"another sealed".to_vec());
    moved_on(store.reseal(&reset, held, &share, START).await);
    store.record_answer(&reset, held, LastAnswer::Unknown, None, START, START).await.unwrap();
    moved_on(store.reseal(&reset, held, &share, START).await);
    assert_eq!(world.share(&reset).await.ciphertext, CIPHERTEXT);

    let refused = LastAnswer::PasswordRefused;
    store.record_answer(&reset, held, refused, None, START, START).await.unwrap();
    moved_on(store.reseal(&reset, lease(START), &share, START).await);
    store.reseal(&reset, held, &share, START).await.unwrap();
    let read = world.read(&reset).await;
    assert_eq!((read.reseals, read.answer), (1, None));
    let sealed = world.share(&reset).await;
    assert_eq!(sealed.ciphertext, b"another");
    assert_eq!(sealed.password_sealed.as_deref(), Some(b"another sealed".as_slice()));
    // The link is the same, and still closed.
    assert_eq!(sealed.token_sealed.as_deref(), Some(b"sealed token".as_slice()));
    assert_eq!(sealed.state, ShareStanding::Closed);
    // One refusal, one new password.
    moved_on(store.reseal(&reset, held, &share, START).await);
    assert_eq!(world.told("password-resealed").await.len(), 1);
}

/// Whether the reset's verification may serve another.
async fn given_back(world: &World, reset: &Reset) -> bool {
    let v = world.store.verification(reset.account, reset.verification).await.unwrap().unwrap();
    let (next, share) = world.ours.asked(reset.verification, &new_id().to_string());
    let staged = world.store.stage_reset(&next, &share, &[]).await.unwrap().is_ok();
    assert_eq!(staged, !v.used);
    staged
}

async fn refused_before_any_try_gives_the_verification_back(world: World) {
    let store = &world.store;
    let reset = world.staged("p").await;
    let held = lease(START);
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    let about = Some("why");
    store.record_refused(&reset, held, Code::PhoneChanged, about, START).await.unwrap();
    let read = world.read(&reset).await;
    let now = (read.stage, read.code, read.about.as_deref());
    assert_eq!(now, (Stage::Refused, Some(Code::PhoneChanged), about));
    // Nothing is left of the secret, and nobody opens it.
    let share = world.share(&reset).await;
    assert_eq!((share.state, share.ciphertext.len()), (ShareStanding::Destroyed, 0));
    assert_eq!((share.token_sealed, share.password_sealed), (None, None));
    let opened = tap(store, &share.look_id, b"device", None, START).await;
    assert_eq!(opened, OpenResult::Dead);
    let told = world.told("reset-refused").await;
    assert_eq!((&told[0]["code"], &told[0]["about"]), (&"phone-changed".into(), &"why".into()));
    assert!(given_back(&world, &reset).await);
}

async fn refused_after_a_try_keeps_the_verification_used(world: World) {
    let store = &world.store;
    let (reset, held) = world.applying("p").await;
    let refused = LastAnswer::Refused(Code::MicrosoftRefused);
    store.record_answer(&reset, held, refused, None, START, START).await.unwrap();
    let reset = world.read(&reset).await;
    store.record_refused(&reset, held, Code::MicrosoftRefused, None, START).await.unwrap();
    assert_eq!(world.share(&reset).await.state, ShareStanding::Destroyed);
    assert!(!given_back(&world, &reset).await);
}

async fn stuck_keeps_the_share(world: World) {
    let reset = world.stuck("p").await;
    assert_eq!((reset.stage, reset.code), (Stage::Stuck, Some(Code::InDoubt)));
    let share = world.share(&reset).await;
    assert_eq!((share.state, share.ciphertext.as_slice()), (ShareStanding::Closed, CIPHERTEXT));
    assert_eq!(share.password_sealed.as_deref(), Some(b"sealed password".as_slice()));
    assert!(share.token_sealed.is_some());
    assert_eq!(world.told("reset-stuck").await[0]["code"], "in-doubt");
    assert!(!given_back(&world, &reset).await);
}

async fn a_late_driver_changes_nothing(world: World) {
    let store = &world.store;
    let (reset, late) = world.applying("p").await;
    let now = after(MINUTE);
    let held = lease(now);
    assert!(store.claim_reset(reset.id, held, now).await.unwrap());
    let (before, told) = (world.read(&reset).await, world.acts().await);
    let share = world.share(&reset).await;
    moved_on(store.announce(&reset, late, now).await);
    moved_on(store.record_answer(&reset, late, LastAnswer::Later, None, now, now).await);
    moved_on(store.reseal(&reset, late, &share, now).await);
    moved_on(store.record_refused(&reset, late, Code::TooLate, None, now).await);
    moved_on(store.record_stuck(&reset, late, now).await);
    moved_on(store.record_applied(&reset, late, &follows(), None, now).await);
    // The right lease in another account's name is none either.
    let mut foreign = reset.clone();
    foreign.account = world.theirs.account;
    moved_on(store.record_applied(&foreign, held, &follows(), None, now).await);
    moved_on(store.record_refused(&foreign, held, Code::TooLate, None, now).await);
    assert_eq!(format!("{:?}", world.read(&reset).await), format!("{before:?}"));
    assert_eq!(format!("{:?}", world.share(&reset).await), format!("{share:?}"));
    assert_eq!(world.acts().await, told);
    // Once ended, it is ended for its holder too.
    store.record_stuck(&reset, held, now).await.unwrap();
    let again: Result<(), StoreError> = store.record_stuck(&reset, held, now).await;
    moved_on(again);
    moved_on(store.record_applied(&reset, held, &follows(), None, now).await);
}
