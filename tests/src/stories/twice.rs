//! The same thing asked twice: one reset, whoever asks and however fast.

use serde_json::json;
use uuid::Uuid;

use crate::desk::Desk;
use crate::world::{COLLEAGUE, World};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";

/// The same id with the same body is the same reset, for ever; with another body it is a conflict,
/// and so it is for a colleague.
#[tokio::test]
async fn an_id_names_one_request() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let id = Uuid::from_u128(1);
    let first = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    world.settle_in_time().await;
    let again = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(again.body, desk.look(id).await.body);

    let other = desk.reset(id, ticket.contact, None, &sealed).await;
    assert_eq!((other.status, other.code()), (409, "id-taken"));
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    let theirs = colleague.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!((theirs.status, theirs.code()), (409, "id-taken"));
    assert_eq!(world.outside.patches(ADA).len(), 1);
    world.end().await;
}

/// Two technicians, one person, at the same moment, each with a verification of their own: one of
/// them resets, the other is told who is at it.
#[tokio::test]
async fn the_second_technician_is_told_who_is_at_it() {
    let world = World::new().await;
    let ticket = world.ticket("48213").await;
    let mut asks = Vec::new();
    for (n, email) in [(1, crate::world::EMAIL), (2, COLLEAGUE)] {
        let desk = Desk::sign_in_as(&world, email).await;
        // Without a ticket, a verification counts for its own technician only.
        let subject = (n == 1).then_some(ticket.id);
        desk.verify_in(&world, ticket.contact, subject, ADA_PHONE).await;
        let shown = desk.preflight(ticket.contact, subject).await;
        let sealed = shown.body["sealed"].as_str().unwrap().to_owned();
        asks.push((desk, Uuid::from_u128(n), subject, sealed));
    }
    // Microsoft takes its time, so that neither is over before the other begins.
    let slow = simulator::Fault::Slow { ms: 1_000 };
    world.outside.fault(simulator::Company::Graph, Some("PATCH"), slow);
    let clicks: Vec<_> = asks
        .into_iter()
        .map(|(desk, id, subject, sealed)| {
            let contact = ticket.contact;
            tokio::spawn(
                async move { (desk.reset(id, contact, subject, &sealed).await, desk, subject) },
            )
        })
        .collect();
    let mut replies = Vec::new();
    for click in clicks {
        replies.push(click.await.unwrap());
    }
    replies.sort_by_key(|(reply, ..)| reply.status);
    let [(won, ..), (lost, desk, subject)] = &replies[..] else { panic!("two clicks") };
    assert_eq!(won.status, 200, "{:?}", won.body);
    assert_eq!((lost.status, lost.code()), (409, "reset-under-way"));
    let by = won.body["asked_by"].as_str().unwrap();
    assert!(lost.body.to_string().contains(&format!("by {by}")), "{:?}", lost.body);
    world.settle_in_time().await;
    assert_eq!(world.outside.patches(ADA).len(), 1);
    // The verification that was not needed is not used up.
    let shown = desk.preflight(ticket.contact, *subject).await;
    assert_eq!(shown.body["findings"], json!([]));
    world.end().await;
}
