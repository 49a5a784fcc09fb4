//! Looking at a link, and opening it exactly once (P10).

use shared::Millis;

use super::fixture::{
    self, CIPHERTEXT, HOUR, MINUTE, PROOF, START, World, after, follows, lease, new_id,
};
use crate::store::{OpenResult, Opening, OutboxKind, Reset, Share, ShareStanding, Store};

on_both!(
    looking_has_no_effect,
    one_device_opens_it_and_may_come_again,
    a_stranger_learns_nothing,
    a_host_of_its_own_opens_no_other_accounts_link,
    the_unlock_code_has_five_tries,
    the_right_unlock_code_opens,
    a_link_ends_in_time,
    sixty_four_devices_and_one_winner,
    sixty_four_guesses_are_five_tries,
    coming_late_is_told_once,
);

const RIGHT: &[u8] = b"hash of the right unlock code";
const WRONG: &[u8] = b"hash of a wrong unlock code";
const GRACE: i64 = 5 * MINUTE;

/// An applied reset with its open share; with an unlock code where one is asked for.
async fn open_link(world: &World, unlock: bool) -> (Reset, Share) {
    let (reset, mut share) = world.ours.asked(world.verified().await, &new_id().to_string());
    share.unlock_hash = unlock.then(|| RIGHT.to_vec());
    world.store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let held = lease(START);
    assert!(world.store.claim_reset(reset.id, held, START).await.unwrap());
    world.store.announce(&reset, held, START).await.unwrap().unwrap();
    world.store.record_applied(&reset, held, &follows(), None, START).await.unwrap();
    (world.read(&reset).await, world.share(&reset).await)
}

/// The device with this nonce taps Reveal.
async fn tap(
    store: &Store,
    share: &Share,
    device: &[u8],
    unlock: Option<&[u8]>,
    now: Millis,
) -> OpenResult {
    fixture::tap(store, &share.look_id, device, unlock, now).await
}

fn opened_at(at: Millis) -> OpenResult {
    OpenResult::Opened { ciphertext: CIPHERTEXT.to_vec(), grace_until: at.plus(GRACE) }
}

async fn looking_has_no_effect(world: World) {
    let store = &world.store;
    let (reset, share) = open_link(&world, true).await;
    let before = format!("{:?} {:?}", world.share(&reset).await, world.acts().await);
    for _ in 0..3 {
        let look = store.look_at_share(&share.look_id, START).await.unwrap().unwrap();
        assert_eq!((look.account, look.code_needed), (reset.account, true));
        // No text was accepted yet: its latest end counts.
        assert_eq!(look.expires_at, after(24 * HOUR));
    }
    assert_eq!(format!("{:?} {:?}", world.share(&reset).await, world.acts().await), before);
    let (_, plain) = open_link(&world, false).await;
    assert!(!store.look_at_share(&plain.look_id, START).await.unwrap().unwrap().code_needed);
    assert!(store.look_at_share(b"", START).await.unwrap().is_none());
    assert!(store.look_at_share(b"unknown", START).await.unwrap().is_none());
}

async fn one_device_opens_it_and_may_come_again(world: World) {
    let (reset, share) = open_link(&world, false).await;
    let first = after(MINUTE);
    assert_eq!(tap(&world.store, &share, b"phone", None, first).await, opened_at(first));
    // A lost reply, a reload: the same device, the same password, the same end of the grace.
    let again = first.plus(GRACE - 1);
    assert_eq!(tap(&world.store, &share, b"phone", None, again).await, opened_at(first));
    let later = first.plus(GRACE);
    assert_eq!(tap(&world.store, &share, b"phone", None, later).await, OpenResult::Dead);
    assert_eq!(tap(&world.store, &share, b"other", None, again).await, OpenResult::Dead);
    let read = world.share(&reset).await;
    assert_eq!((read.state, read.opened_at), (ShareStanding::Opened, Some(first)));
    assert_eq!(world.told("share-opened").await.len(), 1);
    assert!(world.store.look_at_share(&share.look_id, again).await.unwrap().is_none());
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.kind == OutboxKind::NoteOpened).count(), 1);
}

