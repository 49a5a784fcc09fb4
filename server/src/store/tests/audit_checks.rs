//! The check of an account's chain: one at a time, and nobody writes into another's.

use super::fixture::{MINUTE, START, World, after, moved_on, new_id};

on_both!(one_is_under_way_at_a_time, many_at_once_begin_one);

async fn one_is_under_way_at_a_time(world: World) {
    let (store, ours, theirs) = (&world.store, world.ours.account, world.theirs.account);
    assert!(store.audit_check(ours).await.unwrap().is_none());
    let [one, two] = [new_id(), new_id()];
    let begin = async |now, run, alive| store.begin_audit_check(ours, now, run, 9, alive).await;
    begin(START, one, START).await.unwrap();
    moved_on(begin(after(1), two, START).await);
    store.begin_audit_check(theirs, START, two, 1, START).await.unwrap();
    let note = async |run, walked, sealed| {
        store.note_audit_check(ours, after(2), run, walked, sealed).await
    };
    note(one, 4, None).await.unwrap();
    moved_on(note(two, 5, None).await);
    let row = store.audit_check(ours).await.unwrap().unwrap();
    assert_eq!((row.run, row.seen_at), (one, after(2)));
    assert_eq!((row.entries, row.walked, row.sealed), (9, 4, None));
    // Nobody has heard of it for a while: another one takes its place, and it has no say any more.
    moved_on(begin(after(MINUTE), two, after(2)).await);
    begin(after(MINUTE), two, after(3)).await.unwrap();
    moved_on(note(one, 9, Some(b"late".as_slice())).await);
    note(two, 9, Some(b"done".as_slice())).await.unwrap();
    moved_on(note(two, 9, Some(b"twice".as_slice())).await);
    let row = store.audit_check(ours).await.unwrap().unwrap();
    assert_eq!((row.run, row.walked, row.sealed.as_deref()), (two, 9, Some(b"done".as_slice())));
    // One that has ended makes room at once.
    begin(after(MINUTE), one, START).await.unwrap();
    let row = store.audit_check(ours).await.unwrap().unwrap();
    assert_eq!((row.run, row.walked, row.sealed), (one, 0, None));
}

async fn many_at_once_begin_one(world: World) {
    let stores = world.two_processes().await;
    let account = world.ours.account;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..16 {
        let store = stores[number % 2].clone();
        race.spawn(async move {
            store.begin_audit_check(account, START, new_id(), 1, START).await.is_ok()
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|won| *won).count(), 1);
}
