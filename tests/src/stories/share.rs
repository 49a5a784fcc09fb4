//! The link: one device, once, and the same dead bytes for everybody else. Many at the same moment
//! are raced in `race`.

use serde_json::json;
use uuid::Uuid;

use crate::desk::Desk;
use crate::person::Person;
use crate::race::rush::Answer;
use crate::world::{World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const ID: Uuid = Uuid::from_u128(1);

/// A world in which Ada's link has been texted; gives it with the unlock code.
async fn texted() -> (World, Desk, Person, String) {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &sealed).await;
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    world.settle_in_time().await;
    let person = Person::with(&world, &text.body);
    (world, desk, person, unlock)
}

#[tokio::test]
async fn one_device_wins_and_may_come_again_for_five_minutes() {
    let (world, desk, person, unlock) = texted().await;
    let dead = person.another_device();
    let read = person.read(Some(&unlock)).await;
    assert_eq!(person.read(Some(&unlock)).await, read, "a reload loses nothing");
    assert_eq!(person.read(None).await, read, "nor does it ask for the code again");
    let late = dead.open(Some(&unlock)).await;
    assert_eq!((late.status, late.code()), (410, "link-dead"));
    world.pass(5 * 60_000);
    assert_eq!(person.open(Some(&unlock)).await.status, 410, "the grace is over");
    // What nobody may fetch any more is erased.
    let share = async || world.app.store.share_of(world.account, shared::ResetId(ID)).await;
    world.pass(60_000);
    until("it is swept", async || share().await.unwrap().unwrap().password_sealed.is_none()).await;
    let share = share().await.unwrap().unwrap();
    assert!(share.ciphertext.is_empty() && share.token_sealed.is_none());
    assert_eq!(share.late_attempts, 1, "the other device; our own is no alarm");
    let reset = world.app.store.reset(world.account, shared::ResetId(ID)).await.unwrap().unwrap();
    assert!(reset.unlock_sealed.is_none() && reset.phone_sealed.is_empty(), "nor how to text it");
    drop(desk);
    world.settle_in_time().await;
    world.end().await;
}

/// What a stranger sees of a link: the answers to a look and to a tap, as they come over the wire,
/// without the date and the request's id.
struct Dead {
    look: Answer,
    open: Answer,
}

impl Dead {
    async fn seen_by(person: &Person, code: &str) -> Self {
        let seen = Self { look: person.raw_look().await, open: person.raw_open(Some(code)).await };
        for answer in [&seen.look, &seen.open] {
            assert_eq!((answer.status, &answer.json()["code"]), (410, &json!("link-dead")));
            assert!(answer.head.len() > 8, "{:?}", answer.head);
        }
        seen
    }

    /// Not one byte differs.
    async fn is_all_of(&self, person: &Person, code: &str, why: &str) {
        let seen = Self::seen_by(person, code).await;
        for (one, other) in [(&self.look, &seen.look), (&self.open, &seen.open)] {
            assert_eq!((&one.head, &one.body), (&other.head, &other.body), "{why}");
        }
    }
}

#[tokio::test]
async fn every_dead_link_looks_the_same() {
    let (world, desk, person, unlock) = texted().await;
    let never = Dead::seen_by(&person.with_made_up_link(), &unlock).await;
    assert_eq!(person.raw_look().await.status, 200, "awake: a link that lives says otherwise");
    let asked = person.raw_open(None).await;
    assert_eq!((asked.status, asked == never.open), (422, false));
    // What is no id at all.
    for (path, dead) in [("/s/look", &never.look), ("/s/open", &never.open)] {
        let ask = match path {
            "/s/look" => json!({"id": "?"}),
            _ => json!({"id": "?", "proof": "", "nonce": "AA"}),
        };
        assert!(person.raw(path, ask).await == *dead, "{path}");
    }
    person.read(Some(&unlock)).await;
    let opened = person.another_device();
    never.is_all_of(&opened, &unlock, "opened elsewhere").await;
    never.is_all_of(&opened, "000000", "opened elsewhere, a guess").await;
    drop(desk);
    world.settle_in_time().await;
    world.pass(6 * 60_000);
    never.is_all_of(&person, &unlock, "its own, after the grace").await;
    world.settle_in_time().await;
    world.end().await;

    let (world, _, person, unlock) = texted().await;
    world.pass(60 * 60_000);
    never.is_all_of(&person, &unlock, "expired").await;
    world.end().await;

    // Given up by the technician.
    let (world, desk, person, unlock) = texted().await;
    let ended = desk.act(ID, "give-up").await;
    assert_eq!(ended.body["share"]["is"], "revoked", "{:?}", ended.body);
    never.is_all_of(&person, &unlock, "revoked").await;
    world.end().await;

    let (world, desk, person, unlock) = texted().await;
    let wrong = if unlock == "000000" { "111111" } else { "000000" };
    for _ in 0..4 {
        assert_eq!(person.raw_open(Some(wrong)).await.status, 422);
    }
    assert!(person.raw_open(Some(wrong)).await == never.open, "the guess that closes it");
    assert_eq!(desk.look(ID).await.body["share"]["is"], "locked");
    never.is_all_of(&person, &unlock, "locked").await;
    never.is_all_of(&person, wrong, "locked, another guess").await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn five_wrong_unlock_codes_close_the_link() {
    let (world, desk, person, unlock) = texted().await;
    let wrong = if unlock == "000000" { "111111" } else { "000000" };
    // Without the right proof nothing is counted; without a code neither.
    let stranger = person.with_made_up_link();
    assert_eq!(stranger.open(Some(wrong)).await.status, 410);
    for left in [4, 3, 2, 1] {
        let refused = person.open(Some(wrong)).await;
        assert_eq!((refused.status, refused.code()), (422, "unlock-wrong"));
        assert_eq!(refused.body["tries_left"], left);
    }
    assert_eq!(person.open(None).await.body["tries_left"], 1, "asking costs no try");
    assert_eq!(person.open(Some(wrong)).await.code(), "link-dead");
    assert_eq!(person.open(Some(&unlock)).await.code(), "link-dead", "the right one is late");
    let view = desk.look(ID).await.body;
    assert_eq!(view["share"]["is"], "locked");
    world.end().await;
}

#[tokio::test]
async fn a_newer_reset_ends_the_older_link() {
    let (world, mut desk, person, unlock) = texted().await;
    let ticket = world.ticket("48213").await;
    desk.renew().await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let second = Uuid::from_u128(2);
    let done = desk.reset(second, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    world.settle_in_time().await;
    assert_eq!(person.open(Some(&unlock)).await.code(), "link-dead");
    let text = world.outside.texts(ADA_PHONE).pop().unwrap();
    let newest = Person::with(&world, &text.body);
    let read = newest.read(done.body["unlock_code"].as_str()).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}
