//! An operator stops the server in the middle of the day: nobody's request is lost half-way, what
//! has begun is finished or let go, and it is over within ten seconds.

use std::time::Duration;

use serde_json::json;
use simulator::{Company, Fault};
use uuid::Uuid;

use crate::world::{World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
/// What is promised.
const PROMISED: Duration = Duration::from_secs(10);

#[tokio::test]
async fn requests_under_way_are_answered_and_a_reset_is_finished() {
    let mut world = World::build(true, |settings| settings.outbound.timeout_ms = 10_000).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let tag = desk.state(ticket.contact, Some(ticket.id)).await.body["tag"].clone();
    let tag = tag.as_str().unwrap();
    world.outside.fault(Company::Graph, Some("PATCH"), Fault::Slow { ms: 1_500 });

    let id = Uuid::from_u128(1);
    let click = tokio::spawn({
        let (desk, ticket) = (desk.clone(), ticket.clone());
        async move { desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await }
    });
    let pods: Vec<_> = (0..30)
        .map(|_| {
            let desk = desk.clone();
            let path = format!(
                "/api/pod/state?contact={}&ticket={}&since={tag}",
                ticket.contact, ticket.id
            );
            tokio::spawn(async move { desk.call(reqwest::Method::GET, &path, None).await })
        })
        .collect();
    until("Microsoft is being asked", async || world.outside.faults_left() == 0).await;
    tokio::time::timeout(PROMISED, world.restart()).await.expect("stopped and started in time");

    let clicked = click.await.unwrap();
    assert_eq!(clicked.body["id"], json!(id), "{:?}", clicked.body);
    assert!(matches!(clicked.status, 200 | 202));
    for pod in pods {
        assert_eq!(pod.await.unwrap().status, 200);
    }
    world.settle_in_time().await;
    assert_eq!(world.outside.patches(ADA).len(), 1, "finished before the stop");
    assert_eq!(desk.look(id).await.body["stage"], "completed");
    world.end().await;
}

/// What does not end in time is let go: the next start sends the text at once, without waiting
/// for a lease, although no time has passed.
#[tokio::test]
async fn what_takes_too_long_is_let_go() {
    let mut world = World::build(true, |settings| settings.outbound.timeout_ms = 14_000).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.fault(Company::Twilio, Some("Messages.json"), Fault::Slow { ms: 13_000 });
    let id = Uuid::from_u128(1);
    let clicked = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(clicked.status, 200, "{:?}", clicked.body);
    until("Twilio is being asked", async || world.outside.faults_left() == 0).await;
    tokio::time::timeout(PROMISED, world.restart()).await.expect("stopped and started in time");
    until("the text is accepted", async || {
        let steps = desk.look(id).await.body["steps"].clone();
        steps
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["what"] == "text-sent" && s["state"]["is"] == "done")
    })
    .await;
    world.settle_in_time().await;
    world.end().await;
}
