//! Contacts from a file: made, brought up to date by their address, and never deleted.

use shared::{ContactId, CustomerId};

use super::fixture::{MINUTE, START, World, after, moved_on, new_id};
use super::psa::connected;
use crate::psa::PsaKind;
use crate::store::{
    CardLine, ContactFile, Imported, ListAsk, MailKind, Numbers, OutboxKind, SeenContact,
    Verification,
};

on_both!(
    a_file_makes_contacts_and_their_customers,
    a_file_twice_changes_nothing,
    other_numbers_hide_what_was_proved_before,
    admins_hear_of_new_numbers_once,
    numbers_that_nobody_had_looked_at_are_others_too,
    a_file_is_of_one_account,
);

pub(super) fn line(customer: CustomerId, name: &str, email: &str, phones: &[&str]) -> CardLine {
    CardLine {
        id: ContactId(new_id()),
        customer,
        name: name.into(),
        email: email.into(),
        phones: phones.iter().map(|it| (*it).to_owned()).collect(),
    }
}

pub(super) async fn import(world: &World, lines: Vec<CardLine>) -> Imported {
    let file = ContactFile { lines, ..ContactFile::default() };
    let ours = &world.ours;
    world.store.import_contacts(ours.account, ours.ann, after(MINUTE), &file).await.unwrap()
}

async fn a_file_makes_contacts_and_their_customers(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let new = CustomerId(new_id());
    let file = ContactFile {
        customers: vec![(new, "Fabrikam".into())],
        lines: vec![
            line(new, "Zoë Übel", "zoe@fabrikam.example", &["+1 206 555 0100"]),
            line(ours.customer, "Dora\0 Dean", "dora@contoso.example", &[]),
        ],
        same: 3,
        ..ContactFile::default()
    };
    let done = store.import_contacts(ours.account, ours.ann, START, &file).await.unwrap();
    let counts = Imported { added: 2, numbered: 1, customers: 1, same: 3, ..Imported::default() };
    assert_eq!(done, counts);
    let found = store.contacts(ours.account, &ListAsk::search("übel fabrikam", 9)).await.unwrap();
    assert_eq!(found.rows[0].id, file.lines[0].id);
    assert_eq!(found.rows[0].phones, ["+1 206 555 0100"]);
    let dora = store.contact(ours.account, file.lines[1].id).await.unwrap().unwrap();
    assert_eq!((dora.name.as_str(), dora.customer), ("Dora Dean", ours.customer));
    let told = &world.told("contacts-imported").await[0];
    assert_eq!(
        told["about"],
        "2 new, 0 changed, 0 of them with other numbers, 3 as they were, 1 new customers"
    );
    assert_eq!(told["technician"], ours.ann.to_string());
    // A customer of that name is there by now: nothing is written.
    let again = ContactFile {
        customers: vec![(CustomerId(new_id()), "FABRIKAM".into())],
        lines: vec![line(ours.customer, "Eve", "eve@contoso.example", &[])],
        ..ContactFile::default()
    };
    moved_on(store.import_contacts(ours.account, ours.ann, START, &again).await);
    let known = store.known_contacts(ours.account, &[ours.customer, new]).await.unwrap();
    assert_eq!(known.len(), 3, "Carl, Dora and Zoë");
}

