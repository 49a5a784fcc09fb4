//! Who may drive a reset, and which one is found.

use shared::{ContactId, Millis, ResetId};

use super::fixture::{HOUR, MINUTE, SECOND, START, World, after, lease, moved_on, new_id};
use crate::store::Lease;

on_both!(
    a_lease_keeps_others_away_until_it_ends,
    only_its_holder_touches_a_reset,
    a_stop_lets_go_of_all_but_a_patch_under_way,
    nothing_but_a_live_reset_is_claimed,
    one_of_many_claims_it,
    what_is_due_is_found_oldest_first,
    the_reset_that_matters_most_is_shown,
);

async fn a_lease_keeps_others_away_until_it_ends(world: World) {
    let store = &world.store;
    let reset = world.staged("p").await;
    let (first, second) = (lease(START), lease(after(30 * SECOND)));
    assert!(store.claim_reset(reset.id, first, START).await.unwrap());
    assert!(!store.claim_reset(reset.id, second, START).await.unwrap());
    assert!(!store.claim_reset(reset.id, second, after(30 * SECOND - 1)).await.unwrap());
    // Held for longer, it is longer not to be had.
    let longer = Lease { until: after(MINUTE), ..first };
    store.renew_lease(&reset, longer).await.unwrap();
    assert!(!store.claim_reset(reset.id, second, after(30 * SECOND)).await.unwrap());
    assert!(store.claim_reset(reset.id, second, after(MINUTE)).await.unwrap());
    // The first one comes too late, for everything.
    moved_on(store.renew_lease(&reset, first).await);
    moved_on(store.postpone(&reset, first, START).await);
    moved_on(store.release_reset(reset.id, first, START).await);
    moved_on(store.announce(&reset, first, START).await);
    // Let go, it is there at once for whoever comes.
    store.release_reset(reset.id, second, after(2 * MINUTE)).await.unwrap();
    assert_eq!(world.read(&reset).await.retry_at, after(2 * MINUTE));
    assert!(store.claim_reset(reset.id, first, START).await.unwrap());
}

async fn a_stop_lets_go_of_all_but_a_patch_under_way(world: World) {
    let store = &world.store;
    let (idle, (asking, under_way)) = (world.staged("p").await, world.applying("q").await);
    let held = lease(START);
    assert!(store.claim_reset(idle.id, held, START).await.unwrap());
    let sent = world.applied("r").await;
    let text = store.due_outbox(START).await.unwrap()[0];
    let sending = lease(START);
    assert!(store.claim_outbox(text, sending, START).await.unwrap().is_some());
    for held in [held, under_way, sending, lease(START)] {
        store.let_go(held).await.unwrap();
    }
    let other = lease(START);
    assert!(store.claim_reset(idle.id, other, START).await.unwrap(), "there at once");
    assert!(store.claim_outbox(text, other, START).await.unwrap().is_some(), "there at once");
    assert!(!store.claim_reset(asking.id, other, START).await.unwrap(), "no two PATCHes at a time");
    store.record_applied(&asking, under_way, None, START).await.unwrap();
    moved_on(store.release_reset(sent.id, sending, START).await);
}

async fn only_its_holder_touches_a_reset(world: World) {
    let store = &world.store;
    let reset = world.staged("p").await;
    let nobody = lease(START);
    moved_on(store.renew_lease(&reset, nobody).await);
    moved_on(store.postpone(&reset, nobody, START).await);
    moved_on(store.release_reset(reset.id, nobody, START).await);
    let held = lease(START);
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    store.postpone(&reset, held, after(MINUTE)).await.unwrap();
    assert_eq!(world.read(&reset).await.retry_at, after(MINUTE));
    // The right lease under another account is none.
    let mut foreign = reset.clone();
    foreign.account = world.theirs.account;
    moved_on(store.renew_lease(&foreign, held).await);
    moved_on(store.postpone(&foreign, held, START).await);
    assert_eq!(world.read(&reset).await.retry_at, after(MINUTE));
}

async fn nothing_but_a_live_reset_is_claimed(world: World) {
    let store = &world.store;
    let (stuck, applied) = (world.stuck("p").await, world.applied("q").await);
    for id in [stuck.id, applied.id, ResetId(new_id())] {
        assert!(!store.claim_reset(id, lease(START), after(HOUR)).await.unwrap());
    }
    assert!(store.due_resets(after(HOUR)).await.unwrap().is_empty());
    assert_eq!(store.reset_to_drive(stuck.id).await.unwrap().id, stuck.id);
    moved_on(store.reset_to_drive(ResetId(new_id())).await);
}

