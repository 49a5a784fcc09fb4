//! The table of troubles: each gives the technician a stable code and a plain sentence, and
//! leaves nothing half-done.

use reqwest::Method;
use serde_json::json;
use simulator::{Company, Fault};
use uuid::Uuid;

use crate::desk::code_in;
use crate::person::Person;
use crate::world::World;

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const SEALED: &str = "c2VhbGVk";

#[tokio::test]
async fn a_permission_that_is_missing_is_named() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("51012").await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert!(shown.body["findings"].to_string().contains("UserAuthMethod-Phone.Read.All"));
    world.end().await;
}

#[tokio::test]
async fn wrong_codes_are_counted_and_five_are_enough() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    assert_eq!(sent.status, 201, "{:?}", sent.body);
    let id = sent.body["id"].as_str().unwrap();
    let right = code_in(&world.outside.wait_for_text(ADA_PHONE, 1).await.unwrap().body);
    let wrong = if right == "000000" { "111111" } else { "000000" };

    for slip in ["12345", "abcdef", "", "1234567"] {
        let refused = desk.answer(id, slip).await;
        assert_eq!((refused.status, refused.code()), (400, "bad-request"), "{slip}");
    }
    for left in [4, 3, 2, 1] {
        let refused = desk.answer(id, wrong).await;
        assert_eq!((refused.status, refused.code()), (422, "code-wrong"));
        assert_eq!(refused.body["tries_left"], left);
    }
    assert_eq!(desk.answer(id, wrong).await.code(), "code-tries-spent");
    assert_eq!(desk.answer(id, &right).await.code(), "code-tries-spent", "the right one is late");

    // A new code voids nothing but the old one, and an old code can't be used for it.
    let again = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    let second = again.body["id"].as_str().unwrap();
    let third = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    assert_eq!(third.status, 201);
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    assert_eq!(desk.answer(second, &code_in(&text.body)).await.code(), "code-replaced");
    world.end().await;
}

#[tokio::test]
async fn codes_and_verifications_go_stale() {
    let world = World::new().await;
    let mut desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    let text = world.outside.wait_for_text(ADA_PHONE, 1).await.unwrap();
    world.pass(5 * 60_000);
    let late = desk.answer(sent.body["id"].as_str().unwrap(), &code_in(&text.body)).await;
    assert_eq!((late.status, late.code()), (410, "code-expired"));

    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    world.pass(9 * 60_000);
    desk.renew().await;
    world.pass(6 * 60_000);
    let id = Uuid::from_u128(1);
    let stale = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!((stale.status, stale.code()), (409, "verification-stale"), "{:?}", stale.body);
    assert_eq!(world.outside.patches(ADA).len(), 0);
    world.end().await;
}

#[tokio::test]
async fn a_verification_serves_one_reset_in_its_own_ticket() {
    let world = World::new().await;
    let desk = world.desk().await;
    let (ada, ben) = (world.ticket("48213").await, world.ticket("48214").await);
    desk.verify(&world, &ada, ADA_PHONE).await;

    // Not without the ticket, not with somebody else's ticket, not for somebody else.
    let code = |reply: &crate::desk::Reply| reply.body["findings"][0]["code"].clone();
    let bare = desk.preflight(ada.contact, None).await;
    assert_eq!(code(&bare), "verification-elsewhere", "{:?}", bare.body);
    assert_eq!(desk.preflight(ada.contact, Some(ben.id)).await.status, 404);
    let other = desk.preflight(ben.contact, Some(ben.id)).await;
    assert_eq!(code(&other), "not-verified");

    // What was confirmed for one is not good for another, nor is a made-up seal.
    let sealed = desk.confirm(&ada).await;
    desk.verify(&world, &ben, "+12065550124").await;
    let crossed = desk.reset(Uuid::from_u128(1), ben.contact, Some(ben.id), &sealed).await;
    assert_eq!(crossed.code(), "preflight-stale", "{:?}", crossed.body);
    let made_up = desk.reset(Uuid::from_u128(2), ada.contact, Some(ada.id), SEALED).await;
    assert_eq!(made_up.code(), "preflight-stale");

    let id = Uuid::from_u128(3);
    let done = desk.reset(id, ada.contact, Some(ada.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    // The same again is the same; the same id for something else is not.
    let again = desk.reset(id, ada.contact, Some(ada.id), &sealed).await;
    assert_eq!((again.status, &again.body["id"]), (200, &json!(id)));
    let taken = desk.reset(id, ben.contact, Some(ben.id), &sealed).await;
    assert_eq!((taken.status, taken.code()), (409, "id-taken"));
    let used = desk.reset(Uuid::from_u128(4), ada.contact, Some(ada.id), &sealed).await;
    assert_eq!(used.code(), "verification-used", "{:?}", used.body);
    assert_eq!(world.outside.patches(ADA).len(), 1);
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn numbers_on_the_card_show_but_do_not_reset() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48214").await;
    let sent = desk.send_code(ticket.contact, Some(ticket.id), "card-phone-0").await;
    assert_eq!(sent.status, 201, "{:?}", sent.body);
    let text = world.outside.wait_for_text("+12065550188", 1).await.unwrap();
    let id = sent.body["id"].as_str().unwrap();
    assert_eq!(desk.answer(id, &code_in(&text.body)).await.status, 200);
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert_eq!(shown.body["findings"][0]["code"], "verification-not-accepted");
    let email = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mail").await;
    assert_eq!((email.status, email.code()), (422, "channel-unavailable"));
    let nobody = desk.send_code(ticket.contact, Some(ticket.id), "card-phone-7").await;
    assert_eq!((nobody.status, nobody.code()), (422, "destination-unknown"));
    world.end().await;
}

#[tokio::test]
async fn a_changed_phone_voids_verification_and_confirmation() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.edit_user(ADA, |ada| ada.phones[0].number = "+1 2065550166".into());
    let id = Uuid::from_u128(1);
    let refused = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(refused.code(), "verification-void", "{:?}", refused.body);
    assert_eq!(world.outside.patches(ADA).len(), 0);
    world.end().await;
}

/// Microsoft down, slow, answering rubbish: named as such, and nothing changes.
#[tokio::test]
async fn microsoft_in_trouble_is_said_so() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    for fault in [
        Fault::DropBefore,
        Fault::Status { status: 500, retry_after: None },
        Fault::Status { status: 503, retry_after: Some(3) },
        Fault::Status { status: 429, retry_after: Some(3) },
        Fault::Slow { ms: 2_500 },
        Fault::HalfReply,
    ] {
        world.outside.fault(Company::Graph, Some("phoneMethods"), fault.clone());
        let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
        let codes = shown.body["findings"].to_string();
        assert!(codes.contains("microsoft-unavailable"), "{fault:?}: {codes}");
    }
    world.outside.edit_tenant("northwind.example", |tenant| tenant.app.secret_expires_ms = Some(1));
    world.pass(61 * 60_000);
    // The session has idled out with the token; the technician is back from lunch.
    let desk = world.desk().await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert!(shown.body["findings"].to_string().contains("m365-secret-expired"), "{:?}", shown.body);
    world.end().await;
}

