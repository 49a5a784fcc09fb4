//! A click meets something that forbids it, in every order that can matter. Which of the two came
//! first is what the audit says, and it says nothing that must not be.

use data_encoding::BASE64URL_NOPAD;
use reqwest::Method;
use serde_json::{Value, json};
use server::denied::Denied;
use server::reach::Reach;
use server::seal::derive;
use server::store::{Session, Ticket};
use shared::{ApprovalAsk, ApprovalId, Code, ResetAsk, ResetId, Stage};
use simulator::{Company, Fault, Moment};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::between::{Both, between};
use crate::desk::Desk;
use crate::world::{COLLEAGUE, EMAIL, World};

const ADA_PHONE: &str = "+12065550123";
/// A group that Ada is in.
const ALL_STAFF: &str = "0f087b92-026b-418f-a39d-f3596ce324e0";
const THIRD: &str = "thea@brightline.example";

/// Somebody who has verified Ada and is about to click.
struct Click {
    who: Session,
    id: ResetId,
    ask: ResetAsk,
}

impl Click {
    /// In Ada's ticket.
    async fn ready(world: &World, email: &str, n: u128) -> Self {
        let (desk, ada) = (Desk::sign_in_as(world, email).await, ada(world).await);
        desk.verify(world, &ada, ADA_PHONE).await;
        Self::confirmed(world, &desk, email, n).await
    }

    async fn confirmed(world: &World, desk: &Desk, email: &str, n: u128) -> Self {
        let ada = ada(world).await;
        let sealed = desk.confirm(&ada).await;
        let ask = ResetAsk { contact: ada.contact, ticket: Some(ada.id), sealed };
        Self { who: world.session(email).await, id: ResetId(Uuid::from_u128(n)), ask }
    }

    /// Whether it was taken, and if not, why.
    async fn click(&self, world: &World) -> Result<(), Code> {
        match world.app.resets.ask(&self.who, self.id, &self.ask).await {
            Ok(None) => Ok(()),
            Err(Denied::Because(finding)) => Err(finding.code),
            other => panic!("{other:?}"),
        }
    }
}

/// A link to Ada, out besides.
struct Link {
    id: Zeroizing<[u8; 16]>,
    proof: Zeroizing<[u8; 32]>,
}

impl Link {
    async fn sent(world: &World) -> Self {
        let (desk, ada) = (world.desk().await, ada(world).await);
        let before = world.outside.texts(ADA_PHONE).len();
        let ask = json!({
            "contact": ada.contact, "ticket": ada.id,
            "destination": "microsoft-mobile", "channel": "sms-link",
        });
        let sent = desk.call(Method::POST, "/api/verifications", Some(ask)).await;
        assert_eq!(sent.status, 201, "{:?}", sent.body);
        let text = world.outside.wait_for_text(ADA_PHONE, before + 1).await.unwrap();
        let token = text.body.split_once("/v#").unwrap().1.split(' ').next().unwrap();
        let token = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        Self { id: derive(&token, "verify id"), proof: derive(&token, "verify proof") }
    }

    async fn denied(&self, world: &World) {
        let denied = world.app.verifications.deny_link(&self.id, &self.proof, |_| true).await;
        assert!(denied.is_ok());
    }
}

async fn ada(world: &World) -> Ticket {
    world.ticket("48213").await
}

/// The acts of the audit, oldest first.
async fn acts(world: &World) -> Vec<String> {
    let entries = world.app.store.audit(world.account).await.unwrap();
    let act = |(_, _, body): &(_, _, String)| {
        let body: Value = serde_json::from_str(body).unwrap();
        body["act"].as_str().unwrap().to_owned()
    };
    entries.iter().map(act).collect()
}

/// What the click was told, and what the audit has: it was taken or it was not, and never after
/// what forbids it.
async fn never_after(world: &World, told: Result<(), Code>, forbids: &str) -> bool {
    let acts = acts(world).await;
    let place = |wanted: &str| acts.iter().position(|act| act == wanted);
    let (taken, forbidden) = (place("reset-asked"), place(forbids).unwrap());
    assert_eq!(told.is_ok(), taken.is_some(), "{told:?}: {acts:?}");
    assert!(taken.is_none_or(|taken| taken < forbidden), "{acts:?}");
    taken.is_some()
}

/// What some rounds found: a story in which one side always won has not told the other half.
#[derive(Default)]
struct Rounds {
    taken: u32,
    not: Vec<Code>,
}

impl Rounds {
    fn count(&mut self, told: Result<(), Code>) {
        match told {
            Ok(()) => self.taken += 1,
            Err(code) => self.not.push(code),
        }
    }

    fn both_happened(&self, codes: &[Code]) {
        assert!(self.taken > 0 && self.not.len() > 2, "{} {:?}", self.taken, self.not);
        assert!(self.not.iter().all(|code| codes.contains(code)), "{:?}", self.not);
    }
}

/// One verification, two technicians: it is used once.
#[tokio::test]
async fn a_colleagues_click() {
    let mut rounds = Rounds::default();
    for waits in 0.. {
        let world = World::new().await;
        let tess = Click::ready(&world, EMAIL, 1).await;
        let desk = Desk::sign_in_as(&world, COLLEAGUE).await;
        let cole = Click::confirmed(&world, &desk, COLLEAGUE, 2).await;
        let both = between(waits, tess.click(&world), cole.click(&world)).await;
        let Both { first, second, over } = both;
        assert!(first.is_ok() != second.is_ok(), "{waits}: {first:?} {second:?}");
        let asked = acts(&world).await.iter().filter(|act| *act == "reset-asked").count();
        assert_eq!(asked, 1, "after {waits} waits");
        rounds.count(first);
        world.end().await;
        if over {
            break;
        }
    }
    rounds.both_happened(&[Code::ResetUnderWay, Code::VerificationUsed, Code::NotVerified]);
}

