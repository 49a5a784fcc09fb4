//! The pivot, sending again, giving up.

use shared::{Code, Millis, Stage};

use super::fixture::{
    CIPHERTEXT, HOUR, MINUTE, START, World, after, follows, lease, limit, moved_on, tap,
};
use crate::store::{OpenResult, OutboxKind, OutboxState, Reset, ShareStanding};

on_both!(
    applied_opens_the_share_and_says_what_must_be_sent,
    without_a_ticket_there_is_no_note,
    a_newer_one_ends_links_and_doubts_of_the_same_person,
    a_newer_one_ends_the_grace_too,
    the_same_link_is_sent_again,
    sending_again_is_limited,
    a_technician_ends_a_doubt,
    a_technician_ends_a_link,
    what_is_over_can_not_be_given_up,
    one_of_many_gives_up,
);

async fn kinds(world: &World, reset: &Reset) -> Vec<(OutboxKind, OutboxState)> {
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    rows.iter().map(|row| (row.kind, row.state)).collect()
}

/// Sends whatever of this kind waits at `now`.
async fn send(world: &World, reset: &Reset, kind: OutboxKind, now: Millis) {
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    let row = rows.iter().find(|r| r.kind == kind && r.state == OutboxState::Waiting).unwrap();
    let held = lease(now);
    let row = world.store.claim_outbox(row.id, held, now).await.unwrap().unwrap();
    match kind {
        OutboxKind::Text => world.store.text_sent(&row, reset, held, "SM1", now).await.unwrap(),
        _ => world.store.note_written(&row, reset, held, "note", now).await.unwrap(),
    }
}

async fn applied_opens_the_share_and_says_what_must_be_sent(world: World) {
    let reset = world.applied("p").await;
    let now = (reset.stage, reset.applied_at, reset.answers, reset.code);
    assert_eq!(now, (Stage::Applied, Some(START), 1, None));
    let share = world.share(&reset).await;
    assert_eq!((share.state, share.ciphertext.as_slice()), (ShareStanding::Open, CIPHERTEXT));
    assert_eq!((share.expires_at, share.latest_at), (None, Some(after(24 * HOUR))));
    let waiting = OutboxState::Waiting;
    let expected = [(OutboxKind::Text, waiting), (OutboxKind::NoteSet, waiting)];
    assert_eq!(kinds(&world, &reset).await, expected);
    // The text at once, the note when the text has had its chance.
    assert_eq!(world.store.due_outbox(START).await.unwrap().len(), 1);
    assert_eq!(world.store.due_outbox(after(MINUTE)).await.unwrap().len(), 2);
    assert_eq!(world.told("reset-applied").await.len(), 1);
    assert_eq!(world.store.unsettled().await.unwrap(), (1, 2));
}

async fn without_a_ticket_there_is_no_note(world: World) {
    let (mut reset, share) = world.ours.asked(world.verified().await, "p");
    reset.ticket = None;
    world.store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let held = lease(START);
    assert!(world.store.claim_reset(reset.id, held, START).await.unwrap());
    world.store.announce(&reset, held, START).await.unwrap().unwrap();
    let ids = Some("request-id 1\0");
    world.store.record_applied(&reset, held, &follows(), ids, START).await.unwrap();
    assert_eq!(world.told("reset-applied").await[0]["about"], "request-id 1");
    assert_eq!(kinds(&world, &reset).await, [(OutboxKind::Text, OutboxState::Waiting)]);
    send(&world, &reset, OutboxKind::Text, START).await;
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
    assert_eq!(world.store.unsettled().await.unwrap(), (0, 0));
}

async fn a_newer_one_ends_links_and_doubts_of_the_same_person(world: World) {
    let (open, other) = (world.applied("p").await, world.applied("q").await);
    let newer = world.applied("p").await;
    let share = world.share(&open).await;
    assert_eq!((share.state, share.ciphertext.len()), (ShareStanding::Revoked, 0));
    assert_eq!((share.token_sealed, share.password_sealed), (None, None));
    // Its text must not go out any more; its note still tells what happened.
    let expected = [
        (OutboxKind::Text, OutboxState::Failed),
        (OutboxKind::NoteSet, OutboxState::Waiting),
        (OutboxKind::NoteRevoked, OutboxState::Waiting),
    ];
    let mut told = kinds(&world, &open).await;
    told.sort_by_key(|row| expected.iter().position(|one| one == row));
    assert_eq!(told, expected);
    // Somebody else's link, and the new one, stand.
    assert_eq!(world.share(&other).await.state, ShareStanding::Open);
    assert_eq!(world.share(&newer).await.state, ShareStanding::Open);
    let told = world.told("reset-superseded").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["reset"], open.id.to_string());
    assert_eq!(told[0]["about"], format!("by {}", newer.id));

    // A doubt about a person ends when a newer reset of them is applied, not when it is staged.
    let stuck = world.stuck("q").await;
    let (next, share) = world.ours.asked(world.verified().await, "q");
    world.store.stage_reset(&next, &share, &[]).await.unwrap().unwrap();
    assert_eq!(world.read(&stuck).await.stage, Stage::Stuck);
    assert_eq!(world.share(&stuck).await.state, ShareStanding::Closed);
    let held = lease(START);
    assert!(world.store.claim_reset(next.id, held, START).await.unwrap());
    world.store.announce(&next, held, START).await.unwrap().unwrap();
    assert!(world.share(&stuck).await.password_sealed.is_some());
    world.store.record_applied(&next, held, &follows(), None, START).await.unwrap();
    assert_eq!(world.read(&stuck).await.stage, Stage::Completed);
    assert_eq!(world.share(&stuck).await.state, ShareStanding::Revoked);
    assert!(world.share(&stuck).await.password_sealed.is_none());
}

