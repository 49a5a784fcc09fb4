//! The main job, by the calls that pod and page make; the same in a browser is in `walk.rs`.

use uuid::Uuid;

use crate::person::Person;
use crate::world::{World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";

#[tokio::test]
async fn a_verified_caller_gets_a_new_password_and_nobody_else_sees_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let old = world.password(ADA);

    // Not verified: the button says why, and so does the server.
    let state = desk.state(ticket.contact, Some(ticket.id)).await;
    assert_eq!(state.status, 200, "{:?}", state.body);
    assert_eq!(state.body["blocked"]["code"], "not-verified");
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert_eq!(shown.body["findings"][0]["code"], "not-verified", "{:?}", shown.body);

    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    assert_eq!(world.password(ADA), old, "nothing was changed yet");

    let id = Uuid::from_u128(7);
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_ne!(world.password(ADA), old);
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();

    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let person = Person::with(&world, &text.body);
    let look = person.look().await;
    assert_eq!(look.body["code_needed"], true, "{:?}", look.body);
    assert_eq!(look.body["brand"]["name"], "Brightline IT");
    let read = person.read(Some(&unlock)).await;
    assert_eq!(read, world.password(ADA), "what was read is what Microsoft holds");

    world.settle().await;
    until("the ticket has both notes", async || world.notes(ticket.id).await.len() == 2).await;
    let notes = world.notes(ticket.id).await.join("\n");
    assert!(notes.contains("Ada Park") && notes.contains("opened the one-time link"), "{notes}");
    let view = desk.look(id).await;
    assert_eq!(view.body["stage"], "completed", "{:?}", view.body);
    assert_eq!(view.body["share"]["is"], "opened");
    assert!(view.body["unlock_code"].is_null());
    assert_eq!(world.outside.patches(ADA).len(), 1);
    world.end().await;
}
