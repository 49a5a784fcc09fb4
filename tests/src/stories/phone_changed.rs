//! The phone at Microsoft is another one than last time: that is no crime, and may be one.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Phone;
use uuid::Uuid;

use super::integrations::{API, customer, of};
use crate::person::Person;
use crate::world::{World, until};

const ADA: &str = "ada.park@northwind.example";
const FIRST: &str = "+12065550123";
const SECOND: &str = "+12065550166";
const DORA: &str = "dora.second@northwind.example";
const DAY: i64 = 24 * 60 * 60_000;

/// A world whose account has this policy.
async fn with_policy(policy: Value) -> World {
    World::import(|sample| {
        let mut sample: Value = serde_json::from_str(&sample).unwrap();
        sample["account"]["policy"] = policy;
        sample.to_string()
    })
    .await
}

fn register(world: &World, number: &str) {
    world.outside.edit_user(ADA, |ada| ada.phones[0].number = number.into());
}

/// How often the audit tells of this act.
async fn acts(world: &World, act: &str) -> usize {
    let entries = world.app.store.audit(world.account).await.unwrap();
    let act = format!("\"act\":\"{act}\"");
    entries.iter().filter(|(_, _, body)| body.contains(&act)).count()
}

#[tokio::test]
async fn a_new_phone_forces_the_unlock_code_and_everybody_is_told() {
    let world = with_policy(json!({"unlock": "never"})).await;
    let mut desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let look =
        async |desk: &crate::desk::Desk| desk.preflight(ticket.contact, Some(ticket.id)).await.body;
    // First sight is not a change.
    let shown = look(&desk).await;
    assert_eq!((&shown["phone_changed_at"], &shown["unlock_code"]), (&Value::Null, &json!(false)));

    // The pod's own look in the background notices too, before anybody opens the confirmation.
    world.pass(DAY);
    desk = world.desk().await;
    register(&world, "+1 2065550166");
    let changed_at = world.now().0;
    desk.state(ticket.contact, Some(ticket.id)).await;
    until("the change is noticed", async || acts(&world, "phone-changed").await == 1).await;
    world.pass(60_000);
    desk.verify(&world, &ticket, SECOND).await;
    let shown = look(&desk).await;
    assert_eq!(shown["findings"], json!([]));
    assert_eq!(
        (&shown["phone_changed_at"], &shown["unlock_code"]),
        (&json!(changed_at), &json!(true))
    );

    let id = Uuid::from_u128(1);
    let sealed = shown["sealed"].as_str().unwrap();
    let done = desk.reset(id, ticket.contact, Some(ticket.id), sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    let unlock = done.body["unlock_code"].as_str().unwrap();
    let text = world.outside.wait_for_text(SECOND, 2).await.unwrap();
    // Without the code the link does not open.
    assert_eq!(Person::with(&world, &text.body).open(None).await.status, 422);
    let read = Person::with(&world, &text.body).read(Some(unlock)).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    let notes = world.notes(ticket.id).await.join("\n");
    assert!(
        notes.contains("was a new one: the change was noticed 2026-11-23 14:00 UTC"),
        "{notes}"
    );
    let entries = world.app.store.audit(world.account).await.unwrap();
    let asked = entries.iter().find(|(_, _, body)| body.contains("reset-asked")).unwrap();
    assert!(asked.2.contains("one factor, phone changed lately"), "{}", asked.2);

    // A month later it is the phone that they have.
    world.pass(30 * DAY);
    desk = world.desk().await;
    let shown = look(&desk).await;
    assert_eq!((&shown["phone_changed_at"], &shown["unlock_code"]), (&Value::Null, &json!(false)));
    // Going back to the old one is a change like any other.
    register(&world, "+1 2065550123");
    desk.verify(&world, &ticket, FIRST).await;
    let shown = look(&desk).await;
    assert_eq!(
        (&shown["phone_changed_at"], &shown["unlock_code"]),
        (&json!(world.now().0), &json!(true))
    );
    assert_eq!(acts(&world, "phone-changed").await, 2);
    world.end().await;
}

/// What an admin or a card does every day: to delete a connection and make it anew, to lead it
/// elsewhere and back, to give a contact a colleague's address and back.
#[tokio::test]
async fn nothing_ordinary_makes_a_new_phone_an_old_one() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let shown = async || desk.preflight(ticket.contact, Some(ticket.id)).await.body;
    assert_eq!(shown().await["phone_changed_at"], Value::Null);
    register(&world, "+1 2065550166");
    let changed_at = json!(world.now().0);
    assert_eq!(shown().await["phone_changed_at"], changed_at);

    let it = of(&desk, "Northwind Dental").await;
    let tenant = it["tenant"].as_str().unwrap();
    let ask = |tenant: &str| {
        json!({
            "name": "Northwind", "cloud": it["cloud"], "tenant": tenant,
            "client_id": it["client_id"], "client_secret": "northwind~simulated-secret-value",
            "expires_on": "2028-01-01",
        })
    };
    let path = format!("{API}/{}", it["id"].as_str().unwrap());
    world.pass(60_000);
    for tenant in ["northwind.example", tenant] {
        let mut ask = ask(tenant);
        ask["version"] = of(&desk, "Northwind Dental").await["version"].clone();
        let moved = desk.own(Method::PUT, &path, Some(ask)).await;
        assert_eq!(moved.status, 200, "{:?}", moved.body);
        assert_eq!(shown().await["phone_changed_at"], changed_at, "moved to {tenant}");
    }
    assert_eq!(desk.own(Method::DELETE, &path, Some(json!({}))).await.status, 204);
    let mut anew = ask(tenant);
    anew["customer"] = json!(customer(&world, "Northwind Dental").await);
    let added = desk.own(Method::POST, API, Some(anew)).await;
    assert_eq!(added.status, 201, "{:?}", added.body);
    assert_eq!(shown().await["phone_changed_at"], changed_at, "connected anew");
    assert_eq!(acts(&world, "phone-changed").await, 1);
    world.end().await;
}

/// Where there was none, a phone that appears is a change: somebody has just registered it.
#[tokio::test]
async fn a_phone_where_there_was_none_is_new() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48215").await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await.body;
    assert!(shown["findings"].to_string().contains("no-phone"));
    world.outside.edit_user("carl.noone@northwind.example", |carl| {
        carl.phones.push(Phone { kind: "mobile".into(), number: "+1 2065550170".into() });
    });
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await.body;
    assert_eq!(shown["phone_changed_at"], json!(world.now().0));
    world.end().await;
}

/// The second mobile verifies and gets the link where the policy says so, and only where there is
/// no first one.
#[tokio::test]
async fn the_second_mobile_counts_by_policy_only() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48248").await;
    let refused = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    assert_eq!(refused.code(), "no-phone");
    world.end().await;

    let world = with_policy(json!({"alternate_mobile": true})).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48248").await;
    desk.verify(&world, &ticket, "+12065550152").await;
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(Uuid::from_u128(1), ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    let text = world.outside.wait_for_text("+12065550152", 2).await.unwrap();
    let read = Person::with(&world, &text.body).read(done.body["unlock_code"].as_str()).await;
    assert_eq!(read, world.password(DORA));
    // With a first one, that is the one.
    world.outside.edit_user(DORA, |dora| {
        dora.phones.push(Phone { kind: "mobile".into(), number: "+1 2065550171".into() });
    });
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await.body;
    assert!(shown["phone"].as_str().unwrap().ends_with("71"), "{shown}");
    world.settle_in_time().await;
    world.end().await;
}
