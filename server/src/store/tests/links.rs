//! A new link in place of one that was not opened: one of them is alive, never two, never none.

use shared::{Code, ShareId};

use super::fixture::{self, HOUR, MINUTE, START, World, after, lease, limit, moved_on, new_id};
use crate::store::{
    Ending, Limit, NotReplaced, OpenResult, OutboxKind, OutboxState, Reset, Share, ShareStanding,
    Store, StoreError,
};

on_both!(
    a_new_link_takes_the_place_of_the_old,
    a_link_that_is_over_is_not_replaced,
    texts_are_counted,
    of_an_opening_and_new_links_at_once_one_wins,
    what_has_come_in_the_way_is_seen,
);

/// The link that is to come: the same password, another token, another phone.
fn next(old: &Share, reset: &Reset) -> (Reset, Share) {
    let id = ShareId(new_id());
    let share = Share {
        id,
        look_id: id.0.as_bytes().to_vec(),
        token_sealed: Some(b"another token".to_vec()),
        unlock_hash: Some(b"hash of a code".to_vec()),
        state: ShareStanding::Open,
        ..old.clone()
    };
    let reset = Reset {
        phone_masked: "•••• 77".into(),
        phone_sealed: b"another phone".to_vec(),
        phone_hash: b"hash of another phone".to_vec(),
        unlock_sealed: Some(b"sealed code".to_vec()),
        one_factor: true,
        ..reset.clone()
    };
    (reset, share)
}

fn texts() -> Limit {
    limit("texts", 4, HOUR)
}

async fn replace(store: &Store, reset: &Reset, old: &Share) -> Result<Share, StoreError> {
    let (reset, share) = next(old, reset);
    let (by, now) = (reset.technician, after(MINUTE));
    let made = store.replace_link(&reset, old.id, &share, by, &texts(), now).await?;
    made.map_err(|_| StoreError::MovedOn)?;
    Ok(share)
}

async fn tap(store: &Store, share: &Share, unlock: Option<&[u8]>) -> OpenResult {
    let now = after(MINUTE);
    fixture::tap(store, &share.look_id, b"device", unlock, now).await
}

async fn a_new_link_takes_the_place_of_the_old(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let old = world.share(&reset).await;
    assert_eq!(store.phone_of(&old).await.unwrap().unwrap(), b"sealed phone");
    let new = replace(store, &reset, &old).await.unwrap();

    assert_eq!(world.share(&reset).await.id, new.id, "the newest counts");
    assert_eq!(store.phone_of(&new).await.unwrap().unwrap(), b"another phone");
    assert!(store.phone_of(&old).await.unwrap().is_none());
    assert_eq!(tap(store, &old, None).await, OpenResult::Dead);
    let now = world.read(&reset).await;
    assert_eq!((now.phone_masked.as_str(), now.one_factor), ("•••• 77", true));
    assert_eq!(now.unlock_sealed.as_deref(), Some(&b"sealed code"[..]));
    // The old link's text does not go out any more; the new one's does, and a note tells of it.
    let rows = store.outbox_of(reset.account, reset.id).await.unwrap();
    let state = |kind| rows.iter().filter(|row| row.kind == kind).map(|row| row.state).collect();
    let texts: Vec<OutboxState> = state(OutboxKind::Text);
    assert_eq!(texts, [OutboxState::Failed, OutboxState::Waiting]);
    let notes: Vec<OutboxState> = state(OutboxKind::NoteLink);
    assert_eq!(notes, [OutboxState::Waiting]);
    let note = rows.iter().find(|row| row.kind == OutboxKind::NoteLink).unwrap();
    assert_eq!(note.about.as_deref(), Some("•••• 77"), "whatever comes after");
    assert_eq!(world.told("link-replaced").await[0]["about"], "•••• 77 one factor");
    let opened = tap(store, &new, Some(b"hash of a code")).await;
    assert!(matches!(opened, OpenResult::Opened { .. }), "{opened:?}");
}

