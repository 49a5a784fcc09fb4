//! What became of earlier texts, as the preflight asks.

use shared::{Code, Millis};

use super::fixture::{CODE, HOUR, MINUTE, START, World, after, lease, new_id};
use crate::store::{ImportRow, OutboxKind, Reset, TextTrouble};

on_both!(
    without_texts_there_is_no_trouble,
    a_refused_code_counts_until_one_is_answered,
    a_refused_link_counts_for_its_phone,
    what_a_carrier_says_later_counts,
    what_is_not_known_says_nothing,
    credentials_count_for_everybody_until_they_work,
    a_saved_connection_is_tried_afresh,
    trouble_is_forgotten,
);

/// Where a reset of the fixture sends its text.
const PHONE: &[u8] = b"hash of the phone";
const FINE: TextTrouble = TextTrouble { phone: None, credentials_refused: false };
const REFUSED: TextTrouble = TextTrouble { phone: None, credentials_refused: true };

fn of_phone(code: Code) -> TextTrouble {
    TextTrouble { phone: Some(code), ..FINE }
}

async fn trouble(world: &World) -> TextTrouble {
    let account = world.ours.account;
    world.store.text_trouble(account, PHONE, Millis(START.0 - 1)).await.unwrap()
}

/// A code that the provider did not take.
async fn unsent(world: &World, at: Millis, phone: &[u8], code: Code) {
    let mut v = world.ours.verification(at);
    v.destination_hash = phone.to_vec();
    let account = world.ours.account;
    world.store.begin_verification(&v, &[]).await.unwrap().unwrap();
    world.store.verification_unsent(&v, at, code).await.unwrap();
}

/// A code that was sent at one time and answered at another.
async fn answered(world: &World, sent: Millis, at: Millis, phone: &[u8]) {
    let mut v = world.ours.verification(sent);
    v.destination_hash = phone.to_vec();
    let (account, ann) = (world.ours.account, world.ours.ann);
    world.store.begin_verification(&v, &[]).await.unwrap().unwrap();
    world.store.try_code(account, ann, v.id, CODE, at).await.unwrap().unwrap();
}

/// The newest text of a reset, refused.
async fn refused(world: &World, reset: &Reset, at: Millis, kind: OutboxKind, code: Code) {
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    let row = rows.into_iter().rfind(|row| row.kind == kind).unwrap();
    let held = lease(at);
    let row = world.store.claim_outbox(row.id, held, at).await.unwrap().unwrap();
    world.store.outbox_failed(&row, reset, held, code, None, at).await.unwrap();
}

/// The newest text of a reset, taken by the provider.
async fn taken(world: &World, reset: &Reset, at: Millis, id: &str) {
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    let row = rows.into_iter().rfind(|row| row.kind == OutboxKind::Text).unwrap();
    let held = lease(at);
    let row = world.store.claim_outbox(row.id, held, at).await.unwrap().unwrap();
    world.store.text_sent(&row, reset, held, id, at).await.unwrap();
}

async fn without_texts_there_is_no_trouble(world: World) {
    assert_eq!(trouble(&world).await, FINE);
    let reset = world.applied("p").await;
    assert_eq!(trouble(&world).await, FINE, "one that waits is none");
    taken(&world, &reset, after(1), "SM1").await;
    assert_eq!(trouble(&world).await, FINE);
}

async fn a_refused_code_counts_until_one_is_answered(world: World) {
    for (n, code) in [Code::SmsOptedOut, Code::SmsNumber, Code::SmsNotSetUp, Code::SmsBlocked]
        .into_iter()
        .enumerate()
    {
        let at = |millis| after(i64::try_from(n).unwrap() * HOUR + millis);
        unsent(&world, at(2), PHONE, code).await;
        assert_eq!(trouble(&world).await, of_phone(code));
        // Neither another phone's answer, nor that of a code that was sent before.
        answered(&world, at(3), at(4), b"another phone").await;
        answered(&world, at(1), at(5), PHONE).await;
        assert_eq!(trouble(&world).await, of_phone(code));
        // Nor one that went out and was not answered.
        let mut pending = world.ours.verification(at(6));
        pending.destination_hash = PHONE.to_vec();
        let account = world.ours.account;
        world.store.begin_verification(&pending, &[]).await.unwrap().unwrap();
        assert_eq!(trouble(&world).await, of_phone(code));
        // In one instant the trouble counts; later the answer does.
        answered(&world, at(2), at(7), PHONE).await;
        assert_eq!(trouble(&world).await, of_phone(code));
        answered(&world, at(8), at(9), PHONE).await;
        assert_eq!(trouble(&world).await, FINE);
    }
    unsent(&world, after(9 * HOUR), b"another phone", Code::SmsOptedOut).await;
    assert_eq!(trouble(&world).await, FINE);
    // Another MSP knows nothing of it.
    unsent(&world, after(9 * HOUR), PHONE, Code::SmsOptedOut).await;
    let theirs = world.theirs.account;
    assert_eq!(world.store.text_trouble(theirs, PHONE, START).await.unwrap(), FINE);
}

