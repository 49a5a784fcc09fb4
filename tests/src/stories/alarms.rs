//! What the admins of an account are told by mail, and how often.

use server::policy::Policy;
use server::store::Limit;
use shared::ResetId;
use simulator::{Company, Fault};
use uuid::Uuid;

use super::mail::{audited, reset};
use crate::person::Person;
use crate::world::{EMAIL, World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";

#[tokio::test]
async fn the_admins_are_alarmed_when_a_reset_is_stuck() {
    let world = World::new().await;
    let desk = world.desk().await;
    for _ in 0..5 {
        world.outside.fault(Company::Graph, Some("PATCH /v1.0/users"), Fault::ApplyThenDrop);
    }
    let clicked = tokio::spawn({
        let desk = desk.clone();
        let ticket = world.ticket("48213").await;
        desk.verify(&world, &ticket, ADA_PHONE).await;
        let sealed = desk.confirm(&ticket).await;
        async move { desk.reset(Uuid::from_u128(1), ticket.contact, Some(ticket.id), &sealed).await }
    });
    until("it is staged", async || desk.look(Uuid::from_u128(1)).await.status == 200).await;
    world.settle_in_time().await;
    clicked.await.unwrap();
    let mails = world.outside.mails(EMAIL);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "A password reset for Ada Park needs somebody");
    assert!(mails[0].text.contains("Ticket: 48213"), "{}", mails[0].text);
    assert_eq!(world.outside.mails(ADA), [], "nobody knows whether it was reset");
    world.end().await;
}

/// The first attempt of another device is an alarm; the tenth is no tenth mail.
#[tokio::test]
async fn the_admins_are_alarmed_when_another_device_tries_an_opened_link() {
    let world = World::new().await;
    let desk = world.desk().await;
    let done = reset(&world, &desk, Uuid::from_u128(1)).await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let person = Person::with(&world, &text.body);
    person.read(Some(unlock)).await;
    for _ in 0..3 {
        assert_eq!(person.another_device().open(Some(unlock)).await.status, 410);
    }
    world.settle_in_time().await;
    let mails = world.outside.mails(EMAIL);
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].subject.contains("a second time") && mails[0].text.contains("14:00 UTC"));
    world.end().await;
}

/// More resets in an hour than the account allows: the next one is stopped, and the admins hear of
/// it once, however often it is tried.
#[tokio::test]
async fn the_admins_are_alarmed_when_the_brake_stops_resets() {
    let world = World::new().await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    world.settle_in_time().await;
    // Sixty resets would meet narrower limits first: the rest are counted by other means.
    let store = &world.app.store;
    let one = store.reset(world.account, ResetId(id)).await.unwrap().unwrap();
    let hour = 60 * 60_000;
    let brake = Limit { name: "reset account".into(), most: 1000, window_ms: hour };
    for _ in 1..Policy::default().resets_per_account {
        until("one more is counted", async || {
            let counted = store.text_again(&one, one.technician, world.now(), &brake).await;
            world.app.resets.wake.notify_one();
            counted.unwrap().unwrap()
        })
        .await;
    }
    world.settle_in_time().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    for _ in 0..3 {
        let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
        assert_eq!(shown.body["findings"][0]["code"], "brake", "{:?}", shown.body);
    }
    world.settle_in_time().await;
    let mails = world.outside.mails(EMAIL);
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].subject, "Password resets are stopped");
    assert_eq!(audited(&world, "\"braked\"").await.len(), 1);
    world.end().await;
}