/// Id and proof are useless without each other: a read, whatever the link's state.
async fn a_stranger_learns_nothing(world: World) {
    let store = &world.store;
    let (reset, share) = open_link(&world, true).await;
    let open = async |look_id: &[u8], proof_hash: &[u8], unlock_hash: Option<&[u8]>| {
        let opener_hash = b"scanner";
        let opening = Opening { look_id, proof_hash, opener_hash, unlock_hash, only: None };
        let attempt = store.open_share(opening, START).await.unwrap();
        (attempt.result, attempt.changed)
    };
    let nothing_comes_of_it = async |is: ShareStanding| {
        let before = format!("{:?} {:?}", world.share(&reset).await, world.acts().await);
        assert_eq!(world.share(&reset).await.state, is);
        // Without the proof nothing is tried and nothing counted, right code or wrong.
        for code in [None, Some(RIGHT), Some(WRONG)] {
            assert_eq!(open(&share.look_id, b"wrong proof", code).await, (OpenResult::Dead, None));
            assert_eq!(open(&share.look_id, b"", code).await, (OpenResult::Dead, None));
            assert_eq!(open(b"unknown", PROOF, code).await, (OpenResult::Dead, None));
        }
        assert_eq!(format!("{:?} {:?}", world.share(&reset).await, world.acts().await), before);
    };
    nothing_comes_of_it(ShareStanding::Open).await;
    let wrong = OpenResult::WrongUnlock { tries_left: 4 };
    assert_eq!(tap(store, &share, b"phone", Some(WRONG), START).await, wrong);
    tap(store, &share, b"phone", Some(RIGHT), START).await;
    nothing_comes_of_it(ShareStanding::Opened).await;
    store.give_up(&reset, world.ours.ann, START).await.unwrap();
    nothing_comes_of_it(ShareStanding::Revoked).await;
}

async fn a_host_of_its_own_opens_no_other_accounts_link(world: World) {
    let store = &world.store;
    let (reset, share) = open_link(&world, false).await;
    let open = async |only| {
        let (look_id, proof_hash, opener_hash) = (&*share.look_id, PROOF, &b"phone"[..]);
        let opening = Opening { look_id, proof_hash, opener_hash, unlock_hash: None, only };
        store.open_share(opening, START).await.unwrap()
    };
    for dead in [ShareStanding::Open, ShareStanding::Opened] {
        assert_eq!(world.share(&reset).await.state, dead);
        let told = world.acts().await;
        let elsewhere = open(Some(world.theirs.account)).await;
        assert_eq!((elsewhere.result, elsewhere.changed), (OpenResult::Dead, None));
        assert_eq!(world.acts().await, told, "nothing was written");
        assert_eq!(open(Some(reset.account)).await.result, opened_at(START));
    }
}

async fn the_unlock_code_has_five_tries(world: World) {
    let (reset, share) = open_link(&world, true).await;
    let wrong = |tries_left| OpenResult::WrongUnlock { tries_left };
    // Without a code nothing was tried.
    assert_eq!(tap(&world.store, &share, b"phone", None, START).await, wrong(5));
    for left in (1..5).rev() {
        assert_eq!(tap(&world.store, &share, b"phone", Some(WRONG), START).await, wrong(left));
    }
    assert_eq!(world.share(&reset).await.state, ShareStanding::Open);
    assert_eq!(tap(&world.store, &share, b"phone", Some(WRONG), START).await, wrong(0));
    let locked = world.share(&reset).await;
    assert_eq!(locked.state, ShareStanding::Locked);
    // The sealed password stays for a new link; this one is dead even with the right code.
    assert!(locked.password_sealed.is_some());
    assert_eq!(tap(&world.store, &share, b"phone", Some(RIGHT), START).await, OpenResult::Dead);
    assert!(world.store.look_at_share(&share.look_id, START).await.unwrap().is_none());
    assert_eq!(world.told("share-unlock-wrong").await.len(), 4);
    assert_eq!(world.told("share-locked").await.len(), 1);
}

