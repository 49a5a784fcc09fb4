//! Contacts that are kept in step with a customer's people at Microsoft: whoever is new comes, a new name is
//! taken over, whoever has left goes from the list, and what breaks in the middle takes nobody off it.

use server::store::{ContactSync, Lease, ListAsk, PersonHere};
use shared::{Code, IntegrationId};
use simulator::{Company, Fault, Moment, NextLink, Tenant};
use uuid::Uuid;

use super::integrations::of;
use super::mail::audited;
use crate::desk::Desk;
use crate::world::{COLLEAGUE, EMAIL, World, until};

const DAY: i64 = 24 * 60 * 60_000;
const NORTHWIND: &str = "northwind.example";
const NEWCOMER: &str = "noor.newcomer@northwind.example";

/// A customer's integration, and its page.
struct Customer {
    id: IntegrationId,
    page: String,
}

async fn customer(desk: &Desk, name: &str) -> Customer {
    let id = of(desk, name).await["id"].as_str().unwrap().to_owned();
    Customer {
        page: format!("/settings/integrations/m365/{id}"),
        id: IntegrationId(id.parse().unwrap()),
    }
}

/// Somebody joins the company.
pub(super) fn joins(tenant: &mut Tenant, upn: &str, name: &str) {
    let mut person = tenant.users[0].clone();
    person.id = Uuid::from_u128(tenant.users.len() as u128).to_string();
    person.upn = upn.into();
    person.mail = Some(upn.into());
    person.display_name = name.into();
    person.aliases.clear();
    tenant.users.push(person);
}

async fn press(desk: &Desk, it: &Customer, act: &str, fields: &[(&str, &str)]) -> u16 {
    let token = desk.form_token(&it.page).await;
    let fields = [&[("form", token.as_str())], fields].concat();
    desk.post_form(&format!("{}/{act}", it.page), &fields).await
}

async fn stop(desk: &Desk, it: &Customer) {
    assert_eq!(press(desk, it, "contacts", &[("whom", "nobody")]).await, 303);
}

async fn choose(world: &World, desk: &Desk, it: &Customer, whom: &str) -> ContactSync {
    assert_eq!(press(desk, it, "contacts", &[("whom", whom)]).await, 303, "{whom}");
    ended(world, it.id).await
}

async fn sync_now(world: &World, desk: &Desk, it: &Customer) -> ContactSync {
    assert_eq!(press(desk, it, "contacts/sync", &[]).await, 303);
    ended(world, it.id).await
}

/// The run that was asked for, when it is over. Whoever asks waits for it, unless the worker of this
/// server has begun it before them.
pub(super) async fn ended(world: &World, id: IntegrationId) -> ContactSync {
    let sync = async || world.app.store.contact_sync(world.account, id).await.unwrap().unwrap();
    until("the run is over", async || {
        let sync = sync().await;
        sync.held_until.is_none() && sync.ended_at.is_some()
    })
    .await;
    sync().await
}

async fn sync(world: &World, it: &Customer) -> ContactSync {
    world.app.store.contact_sync(world.account, it.id).await.unwrap().unwrap()
}

/// Lets everything that is due be done.
async fn done(world: &World, it: &Customer) -> ContactSync {
    until("the contacts are in step", async || {
        world.app.syncs.look_once().await.unwrap();
        let sync = sync(world, it).await;
        sync.due_at > world.now() && sync.held_until.is_none()
    })
    .await;
    sync(world, it).await
}

async fn here(world: &World, it: &Customer) -> Vec<PersonHere> {
    world.app.store.people_here(world.account, it.id).await.unwrap()
}

/// Whether a search of our page finds this address.
async fn is_listed(world: &World, address: &str) -> bool {
    let found =
        world.app.store.contacts(world.account, &ListAsk::search(address, 9)).await.unwrap();
    found.rows.iter().any(|it| it.email == address)
}

