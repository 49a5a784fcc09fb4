//! Values at the edge of their types, which two databases could keep differently.

use shared::{ContactId, Millis, Stage};

use super::fixture::{HOUR, START, World, follows, lease, new_id};
use crate::store::{LastAnswer, ListAsk, NewSession, SessionKind};

on_both!(
    numbers_at_their_ends,
    bytes_of_every_kind,
    long_and_strange_text,
    what_others_say_is_written_down_whatever_it_is,
);

async fn numbers_at_their_ends(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let mut v = ours.verification(Millis(i64::MIN));
    (v.expires_at, v.tries_left) = (Millis(i64::MAX), u32::MAX);
    store.begin_verification(&v, &[]).await.unwrap().unwrap();
    let read = store.verification(ours.account, v.id).await.unwrap().unwrap();
    let now = (read.sent_at, read.expires_at, read.tries_left);
    assert_eq!(now, (Millis(i64::MIN), Millis(i64::MAX), u32::MAX));

    // A life without end is ended by the day that no link outlives.
    let (reset, mut share) = ours.asked(world.verified().await, "p");
    share.life_ms = i64::MAX;
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let held = lease(START);
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    store.postpone(&reset, held, Millis(i64::MAX)).await.unwrap();
    assert_eq!(world.read(&reset).await.retry_at, Millis(i64::MAX));
    assert!(store.due_resets(Millis(i64::MAX)).await.unwrap().contains(&reset.id));
    store.announce(&reset, held, START).await.unwrap().unwrap();
    store.record_applied(&reset, held, &follows(), None, START).await.unwrap();
    let id = store.due_outbox(START).await.unwrap()[0];
    let text = store.claim_outbox(id, held, START).await.unwrap().unwrap();
    store.text_sent(&text, &reset, held, "SM1", START).await.unwrap();
    assert_eq!(world.share(&reset).await.expires_at, Some(START.plus(24 * HOUR)));
    assert!(store.text_status(ours.account, "SM1", i32::MAX, true, None, START).await.unwrap());
}

async fn bytes_of_every_kind(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let every: Vec<u8> = (0..=255).collect();
    let (mut reset, mut share) = ours.asked(world.verified().await, "p");
    reset.body_hash.clone_from(&every);
    reset.phone_hash.clone_from(&Vec::new());
    // No code and a code of no bytes are two things.
    reset.unlock_sealed = Some(Vec::new());
    share.ciphertext = every.repeat(4_000);
    share.unlock_hash = Some(Vec::new());
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let read = world.read(&reset).await;
    assert_eq!((read.body_hash, read.phone_hash), (every.clone(), Vec::new()));
    assert_eq!(read.unlock_sealed, Some(Vec::new()));
    let read = world.share(&reset).await;
    assert_eq!(read.ciphertext, every.repeat(4_000));
    assert_eq!(read.unlock_hash, Some(Vec::new()));
    let new = NewSession {
        id: &every,
        kind: SessionKind::Web,
        host: shared::Host::Web,
        parent: None,
        technician: ours.ann,
        second_factor_at: Some(Millis(0)),
        expires_at: Millis(i64::MAX),
    };
    store.begin_session(ours.account, START, &new, None).await.unwrap();
    let session = store.session(&every, START, i64::MAX).await.unwrap().unwrap();
    assert_eq!((session.id, session.second_factor_at), (every, Some(Millis(0))));
}

async fn long_and_strange_text(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let strange = "\u{1F468}\u{200D}\u{1F469} e\u{301} \u{FEFF}\r\n\t'\"\\ $1 ? {} \u{10FFFF}";
    for text in [strange.to_owned(), String::new(), "ж".repeat(1_000)] {
        let id = ContactId(new_id());
        let row = ours.contact(id, &text, &text);
        store.import(ours.account, START, &[row]).await.unwrap();
        let read = store.contact(ours.account, id).await.unwrap().unwrap();
        assert_eq!((&read.name, &read.email), (&text, &text));
    }
    // Composed and decomposed are not the same name, in either.
    let found = store.contacts(ours.account, &ListAsk::search("\u{e9}", 9)).await.unwrap();
    assert!(found.rows.is_empty());
    let mut long = ours.verification(START);
    long.masked = "•".repeat(1_000_000);
    store.begin_verification(&long, &[]).await.unwrap().unwrap();
    let read = store.verification(ours.account, long.id).await.unwrap().unwrap();
    assert_eq!(read.masked, long.masked);
    assert!(store.verify_audit(ours.account).await.unwrap().is_ok());
}

async fn what_others_say_is_written_down_whatever_it_is(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let (reset, held) = world.applying("p").await;
    // An answer that can't be written down would be an answer that is lost.
    let said = "no\u{0}body";
    let refused = LastAnswer::Refused(shared::Code::MicrosoftRefused);
    store.record_answer(&reset, held, refused, Some(said), START, START).await.unwrap();
    let read = world.read(&reset).await;
    assert_eq!((read.answer, read.stage), (Some(refused), Stage::Applying));
    assert_eq!(read.about.as_deref(), Some("nobody"));
    let code = shared::Code::MicrosoftRefused;
    store.record_refused(&reset, held, code, Some(said), START).await.unwrap();
    assert_eq!(world.read(&reset).await.about.as_deref(), Some("nobody"));

    let reset = world.applied("q").await;
    let id = store.due_outbox(START).await.unwrap()[0];
    let text = store.claim_outbox(id, held, START).await.unwrap().unwrap();
    store.text_sent(&text, &reset, held, "S\u{0}M", START).await.unwrap();
    assert!(store.knows_text(ours.account, "S\u{0}M").await.unwrap());
    assert!(store.text_status(ours.account, "S\u{0}M", 1, false, None, START).await.unwrap());
    assert!(store.verify_audit(ours.account).await.unwrap().is_ok());
}
