//! What follows a reset: written down with `applied` or not at all, each with its outcome.

use shared::{Code, Stage};

use super::fixture::{
    HOUR, MINUTE, SECOND, START, World, after, follows, lease, limit, moved_on, new_id,
};
use crate::store::{After, Lease, MailKind, Notice, OutboxKind, OutboxRow, OutboxState, Reset};

on_both!(
    all_that_follows_is_written_down_with_applied,
    what_is_switched_off_has_no_row,
    without_a_mail_server_only_mails_are_missing,
    the_note_waits_for_what_it_tells,
    sessions_that_go_on_are_told_and_settle_it,
    a_notice_is_counted_and_never_refused,
    nobody_to_tell_is_an_end_too,
    who_comes_late_changes_nothing,
    what_is_asked_of_the_next_sign_in_is_kept,
);

/// Everything that a policy can ask for.
fn everything() -> After {
    After {
        end_sessions: true,
        mail_person: true,
        mail_manager: true,
        notice: Some(Notice::Text { counted: vec![limit("texts", 2, HOUR)] }),
    }
}

async fn with_smtp(world: &World) {
    let row = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    world.store.seed(row, &[new_id(), world.ours.account.0]).await;
}

/// A reset that was applied at the start.
async fn applied(world: &World, person: &str, after: &After) -> Reset {
    let (reset, held) = world.applying(person).await;
    world.store.record_applied(&reset, held, after, None, START).await.unwrap();
    world.read(&reset).await
}

async fn rows(world: &World, reset: &Reset) -> Vec<OutboxRow> {
    world.store.outbox_of(reset.account, reset.id).await.unwrap()
}

async fn kinds(world: &World, reset: &Reset) -> Vec<OutboxKind> {
    let mut kinds: Vec<OutboxKind> = rows(world, reset).await.iter().map(|row| row.kind).collect();
    kinds.sort_by_key(|kind| kind.as_str());
    kinds
}

async fn claim(world: &World, reset: &Reset, kind: OutboxKind) -> (OutboxRow, Lease) {
    let row = rows(world, reset).await.into_iter().find(|row| row.kind == kind).unwrap();
    let held = lease(after(MINUTE));
    (world.store.claim_outbox(row.id, held, after(MINUTE)).await.unwrap().unwrap(), held)
}

async fn all_that_follows_is_written_down_with_applied(world: World) {
    with_smtp(&world).await;
    let (reset, held) = world.applying("p").await;
    // A driver that comes too late writes down nothing of it.
    moved_on(world.store.record_applied(&reset, lease(START), &everything(), None, START).await);
    assert!(rows(&world, &reset).await.is_empty());
    world.store.record_applied(&reset, held, &everything(), None, START).await.unwrap();
    let expected = [
        OutboxKind::Mail(MailKind::Manager),
        OutboxKind::Mail(MailKind::Person),
        OutboxKind::NoteSet,
        OutboxKind::Notice,
        OutboxKind::Sessions,
        OutboxKind::Text,
    ];
    assert_eq!(kinds(&world, &reset).await, expected);
    let rows = rows(&world, &reset).await;
    assert!(rows.iter().all(|row| row.recipient.is_none() && row.state == OutboxState::Waiting));
    // The link and the sessions first, mails by a look of their own.
    assert_eq!(world.store.due_outbox(START).await.unwrap().len(), 2);
    assert_eq!(world.store.due_outbox(after(MINUTE)).await.unwrap().len(), 4);
    assert_eq!(world.store.due_mails(START).await.unwrap().len(), 2);
    for row in &rows {
        assert_eq!(OutboxKind::parse(row.kind.as_str()), Some(row.kind));
    }
}

async fn what_is_switched_off_has_no_row(world: World) {
    with_smtp(&world).await;
    let reset = applied(&world, "p", &After::default()).await;
    assert_eq!(kinds(&world, &reset).await, [OutboxKind::NoteSet, OutboxKind::Text]);
    let notice = After { notice: Some(Notice::Mail), ..After::default() };
    let reset = applied(&world, "q", &notice).await;
    let expected = [OutboxKind::Mail(MailKind::Notice), OutboxKind::NoteSet, OutboxKind::Text];
    assert_eq!(kinds(&world, &reset).await, expected);
}

async fn without_a_mail_server_only_mails_are_missing(world: World) {
    let reset = applied(&world, "p", &everything()).await;
    let expected =
        [OutboxKind::NoteSet, OutboxKind::Notice, OutboxKind::Sessions, OutboxKind::Text];
    assert_eq!(kinds(&world, &reset).await, expected);
}

async fn the_note_waits_for_what_it_tells(world: World) {
    let store = &world.store;
    let reset = applied(&world, "p", &everything()).await;
    let due = async |kind, now| {
        let id = rows(&world, &reset).await.iter().find(|row| row.kind == kind).unwrap().id;
        store.due_outbox(now).await.unwrap().contains(&id)
    };
    let now = after(SECOND);
    let take = async |kind| {
        let row = rows(&world, &reset).await.into_iter().find(|row| row.kind == kind).unwrap();
        let held = lease(now);
        (store.claim_outbox(row.id, held, now).await.unwrap().unwrap(), held)
    };
    let (text, held) = take(OutboxKind::Text).await;
    store.text_sent(&text, &reset, held, "SM1", now).await.unwrap();
    assert!(!due(OutboxKind::NoteSet, now).await, "the sessions are not ended yet");
    assert!(!due(OutboxKind::Notice, now).await);
    let (sessions, held) = take(OutboxKind::Sessions).await;
    store.sessions_ended(&sessions, &reset, held, now).await.unwrap();
    assert!(due(OutboxKind::NoteSet, now).await, "a notice is nothing that it tells of");
    assert_eq!(world.told("sessions-revoked").await.len(), 1);
    // The reset is complete with the last of them.
    let (note, held) = take(OutboxKind::NoteSet).await;
    store.note_written(&note, &reset, held, "note", now).await.unwrap();
    assert_eq!(world.read(&reset).await.stage, Stage::Applied);
    let (notice, held) = take(OutboxKind::Notice).await;
    store.notice_sent(&notice, &reset, held, "•••• 77 SM2", now).await.unwrap();
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
    assert_eq!(world.told("notice-sent").await[0]["about"], "•••• 77 SM2");
    // Neither outlasts a minute: whatever is away, the ticket has its note.
    let other = applied(&world, "q", &everything()).await;
    let note =
        rows(&world, &other).await.iter().find(|r| r.kind == OutboxKind::NoteSet).unwrap().id;
    assert!(store.due_outbox(after(MINUTE)).await.unwrap().contains(&note));
}

