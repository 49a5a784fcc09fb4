//! What must be sent: claimed by one at a time, each with its result.

use shared::{Code, Stage};
use uuid::Uuid;

use super::fixture::{HOUR, MINUTE, SECOND, START, World, after, lease, moved_on, new_id};
use crate::store::{Lease, OutboxKind, OutboxRow, OutboxState, Reset};

on_both!(
    a_row_is_one_senders_at_a_time,
    one_of_many_claims_a_row,
    the_text_that_was_sent_wakes_the_note,
    a_text_whose_link_was_opened_has_arrived,
    a_note_is_written_once,
    not_now_is_tried_again,
    what_failed_says_why,
    a_late_sender_is_told_so,
    a_providers_word_only_moves_forward,
    rows_come_oldest_first,
);

async fn row(world: &World, reset: &Reset, kind: OutboxKind) -> OutboxRow {
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    rows.into_iter().rfind(|row| row.kind == kind).unwrap()
}

/// Claims the row of this kind when all of them are due.
async fn claim(world: &World, reset: &Reset, kind: OutboxKind) -> (OutboxRow, Lease) {
    let now = after(MINUTE);
    let held = lease(now);
    let id = row(world, reset, kind).await.id;
    (world.store.claim_outbox(id, held, now).await.unwrap().unwrap(), held)
}

async fn a_row_is_one_senders_at_a_time(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let due = store.due_outbox(START).await.unwrap();
    assert_eq!(due.len(), 1);
    let first = lease(START);
    let taken = store.claim_outbox(due[0], first, START).await.unwrap().unwrap();
    let now = (taken.kind, taken.state, taken.attempts, taken.reset, taken.account);
    let expected = (OutboxKind::Text, OutboxState::Waiting, 1, Some(reset.id), reset.account);
    assert_eq!(now, expected);
    assert_eq!(taken.give_up_at, after(15 * MINUTE));
    assert!(store.due_outbox(START).await.unwrap().is_empty());
    assert!(store.claim_outbox(due[0], lease(START), START).await.unwrap().is_none());
    // A sender that died is relieved when its lease ends.
    let later = after(30 * SECOND);
    assert_eq!(store.due_outbox(later).await.unwrap(), due);
    let again = store.claim_outbox(due[0], lease(later), later).await.unwrap().unwrap();
    assert_eq!(again.attempts, 2);
    moved_on(store.text_sent(&taken, &reset, first, "SM1", later).await);
    // What is not due is nobody's, and what is unknown is nothing.
    let note = row(&world, &reset, OutboxKind::NoteSet).await.id;
    assert!(store.claim_outbox(note, lease(START), START).await.unwrap().is_none());
    assert!(store.claim_outbox(new_id(), lease(START), after(HOUR)).await.unwrap().is_none());
}

async fn one_of_many_claims_a_row(world: World) {
    let stores = world.two_processes().await;
    for round in 0..8 {
        let reset = world.applied(&format!("p{round}")).await;
        let id: Uuid = row(&world, &reset, OutboxKind::Text).await.id;
        let mut race = tokio::task::JoinSet::new();
        for number in 0..16 {
            let store = stores[number % 2].clone();
            race.spawn(async move { store.claim_outbox(id, lease(START), START).await.unwrap() });
        }
        let won: Vec<OutboxRow> = race.join_all().await.into_iter().flatten().collect();
        assert_eq!((won.len(), won[0].attempts), (1, 1), "round {round}");
    }
}

async fn the_text_that_was_sent_wakes_the_note(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let (now, held) = (after(SECOND), lease(after(SECOND)));
    let text = row(&world, &reset, OutboxKind::Text).await;
    let text = store.claim_outbox(text.id, held, now).await.unwrap().unwrap();
    store.text_sent(&text, &reset, held, "SM1", now).await.unwrap();
    let sent = row(&world, &reset, OutboxKind::Text).await;
    assert_eq!((sent.state, sent.done_at), (OutboxState::Done, Some(now)));
    assert_eq!((sent.delivered_at, sent.code), (None, None));
    // The link's life begins now, and the note need not wait for its minute.
    assert_eq!(world.share(&reset).await.expires_at, Some(now.plus(HOUR)));
    let note = row(&world, &reset, OutboxKind::NoteSet).await.id;
    assert_eq!(store.due_outbox(now).await.unwrap(), [note]);
    assert_eq!(world.told("text-sent").await[0]["about"], "•••• 34 SM1");
    assert_eq!(world.read(&reset).await.stage, Stage::Applied);
    assert!(store.knows_text(reset.account, "SM1").await.unwrap());
    assert!(!store.knows_text(reset.account, "SM2").await.unwrap());
    assert!(!store.knows_text(world.theirs.account, "SM1").await.unwrap());
    // Sent is sent.
    moved_on(store.text_sent(&text, &reset, held, "SM1", now).await);
    assert!(store.claim_outbox(text.id, lease(now), after(HOUR)).await.unwrap().is_none());
}