async fn a_refused_link_counts_for_its_phone(world: World) {
    let reset = world.applied("p").await;
    refused(&world, &reset, after(1), OutboxKind::Text, Code::SmsOptedOut).await;
    assert_eq!(trouble(&world).await, of_phone(Code::SmsOptedOut));
    let account = world.ours.account;
    let other = world.store.text_trouble(account, b"another phone", START).await.unwrap();
    assert_eq!(other, FINE);
    answered(&world, after(2), after(3), PHONE).await;
    assert_eq!(trouble(&world).await, FINE);
}

async fn what_a_carrier_says_later_counts(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    answered(&world, START, START, PHONE).await;
    let reset = world.applied("p").await;
    taken(&world, &reset, after(MINUTE), "SM1").await;
    let said = async |rank, delivered, failure| {
        store.text_status(account, "SM1", rank, delivered, failure, after(HOUR)).await.unwrap()
    };
    assert!(said(11, false, Some(Code::SmsBlocked)).await);
    assert_eq!(trouble(&world).await, of_phone(Code::SmsBlocked));
    // Sent after it, and delivered.
    let again = world.applied("q").await;
    taken(&world, &again, after(2 * MINUTE), "SM2").await;
    assert_eq!(trouble(&world).await, of_phone(Code::SmsBlocked), "taken is not arrived");
    store.text_status(account, "SM2", 10, true, None, after(HOUR)).await.unwrap();
    assert_eq!(trouble(&world).await, FINE);
}

async fn what_is_not_known_says_nothing(world: World) {
    unsent(&world, after(1), PHONE, Code::SmsOptedOut).await;
    for code in [Code::SmsUnavailable, Code::SmsUndelivered, Code::SmsMissing] {
        unsent(&world, after(MINUTE), PHONE, code).await;
        assert_eq!(trouble(&world).await, of_phone(Code::SmsOptedOut), "{code:?}");
    }
    let reset = world.applied("p").await;
    refused(&world, &reset, after(HOUR), OutboxKind::Text, Code::LinkDead).await;
    assert_eq!(trouble(&world).await, of_phone(Code::SmsOptedOut));
}

async fn credentials_count_for_everybody_until_they_work(world: World) {
    let refuse = async |at| unsent(&world, at, b"another phone", Code::SmsCredentials).await;
    refuse(after(1)).await;
    assert_eq!(trouble(&world).await, REFUSED);
    unsent(&world, after(2), PHONE, Code::SmsUnavailable).await;
    assert_eq!(trouble(&world).await, REFUSED, "silence says nothing");
    answered(&world, after(3), after(4), b"a third phone").await;
    assert_eq!(trouble(&world).await, FINE);
    // Whoever is told that a number is wrong was let in.
    refuse(after(5)).await;
    unsent(&world, after(6), b"another phone", Code::SmsNumber).await;
    assert_eq!(trouble(&world).await, FINE);
    // The same of links and notices.
    let reset = world.applied("p").await;
    refused(&world, &reset, after(HOUR), OutboxKind::Text, Code::SmsCredentials).await;
    // When a refused text was due is when it counts as sent.
    assert_eq!(trouble(&world).await, FINE);
    refuse(after(7)).await;
    let again = world.applied("q").await;
    taken(&world, &again, after(HOUR), "SM1").await;
    assert_eq!(trouble(&world).await, FINE, "the provider took one");
    refuse(after(2 * HOUR)).await;
    assert_eq!(trouble(&world).await, REFUSED);
    let theirs = world.theirs.account;
    assert_eq!(world.store.text_trouble(theirs, PHONE, START).await.unwrap(), FINE);
}

async fn a_saved_connection_is_tried_afresh(world: World) {
    unsent(&world, after(1), PHONE, Code::SmsCredentials).await;
    assert_eq!(trouble(&world).await, REFUSED);
    let secret =
        |row| ImportRow::Secret { kind: "twilio.auth-token", row, sealed: b"new".to_vec() };
    let (store, ours) = (&world.store, &world.ours);
    // Somebody else's secret is no news of this provider.
    store.import(ours.account, after(2), &[secret(new_id())]).await.unwrap();
    assert_eq!(trouble(&world).await, REFUSED);
    store.import(ours.account, after(2), &[secret(ours.sms.0)]).await.unwrap();
    assert_eq!(trouble(&world).await, FINE);
    unsent(&world, after(3), PHONE, Code::SmsCredentials).await;
    assert_eq!(trouble(&world).await, REFUSED);
}

async fn trouble_is_forgotten(world: World) {
    let reset = world.applied("p").await;
    refused(&world, &reset, after(1), OutboxKind::Text, Code::SmsNumber).await;
    unsent(&world, after(1), PHONE, Code::SmsCredentials).await;
    let since = async |at| world.store.text_trouble(world.ours.account, PHONE, at).await.unwrap();
    assert_eq!(
        since(Millis(START.0 - 1)).await,
        TextTrouble { credentials_refused: true, ..of_phone(Code::SmsNumber) }
    );
    assert_eq!(since(after(1)).await, FINE);
}
