//! Contacts that are kept in step with people at Microsoft: chosen, held by one run at a time, never another
//! customer's or account's.

use shared::{Code, ContactId, IntegrationId, Millis};

use super::fixture::{HOUR, MINUTE, START, World, after, lease, moved_on, new_id};
use super::m365::altered;
use super::psa::connected;
use crate::psa::{Company, PsaKind};
use crate::store::{
    ContactSync, Lease, ListAsk, M365Act, Mapping, MetContact, PersonHere, SeenContact, SyncCounts,
    SyncRun, SyncedAs, SyncedPerson, Whom,
};

on_both!(
    a_choice_is_made_changed_and_taken_back,
    one_run_at_a_time_and_a_dead_one_is_taken_over,
    a_run_writes_people_and_takes_them_off_the_list,
    a_run_of_what_has_changed_writes_nothing,
    a_run_writes_its_own_customers_people_only,
    who_is_who_is_forgotten_with_the_tenant,
    a_psa_that_is_listed_here_is_kept_in_step,
);

fn person(directory_user: &str, name: &str, email: &str, is: SyncedAs) -> SyncedPerson {
    SyncedPerson {
        directory_user: directory_user.into(),
        name: name.into(),
        email: email.into(),
        is,
    }
}

fn new() -> ContactId {
    ContactId(new_id())
}

async fn chosen(world: &World, whom: Whom) {
    let ours = &world.ours;
    let choose =
        world.store.choose_contact_sync(ours.account, ours.ann, START, ours.m365, Some(whom));
    choose.await.unwrap();
}

async fn sync(world: &World) -> ContactSync {
    world.store.contact_sync(world.ours.account, world.ours.m365).await.unwrap().unwrap()
}

async fn claimed(world: &World, held: Lease, now: Millis) -> Option<SyncRun> {
    let (account, id) = (world.ours.account, world.ours.m365);
    let (row, _) = world.store.claim_contact_sync(account, id, held, now).await.unwrap()?;
    let version = row.changed_at;
    Some(SyncRun { account, integration: id, version, lease: held.id, until: held.until })
}

async fn begun(world: &World, now: Millis) -> SyncRun {
    claimed(world, lease(now), now).await.unwrap()
}

/// An address as an import file may have written it.
const CAPITALS: &str = "update contacts set email = 'Carl@Contoso.example'
    where account = $1 and email = 'carl@contoso.example'";

async fn here(world: &World) -> Vec<PersonHere> {
    world.store.people_here(world.ours.account, world.ours.m365).await.unwrap()
}

async fn listed(world: &World) -> Vec<String> {
    let ask = ListAsk::search("", 9);
    let rows = world.store.contacts(world.ours.account, &ask).await.unwrap().rows;
    rows.into_iter().map(|it| format!("{} {}", it.name, it.email)).collect()
}

async fn a_choice_is_made_changed_and_taken_back(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let (account, ann, id) = (ours.account, ours.ann, ours.m365);
    let choose = async |id: IntegrationId, whom| {
        store.choose_contact_sync(account, ann, START, id, whom).await
    };
    assert_eq!(store.contact_sync(account, id).await.unwrap(), None);
    moved_on(choose(id, None).await);
    moved_on(choose(theirs.m365, Some(Whom::Everybody)).await);
    moved_on(choose(ours.sms, Some(Whom::Everybody)).await);
    moved_on(store.ask_contact_sync(account, id, START).await);
    chosen(&world, Whom::Licensed).await;
    moved_on(choose(id, Some(Whom::Licensed)).await);
    let never = ContactSync {
        whom: Whom::Licensed,
        due_at: START,
        held_until: None,
        begun_at: None,
        counts: SyncCounts::default(),
        ended_at: None,
        code: None,
    };
    assert_eq!(sync(&world).await, never);
    assert_eq!(store.due_contact_syncs(START).await.unwrap(), [(account, id)]);
    assert_eq!(store.contact_sync(theirs.account, id).await.unwrap(), None);
    // Another choice voids the run that is under way.
    let run = begun(&world, START).await;
    choose(id, Some(Whom::Everybody)).await.unwrap();
    moved_on(store.put_people(&run, START, 1, &[]).await);
    assert_eq!(sync(&world).await.whom, Whom::Everybody);
    choose(id, None).await.unwrap();
    assert!(store.due_contact_syncs(after(HOUR)).await.unwrap().is_empty());
    let told = [world.told("contact-sync-on").await, world.told("contact-sync-off").await].concat();
    let about: Vec<_> = told.iter().map(|it| it["about"].as_str().unwrap_or_default()).collect();
    assert_eq!(about, ["members with a licence", "all members", ""]);
    assert!(told.iter().all(|it| it["technician"] == ann.to_string()));
    assert!(told.iter().all(|it| it["customer"] == ours.customer.to_string()));
}

