//! The text went wrong, or the link was locked: the same password gets a new link, to a phone that
//! Microsoft has registered. The old link is dead from then on, and nothing is lost on the way.

use serde_json::{Value, json};
use server::denied::Denied;
use server::store::Session;
use shared::{Code, ResendAsk};
use simulator::{Company, Fault, Line, Phone};
use uuid::Uuid;

use crate::between::{Both, between};
use crate::desk::{Desk, Reply};
use crate::person::Person;
use crate::world::{World, until};

pub(super) const ADA: &str = "ada.park@northwind.example";
pub(super) const FIRST: &str = "+12065550123";
pub(super) const SECOND: &str = "+12065550178";
pub(super) const ID: Uuid = Uuid::from_u128(1);

/// A world in which Ada has two mobiles at Microsoft, was verified by the first, and was reset
/// while the carriers say this about it.
pub(super) async fn reset(line: Option<Line>) -> (World, Desk, Reply) {
    let world = World::new().await;
    world.outside.edit_user(ADA, |ada| {
        let phone = |kind: &str, number: &str| Phone { kind: kind.into(), number: number.into() };
        ada.phones.push(phone("alternateMobile", "+1 2065550178"));
        ada.phones.push(phone("office", "+1 2065550190"));
    });
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, FIRST).await;
    world.outside.set_line(FIRST, line);
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    world.settle_in_time().await;
    // Later: what comes now is newer.
    world.pass(1_000);
    (world, desk, done)
}

/// The seal of the `n`th phone that a new link may go to.
pub(super) async fn sealed(desk: &Desk, n: usize) -> String {
    let listed = desk.phones(ID).await;
    assert_eq!(listed.status, 200, "{:?}", listed.body);
    listed.body["phones"][n]["sealed"].as_str().unwrap().to_owned()
}

/// The newest link that was texted to a phone.
pub(super) fn newest(world: &World, phone: &str) -> Person {
    Person::with(world, &world.outside.texts(phone).pop().unwrap().body)
}

pub(super) fn unlock(view: &Value) -> &str {
    view["unlock_code"].as_str().unwrap()
}

/// Whether a step of the reset failed for this reason.
async fn failed(desk: &Desk, step: &str, code: &str) -> bool {
    let view = desk.look(ID).await.body;
    let steps = view["steps"].as_array().unwrap().iter();
    steps.clone().any(|it| it["what"] == step && it["state"]["code"] == code)
}

#[tokio::test]
async fn a_landline_at_once_then_another_phone() {
    let (world, desk, first) = reset(Some(Line::Landline)).await;
    assert!(failed(&desk, "text-sent", "sms-number").await);
    let view = desk.look(ID).await.body;
    assert_eq!(view["stage"], "completed");
    assert_eq!(view["acts"], json!(["resend", "new-link", "give-up"]));

    // Live, masked, the office phone left out.
    let listed = desk.phones(ID).await.body;
    let phones = listed["phones"].as_array().unwrap();
    let told = |phone: &Value| {
        let masked = phone["masked"].as_str().unwrap().replace('\u{a0}', " ");
        let rest = ["kind", "used", "factor", "unlock_code"].map(|key| phone[key].clone());
        (masked, rest)
    };
    assert_eq!(phones.len(), 2);
    let wanted = [json!("mobile"), json!(true), json!("one"), json!(true)];
    assert_eq!(told(&phones[0]), ("+1 ••• ••23".to_owned(), wanted));
    let wanted = [json!("alternate-mobile"), json!(false), json!("two"), json!(true)];
    assert_eq!(told(&phones[1]), ("+1 ••• ••78".to_owned(), wanted));
    assert!(!listed.to_string().contains("2065550"), "no number goes to a browser");

    let store = &world.app.store;
    let old = store.share_of(world.account, shared::ResetId(ID)).await.unwrap().unwrap();
    assert!(store.phone_of(&old).await.unwrap().is_some());
    let sent = desk.send_to(ID, phones[1]["sealed"].as_str().unwrap()).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    let nowhere = store.phone_of(&old).await.unwrap();
    assert!(nowhere.is_none(), "whoever still holds the old link can't text it anywhere");
    assert_eq!(sent.body["phone"], phones[1]["masked"]);
    world.settle_in_time().await;
    let view = desk.look(ID).await.body;
    assert_eq!((&view["stage"], &view["share"]["is"]), (&json!("completed"), &json!("open")));
    assert!(!view.to_string().contains("sms-number"), "the old text's failure is over: {view}");
    let person = newest(&world, SECOND);
    let wrong = if unlock(&view) == "000000" { "111111" } else { "000000" };
    assert_eq!(person.open(Some(wrong)).await.code(), "unlock-wrong");
    assert_eq!(person.read(Some(unlock(&view))).await, world.password(ADA));
    assert_eq!(world.outside.patches(ADA).len(), 1, "the same password all along");
    assert_eq!(world.outside.texts(FIRST).len(), 1, "only the code");
    drop(first);

    world.settle_in_time().await;
    let notes = world.notes(world.ticket("48213").await.id).await.join("\n");
    assert!(notes.contains("could not be texted yet: This number can’t receive texts."), "{notes}");
    let masked = phones[1]["masked"].as_str().unwrap();
    assert!(notes.contains(&format!("new one-time link for the same password, to {masked}")));
    world.end().await;
}

