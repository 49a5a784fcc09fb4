//! How verifications are answered and come to an end, and what their tickets hear.

use shared::{Channel, Code, Outcome, VerificationId};

use super::fixture::{CODE, HOUR, MINUTE, START, World, after, lease, moved_on, new_id};
use super::mails::with_smtp;
use crate::store::{Ending, NotStaged, OutboxKind, Verification};

on_both!(
    a_link_is_tried_by_whoever_holds_it,
    a_link_is_looked_up_by_its_id_alone,
    one_of_many_right_answers_verifies,
    a_denial_ends_it_and_admins_hear_of_it,
    a_denial_takes_back_what_succeeded_before,
    each_end_is_an_end,
    what_ran_out_is_found_and_ended,
    a_push_is_looked_after_by_one_process,
    the_ticket_hears_of_each_attempt_once,
);

async fn begin(world: &World, v: &Verification) {
    world.store.begin_verification(v, &[]).await.unwrap().unwrap();
}

async fn read(world: &World, v: &Verification) -> Verification {
    world.store.verification(v.account, v.id).await.unwrap().unwrap()
}

fn link(world: &World) -> Verification {
    let id = new_id();
    Verification {
        channel: Channel::SmsLink,
        look_id: Some(id.as_bytes().to_vec()),
        proof_hash: Some(b"hash of a proof".to_vec()),
        say_sealed: Some(b"two sealed digits".to_vec()),
        tries_left: 2,
        ..world.ours.verification(START)
    }
}

/// Notes that wait for their tickets: of which verification, in the order of writing.
async fn notes(world: &World) -> Vec<VerificationId> {
    let mut notes = Vec::new();
    for id in world.store.due_outbox(after(MINUTE)).await.unwrap() {
        let taken = world.store.claim_outbox(id, lease(after(MINUTE)), after(MINUTE)).await;
        let row = taken.unwrap().unwrap();
        assert_eq!(row.kind, OutboxKind::NoteVerification);
        notes.extend(row.verification);
    }
    notes
}

async fn a_link_is_tried_by_whoever_holds_it(world: World) {
    let v = link(&world);
    begin(&world, &v).await;
    let store = &world.store;
    let wrong = store.try_link(&v, b"wrong", after(1)).await.unwrap().unwrap();
    assert_eq!((wrong.outcome, wrong.tries_left), (Outcome::Pending, 1));
    assert!(wrong.say_sealed.is_some(), "it can still be said");
    let right = store.try_link(&v, CODE, after(2)).await.unwrap().unwrap();
    let now = (right.outcome, right.verified_at, right.ended_at);
    assert_eq!(now, (Outcome::Verified, Some(after(2)), Some(after(2))));
    assert!(right.say_sealed.is_none(), "nobody says it any more");
    assert!(store.try_link(&v, CODE, after(3)).await.unwrap().is_none());
    // Two wrong ones end it.
    let v = link(&world);
    begin(&world, &v).await;
    store.try_link(&v, b"wrong", after(1)).await.unwrap().unwrap();
    let last = store.try_link(&v, b"wrong", after(1)).await.unwrap().unwrap();
    assert_eq!((last.outcome, last.say_sealed), (Outcome::TriesSpent, None));
    assert!(store.try_link(&v, CODE, after(1)).await.unwrap().is_none());
    // In its time only.
    let v = link(&world);
    begin(&world, &v).await;
    assert!(store.try_link(&v, CODE, after(5 * MINUTE)).await.unwrap().is_none());
}

async fn a_link_is_looked_up_by_its_id_alone(world: World) {
    let v = link(&world);
    begin(&world, &v).await;
    let store = &world.store;
    let found = store.verification_of_link(v.look_id.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.id, found.account), (v.id, v.account));
    assert_eq!(found.proof_hash, v.proof_hash);
    for unknown in [&b""[..], b"another"] {
        assert!(store.verification_of_link(unknown).await.unwrap().is_none());
    }
    // One id, one link.
    let twin = Verification { look_id: v.look_id.clone(), ..link(&world) };
    assert!(store.begin_verification(&twin, &[]).await.is_err());
}

async fn one_of_many_right_answers_verifies(world: World) {
    let stores = world.two_processes().await;
    for v in [world.ours.verification(START), link(&world)] {
        begin(&world, &v).await;
        let mut race = tokio::task::JoinSet::new();
        for number in 0..32 {
            let (store, v) = (stores[number % 2].clone(), v.clone());
            race.spawn(async move {
                let tried = match v.look_id {
                    Some(_) => store.try_link(&v, CODE, START).await,
                    None => store.try_code(v.account, v.technician, v.id, CODE, START).await,
                };
                tried.unwrap().is_some()
            });
        }
        let took = race.join_all().await.into_iter().filter(|took| *took).count();
        assert_eq!(took, 1);
        let now = read(&world, &v).await;
        assert_eq!((now.outcome, now.tries_left), (Outcome::Verified, v.tries_left - 1));
    }
    assert_eq!(world.told("verification-done").await.len(), 2);
}

