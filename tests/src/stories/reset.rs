//! The main job, by the calls that pod and page make; the same in a browser is in `walk.rs`.

use simulator::{Company, Fault};
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
    // The verification, the reset, the opening.
    until("the ticket has its notes", async || world.notes(ticket.id).await.len() == 3).await;
    let notes = world.notes(ticket.id).await.join("\n");
    assert!(notes.contains("Ada Park") && notes.contains("opened the one-time link"), "{notes}");
    let view = desk.look(id).await;
    assert_eq!(view.body["stage"], "completed", "{:?}", view.body);
    assert_eq!(view.body["share"]["is"], "opened");
    assert!(view.body["unlock_code"].is_null());
    assert_eq!(world.outside.patches(ADA).len(), 1);
    world.end().await;
}

/// Stopped in the middle, with Microsoft's answer lost: the next start finishes it, with the same
/// password, and the text goes out.
#[tokio::test]
async fn a_restart_finishes_what_was_begun() {
    let mut world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    for _ in 0..2 {
        world.outside.fault(Company::Graph, Some("PATCH"), Fault::ApplyThenDrop);
    }
    let id = Uuid::from_u128(1);
    let clicked = tokio::spawn({
        let (desk, ticket) = (desk.clone(), ticket.clone());
        async move { desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await }
    });
    until("Microsoft was asked once", async || world.outside.patches(ADA).len() == 1).await;
    world.restart().await;
    clicked.await.unwrap();
    assert_eq!(world.app.store.unsettled().await.unwrap().0, 1, "not done yet");

    world.settle_in_time().await;
    let patches = world.outside.patches(ADA);
    assert!(patches.len() >= 3 && patches.iter().all(|it| it.password == patches[0].password));
    let done = desk.look(id).await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let read = Person::with(&world, &text.body).read(Some(unlock)).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// Another MSP on the same server: nothing of ours exists for them.
#[tokio::test]
async fn another_account_sees_nothing() {
    let world = World::new().await;
    let (desk, stranger) = (world.desk().await, world.stranger().await);
    let ticket = world.ticket("48213").await;
    let before = world.outside.texts(ADA_PHONE).len();
    let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    let verification = sent.body["id"].as_str().unwrap();
    let text = world.outside.wait_for_text(ADA_PHONE, before + 1).await.unwrap();
    let code = crate::desk::code_in(&text.body);
    assert_eq!(stranger.answer(verification, &code).await.status, 404);
    assert_eq!(desk.answer(verification, &code).await.status, 200);
    let sealed = desk.confirm(&ticket).await;

    for contact_and_ticket in [Some(ticket.id), None] {
        let contact = ticket.contact;
        assert_eq!(stranger.state(contact, contact_and_ticket).await.status, 404);
        assert_eq!(stranger.preflight(contact, contact_and_ticket).await.status, 404);
        let refused = stranger.send_code(contact, contact_and_ticket, "microsoft-mobile").await;
        assert_eq!(refused.status, 404);
        let id = Uuid::from_u128(8);
        let refused = stranger.reset(id, contact, contact_and_ticket, &sealed).await;
        assert_eq!(refused.status, 404, "{:?}", refused.body);
    }
    let id = Uuid::from_u128(9);
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_eq!(stranger.look(id).await.status, 404);
    assert_eq!(stranger.act(id, "resend").await.status, 404);
    assert_eq!(stranger.act(id, "give-up").await.status, 404);
    // Not even the id may be taken over.
    let taken = stranger.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(taken.status, 404, "{:?}", taken.body);
    world.settle_in_time().await;
    world.end().await;
}

/// Many at once need one token, not many.
#[tokio::test]
async fn a_token_is_asked_for_once() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let asks: Vec<_> = (0..8)
        .map(|_| {
            let (desk, ticket) = (desk.clone(), ticket.clone());
            tokio::spawn(async move { desk.preflight(ticket.contact, Some(ticket.id)).await })
        })
        .collect();
    for ask in asks {
        assert_eq!(ask.await.unwrap().status, 200);
    }
    let tokens = || {
        let asked = world.outside.requests();
        asked.iter().filter(|request| request.company == Company::Entra).count()
    };
    assert_eq!(tokens(), 1);
    // An hour later it is another one.
    world.pass(60 * 60_000);
    let desk = world.desk().await;
    assert_eq!(desk.preflight(ticket.contact, Some(ticket.id)).await.status, 200);
    assert_eq!(tokens(), 2);
    world.end().await;
}
