//! A push by Duo, from the technician's click to the person's tap: the shield follows by itself, and
//! only a yes on the device proves anything.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::{ListAsk, Ticket};
use simulator::{Company, Fault, PushAnswer};
use uuid::Uuid;

use super::mail::audited;
use crate::desk::{Desk, Reply};
use crate::world::{EMAIL, World, until};

const ADA: &str = "ada.park@northwind.example";

async fn send(desk: &Desk, ticket: &Ticket) -> Reply {
    let ask = json!({
        "contact": ticket.contact, "ticket": ticket.id, "destination": "duo",
        "channel": "duo-push",
    });
    desk.call(Method::POST, "/api/verifications", Some(ask)).await
}

async fn shield(desk: &Desk, ticket: &Ticket) -> Value {
    let state = desk.state(ticket.contact, Some(ticket.id)).await.body;
    let shields = state["shields"].as_array().unwrap();
    shields.iter().find(|it| it["key"] == "duo").cloned().unwrap_or_default()
}

async fn shows(desk: &Desk, ticket: &Ticket, state: &str) -> Value {
    until(&format!("the shield is {state}"), async || {
        shield(desk, ticket).await["state"]["is"] == state
    })
    .await;
    shield(desk, ticket).await["state"].clone()
}

#[tokio::test]
async fn a_yes_on_the_device_is_a_second_factor() {
    let world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let sent = send(&desk, &ada).await;
    assert_eq!(sent.status, 201, "{:?}", sent.body);
    let pending = shows(&desk, &ada, "pending").await;
    assert_eq!(pending["channel"], "duo-push");
    // Nobody types an answer to a push.
    let typed = desk.answer(sent.body["id"].as_str().unwrap(), "123456").await;
    assert_eq!(typed.status, 404);
    let push = world.outside.wait_for_push(ADA, 1).await.unwrap();
    assert!(push.told.iter().any(|(_, told)| told == "48213"), "{:?}", push.told);
    assert!(world.outside.answer_push(&push.id, PushAnswer::Approve));
    shows(&desk, &ada, "verified").await;
    assert_eq!(shield(&desk, &ada).await["for_reset"], true);

    let shown = desk.preflight(ada.contact, Some(ada.id)).await.body;
    assert_eq!((&shown["findings"], &shown["factor"]), (&json!([]), &"two".into()), "{shown:?}");
    assert_eq!(shown["unlock_code"], false);
    let sealed = shown["sealed"].as_str().unwrap();
    let done = desk.reset(Uuid::from_u128(1), ada.contact, Some(ada.id), sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    world.settle_in_time().await;
    let notes = world.notes(ada.id).await.join("\n");
    assert!(notes.contains("Push by Duo to Duo, asked for by Tess Tanner"), "{notes}");
    assert!(notes.contains("Verified by push by duo") && notes.contains("Two factors."), "{notes}");
    world.end().await;
}

#[tokio::test]
async fn a_no_fails_it_and_admins_hear_of_it() {
    let world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    for (nth, answer) in [PushAnswer::Deny, PushAnswer::Fraud].into_iter().enumerate() {
        send(&desk, &ada).await;
        let push = world.outside.wait_for_push(ADA, nth + 1).await.unwrap();
        assert!(world.outside.answer_push(&push.id, answer));
        let failed = shows(&desk, &ada, "failed").await;
        assert_eq!(failed["code"], "caller-denied");
        let mail = world.outside.wait_for_mail(EMAIL, nth + 1).await.unwrap();
        assert!(mail.subject.contains("says that it was not them who called"), "{}", mail.subject);
        world.pass(1_000);
    }
    assert_eq!(audited(&world, "verification-denied").await.len(), 2);
    let shown = desk.preflight(ada.contact, Some(ada.id)).await.body;
    assert_eq!(shown["findings"][0]["code"], "not-verified");

    // A no takes back a yes by another way before it.
    desk.verify(&world, &ada, "+12065550123").await;
    desk.confirm(&ada).await;
    world.pass(1_000);
    send(&desk, &ada).await;
    let push = world.outside.wait_for_push(ADA, 3).await.unwrap();
    assert!(world.outside.answer_push(&push.id, PushAnswer::Deny));
    shows(&desk, &ada, "failed").await;
    let shown = desk.preflight(ada.contact, Some(ada.id)).await.body;
    assert_eq!(shown["findings"][0]["code"], "caller-denied", "{shown:?}");
    let click = desk.reset(Uuid::from_u128(1), ada.contact, Some(ada.id), "x").await;
    assert_eq!(click.code(), "caller-denied");
    world.pass(1_000);
    desk.verify(&world, &ada, "+12065550123").await;
    desk.confirm(&ada).await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn what_is_no_yes_proves_nothing() {
    let world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    send(&desk, &ada).await;
    let push = world.outside.wait_for_push(ADA, 1).await.unwrap();
    assert!(world.outside.answer_push(&push.id, PushAnswer::Bypass));
    assert_eq!(shows(&desk, &ada, "failed").await["code"], "duo-refused");

    // Nobody taps.
    world.pass(1_000);
    send(&desk, &ada).await;
    shows(&desk, &ada, "pending").await;
    world.pass(90_000);
    assert_eq!(shows(&desk, &ada, "failed").await["code"], "code-expired");

    // A newer push took its place: a late yes to the older one is nobody's.
    send(&desk, &ada).await;
    let older = world.outside.wait_for_push(ADA, 3).await.unwrap();
    world.pass(1_000);
    send(&desk, &ada).await;
    world.outside.wait_for_push(ADA, 4).await.unwrap();
    world.outside.answer_push(&older.id, PushAnswer::Approve);
    // The yes has been told to whoever looked after the older one: that poll has an answer.
    until("the older push was heard of", async || {
        let all = world.outside.requests();
        all.iter().any(|it| it.path.contains("auth_status") && it.reply.contains("\"allow\""))
    })
    .await;
    assert_eq!(shows(&desk, &ada, "pending").await["channel"], "duo-push");
    assert!(audited(&world, "verification-done").await.is_empty());

    world.outside.fault(
        Company::Duo,
        Some("preauth"),
        Fault::Status { status: 503, retry_after: None },
    );
    assert_eq!(send(&desk, &ada).await.code(), "duo-unavailable");
    for (ticket, code) in [("48216", "duo-bypass"), ("48215", "duo-person-unknown")] {
        let ticket = world.ticket(ticket).await;
        let refused = send(&desk, &ticket).await;
        assert_eq!(refused.code(), code, "{:?}", refused.body);
    }
    // A customer without Duo has no such shield.
    let paula =
        world.app.store.contacts(world.account, &ListAsk::search("Paula", 1)).await.unwrap().rows;
    let ask = json!({ "contact": paula[0].id, "destination": "duo", "channel": "duo-push" });
    let refused = desk.call(Method::POST, "/api/verifications", Some(ask)).await;
    assert_eq!(refused.code(), "destination-unknown", "{:?}", refused.body);
    world.end().await;
}

/// What a process began to look after, the next one goes on with.
#[tokio::test]
async fn a_restart_loses_no_tap() {
    let mut world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    send(&desk, &ada).await;
    let push = world.outside.wait_for_push(ADA, 1).await.unwrap();
    world.restart().await;
    assert!(world.outside.answer_push(&push.id, PushAnswer::Approve));
    world.pass(1_000);
    shows(&desk, &ada, "verified").await;
    world.end().await;
}
