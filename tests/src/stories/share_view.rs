//! The technician's view of a link, live: each thing that happens to it wakes the pod, and stands in
//! the ticket and the audit. And a link that no reset owns.

use reqwest::Method;
use serde_json::{Value, json};
use server::policy::PasswordKind;
use server::secret::{LinkToken, SpokenCode};
use server::share::{Begins, NewShare, derive};
use server::store::Ticket;
use shared::ShareState;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::desk::Desk;
use crate::person::Person;
use crate::world::{World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const ID: Uuid = Uuid::from_u128(1);
const MINUTE: i64 = 60_000;

/// A technician who looks at the ticket while Ada has her link.
struct Scene {
    world: World,
    desk: Desk,
    ticket: Ticket,
    person: Person,
    unlock: String,
}

impl Scene {
    async fn begin() -> Self {
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
        Self { world, desk, ticket, person, unlock }
    }

    /// What a pod that waits for news is told when this happens.
    async fn told<T>(&self, happens: impl Future<Output = T>) -> (Value, T) {
        let now = self.desk.state(self.ticket.contact, Some(self.ticket.id)).await.body;
        let path = format!(
            "/api/pod/state?contact={}&ticket={}&since={}",
            self.ticket.contact,
            self.ticket.id,
            now["tag"].as_str().unwrap()
        );
        let (news, happened) = tokio::join!(self.desk.call(Method::GET, &path, None), happens);
        assert_eq!(news.status, 200, "{:?}", news.body);
        assert_ne!(news.body["tag"], now["tag"], "no news: {:?}", news.body);
        (news.body["reset"].clone(), happened)
    }

    async fn notes(&self) -> String {
        self.world.settle_in_time().await;
        self.world.notes(self.ticket.id).await.join("\n")
    }

    async fn audited(&self, act: &str) -> Vec<Value> {
        let entries = self.world.app.store.audit(self.world.account).await.unwrap();
        let bodies = entries.iter().map(|(_, _, body)| serde_json::from_str(body).unwrap());
        bodies.filter(|body: &Value| body["act"] == act).collect()
    }

    fn wrong(&self) -> &'static str {
        if self.unlock == "000000" { "111111" } else { "000000" }
    }
}

#[tokio::test]
async fn opened_tried_again_and_closed() {
    let scene = Scene::begin().await;
    let Scene { desk, person, .. } = &scene;
    let view = desk.look(ID).await.body;
    assert_eq!(view["share"]["is"], "open");
    assert!(view["share"]["expires_at"].as_i64().unwrap() > scene.world.now().0);
    assert_eq!((&view["tries_left"], view.get("late")), (&json!(5), None));
    let steps = view["steps"].as_array().unwrap();
    let done =
        |what: &str| steps.iter().any(|it| it["what"] == what && it["state"]["is"] == "done");
    assert!(done("text-sent") && done("note-written"), "{steps:?}");

    let (view, _) = scene.told(person.open(Some(scene.wrong()))).await;
    assert_eq!(view["tries_left"], 4);
    let (view, read) = scene.told(person.read(Some(&scene.unlock))).await;
    assert_eq!(read, scene.world.password(ADA));
    assert_eq!(view["share"], json!({"is": "opened", "at": scene.world.now().0}));
    assert_eq!((&view["unlock_code"], view.get("tries_left")), (&Value::Null, None));
    assert_eq!(view["acts"], json!(["give-up"]), "it may still be fetched again");

    let other = person.another_device();
    for count in 1..=2 {
        let (view, late) = scene.told(other.open(Some(&scene.unlock))).await;
        assert_eq!((late.status, late.code()), (410, "link-dead"));
        assert_eq!(view["late"], json!({"count": count, "at": scene.world.now().0}));
    }

    // Closed in the grace: the device that won gets nothing any more, and who reads on is told
    // that it may have been read.
    let opened_at = view["share"]["at"].clone();
    let (view, _) = scene.told(desk.act(ID, "give-up")).await;
    assert_eq!(view["share"], json!({"is": "revoked", "opened": opened_at}));
    assert_eq!((&view["acts"], &view["late"]["count"]), (&json!([]), &json!(2)));
    let again = person.open(None).await;
    assert_eq!((again.status, again.code()), (410, "link-dead"));
    assert_eq!(again.body, person.with_made_up_link().open(None).await.body);
    assert_eq!(desk.act(ID, "give-up").await.body["share"]["is"], "revoked", "once is enough");

    let notes = scene.notes().await;
    for told in [
        "opened the one-time link and has the new password",
        "from another device after it was opened",
        "Tess Tanner closed the one-time link for Ada Park",
        "whoever did may have read the password",
    ] {
        assert_eq!(notes.matches(told).count(), 1, "{told}: {notes}");
    }
    for (act, times) in [
        ("share-unlock-wrong", 1),
        ("share-opened", 1),
        ("share-late-attempt", 2),
        ("share-revoked", 1),
        ("reset-given-up", 1),
    ] {
        let told = scene.audited(act).await;
        assert_eq!(told.len(), times, "{act}");
        assert_eq!(told[0]["reset"], ID.to_string(), "{act}");
    }
    scene.world.end().await;
}

#[tokio::test]
async fn after_the_grace_there_is_nothing_to_close() {
    let scene = Scene::begin().await;
    scene.person.read(Some(&scene.unlock)).await;
    let (view, ()) = scene.told(async { scene.world.pass(5 * MINUTE) }).await;
    assert_eq!((&view["share"]["is"], &view["acts"]), (&json!("opened"), &json!([])));
    let refused = scene.desk.act(ID, "give-up").await;
    assert_eq!(refused.body["share"]["is"], "opened");
    assert!(scene.audited("share-revoked").await.is_empty());
    scene.notes().await;
    scene.world.end().await;
}