async fn a_text_whose_link_was_opened_has_arrived(world: World) {
    let reset = world.applied("p").await;
    let (text, held) = claim(&world, &reset, OutboxKind::Text).await;
    world.store.text_arrived(&text, &reset, held, after(MINUTE)).await.unwrap();
    let arrived = row(&world, &reset, OutboxKind::Text).await;
    assert_eq!(arrived.state, OutboxState::Done);
    let at = Some(after(MINUTE));
    assert_eq!((arrived.done_at, arrived.delivered_at), (at, at));
    assert_eq!(world.told("text-delivered").await.len(), 1);
    moved_on(world.store.text_arrived(&text, &reset, held, after(MINUTE)).await);
}

async fn a_note_is_written_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let reset = world.applied("p").await;
    let (note, held) = claim(&world, &reset, OutboxKind::NoteSet).await;
    // Its first sender died after the commit of the note and before its own: the mark is there.
    let (now, body) = (after(MINUTE), "Zurückgesetzt für Carl ✓");
    store.note_written(&note, &reset, held, body, now).await.unwrap();
    let back = "update outbox set state = 'waiting', lease = $2 where id = $1";
    store.seed(back, &[note.id, held.id]).await;
    store.note_written(&note, &reset, held, "once more", now).await.unwrap();
    let notes = store.ticket_notes(ours.account, ours.ticket).await.unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!((notes[0].body.as_str(), notes[0].created_at), (body, now));
    assert_eq!(notes[0].technician.as_deref(), Some("Ann"));
    assert!(store.ticket_notes(world.theirs.account, ours.ticket).await.unwrap().is_empty());
    // All was sent but the text: with it the reset is complete.
    assert_eq!(world.read(&reset).await.stage, Stage::Applied);
    let (text, held) = claim(&world, &reset, OutboxKind::Text).await;
    store.text_sent(&text, &reset, held, "SM1", now).await.unwrap();
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
    assert_eq!(world.told("reset-completed").await.len(), 1);
    // That the link was opened is no act of the technician.
    let look = world.share(&reset).await.look_id;
    super::fixture::tap(store, &look, b"phone", None, now).await;
    let (note, held) = claim(&world, &reset, OutboxKind::NoteOpened).await;
    store.note_written(&note, &reset, held, "opened", after(2 * MINUTE)).await.unwrap();
    let notes = store.ticket_notes(ours.account, ours.ticket).await.unwrap();
    assert_eq!((notes.len(), notes[1].technician.as_deref()), (2, None));
}

async fn not_now_is_tried_again(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let (text, held) = claim(&world, &reset, OutboxKind::Text).await;
    let later = after(5 * MINUTE);
    moved_on(store.outbox_later(&text, lease(START), later).await);
    store.outbox_later(&text, held, later).await.unwrap();
    moved_on(store.outbox_later(&text, held, later).await);
    let early = lease(after(4 * MINUTE));
    assert!(store.claim_outbox(text.id, early, after(4 * MINUTE)).await.unwrap().is_none());
    let again = store.claim_outbox(text.id, lease(later), later).await.unwrap().unwrap();
    assert_eq!(again.attempts, 2);
}

async fn what_failed_says_why(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let (text, held) = claim(&world, &reset, OutboxKind::Text).await;
    let (now, code) = (after(MINUTE), Code::SmsOptedOut);
    store.outbox_failed(&text, &reset, held, code, Some("21610"), now).await.unwrap();
    let failed = row(&world, &reset, OutboxKind::Text).await;
    assert_eq!((failed.state, failed.code), (OutboxState::Failed, Some(code)));
    let told = world.told("text-failed").await;
    assert_eq!((&told[0]["code"], &told[0]["about"]), (&code.as_str().into(), &"21610".into()));
    // The reset is not lost, and the note that fails too settles it.
    assert_eq!(world.read(&reset).await.stage, Stage::Applied);
    let (note, held) = claim(&world, &reset, OutboxKind::NoteSet).await;
    store.outbox_failed(&note, &reset, held, Code::Internal, None, now).await.unwrap();
    assert_eq!(world.told("note-failed").await.len(), 1);
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
    assert_eq!(store.unsettled().await.unwrap(), (0, 0));
    moved_on(store.outbox_failed(&note, &reset, held, code, None, now).await);
}