#[tokio::test]
async fn a_carrier_that_says_no_after_all_was_done() {
    let (world, desk, first) = reset(Some(Line::Filtered)).await;
    until("the carrier's word is shown", async || {
        failed(&desk, "text-delivered", "sms-blocked").await
    })
    .await;
    let view = desk.look(ID).await.body;
    assert_eq!(view["stage"], "completed");
    assert_eq!(view["acts"], json!(["resend", "new-link", "give-up"]));
    // A carrier that lied: the old link did arrive. With the new one it is dead all the same.
    let old = newest(&world, FIRST);
    let sent = desk.send_to(ID, &sealed(&desk, 1).await).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    world.settle_in_time().await;
    for code in [unlock(&first.body), unlock(&sent.body)] {
        assert_eq!(old.open(Some(code)).await.code(), "link-dead");
    }
    assert!(!failed(&desk, "text-delivered", "sms-blocked").await, "that was the old text");
    let read = newest(&world, SECOND).read(Some(unlock(&sent.body))).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn a_locked_link_is_replaced_and_stays_dead() {
    let (world, desk, first) = reset(None).await;
    let old = newest(&world, FIRST);
    let right = unlock(&first.body);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        old.open(Some(wrong)).await;
    }
    let view = desk.look(ID).await.body;
    assert_eq!((&view["share"]["is"], &view["unlock_code"]), (&json!("locked"), &Value::Null));
    assert_eq!(view["acts"], json!(["new-link", "give-up"]), "the same link would not open");
    assert_eq!(desk.act(ID, "resend").await.body["share"]["is"], "locked");

    // To the same phone: one factor still, with a code of its own.
    let sent = desk.send_to(ID, &sealed(&desk, 0).await).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    world.settle_in_time().await;
    assert_eq!(old.open(Some(right)).await.code(), "link-dead");
    let new = newest(&world, FIRST);
    assert_ne!(new.token, old.token);
    assert_eq!(new.read(Some(unlock(&sent.body))).await, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// A text that still waits for a sleepy provider goes with its link: the first phone gets nothing.
#[tokio::test]
async fn a_text_that_waits_does_not_follow() {
    let world = World::new().await;
    world.outside.edit_user(ADA, |ada| {
        ada.phones.push(Phone { kind: "alternateMobile".into(), number: "+1 2065550178".into() });
    });
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, FIRST).await;
    let confirmed = desk.confirm(&ticket).await;
    let busy = Fault::Status { status: 429, retry_after: Some(60) };
    world.outside.fault(Company::Twilio, Some("Messages.json"), busy);
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &confirmed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    until("Twilio has said not now", async || world.outside.faults_left() == 0).await;
    let view = desk.look(ID).await.body;
    assert_eq!(view["acts"], json!(["new-link", "give-up"]), "a text is waiting");
    world.pass(1_000);
    let sent = desk.send_to(ID, &sealed(&desk, 1).await).await;
    assert_eq!(sent.status, 200, "{:?}", sent.body);
    world.settle_in_time().await;
    world.pass(120_000);
    world.settle_in_time().await;
    assert_eq!(world.outside.texts(FIRST).len(), 1, "only the code");
    let read = newest(&world, SECOND).read(Some(unlock(&sent.body))).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// At most one of them reveals the password, and one of them can. The opening comes when the new
/// link has asked Microsoft everything and is about to be written, a little later each time.
#[tokio::test]
async fn an_opening_races_with_a_new_link() {
    for round in 0..12_u32 {
        let (world, desk, first) = reset(None).await;
        let old = newest(&world, FIRST);
        let code = unlock(&first.body).to_owned();
        let asked = || world.outside.requests().len();
        let before = asked();
        let seal = sealed(&desk, 1).await;
        // A new link asks the same again, and then for the text.
        let all = asked() + (asked() - before);
        let replacing = tokio::spawn({
            let desk = desk.clone();
            async move { desk.send_to(ID, &seal).await }
        });
        while asked() < all {
            tokio::task::yield_now().await;
        }
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        let open = old.open(Some(&code)).await;
        let replacing = replacing.await.unwrap();
        world.settle_in_time().await;
        let read = match (open.status, replacing.status) {
            (200, 409) => {
                assert_eq!(replacing.code(), "link-moved");
                assert!(world.outside.texts(SECOND).is_empty());
                old.decrypt(&open)
            }
            (410, 200) => newest(&world, SECOND).read(Some(unlock(&replacing.body))).await,
            other => panic!("{other:?}: {:?} {:?}", open.body, replacing.body),
        };
        assert_eq!(read, world.password(ADA), "round {round}");
        world.settle_in_time().await;
        world.end().await;
    }
}

/// Two technicians at once: one new link, and the other is told.
#[tokio::test]
async fn of_two_new_links_at_once_one_is_made() {
    for _ in 0..6 {
        let (world, desk, _) = reset(Some(Line::Landline)).await;
        world.outside.set_line(FIRST, None);
        let colleague = Desk::sign_in_as(&world, crate::world::COLLEAGUE).await;
        let (seal, other) = (sealed(&desk, 0).await, sealed(&colleague, 1).await);
        let (one, two) = tokio::join!(desk.send_to(ID, &seal), colleague.send_to(ID, &other));
        world.settle_in_time().await;
        let (winner, phone) = match (one.status, two.status) {
            (200, 409) => (&one, FIRST),
            (409, 200) => (&two, SECOND),
            other => panic!("{other:?}: {:?} {:?}", one.body, two.body),
        };
        let loser = if phone == FIRST { &two } else { &one };
        assert_eq!(loser.code(), "link-moved");
        let links = world.outside.texts(FIRST).len() - 1 + world.outside.texts(SECOND).len();
        assert_eq!(links, 1, "one link besides the code");
        let read = newest(&world, phone).read(Some(unlock(&winner.body))).await;
        assert_eq!(read, world.password(ADA));
        world.settle_in_time().await;
        world.end().await;
    }
}

/// The same, in every order that can matter. The first asks for the phone that the link goes to so
/// far, and must not take the other's link, which goes elsewhere, for their own.
#[tokio::test]
async fn a_new_link_comes_between_any_two_looks_of_another() {
    let (world, _, _) = reset(Some(Line::Landline)).await;
    world.outside.set_line(FIRST, None);
    let resets = &world.app.resets;
    let id = shared::ResetId(ID);
    let mut won = [0, 0];
    // The link lives for a day from the reset on.
    for waits in 0..60 {
        // Within the link's life, and not more of them in an hour than are allowed.
        world.pass(20 * 60_000);
        let one = world.session(crate::world::EMAIL).await;
        let two = world.session(crate::world::COLLEAGUE).await;
        let ask = async |who: &Session, used: bool| {
            let listed = resets.phones(who, id).await.unwrap().phones;
            let phone = listed.into_iter().find(|phone| phone.used == used).unwrap();
            (phone.masked, ResendAsk { sealed: phone.sealed })
        };
        let (same, ask_same) = ask(&one, true).await;
        let (new, ask_new) = ask(&two, false).await;
        let Both { first, second, over } = between(
            waits,
            resets.new_link(&one, id, &ask_same),
            resets.new_link(&two, id, &ask_new),
        )
        .await;
        let told = match (first, second) {
            (Ok(view), Err(Denied::Because(finding))) if finding.code == Code::LinkMoved => {
                won[0] += 1;
                (view.phone, same)
            }
            (Err(Denied::Because(finding)), Ok(view)) if finding.code == Code::LinkMoved => {
                won[1] += 1;
                (view.phone, new)
            }
            other => panic!("after {waits} waits: {other:?}"),
        };
        assert_eq!(told.0, told.1, "after {waits} waits");
        world.settle_in_time().await;
        if over {
            break;
        }
    }
    assert!(won[0] > 0 && won[1] > 0, "{won:?}");
    world.end().await;
}
