//! Opening a database: by the right key only, by several at once, again and again.

use std::sync::Arc;

use super::fixture::{Msp, Place, START, World, keys};
use crate::seal::Keys;
use crate::store::{Store, StoreError};

on_both!(
    what_is_closed_can_be_opened_again,
    another_key_is_refused,
    what_several_share_has_a_clock,
);

async fn what_several_share_has_a_clock(world: World) {
    let theirs = world.store.shared_clock().await.unwrap();
    assert_eq!(theirs.is_some(), matches!(world.place, Place::Url(_)));
    // It runs, in milliseconds since 1970.
    assert!(theirs.is_none_or(|now| now > START.plus(-365 * 24 * 3_600_000)));
}

async fn what_is_closed_can_be_opened_again(mut world: World) {
    let reset = world.applied("p").await;
    let before = format!("{:?} {:?}", world.share(&reset).await, world.acts().await);
    world.store.close().await;
    assert!(world.store.is_empty().await.is_err());
    world.store = world.place.open(keys()).await.unwrap();
    assert_eq!(format!("{:?} {:?}", world.share(&reset).await, world.acts().await), before);
    assert!(world.store.verify_audit(world.ours.account).await.unwrap().is_ok());
}

async fn another_key_is_refused(world: World) {
    let before = world.store.audit(world.ours.account).await.unwrap();
    let other = || Arc::new(Keys::new(&[8; 32]));
    for _ in 0..2 {
        match world.place.open(other()).await {
            Err(StoreError::Unusable(words)) => assert!(words.contains("master key"), "{words}"),
            other => panic!("{:?}", other.map(|_| "opened")),
        }
    }
    // Nothing was changed by it, and the right one still opens.
    let again = world.place.open(keys()).await.unwrap();
    assert_eq!(again.audit(world.ours.account).await.unwrap(), before);
}

/// Eight processes start at once on one empty PostgreSQL database, each with its master key; each
/// tells its key and what came of it.
async fn start_eight(key: fn(u8) -> u8) -> Vec<(u8, Result<Store, StoreError>)> {
    let place = Arc::new(Place::postgres());
    let mut race = tokio::task::JoinSet::new();
    for key in (0..8).map(key) {
        let place = place.clone();
        race.spawn(async move { (key, place.open(Arc::new(Keys::new(&[key; 32]))).await) });
    }
    race.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_start_at_once() {
    let stores = start_eight(|_| 7).await;
    let stores: Vec<Store> = stores.into_iter().map(|(_, store)| store.unwrap()).collect();
    let new = Msp::new("new");
    stores[0].import(new.account, START, &new.rows()).await.unwrap();
    for store in &stores {
        assert_eq!(store.account_name(new.account).await.unwrap(), "new");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_wins_when_two_come_at_once() {
    let mut won = Vec::new();
    for (key, store) in start_eight(|number| number % 2).await {
        match store {
            Ok(_) => won.push(key),
            Err(StoreError::Unusable(words)) => assert!(words.contains("master key"), "{words}"),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(won == [0; 4] || won == [1; 4], "{won:?}");
}

#[tokio::test]
async fn what_can_not_be_reached_is_named_without_its_password() {
    let Place::Url(url) = Place::postgres() else { unreachable!() };
    let (server, _) = url.rsplit_once('/').unwrap();
    let nowhere = format!("{server}/nowhere").replace("msp@", "msp:hush-hush@");
    for (url, named) in [(nowhere.as_str(), "nowhere"), ("hush hush", "store.url")] {
        let words = match Store::postgres(url, 1, keys()).await {
            Err(error) => error.to_string(),
            Ok(_) => panic!("opened"),
        };
        assert!(words.contains(named) && !words.contains("hush"), "{words}");
    }
    let nowhere = tempfile::tempdir().unwrap().path().join("nothing/here");
    assert!(matches!(Store::sqlite(&nowhere, keys()).await, Err(StoreError::Unusable(_))));
}
