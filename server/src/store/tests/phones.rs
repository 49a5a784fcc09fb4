//! The phone of a linked person, remembered between two looks; and that the person is gone.

use shared::{Code, ContactId, Millis};

use super::fixture::{HOUR, MINUTE, START, World, after, moved_on, new_id};
use super::m365::altered;
use crate::store::{DirectoryLink, M365Act, SeenPhone, Store};

on_both!(
    a_change_is_noticed_and_the_first_sight_is_none,
    another_person_begins_anew,
    what_is_known_of_a_person_outlives_links_and_integrations,
    another_account_knows_nothing_of_it,
    of_many_looks_at_once_one_notices,
    a_lost_person_is_written_down_once,
    another_accounts_link_is_not_touched,
);

fn phone(number: &str) -> SeenPhone {
    let masked = (!number.is_empty()).then(|| format!("•• {number}"));
    SeenPhone { hash: format!("hash of {number}").into_bytes(), masked }
}

fn link(world: &World, person: &str) -> DirectoryLink {
    DirectoryLink {
        contact: world.ours.carl,
        integration: world.ours.m365,
        directory_user: person.into(),
        address_hash: b"address".to_vec(),
        lost_at: None,
    }
}

async fn linked(world: &World, person: &str) -> DirectoryLink {
    let link = link(world, person);
    world.store.link_directory(world.ours.account, START, &link, START).await.unwrap();
    link
}

async fn see(world: &World, link: &DirectoryLink, at: Millis, number: &str) -> Option<Millis> {
    world.store.see_phone(world.ours.account, at, link, &phone(number)).await.unwrap()
}

async fn a_change_is_noticed_and_the_first_sight_is_none(world: World) {
    let link = linked(&world, "p").await;
    assert_eq!(see(&world, &link, after(1), "1").await, None);
    assert_eq!(see(&world, &link, after(2), "1").await, None);
    assert_eq!(see(&world, &link, after(MINUTE), "2").await, Some(after(MINUTE)));
    // It stays the time of the change, not of the last look.
    assert_eq!(see(&world, &link, after(HOUR), "2").await, Some(after(MINUTE)));
    // Back to the first is a change as well; so is none at all, and one where there was none.
    assert_eq!(see(&world, &link, after(2 * HOUR), "1").await, Some(after(2 * HOUR)));
    assert_eq!(see(&world, &link, after(3 * HOUR), "").await, Some(after(3 * HOUR)));
    assert_eq!(see(&world, &link, after(4 * HOUR), "1").await, Some(after(4 * HOUR)));
    let seen = world.told("phone-seen").await;
    assert_eq!((seen.len(), &seen[0]["about"]), (1, &"•• 1".into()));
    assert_eq!(seen[0]["contact"], world.ours.carl.to_string());
    let told = world.told("phone-changed").await;
    let about: Vec<&str> = told.iter().map(|entry| entry["about"].as_str().unwrap()).collect();
    assert_eq!(about, ["•• 2", "•• 1", "none", "•• 1"]);
}

async fn another_person_begins_anew(world: World) {
    let first = linked(&world, "p").await;
    see(&world, &first, START, "1").await;
    assert!(see(&world, &first, after(1), "2").await.is_some());
    // The same person found again keeps what is known of them.
    linked(&world, "p").await;
    assert_eq!(see(&world, &first, after(2), "2").await, Some(after(1)));
    let second = linked(&world, "q").await;
    let (store, account) = (&world.store, world.ours.account);
    moved_on(store.see_phone(account, after(3), &first, &phone("2")).await);
    assert_eq!(see(&world, &second, after(3), "2").await, None);
    let elsewhere = DirectoryLink { integration: world.ours.sms, ..second.clone() };
    moved_on(store.see_phone(account, after(4), &elsewhere, &phone("3")).await);
}

