//! Every attempt leaves its record: in the history, in the audit and as a note in the ticket; limits and
//! countries keep it in bounds; what went before is told as a warning.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::Ticket;
use simulator::Line;
use uuid::Uuid;

use super::mail::audited;
use crate::desk::{Desk, Reply, code_in};
use crate::world::{EMAIL, World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";

async fn send(desk: &Desk, ada: &Ticket, way: (&str, &str)) -> Reply {
    let ask = json!({
        "contact": ada.contact, "ticket": ada.id, "destination": way.0, "channel": way.1,
    });
    desk.call(Method::POST, "/api/verifications", Some(ask)).await
}

async fn with_policy(policy: Value) -> World {
    World::import(|sample| {
        let mut sample: Value = serde_json::from_str(&sample).unwrap();
        sample["account"]["policy"] = policy;
        sample.to_string()
    })
    .await
}

/// Waits for a note that says this.
async fn noted(world: &World, ada: &Ticket, says: &str) {
    until(&format!("the ticket says: {says}"), async || {
        world.notes(ada.id).await.iter().any(|note| note.contains(says))
    })
    .await;
}

#[tokio::test]
async fn each_end_is_noted_in_the_ticket() {
    let world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let phone = ("microsoft-mobile", "sms-code");
    desk.verify(&world, &ada, ADA_PHONE).await;
    noted(&world, &ada, "Verification of Ada Park succeeded, 2026-11-22 14:00 UTC").await;
    noted(&world, &ada, "Code by text to +1\u{a0}•••\u{a0}••23, asked for by Tess Tanner").await;

    world.pass(1_000);
    send(&desk, &ada, phone).await;
    world.pass(1_000);
    send(&desk, &ada, ("microsoft-mobile", "sms-link")).await;
    noted(&world, &ada, "was replaced by a newer one").await;
    world.pass(5 * 60_000);
    noted(&world, &ada, "ran out: nobody answered in time, 2026-11-22 14:05 UTC").await;

    let wrong = send(&desk, &ada, phone).await.body["id"].as_str().unwrap().to_owned();
    for code in ["000001", "000002", "000003", "000004", "000005"] {
        desk.answer(&wrong, code).await;
    }
    noted(&world, &ada, "failed: too many wrong answers").await;

    world.pass(1_000);
    world.outside.set_line(ADA_PHONE, Some(Line::OptedOut));
    assert_eq!(send(&desk, &ada, phone).await.code(), "sms-opted-out");
    noted(&world, &ada, "could not be sent").await;
    world.outside.set_line(ADA_PHONE, None);

    // Nothing that was sent stands in any of them.
    let notes = world.notes(ada.id).await.join("\n");
    for text in world.outside.texts(ADA_PHONE) {
        for word in text.body.split_whitespace().filter(|word| word.len() > 5) {
            let secret = word.contains('#') || word.bytes().all(|b| b.is_ascii_digit());
            assert!(!secret || !notes.contains(word), "{word}");
        }
    }
    let shown = desk.state(ada.contact, Some(ada.id)).await.body;
    let outcomes: Vec<&str> = shown["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["unsent", "tries-spent", "expired", "replaced", "verified"]);
    for act in ["verification-sent", "verification-expired", "verification-unsent"] {
        assert!(!audited(&world, act).await.is_empty(), "{act}");
    }
    world.end().await;
}

#[tokio::test]
async fn as_much_history_as_the_policy_says() {
    let world = with_policy(json!({ "history_shown": 2 })).await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    for _ in 0..3 {
        send(&desk, &ada, ("microsoft-mobile", "sms-code")).await;
    }
    let shown = desk.state(ada.contact, Some(ada.id)).await.body;
    assert_eq!(shown["history"].as_array().unwrap().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn what_is_left_is_shown_and_then_refused() {
    let world = with_policy(json!({ "codes_per_destination": 2, "codes_per_contact": 3 })).await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let phone = ("microsoft-mobile", "sms-code");
    let sends = async |key: &str| {
        let state = desk.state(ada.contact, Some(ada.id)).await.body;
        let shields = state["shields"].as_array().unwrap().clone();
        shields.into_iter().find(|it| it["key"] == key).map(|it| it["sends"].clone())
    };
    until("Microsoft was asked", async || sends("microsoft-mobile").await.is_some()).await;
    assert_eq!(sends("microsoft-mobile").await.unwrap(), json!({ "left": 2 }));
    send(&desk, &ada, phone).await;
    let hour = world.now().0 + 60 * 60_000;
    let left = json!({ "left": 1, "more_at": hour });
    assert_eq!(sends("microsoft-mobile").await.unwrap(), left);
    send(&desk, &ada, phone).await;
    assert_eq!(sends("microsoft-mobile").await.unwrap()["left"], 0);
    let refused = send(&desk, &ada, phone).await;
    assert_eq!((refused.status, &refused.body["retry_after"]), (429, &3600.into()));
    // Another destination of the same contact has what the contact has left.
    assert_eq!(sends("card-phone-1").await.unwrap()["left"], 1);
    assert_eq!(send(&desk, &ada, ("card-phone-1", "sms-code")).await.status, 201);
    let refused = send(&desk, &ada, ("microsoft-mail", "email-code")).await;
    assert_eq!(refused.status, 429, "{:?}", refused.body);
    world.pass(60 * 60_000);
    let desk = world.desk().await;
    assert_eq!(send(&desk, &ada, phone).await.status, 201);
    world.end().await;
}

/// Whoever can edit a card could otherwise have us pay for texts to anywhere.
#[tokio::test]
async fn no_text_leaves_for_a_country_that_is_not_listed() {
    let world = with_policy(json!({ "countries": ["GB"] })).await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let refused = send(&desk, &ada, ("microsoft-mobile", "sms-code")).await;
    assert_eq!((refused.status, refused.code()), (409, "country-off"));
    let state = desk.state(ada.contact, Some(ada.id)).await.body;
    let shields = state["shields"].as_array().unwrap();
    let shield = shields.iter().find(|it| it["key"] == "microsoft-mobile").unwrap();
    assert_eq!((&shield["channels"], &shield["why_not"]), (&json!([]), &"country-off".into()));
    assert!(world.outside.texts(ADA_PHONE).is_empty());
    let account = [world.account.0];
    let numbers = "update contacts set phones = '[\"+44 7400 123456\"]'
                   where account = $1 and name = 'Ada Park'";
    world.app.store.seed(numbers, &account).await;
    let sent = send(&desk, &ada, ("card-phone-0", "sms-code")).await;
    assert_eq!(sent.status, 201, "{:?}", sent.body);
    world.end().await;
}

#[tokio::test]
async fn a_way_that_the_policy_does_not_have_is_refused() {
    let policy = json!({ "methods": ["sms-link"], "reset_methods": ["sms-link"] });
    let world = with_policy(policy).await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    for way in [("microsoft-mobile", "sms-code"), ("microsoft-mail", "email-link")] {
        assert_eq!(send(&desk, &ada, way).await.code(), "channel-off", "{way:?}");
    }
    assert_eq!(send(&desk, &ada, ("microsoft-mobile", "sms-link")).await.status, 201);
    let odd = send(&desk, &ada, ("card-email", "sms-link")).await;
    assert_eq!(odd.status, 422, "{:?}", odd.body);
    world.end().await;
}

#[tokio::test]
async fn codes_are_as_long_as_the_policy_says() {
    let world = with_policy(json!({ "code_digits": 8 })).await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let sent = send(&desk, &ada, ("microsoft-mobile", "sms-code")).await;
    let text = world.outside.wait_for_text(ADA_PHONE, 1).await.unwrap().body;
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 8).unwrap();
    let id = sent.body["id"].as_str().unwrap();
    assert_eq!(desk.answer(id, "12345").await.code(), "bad-request");
    assert_eq!(desk.answer(id, code).await.body["outcome"], "verified");
    world.end().await;
}

/// Seen before the click, by the technician; and by admins when it happened.
#[tokio::test]
async fn warnings_are_told_before_and_after() {
    let world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let warned = |body: &Value| -> Vec<String> {
        let all = body["warnings"].as_array().cloned().unwrap_or_default();
        all.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    };
    let wrong = send(&desk, &ada, ("microsoft-mobile", "sms-code")).await.body["id"].clone();
    for code in ["000001", "000002", "000003", "000004", "000005"] {
        desk.answer(wrong.as_str().unwrap(), code).await;
    }
    world.pass(1_000);
    desk.verify(&world, &ada, ADA_PHONE).await;
    let shown = desk.preflight(ada.contact, Some(ada.id)).await.body;
    assert_eq!(warned(&shown), ["failed-before"]);
    let state = desk.state(ada.contact, Some(ada.id)).await.body;
    assert_eq!(warned(&state), ["failed-before"]);
    let sealed = shown["sealed"].as_str().unwrap();
    desk.reset(Uuid::from_u128(1), ada.contact, Some(ada.id), sealed).await;
    world.settle_in_time().await;
    assert!(audited(&world, "warned: failed-before").await.len() == 1);
    let what = shared::Code::FailedBefore.words().what;
    noted(&world, &ada, &format!("Warned of: {what}")).await;
    let to_admins = world.outside.mails(EMAIL).len();

    world.pass(61 * 60_000);
    let desk = world.desk().await;
    desk.verify(&world, &ada, ADA_PHONE).await;
    let shown = desk.preflight(ada.contact, Some(ada.id)).await.body;
    assert_eq!(warned(&shown), ["person-repeats"], "{shown:?}");
    assert_eq!(shown["warnings"][0]["about"], "once in the last day");
    let sealed = shown["sealed"].as_str().unwrap();
    desk.reset(Uuid::from_u128(2), ada.contact, Some(ada.id), sealed).await;
    let mail = world.outside.wait_for_mail(EMAIL, to_admins + 1).await.unwrap();
    assert!(mail.subject.contains("Several password resets for Ada Park"), "{}", mail.subject);
    assert!(world.outside.mails(ADA).iter().all(|mail| !mail.subject.contains("Several")));
    world.settle_in_time().await;
    world.end().await;
}

/// A code by mail is read out like one by text.
#[tokio::test]
async fn a_code_by_mail_turns_the_mailboxs_shield_green() {
    let world = World::new().await;
    let (desk, ada) = (world.desk().await, world.ticket("48213").await);
    let sent = send(&desk, &ada, ("microsoft-mail", "email-code")).await;
    assert_eq!(sent.status, 201, "{:?}", sent.body);
    let mail = world.outside.wait_for_mail(ADA, 1).await.unwrap();
    let code = code_in(&mail.text);
    assert!(!mail.subject.contains(&code) && mail.text.contains("Tess Tanner of Brightline IT"));
    desk.answer(sent.body["id"].as_str().unwrap(), &code).await;
    let state = desk.state(ada.contact, Some(ada.id)).await.body;
    let shields = state["shields"].as_array().unwrap();
    let green = shields.iter().find(|it| it["key"] == "microsoft-mail").unwrap();
    assert_eq!((&green["state"]["is"], &green["for_reset"]), (&"verified".into(), &false.into()));
    assert_eq!(green["masked"], "a•••@northwind.example");
    assert_eq!(state["blocked"]["code"], "verification-not-accepted");
    noted(&world, &ada, "Code by mail to a•••@northwind.example").await;
    world.end().await;
}