async fn a_newer_one_ends_the_grace_too(world: World) {
    let store = &world.store;
    let first = world.applied("p").await;
    let look = world.share(&first).await.look_id;
    let open = || tap(store, &look, b"device", None, START);
    assert!(matches!(open().await, OpenResult::Opened { .. }));
    assert!(matches!(open().await, OpenResult::Opened { .. }));
    world.applied("p").await;
    // Its password is void: the device that won gets nothing any more.
    assert_eq!(open().await, OpenResult::Dead);
    let share = world.share(&first).await;
    assert_eq!((share.state, share.opened_at), (ShareStanding::Revoked, Some(START)));
    assert_eq!((share.token_sealed, share.password_sealed), (None, None));
}

async fn the_same_link_is_sent_again(world: World) {
    let (store, ann) = (&world.store, world.ours.ann);
    let plenty = limit("again", 9, HOUR);
    let reset = world.applied("p").await;
    let again = async |now| store.text_again(&reset, ann, now, &plenty).await.unwrap().unwrap();
    assert!(!again(START).await, "a text is waiting");
    send(&world, &reset, OutboxKind::Text, START).await;
    // Its hour has begun.
    assert_eq!(world.share(&reset).await.expires_at, Some(after(HOUR)));
    assert!(again(after(1)).await);
    assert!(!again(after(2)).await, "the second one is waiting");
    send(&world, &reset, OutboxKind::Text, after(MINUTE)).await;
    assert_eq!(world.share(&reset).await.expires_at, Some(after(HOUR)), "it does not begin anew");
    assert_eq!(world.told("text-asked-again").await[0]["technician"], ann.to_string());
    assert!(!again(after(HOUR)).await, "the link is over");
    assert!(again(after(HOUR - 1)).await);
    let mut foreign = reset.clone();
    foreign.account = world.theirs.account;
    assert!(!store.text_again(&foreign, ann, after(2), &plenty).await.unwrap().unwrap());
    assert_eq!(world.told("text-asked-again").await.len(), 2);
}

async fn sending_again_is_limited(world: World) {
    let (store, ann) = (&world.store, world.ours.ann);
    let reset = world.applied("p").await;
    send(&world, &reset, OutboxKind::Text, START).await;
    let once = limit("again", 1, HOUR);
    assert!(store.text_again(&reset, ann, after(1), &once).await.unwrap().unwrap());
    send(&world, &reset, OutboxKind::Text, after(2)).await;
    let hit = store.text_again(&reset, ann, after(MINUTE), &once).await.unwrap().unwrap_err();
    assert_eq!((hit.name.as_str(), hit.retry_after), ("again", 59 * 60));
    assert_eq!(world.told("text-asked-again").await.len(), 1);
    let texts = kinds(&world, &reset).await.into_iter().filter(|row| row.0 == OutboxKind::Text);
    assert_eq!(texts.count(), 2);
}

async fn a_technician_ends_a_doubt(world: World) {
    let reset = world.stuck("p").await;
    world.store.give_up(&reset, world.ours.ann, after(1)).await.unwrap();
    let read = world.read(&reset).await;
    assert_eq!((read.stage, read.code), (Stage::Completed, Some(Code::GivenUp)));
    assert_eq!(world.share(&reset).await.state, ShareStanding::Revoked);
    let told = world.told("reset-given-up").await;
    assert_eq!(told[0]["technician"], world.ours.ann.to_string());
    assert_eq!(told[0]["code"], "given-up");
}

async fn a_technician_ends_a_link(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    store.give_up(&reset, world.ours.ann, after(1)).await.unwrap();
    let share = world.share(&reset).await;
    assert_eq!((share.state, share.ciphertext.len()), (ShareStanding::Revoked, 0));
    assert_eq!((share.token_sealed, share.password_sealed), (None, None));
    let opened = tap(store, &share.look_id, b"device", None, after(2)).await;
    assert_eq!(opened, OpenResult::Dead);
    // Its notes wait; with them, everything is settled.
    let read = world.read(&reset).await;
    assert_eq!((read.stage, read.code), (Stage::Applied, Some(Code::GivenUp)));
    send(&world, &reset, OutboxKind::NoteSet, after(MINUTE)).await;
    send(&world, &reset, OutboxKind::NoteRevoked, after(MINUTE)).await;
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
    let plenty = limit("again", 9, HOUR);
    let again = store.text_again(&reset, world.ours.ann, after(MINUTE), &plenty);
    assert!(!again.await.unwrap().unwrap());
}

async fn what_is_over_can_not_be_given_up(world: World) {
    let (store, ann) = (&world.store, world.ours.ann);
    // A live one is in the driver's hands.
    moved_on(store.give_up(&world.staged("p").await, ann, START).await);
    moved_on(store.give_up(&world.applying("q").await.0, ann, START).await);
    let opened = world.applied("r").await;
    let look = world.share(&opened).await.look_id;
    tap(store, &look, b"device", None, START).await;
    // Its grace is over.
    moved_on(store.give_up(&opened, ann, after(5 * MINUTE)).await);
    let mut stuck = world.stuck("s").await;
    stuck.account = world.theirs.account;
    moved_on(store.give_up(&stuck, ann, START).await);
    assert!(world.told("reset-given-up").await.is_empty());
}

async fn one_of_many_gives_up(world: World) {
    let reset = world.stuck("p").await;
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..16 {
        let (store, reset, ann) = (stores[number % 2].clone(), reset.clone(), world.ours.ann);
        race.spawn(async move {
            let ended = store.give_up(&reset, ann, START).await;
            ended.map_err(|error| moved_on::<()>(Err(error))).is_ok()
        });
    }
    let won = race.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    assert_eq!(world.told("reset-given-up").await.len(), 1);
}
