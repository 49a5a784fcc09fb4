//! Companies of a PSA and which customers they are; contacts and tickets as far as they are kept.

use shared::{ContactId, CustomerId, IntegrationId};

use super::fixture::{MINUTE, START, World, after, moved_on, new_id, taken};
use super::psa::connected;
use crate::psa::{Company, PsaKind};
use crate::store::{CompanyRow, DirectoryLink, ImportRow, Mapping, SeenContact, SeenTicket};

on_both!(
    companies_are_seen_and_found,
    a_company_is_a_customer_by_an_admins_word,
    a_new_customer_is_made_of_a_company_once,
    companies_come_with_an_import,
    a_contact_and_a_ticket_are_mirrored,
    a_contact_of_another_customer_is_looked_up_anew,
    a_mirrored_contact_is_found_by_its_hash,
    two_psas_may_count_alike,
    another_accounts_companies_are_not_touched,
);

fn company(id: &str, name: &str, domain: &str) -> Company {
    Company { id: id.into(), name: name.into(), domain: domain.into() }
}

/// A HaloPSA that has shown three companies.
async fn seen(world: &World) -> IntegrationId {
    let id = connected(world, PsaKind::Halo).await.integration.id;
    let companies = [
        company("7", "Contoso", "contoso.example"),
        company("250", "Äpfel & Co", ""),
        company("9", "alpine", "alpine.example"),
    ];
    world.store.see_companies(world.ours.account, id, START, &companies).await.unwrap();
    id
}

async fn all(world: &World, id: IntegrationId, search: &str) -> Vec<CompanyRow> {
    world.store.psa_companies(world.ours.account, id, search, 100, 0).await.unwrap()
}

async fn names(world: &World, id: IntegrationId, search: &str) -> Vec<String> {
    all(world, id, search).await.into_iter().map(|it| it.name).collect()
}

async fn map(world: &World, id: IntegrationId, company: &str, to: Mapping) {
    let ours = &world.ours;
    world.store.map_company(ours.account, ours.ann, START, id, company, to).await.unwrap();
}

fn contact<'a>(id: &'a str, customer: CustomerId, hash: Option<&'a [u8]>) -> SeenContact<'a> {
    SeenContact { id, customer, name: "Zoë Übel", address_hash: hash }
}

fn ticket<'a>(id: &'a str, number: &'a str, closed: bool) -> SeenTicket<'a> {
    SeenTicket { id, number, summary: "Cannot sign in", created_at: START, closed }
}

async fn companies_are_seen_and_found(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let first = names(&world, id, "").await;
    assert_eq!(first[..2], ["alpine", "Contoso"], "by name in either case");
    assert_eq!(names(&world, id, " ÄPFEL ").await, ["Äpfel & Co"]);
    assert_eq!(names(&world, id, "alpine.EX").await, ["alpine"], "by domain");
    assert!(names(&world, id, "nobody").await.is_empty());
    assert!(names(&world, id, "a\0").await.is_empty());
    let page = store.psa_companies(ours.account, id, "", 1, 1).await.unwrap();
    assert_eq!(page.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Contoso"]);
    assert!(store.psa_companies(ours.account, id, "", 9, 3).await.unwrap().is_empty());
    // Seen anew, under a new name: which customer it is stays, and the others are not forgotten.
    map(&world, id, "7", Mapping::To(ours.customer)).await;
    let renamed = [company("7", "AContoso\0", "new.example"), company("1", "New", "")];
    store.see_companies(ours.account, id, after(1), &renamed).await.unwrap();
    let them = all(&world, id, "").await;
    assert_eq!(them.len(), 4);
    let last = them.last().unwrap();
    assert_eq!((last.name.as_str(), last.domain.as_str()), ("AContoso", "new.example"));
    let customer = last.customer.as_ref().unwrap();
    assert_eq!((customer.id, customer.name.as_str()), (ours.customer, "Contoso"), "mapped last");
    moved_on(store.see_companies(ours.account, IntegrationId(new_id()), START, &renamed).await);
}

async fn a_company_is_a_customer_by_an_admins_word(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let id = seen(&world).await;
    let whose = async |company: &str| {
        let found = store.customer_of_company(ours.account, id, company).await.unwrap();
        found.map(|customer| customer.id)
    };
    let say = async |company: &str, to| {
        store.map_company(ours.account, ours.ann, START, id, company, to).await
    };
    assert_eq!(whose("7").await, None, "nothing by itself, whatever it is called");
    say("7", Mapping::To(ours.customer)).await.unwrap();
    // Two companies may be one customer.
    say("9", Mapping::To(ours.customer)).await.unwrap();
    assert_eq!((whose("7").await, whose("9").await), (Some(ours.customer), Some(ours.customer)));
    for bad in [Mapping::To(theirs.customer), Mapping::To(CustomerId(new_id()))] {
        moved_on(say("7", bad).await);
    }
    for unknown in ["8", "", "7\0"] {
        moved_on(say(unknown, Mapping::Nobody).await);
        assert_eq!(whose(unknown).await, None, "{unknown:?}");
    }
    assert_eq!(whose("7").await, Some(ours.customer));
    say("7", Mapping::Nobody).await.unwrap();
    assert_eq!(whose("7").await, None);
    say("7", Mapping::Suggested(ours.customer)).await.unwrap();
    assert_eq!(whose("7").await, Some(ours.customer));
    let told = world.told("company-mapped").await;
    let told: Vec<_> = told.iter().map(|it| (&it["about"], it["customer"].as_str())).collect();
    let contoso = ours.customer.to_string();
    let right =
        [("7", Some(contoso.as_str())), ("9", Some(&contoso)), ("7", None), ("7", Some(&contoso))];
    assert_eq!(told.len(), right.len());
    for ((about, customer), right) in told.into_iter().zip(right) {
        assert_eq!((about.as_str().unwrap(), customer), right);
    }
}

async fn a_new_customer_is_made_of_a_company_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let new = CustomerId(new_id());
    let say = async |to| store.map_company(ours.account, ours.ann, START, id, "250", to).await;
    say(Mapping::New(new)).await.unwrap();
    let found = store.customer_of_company(ours.account, id, "250").await.unwrap().unwrap();
    assert_eq!((found.id, found.name.as_str()), (new, "Äpfel & Co"));
    // A second click makes no second one, and no suggestion takes it from them.
    moved_on(say(Mapping::Suggested(ours.customer)).await);
    moved_on(say(Mapping::New(CustomerId(new_id()))).await);
    let customers = store.customers(ours.account).await.unwrap();
    assert_eq!(customers.len(), 2);
    assert!(customers.iter().any(|it| it.id == new));
    assert!(store.customers(world.theirs.account).await.unwrap().iter().all(|it| it.id != new));
    // It is a customer like any other.
    let without = store.customers_without_m365(ours.account).await.unwrap();
    assert_eq!(without.iter().map(|it| it.id).collect::<Vec<_>>(), [new]);
}

