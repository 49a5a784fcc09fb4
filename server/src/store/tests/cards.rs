//! What is remembered of the numbers on a contact's card.

use super::fixture::{START, World, after};

on_both!(a_change_is_noticed, one_of_many_notices);

async fn a_change_is_noticed(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let see = async |hash: &'static [u8], at| {
        store.see_card(ours.account, ours.carl, hash, after(at)).await.unwrap()
    };
    // The first look tells nothing.
    assert_eq!(see(b"one", 0).await, None);
    assert_eq!(see(b"one", 1).await, None);
    assert_eq!(see(b"two", 2).await, Some(after(2)));
    assert_eq!(see(b"two", 3).await, Some(after(2)));
    // Back again is a change as well.
    assert_eq!(see(b"one", 4).await, Some(after(4)));
    let told = world.told("card-changed").await;
    assert_eq!((told.len(), &told[0]["contact"]), (2, &ours.carl.to_string().into()));
}

async fn one_of_many_notices(world: World) {
    let stores = world.two_processes().await;
    let (account, carl) = (world.ours.account, world.ours.carl);
    world.store.see_card(account, carl, b"one", START).await.unwrap();
    let mut race = tokio::task::JoinSet::new();
    for number in 0..16 {
        let store = stores[number % 2].clone();
        race.spawn(async move { store.see_card(account, carl, b"two", after(1)).await.unwrap() });
    }
    assert!(race.join_all().await.into_iter().all(|at| at == Some(after(1))));
    assert_eq!(world.told("card-changed").await.len(), 1);
}
