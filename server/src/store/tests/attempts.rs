//! Counters of sign-in tries.

use super::fixture::{HOUR, MINUTE, START, World, after};

on_both!(
    a_window_begins_with_its_first_try,
    a_right_one_is_taken_back,
    many_at_once_are_all_counted,
    no_two_wait_for_each_other,
);

async fn a_window_begins_with_its_first_try(world: World) {
    let store = &world.store;
    let count = async |name: &str, at| store.count_attempt(name, at, 15 * MINUTE).await.unwrap();
    assert_eq!(count("a", START).await, (1, START));
    assert_eq!(count("a", after(MINUTE)).await, (2, START));
    assert_eq!(count("b", after(MINUTE)).await, (1, after(MINUTE)));
    assert_eq!(count("a", after(15 * MINUTE - 1)).await, (3, START));
    let next = after(15 * MINUTE);
    assert_eq!(count("a", next).await, (1, next));
    // A clock that went back a little opens no new window.
    assert_eq!(count("a", after(MINUTE)).await, (2, next));
    // Long ago is over, however long the window.
    assert_eq!(count("b", after(9 * HOUR)).await, (1, after(9 * HOUR)));
}

async fn a_right_one_is_taken_back(world: World) {
    let store = &world.store;
    for name in ["a", "a", "b"] {
        store.count_attempt(name, START, HOUR).await.unwrap();
    }
    store.forgive_attempt(&["a", "b", "unknown"]).await.unwrap();
    assert_eq!(store.count_attempt("a", START, HOUR).await.unwrap().0, 2);
    // Never below none: nobody saves tries up.
    store.forgive_attempt(&["b"]).await.unwrap();
    assert_eq!(store.count_attempt("b", START, HOUR).await.unwrap().0, 1);
    store.forgive_attempt(&[]).await.unwrap();
}

async fn many_at_once_are_all_counted(world: World) {
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..64 {
        let store = stores[number % 2].clone();
        race.spawn(async move { store.count_attempt("a", START, HOUR).await.unwrap().0 });
    }
    let mut counts = race.join_all().await;
    counts.sort_unstable();
    // A hundred at once do not all pass the same check: each has a number of its own.
    assert_eq!(counts, (1..=64).collect::<Vec<_>>());
}

async fn no_two_wait_for_each_other(world: World) {
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = stores[number % 2].clone();
        race.spawn(async move {
            for round in 0..25 {
                let mut names = ["a", "b", "c", "d"];
                names.rotate_left((number + round) % 4);
                // Some of it is long over for others: nobody must stop to clear it away.
                let at = after(HOUR * i64::try_from(number).unwrap());
                store.count_attempt(names[0], at, MINUTE).await.unwrap();
                store.forgive_attempt(&names).await.unwrap();
            }
        });
    }
    race.join_all().await;
}