#[tokio::test]
async fn unopened_it_ends_and_says_that_nobody_has_it() {
    let mut scene = Scene::begin().await;
    // Who only looks on is signed out after an hour.
    scene.world.pass(55 * MINUTE);
    scene.desk = scene.world.desk().await;
    let (view, ()) = scene.told(async { scene.world.pass(5 * MINUTE) }).await;
    assert_eq!((&view["share"]["is"], &view["acts"]), (&json!("expired"), &json!([])));
    until("it was swept", async || {
        scene.world.pass(5_000);
        scene.world.app.resets.wake.notify_one();
        !scene.audited("share-expired").await.is_empty()
    })
    .await;
    let notes = scene.notes().await;
    assert!(notes.contains("ended unopened") && notes.contains("Nobody has this password"));
    scene.world.end().await;
}

#[tokio::test]
async fn five_wrong_codes_are_told_and_a_new_link_is_offered() {
    let scene = Scene::begin().await;
    let Scene { desk, person, .. } = &scene;
    for left in [4, 3, 2, 1] {
        let (view, _) = scene.told(person.open(Some(scene.wrong()))).await;
        assert_eq!(view["tries_left"], left);
    }
    let (view, _) = scene.told(person.open(Some(scene.wrong()))).await;
    assert_eq!((&view["share"]["is"], &view["unlock_code"]), (&json!("locked"), &Value::Null));
    assert_eq!(view["acts"], json!(["new-link", "give-up"]));
    let notes = scene.notes().await;
    assert!(notes.contains("Five wrong unlock codes") && notes.contains("send a new link"));
    // The new one asks for a code too: never easier than the one before it.
    let phones = desk.phones(ID).await.body;
    let sealed = phones["phones"][0]["sealed"].as_str().unwrap().to_owned();
    let (view, _) = scene.told(desk.send_to(ID, &sealed)).await;
    assert_eq!((&view["share"]["is"], &view["tries_left"]), (&json!("open"), &json!(5)));
    scene.notes().await;
    let unlock = desk.look(ID).await.body["unlock_code"].as_str().unwrap().to_owned();
    assert!(unlock.len() == 6 && unlock.bytes().all(|digit| digit.is_ascii_digit()));
    let text = scene.world.outside.texts(ADA_PHONE).pop().unwrap();
    let newest = Person::with(&scene.world, &text.body);
    assert_eq!(newest.read(Some(&unlock)).await, scene.world.password(ADA));
    scene.notes().await;
    scene.world.end().await;
}

/// The engine is anybody's: a link that no reset owns, over HTTP through its whole life. And of two
/// links, the id of one with the proof of the other opens neither.
#[tokio::test]
async fn a_link_of_its_own() {
    let world = World::new().await;
    let shares = &world.app.shares;
    let secret = server::password::make(PasswordKind::Random, &[]);
    let code = SpokenCode::new("4821".to_owned().into());
    let new = |unlock| NewShare {
        account: world.account,
        customer: None,
        language: None,
        secret: &secret,
        must_change: false,
        life_ms: 60 * MINUTE,
        unlock,
    };
    let at = |link: &server::secret::Link| Person::with(&world, &format!("x {} x", link.expose()));
    let made = shares.create(&new(Some(&code)), Begins::Now, None).await.unwrap();
    let other = shares.create(&new(None), Begins::WhenSent, None).await.unwrap();
    let (person, bystander) = (at(&made.link), at(&other.link));
    let look = person.look().await.body;
    assert_eq!((&look["code_needed"], &look["must_change"]), (&json!(true), &json!(false)));
    assert_eq!(look["expires_at"], world.now().0 + 60 * MINUTE);

    let of = |person: &Person| derive(&LinkToken::new(Zeroizing::new(person.token)));
    let (mine, theirs) = (of(&person), of(&bystander));
    let never = person.with_made_up_link().open(Some("4821")).await;
    for (id, proof) in [(&mine, &theirs), (&theirs, &mine)] {
        let mixed = person.open_with(&id.id, proof.proof(), Some("4821")).await;
        assert_eq!((mixed.status, &mixed.body), (410, &never.body));
    }
    let facts = async |id| shares.standing(world.account, id).await.unwrap().unwrap();
    assert_eq!(facts(made.id).await.tries_left, Some(5), "nothing was tried");
    assert!(matches!(facts(other.id).await.state, ShareState::Open { .. }));

    assert_eq!(person.open(Some("1111")).await.code(), "unlock-wrong");
    assert_eq!(facts(made.id).await.tries_left, Some(4));
    assert_eq!(person.read(Some("4821")).await, secret.expose());
    assert_eq!(person.another_device().open(Some("4821")).await.status, 410);
    let told = facts(made.id).await;
    assert_eq!(told.state, ShareState::Opened { at: world.now() });
    assert_eq!(told.late.map(|late| late.count), Some(1));

    // Its life begins when it is said to be sent, and ends at a word.
    world.pass(2 * 60 * MINUTE);
    shares.sent(world.account, other.id).await.unwrap();
    let expires_at = world.now().plus(60 * MINUTE);
    assert_eq!(facts(other.id).await.state, ShareState::Open { expires_at });
    assert!(shares.revoke(world.account, other.id, None).await.unwrap());
    assert!(!shares.revoke(world.account, other.id, None).await.unwrap());
    assert_eq!(bystander.open(None).await.body, never.body);
    assert_eq!(facts(other.id).await.state, ShareState::Revoked { opened: None });
    world.settle().await;
    world.end().await;
}