/// An admin takes the customer away from whoever clicks.
#[tokio::test]
async fn the_customer_taken_away() {
    let mut rounds = Rounds::default();
    for waits in 0.. {
        let world = World::new().await;
        let cole = Click::ready(&world, COLLEAGUE, 1).await;
        let admin = world.session(EMAIL).await.technician.id;
        let store = &world.app.store;
        let id = cole.who.technician.id;
        let seen = store.reach(world.account, id).await.unwrap();
        let (none, now) = (Reach::none(), world.now());
        let taking = store.set_reach(world.account, admin, now, id, &seen, &none);
        let Both { first, second, over } = between(waits, cole.click(&world), taking).await;
        second.unwrap();
        never_after(&world, first, "person-changed").await;
        rounds.count(first);
        world.end().await;
        if over {
            break;
        }
    }
    rounds.both_happened(&[Code::NotFound, Code::Forbidden]);
}

/// The person says that it was not them: of another link, that went out after they were verified.
#[tokio::test]
async fn a_denial() {
    let mut rounds = Rounds::default();
    for waits in 0.. {
        let world = World::new().await;
        let click = Click::ready(&world, COLLEAGUE, 1).await;
        let link = Link::sent(&world).await;
        let both = between(waits, click.click(&world), link.denied(&world)).await;
        never_after(&world, both.first, "verification-denied").await;
        rounds.count(both.first);
        world.end().await;
        if both.over {
            break;
        }
    }
    rounds.both_happened(&[Code::CallerDenied]);
}

/// Microsoft has said "not now", and the person says so meanwhile: it is not asked again.
#[tokio::test]
async fn a_denial_while_microsoft_is_busy() {
    let world = World::new().await;
    let click = Click::ready(&world, COLLEAGUE, 1).await;
    let link = Link::sent(&world).await;
    click.click(&world).await.unwrap();
    let away = Fault::Status { status: 429, retry_after: Some(30) };
    world.outside.fault(Company::Graph, Some("PATCH"), away);
    world.app.resets.drive(click.id).await;
    let asked = || world.outside.requests().iter().filter(|it| it.method == "PATCH").count();
    assert_eq!(asked(), 1);
    link.denied(&world).await;
    world.pass(31_000);
    world.settle_in_time().await;
    let reset = world.app.store.reset(world.account, click.id).await.unwrap().unwrap();
    assert_eq!((reset.stage, reset.code), (Stage::Refused, Some(Code::CallerDenied)));
    assert_eq!(asked(), 1);
    world.end().await;
}

/// An admin asks for a second technician while Microsoft takes its time with the click's questions.
#[tokio::test]
async fn a_policy_that_asks_for_more() {
    let world = World::new().await;
    let click = Click::ready(&world, COLLEAGUE, 1).await;
    let (who, customer) = (world.session(EMAIL).await, ada(&world).await.customer);
    let mut held = world.outside.hold(0, Moment::BeforeTheAnswer);
    let meanwhile = async {
        held.arrived().await.unwrap();
        let own = json!({ "approve_everybody": true }).as_object().unwrap().clone();
        let saved = world.app.policies.save(&who, Some(customer), None, own).await;
        assert!(saved.is_ok());
        held.go_on().await;
    };
    let (told, ()) = tokio::join!(click.click(&world), meanwhile);
    assert_eq!(told, Err(Code::PreflightStale));
    assert!(!never_after(&world, told, "policy-changed").await);
    world.end().await;
}

/// The person of a guarded group was approved; somebody says no to a second question.
#[tokio::test]
async fn a_no_to_an_approval() {
    let mut rounds = Rounds::default();
    for waits in 0.. {
        let world = World::import(guarded).await;
        let (tess, cole) = (world.session(EMAIL).await, world.session(COLLEAGUE).await);
        let thea = world.session(THIRD).await;
        let (resets, ada) = (&world.app.resets, ada(&world).await);
        let desk = Desk::sign_in_as(&world, EMAIL).await;
        desk.verify(&world, &ada, ADA_PHONE).await;
        let question = async |who: &Session| -> ApprovalId {
            let ask = ApprovalAsk { contact: ada.contact, ticket: Some(ada.id) };
            resets.ask_approval(who, &ask).await.unwrap().id
        };
        let (given, doubted) = (question(&tess).await, question(&cole).await);
        resets.answer_approval(&cole, given, true).await.unwrap();
        let click = Click::confirmed(&world, &desk, EMAIL, 1).await;
        let no = resets.answer_approval(&thea, doubted, false);
        let Both { first, second, over } = between(waits, click.click(&world), no).await;
        second.unwrap();
        never_after(&world, first, "approval-refused").await;
        rounds.count(first);
        world.end().await;
        if over {
            break;
        }
    }
    // Without its approval, the number that verified her is one too many as well.
    rounds.both_happened(&[Code::SameNumber, Code::ApprovalRefused, Code::ApprovalOver]);
}

/// Ada's group asks for approvals, and there is a third technician.
fn guarded(sample: String) -> String {
    let mut sample: Value = serde_json::from_str(&sample).unwrap();
    sample["account"]["policy"] = json!({ "protected_groups": [ALL_STAFF] });
    let people = sample["technicians"].as_array_mut().unwrap();
    let mut third = people[1].clone();
    third["name"] = "Thea Third".into();
    third["email"] = THIRD.into();
    people.push(third);
    sample.to_string()
}