async fn a_file_twice_changes_nothing(world: World) {
    let ours = &world.ours;
    let lines = || {
        vec![
            line(ours.customer, "Carl Carter", "carl@contoso.example", &["1234"]),
            line(ours.customer, "Dora Dean", "dora@contoso.example", &["5678"]),
        ]
    };
    let done = import(&world, lines()).await;
    let counts =
        Imported { added: 1, numbered: 1, changed: 1, renumbered: 1, ..Imported::default() };
    assert_eq!(done, counts);
    let again = import(&world, lines()).await;
    assert_eq!(again, Imported { same: 2, ..Imported::default() });
    let known = world.store.known_contacts(ours.account, &[ours.customer]).await.unwrap();
    assert_eq!(known.len(), 2);
    let carl = world.store.contact(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!(carl.phones, ["1234"], "the one who was there");
    // No number in the file leaves those that are there.
    let named = line(ours.customer, "Carl B. Carter", "carl@contoso.example", &[]);
    let done = import(&world, vec![named]).await;
    assert_eq!(done, Imported { changed: 1, ..Imported::default() });
    let carl = world.store.contact(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!(
        (carl.name.as_str(), carl.phones.as_slice()),
        ("Carl B. Carter", &["1234".to_owned()][..])
    );
}

async fn other_numbers_hide_what_was_proved_before(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    super::mails::with_smtp(&world).await;
    let on_card = |at| Verification { source: shared::Source::Contact, ..ours.verification(at) };
    store.begin_verification(&on_card(START), &[]).await.unwrap().unwrap();
    store.begin_verification(&ours.verification(START), &[]).await.unwrap().unwrap();
    let shown = async || store.recent_verifications(ours.account, None, START).await.unwrap().len();
    assert_eq!(shown().await, 2);
    import(&world, vec![line(ours.customer, "Carl C.", "carl@contoso.example", &[])]).await;
    assert_eq!(shown().await, 2, "another name is no other number");
    import(&world, vec![line(ours.customer, "Carl C.", "carl@contoso.example", &["99"])]).await;
    assert_eq!(shown().await, 1, "Microsoft's number is the same as before");
    store.begin_verification(&on_card(after(2 * MINUTE)), &[]).await.unwrap().unwrap();
    assert_eq!(shown().await, 2);
    // All admins hear of it, once.
    let due = store.due_mails(after(MINUTE)).await.unwrap();
    let held = super::fixture::lease(after(MINUTE));
    let row = store.claim_outbox(due[0], held, after(MINUTE)).await.unwrap().unwrap();
    assert_eq!((due.len(), row.kind), (1, OutboxKind::Mail(MailKind::Contacts)));
    assert_eq!((row.recipient, row.about.as_deref()), (Some(ours.ann), Some("1 0")));
}

/// Whoever has an admin's session might add the victim with a phone of their own.
async fn admins_hear_of_new_numbers_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    super::mails::with_smtp(&world).await;
    let part = |nth, told, phones: &[&str]| ContactFile {
        lines: vec![line(ours.customer, "Vic", &format!("vic{nth}@contoso.example"), phones)],
        part: Some((nth, 3)),
        ahead: Numbers { new: 5, other: 2 },
        told,
        ..ContactFile::default()
    };
    let import = async |file| {
        store.import_contacts(ours.account, ours.ann, START, &file).await.unwrap();
        store.due_mails(after(MINUTE)).await.unwrap()
    };
    assert!(import(part(1, false, &[])).await.is_empty(), "no numbers");
    let due = import(part(2, false, &["1234"])).await;
    let held = super::fixture::lease(after(MINUTE));
    let row = store.claim_outbox(due[0], held, after(MINUTE)).await.unwrap().unwrap();
    let counts = Numbers::parse(row.about.as_deref().unwrap());
    assert_eq!((due.len(), counts), (1, Numbers { new: 6, other: 2 }));
    let now = import(part(3, true, &["1234"])).await;
    assert!(now.iter().all(|id| *id == due[0]), "told already");
    let told = world.told("contacts-imported").await;
    assert!(told[1]["about"].as_str().unwrap().starts_with("part 2 of 3: 1 new, 0 changed"));
    assert_eq!(told.len(), 3);
}

async fn numbers_that_nobody_had_looked_at_are_others_too(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let entered = async |id| {
        let contact = store.contact(ours.account, id).await.unwrap().unwrap();
        contact.entered_at
    };
    import(&world, vec![line(ours.customer, "Carl", "carl@contoso.example", &["99"])]).await;
    assert_eq!(entered(ours.carl).await, Some(after(MINUTE)));
    let at = after(2 * MINUTE);
    assert_eq!(store.see_card(ours.account, ours.carl, b"99", at).await.unwrap(), Some(at));
    let vic = line(ours.customer, "Vic", "vic@contoso.example", &["1234"]);
    let id = vic.id;
    import(&world, vec![vic]).await;
    assert_eq!(entered(id).await, Some(after(MINUTE)));
    assert_eq!(store.see_card(ours.account, id, b"1234", at).await.unwrap(), None);
}

async fn a_file_is_of_one_account(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let file = ContactFile {
        lines: vec![line(theirs.customer, "Mallory", "carl@contoso.example", &["666"])],
        ..ContactFile::default()
    };
    moved_on(store.import_contacts(ours.account, ours.ann, START, &file).await);
    assert!(store.known_contacts(ours.account, &[theirs.customer]).await.unwrap().is_empty());
    // A PSA's contact is known by its hash, and is not written over.
    let psa = connected(&world, PsaKind::Halo).await.integration.id;
    let seen = SeenContact {
        id: "7",
        customer: ours.customer,
        name: "Paula",
        address_hash: Some(b"hash"),
    };
    store.mirror(ours.account, psa, START, seen, None).await.unwrap();
    let known = store.known_contacts(ours.account, &[ours.customer]).await.unwrap();
    let paula = known.iter().find(|it| it.name == "Paula").unwrap();
    assert_eq!(paula.address_hash.as_deref(), Some(&b"hash"[..]));
}