/// Whatever led to the person since: a phone that was noticed as a new one stays one.
async fn what_is_known_of_a_person_outlives_links_and_integrations(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let (ann, m365) = (world.ours.ann, world.ours.m365);
    let first = linked(&world, "p").await;
    see(&world, &first, START, "1").await;
    assert_eq!(see(&world, &first, after(1), "2").await, Some(after(1)));
    // The contact's address is set to a colleague's and back.
    let colleague = linked(&world, "q").await;
    assert_eq!(see(&world, &colleague, after(2), "5").await, None);
    linked(&world, "p").await;
    assert_eq!(see(&world, &first, after(3), "2").await, Some(after(1)));
    // A second contact has the same address.
    let cleo = ContactId(new_id());
    let row = world.ours.contact(cleo, "Cleo Carter", "carl@example.com");
    store.import(account, START, &[row]).await.unwrap();
    let other = DirectoryLink { contact: cleo, ..first.clone() };
    store.link_directory(account, START, &other, START).await.unwrap();
    assert_eq!(see(&world, &other, after(4), "2").await, Some(after(1)));
    assert_eq!(see(&world, &other, after(5), "3").await, Some(after(5)));
    assert_eq!(see(&world, &first, after(6), "3").await, Some(after(5)));
    // Another integration leads to the same tenant.
    let elsewhere = DirectoryLink { integration: world.ours.sms, ..first.clone() };
    store.link_directory(account, START, &elsewhere, START).await.unwrap();
    assert_eq!(see(&world, &elsewhere, after(7), "3").await, Some(after(5)));
    // The integration is moved and moved back; then deleted, and there is a new one.
    linked(&world, "p").await;
    for at in [after(8), after(9)] {
        let seen = store.m365_one(account, m365).await.unwrap().unwrap();
        let moved = M365Act::Moved;
        store.change_m365(account, ann, at, &seen, &altered(moved, &[])).await.unwrap();
    }
    moved_on(store.see_phone(account, after(9), &first, &phone("4")).await);
    store.link_directory(account, after(9), &first, after(9)).await.unwrap();
    assert_eq!(see(&world, &first, after(10), "3").await, Some(after(5)));
    store.end_m365(account, ann, after(11), m365).await.unwrap();
    store.link_directory(account, after(12), &elsewhere, START).await.unwrap();
    assert_eq!(see(&world, &elsewhere, after(12), "4").await, Some(after(12)));
    assert_eq!(world.told("phone-seen").await.len(), 2, "p and q, once each");
}

async fn another_account_knows_nothing_of_it(world: World) {
    let link = linked(&world, "p").await;
    see(&world, &link, START, "1").await;
    assert!(see(&world, &link, after(1), "2").await.is_some());
    let (store, theirs) = (&world.store, &world.theirs);
    let (contact, integration) = (theirs.carl, theirs.m365);
    let link = DirectoryLink { contact, integration, ..link };
    store.link_directory(theirs.account, START, &link, START).await.unwrap();
    let seen = store.see_phone(theirs.account, after(2), &link, &phone("3")).await.unwrap();
    assert_eq!(seen, None);
}

async fn of_many_looks_at_once_one_notices(world: World) {
    let link = linked(&world, "p").await;
    see(&world, &link, START, "1").await;
    let stores = world.two_processes().await;
    let account = world.ours.account;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (store, link): (Store, _) = (stores[number % 2].clone(), link.clone());
        let at = after(i64::try_from(number).unwrap());
        race.spawn(async move { store.see_phone(account, at, &link, &phone("2")).await.unwrap() });
    }
    let mut found = race.join_all().await;
    found.dedup();
    assert_eq!(found.len(), 1, "all are told of one change: {found:?}");
    assert!(found[0].is_some());
    assert_eq!(world.told("phone-changed").await.len(), 1);
}

async fn a_lost_person_is_written_down_once(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let link = linked(&world, "p").await;
    see(&world, &link, START, "1").await;
    for at in [after(1), after(2)] {
        store.link_lost(account, at, &link, Code::PersonNotFound).await.unwrap();
    }
    let find = async || store.directory_link(account, link.contact).await.unwrap().unwrap();
    assert_eq!(find().await.lost_at, Some(after(1)));
    let told = world.told("directory-lost").await;
    assert_eq!(
        (told.len(), &told[0]["about"], &told[0]["code"]),
        (1, &"p".into(), &"person-not-found".into())
    );
    // Found again: what was known of the phone still stands.
    linked(&world, "p").await;
    assert_eq!(find().await.lost_at, None);
    assert_eq!(see(&world, &link, after(3), "2").await, Some(after(3)));
    store.link_lost(account, after(4), &link, Code::PersonAmbiguous).await.unwrap();
    assert_eq!(world.told("directory-lost").await.len(), 2);
    // Somebody else is linked by now: nothing is lost.
    store
        .link_lost(account, after(5), &self::link(&world, "q"), Code::PersonNotFound)
        .await
        .unwrap();
    assert_eq!(world.told("directory-lost").await.len(), 2);
}

async fn another_accounts_link_is_not_touched(world: World) {
    let (store, theirs) = (&world.store, world.theirs.account);
    let link = linked(&world, "p").await;
    moved_on(store.see_phone(theirs, START, &link, &phone("1")).await);
    store.link_lost(theirs, START, &link, Code::PersonNotFound).await.unwrap();
    assert_eq!(see(&world, &link, START, "2").await, None);
    let found = store.directory_link(world.ours.account, link.contact).await.unwrap().unwrap();
    assert_eq!(found.lost_at, None);
    assert_eq!(store.audit(theirs).await.unwrap().len(), 1);
}
