//! Notification mails: written with what they tell of, sent at their own pace.

use shared::{Code, Stage};
use uuid::Uuid;

use super::fixture::{HOUR, MINUTE, START, World, after, lease, limit, moved_on, new_id};
use crate::senders::SenderKind;
use crate::store::{MAIL_PATIENCE_MS, MailKind, OutboxKind, OutboxRow, OutboxState};

on_both!(
    an_account_without_a_mail_server_has_no_mails,
    each_mail_goes_to_whom_it_concerns,
    a_mail_never_stands_before_a_text,
    a_mail_is_sent_once_or_says_why_not,
    the_brake_is_told_once_in_a_window,
);

pub(super) async fn with_smtp(world: &World) -> Uuid {
    let id = new_id();
    let row = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    world.store.seed(row, &[id, world.ours.account.0]).await;
    id
}

/// The mails that are due, claimed.
async fn claimed(world: &World, now: shared::Millis) -> Vec<(OutboxRow, crate::store::Lease)> {
    let mut rows = Vec::new();
    for id in world.store.due_mails(now).await.unwrap() {
        let held = lease(now);
        rows.push((world.store.claim_outbox(id, held, now).await.unwrap().unwrap(), held));
    }
    rows
}

async fn an_account_without_a_mail_server_has_no_mails(world: World) {
    let store = &world.store;
    assert!(store.sender_of(world.ours.account, SenderKind::Mail).await.unwrap().is_none());
    world.applied("p").await;
    world.stuck("q").await;
    assert!(store.due_mails(after(HOUR)).await.unwrap().is_empty());
    let smtp = with_smtp(&world).await;
    assert_eq!(
        store.sender_of(world.ours.account, SenderKind::Mail).await.unwrap().unwrap().id.0,
        smtp
    );
    assert!(store.sender_of(world.theirs.account, SenderKind::Mail).await.unwrap().is_none());
    store.seed("update integrations set is_on = false where id = $1", &[smtp]).await;
    world.applied("r").await;
    assert!(store.due_mails(after(HOUR)).await.unwrap().is_empty(), "it is switched off");
}

async fn each_mail_goes_to_whom_it_concerns(world: World) {
    with_smtp(&world).await;
    let applied = world.applied("p").await;
    let stuck = world.stuck("q").await;
    let mails = claimed(&world, START).await;
    let said: Vec<_> = mails.iter().map(|(row, _)| (row.kind, row.reset, row.recipient)).collect();
    // The person by their contact, an admin by their id; Bob is no admin.
    let person = (OutboxKind::Mail(MailKind::Person), Some(applied.id), None);
    let admin = (OutboxKind::Mail(MailKind::Stuck), Some(stuck.id), Some(world.ours.ann));
    assert_eq!(said.len(), 2);
    assert!(said.contains(&person) && said.contains(&admin), "{said:?}");
    assert!(mails.iter().all(|(row, _)| row.give_up_at == START.plus(MAIL_PATIENCE_MS)));
}

async fn a_mail_never_stands_before_a_text(world: World) {
    with_smtp(&world).await;
    let reset = world.applied("p").await;
    let store = &world.store;
    for id in store.due_outbox(after(MINUTE)).await.unwrap() {
        let (now, held) = (after(MINUTE), lease(after(MINUTE)));
        let row = store.claim_outbox(id, held, now).await.unwrap().unwrap();
        assert!(!matches!(row.kind, OutboxKind::Mail(_)));
        store.outbox_failed(&row, &reset, held, Code::SmsUnavailable, None, now).await.unwrap();
    }
    // Its mail still waits, and the reset has come to its end all the same.
    assert_eq!(world.read(&reset).await.stage, Stage::Completed);
    assert_eq!(store.due_mails(after(MINUTE)).await.unwrap().len(), 1);
}

async fn a_mail_is_sent_once_or_says_why_not(world: World) {
    with_smtp(&world).await;
    let store = &world.store;
    let (one, two) = (world.applied("p").await, world.applied("q").await);
    let mails = claimed(&world, START).await;
    let of = |id| mails.iter().find(|(row, _)| row.reset == Some(id)).unwrap();
    let (sent, held) = of(one.id);
    store.mail_sent(sent, *held, after(1)).await.unwrap();
    moved_on(store.mail_sent(sent, *held, after(1)).await);
    let (failed, lease_of_failed) = of(two.id);
    moved_on(store.mail_failed(failed, *held, Code::MailAddress, None, after(1)).await);
    let about = Some("550 5.1.1");
    store.mail_failed(failed, *lease_of_failed, Code::MailAddress, about, after(1)).await.unwrap();

    let state = async |reset| {
        let rows = store.outbox_of(world.ours.account, reset).await.unwrap();
        let mail = rows.into_iter().find(|row| matches!(row.kind, OutboxKind::Mail(_))).unwrap();
        (mail.state, mail.code, mail.done_at)
    };
    assert_eq!(state(one.id).await, (OutboxState::Done, None, Some(after(1))));
    assert_eq!(state(two.id).await, (OutboxState::Failed, Some(Code::MailAddress), None));
    assert!(store.due_mails(after(HOUR)).await.unwrap().is_empty());
    assert_eq!(world.told("mail-sent").await[0]["about"], "mail-person to the contact");
    assert_eq!(
        world.told("mail-failed").await[0]["about"],
        "mail-person to the contact: 550 5.1.1"
    );
}

async fn the_brake_is_told_once_in_a_window(world: World) {
    with_smtp(&world).await;
    let (store, ours) = (&world.store, &world.ours);
    let tell = async |now| store.record_brake(ours.account, "brake", ours.bob, now).await.unwrap();
    tell(START).await;
    assert!(world.told("braked").await.is_empty(), "a brake that never counted");
    let reach = async |now| {
        let v = ours.verification(now);
        store.begin_verification(&v, &[limit("brake", 9, HOUR)]).await.unwrap()
    };
    reach(START).await.unwrap();
    tell(START).await;
    tell(after(MINUTE)).await;
    assert_eq!(world.told("braked").await.len(), 1);
    // Its next window is another.
    reach(after(HOUR)).await.unwrap();
    tell(after(HOUR)).await;
    assert_eq!(world.told("braked").await.len(), 2);
    let mails = claimed(&world, after(HOUR)).await;
    assert_eq!(mails.len(), 2);
    for (mail, _) in mails {
        let expected = (OutboxKind::Mail(MailKind::Brake), None, Some(ours.ann));
        assert_eq!((mail.kind, mail.reset, mail.recipient), expected);
    }
}
