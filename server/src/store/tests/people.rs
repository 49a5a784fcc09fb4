//! Contacts and tickets of the built-in list: found by whom, in which order.

use shared::{ContactId, TicketId};

use super::fixture::{MINUTE, START, World, after, new_id};
use crate::store::{ImportRow, ListAsk, Order};

on_both!(
    a_contact_is_read_as_it_was_written,
    one_contact_is_found_by_its_address,
    everybody_at_an_address_is_found,
    contacts_are_found_by_name_address_and_customer,
    a_search_is_no_pattern,
    letters_beyond_ascii_are_found_in_either_case,
    what_no_name_can_be_finds_nothing,
    tickets_are_newest_first,
    tickets_of_a_contact,
);

/// Adds to our list.
async fn add(world: &World, rows: Vec<ImportRow>) {
    world.store.import(world.ours.account, START, &rows).await.unwrap();
}

async fn add_people(world: &World, names: &[&str]) {
    let person = |name: &&str| world.ours.contact(ContactId(new_id()), name, "");
    add(world, names.iter().map(person).collect()).await;
}

/// The names that a search in our list finds, in its order.
async fn search(world: &World, text: &str) -> Vec<String> {
    let found = world.store.contacts(world.ours.account, &ListAsk::search(text, 99)).await.unwrap();
    found.rows.into_iter().map(|contact| contact.name).collect()
}

