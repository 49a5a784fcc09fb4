//! Companies of a PSA and which customers they are; contacts and tickets as far as they are kept.

use shared::{CustomerId, IntegrationId, Millis};

use super::fixture::{START, World, after, moved_on, new_id};
use super::psa::connected;
use crate::psa::{Company, PsaKind};
use crate::store::{DirectoryLink, Mapping, SeenContact, SeenTicket};

on_both!(
    companies_are_seen_and_found,
    a_company_is_mapped_by_an_admin,
    a_ticket_of_a_psa_is_kept_without_its_card,
    a_contact_of_another_customer_is_looked_up_anew,
    another_account_maps_and_keeps_nothing,
);

fn company(id: &str, name: &str, domain: &str) -> Company {
    Company { id: id.into(), name: name.into(), domain: domain.into() }
}

async fn seen(world: &World) -> IntegrationId {
    let id = connected(world, PsaKind::ConnectWise).await.integration.id;
    let companies = [
        company("250", "Contoso", "contoso.example"),
        company("251", "Ärzte am See", ""),
        company("252", "alpine", "alpine.example"),
    ];
    world.store.see_companies(world.ours.account, id, START, &companies).await.unwrap();
    id
}

async fn names(world: &World, id: IntegrationId, search: &str, limit: u32) -> Vec<String> {
    let account = world.ours.account;
    let found = world.store.psa_companies(account, id, search, limit, 0).await.unwrap();
    found.into_iter().map(|it| it.name).collect()
}

async fn companies_are_seen_and_found(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    assert_eq!(names(&world, id, "", 2).await.len(), 2, "a page");
    assert_eq!(names(&world, id, "ÄRZTE", 9).await, ["Ärzte am See"]);
    assert_eq!(names(&world, id, "alpine.EX", 9).await, ["alpine"]);
    assert!(names(&world, id, "\0", 9).await.is_empty());
    let second = store.psa_companies(ours.account, id, "", 9, 2).await.unwrap();
    assert_eq!(second.len(), 1, "the rest");
    // Seen again under another name; whose it is stays.
    let to = Mapping::To(ours.customer);
    store.map_company(ours.account, ours.ann, START, id, "250", to).await.unwrap();
    let again = [company("250", "Contoso Ltd", "contoso.example")];
    store.see_companies(ours.account, id, after(1), &again).await.unwrap();
    let found = store.psa_companies(ours.account, id, "contoso", 9, 0).await.unwrap();
    assert_eq!(found[0].name, "Contoso Ltd");
    assert_eq!(found[0].customer.as_ref().map(|it| it.id), Some(ours.customer));
    // Those that wait for an admin stand first.
    assert_eq!(names(&world, id, "", 9).await.last().unwrap(), "Contoso Ltd");
    let nowhere = IntegrationId(new_id());
    moved_on(store.see_companies(ours.account, nowhere, START, &again).await);
}

async fn a_company_is_mapped_by_an_admin(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let map = async |company: &str, to| {
        store.map_company(ours.account, ours.ann, after(1), id, company, to).await
    };
    let whose = async |company: &str| {
        let found = store.customer_of_company(ours.account, id, company).await.unwrap();
        found.map(|it| it.id)
    };
    assert_eq!(whose("250").await, None);
    map("250", Mapping::To(ours.customer)).await.unwrap();
    assert_eq!(whose("250").await, Some(ours.customer));
    let new = CustomerId(new_id());
    map("252", Mapping::New(new)).await.unwrap();
    assert_eq!(whose("252").await, Some(new));
    let customers = store.customers(ours.account).await.unwrap();
    let found: Vec<&str> = customers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&"alpine") && found.contains(&"Contoso"));
    map("250", Mapping::Nobody).await.unwrap();
    assert_eq!(whose("250").await, None);
    moved_on(map("999", Mapping::To(ours.customer)).await);
    moved_on(map("250\0", Mapping::To(ours.customer)).await);
    moved_on(map("250", Mapping::To(world.theirs.customer)).await);
    assert_eq!(whose("250\0").await, None);
    assert_eq!(world.told("company-mapped").await.len(), 3);
}

fn card<'a>(id: &'a str, name: &'a str, customer: CustomerId) -> SeenContact<'a> {
    SeenContact { id, customer, name, address_hash: Some(b"hash of the address") }
}

fn ticket<'a>(id: &'a str, summary: &'a str) -> SeenTicket<'a> {
    SeenTicket { id, number: "T1", summary, created_at: START, closed: false }
}