async fn one_of_many_claims_it(world: World) {
    let stores = world.two_processes().await;
    for round in 0..8 {
        let reset = world.staged(&format!("p{round}")).await;
        let mut race = tokio::task::JoinSet::new();
        for number in 0..16 {
            let (store, held) = (stores[number % 2].clone(), lease(START));
            race.spawn(async move {
                store.claim_reset(reset.id, held, START).await.unwrap().then_some(held)
            });
        }
        let winners: Vec<Lease> = race.join_all().await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}");
        // It is the winner's lease that stands in the row.
        stores[1].renew_lease(&world.read(&reset).await, winners[0]).await.unwrap();
    }
}

async fn what_is_due_is_found_oldest_first(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let mut ids = Vec::new();
    for (person, asked_at) in [("p", after(2)), ("q", after(1)), ("r", after(3)), ("s", START)] {
        let (mut reset, share) = ours.asked(world.verified().await, person);
        reset.asked_at = asked_at;
        store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
        ids.push(reset.id);
    }
    assert_eq!(store.due_resets(START).await.unwrap(), [ids[3], ids[1], ids[0], ids[2]]);
    // Held, or not to be tried yet: not due. Both end.
    let held = lease(START);
    assert!(store.claim_reset(ids[3], held, START).await.unwrap());
    let waiting = lease(START);
    assert!(store.claim_reset(ids[1], waiting, START).await.unwrap());
    store.release_reset(ids[1], waiting, after(MINUTE)).await.unwrap();
    assert_eq!(store.due_resets(START).await.unwrap(), [ids[0], ids[2]]);
    assert_eq!(store.due_resets(after(30 * SECOND)).await.unwrap(), [ids[3], ids[0], ids[2]]);
    assert_eq!(store.due_resets(after(MINUTE)).await.unwrap().len(), 4);
    // Oldest first also across accounts: nobody's work waits behind an account.
    let verification = world.theirs.verified(store, START).await;
    let (mut reset, share) = world.theirs.asked(verification, "p");
    reset.asked_at = Millis(START.0 - 1);
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    assert_eq!(store.due_resets(START).await.unwrap(), [reset.id, ids[0], ids[2]]);
}

async fn the_reset_that_matters_most_is_shown(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let newest = async |since: Millis| {
        let found = store.newest_reset(ours.account, ours.carl, since).await.unwrap();
        found.map(|reset| reset.id)
    };
    assert_eq!(newest(Millis(0)).await, None);
    let applied = world.applied("p").await;
    // A refused second try must not hide the open link.
    let (mut second, share) = ours.asked(world.verified().await, "q");
    second.asked_at = after(MINUTE);
    store.stage_reset(&second, &share, &[]).await.unwrap().unwrap();
    assert_eq!(newest(Millis(0)).await, Some(second.id));
    let held = lease(after(MINUTE));
    assert!(store.claim_reset(second.id, held, after(MINUTE)).await.unwrap());
    let code = shared::Code::NotVerified;
    store.record_refused(&second, held, code, None, after(MINUTE)).await.unwrap();
    assert_eq!(newest(Millis(0)).await, Some(applied.id));
    // Whatever its age.
    assert_eq!(newest(after(HOUR)).await, Some(applied.id));
    // With the link gone, the newest counts, as long as it is new.
    store.give_up(&applied, ours.ann, after(2 * MINUTE)).await.unwrap();
    assert_eq!(newest(Millis(0)).await, Some(second.id));
    assert_eq!(newest(after(MINUTE)).await, None);
    // A doubt stays in sight until it is ended; so does what is under way.
    let stuck = world.stuck("r").await;
    assert_eq!(newest(after(HOUR)).await, Some(stuck.id));
    store.give_up(&stuck, ours.ann, after(HOUR)).await.unwrap();
    assert_eq!(newest(after(HOUR)).await, None);
    let live = world.staged("s").await;
    assert_eq!(newest(after(HOUR)).await, Some(live.id));

    let (theirs, stranger) = (world.theirs.account, ContactId(new_id()));
    assert!(store.newest_reset(theirs, ours.carl, Millis(0)).await.unwrap().is_none());
    assert!(store.newest_reset(ours.account, stranger, Millis(0)).await.unwrap().is_none());
}
