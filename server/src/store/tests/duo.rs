//! A customer's Duo: connected, changed, switched, tested and deleted by admins.

use shared::{Code, CustomerId, IntegrationId};

use super::fixture::{START, World, after, moved_on, new_id, taken};
use crate::duo::SECRET;
use crate::store::{DuoChange, DuoRow, ImportRow, NewDuo, Tested};

on_both!(
    a_customers_duo_is_connected_once,
    a_duo_change_counts_for_what_was_read,
    a_duo_is_switched_and_tested,
    a_deleted_duo_leaves_nothing_but_its_audit,
    another_accounts_duo_is_not_touched,
);

fn new(customer: CustomerId) -> NewDuo {
    NewDuo {
        id: IntegrationId(new_id()),
        customer,
        name: "Contoso Duo".into(),
        settings: r#"{"a":1}"#.into(),
        sealed: b"s".to_vec(),
    }
}

/// One of our customer's.
async fn connected(world: &World) -> DuoRow {
    let (store, ours) = (&world.store, &world.ours);
    store.add_duo(ours.account, ours.ann, START, &new(ours.customer)).await.unwrap();
    read(world).await
}

async fn read(world: &World) -> DuoRow {
    let ours = &world.ours;
    world.store.duo_of(ours.account, ours.customer).await.unwrap().unwrap()
}

fn change<'a>(settings: &'a str, sealed: Option<&'a [u8]>, moved: bool) -> DuoChange<'a> {
    DuoChange { settings, sealed, moved, about: "host" }
}

async fn a_customers_duo_is_connected_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let alpine = CustomerId(new_id());
    let row = ImportRow::Customer { id: alpine, name: "Alpine".into() };
    store.import(ours.account, START, &[row]).await.unwrap();
    let add = async |it: &NewDuo| store.add_duo(ours.account, ours.ann, START, it).await;
    let without = async || {
        let all = store.customers_without_duo(ours.account).await.unwrap();
        all.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(without().await, [alpine, ours.customer]);
    assert!(store.duo_of(ours.account, alpine).await.unwrap().is_none());
    let it = new(alpine);
    add(&it).await.unwrap();
    assert_eq!(without().await, [ours.customer]);
    taken(add(&new(alpine)).await);
    moved_on(add(&new(CustomerId(new_id()))).await);
    add(&new(ours.customer)).await.unwrap();
    let all = store.duo_all(ours.account).await.unwrap();
    let names: Vec<&str> = all.iter().map(|row| row.customer.name.as_str()).collect();
    assert_eq!(names, ["Alpine", "Contoso"], "by the customer's name");
    let row = store.duo_of(ours.account, alpine).await.unwrap().unwrap();
    assert_eq!((row.integration.id, row.integration.is_on), (it.id, true));
    assert_eq!((row.integration.settings.as_str(), row.customer.id), (r#"{"a":1}"#, alpine));
    let sealed = store.secret(ours.account, SECRET, it.id.0).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"s".as_slice()));
    let told = world.told("integration-added").await;
    assert_eq!(told[0]["integration"], it.id.to_string());
    assert_eq!(told[0]["technician"], ours.ann.to_string());
    assert_eq!(told[0]["customer"], alpine.to_string());
    // The customer's Microsoft 365 is another integration.
    assert!(store.m365_of(ours.account, alpine).await.unwrap().is_none());
}

async fn a_duo_change_counts_for_what_was_read(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let save =
        async |seen: &DuoRow, to| store.change_duo(ours.account, ours.ann, START, seen, &to).await;
    save(&seen, change("{}", Some(b"new"), false)).await.unwrap();
    // Within the same millisecond too: forms are compared by it.
    let now = read(&world).await;
    assert_eq!(now.integration.changed_at, seen.integration.changed_at.plus(1));
    moved_on(save(&seen, change("[]", Some(b"late"), false)).await);
    assert_eq!(read(&world).await.integration.settings, "{}");
    let id = seen.integration.id.0;
    let sealed = async || store.secret(ours.account, SECRET, id).await.unwrap();
    assert_eq!(sealed().await.as_deref(), Some(b"new".as_slice()));
    save(&now, change("{}", None, false)).await.unwrap();
    save(&read(&world).await, change("{}", Some(b"other"), true)).await.unwrap();
    assert_eq!(sealed().await.as_deref(), Some(b"other".as_slice()));
    let acts = ["credential-replaced", "integration-changed", "integration-moved"];
    assert_eq!(world.acts().await[1..], acts);
    assert_eq!(world.told("integration-moved").await[0]["about"], "host");
}

async fn a_duo_is_switched_and_tested(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let id = seen.integration.id;
    let switch = async |on| store.switch_duo(ours.account, ours.ann, START, id, on).await;
    moved_on(switch(true).await);
    switch(false).await.unwrap();
    assert!(!read(&world).await.integration.is_on);
    moved_on(switch(false).await);
    switch(true).await.unwrap();
    let tested = Tested { code: Some(Code::DuoClock), about: "does not work" };
    let test = async || store.note_duo_test(ours.account, ours.ann, START, &seen, tested).await;
    test().await.unwrap();
    let told = world.told("integration-tested").await;
    assert_eq!(
        (&told[0]["code"], &told[0]["about"]),
        (&"duo-clock".into(), &"does not work".into())
    );
    let to = change("{}", None, false);
    store.change_duo(ours.account, ours.ann, START, &seen, &to).await.unwrap();
    moved_on(test().await);
}

async fn a_deleted_duo_leaves_nothing_but_its_audit(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = connected(&world).await.integration.id;
    let end = async || store.end_duo(ours.account, ours.ann, after(1), id).await;
    end().await.unwrap();
    assert!(store.duo_of(ours.account, ours.customer).await.unwrap().is_none());
    assert!(store.duo_all(ours.account).await.unwrap().is_empty());
    assert!(store.secret(ours.account, SECRET, id.0).await.unwrap().is_none());
    moved_on(end().await);
    moved_on(store.switch_duo(ours.account, ours.ann, START, id, true).await);
    let told = world.told("integration-deleted").await;
    assert_eq!(told[0]["integration"], id.to_string());
    assert_ne!(connected(&world).await.integration.id, id, "and the customer may have a new one");
}

async fn another_accounts_duo_is_not_touched(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let seen = connected(&world).await;
    let (them, ann, id) = (theirs.account, theirs.ann, seen.integration.id);
    assert!(store.duo_of(them, ours.customer).await.unwrap().is_none());
    assert!(store.duo_all(them).await.unwrap().is_empty());
    moved_on(store.add_duo(them, ann, START, &new(ours.customer)).await);
    moved_on(store.change_duo(them, ann, START, &seen, &change("x", None, true)).await);
    moved_on(store.switch_duo(them, ann, START, id, false).await);
    let tested = Tested { code: None, about: "works" };
    moved_on(store.note_duo_test(them, ann, START, &seen, tested).await);
    moved_on(store.end_duo(them, ann, START, id).await);
    assert!(read(&world).await.integration.is_on);
    assert_eq!(store.audit(them).await.unwrap().len(), 1);
}