#[tokio::test]
async fn the_provider_in_trouble_is_said_so() {
    let world = World::new().await;
    let desk = world.desk().await;
    for (ticket, code) in [("48225", "sms-opted-out"), ("48227", "sms-number")] {
        let ticket = world.ticket(ticket).await;
        let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
        assert_eq!(sent.code(), code, "{:?}", sent.body);
        let state = desk.state(ticket.contact, Some(ticket.id)).await;
        let shields = state.body["shields"].as_array().unwrap();
        let shield = shields.iter().find(|it| it["key"] == "microsoft-mobile").unwrap();
        assert_eq!(shield["state"]["code"], code, "{:?}", state.body);
    }
    let ticket = world.ticket("48213").await;
    for (fault, code, status) in [
        (Fault::Status { status: 401, retry_after: None }, "sms-credentials", 409),
        (Fault::Status { status: 429, retry_after: Some(1) }, "sms-unavailable", 503),
    ] {
        world.outside.fault(Company::Twilio, None, fault);
        let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
        assert_eq!((sent.status, sent.code()), (status, code), "{:?}", sent.body);
    }
    world.end().await;
}

#[tokio::test]
async fn a_carrier_that_says_no_minutes_later_is_told_and_mended() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48229").await;
    let phone = "+12065550139";
    // The carrier lets codes through and filters the link.
    world.outside.set_line(phone, None);
    desk.verify(&world, &ticket, phone).await;
    world.outside.set_line(phone, Some(simulator::Line::Filtered));
    let sealed = desk.confirm(&ticket).await;
    let id = Uuid::from_u128(1);
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    crate::world::until("the carrier's word is shown", async || {
        desk.look(id).await.body["steps"].to_string().contains("sms-blocked")
    })
    .await;
    // Nothing is lost: the same link, sent again, opens.
    world.outside.set_line(phone, None);
    let unlock = done.body["unlock_code"].as_str().unwrap();
    assert_eq!(desk.act(id, "resend").await.status, 200);
    let text = world.outside.wait_for_text(phone, 3).await.unwrap();
    let read = Person::with(&world, &text.body).read(Some(unlock)).await;
    assert_eq!(read, world.password("sam.late@northwind.example"));
    world.settle_in_time().await;
    let notes = world.notes(ticket.id).await;
    let again = notes.iter().filter(|note| note.contains("was asked for once more"));
    assert_eq!(again.count(), 1, "{notes:?}");
    world.end().await;
}

/// What is not yours does not exist; who may not, may not; what makes no sense is said so.
#[tokio::test]
async fn strangers_and_nonsense() {
    let world = World::new().await;
    let mut desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let nobody = shared::ContactId(Uuid::from_u128(99));
    assert_eq!(desk.state(nobody, None).await.status, 404);
    assert_eq!(desk.preflight(nobody, None).await.status, 404);
    assert_eq!(desk.send_code(nobody, None, "microsoft-mobile").await.status, 404);
    assert_eq!(desk.look(Uuid::from_u128(5)).await.status, 404);
    assert_eq!(desk.answer(&Uuid::from_u128(5).to_string(), "123456").await.status, 404);
    for (method, path, body, status) in [
        (Method::GET, "/api/pod/state?contact=x".to_owned(), None, 400),
        (Method::POST, "/api/verifications".to_owned(), Some(json!({"contact": 1})), 400),
        (Method::PUT, "/api/resets/not-an-id".to_owned(), Some(json!({})), 404),
        (Method::PUT, format!("/api/resets/{}", Uuid::from_u128(5)), Some(json!({})), 400),
        (Method::GET, "/api/nothing".to_owned(), None, 404),
    ] {
        let reply = desk.call(method, &path, body).await;
        assert_eq!(reply.status, status, "{path}: {:?}", reply.body);
        assert!(!reply.code().is_empty() && reply.body["detail"].is_string(), "{path}");
    }
    let right = desk.bearer.clone();
    for wrong in ["", "x", &right[1..]] {
        desk.bearer = wrong.to_owned();
        let refused = desk.state(ticket.contact, Some(ticket.id)).await;
        assert_eq!((refused.status, refused.code()), (401, "not-signed-in"));
    }
    desk.bearer = right;
    world.pass(15 * 60_000);
    assert_eq!(desk.state(ticket.contact, None).await.status, 401, "a token lives 15 minutes");
    world.end().await;
}
