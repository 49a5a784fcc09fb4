//! Contacts of the built-in list, as a program sends them.

use std::collections::HashSet;

use shared::ContactId;

use super::fixture::{START, World, after, lease};
use super::psa::connected;
use crate::psa::PsaKind;
use crate::store::{Hashes, MailKind, OutboxKind, SeenContact, SentContact, Taken};

on_both!(
    contacts_are_added_changed_and_left_alone,
    another_number_is_a_changed_card,
    numbers_written_otherwise_stay_as_they_are,
    another_address_is_a_changed_card,
    an_address_that_several_have_means_nobody,
    a_contact_of_a_psa_is_not_touched,
);

fn hash(id: ContactId, phones: &[String]) -> Vec<u8> {
    format!("{id} {}", phones.join("/").replace(' ', "")).into_bytes()
}

const HASHES: Hashes<'_> =
    Hashes { numbers: &hash, address: &|address| address.as_bytes().to_vec() };

fn carl(world: &World) -> SentContact {
    SentContact {
        customer: world.ours.customer,
        external_id: None,
        name: "Carl Carter".into(),
        email: "carl@contoso.example".into(),
        phones: vec!["+49 30 1234".into(), "555-0100".into()],
    }
}

async fn import(world: &World, contacts: &[SentContact]) -> Vec<Taken> {
    let account = world.ours.account;
    let approvers = HashSet::new();
    let store = &world.store;
    store.take_contacts(account, "key x", after(5), contacts, &approvers, HASHES).await.unwrap()
}

async fn contacts_are_added_changed_and_left_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let known = SentContact { external_id: Some("c-1".into()), ..carl(&world) };
    let new = SentContact {
        external_id: Some("d-1".into()),
        name: "Dora Dorn".into(),
        email: String::new(),
        ..carl(&world)
    };
    let done = import(&world, &[known.clone(), new.clone()]).await;
    assert_eq!(done[0], Taken::Changed(ours.carl), "found by address; it has an id from now on");
    let Taken::Added(dora) = done[1] else { panic!("{done:?}") };
    let again = import(&world, &[known.clone(), new.clone()]).await;
    assert_eq!(again, [Taken::Same(ours.carl), Taken::Same(dora)]);
    let told = world.told("contacts-imported").await;
    assert_eq!(told[0]["about"], "key x: 1 new, 1 changed, 0 of them with another card, 0 refused");
    assert_eq!(told[1]["about"], "key x: 0 new, 0 changed, 0 of them with another card, 0 refused");
    assert_eq!(store.contact(ours.account, dora).await.unwrap().unwrap().name, "Dora Dorn");
}

