//! What stays sealed until when (design §7, P4), column by column; and that revoking and opening at
//! once have one outcome.

use shared::Millis;

use super::fixture::{
    CIPHERTEXT, HOUR, MINUTE, PROOF, START, World, after, follows, lease, new_id, tap,
};
use crate::store::{GRACE_MS, MOST_LATE, OpenResult, Opening, OutboxKind, Reset, ShareStanding};

on_both!(
    what_stays_sealed_until_when,
    a_revoking_and_an_opening_have_one_outcome,
    whoever_hammers_makes_nothing_grow,
    each_end_is_told_in_the_ticket_once,
);

const RIGHT: &[u8] = b"hash of the right unlock code";
const WRONG: &[u8] = b"hash of a wrong unlock code";

/// A reset with an unlock code, its link texted at the start.
async fn texted(world: &World, person: &str) -> Reset {
    let store = &world.store;
    let (mut reset, mut share) = world.ours.asked(world.verified().await, person);
    share.unlock_hash = Some(RIGHT.to_vec());
    reset.unlock_sealed = Some(b"sealed code".to_vec());
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let held = lease(START);
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    store.announce(&reset, held, START).await.unwrap().unwrap();
    store.record_applied(&reset, held, &follows(), None, START).await.unwrap();
    for row in store.outbox_of(reset.account, reset.id).await.unwrap() {
        let now = after(MINUTE);
        let held = lease(now);
        let row = store.claim_outbox(row.id, held, now).await.unwrap().unwrap();
        match row.kind {
            OutboxKind::Text => {
                store.text_sent(&row, &reset, held, &row.id.to_string(), START).await
            }
            _ => store.note_written(&row, &reset, held, "note", START).await,
        }
        .unwrap();
    }
    world.read(&reset).await
}

/// What is still there: ciphertext, token, password, unlock code, phone.
async fn kept(world: &World, reset: &Reset) -> (ShareStanding, [bool; 5]) {
    let (share, reset) = (world.share(reset).await, world.read(reset).await);
    let kept = [
        share.ciphertext == CIPHERTEXT,
        share.token_sealed.is_some(),
        share.password_sealed.is_some(),
        reset.unlock_sealed.is_some(),
        !reset.phone_sealed.is_empty(),
    ];
    assert!(kept[0] || share.ciphertext.is_empty());
    (share.state, kept)
}