async fn a_ticket_of_a_psa_is_kept_without_its_card(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let keep = async |id, contact, ticket| {
        store.mirror(ours.account, id, after(1), contact, ticket).await.unwrap()
    };
    let first = keep(id, card("7", "Ada", ours.customer), Some(ticket("70", "Help"))).await;
    let contact = store.contact(ours.account, first.contact).await.unwrap().unwrap();
    assert_eq!((contact.name.as_str(), contact.email.as_str()), ("Ada", ""));
    assert!(contact.phones.is_empty());
    assert_eq!(contact.psa.as_ref().map(|it| (it.integration, it.id.as_str())), Some((id, "7")));
    assert_eq!(contact.address_hash.as_deref(), Some(b"hash of the address".as_slice()));
    let row = store.ticket(ours.account, first.ticket.unwrap()).await.unwrap().unwrap();
    assert_eq!((row.number.as_str(), row.summary.as_str()), ("T1", "Help"));
    assert_eq!(row.psa.map(|it| (it.integration, it.id)), Some((id, "70".to_owned())));
    let at = store.contact_at(ours.account, ours.customer, "x@y", b"hash of the address").await;
    assert_eq!(at.unwrap().map(|it| it.id), Some(first.contact), "found by what is kept of it");

    // Again: the same rows, as they are there now; a ticket may be about somebody else since.
    let again = keep(id, card("7", "Ada P.", ours.customer), Some(ticket("70", "Help!"))).await;
    assert_eq!(again, first);
    let row = store.ticket(ours.account, first.ticket.unwrap()).await.unwrap().unwrap();
    assert_eq!((row.summary.as_str(), row.contact_name.as_str()), ("Help!", "Ada P."));
    let other = keep(id, card("8", "Ben", ours.customer), Some(ticket("70", "Help!"))).await;
    assert_eq!(other.ticket, first.ticket);
    assert_ne!(other.contact, first.contact);
    let row = store.ticket(ours.account, first.ticket.unwrap()).await.unwrap().unwrap();
    assert_eq!(row.contact, other.contact);
    assert_eq!(keep(id, card("9", "Eve", ours.customer), None).await.ticket, None);

    // Two PSAs may count alike, and none counts like our own list.
    let halo = connected(&world, PsaKind::Halo).await.integration.id;
    let there = keep(halo, card("7", "Ada", ours.customer), Some(ticket("70", "Help"))).await;
    assert!(there.contact != first.contact && there.ticket != first.ticket);
    // What a PSA shows to whom is its affair: its tickets are on no list of ours.
    assert!(store.tickets(ours.account, "help", 9, 0).await.unwrap().is_empty());
    assert!(store.tickets_of(ours.account, there.contact, 9).await.unwrap().is_empty());
}

async fn a_contact_of_another_customer_is_looked_up_anew(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let new = CustomerId(new_id());
    let to = Mapping::New(new);
    store.map_company(ours.account, ours.ann, START, id, "252", to).await.unwrap();
    let keep = async |customer| {
        store.mirror(ours.account, id, after(1), card("7", "Ada", customer), None).await.unwrap()
    };
    let contact = keep(ours.customer).await.contact;
    let m365 = store.m365_of(ours.account, ours.customer).await.unwrap().unwrap();
    let link = DirectoryLink {
        contact,
        integration: m365.id,
        directory_user: "ada".into(),
        address_hash: b"hash".to_vec(),
        lost_at: None::<Millis>,
    };
    store.link_directory(ours.account, after(1), &link, m365.changed_at).await.unwrap();
    keep(ours.customer).await;
    assert!(store.directory_link(ours.account, contact).await.unwrap().is_some());
    assert_eq!(keep(new).await.contact, contact);
    assert!(store.directory_link(ours.account, contact).await.unwrap().is_none());
    let row = store.contact(ours.account, contact).await.unwrap().unwrap();
    assert_eq!(row.customer, new);
}

async fn another_account_maps_and_keeps_nothing(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let id = seen(&world).await;
    let (account, ann) = (theirs.account, theirs.ann);
    assert!(store.psa_companies(account, id, "", 9, 0).await.unwrap().is_empty());
    let companies = [company("1", "X", "")];
    moved_on(store.see_companies(account, id, START, &companies).await);
    let to = Mapping::To(theirs.customer);
    moved_on(store.map_company(account, ann, START, id, "250", to).await);
    assert!(store.customer_of_company(account, id, "250").await.unwrap().is_none());
    let card_of = |customer| card("7", "Ada", customer);
    moved_on(store.mirror(account, id, START, card_of(theirs.customer), None).await);
    moved_on(store.mirror(ours.account, id, START, card_of(theirs.customer), None).await);
    let nowhere = IntegrationId(new_id());
    moved_on(store.mirror(ours.account, nowhere, START, card_of(ours.customer), None).await);
    assert_eq!(store.customers(account).await.unwrap().len(), 1);
}