async fn a_contact_is_read_as_it_was_written(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let carl = store.contact(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!((carl.id, carl.customer), (ours.carl, ours.customer));
    assert_eq!((carl.customer_name.as_str(), carl.customer_on), ("Contoso", true));
    assert_eq!((carl.name.as_str(), carl.email.as_str()), ("Carl Carter", "carl@contoso.example"));
    assert_eq!(carl.phones, ["+49 30 1234", "555-0100"]);
    store.seed("update customers set is_on = false where id = $1", &[ours.customer.0]).await;
    assert!(!store.contact(ours.account, ours.carl).await.unwrap().unwrap().customer_on);
    assert!(store.contact(world.theirs.account, ours.carl).await.unwrap().is_none());
    assert!(store.contact(ours.account, ContactId(new_id())).await.unwrap().is_none());
}

async fn one_contact_is_found_by_its_address(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let at = async |account, customer, address| {
        let found = store.contact_at(account, customer, address, b"of nobody").await.unwrap();
        found.map(|contact| contact.id)
    };
    let carl = "carl@contoso.example";
    assert_eq!(at(ours.account, ours.customer, carl).await, Some(ours.carl));
    assert_eq!(at(ours.account, ours.customer, " CARL@contoso.example ").await, Some(ours.carl));
    assert_eq!(at(world.theirs.account, ours.customer, carl).await, None);
    assert_eq!(at(ours.account, shared::CustomerId(new_id()), carl).await, None);
    for nobody in ["", "carl", "carl@contoso.example\0"] {
        assert_eq!(at(ours.account, ours.customer, nobody).await, None, "{nobody}");
    }
    // Two with one address: which of them is meant, nobody can say.
    add(&world, vec![ours.contact(ContactId(new_id()), "Twin", carl)]).await;
    assert_eq!(at(ours.account, ours.customer, carl).await, None);
}

/// For the audit: whoever has it, listed or not, here or at a PSA.
async fn everybody_at_an_address_is_found(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let psa = super::psa::connected(&world, crate::psa::PsaKind::Halo).await.integration.id;
    let seen = crate::store::SeenContact {
        id: "7",
        customer: ours.customer,
        name: "Paula",
        address_hash: Some(b"paula's"),
    };
    store.mirror(ours.account, psa, START, seen, None).await.unwrap();
    let names = async |address: &'static str, hash: &'static [u8], most| {
        let found = store.contacts_at(ours.account, address, hash, most).await.unwrap();
        found.into_iter().map(|it| it.name).collect::<Vec<_>>()
    };
    store.seed("update contacts set listed = false where account = $1", &[ours.account.0]).await;
    assert_eq!(names(" CARL@contoso.example", b"carl's", 9).await, ["Carl Carter"]);
    assert_eq!(names("paula@contoso.example", b"paula's", 9).await, ["Paula"]);
    assert_eq!(names("carl@contoso.example", b"paula's", 1).await.len(), 1);
    for nothing in ["carl", "", " ", "carl@contoso.example\u{0}"] {
        assert!(names(nothing, b"nobody's", 9).await.is_empty(), "{nothing:?}");
    }
    let theirs = store.contacts_at(world.theirs.account, "paula@contoso.example", b"paula's", 9);
    assert!(theirs.await.unwrap().is_empty());
}

async fn contacts_are_found_by_name_address_and_customer(world: World) {
    add_people(&world, &["berta Brown", "Anton Adams", "Dora Dean"]).await;
    // By name, in either case.
    let all = ["Anton Adams", "berta Brown", "Carl Carter", "Dora Dean"];
    assert_eq!(search(&world, "").await, all);
    assert_eq!(search(&world, " BROWN ").await, ["berta Brown"]);
    assert_eq!(search(&world, "CARL@contoso").await, ["Carl Carter"]);
    assert_eq!(search(&world, "contoSO").await, all);
    assert!(search(&world, "nina").await.is_empty());
    // All words, by how they begin, in any order.
    assert_eq!(search(&world, "cart carl cont").await, ["Carl Carter"]);
    assert!(search(&world, "arter").await.is_empty());
    assert!(search(&world, "carl brown").await.is_empty());
    let theirs = world.store.contacts(world.theirs.account, &ListAsk::all(9)).await.unwrap();
    assert_eq!(theirs.rows.len(), 1);
}

async fn a_search_is_no_pattern(world: World) {
    add_people(&world, &["100% Sure", "a_b", "back\\slash", "O'Neil \"Bo\""]).await;
    assert_eq!(search(&world, "100%").await, ["100% Sure"]);
    assert_eq!(search(&world, "b_a").await, ["a_b"]);
    assert_eq!(search(&world, "back\\sl").await, ["back\\slash"]);
    for sign in ["%", "_", "\\", "' or 1=1"] {
        assert!(search(&world, sign).await.is_empty(), "{sign}");
    }
    assert_eq!(search(&world, "o'neil \"").await, ["O'Neil \"Bo\""]);
}

async fn letters_beyond_ascii_are_found_in_either_case(world: World) {
    add_people(&world, &["Änne Müller", "ÉLODIE", "Ωμέγα", "田中", "İpek"]).await;
    for text in ["Änne", "änne", "ÄNNE", "MÜLLER", "müller"] {
        assert_eq!(search(&world, text).await, ["Änne Müller"], "{text}");
    }
    assert_eq!(search(&world, "élodie").await, ["ÉLODIE"]);
    assert_eq!(search(&world, "ωΜΈΓΑ").await, ["Ωμέγα"]);
    assert_eq!(search(&world, "田").await, ["田中"]);
    assert_eq!(search(&world, "İpek").await, ["İpek"]);
    // An accent is a letter of its own.
    assert!(search(&world, "anne").await.is_empty());
    let about = world.ours.about(TicketId(new_id()), "Ü-7", "KENNWORT ÄNDERN", START);
    add(&world, vec![about]).await;
    for text in ["ändern", "#ü-7"] {
        let ask = ListAsk::search(text, 9);
        let found = world.store.tickets(world.ours.account, &ask).await.unwrap();
        assert_eq!(found.rows.len(), 1, "{text}");
    }
}

async fn what_no_name_can_be_finds_nothing(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    for text in ["Carlo\u{0}", "\u{0}", &"x".repeat(100_000), &"carlo ".repeat(100_000)] {
        assert!(store.contacts(account, &ListAsk::search(text, 9)).await.unwrap().rows.is_empty());
        assert!(store.tickets(account, &ListAsk::search(text, 9)).await.unwrap().rows.is_empty());
    }
    assert!(store.technician_by_email("ann@ours.example\u{0}").await.unwrap().is_none());
    assert!(!store.knows_text(account, "SM\u{0}").await.unwrap());
}

async fn tickets_are_newest_first(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let closed = TicketId(new_id());
    let rows = vec![
        ours.about(TicketId(new_id()), "1003", "Printer", after(MINUTE)),
        ours.about(TicketId(new_id()), "1002", "Mail", after(MINUTE)),
        ours.about(closed, "1004", "Old trouble", after(2 * MINUTE)),
    ];
    add(&world, rows).await;
    store.seed("update tickets set closed_at = 1 where id = $1", &[closed.0]).await;
    let numbers = async |text: &str, order| {
        let ask = ListAsk { order, ..ListAsk::search(text, 9) };
        let found = store.tickets(ours.account, &ask).await.unwrap();
        found.rows.into_iter().map(|ticket| ticket.number).collect::<Vec<_>>()
    };
    let mut open = numbers("", Order::Other).await;
    assert_eq!(open[0], "1001", "the oldest first");
    open.reverse();
    assert_eq!(numbers(" ", Order::Usual).await, open);
    // A search finds closed ones too, by number, summary, contact, customer.
    assert_eq!(numbers("#1004", Order::Usual).await, ["1004"]);
    assert_eq!(numbers("PRINT", Order::Usual).await, ["1003"]);
    let mut all = open.clone();
    all.insert(0, "1004".into());
    assert_eq!(numbers("carter", Order::Usual).await, all);
    assert_eq!(numbers("contoso", Order::Usual).await, all);
    assert!(numbers("1005", Order::Usual).await.is_empty());

    let ticket = store.ticket(ours.account, ours.ticket).await.unwrap().unwrap();
    assert_eq!((ticket.contact, ticket.contact_name.as_str()), (ours.carl, "Carl Carter"));
    assert_eq!((ticket.number.as_str(), ticket.summary.as_str()), ("1001", "Cannot sign in"));
    assert_eq!((ticket.customer_name.as_str(), ticket.created_at), ("Contoso", START));
    assert!(store.ticket(world.theirs.account, ours.ticket).await.unwrap().is_none());
    let theirs = store.tickets(world.theirs.account, &ListAsk::all(9)).await.unwrap();
    assert_eq!(theirs.rows.len(), 1);
}

async fn tickets_of_a_contact(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let closed = TicketId(new_id());
    add(&world, vec![ours.about(closed, "1002", "Mail", after(MINUTE))]).await;
    store.seed("update tickets set closed_at = 1 where id = $1", &[closed.0]).await;
    let of = async |account, contact, limit| {
        let found = store.tickets_of(account, contact, limit).await.unwrap();
        found.into_iter().map(|ticket| ticket.number).collect::<Vec<_>>()
    };
    assert_eq!(of(ours.account, ours.carl, 9).await, ["1002", "1001"]);
    assert_eq!(of(ours.account, ours.carl, 1).await, ["1002"]);
    assert!(of(world.theirs.account, ours.carl, 9).await.is_empty());
    assert!(of(ours.account, ContactId(new_id()), 9).await.is_empty());
    assert!(store.ticket_notes(ours.account, closed).await.unwrap().is_empty());
}
