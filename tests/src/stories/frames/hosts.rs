//! The main job in each host: let in, verified, reset, noted in the PSA's own ticket.

use shared::{ContactId, TicketId};
use simulator::Psa;
use uuid::Uuid;

use crate::frame::{Connected, Frame, claim, connect};
use crate::person::Person;
use crate::world::{EMAIL, World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const TICKET: i64 = 48213;

/// Verifies, resets and opens; the ticket of the PSA has its three notes then.
async fn reset(world: &World, frame: &Frame, at: Connected, author: &str) {
    let old = world.password(ADA);
    let (contact, ticket): (ContactId, TicketId) = frame.stand_in(TICKET).await;
    let state = frame.desk.state(contact, Some(ticket)).await;
    assert_eq!(state.status, 200, "{:?}", state.body);
    assert_eq!(state.body["contact"]["name"], "Ada Park");
    assert_eq!(state.body["ticket"]["summary"], "Can't sign in to Outlook since this morning");
    frame.desk.verify_in(world, contact, Some(ticket), ADA_PHONE).await;
    let shown = frame.desk.preflight(contact, Some(ticket)).await;
    assert_eq!(shown.body["findings"], serde_json::json!([]), "{:?}", shown.body);
    let sealed = shown.body["sealed"].as_str().unwrap();
    let done = frame.desk.reset(Uuid::from_u128(7), contact, Some(ticket), sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_ne!(world.password(ADA), old);
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let read = Person::with(world, &text.body).read(Some(&unlock)).await;
    assert_eq!(read, world.password(ADA));
    world.settle().await;
    until("the PSA's ticket has its notes", async || {
        world.outside.psa_notes(at.psa, TICKET).len() == 3
    })
    .await;
    let notes = world.outside.psa_notes(at.psa, TICKET);
    assert!(notes.iter().all(|note| note.internal), "{notes:?}");
    for (says, by) in [
        ("Verification of Ada Park succeeded", Some(author)),
        ("Microsoft 365 password reset for Ada Park", Some(author)),
        ("opened the one-time link", None),
    ] {
        let note = notes.iter().find(|note| note.text.contains(says)).expect(says);
        assert!(by.is_none_or(|by| note.author == by), "{says} is by {}", note.author);
        assert!(note.text.contains("[reset ") || note.text.contains("[verification "), "{note:?}");
        for secret in [read.as_str(), &unlock, "#", ADA_PHONE] {
            assert!(!note.text.contains(secret), "{secret} in {note:?}");
        }
    }
}

#[tokio::test]
async fn connectwise_is_believed_to_verify_and_a_pairing_to_reset() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::ConnectWise).await;
    let mut frame = Frame::new(&desk, at, Some(claim(&world, "tess")));
    // Confirmed by ConnectWise, and nobody here has signed in beside that member yet.
    assert_eq!(frame.enter().await.code(), "pairing-needed");
    let paired = frame.pair(&world, EMAIL).await;
    assert_eq!((paired.status, &paired.body["paired"]), (200, &true.into()), "{:?}", paired.body);
    reset(&world, &frame, at, "tess").await;

    // Another browser: ConnectWise's word alone is enough to see and to verify, and not to reset.
    let mut other = Frame::new(&desk, at, Some(claim(&world, "tess")));
    let entered = other.enter().await;
    assert_eq!((entered.status, &entered.body["paired"]), (200, &false.into()));
    assert!(other.cookie.is_none(), "nothing continues a host's word but the host");
    let (contact, ticket) = other.stand_in(48214).await;
    world.pass(1_000);
    other.desk.verify_in(&world, contact, Some(ticket), "+12065550124").await;
    let state = other.desk.state(contact, Some(ticket)).await;
    assert_eq!(state.body["blocked"]["code"], "second-factor-needed", "{:?}", state.body);
    let shown = other.desk.preflight(contact, Some(ticket)).await;
    assert_eq!((shown.status, shown.code()), (403, "second-factor-needed"));
    let forced = other.desk.reset(Uuid::from_u128(8), contact, Some(ticket), "x").await;
    assert_eq!(forced.code(), "second-factor-needed");
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn in_halo_a_pairing_is_all_there_is() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let mut frame = Frame::new(&desk, at, None);
    assert_eq!(frame.enter().await.code(), "pairing-needed");
    assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
    reset(&world, &frame, at, "api").await;
    world.end().await;
}

#[tokio::test]
async fn autotask_shows_the_technician_as_the_author() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Autotask).await;
    let mut frame = Frame::new(&desk, at, None);
    assert_eq!(frame.enter().await.code(), "pairing-needed");
    assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
    let (contact, ticket) = frame.stand_in(TICKET).await;
    let state = frame.desk.state(contact, Some(ticket)).await;
    assert_eq!(state.body["ticket"]["number"], "T20261127.0013");
    reset(&world, &frame, at, "tess").await;
    world.end().await;
}