async fn what_stays_sealed_until_when(world: World) {
    use ShareStanding::{Destroyed, Expired, Locked, Open, Opened, Revoked};
    const ALL: [bool; 5] = [true; 5];
    // The phone is needed until the sweep has seen that no link is left.
    const PHONE: [bool; 5] = [false, false, false, false, true];
    const NONE: [bool; 5] = [false; 5];
    let (store, ann) = (&world.store, world.ours.ann);
    let look = async |reset: &Reset| world.share(reset).await.look_id;
    let open = async |reset: &Reset, device: &[u8], code, now: Millis| {
        tap(store, &look(reset).await, device, Some(code), now).await
    };

    // Opened: the code is gone at once, the rest with the grace.
    let reset = texted(&world, "opened").await;
    store.sweep_shares(after(HOUR - 1)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Open, ALL));
    open(&reset, b"phone", WRONG, after(1)).await;
    assert_eq!(kept(&world, &reset).await, (Open, ALL));
    open(&reset, b"phone", RIGHT, after(2)).await;
    let in_grace = [true, true, true, false, true];
    store.sweep_shares(after(2 + GRACE_MS - 1)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Opened, in_grace));
    store.sweep_shares(after(2 + GRACE_MS)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Opened, NONE));

    // Opened, and closed within the grace.
    let reset = texted(&world, "closed").await;
    open(&reset, b"phone", RIGHT, START).await;
    store.give_up(&reset, ann, after(GRACE_MS - 1)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Revoked, PHONE));
    assert_eq!(open(&reset, b"phone", RIGHT, after(GRACE_MS - 1)).await, OpenResult::Dead);
    assert_eq!(world.share(&reset).await.opened_at, Some(START));

    // Opened, and a newer reset is applied within the grace.
    let reset = texted(&world, "newer").await;
    open(&reset, b"phone", RIGHT, START).await;
    world.applied("newer").await;
    assert_eq!(kept(&world, &reset).await, (Revoked, PHONE));

    // Given up unopened.
    let reset = texted(&world, "given up").await;
    store.give_up(&reset, ann, after(1)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Revoked, PHONE));
    store.sweep_shares(after(1)).await.unwrap();
    // Its note is to be written first.
    assert_eq!(kept(&world, &reset).await, (Revoked, NONE));

    // Five wrong codes: nobody opens or texts this link any more; its password gets a new one.
    let reset = texted(&world, "locked").await;
    for _ in 0..5 {
        open(&reset, b"phone", WRONG, after(1)).await;
    }
    let locked = [false, false, true, false, true];
    store.sweep_shares(after(HOUR - 1)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Locked, locked));
    store.sweep_shares(after(HOUR)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Expired, NONE));

    // Unopened.
    let reset = texted(&world, "expired").await;
    store.sweep_shares(after(HOUR)).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Expired, NONE));

    // Refused: the password never was anybody's.
    let (reset, held) = world.applying("refused").await;
    let refused = store.record_refused(&reset, held, shared::Code::PhoneChanged, None, START);
    refused.await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Destroyed, PHONE));
    store.sweep_shares(START).await.unwrap();
    assert_eq!(kept(&world, &reset).await, (Destroyed, NONE));
    // In doubt: everything, whatever its age.
    let reset = world.stuck("stuck").await;
    store.sweep_shares(after(1000 * HOUR)).await.unwrap();
    let doubt = [true, true, true, false, true];
    assert_eq!(kept(&world, &reset).await, (ShareStanding::Closed, doubt));
    assert_eq!(store.contradictions().await.unwrap(), []);
}

async fn a_revoking_and_an_opening_have_one_outcome(world: World) {
    let stores = world.two_processes().await;
    for round in 0..16_u8 {
        let reset = world.applied(&format!("p{round}")).await;
        let look_id = world.share(&reset).await.look_id;
        let mut race = tokio::task::JoinSet::new();
        for number in 0..8_u8 {
            let (store, reset) = (stores[usize::from(number % 2)].clone(), reset.clone());
            let (look_id, ann) = (look_id.clone(), world.ours.ann);
            race.spawn(async move {
                if number == round % 8 {
                    store.give_up(&reset, ann, START).await.unwrap();
                    return None;
                }
                Some(tap(&store, &look_id, &[number], None, START).await)
            });
        }
        let answers: Vec<_> = race.join_all().await.into_iter().flatten().collect();
        let won = answers.iter().filter(|it| matches!(it, OpenResult::Opened { .. })).count();
        // Whoever was first: it ends revoked, and the row tells whether anybody had it.
        let share = world.share(&reset).await;
        assert_eq!(share.state, ShareStanding::Revoked, "round {round}");
        assert_eq!(share.opened_at.is_some(), won == 1, "round {round}");
        assert!(won <= 1 && share.password_sealed.is_none() && share.ciphertext.is_empty());
        let reset = reset.id.to_string();
        let told = world.told("share-opened").await;
        assert_eq!(told.iter().filter(|entry| entry["reset"] == reset).count(), won);
        let told = world.told("share-revoked").await;
        let told = told.iter().find(|entry| entry["reset"] == reset).unwrap();
        assert_eq!(told.get("about").is_some(), won == 1);
    }
    assert!(world.store.verify_audit(world.ours.account).await.unwrap().is_ok());
}

