//! Policies and limits.

use shared::CustomerId;
use uuid::Uuid;

use super::fixture::{HOUR, MINUTE, START, World, after, limit, new_id};
use crate::policy::Policy;
use crate::store::StoreError;

on_both!(
    the_nearest_policy_is_in_force,
    a_window_begins_with_its_first,
    looking_at_a_limit_does_not_count,
    a_limit_holds_when_many_come_at_once,
);

async fn the_nearest_policy_is_in_force(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let other = CustomerId(new_id());
    let policy = async |customer| store.policy(ours.account, customer).await.unwrap();
    assert_eq!(policy(ours.customer).await, Policy::default());
    let put = async |body: &'static str, customer: Uuid| {
        store.seed(body, &[ours.account.0, customer]).await;
    };
    put("insert into policies values ($1, $2, '{\"code_tries\": 3}', 0)", Uuid::nil()).await;
    assert_eq!(policy(ours.customer).await.code_tries, 3);
    let own = "insert into policies values ($1, $2, '{\"fresh_ms\": 1}', 0)";
    put(own, ours.customer.0).await;
    // A customer's own stands alone: what it does not say is the default.
    let expected = Policy { fresh_ms: 1, ..Policy::default() };
    assert_eq!(policy(ours.customer).await, expected);
    assert_eq!(policy(other).await.code_tries, 3);
    let theirs = store.policy(world.theirs.account, ours.customer).await.unwrap();
    assert_eq!(theirs, Policy::default());
    // Better no answer than a looser one.
    put("insert into policies values ($1, $2, '{\"typo\": 1}', 0)", other.0).await;
    let broken = store.policy(ours.account, other).await;
    assert!(matches!(broken, Err(StoreError::Inconsistent(_))), "{broken:?}");
}

async fn a_window_begins_with_its_first(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let limits = [limit("codes", 2, HOUR)];
    let send = async |now| {
        let v = ours.verification(now);
        store.begin_verification(&v, &limits).await.unwrap()
    };
    send(START).await.unwrap();
    send(after(30 * MINUTE)).await.unwrap();
    let hit = send(after(HOUR - 1)).await.unwrap_err();
    assert_eq!(hit.retry_after, 1, "never less than a second");
    // The window is over as a whole, and a new one begins.
    send(after(HOUR)).await.unwrap();
    send(after(HOUR + 1)).await.unwrap();
    assert_eq!(send(after(HOUR + 2)).await.unwrap_err().retry_after, 60 * 60 - 1);
    // Theirs is another.
    let v = world.theirs.verification(START);
    let sent = store.begin_verification(&v, &limits).await;
    sent.unwrap().unwrap();
}

async fn looking_at_a_limit_does_not_count(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let limits = [limit("a", 9, HOUR), limit("b", 1, HOUR), limit("c", 0, HOUR)];
    let hit = async |now| store.would_hit(ours.account, now, &limits).await.unwrap();
    for _ in 0..3 {
        assert_eq!(hit(START).await, None);
    }
    let v = ours.verification(START);
    store.begin_verification(&v, &limits[..2]).await.unwrap().unwrap();
    for _ in 0..3 {
        assert_eq!(hit(START).await.as_deref(), Some("b"));
    }
    let counts = async |account, now| store.limit_counts(account, now, &limits).await.unwrap();
    let one = (1, Some(after(HOUR)));
    assert_eq!(counts(ours.account, after(HOUR - 1)).await, [one, one, (0, None)]);
    assert_eq!(counts(ours.account, after(HOUR)).await, [(0, None); 3]);
    assert_eq!(counts(world.theirs.account, START).await, [(0, None); 3]);
    assert_eq!(hit(after(HOUR)).await, None);
    assert_eq!(store.would_hit(world.theirs.account, START, &limits).await.unwrap(), None);
    assert_eq!(store.would_hit(ours.account, START, &[]).await.unwrap(), None);
}

async fn a_limit_holds_when_many_come_at_once(world: World) {
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..32 {
        let (store, account) = (stores[number % 2].clone(), world.ours.account);
        let v = world.ours.verification(START);
        let limits = [limit("wide", 100, HOUR), limit("seven", 7, HOUR)];
        race.spawn(async move { store.begin_verification(&v, &limits).await.unwrap().is_ok() });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|sent| *sent).count(), 7);
    // The 25 that were refused did not count against the wide one.
    let (account, most) = (world.ours.account, [limit("wide", 8, HOUR)]);
    assert_eq!(world.store.would_hit(account, START, &most).await.unwrap(), None);
    let most = [limit("wide", 7, HOUR)];
    assert!(world.store.would_hit(account, START, &most).await.unwrap().is_some());
}