async fn a_denial_ends_it_and_admins_hear_of_it(world: World) {
    with_smtp(&world).await;
    let v = link(&world);
    begin(&world, &v).await;
    let (store, theirs) = (&world.store, world.theirs.account);
    let foreign = Verification { account: theirs, ..v.clone() };
    assert!(store.end_verification(&foreign, Ending::Denied, after(1)).await.unwrap().is_none());
    let ended = store.end_verification(&v, Ending::Denied, after(1)).await.unwrap().unwrap();
    assert_eq!((ended.outcome, ended.code), (Outcome::Denied, Some(Code::CallerDenied)));
    assert!(ended.code_hash.is_empty() && ended.say_sealed.is_none());
    assert!(store.try_link(&v, CODE, after(1)).await.unwrap().is_none());
    assert!(store.end_verification(&v, Ending::Denied, after(1)).await.unwrap().is_none());
    assert_eq!(world.told("verification-denied").await.len(), 1);
    let mails = store.due_mails(after(1)).await.unwrap();
    let taken = store.claim_outbox(mails[0], lease(after(1)), after(1)).await.unwrap().unwrap();
    assert_eq!((taken.kind.as_str(), taken.verification), ("mail-denied", Some(v.id)));
    assert!(taken.recipient.is_some());
}

/// Of any of the person's verifications; and nothing that succeeded after it. What was staged
/// before goes no further.
async fn a_denial_takes_back_what_succeeded_before(world: World) {
    let store = &world.store;
    let account = world.ours.account;
    let (kept, doubted) = (world.ours.verified(store, START).await, link(&world));
    let (waits, held) = (world.staged("w").await, lease(START));
    begin(&world, &doubted).await;
    store.end_verification(&doubted, Ending::Denied, after(1)).await.unwrap().unwrap();
    let (reset, share) = world.ours.asked(kept, "p");
    let not = store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap_err();
    assert!(matches!(not, NotStaged::TakenBack));
    assert!(!store.verification(account, kept).await.unwrap().unwrap().used, "nothing was done");
    assert!(store.claim_reset(waits.id, held, START).await.unwrap());
    let not = store.announce(&waits, held, START).await.unwrap().unwrap_err();
    assert_eq!((not, world.read(&waits).await.tries), (Code::CallerDenied, 0));
    let since = world.ours.verified(store, after(2)).await;
    let (reset, share) = world.ours.asked(since, "p");
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    // And of itself, after it succeeded.
    let verified = store.verification(account, since).await.unwrap().unwrap();
    store.end_verification(&verified, Ending::Denied, after(3)).await.unwrap().unwrap();
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    let not = store.announce(&reset, held, START).await.unwrap().unwrap_err();
    assert_eq!(not, Code::CallerDenied);
}

async fn each_end_is_an_end(world: World) {
    let store = &world.store;
    let cases = [
        (Ending::Verified, Outcome::Verified, "verification-done"),
        (Ending::Expired, Outcome::Expired, "verification-expired"),
        (Ending::Unsent(Code::SmsNumber), Outcome::Unsent, "verification-unsent"),
    ];
    for (ending, outcome, act) in cases {
        let v = world.ours.verification(START);
        begin(&world, &v).await;
        let ended = store.end_verification(&v, ending, after(1)).await.unwrap().unwrap();
        assert_eq!((ended.outcome, ended.ended_at), (outcome, Some(after(1))));
        assert_eq!(ended.verified_at.is_some(), outcome == Outcome::Verified);
        assert_eq!(world.told(act).await.len(), 1, "{act}");
        for after_it in [Ending::Verified, Ending::Expired] {
            assert!(store.end_verification(&v, after_it, after(2)).await.unwrap().is_none());
        }
        // A success alone can be taken back, for an hour.
        for (at, taken) in [(HOUR + 1, false), (HOUR, outcome == Outcome::Verified)] {
            let ended = store.end_verification(&v, Ending::Denied, after(at)).await.unwrap();
            assert_eq!(ended.is_some(), taken, "{outcome:?} {at}");
        }
    }
    // Nothing is proved or denied after its time.
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    for late in [Ending::Verified, Ending::Denied] {
        assert!(store.end_verification(&v, late, after(5 * MINUTE)).await.unwrap().is_none());
    }
    assert_eq!(read(&world, &v).await.outcome, Outcome::Pending);
}

