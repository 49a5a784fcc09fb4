//! A new link is made for who may, while it may be, to a phone that is still registered; otherwise
//! the old link stays as it is.

use serde_json::{Value, json};
use simulator::{Company, Fault, Line};
use uuid::Uuid;

use super::after::world_with;
use super::new_link::{ADA, FIRST, ID, SECOND, newest, reset, sealed, unlock};
use crate::desk::{Desk, Reply, code_in};
use crate::world::{COLLEAGUE, World};

/// Refused with this code, and nothing has changed: the old link still opens.
async fn refused(world: &World, reply: &Reply, code: &str) {
    assert_eq!(reply.code(), code, "{:?}", reply.body);
    assert_eq!(reply.status, reply.body["status"].as_u64().unwrap() as u16);
    assert_eq!(newest(world, FIRST).look().await.status, 200, "{code}: the old link is alive");
    assert!(world.outside.texts(SECOND).is_empty(), "{code}");
}

#[tokio::test]
async fn what_was_sealed_for_another_is_worth_nothing() {
    let (world, desk, first) = reset(None).await;
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    let theirs = sealed(&colleague, 1).await;
    refused(&world, &desk.send_to(ID, &theirs).await, "preflight-stale").await;
    for nonsense in ["", "c2VhbGVk", "+12065550178"] {
        refused(&world, &desk.send_to(ID, nonsense).await, "preflight-stale").await;
    }
    let path = format!("/api/resets/{ID}/resend");
    let number = json!({"sealed": "x", "phone": SECOND});
    let bad = desk.call(reqwest::Method::POST, &path, Some(number)).await;
    refused(&world, &bad, "bad-request").await;

    // Another reset's.
    let ben = world.ticket("48214").await;
    let other = Uuid::from_u128(2);
    desk.verify(&world, &ben, "+12065550124").await;
    let confirmed = desk.confirm(&ben).await;
    assert_eq!(desk.reset(other, ben.contact, Some(ben.id), &confirmed).await.status, 200);
    world.settle_in_time().await;
    let bens = desk.phones(other).await.body["phones"][0]["sealed"].as_str().unwrap().to_owned();
    refused(&world, &desk.send_to(ID, &bens).await, "preflight-stale").await;
    // The confirmation's seal is none of these.
    refused(&world, &desk.send_to(ID, &confirmed).await, "preflight-stale").await;

    // Too old.
    let mut desk = desk;
    let old = sealed(&desk, 1).await;
    world.pass(10 * 60_000);
    desk.renew().await;
    refused(&world, &desk.send_to(ID, &old).await, "preflight-stale").await;
    let read = newest(&world, FIRST).read(Some(unlock(&first.body))).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn what_changed_at_microsoft_is_noticed() {
    let (world, desk, _) = reset(None).await;
    let second = sealed(&desk, 1).await;
    let phones = world.outside.directory_user(ADA).unwrap().phones;
    world.outside.edit_user(ADA, |ada| ada.phones.retain(|phone| phone.kind == "mobile"));
    refused(&world, &desk.send_to(ID, &second).await, "phone-changed").await;
    world.outside.edit_user(ADA, |ada| ada.phones.clear());
    refused(&world, &desk.phones(ID).await, "no-phone").await;
    world.outside.edit_user(ADA, |ada| ada.phones = phones);

    world.outside.edit_user(ADA, |ada| ada.roles.push("User Administrator".into()));
    refused(&world, &desk.phones(ID).await, "person-privileged").await;
    refused(&world, &desk.send_to(ID, &second).await, "person-privileged").await;
    world.outside.edit_user(ADA, |ada| ada.roles.clear());
    world.outside.edit_user(ADA, |ada| ada.enabled = false);
    refused(&world, &desk.send_to(ID, &second).await, "person-disabled").await;
    world.outside.edit_user(ADA, |ada| ada.enabled = true);
    world.outside.fault(Company::Graph, Some("phoneMethods"), Fault::DropBefore);
    refused(&world, &desk.send_to(ID, &second).await, "microsoft-unavailable").await;
    // All is well again, and the seal is still good.
    assert_eq!(desk.send_to(ID, &second).await.status, 200);
    world.settle_in_time().await;
    world.end().await;
}

/// A number that this reset has not met may have been registered by somebody else since.
#[tokio::test]
async fn a_phone_registered_since_needs_an_unlock_code() {
    let (world, desk, _) = reset(Some(Line::Landline)).await;
    world.outside.edit_user(ADA, |ada| {
        ada.phones.clear();
        let number = "+1 2065550178".into();
        ada.phones.push(simulator::Phone { kind: "mobile".into(), number });
    });
    let listed = desk.phones(ID).await.body;
    let told = ["kind", "used", "factor", "unlock_code"].map(|key| &listed["phones"][0][key]);
    assert_eq!(told, [&json!("mobile"), &json!(false), &json!("two"), &json!(true)]);
    let sent = desk.send_to(ID, listed["phones"][0]["sealed"].as_str().unwrap()).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    world.settle_in_time().await;
    let person = newest(&world, SECOND);
    assert_eq!(person.look().await.body["code_needed"], true);
    assert_eq!(person.read(Some(unlock(&sent.body))).await, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// A number from the contact's card verified, and Microsoft has it since then: whoever can edit the
/// card and talks somebody into registering it gets no link without a code.
#[tokio::test]
async fn a_verified_phone_registered_since_needs_an_unlock_code() {
    const CARD: &str = "+12065550177";
    let world = world_with(r#"{"accept_contact_phones": true, "unlock": "never"}"#).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let sent = desk.send_code(ticket.contact, Some(ticket.id), "card-phone-1").await;
    let text = world.outside.wait_for_text(CARD, 1).await.unwrap();
    let verification = sent.body["id"].as_str().unwrap();
    assert_eq!(desk.answer(verification, &code_in(&text.body)).await.status, 200);
    let confirmed = desk.confirm(&ticket).await;
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &confirmed).await;
    assert_eq!((done.status, &done.body["unlock_code"]), (200, &Value::Null), "{:?}", done.body);
    world.settle_in_time().await;
    world.pass(1_000);
    world.outside.edit_user(ADA, |ada| {
        let number = "+1 2065550177".into();
        ada.phones.push(simulator::Phone { kind: "alternateMobile".into(), number });
    });
    let listed = desk.phones(ID).await.body;
    let told = ["used", "factor", "unlock_code"].map(|key| &listed["phones"][1][key]);
    assert_eq!(told, [&json!(false), &json!("one"), &json!(true)], "{listed}");
    // Where the link went before, nothing is new.
    assert_eq!(listed["phones"][0]["unlock_code"], false);
    let sent = desk.send_to(ID, listed["phones"][1]["sealed"].as_str().unwrap()).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    world.settle_in_time().await;
    let person = newest(&world, CARD);
    assert_eq!(person.look().await.body["code_needed"], true);
    assert_eq!(person.read(Some(unlock(&sent.body))).await, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn an_end_is_an_end() {
    let over = async |world: &World, desk: &Desk, seal: &str| {
        let view = desk.look(ID).await.body;
        assert!(!view["acts"].to_string().contains("new-link"), "{view}");
        for reply in [desk.phones(ID).await, desk.send_to(ID, seal).await] {
            assert_eq!((reply.status, reply.code()), (409, "link-moved"), "{:?}", reply.body);
        }
        assert!(world.outside.texts(SECOND).is_empty());
    };
    // Opened.
    let (world, desk, first) = reset(None).await;
    let seal = sealed(&desk, 1).await;
    newest(&world, FIRST).read(Some(unlock(&first.body))).await;
    over(&world, &desk, &seal).await;
    world.settle_in_time().await;
    world.end().await;
    // Given up.
    let (world, desk, _) = reset(None).await;
    let seal = sealed(&desk, 1).await;
    desk.act(ID, "give-up").await;
    over(&world, &desk, &seal).await;
    world.end().await;
    // Expired while it was locked, swept or not: at the first moment the password is gone.
    let (world, _, first) = reset(None).await;
    let wrong = if unlock(&first.body) == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        newest(&world, FIRST).open(Some(wrong)).await;
    }
    world.pass(59 * 60_000 - 5_000);
    let desk = Desk::sign_in(&world).await;
    let seal = sealed(&desk, 1).await;
    world.pass(65_000);
    assert_eq!(desk.look(ID).await.body["share"]["is"], "expired");
    over(&world, &desk, &seal).await;
    world.end().await;
    // Superseded.
    let (world, mut desk, _) = reset(None).await;
    let seal = sealed(&desk, 1).await;
    let ticket = world.ticket("48213").await;
    desk.renew().await;
    desk.verify(&world, &ticket, FIRST).await;
    let confirmed = desk.confirm(&ticket).await;
    let newer = desk.reset(Uuid::from_u128(2), ticket.contact, Some(ticket.id), &confirmed).await;
    assert_eq!(newer.status, 200, "{:?}", newer.body);
    world.settle_in_time().await;
    over(&world, &desk, &seal).await;
    world.end().await;
}

/// The link of a reset that Microsoft has not confirmed is not open to be replaced.
#[tokio::test]
async fn nothing_is_replaced_before_it_is_applied() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, FIRST).await;
    let confirmed = desk.confirm(&ticket).await;
    let refuse = Fault::Status { status: 403, retry_after: None };
    world.outside.fault(Company::Graph, Some("PATCH"), refuse);
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &confirmed).await;
    assert_eq!(done.body["stage"], "refused", "{:?}", done.body);
    assert_eq!(desk.phones(ID).await.code(), "link-moved");
    world.end().await;
}

#[tokio::test]
async fn another_account_and_nobody_get_nothing() {
    let (world, desk, _) = reset(None).await;
    let seal = sealed(&desk, 1).await;
    let stranger = world.stranger().await;
    assert_eq!(stranger.phones(ID).await.status, 404);
    assert_eq!(stranger.send_to(ID, &seal).await.status, 404);
    assert_eq!(desk.phones(Uuid::from_u128(9)).await.status, 404);
    let mut nobody = desk.clone();
    nobody.bearer.clear();
    assert_eq!(nobody.phones(ID).await.status, 401);
    assert_eq!(nobody.send_to(ID, &seal).await.status, 401);
    refused(&world, &stranger.send_to(ID, &seal).await, "not-found").await;
    world.end().await;
}

/// A lost reply: the same choice again is the same link. And each new link counts as a text.
#[tokio::test]
async fn the_same_choice_again_is_done_once_and_texts_are_counted() {
    let (world, desk, _) = reset(None).await;
    let seal = sealed(&desk, 1).await;
    let first = desk.send_to(ID, &seal).await;
    assert_eq!(first.status, 200, "{:?}", first.body);
    world.settle_in_time().await;
    let again = desk.send_to(ID, &seal).await;
    assert_eq!((again.status, &again.body["phone"]), (200, &first.body["phone"]));
    world.settle_in_time().await;
    assert_eq!(world.outside.texts(SECOND).len(), 1);
    // A link is never easier to open than the one before it.
    let listed = desk.phones(ID).await.body;
    let told = ["used", "factor", "unlock_code"].map(|key| &listed["phones"][1][key]);
    assert_eq!(told, [&json!(true), &json!("two"), &json!(true)]);
    // Back to the first phone, and there and back: five texts in an hour.
    for n in [0, 1, 0] {
        world.pass(1_000);
        let sent = desk.send_to(ID, &sealed(&desk, n).await).await;
        assert_eq!(sent.status, 200, "{:?}", sent.body);
        world.settle_in_time().await;
    }
    let alive = newest(&world, FIRST);
    let full = desk.send_to(ID, &sealed(&desk, 1).await).await;
    assert_eq!((full.status, full.code()), (429, "limit-reached"), "{:?}", full.body);
    assert!(full.body["retry_after"].as_u64().unwrap() > 0);
    assert_eq!(desk.act(ID, "resend").await.code(), "limit-reached", "one limit for both");
    let view = desk.look(ID).await.body;
    assert_eq!(alive.read(Some(unlock(&view))).await, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// The unlock code is for the technician who is on the phone: who asked for this link.
#[tokio::test]
async fn a_colleague_takes_over_with_the_code() {
    let (world, desk, first) = reset(None).await;
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    assert_eq!(colleague.look(ID).await.body["unlock_code"], Value::Null);
    let sent = colleague.send_to(ID, &sealed(&colleague, 1).await).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    world.settle_in_time().await;
    assert_eq!(desk.look(ID).await.body["unlock_code"], Value::Null, "no longer the first's");
    let person = newest(&world, SECOND);
    assert_eq!(person.read(Some(unlock(&sent.body))).await, world.password(ADA));
    assert_eq!(first.body["unlock_code"].as_str().map(str::len), Some(6));
    world.settle_in_time().await;
    world.end().await;
}
