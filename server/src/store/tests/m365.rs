//! Customers' tenants: connected, changed, switched and deleted by admins.

use shared::{CustomerId, IntegrationId};

use super::fixture::{START, World, after, lease, moved_on, new_id, taken};
use super::msp::Msp;
use crate::store::{
    CheckRow, DirectoryLink, ImportRow, M365Act, M365Change, M365Row, MailKind, NewM365,
    OutboxKind, SecretChange, Store, Tested,
};

on_both!(
    a_customers_tenant_is_connected_once,
    a_change_counts_for_what_was_read,
    a_move_forgets_who_was_who,
    what_protects_fewer_people_is_told,
    it_is_switched_off_and_on,
    a_deleted_one_leaves_nothing_but_its_audit,
    another_accounts_is_not_touched,
);

/// A second customer of ours, without a tenant.
async fn customer(world: &World) -> CustomerId {
    let id = CustomerId(new_id());
    let row = ImportRow::Customer { id, name: "Alpine".into() };
    world.store.import(world.ours.account, START, &[row]).await.unwrap();
    id
}

fn new(customer: CustomerId) -> NewM365 {
    let id = IntegrationId(new_id());
    NewM365 { id, customer, name: "Alpine M365".into(), settings: r#"{"a":1}"#.into() }
}

fn secret(sealed: &[u8]) -> SecretChange {
    SecretChange::Put { kind: "m365.client-secret", sealed: sealed.to_vec() }
}

pub(super) const WORKS: Tested<'_> = Tested { code: None, about: "works" };

/// A change of this kind, with nothing else of note.
pub(super) fn altered(act: M365Act, secrets: &[SecretChange]) -> M365Change<'_> {
    M365Change { name: "x", settings: "{}", secrets, act, about: "", loosens: false }
}

async fn one(store: &Store, msp: &Msp, id: IntegrationId) -> M365Row {
    store.m365_one(msp.account, id).await.unwrap().unwrap()
}

async fn a_customers_tenant_is_connected_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let alpine = customer(&world).await;
    let without = store.customers_without_m365(ours.account).await.unwrap();
    assert_eq!(without.iter().map(|it| it.id).collect::<Vec<_>>(), [alpine]);
    let it = new(alpine);
    store.add_m365(ours.account, ours.ann, START, &it, &secret(b"s")).await.unwrap();
    assert!(store.customers_without_m365(ours.account).await.unwrap().is_empty());
    taken(store.add_m365(ours.account, ours.ann, START, &new(alpine), &secret(b"s")).await);
    moved_on(
        store
            .add_m365(ours.account, ours.ann, START, &new(CustomerId(new_id())), &secret(b"s"))
            .await,
    );
    let all = store.m365_all(ours.account).await.unwrap();
    let names: Vec<&str> = all.iter().map(|row| row.customer.name.as_str()).collect();
    assert_eq!(names, ["Alpine", "Contoso"], "by the customer's name");
    let row = one(store, ours, it.id).await;
    assert_eq!((row.integration.name.as_str(), row.integration.is_on), ("Alpine M365", true));
    assert!(row.check.is_none());
    let of_it = store.m365_for(ours.account, alpine).await.unwrap().unwrap();
    assert_eq!(of_it.integration.id, it.id);
    let sealed = store.secret(ours.account, "m365.client-secret", it.id.0).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"s".as_slice()));
    let told = world.told("integration-added").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["integration"], it.id.to_string());
    assert_eq!(told[0]["technician"], ours.ann.to_string());
    assert_eq!(told[0]["customer"], alpine.to_string());
}

async fn a_change_counts_for_what_was_read(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = one(store, ours, ours.m365).await;
    let drop = SecretChange::Drop { kind: "m365" };
    let change = async |seen: &M365Row, name: &str, act| {
        let secrets = [secret(b"new"), drop.clone()];
        let to = M365Change { name, ..altered(act, &secrets) };
        store.change_m365(ours.account, ours.ann, START, seen, &to).await
    };
    change(&seen, "first", M365Act::CredentialReplaced).await.unwrap();
    // Within the same millisecond too: tokens are cached by it.
    let now = one(store, ours, ours.m365).await;
    assert_eq!(now.integration.changed_at, seen.integration.changed_at.plus(1));
    assert_eq!(now.integration.name, "first");
    moved_on(change(&seen, "second", M365Act::Changed).await);
    assert_eq!(one(store, ours, ours.m365).await.integration.name, "first");
    let read = async |kind| store.secret(ours.account, kind, ours.m365.0).await.unwrap();
    assert_eq!(read("m365.client-secret").await.as_deref(), Some(b"new".as_slice()));
    assert_eq!(read("m365").await, None, "the old one is gone with it");
    change(&now, "third", M365Act::CertificateMade).await.unwrap();
    assert_eq!(world.acts().await, ["credential-replaced", "certificate-made"]);
}

