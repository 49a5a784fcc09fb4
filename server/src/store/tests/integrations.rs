//! Connections to other companies, and who is who there.

use shared::{ContactId, CustomerId, IntegrationId};

use super::fixture::{START, World, after, moved_on, new_id};
use super::m365::altered;
use crate::senders::SenderKind;
use crate::store::{DirectoryLink, M365Act};

on_both!(
    an_integration_is_found_by_whom_it_serves,
    a_secret_is_found_by_account_kind_and_row,
    a_contact_is_linked_to_one_person,
    another_accounts_contact_is_not_linked,
    only_what_was_asked_links,
);

async fn an_integration_is_found_by_whom_it_serves(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let m365 = store.m365_of(ours.account, ours.customer).await.unwrap().unwrap();
    assert_eq!((m365.id, m365.account, m365.is_on), (ours.m365, ours.account, true));
    assert_eq!(m365.customer, Some(ours.customer));
    assert_eq!((m365.name.as_str(), m365.settings.as_str()), ("m365 of ours", "{}"));
    assert_eq!(m365.changed_at, START);
    let sms = store.sender_of(ours.account, SenderKind::Sms).await.unwrap().unwrap();
    assert_eq!((sms.id, sms.customer), (ours.sms, None));
    store.seed("update integrations set is_on = false where id = $1", &[ours.sms.0]).await;
    assert!(!store.sender_of(ours.account, SenderKind::Sms).await.unwrap().unwrap().is_on);
    // A callback knows only the id; whose it is, it learns here.
    let theirs = store.integration(world.theirs.sms).await.unwrap().unwrap();
    assert_eq!(theirs.account, world.theirs.account);
    assert!(store.integration(IntegrationId(new_id())).await.unwrap().is_none());
    assert!(store.m365_of(world.theirs.account, ours.customer).await.unwrap().is_none());
    assert!(store.m365_of(ours.account, CustomerId(new_id())).await.unwrap().is_none());
}

async fn a_secret_is_found_by_account_kind_and_row(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let secret = store.secret(ours.account, "m365", ours.m365.0).await.unwrap();
    assert_eq!(secret.as_deref(), Some(b"sealed".as_slice()));
    assert!(store.secret(ours.account, "twilio", ours.m365.0).await.unwrap().is_none());
    assert!(store.secret(ours.account, "m365", ours.sms.0).await.unwrap().is_none());
    assert!(store.secret(world.theirs.account, "m365", ours.m365.0).await.unwrap().is_none());
}

async fn a_contact_is_linked_to_one_person(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let find = async |account| store.directory_link(account, ours.carl).await.unwrap();
    assert!(find(ours.account).await.is_none());
    let mut link = DirectoryLink {
        contact: ours.carl,
        integration: ours.m365,
        directory_user: "first".into(),
        address_hash: b"address".to_vec(),
        lost_at: None,
    };
    store.link_directory(ours.account, START, &link, START).await.unwrap();
    assert_eq!(format!("{:?}", find(ours.account).await), format!("{:?}", Some(&link)));
    // Found anew, under another address: the newer stands.
    (link.directory_user, link.address_hash) = ("second".into(), Vec::new());
    store.link_directory(ours.account, START, &link, START).await.unwrap();
    assert_eq!(format!("{:?}", find(ours.account).await), format!("{:?}", Some(&link)));
    assert!(find(world.theirs.account).await.is_none());
    let told = world.told("directory-linked").await;
    assert_eq!((told.len(), &told[1]["about"]), (2, &"second instead of first".into()));
    assert_eq!(told[1]["contact"], ours.carl.to_string());
}

async fn another_accounts_contact_is_not_linked(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let mut link = DirectoryLink {
        contact: ours.carl,
        integration: theirs.m365,
        directory_user: "stranger".into(),
        address_hash: b"address".to_vec(),
        lost_at: None,
    };
    moved_on(store.link_directory(theirs.account, START, &link, START).await);
    let mut own = link.clone();
    (own.integration, own.directory_user) = (ours.m365, "own".into());
    store.link_directory(ours.account, START, &own, START).await.unwrap();
    moved_on(store.link_directory(theirs.account, START, &link, START).await);
    let found = store.directory_link(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!((found.directory_user.as_str(), found.integration), ("own", ours.m365));
    assert_eq!(store.audit(theirs.account).await.unwrap().len(), 1);
    link.contact = ContactId(new_id());
    moved_on(store.link_directory(theirs.account, START, &link, START).await);
}

/// A look that began before the integration changed, moved or ended writes nobody back.
async fn only_what_was_asked_links(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let link = DirectoryLink {
        contact: ours.carl,
        integration: ours.m365,
        directory_user: "old tenant".into(),
        address_hash: Vec::new(),
        lost_at: None,
    };
    let found = async |asked| store.link_directory(ours.account, START, &link, asked).await;
    let nobody = async || store.directory_link(ours.account, ours.carl).await.unwrap().is_none();
    let seen = store.m365_one(ours.account, ours.m365).await.unwrap().unwrap();
    let (by, moved) = (ours.ann, M365Act::Moved);
    store.change_m365(ours.account, by, after(1), &seen, &altered(moved, &[])).await.unwrap();
    moved_on(found(START).await);
    moved_on(found(after(2)).await);
    assert!(nobody().await);
    found(after(1)).await.unwrap();
    store.end_m365(ours.account, by, after(2), ours.m365).await.unwrap();
    moved_on(found(after(1)).await);
    assert!(nobody().await);
    assert_eq!(world.told("directory-linked").await.len(), 1);
}