#[tokio::test]
async fn who_joins_comes_who_is_renamed_is_and_who_leaves_goes() {
    let world = World::new().await;
    let desk = world.desk().await;
    let northwind = customer(&desk, "Northwind Dental").await;
    world.outside.edit_tenant(NORTHWIND, |tenant| {
        joins(tenant, NEWCOMER, "Noor Newcomer");
        tenant.page_size = Some(10);
    });
    assert!(!is_listed(&world, NEWCOMER).await);
    let before = here(&world, &northwind).await.len();
    choose(&world, &desk, &northwind, "licensed").await;
    let page = desk.page(&format!("{}?done=contacts-on", northwind.page)).await;
    assert!(page.contains("In step") && page.contains("Sync now"), "{page}");
    assert!(desk.page("/contacts?q=noor+newcomer").await.contains(NEWCOMER));
    let people = here(&world, &northwind).await;
    let who =
        |address: &str| people.iter().find(|it| it.email.eq_ignore_ascii_case(address)).unwrap();
    let noor = who(NEWCOMER).contact;
    let contact = world.app.store.contact(world.account, noor).await.unwrap().unwrap();
    assert!(contact.phones.is_empty(), "no number of a profile");
    // The contact who was there is the same one, with the numbers that the MSP has for them.
    let ada = who("ada.park@northwind.example");
    assert!(ada.directory_user.is_some());
    assert!(!people.iter().any(|it| {
        let nobody = ["Gus Guest", "Hana Gone", "Room Four"].contains(&it.name.as_str());
        nobody && it.directory_user.is_some()
    }));
    let first = sync(&world, &northwind).await;
    assert_eq!((first.code, first.counts.unlisted), (None, 0));
    assert_eq!(people.len(), before + first.counts.added as usize);
    assert_eq!(audited(&world, "contact-sync-on").await.len(), 1);
    assert_eq!(audited(&world, "contacts-synced").await.len(), 1);

    // The next day: one is called otherwise, one has left.
    world.outside.edit_user(NEWCOMER, |noor| noor.display_name = "Noor Settled".into());
    world.outside.edit_user("ben.ortiz", |ben| ben.enabled = false);
    assert!(is_listed(&world, "ben.ortiz@northwind.example").await);
    world.pass(2 * DAY);
    let second = done(&world, &northwind).await;
    assert_eq!((second.counts.added, second.counts.changed, second.counts.unlisted), (0, 1, 1));
    let desk = world.desk().await;
    assert!(desk.page("/contacts?q=settled").await.contains(NEWCOMER));
    assert!(!is_listed(&world, "ben.ortiz@northwind.example").await);
    let ben = who("ben.ortiz@northwind.example").contact;
    assert!(desk.page(&format!("/contacts/{ben}")).await.contains("Ben Ortiz"), "not deleted");
    // A day on which nothing happens is no entry.
    world.pass(2 * DAY);
    let third = done(&world, &northwind).await;
    assert_eq!((third.counts.changed, third.counts.unlisted), (0, 0));
    assert_eq!(audited(&world, "contacts-synced").await.len(), 2);
    // Back again.
    world.outside.edit_user("ben.ortiz", |ben| ben.enabled = true);
    let desk = world.desk().await;
    sync_now(&world, &desk, &northwind).await;
    assert!(is_listed(&world, "ben.ortiz@northwind.example").await);

    // Stopped: whoever is listed stays so, and nothing is read any more.
    stop(&desk, &northwind).await;
    let asked = world.outside.requests().len();
    world.pass(2 * DAY);
    world.app.syncs.look_once().await.unwrap();
    assert_eq!(world.outside.requests().len(), asked);
    assert!(is_listed(&world, NEWCOMER).await);
    world.end().await;
}

/// Whoever is named as an approver keeps the address that they were named with, also by a run that has
/// begun before: somebody else's mailbox must not vouch.
#[tokio::test]
async fn an_approver_who_is_named_meanwhile_keeps_their_address() {
    let world = World::new().await;
    let desk = world.desk().await;
    let northwind = customer(&desk, "Northwind Dental").await;
    world.outside.edit_tenant(NORTHWIND, |tenant| joins(tenant, NEWCOMER, "Noor Newcomer"));
    choose(&world, &desk, &northwind, "licensed").await;
    let people = here(&world, &northwind).await;
    let noor = people.iter().find(|it| it.email == NEWCOMER).unwrap().contact;
    let contact = world.app.store.contact(world.account, noor).await.unwrap().unwrap();
    world.outside.edit_user(NEWCOMER, |noor| noor.mail = Some("other@northwind.example".into()));
    let mut held = world.outside.hold(0, Moment::BeforeTheAnswer);
    let run = tokio::spawn({
        let (desk, page) = (desk.clone(), northwind.page.clone());
        async move {
            let token = desk.form_token(&page).await;
            desk.post_form(&format!("{page}/contacts/sync"), &[("form", token.as_str())]).await
        }
    });
    assert!(held.arrived().await.unwrap().starts_with("GET "), "the list is asked for");
    let own = serde_json::json!({ "approvers": [noor] }).as_object().unwrap().clone();
    let who = world.session(EMAIL).await;
    let saved = world.app.policies.save(&who, Some(contact.customer), None, own).await;
    assert!(saved.is_ok());
    held.go_on().await;
    assert_eq!(run.await.unwrap(), 303);
    ended(&world, northwind.id).await;
    let kept = world.app.store.contact(world.account, noor).await.unwrap().unwrap();
    assert_eq!(kept.email, NEWCOMER);
    world.end().await;
}