async fn companies_come_with_an_import(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = IntegrationId(new_id());
    let psa = |id| ImportRow::Integration {
        id,
        customer: None,
        kind: "halo",
        name: "HaloPSA".into(),
        settings: "{}".into(),
    };
    let company = ImportRow::Company {
        integration: id,
        company: "250".into(),
        name: "Contoso".into(),
        customer: ours.customer,
    };
    store.import(ours.account, START, &[psa(id), company]).await.unwrap();
    let found = store.customer_of_company(ours.account, id, "250").await.unwrap();
    assert_eq!(found.unwrap().id, ours.customer);
    taken(store.import(ours.account, START, &[psa(IntegrationId(new_id()))]).await);
}

async fn a_contact_and_a_ticket_are_mirrored(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let mirror = async |now, contact, ticket| {
        store.mirror(ours.account, id, now, contact, ticket).await.unwrap()
    };
    let zoe = contact("41", ours.customer, Some(b"hash"));
    let alone = mirror(START, zoe, None).await;
    assert!(alone.ticket.is_none());
    let first = mirror(START, zoe, Some(ticket("1001", "T1001", false))).await;
    assert_eq!(first.contact, alone.contact, "one row for one contact");
    let it = first.ticket.unwrap();
    assert_ne!(it, ours.ticket, "whatever number the built-in list has");
    let kept = store.contact(ours.account, first.contact).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.customer), ("Zoë Übel", ours.customer));
    assert!(kept.email.is_empty() && kept.phones.is_empty(), "read there each time");
    // Brought up to date: renamed, closed, and the moment of closing stays.
    let renamed = SeenContact { name: "Zoë Schmidt", ..zoe };
    let again = mirror(after(1), renamed, Some(ticket("1001", "T1001", true))).await;
    assert_eq!(again, first);
    let kept = store.contact(ours.account, first.contact).await.unwrap().unwrap();
    assert_eq!(kept.name, "Zoë Schmidt");
    let closed_at = async || {
        let find = "update tickets set summary = 'late' where id = $1 and closed_at is not null
            and closed_at > 1800000000001";
        store.seed(find, &[it.0]).await;
        store.ticket(ours.account, it).await.unwrap().unwrap().summary
    };
    mirror(after(MINUTE), zoe, Some(ticket("1001", "T1001", true))).await;
    assert_eq!(closed_at().await, "Cannot sign in", "it was closed when it was first seen closed");
    // Another contact in the same ticket.
    let max =
        mirror(START, contact("42", ours.customer, None), Some(ticket("1001", "T1001", false)));
    let max = max.await;
    assert_eq!(max.ticket, Some(it));
    assert_ne!(max.contact, first.contact);
    let of = store.ticket(ours.account, it).await.unwrap().unwrap();
    assert_eq!(of.contact, max.contact);
    let mirror = async |id, customer| {
        store.mirror(ours.account, id, START, contact("41", customer, None), None).await
    };
    moved_on(mirror(IntegrationId(new_id()), ours.customer).await);
    moved_on(mirror(id, CustomerId(new_id())).await);
    moved_on(mirror(id, world.theirs.customer).await);
}