async fn what_ran_out_is_found_and_ended(world: World) {
    let store = &world.store;
    let v = world.ours.verification(START);
    begin(&world, &v).await;
    let answered = world.ours.verified(store, START).await;
    assert!(store.run_out(after(5 * MINUTE - 1)).await.unwrap().is_empty());
    let over = store.run_out(after(5 * MINUTE)).await.unwrap();
    assert_eq!(over.iter().map(|v| v.id).collect::<Vec<_>>(), [v.id]);
    let now = after(5 * MINUTE);
    store.end_verification(&over[0], Ending::Expired, now).await.unwrap().unwrap();
    assert!(store.run_out(now).await.unwrap().is_empty());
    let other = store.verification(world.ours.account, answered).await.unwrap().unwrap();
    assert_eq!(other.outcome, Outcome::Verified);
}

async fn a_push_is_looked_after_by_one_process(world: World) {
    let store = &world.store;
    let push = Verification { channel: Channel::DuoPush, ..world.ours.verification(START) };
    begin(&world, &push).await;
    assert!(store.unwatched_pushes(START).await.unwrap().is_empty(), "not sent yet");
    store.push_sent(&push, "txid").await.unwrap();
    assert_eq!(store.unwatched_pushes(START).await.unwrap(), [push.id]);
    let (mine, other) = (lease(START), lease(START));
    let taken = store.watch_push(push.id, mine, START).await.unwrap().unwrap();
    assert_eq!(taken.provider_id.as_deref(), Some("txid"));
    assert!(store.watch_push(push.id, other, START).await.unwrap().is_none());
    assert!(store.unwatched_pushes(START).await.unwrap().is_empty());
    moved_on(store.let_push_go(&push, other, START).await);
    store.let_push_go(&push, mine, after(10)).await.unwrap();
    assert!(store.watch_push(push.id, other, after(9)).await.unwrap().is_none());
    assert!(store.watch_push(push.id, other, after(10)).await.unwrap().is_some());
    // Whose process has died is taken over; what has ended is not.
    let later = lease(other.until);
    assert!(store.watch_push(push.id, later, other.until).await.unwrap().is_some());
    store.end_verification(&push, Ending::Verified, other.until).await.unwrap().unwrap();
    moved_on(store.let_push_go(&push, later, later.until).await);
    moved_on(store.push_sent(&push, "another").await);
    assert!(store.watch_push(push.id, mine, later.until).await.unwrap().is_none());
}

async fn the_ticket_hears_of_each_attempt_once(world: World) {
    let store = &world.store;
    let first = world.ours.verification(START);
    begin(&world, &first).await;
    let destination_hash = first.destination_hash.clone();
    let second = Verification { destination_hash, ..world.ours.verification(after(1)) };
    begin(&world, &second).await;
    store.try_code(second.account, second.technician, second.id, b"wrong", after(2)).await.unwrap();
    store.try_code(second.account, second.technician, second.id, CODE, after(2)).await.unwrap();
    let nowhere = Verification { ticket: None, ..world.ours.verification(START) };
    begin(&world, &nowhere).await;
    store.end_verification(&nowhere, Ending::Expired, after(1)).await.unwrap().unwrap();
    assert_eq!(notes(&world).await, [first.id, second.id]);

    // Written once, whoever comes twice.
    let third = world.ours.verification(after(2));
    begin(&world, &third).await;
    store.end_verification(&third, Ending::Expired, after(3)).await.unwrap().unwrap();
    let due = store.due_outbox(after(3)).await.unwrap();
    let held = lease(after(3));
    let mut rows = Vec::new();
    for id in due {
        rows.extend(store.claim_outbox(id, held, after(3)).await.unwrap());
    }
    let row = rows.iter().find(|row| row.verification == Some(third.id)).unwrap();
    let late = lease(after(4));
    moved_on(store.verification_noted(row, &third, late, "what", after(4)).await);
    store.verification_noted(row, &third, held, "what happened", after(4)).await.unwrap();
    moved_on(store.verification_noted(row, &third, held, "what", after(4)).await);
    let written = store.ticket_notes(world.ours.account, world.ours.ticket).await.unwrap();
    assert_eq!(written.iter().filter(|note| note.body == "what happened").count(), 1);
    assert_eq!(world.told("note-written").await.len(), 1);

    // Given up.
    let fourth = world.ours.verification(after(5));
    begin(&world, &fourth).await;
    store.end_verification(&fourth, Ending::Expired, after(6)).await.unwrap().unwrap();
    let id = store.due_outbox(after(6)).await.unwrap();
    let row = store.claim_outbox(id[0], held, after(6)).await.unwrap().unwrap();
    let code = Code::Internal;
    moved_on(store.verification_not_noted(&row, &fourth, late, code, after(7)).await);
    store.verification_not_noted(&row, &fourth, held, code, after(7)).await.unwrap();
    assert!(store.due_outbox(after(8)).await.unwrap().is_empty());
    assert_eq!(world.told("note-failed").await.len(), 1);
}
