//! What there was, as programs read it.

use uuid::Uuid;

use super::fixture::{START, World, after};
use crate::audit::{Act, Entry};
use crate::store::Cursor;

on_both!(the_audit_is_read_from_an_entry_on, what_there_was_is_read_in_the_order_of_time);

async fn the_audit_is_read_from_an_entry_on(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    for at in 1..=3 {
        store.note_alone(ours.account, after(at), &Entry::new(Act::SignedOut)).await.unwrap();
    }
    let read = async |account, seq, most| {
        let entries = store.audit_after(account, seq, most).await.unwrap();
        entries.into_iter().map(|it| (it.seq, it.at)).collect::<Vec<_>>()
    };
    assert_eq!(read(ours.account, 0, 2).await, [(1, START), (2, after(1))]);
    assert_eq!(read(ours.account, 2, 9).await, [(3, after(2)), (4, after(3))]);
    assert!(read(ours.account, 4, 9).await.is_empty());
    // A number that somebody has made up leads nobody past what is to come.
    let made_up = "insert into audit (account, seq, at, body, mac)
        select account, 9000000, at, body, mac from audit where account = $1 and seq = 1";
    store.seed(made_up, &[ours.account.0]).await;
    assert!(read(ours.account, 4, 9).await.is_empty());
    assert_eq!(read(world.theirs.account, 0, 9).await.len(), 1);
}

async fn what_there_was_is_read_in_the_order_of_time(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let (ada, bea) = (world.applied("ada").await, world.staged("bea").await);
    let beginning = Cursor { at: START.plus(-1), id: Uuid::max() };
    let resets = store.resets_after(ours.account, beginning, 9).await.unwrap();
    let mut ids = [ada.id, bea.id];
    ids.sort_unstable();
    assert_eq!(resets.iter().map(|it| it.id).collect::<Vec<_>>(), ids);
    let first = &resets[0];
    assert_eq!((first.contact, first.asked_at), (ours.carl, START));
    let rest = Cursor { at: first.asked_at, id: first.id.0 };
    let rest = store.resets_after(ours.account, rest, 9).await.unwrap();
    assert_eq!((rest.len(), rest[0].id), (1, ids[1]));
    let later = Cursor { at: START, id: Uuid::max() };
    assert!(store.resets_after(ours.account, later, 9).await.unwrap().is_empty());
    assert!(store.resets_after(world.theirs.account, beginning, 9).await.unwrap().is_empty());

    let read =
        async |account, most| store.verifications_after(account, beginning, most).await.unwrap();
    let verifications = read(ours.account, 9).await;
    assert_eq!((verifications.len(), read(ours.account, 1).await.len()), (2, 1));
    let used: Vec<_> = verifications.iter().filter_map(|it| it.used_by).collect();
    assert!(used.contains(&ada.id) && used.contains(&bea.id));
    assert!(read(world.theirs.account, 9).await.is_empty());
}