#[tokio::test]
async fn what_breaks_in_the_middle_takes_nobody_off_the_list() {
    let world = World::new().await;
    let desk = world.desk().await;
    let northwind = customer(&desk, "Northwind Dental").await;
    world.outside.edit_tenant(NORTHWIND, |tenant| tenant.page_size = Some(10));
    let first = choose(&world, &desk, &northwind, "licensed").await;
    let listed = async || here(&world, &northwind).await.iter().filter(|it| it.listed).count();
    let all = listed().await;
    // Ada has left; whether she has, nobody knows who has not read all pages.
    world.outside.edit_user("ada.park", |ada| ada.enabled = false);
    let second_page = Some("GET /v1.0/users*skiptoken");
    for fault in [
        Fault::Status { status: 500, retry_after: None },
        Fault::HalfReply,
        Fault::Html { status: 200 },
        Fault::Status { status: 403, retry_after: None },
    ] {
        world.outside.fault(Company::Graph, second_page, fault.clone());
        let broken = sync_now(&world, &desk, &northwind).await;
        assert!(broken.code.is_some() && broken.ended_at.is_some(), "{fault:?}: {broken:?}");
        assert!(broken.counts.seen > 0 && broken.counts.seen < first.counts.seen, "{broken:?}");
        assert_eq!((listed().await, broken.counts.unlisted), (all, 0), "{fault:?}");
        let page = desk.page(&northwind.page).await;
        assert!(page.contains("Fails") && page.contains("Nobody was taken off the list"), "{page}");
    }
    // A next page at somebody else's, or without end, is none.
    for link in [NextLink::Elsewhere("https://evil.example".into()), NextLink::Circle] {
        world.outside.edit_tenant(NORTHWIND, |tenant| tenant.next_link = link.clone());
        let broken = sync_now(&world, &desk, &northwind).await;
        assert_eq!(broken.code, Some(Code::MicrosoftUnavailable), "{link:?}");
        assert_eq!(listed().await, all, "{link:?}");
    }
    world.outside.edit_tenant(NORTHWIND, |tenant| tenant.next_link = NextLink::Honest);
    // An answer that names nobody says nothing about anybody.
    let licences = |some: bool| {
        world.outside.edit_tenant(NORTHWIND, |tenant| {
            for user in &mut tenant.users {
                user.licences = if some { vec!["sku".into()] } else { Vec::new() };
            }
        });
    };
    licences(false);
    let nobody = sync_now(&world, &desk, &northwind).await;
    assert_eq!((nobody.counts.seen, listed().await), (0, all));
    let page = desk.page(&northwind.page).await;
    assert!(page.contains("choose all members below"), "{page}");
    licences(true);
    // It comes to its end by itself, and now she goes.
    world.pass(2 * DAY);
    let ended = done(&world, &northwind).await;
    assert_eq!((ended.code, ended.counts.unlisted, listed().await), (None, 1, all - 1));
    world.end().await;
}

#[tokio::test]
async fn microsofts_throttling_is_waited_for() {
    let world = World::new().await;
    let desk = world.desk().await;
    let northwind = customer(&desk, "Northwind Dental").await;
    world.outside.edit_tenant(NORTHWIND, |tenant| tenant.page_size = Some(10));
    let second_page = Some("GET /v1.0/users*skiptoken");
    // A moment is waited for, an hour is another run's.
    world.outside.fault(
        Company::Graph,
        second_page,
        Fault::Status { status: 429, retry_after: Some(1) },
    );
    let sync = choose(&world, &desk, &northwind, "everybody").await;
    assert_eq!((sync.code, world.outside.faults_left()), (None, 0));
    let hour = Fault::Status { status: 429, retry_after: Some(3600) };
    world.outside.fault(Company::Graph, second_page, hour);
    let later = sync_now(&world, &desk, &northwind).await;
    assert_eq!(later.code, Some(Code::MicrosoftUnavailable));
    assert!(later.due_at >= world.now().plus(60 * 60_000), "{later:?}");
    world.end().await;
}