async fn one_run_at_a_time_and_a_dead_one_is_taken_over(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let (account, id) = (ours.account, ours.m365);
    chosen(&world, Whom::Everybody).await;
    let held = lease(START);
    let first = claimed(&world, held, START).await.unwrap();
    assert!(claimed(&world, lease(START), START).await.is_none());
    assert!(store.due_contact_syncs(START).await.unwrap().is_empty());
    assert!(sync(&world).await.is_under_way(START));
    // It makes its lease last with each step.
    let longer = SyncRun { until: after(HOUR), ..first };
    let dora = person("dora", "Dora", "dora@contoso.example", SyncedAs::New(new()));
    store.put_people(&longer, START, 7, &[dora]).await.unwrap();
    assert!(claimed(&world, lease(held.until), held.until).await.is_none());
    // It dies: what it wrote is told by whoever takes over.
    assert!(world.told("contacts-synced").await.is_empty());
    let second = begun(&world, after(HOUR)).await;
    let told = world.told("contacts-synced").await;
    assert_eq!(told[0]["about"], "7 people met: 1 new, 0 changed, 0 not listed any more");
    moved_on(store.put_people(&first, after(HOUR), 1, &[]).await);
    moved_on(store.unlist_people(&first, &[ours.carl]).await);
    moved_on(store.end_contact_sync(&first, after(HOUR), after(HOUR), None).await);
    let next = after(25 * HOUR);
    store.end_contact_sync(&second, after(HOUR), next, Some(Code::M365SecretWrong)).await.unwrap();
    let ended = sync(&world).await;
    assert_eq!((ended.code, ended.due_at), (Some(Code::M365SecretWrong), next));
    assert_eq!((ended.ended_at, ended.held_until), (Some(after(HOUR)), None));
    assert_eq!(world.told("contacts-synced").await.len(), 1, "it has written nothing");
    assert!(claimed(&world, lease(after(2 * HOUR)), after(2 * HOUR)).await.is_none(), "not due");
    store.ask_contact_sync(account, id, after(2 * HOUR)).await.unwrap();
    assert!(claimed(&world, lease(after(2 * HOUR)), after(2 * HOUR)).await.is_some());
}

async fn a_run_writes_people_and_takes_them_off_the_list(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    chosen(&world, Whom::Everybody).await;
    let run = begun(&world, START).await;
    let (dora, other) = (new(), new());
    let people = [
        person("carl", "Carl C.", "carl@contoso.example", SyncedAs::Found(ours.carl)),
        person("dora", "Dora\0 Dean", "dora@contoso.example", SyncedAs::New(dora)),
        // Twice in one list: the first counts.
        person("dora", "Dora Dean", "dora@contoso.example", SyncedAs::New(other)),
        person("odd", "Odd", "o\0dd@contoso.example", SyncedAs::New(new())),
    ];
    store.put_people(&run, START, 3, &people).await.unwrap();
    let counts = SyncCounts { seen: 3, added: 1, changed: 1, unlisted: 0 };
    assert_eq!(sync(&world).await.counts, counts);
    assert_eq!(
        listed(&world).await,
        ["Carl C. carl@contoso.example", "Dora Dean dora@contoso.example"]
    );
    let found = store.contacts(ours.account, &ListAsk::search("dean contoso", 9)).await.unwrap();
    assert_eq!(found.rows[0].id, dora);
    let carl = store.contact(ours.account, ours.carl).await.unwrap().unwrap();
    assert_eq!(carl.phones.len(), 2, "numbers are left as they are");
    // The same again is nothing; another address is.
    let known = |name, email| person("dora", name, email, SyncedAs::Known(dora));
    store.put_people(&run, START, 1, &[known("Dora Dean", "dora@contoso.example")]).await.unwrap();
    assert_eq!(sync(&world).await.counts.changed, 1);
    let moved = known("Dora Dean", "d.dean@contoso.example");
    store.put_people(&run, after(MINUTE), 1, &[moved]).await.unwrap();
    let found = store.contacts(ours.account, &ListAsk::search("d dean", 9)).await.unwrap();
    assert_eq!(found.rows[0].email, "d.dean@contoso.example");
    // Off the list, and back.
    store.unlist_people(&run, &[dora, dora]).await.unwrap();
    assert_eq!(listed(&world).await, ["Carl C. carl@contoso.example"]);
    assert!(store.contact(ours.account, dora).await.unwrap().is_some(), "nobody is deleted");
    let gone = here(&world).await.into_iter().find(|it| it.contact == dora).unwrap();
    assert_eq!((gone.listed, gone.directory_user.as_deref()), (false, Some("dora")));
    let back = known("Dora Dean", "d.dean@contoso.example");
    store.put_people(&run, after(MINUTE), 1, &[back]).await.unwrap();
    assert_eq!(listed(&world).await.len(), 2);
    let counts = SyncCounts { seen: 6, added: 1, changed: 3, unlisted: 1 };
    assert_eq!(sync(&world).await.counts, counts);
    store.end_contact_sync(&run, after(MINUTE), after(HOUR), None).await.unwrap();
    let told = &world.told("contacts-synced").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["about"], "6 people met: 1 new, 3 changed, 1 not listed any more");
    assert_eq!(told[0]["customer"], ours.customer.to_string());
}