async fn another_address_is_a_changed_card(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    super::mails::with_smtp(&world).await;
    let known = SentContact { external_id: Some("c-1".into()), ..carl(&world) };
    import(&world, std::slice::from_ref(&known)).await;
    let moved = SentContact { email: "carla@contoso.example".into(), ..known.clone() };
    // Who vouches for others is not made somebody else by a program.
    let approvers = HashSet::from([ours.carl]);
    let one = std::slice::from_ref(&moved);
    let refused = store.take_contacts(ours.account, "key x", after(5), one, &approvers, HASHES);
    assert_eq!(refused.await.unwrap(), [Taken::Approver]);
    assert!(world.told("card-changed").await.is_empty());
    assert_eq!(import(&world, &[moved]).await, [Taken::Changed(ours.carl)]);
    let contact = store.contact(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!(contact.email, "carla@contoso.example");
    assert_eq!(world.told("card-changed").await[0]["contact"], ours.carl.to_string());
    assert_eq!(store.due_mails(after(6)).await.unwrap().len(), 1);
    // Nobody gets an address that somebody else of the customer has, whatever the order.
    let new = SentContact { external_id: Some("d-1".into()), email: String::new(), ..known };
    let [Taken::Added(dora)] = import(&world, std::slice::from_ref(&new)).await[..] else {
        panic!()
    };
    let same = SentContact { email: "carla@contoso.example".into(), ..new.clone() };
    assert_eq!(import(&world, &[same]).await, [Taken::AddressTaken]);
    let other = SentContact { external_id: Some("c-2".into()), email: contact.email, ..new };
    assert_eq!(import(&world, &[other]).await, [Taken::AddressTaken]);
    let dora = store.contact(ours.account, dora).await.unwrap().unwrap();
    assert_eq!(dora.email, "", "as it was");
}

async fn numbers_written_otherwise_stay_as_they_are(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let known = carl(&world);
    import(&world, std::slice::from_ref(&known)).await;
    let phones = async || {
        let contact = store.contact(ours.account, ours.carl).await.unwrap().unwrap();
        contact.phones
    };
    let before = phones().await;
    assert_eq!(before[0], "+49 30 1234");
    let otherwise = SentContact { phones: vec!["+49301234".into(), "555-0100".into()], ..known };
    assert_eq!(import(&world, std::slice::from_ref(&otherwise)).await, [Taken::Same(ours.carl)]);
    assert_eq!(phones().await, before);
    let renamed = SentContact { name: "Carl C.".into(), ..otherwise };
    assert_eq!(import(&world, &[renamed]).await, [Taken::Changed(ours.carl)]);
    assert_eq!(phones().await, before);
}

async fn another_number_is_a_changed_card(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    super::mails::with_smtp(&world).await;
    let see = async |phones: &[String]| {
        store.see_card(ours.account, ours.carl, &hash(ours.carl, phones), START).await.unwrap()
    };
    let before = carl(&world);
    assert_eq!(see(&before.phones).await, None);
    let after_it = SentContact { phones: vec!["+49 30 9999".into()], ..before.clone() };
    import(&world, std::slice::from_ref(&after_it)).await;
    assert_eq!(see(&after_it.phones).await, Some(after(5)));
    assert_eq!(world.told("card-changed").await.len(), 1);
    let told = world.told("contacts-imported").await;
    assert_eq!(told[0]["about"], "key x: 0 new, 1 changed, 1 of them with another card, 0 refused");
    let due = store.due_mails(after(6)).await.unwrap();
    let row = store.claim_outbox(due[0], lease(after(6)), after(6)).await.unwrap().unwrap();
    assert_eq!((due.len(), row.kind), (1, OutboxKind::Mail(MailKind::Contacts)));
    assert_eq!(row.about.as_deref(), Some("1 0 key x"), "all admins hear of it");
    import(&world, std::slice::from_ref(&after_it)).await;
    assert_eq!(world.told("card-changed").await.len(), 1, "the same once more is no change");
    // Again and again: written down each time, mailed when it is ten within the hour.
    for nth in 2..=10 {
        assert!(store.due_mails(after(6)).await.unwrap().is_empty(), "the first one is under way");
        let which = if nth % 2 == 0 { &before } else { &after_it };
        import(&world, std::slice::from_ref(which)).await;
        assert_eq!(world.told("card-changed").await.len(), nth);
    }
    let due = store.due_mails(after(6)).await.unwrap();
    let row = store.claim_outbox(due[0], lease(after(6)), after(6)).await.unwrap().unwrap();
    assert_eq!((due.len(), row.about.as_deref()), (1, Some("10 0 key x")));
}

async fn an_address_that_several_have_means_nobody(world: World) {
    // As older imports have left them.
    let of_two =
        SentContact { external_id: Some("a".into()), email: String::new(), ..carl(&world) };
    import(&world, &[of_two]).await;
    let same = "update contacts set email = 'carl@contoso.example' where account = $1";
    world.store.seed(same, &[world.ours.account.0]).await;
    assert_eq!(import(&world, &[carl(&world)]).await, [Taken::Ambiguous]);
    let told = world.told("contacts-imported").await;
    assert_eq!(told[1]["about"], "key x: 0 new, 0 changed, 0 of them with another card, 1 refused");
}

async fn a_contact_of_a_psa_is_not_touched(world: World) {
    let ours = &world.ours;
    let psa = connected(&world, PsaKind::Halo).await.integration.id;
    let address_hash = Some(&b"paula@contoso.example"[..]);
    let seen = SeenContact { id: "7", customer: ours.customer, name: "Paula", address_hash };
    world.store.mirror(ours.account, psa, START, seen, None).await.unwrap();
    let same = SentContact { email: "paula@contoso.example".into(), ..carl(&world) };
    let with_id = SentContact { external_id: Some("c-9".into()), ..same.clone() };
    assert_eq!(import(&world, &[same, with_id]).await, [Taken::OfPsa, Taken::OfPsa]);
    let told = world.told("contacts-imported").await;
    assert_eq!(told[0]["about"], "key x: 0 new, 0 changed, 0 of them with another card, 2 refused");
}