async fn the_right_unlock_code_opens(world: World) {
    let (_, share) = open_link(&world, true).await;
    for left in (1..5).rev() {
        let wrong = tap(&world.store, &share, b"phone", Some(WRONG), START).await;
        assert_eq!(wrong, OpenResult::WrongUnlock { tries_left: left });
    }
    // The fifth try may still be the right one.
    assert_eq!(tap(&world.store, &share, b"phone", Some(RIGHT), START).await, opened_at(START));
    // The device that won needs no code to come again.
    assert_eq!(tap(&world.store, &share, b"phone", None, START).await, opened_at(START));
}

async fn a_link_ends_in_time(world: World) {
    let store = &world.store;
    // Nobody accepted its text: 24 hours after it was applied.
    let (reset, share) = open_link(&world, false).await;
    let end = after(24 * HOUR);
    assert!(store.look_at_share(&share.look_id, Millis(end.0 - 1)).await.unwrap().is_some());
    assert!(store.look_at_share(&share.look_id, end).await.unwrap().is_none());
    assert_eq!(tap(store, &share, b"phone", None, end).await, OpenResult::Dead);
    assert_eq!(world.share(&reset).await.state, ShareStanding::Open);
    // A late text shortens its life, never lengthens it.
    let sent = after(23 * HOUR + 30 * MINUTE);
    let rows = store.outbox_of(reset.account, reset.id).await.unwrap();
    let held = lease(sent);
    let row = store.claim_outbox(rows[0].id, held, sent).await.unwrap().unwrap();
    store.text_sent(&row, &reset, held, "SM1", sent).await.unwrap();
    assert_eq!(world.share(&reset).await.expires_at, Some(end));
    assert_eq!(tap(store, &share, b"phone", None, end).await, OpenResult::Dead);
    let last = Millis(end.0 - 1);
    assert_eq!(tap(store, &share, b"phone", None, last).await, opened_at(last));
}

/// So many devices at once, through two processes.
async fn crowd(world: &World, share: &Share, unlock: Option<&'static [u8]>) -> Vec<OpenResult> {
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..64_u8 {
        let (store, share) = (stores[usize::from(number % 2)].clone(), share.clone());
        race.spawn(async move { tap(&store, &share, &[number], unlock, START).await });
    }
    race.join_all().await
}

async fn sixty_four_devices_and_one_winner(world: World) {
    for unlock in [None, Some(RIGHT)] {
        let (reset, share) = open_link(&world, unlock.is_some()).await;
        let answers = crowd(&world, &share, unlock).await;
        let won = answers.iter().filter(|answer| **answer == opened_at(START)).count();
        let dead = answers.iter().filter(|answer| **answer == OpenResult::Dead).count();
        assert_eq!((won, dead), (1, 63));
        assert_eq!(world.share(&reset).await.late_attempts, 63);
    }
    assert_eq!(world.told("share-opened").await.len(), 2);
    assert!(world.store.verify_audit(world.ours.account).await.unwrap().is_ok());
}

async fn sixty_four_guesses_are_five_tries(world: World) {
    let (reset, share) = open_link(&world, true).await;
    let answers = crowd(&world, &share, Some(WRONG)).await;
    let mut left: Vec<u32> = answers
        .iter()
        .filter_map(|answer| match answer {
            OpenResult::WrongUnlock { tries_left } => Some(*tries_left),
            OpenResult::Dead => None,
            OpenResult::Opened { .. } => panic!("opened with a wrong code"),
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    assert_eq!(world.share(&reset).await.state, ShareStanding::Locked);
}

async fn coming_late_is_told_once(world: World) {
    let (reset, share) = open_link(&world, false).await;
    tap(&world.store, &share, b"phone", None, START).await;
    for number in 1..=3 {
        assert_eq!(tap(&world.store, &share, b"other", None, after(1)).await, OpenResult::Dead);
        assert_eq!(world.share(&reset).await.late_attempts, number);
    }
    assert_eq!(world.told("share-late-attempt").await.len(), 3);
    // One note in the ticket is enough.
    let rows = world.store.outbox_of(reset.account, reset.id).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.kind == OutboxKind::NoteLate).count(), 1);
}