async fn a_late_sender_is_told_so(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let (text, _) = claim(&world, &reset, OutboxKind::Text).await;
    let (note, _) = claim(&world, &reset, OutboxKind::NoteSet).await;
    let (late, now, told) = (lease(START), after(MINUTE), world.acts().await);
    moved_on(store.text_sent(&text, &reset, late, "SM1", now).await);
    moved_on(store.text_arrived(&text, &reset, late, now).await);
    moved_on(store.note_written(&note, &reset, late, "note", now).await);
    moved_on(store.outbox_failed(&text, &reset, late, Code::Internal, None, now).await);
    assert_eq!(world.acts().await, told);
    assert!(store.ticket_notes(reset.account, world.ours.ticket).await.unwrap().is_empty());
    assert_eq!(store.unsettled().await.unwrap(), (1, 2));
}

async fn a_providers_word_only_moves_forward(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let reset = world.applied("p").await;
    let (text, held) = claim(&world, &reset, OutboxKind::Text).await;
    let say = async |rank, delivered, failure| {
        store.text_status(account, "SM1", rank, delivered, failure, after(HOUR)).await.unwrap()
    };
    assert!(!say(1, false, None).await, "nobody knows it yet");
    store.text_sent(&text, &reset, held, "SM1", after(MINUTE)).await.unwrap();
    assert!(say(2, false, None).await);
    assert!(!say(2, false, None).await, "the same once more is no news");
    assert!(!say(1, false, None).await, "older than what is known");
    let theirs = world.theirs.account;
    let foreign = store.text_status(theirs, "SM1", 9, true, None, START).await;
    assert!(!foreign.unwrap());
    assert!(say(3, true, None).await);
    let now = row(&world, &reset, OutboxKind::Text).await;
    assert_eq!((now.state, now.delivered_at), (OutboxState::Done, Some(after(HOUR))));
    assert_eq!(world.told("text-delivered").await.len(), 1);

    // A carrier that refuses minutes later makes it a failed text.
    let late = world.applied("q").await;
    let (text, held) = claim(&world, &late, OutboxKind::Text).await;
    store.text_sent(&text, &late, held, "SM2", after(MINUTE)).await.unwrap();
    let code = Code::SmsUndelivered;
    let news = store.text_status(account, "SM2", 3, false, Some(code), after(HOUR)).await;
    assert!(news.unwrap());
    let now = row(&world, &late, OutboxKind::Text).await;
    let expected = (OutboxState::Failed, Some(code), None);
    assert_eq!((now.state, now.code, now.delivered_at), expected);
    assert_eq!(world.told("text-failed").await[0]["about"], "SM2");
    // It can be sent once more.
    let plenty = super::fixture::limit("again", 9, HOUR);
    let again = store.text_again(&late, world.ours.ann, after(2 * MINUTE), &plenty);
    assert!(again.await.unwrap().unwrap());
}

async fn rows_come_oldest_first(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let plenty = super::fixture::limit("again", 9, HOUR);
    for minute in 1..=3 {
        let now = after(minute * MINUTE);
        let (text, held) = (row(&world, &reset, OutboxKind::Text).await, lease(now));
        let text = store.claim_outbox(text.id, held, now).await.unwrap().unwrap();
        store.text_sent(&text, &reset, held, &format!("SM{minute}"), now).await.unwrap();
        let again = store.text_again(&reset, world.ours.ann, now.plus(1), &plenty).await;
        assert!(again.unwrap().unwrap());
    }
    let rows = store.outbox_of(reset.account, reset.id).await.unwrap();
    let texts: Vec<_> = rows.iter().filter(|row| row.kind == OutboxKind::Text).collect();
    let done: Vec<_> = texts.iter().map(|row| row.done_at).collect();
    let minute = |minute| Some(after(minute * MINUTE));
    assert_eq!(done, [minute(1), minute(2), minute(3), None]);
    assert!(store.outbox_of(world.theirs.account, reset.id).await.unwrap().is_empty());
}