async fn sessions_that_go_on_are_told_and_settle_it(world: World) {
    let store = &world.store;
    let only = After { end_sessions: true, ..After::default() };
    let reset = applied(&world, "p", &only).await;
    for kind in [OutboxKind::Text, OutboxKind::NoteSet] {
        let (row, held) = claim(&world, &reset, kind).await;
        let code = Code::SmsUnavailable;
        store.outbox_failed(&row, &reset, held, code, None, after(MINUTE)).await.unwrap();
    }
    assert_eq!(world.read(&reset).await.stage, Stage::Applied);
    let (row, held) = claim(&world, &reset, OutboxKind::Sessions).await;
    assert_eq!(row.give_up_at, after(15 * MINUTE));
    let (code, about) = (Code::SessionsPermission, Some("User.RevokeSessions.All"));
    store.outbox_failed(&row, &reset, held, code, about, after(MINUTE)).await.unwrap();
    let told = world.told("sessions-not-revoked").await;
    assert_eq!(told[0]["code"], "sessions-permission-missing");
    assert_eq!(told[0]["about"], "User.RevokeSessions.All");
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
}

async fn a_notice_is_counted_and_never_refused(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let texts = limit("texts", 2, HOUR);
    let hit = async || {
        let all = std::slice::from_ref(&texts);
        store.would_hit(account, START, all).await.unwrap()
    };
    applied(&world, "p", &everything()).await;
    assert_eq!(hit().await, None);
    applied(&world, "q", &everything()).await;
    assert_eq!(hit().await.as_deref(), Some("texts"), "others have to wait for it");
    let third = applied(&world, "r", &everything()).await;
    assert!(kinds(&world, &third).await.contains(&OutboxKind::Notice));
    let (row, held) = claim(&world, &third, OutboxKind::Notice).await;
    let code = Code::SmsNumber;
    store.outbox_failed(&row, &third, held, code, Some("21614"), after(MINUTE)).await.unwrap();
    let told = world.told("notice-failed").await;
    assert_eq!((&told[0]["code"], &told[0]["about"]), (&code.as_str().into(), &"21614".into()));
}

async fn nobody_to_tell_is_an_end_too(world: World) {
    with_smtp(&world).await;
    let store = &world.store;
    let reset = applied(&world, "p", &everything()).await;
    for kind in [OutboxKind::Mail(MailKind::Manager), OutboxKind::Notice] {
        let (row, held) = claim(&world, &reset, kind).await;
        store.nobody_to_tell(&row, &reset, held, after(MINUTE)).await.unwrap();
        let now = rows(&world, &reset).await.into_iter().find(|row| row.kind == kind).unwrap();
        assert_eq!((now.state, now.code), (OutboxState::Done, None));
    }
    let told = world.told("nobody-to-tell").await;
    assert_eq!(told[0]["about"], "mail-manager to the manager");
    assert_eq!(told[1]["about"], "notice to the contact");
    assert!(store.contradictions().await.unwrap().is_empty());
}

async fn who_comes_late_changes_nothing(world: World) {
    with_smtp(&world).await;
    let store = &world.store;
    let reset = applied(&world, "p", &everything()).await;
    let (sessions, _) = claim(&world, &reset, OutboxKind::Sessions).await;
    let (notice, _) = claim(&world, &reset, OutboxKind::Notice).await;
    let (late, now, told) = (lease(START), after(MINUTE), world.acts().await);
    moved_on(store.sessions_ended(&sessions, &reset, late, now).await);
    moved_on(store.notice_sent(&notice, &reset, late, "•••• 77", now).await);
    moved_on(store.nobody_to_tell(&notice, &reset, late, now).await);
    assert_eq!(world.acts().await, told);
    // Another account's row is nobody's here.
    let mut foreign = sessions.clone();
    foreign.account = world.theirs.account;
    moved_on(store.sessions_ended(&foreign, &reset, late, now).await);
    assert!(rows(&world, &reset).await.iter().all(|row| row.state == OutboxState::Waiting));
}

async fn what_is_asked_of_the_next_sign_in_is_kept(world: World) {
    let store = &world.store;
    for must_change in [true, false] {
        let (mut reset, mut share) = world.ours.asked(world.verified().await, "p");
        (reset.must_change, share.must_change) = (must_change, must_change);
        store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
        let held = lease(START);
        assert!(store.claim_reset(reset.id, held, START).await.unwrap());
        store.announce(&reset, held, START).await.unwrap().unwrap();
        store.record_applied(&reset, held, &follows(), None, START).await.unwrap();
        assert_eq!(world.read(&reset).await.must_change, must_change);
        let look = store.look_at_share(&share.look_id, START).await.unwrap().unwrap();
        assert_eq!(look.must_change, must_change);
    }
}