async fn a_run_of_what_has_changed_writes_nothing(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let (account, ann, id) = (ours.account, ours.ann, ours.m365);
    chosen(&world, Whom::Everybody).await;
    let eve = || person("eve", "Eve", "eve@contoso.example", SyncedAs::New(new()));
    let run = begun(&world, START).await;
    store.switch_m365(account, ann, START, id, false).await.unwrap();
    moved_on(store.put_people(&run, START, 1, &[eve()]).await);
    assert!(store.due_contact_syncs(after(HOUR)).await.unwrap().is_empty(), "off");
    assert!(claimed(&world, lease(after(HOUR)), after(HOUR)).await.is_none(), "off");
    store.switch_m365(account, ann, START, id, true).await.unwrap();
    let run = begun(&world, after(HOUR)).await;
    let seen = store.m365_one(account, id).await.unwrap().unwrap();
    let change = altered(M365Act::Changed, &[]);
    store.change_m365(account, ann, after(HOUR), &seen, &change).await.unwrap();
    moved_on(store.put_people(&run, after(HOUR), 1, &[eve()]).await);
    moved_on(store.unlist_people(&run, &[]).await);
    let run = begun(&world, after(2 * HOUR)).await;
    store.choose_contact_sync(account, ann, after(2 * HOUR), id, None).await.unwrap();
    moved_on(store.put_people(&run, after(2 * HOUR), 1, &[eve()]).await);
    assert_eq!(listed(&world).await.len(), 1, "Carl alone");
    // An account that is off keeps nothing in step.
    chosen(&world, Whom::Everybody).await;
    store.seed("update accounts set is_on = false where id = $1", &[account.0]).await;
    assert!(store.due_contact_syncs(after(3 * HOUR)).await.unwrap().is_empty());
}

async fn a_run_writes_its_own_customers_people_only(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    chosen(&world, Whom::Everybody).await;
    let run = begun(&world, START).await;
    store.seed(CAPITALS, &[ours.account.0]).await;
    // Another account's contact, and one whom nobody has met.
    let people = [
        person("mallory", "Mallory", "m@contoso.example", SyncedAs::Found(theirs.carl)),
        person("mallory", "Mallory", "m@contoso.example", SyncedAs::Known(theirs.carl)),
        person("mallory", "Mallory", "m@contoso.example", SyncedAs::Known(ours.carl)),
        // Somebody has made the contact since the run compared: the next one finds them.
        person("carl", "Mallory", "carl@contoso.example", SyncedAs::New(new())),
    ];
    store.put_people(&run, START, 4, &people).await.unwrap();
    store.unlist_people(&run, &[theirs.carl, ours.carl]).await.unwrap();
    let counts = SyncCounts { seen: 4, ..SyncCounts::default() };
    assert_eq!(sync(&world).await.counts, counts);
    let theirs_now = store.contact(theirs.account, theirs.carl).await.unwrap().unwrap();
    assert_eq!(theirs_now.name, "Carl Carter");
    assert_eq!(listed(&world).await, ["Carl Carter Carl@Contoso.example"]);
    assert!(store.people_here(theirs.account, ours.m365).await.unwrap().is_empty());
    // Neither does a run of one account write in the name of another.
    let stolen = SyncRun { account: theirs.account, ..run };
    moved_on(store.put_people(&stolen, START, 1, &[]).await);
}

async fn who_is_who_is_forgotten_with_the_tenant(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let (account, ann, id) = (ours.account, ours.ann, ours.m365);
    chosen(&world, Whom::Everybody).await;
    let run = begun(&world, START).await;
    let found = person("carl", "Carl", "carl@contoso.example", SyncedAs::Found(ours.carl));
    store.put_people(&run, START, 1, &[found]).await.unwrap();
    let seen = store.m365_one(account, id).await.unwrap().unwrap();
    let moved = altered(M365Act::Moved, &[]);
    store.change_m365(account, ann, START, &seen, &moved).await.unwrap();
    assert_eq!(store.contact_sync(account, id).await.unwrap(), None);
    assert_eq!(here(&world).await[0].directory_user, None);
    assert_eq!(world.told("contacts-synced").await.len(), 1, "what it had written is told");
    assert_eq!(listed(&world).await, ["Carl carl@contoso.example"]);
    chosen(&world, Whom::Everybody).await;
    store.end_m365(account, ann, START, id).await.unwrap();
    assert_eq!(store.contact_sync(account, id).await.unwrap(), None);
    moved_on(store.choose_contact_sync(account, ann, START, id, Some(Whom::Everybody)).await);
}