async fn a_contact_of_another_customer_is_looked_up_anew(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    map(&world, id, "250", Mapping::New(CustomerId(new_id()))).await;
    let other = store.customer_of_company(ours.account, id, "250").await.unwrap().unwrap().id;
    let mirror = async |customer| {
        let seen = contact("41", customer, Some(b"hash"));
        store.mirror(ours.account, id, START, seen, None).await.unwrap().contact
    };
    let zoe = mirror(ours.customer).await;
    let link = DirectoryLink {
        contact: zoe,
        integration: ours.m365,
        directory_user: "u".into(),
        address_hash: b"hash".to_vec(),
        lost_at: None,
    };
    store.link_directory(ours.account, START, &link, START).await.unwrap();
    let linked = async || {
        let found = store.directory_link(ours.account, zoe).await.unwrap();
        found.is_some()
    };
    assert!(linked().await);
    assert_eq!(mirror(ours.customer).await, zoe);
    assert!(linked().await, "the same customer's person is the same person");
    assert_eq!(mirror(other).await, zoe);
    assert!(!linked().await, "another customer's tenant has other people");
    assert_eq!(store.contact(ours.account, zoe).await.unwrap().unwrap().customer, other);
}

async fn a_mirrored_contact_is_found_by_its_hash(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = seen(&world).await;
    let mirror = async |who, hash| {
        let seen = contact(who, ours.customer, hash);
        store.mirror(ours.account, id, START, seen, None).await.unwrap().contact
    };
    let at = async |address: &str, hash: &[u8]| {
        let found = store.contact_at(ours.account, ours.customer, address, hash).await.unwrap();
        found.map(|contact| contact.id)
    };
    let zoe = mirror("41", Some(b"zoe".as_slice())).await;
    assert_eq!(at("zoe@contoso.example", b"zoe").await, Some(zoe));
    assert_eq!(at("max@contoso.example", b"max").await, None);
    // Nothing to look for finds nobody: cards of a PSA have no address here.
    assert_eq!(at("", b"zoe").await, None);
    assert_eq!(at(" ", b"max").await, None);
    // One of the built-in list and one of the PSA, or two of the PSA: which is meant, nobody can say.
    assert_eq!(at("carl@contoso.example", b"zoe").await, None);
    let twin = mirror("42", Some(b"zoe".as_slice())).await;
    assert_eq!(at("zoe@contoso.example", b"zoe").await, None);
    mirror("42", None).await;
    assert_eq!(at("zoe@contoso.example", b"zoe").await, Some(zoe), "its address is another now");
    assert_ne!(twin, zoe);
}

async fn two_psas_may_count_alike(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let halo = seen(&world).await;
    let connectwise = connected(&world, PsaKind::ConnectWise).await.integration.id;
    let mirror = async |id| {
        let (seen, about) = (contact("41", ours.customer, None), ticket("1001", "1001", false));
        store.mirror(ours.account, id, START, seen, Some(about)).await.unwrap()
    };
    let (one, two) = (mirror(halo).await, mirror(connectwise).await);
    assert_ne!(one.contact, two.contact);
    assert_ne!(one.ticket, two.ticket);
    assert_eq!((mirror(halo).await, mirror(connectwise).await), (one, two));
    // A deleted one's stay for the audit, and one that comes instead begins anew.
    store.end_psa(ours.account, ours.ann, START, halo).await.unwrap();
    let gone = store.mirror(ours.account, halo, START, contact("41", ours.customer, None), None);
    moved_on(gone.await);
    assert!(store.contact(ours.account, one.contact).await.unwrap().is_some());
    assert!(store.ticket(ours.account, one.ticket.unwrap()).await.unwrap().is_some());
    let again = mirror(connected(&world, PsaKind::Halo).await.integration.id).await;
    assert_ne!(again.contact, one.contact);
}

async fn another_accounts_companies_are_not_touched(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let id = seen(&world).await;
    let (them, ann) = (theirs.account, theirs.ann);
    map(&world, id, "7", Mapping::To(ours.customer)).await;
    assert!(store.psa_companies(them, id, "", 9, 0).await.unwrap().is_empty());
    moved_on(store.see_companies(them, id, START, &[company("7", "Theirs", "")]).await);
    for to in [Mapping::Nobody, Mapping::To(theirs.customer), Mapping::New(CustomerId(new_id()))] {
        moved_on(store.map_company(them, ann, START, id, "7", to).await);
    }
    assert!(store.customer_of_company(them, id, "7").await.unwrap().is_none());
    let seen = contact("41", theirs.customer, None);
    moved_on(store.mirror(them, id, START, seen, None).await);
    assert_eq!(store.customers(them).await.unwrap().len(), 1);
    let mine = store.customer_of_company(ours.account, id, "7").await.unwrap();
    assert_eq!(mine.unwrap().id, ours.customer);
    assert!(store.contact(them, ContactId(new_id())).await.unwrap().is_none());
    assert_eq!(store.audit(them).await.unwrap().len(), 1);
}