async fn a_move_forgets_who_was_who(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let link = DirectoryLink {
        contact: ours.carl,
        integration: ours.m365,
        directory_user: "old tenant".into(),
        address_hash: Vec::new(),
        lost_at: None,
    };
    let linked = async || store.directory_link(ours.account, ours.carl).await.unwrap().is_some();
    let change = async |act| {
        let seen = one(store, ours, ours.m365).await;
        store.change_m365(ours.account, ours.ann, START, &seen, &altered(act, &[])).await.unwrap();
    };
    store.link_directory(ours.account, START, &link, START).await.unwrap();
    change(M365Act::Changed).await;
    assert!(linked().await);
    change(M365Act::Moved).await;
    assert!(!linked().await);
}

async fn what_protects_fewer_people_is_told(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let smtp = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    store.seed(smtp, &[new_id(), ours.account.0]).await;
    for (loosens, mails) in [(false, 0), (true, 1)] {
        let seen = one(store, ours, ours.m365).await;
        let about = "protected group";
        let change = M365Change { loosens, about, ..altered(M365Act::Changed, &[]) };
        store.change_m365(ours.account, ours.ann, START, &seen, &change).await.unwrap();
        assert_eq!(store.due_mails(START).await.unwrap().len(), mails);
    }
    let id = store.due_mails(START).await.unwrap()[0];
    let mail = store.claim_outbox(id, lease(START), START).await.unwrap().unwrap();
    assert_eq!(mail.kind, OutboxKind::Mail(MailKind::Loosened));
    assert_eq!((mail.integration, mail.recipient), (Some(ours.m365), Some(ours.ann)));
    assert_eq!(world.told("integration-changed").await[1]["about"], "protected group");
}

async fn it_is_switched_off_and_on(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let switch = async |on| store.switch_m365(ours.account, ours.ann, START, ours.m365, on).await;
    moved_on(switch(true).await);
    switch(false).await.unwrap();
    assert!(!one(store, ours, ours.m365).await.integration.is_on);
    moved_on(switch(false).await);
    switch(true).await.unwrap();
    assert_eq!(world.acts().await, ["integration-switched-off", "integration-switched-on"]);
}

async fn a_deleted_one_leaves_nothing_but_its_audit(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let reset = world.applied("p").await;
    let seen = one(store, ours, ours.m365).await;
    store.record_test(&seen, ours.ann, &CheckRow::default(), &[], WORKS, START).await.unwrap();
    store.end_m365(ours.account, ours.ann, after(1), ours.m365).await.unwrap();
    assert!(store.m365_one(ours.account, ours.m365).await.unwrap().is_none());
    assert!(store.m365_of(ours.account, ours.customer).await.unwrap().is_none());
    assert!(store.secret(ours.account, "m365", ours.m365.0).await.unwrap().is_none());
    moved_on(store.end_m365(ours.account, ours.ann, after(1), ours.m365).await);
    moved_on(store.switch_m365(ours.account, ours.ann, START, ours.m365, true).await);
    let told = world.told("integration-deleted").await;
    assert_eq!(told[0]["integration"], ours.m365.to_string());
    // What was done with it is still there, and the customer may have a new one.
    assert_eq!(world.read(&reset).await.integration, ours.m365);
    let it = new(ours.customer);
    store.add_m365(ours.account, ours.ann, START, &it, &secret(b"s")).await.unwrap();
    assert_eq!(
        store.m365_for(ours.account, ours.customer).await.unwrap().unwrap().integration.id,
        it.id
    );
}

async fn another_accounts_is_not_touched(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let (them, ann) = (theirs.account, theirs.ann);
    let seen = one(store, ours, ours.m365).await;
    assert!(store.m365_one(them, ours.m365).await.unwrap().is_none());
    assert!(store.m365_for(them, ours.customer).await.unwrap().is_none());
    let change = store.change_m365(them, ann, START, &seen, &altered(M365Act::Changed, &[])).await;
    moved_on(change);
    moved_on(store.switch_m365(them, ann, START, ours.m365, false).await);
    moved_on(store.end_m365(them, ann, START, ours.m365).await);
    let alpine = customer(&world).await;
    moved_on(store.add_m365(them, ann, START, &new(alpine), &secret(b"s")).await);
    let still = one(store, ours, ours.m365).await;
    assert_eq!(still.integration.name, seen.integration.name);
    assert!(still.integration.is_on);
    assert_eq!(store.audit(them).await.unwrap().len(), 1);
}