async fn a_psa_that_is_listed_here_is_kept_in_step(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let (account, ann) = (ours.account, ours.ann);
    let id = connected(&world, PsaKind::Halo).await.integration.id;
    let company = |id: &str| Company { id: id.into(), name: id.into(), domain: String::new() };
    store.see_companies(account, id, START, &[company("1"), company("2")]).await.unwrap();
    store.map_company(account, ann, START, id, "1", Mapping::To(ours.customer)).await.unwrap();
    moved_on(store.choose_contact_sync(account, ann, START, id, Some(Whom::Everybody)).await);
    assert_eq!(store.contact_sync(account, id).await.unwrap(), None);
    store.list_psa(account, ann, START, id, true).await.unwrap();
    store.seed(CAPITALS, &[account.0]).await;
    assert_eq!(store.due_contact_syncs(START).await.unwrap(), [(account, id)]);
    let held = lease(START);
    let (row, _) = store.claim_contact_sync(account, id, held, START).await.unwrap().unwrap();
    let run = SyncRun {
        account,
        integration: id,
        version: row.changed_at,
        lease: held.id,
        until: held.until,
    };
    let met = |id: &str, company: &str, name: &str, customer| MetContact {
        id: id.into(),
        company: company.into(),
        customer,
        name: name.into(),
        address: format!("{name}@contoso.example").to_lowercase(),
        address_hash: Some(name.as_bytes().to_vec()),
    };
    let paula = || met("7", "1", "Paula", ours.customer);
    let contacts = [
        paula(),
        // Who stands on our own list, of a company that is nobody's, and of another's customer.
        met("8", "1", "Carl", ours.customer),
        met("9", "2", "Nobody", ours.customer),
        met("10", "1", "Mallory", theirs.customer),
        met("1\0", "1", "Odd", ours.customer),
    ];
    store.put_contacts(&run, START, &contacts).await.unwrap();
    let counts = || async { store.contact_sync(account, id).await.unwrap().unwrap().counts };
    let expected = SyncCounts { seen: 5, added: 1, ..SyncCounts::default() };
    assert_eq!(counts().await, expected);
    let listed = || async { store.listed_of_psa(account, id).await.unwrap() };
    let here = listed().await;
    assert_eq!((here.len(), here[0].1.as_str()), (1, "7"));
    let kept = store.contact(account, here[0].0).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.email.as_str()), ("Paula", ""), "no address is kept");
    assert_eq!(kept.address_hash.as_deref(), Some(&b"Paula"[..]));
    // A list that tells no address leaves the one that is known.
    let silent = MetContact { name: "Paula P.".into(), address_hash: None, ..paula() };
    store.put_contacts(&run, START, &[silent.clone(), silent]).await.unwrap();
    let kept = store.contact(account, here[0].0).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.address_hash.is_some()), ("Paula P.", true));
    // Gone, and back.
    let stolen = SyncRun { account: theirs.account, ..run };
    moved_on(store.unlist_people(&stolen, &[here[0].0]).await);
    store.unlist_people(&run, &[here[0].0, ours.carl]).await.unwrap();
    assert!(listed().await.is_empty());
    assert_eq!(counts().await.unlisted, 1, "Carl is of our own list");
    store
        .put_contacts(&run, START, &[MetContact { name: "Paula P.".into(), ..paula() }])
        .await
        .unwrap();
    assert_eq!(listed().await.len(), 1);
    store.end_contact_sync(&run, START, after(HOUR), None).await.unwrap();
    let told = world.told("contacts-synced").await;
    assert_eq!(told[0]["integration"], id.to_string());
    assert!(told[0]["customer"].is_null());
    // One whom a pod shows is another's: nobody of it is written by a run of ours.
    let seen = SeenContact { id: "11", customer: ours.customer, name: "Pod", address_hash: None };
    store.mirror(account, id, START, seen, None).await.unwrap();
    assert_eq!(listed().await.len(), 2);
    // Off the list, no run goes on.
    store.ask_contact_sync(account, id, START).await.unwrap();
    let held = lease(START);
    store.claim_contact_sync(account, id, held, START).await.unwrap().unwrap();
    let run = SyncRun { lease: held.id, ..run };
    store.list_psa(account, ann, START, id, false).await.unwrap();
    assert_eq!(store.contact_sync(account, id).await.unwrap(), None);
    moved_on(store.put_contacts(&run, START, &[paula()]).await);
}