async fn whoever_hammers_makes_nothing_grow(world: World) {
    let store = &world.store;
    let reset = texted(&world, "p").await;
    let look_id = world.share(&reset).await.look_id;
    tap(store, &look_id, b"phone", Some(RIGHT), START).await;
    for number in 1..=12 {
        assert_eq!(tap(store, &look_id, b"other", None, after(number)).await, OpenResult::Dead);
    }
    let share = world.share(&reset).await;
    assert_eq!((share.late_attempts, share.late_at), (12, Some(after(12))));
    let told = world.told("share-late-attempt").await;
    assert_eq!(told.len(), 10);
    assert_eq!(told[9]["about"], "further ones are only counted");
    // Far beyond, it is not even counted: a read, as for any stranger.
    let most = format!("update shares set late_attempts = {MOST_LATE} where reset = $1");
    store.seed(Box::leak(most.into_boxed_str()), &[reset.id.0]).await;
    let opening = Opening {
        look_id: &look_id,
        proof_hash: PROOF,
        opener_hash: b"other",
        unlock_hash: None,
        only: None,
    };
    let attempt = store.open_share(opening, after(13)).await.unwrap();
    assert_eq!((attempt.result, attempt.changed), (OpenResult::Dead, None));
    assert_eq!(world.share(&reset).await.late_at, Some(after(12)));
    // The device that won is no alarm, and still has its grace.
    assert!(matches!(
        tap(store, &look_id, b"phone", None, after(14)).await,
        OpenResult::Opened { .. }
    ));
}

async fn each_end_is_told_in_the_ticket_once(world: World) {
    let (store, ann) = (&world.store, world.ours.ann);
    let notes = async |reset: &Reset| {
        let rows = store.outbox_of(reset.account, reset.id).await.unwrap();
        let told = rows.into_iter().map(|row| row.kind);
        told.filter(|kind| !matches!(kind, OutboxKind::Text | OutboxKind::NoteSet))
            .collect::<Vec<_>>()
    };
    let expired = texted(&world, "expired").await;
    store.sweep_shares(after(HOUR)).await.unwrap();
    store.sweep_shares(after(2 * HOUR)).await.unwrap();
    assert_eq!(notes(&expired).await, [OutboxKind::NoteExpired]);

    let locked = texted(&world, "locked").await;
    let look_id = world.share(&locked).await.look_id;
    for _ in 0..7 {
        tap(store, &look_id, &new_id().into_bytes(), Some(WRONG), after(1)).await;
    }
    assert_eq!(notes(&locked).await, [OutboxKind::NoteLocked]);

    let closed = texted(&world, "closed").await;
    store.give_up(&closed, ann, after(1)).await.unwrap();
    assert_eq!(notes(&closed).await, [OutboxKind::NoteRevoked]);
    // Whatever its carrier says now: there is no link that could have arrived.
    let lost = async |reset: &Reset| {
        let rows = store.outbox_of(reset.account, reset.id).await.unwrap();
        let text = rows.iter().find(|row| row.kind == OutboxKind::Text).unwrap().id.to_string();
        let why = Some(shared::Code::SmsUndelivered);
        store.text_status(reset.account, &text, 11, false, why, after(2)).await.unwrap()
    };
    assert!(lost(&closed).await);
    assert_eq!(notes(&closed).await, [OutboxKind::NoteRevoked]);

    // Its first note says "texted": what comes after is another one.
    let unsent = texted(&world, "unsent").await;
    assert!(lost(&unsent).await && !lost(&unsent).await);
    assert_eq!(notes(&unsent).await, [OutboxKind::NoteUnsent]);
    // Where the first note is still to come, it tells.
    let failing = world.applied("failing").await;
    let rows = store.outbox_of(failing.account, failing.id).await.unwrap();
    let held = lease(START);
    let row = store.claim_outbox(rows[0].id, held, START).await.unwrap().unwrap();
    assert_eq!(row.kind, OutboxKind::Text);
    let code = shared::Code::SmsNumber;
    store.outbox_failed(&row, &failing, held, code, None, START).await.unwrap();
    assert_eq!(notes(&failing).await, []);
}
