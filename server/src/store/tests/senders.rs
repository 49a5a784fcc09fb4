//! What carries texts and mails: connected, changed, switched, tested and deleted by admins.

use shared::{Code, IntegrationId};

use super::fixture::{START, World, after, lease, moved_on, new_id, taken};
use crate::mail::PASSWORD;
use crate::senders::SenderKind;
use crate::store::{
    Integration, MailKind, NewSender, OutboxKind, SecretChange, SenderChange, Tested,
};

on_both!(
    one_of_each_is_connected,
    a_sender_change_counts_for_what_was_read,
    another_place_empties_the_secrets_and_tells_the_admins,
    a_sender_is_switched_tested_and_deleted,
    another_accounts_sender_is_not_touched,
);

fn put(sealed: &[u8]) -> [SecretChange; 1] {
    [SecretChange::Put { kind: PASSWORD, sealed: sealed.to_vec() }]
}

fn new<'a>(kind: SenderKind, secrets: &'a [SecretChange]) -> NewSender<'a> {
    NewSender { id: IntegrationId(new_id()), kind, settings: r#"{"a":1}"#, secrets }
}

/// Our mail server.
async fn connected(world: &World) -> Integration {
    let (store, ours) = (&world.store, &world.ours);
    let secrets = put(b"s");
    let new = new(SenderKind::Mail, &secrets);
    store.add_sender(ours.account, ours.ann, START, &new).await.unwrap();
    assert_eq!(alarms(world).await, ["connected smtp"]);
    read(world).await.unwrap()
}

async fn read(world: &World) -> Option<Integration> {
    world.store.sender_of(world.ours.account, SenderKind::Mail).await.unwrap()
}

async fn sealed(world: &World, row: &Integration) -> Option<Vec<u8>> {
    world.store.secret(world.ours.account, PASSWORD, row.id.0).await.unwrap()
}

/// What the waiting mails to admins say, oldest first; they are claimed by it.
async fn alarms(world: &World) -> Vec<String> {
    let mut said = Vec::new();
    for id in world.store.due_mails(after(1)).await.unwrap() {
        let row = world.store.claim_outbox(id, lease(after(1)), after(1)).await.unwrap().unwrap();
        assert_eq!(row.kind, OutboxKind::Mail(MailKind::Sender));
        assert_eq!(row.recipient, Some(world.ours.ann), "Bob is no admin");
        said.push(row.about.unwrap());
    }
    said
}

async fn one_of_each_is_connected(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    assert!(read(&world).await.is_none());
    // Twilio came with the import.
    taken(store.add_sender(ours.account, ours.ann, START, &new(SenderKind::Sms, &[])).await);
    let row = connected(&world).await;
    assert_eq!((row.settings.as_str(), row.is_on, row.customer), (r#"{"a":1}"#, true, None));
    assert_eq!(sealed(&world, &row).await.as_deref(), Some(b"s".as_slice()));
    taken(store.add_sender(ours.account, ours.ann, START, &new(SenderKind::Mail, &[])).await);
    let told = world.told("integration-added").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["integration"], row.id.to_string());
    let admins = store.admins(ours.account).await.unwrap();
    assert_eq!(admins.iter().map(|it| it.id).collect::<Vec<_>>(), [ours.ann]);
}

async fn a_sender_change_counts_for_what_was_read(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let save = async |seen: &Integration, settings: &str, secrets: &[SecretChange]| {
        let change = SenderChange { settings, secrets, moved: false };
        store.change_sender(ours.account, ours.ann, START, seen, &change).await
    };
    save(&seen, "{}", &[]).await.unwrap();
    let now = read(&world).await.unwrap();
    assert_eq!(now.changed_at, seen.changed_at.plus(1), "within the same millisecond, too");
    assert_eq!(sealed(&world, &now).await.as_deref(), Some(b"s".as_slice()), "it stays");
    moved_on(save(&seen, "[]", &put(b"late")).await);
    save(&now, "{}", &put(b"new")).await.unwrap();
    assert_eq!(sealed(&world, &now).await.as_deref(), Some(b"new".as_slice()));
    assert_eq!(world.acts().await[1..], ["integration-changed", "credential-replaced"]);
    assert_eq!(alarms(&world).await, ["moved smtp", "moved smtp"], "of every change");
}

async fn another_place_empties_the_secrets_and_tells_the_admins(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let change = SenderChange { settings: "{}", secrets: &[], moved: true };
    store.change_sender(ours.account, ours.ann, START, &seen, &change).await.unwrap();
    assert_eq!(sealed(&world, &seen).await, None);
    assert_eq!(alarms(&world).await, ["moved smtp"]);
    assert_eq!(world.acts().await.last().unwrap(), "integration-moved");
}

async fn a_sender_is_switched_tested_and_deleted(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let sms = store.sender_of(ours.account, SenderKind::Sms).await.unwrap().unwrap();
    let (account, ann) = (ours.account, ours.ann);
    moved_on(store.switch_sender(account, ann, START, sms.id, true).await);
    store.switch_sender(account, ann, START, sms.id, false).await.unwrap();
    moved_on(store.switch_sender(account, ann, START, sms.id, false).await);
    assert!(!store.sender_of(account, SenderKind::Sms).await.unwrap().unwrap().is_on);
    assert_eq!(alarms(&world).await, ["off twilio"]);
    store.switch_sender(account, ann, START, sms.id, true).await.unwrap();
    let tested = Tested { code: Some(Code::MailTls), about: "does not work" };
    store.note_sender_test(account, ann, START, &seen, tested).await.unwrap();
    let told = world.told("integration-tested").await;
    assert_eq!(
        (&told[0]["code"], &told[0]["about"]),
        (&"mail-tls".into(), &"does not work".into())
    );
    store.end_sender(account, ann, START, seen.id).await.unwrap();
    assert!(read(&world).await.is_none() && sealed(&world, &seen).await.is_none());
    moved_on(store.end_sender(account, ann, START, seen.id).await);
    moved_on(store.switch_sender(account, ann, START, seen.id, false).await);
    moved_on(store.note_sender_test(account, ann, START, &seen, tested).await);
    // Another one may come.
    connected(&world).await;
    // An integration of another kind is none.
    moved_on(store.end_sender(account, ann, START, ours.m365).await);
    moved_on(store.switch_sender(account, ann, START, ours.m365, false).await);
}

async fn another_accounts_sender_is_not_touched(world: World) {
    let (store, theirs) = (&world.store, &world.theirs);
    let seen = connected(&world).await;
    let (account, by) = (theirs.account, theirs.ann);
    let change = SenderChange { settings: "[]", secrets: &put(b"x"), moved: true };
    moved_on(store.change_sender(account, by, START, &seen, &change).await);
    moved_on(store.switch_sender(account, by, START, seen.id, false).await);
    let tested = Tested { code: None, about: "works" };
    moved_on(store.note_sender_test(account, by, START, &seen, tested).await);
    moved_on(store.end_sender(account, by, START, seen.id).await);
    let now = read(&world).await.unwrap();
    assert_eq!((now.settings, now.changed_at, now.is_on), (seen.settings, seen.changed_at, true));
    assert!(store.sender_of(account, SenderKind::Mail).await.unwrap().is_none());
    assert!(store.admins(account).await.unwrap().iter().all(|it| it.id != world.ours.ann));
}