#[tokio::test]
async fn a_customers_list_never_gets_another_customers_people() {
    let world = World::new().await;
    let desk = world.desk().await;
    let stranger = world.stranger().await;
    for (name, domain) in
        [("Northwind Dental", NORTHWIND), ("Adventure Works", "adventure.example")]
    {
        let it = customer(&desk, name).await;
        choose(&world, &desk, &it, "everybody").await;
        let met: Vec<PersonHere> =
            here(&world, &it).await.into_iter().filter(|it| it.directory_user.is_some()).collect();
        assert!(!met.is_empty(), "{name}");
        for person in &met {
            let id = person.directory_user.as_deref().unwrap();
            let contact = world.app.store.contact(world.account, person.contact).await.unwrap();
            assert_eq!(contact.unwrap().customer_name, name);
            world.outside.edit_tenant(domain, |tenant| {
                assert!(tenant.users.iter().any(|user| user.id == id), "{id} is not of {domain}");
            });
        }
        // The other MSP has the same tenants, and nothing of this.
        let theirs = customer(&stranger, name).await;
        assert!(stranger.page(&theirs.page).await.contains("List them as contacts"));
        let others = press(&stranger, &theirs, "contacts/sync", &[]).await;
        assert_eq!(others, 409, "their people are not listed");
        let token = stranger.form_token(&theirs.page).await;
        let ours = format!("{}/contacts", it.page);
        let fields = [("form", token.as_str()), ("whom", "nobody")];
        assert_eq!(stranger.post_form(&ours, &fields).await, 404);
    }
    // Nor does anybody but an admin choose it, nor one whose second factor is old.
    let northwind = customer(&desk, "Northwind Dental").await;
    let token = desk.form_token(&northwind.page).await;
    let fields = [("form", token.as_str()), ("whom", "nobody")];
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    let path = format!("{}/contacts", northwind.page);
    assert_eq!(colleague.post_form(&path, &fields).await, 403);
    world.pass(50 * 60_000);
    let token = desk.form_token(&northwind.page).await;
    world.pass(15 * 60_000);
    let fields = [("form", token.as_str()), ("whom", "nobody")];
    assert_eq!(desk.post_form(&path, &fields).await, 403);
    assert!(world.app.store.contact_sync(world.account, northwind.id).await.unwrap().is_some());
    world.end().await;
}

#[tokio::test]
async fn what_microsoft_refuses_is_said_with_its_remedy() {
    let world = World::new().await;
    let desk = world.desk().await;
    let fabrikam = customer(&desk, "Fabrikam Logistics").await;
    let refused = choose(&world, &desk, &fabrikam, "licensed").await;
    let page = desk.page(&fabrikam.page).await;
    assert!(page.contains("Test the connection on this page"), "{page}");
    assert_eq!(refused.code, Some(Code::M365SecretWrong));
    let northwind = customer(&desk, "Northwind Dental").await;
    world.outside.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.roles.retain(|role| role != "User.Read.All");
    });
    let refused = choose(&world, &desk, &northwind, "licensed").await;
    assert_eq!(refused.code, Some(Code::M365PermissionMissing));
    let page = desk.page(&northwind.page).await;
    assert!(page.contains("Grant User.Read.All with admin consent"), "{page}");
    assert!(audited(&world, "contacts-synced").await.is_empty(), "nothing was written");
    world.end().await;
}

/// A server that died in the middle: another one takes over when its lease has run out.
#[tokio::test]
async fn a_run_that_died_is_begun_anew() {
    let world = World::new().await;
    let desk = world.desk().await;
    let northwind = customer(&desk, "Northwind Dental").await;
    world.outside.edit_tenant(NORTHWIND, |tenant| joins(tenant, NEWCOMER, "Noor Newcomer"));
    let store = &world.app.store;
    let by = world.session(crate::world::EMAIL).await.technician.id;
    let whom = Some(server::store::Whom::Everybody);
    store.choose_contact_sync(world.account, by, world.now(), northwind.id, whom).await.unwrap();
    let lease = Lease { id: Uuid::from_u128(9), until: world.now().plus(60_000) };
    let dead = store.claim_contact_sync(world.account, northwind.id, lease, world.now()).await;
    // The worker of this server may have been quicker, once.
    if dead.unwrap().is_some() {
        let page = desk.page(&northwind.page).await;
        assert!(page.contains("Running") && !page.contains("Sync now"), "{page}");
        world.app.syncs.look_once().await.unwrap();
        assert!(!is_listed(&world, NEWCOMER).await, "somebody else has it");
        world.pass(60_000);
        let page = desk.page(&northwind.page).await;
        assert!(page.contains("interrupted") || page.contains("In step"), "{page}");
    }
    assert_eq!(done(&world, &northwind).await.code, None);
    assert!(is_listed(&world, NEWCOMER).await);
    world.end().await;
}
