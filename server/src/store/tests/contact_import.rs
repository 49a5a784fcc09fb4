//! Contacts of the built-in list, many at once.

use shared::ContactId;

use super::fixture::{START, World, after};
use crate::store::{Imported, ImportedContact};

on_both!(
    contacts_are_added_changed_and_left_alone,
    another_number_is_a_changed_card,
    an_address_that_several_have_means_nobody,
    a_contact_of_a_psa_is_not_touched,
);

fn hash(id: ContactId, phones: &[String]) -> Vec<u8> {
    format!("{id} {}", phones.join(" ")).into_bytes()
}

fn carl(world: &World) -> ImportedContact {
    ImportedContact {
        customer: world.ours.customer,
        external_id: None,
        name: "Carl Carter".into(),
        email: "CARL@contoso.example".into(),
        phones: vec!["+49 30 1234".into(), "555-0100".into()],
    }
}

async fn import(world: &World, contacts: &[ImportedContact]) -> Vec<Imported> {
    let account = world.ours.account;
    world.store.import_contacts(account, "key x", after(5), contacts, &hash).await.unwrap()
}

async fn contacts_are_added_changed_and_left_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let known = ImportedContact { external_id: Some("c-1".into()), ..carl(&world) };
    let new = ImportedContact {
        external_id: Some("d-1".into()),
        name: "Dora Dorn".into(),
        email: String::new(),
        ..carl(&world)
    };
    let done = import(&world, &[known.clone(), new.clone()]).await;
    assert_eq!(done[0], Imported::Changed(ours.carl), "found by address; it has an id from now on");
    let Imported::Added(dora) = done[1] else { panic!("{done:?}") };
    let again = import(&world, &[known.clone(), new.clone()]).await;
    assert_eq!(again, [Imported::Same(ours.carl), Imported::Same(dora)]);
    let renamed = ImportedContact { email: "carla@contoso.example".into(), ..known.clone() };
    assert_eq!(import(&world, &[renamed]).await, [Imported::Changed(ours.carl)]);
    let contact = store.contact(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!(contact.email, "carla@contoso.example");
    // The same address under another id is somebody else.
    let other = ImportedContact { external_id: Some("c-2".into()), ..known };
    assert!(matches!(import(&world, &[other]).await[..], [Imported::Added(_)]));
    let told = world.told("contacts-imported").await;
    assert_eq!(told[0]["about"], "key x: 1 added, 1 changed, 0 refused");
    assert_eq!(told[1]["about"], "key x: 0 added, 0 changed, 0 refused");
}

async fn another_number_is_a_changed_card(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let see = async |phones: &[String]| {
        store.see_card(ours.account, ours.carl, &hash(ours.carl, phones), START).await.unwrap()
    };
    let before = carl(&world);
    assert_eq!(see(&before.phones).await, None);
    let after_it = ImportedContact { phones: vec!["+49 30 9999".into()], ..before.clone() };
    import(&world, std::slice::from_ref(&after_it)).await;
    assert_eq!(see(&after_it.phones).await, Some(after(5)));
    assert_eq!(world.told("card-changed").await.len(), 1);
    import(&world, &[after_it]).await;
    assert_eq!(world.told("card-changed").await.len(), 1, "the same once more is no change");
}

async fn an_address_that_several_have_means_nobody(world: World) {
    let two = ImportedContact { external_id: Some("a".into()), ..carl(&world) };
    let three = ImportedContact { external_id: Some("b".into()), ..carl(&world) };
    import(&world, &[two, three]).await;
    assert_eq!(import(&world, &[carl(&world)]).await, [Imported::Ambiguous]);
    let told = world.told("contacts-imported").await;
    assert_eq!(told[1]["about"], "key x: 0 added, 0 changed, 1 refused");
}

async fn a_contact_of_a_psa_is_not_touched(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let of_psa = "update contacts set psa = $2, psa_id = '7' where account = $1";
    store.seed(of_psa, &[ours.account.0, ours.m365.0]).await;
    let done = import(&world, &[carl(&world)]).await;
    assert!(matches!(done[..], [Imported::Added(id)] if id != ours.carl), "{done:?}");
}