async fn a_link_that_is_over_is_not_replaced(world: World) {
    let store = &world.store;
    let opened = world.applied("p").await;
    let share = world.share(&opened).await;
    assert!(matches!(tap(store, &share, None).await, OpenResult::Opened { .. }));
    moved_on(replace(store, &opened, &share).await);

    let given_up = world.applied("q").await;
    let share = world.share(&given_up).await;
    store.give_up(&given_up, world.ours.ann, START).await.unwrap();
    moved_on(replace(store, &given_up, &share).await);

    let expired = world.applied("r").await;
    let share = world.share(&expired).await;
    let (reset, new) = next(&share, &expired);
    let (by, late) = (world.ours.ann, after(24 * HOUR));
    moved_on(store.replace_link(&reset, share.id, &new, by, &texts(), late).await);

    // In doubt: nobody knows whether it is the password.
    let stuck = world.stuck("s").await;
    let share = world.share(&stuck).await;
    moved_on(replace(store, &stuck, &share).await);
    // Another one's, and one that was replaced already.
    let reset = world.applied("t").await;
    let share = world.share(&reset).await;
    let strange = Reset { account: world.theirs.account, ..reset.clone() };
    moved_on(replace(store, &strange, &share).await);
    replace(store, &reset, &share).await.unwrap();
    moved_on(replace(store, &reset, &share).await);
}

async fn texts_are_counted(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    for _ in 0..4 {
        let old = world.share(&reset).await;
        replace(store, &reset, &old).await.unwrap();
    }
    let old = world.share(&reset).await;
    let (changed, share) = next(&old, &reset);
    let (by, now) = (world.ours.ann, after(MINUTE));
    let hit = store.replace_link(&changed, old.id, &share, by, &texts(), now).await.unwrap();
    assert!(hit.is_err());
    // Nothing came of it: the link is as it was.
    assert_eq!(world.share(&reset).await.id, old.id);
    assert!(store.phone_of(&old).await.unwrap().is_some());
}

async fn of_an_opening_and_new_links_at_once_one_wins(world: World) {
    let stores = world.two_processes().await;
    for round in 0..12 {
        let reset = world.applied(&format!("p{round}")).await;
        let old = world.share(&reset).await;
        let mut race = tokio::task::JoinSet::new();
        for number in 0..6 {
            let (store, reset, old) = (stores[number % 2].clone(), reset.clone(), old.clone());
            race.spawn(async move {
                if number == round % 6 {
                    matches!(tap(&store, &old, None).await, OpenResult::Opened { .. })
                } else {
                    // A limit of its own, or the sixth round would hit it.
                    let (reset, share) = next(&old, &reset);
                    let texts = limit(&format!("texts {round}"), 9, HOUR);
                    let (by, now) = (reset.technician, after(MINUTE));
                    let made = store.replace_link(&reset, old.id, &share, by, &texts, now).await;
                    match made {
                        Ok(made) => made.is_ok(),
                        Err(StoreError::MovedOn) => false,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        let won = race.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1, "round {round}");
        let share = world.share(&reset).await;
        let expected = [ShareStanding::Open, ShareStanding::Opened];
        assert!(expected.contains(&share.state) && share.password_sealed.is_some());
    }
}

/// The person gets another password just now, or has said that it was not them.
async fn what_has_come_in_the_way_is_seen(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let old = world.share(&reset).await;
    let (changed, share) = next(&old, &reset);
    let (by, now) = (world.ours.ann, after(MINUTE));
    let not = async || {
        let made = store.replace_link(&changed, old.id, &share, by, &texts(), now).await;
        match made.unwrap().unwrap_err() {
            NotReplaced::Because(code) => code,
            NotReplaced::Limit(hit) => panic!("{hit:?}"),
        }
    };
    let live = world.staged("p").await;
    assert_eq!(not().await, Code::ResetUnderWay);
    let held = lease(START);
    assert!(store.claim_reset(live.id, held, START).await.unwrap());
    store.record_refused(&live, held, Code::TooLate, None, START).await.unwrap();
    let verified = store.verification(reset.account, reset.verification).await.unwrap().unwrap();
    store.end_verification(&verified, Ending::Denied, after(1)).await.unwrap().unwrap();
    assert_eq!(not().await, Code::CallerDenied);
    assert_eq!(world.share(&reset).await.id, old.id, "the link is as it was");
}
