//! What happens here is told to another system of the MSP's: signed, at least once, to nobody else.

use serde_json::Value;
use server::audit::{Act, Entry};
use server::store::DeliveryState;
use server::webhooks::{Event, WebhookAsk};
use simulator::{Company, Fault, Received};
use uuid::Uuid;

use self::theirs::verify;
use super::mail::reset;
use crate::person::Person;
use crate::world::{EMAIL, World, until};

const ADA_PHONE: &str = "+12065550123";
const HOUR_MS: i64 = 60 * 60_000;

/// What the other system does with its key, by another library than ours.
mod theirs {
    use super::Received;
    use data_encoding::BASE64;

    /// Whether a delivery is signed with this key, as Standard Webhooks says.
    pub(super) fn verify(key: &str, it: &Received) -> bool {
        let key = BASE64.decode(key.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
        let (id, at) = (it.header("webhook-id"), it.header("webhook-timestamp"));
        let signed = format!("{id}.{at}.{}", it.body);
        let mac = hmac_sha256(&key, signed.as_bytes());
        it.header("webhook-signature") == format!("v1,{}", BASE64.encode(&mac))
    }

    /// HMAC by its definition (RFC 2104), on the server's SHA-256.
    fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
        let mut block = [0_u8; 64];
        block[..key.len()].copy_from_slice(key);
        let pad = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
        let inner = server::seal::sha256(&[pad(0x36), text.to_vec()].concat());
        server::seal::sha256(&[pad(0x5c), inner].concat())
    }
}

/// A webhook at the receiver; its id and signing key.
async fn hook(world: &World, events: &[Event], with_names: bool) -> (Uuid, String) {
    let url = format!("{}/hook?from=us", world.outside.receiver_url());
    let ask = WebhookAsk { url, events: events.to_vec(), with_names };
    let (id, key) = world.app.webhooks.add(&world.session(EMAIL).await, &ask).await.unwrap();
    (id, key.expose().to_owned())
}

async fn happens(world: &World) {
    let entry = Entry::new(Act::ResetStuck);
    world.app.store.note_alone(world.account, world.now(), &entry).await.unwrap();
}

/// Waits until so many came.
async fn came(world: &World, count: usize) -> Vec<Received> {
    until("it came", async || world.outside.received().len() >= count).await;
    world.outside.received()
}

async fn states(world: &World, id: Uuid) -> Vec<DeliveryState> {
    let all = world.app.webhooks.deliveries(world.account, id).await.unwrap();
    all.into_iter().map(|it| it.state).collect()
}

async fn settled(world: &World, id: Uuid) {
    until("nothing waits", async || {
        states(world, id).await.iter().all(|state| *state != DeliveryState::Waiting)
    })
    .await;
}

#[tokio::test]
async fn a_reset_is_told_as_it_happens_signed_and_without_a_name() {
    let world = World::new().await;
    let events =
        [Event::VerificationSucceeded, Event::ResetApplied, Event::LinkOpened, Event::ResetStuck];
    let (id, key) = hook(&world, &events, false).await;
    let desk = world.desk().await;
    let done = reset(&world, &desk, Uuid::from_u128(1)).await;
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    Person::with(&world, &text.body).read(done.body["unlock_code"].as_str()).await;
    let mut kinds = Vec::new();
    for it in came(&world, 3).await {
        assert!(verify(&key, &it), "{it:?}");
        assert!(!verify(&key, &Received { body: format!("{} ", it.body), ..it.clone() }));
        let body: Value = serde_json::from_str(&it.body).unwrap();
        kinds.push(body["type"].as_str().unwrap().to_owned());
        assert!(body["data"]["contact"].is_string() && body["data"]["audit_seq"].is_i64());
        for secret in [ADA_PHONE, "5550123", "Ada", "Tess", "Northwind"] {
            assert!(!it.body.contains(secret), "{secret}: {}", it.body);
        }
        assert_eq!((it.path.as_str(), it.header("authorization")), ("/hook", ""));
    }
    kinds.sort();
    assert_eq!(kinds, ["link.opened", "reset.applied", "verification.succeeded"]);
    settled(&world, id).await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn names_go_only_where_an_admin_has_said_so_and_all_admins_hear_of_it() {
    let world = World::new().await;
    let (id, key) = hook(&world, &[Event::VerificationSucceeded], true).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let it = came(&world, 1).await.remove(0);
    assert!(verify(&key, &it));
    let body: Value = serde_json::from_str(&it.body).unwrap();
    assert_eq!(body["data"]["contact_name"], "Ada Park");
    settled(&world, id).await;
    until("admins were told", async || {
        world.outside.mails(EMAIL).iter().any(|mail| mail.subject == "A webhook was added")
    })
    .await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn a_lost_reply_brings_the_same_id_again() {
    let world = World::new().await;
    let (id, key) = hook(&world, &[Event::ResetStuck], false).await;
    world.outside.fault(Company::Receiver, None, Fault::ApplyThenDrop);
    world.outside.fault(Company::Receiver, None, Fault::Status { status: 503, retry_after: None });
    world.outside.fault(Company::Receiver, None, Fault::DropBefore);
    happens(&world).await;
    let first = came(&world, 1).await.remove(0);
    until("it was tried four times", async || {
        world.pass(10_000);
        world.outside.received().len() == 2
    })
    .await;
    let second = world.outside.received().remove(1);
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
    assert!(verify(&key, &first) && verify(&key, &second));
    settled(&world, id).await;
    assert_eq!(states(&world, id).await, [DeliveryState::Done]);
    world.end().await;
}

/// Between the commit and the sending the program stops; the next start tells it.
#[tokio::test]
async fn what_was_committed_is_told_after_a_restart() {
    let mut world = World::new().await;
    let (id, key) = hook(&world, &[Event::ResetStuck], false).await;
    world.outside.fault(Company::Receiver, None, Fault::DropBefore);
    happens(&world).await;
    until("it was tried", async || world.outside.faults_left() == 0).await;
    world.restart().await;
    assert!(world.outside.received().is_empty());
    world.pass(10_000);
    let it = came(&world, 1).await.remove(0);
    assert!(verify(&key, &it));
    settled(&world, id).await;
    world.end().await;
}

#[tokio::test]
async fn after_three_days_of_failures_it_is_switched_off_and_admins_hear_of_it() {
    let world = World::new().await;
    let (id, _) = hook(&world, &[Event::ResetStuck], false).await;
    happens(&world).await;
    came(&world, 1).await;
    settled(&world, id).await;
    for _ in 0..40 {
        let status = Fault::Status { status: 500, retry_after: None };
        world.outside.fault(Company::Receiver, None, status);
    }
    world.pass(1_000);
    happens(&world).await;
    until("it has failed", async || {
        world.app.webhooks.one(world.account, id).await.unwrap().failing_since.is_some()
    })
    .await;
    until("it is switched off", async || {
        world.pass(HOUR_MS);
        !world.app.webhooks.one(world.account, id).await.unwrap().is_on
    })
    .await;
    world.outside.clear_faults();
    assert_eq!(states(&world, id).await, [DeliveryState::Failed, DeliveryState::Done]);
    until("admins were told", async || {
        world.outside.mails(EMAIL).iter().any(|mail| mail.subject == "A webhook was switched off")
    })
    .await;
    // Nothing is told while it is off, nor later.
    happens(&world).await;
    assert_eq!(states(&world, id).await.len(), 2);
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn a_test_says_the_status_and_nothing_of_what_the_other_side_wrote() {
    let world = World::new().await;
    let (id, key) = hook(&world, &[Event::ResetStuck], false).await;
    let admin = world.session(EMAIL).await;
    let desk = world.desk().await;
    let tested = world.app.webhooks.test(&admin, id).await.unwrap();
    assert_eq!((tested.taken, tested.status), (true, Some(204)));
    let ping = world.outside.received().remove(0);
    assert!(verify(&key, &ping) && ping.body.contains("\"type\":\"ping\""), "{}", ping.body);
    for status in [302, 410, 500] {
        world.outside.fault(Company::Receiver, None, Fault::Status { status, retry_after: None });
        let tested = world.app.webhooks.test(&admin, id).await.unwrap();
        assert_eq!((tested.taken, tested.status), (false, Some(status)));
    }
    let webhook = world.app.webhooks.one(world.account, id).await.unwrap();
    assert!(webhook.is_on && webhook.failing_since.is_none(), "a test is no news");
    let page = desk.page(&format!("/settings/api/webhooks/{id}")).await;
    assert!(page.contains("Answered 410") && !page.contains("internal secret"));
    assert!(!page.contains(&key) && !page.contains("whsec_"), "it is shown once");
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn led_elsewhere_it_has_another_key_and_takes_nothing_along() {
    let world = World::new().await;
    let (id, old) = hook(&world, &[Event::ResetStuck], false).await;
    world.outside.fault(Company::Receiver, None, Fault::Status { status: 500, retry_after: None });
    happens(&world).await;
    until("it was tried", async || world.outside.faults_left() == 0).await;
    until("that was written down", async || {
        let all = world.app.webhooks.deliveries(world.account, id).await.unwrap();
        all[0].status == Some(500)
    })
    .await;
    let mut admin = world.session(EMAIL).await;
    let view = world.app.webhooks.one(world.account, id).await.unwrap();
    let url = format!("{}/other", world.outside.receiver_url());
    let ask = WebhookAsk { url, events: view.events.clone(), with_names: false };
    admin.second_factor_at = Some(world.now().plus(-HOUR_MS));
    let stale = world.app.webhooks.change(&admin, id, Some(view.version), &ask).await;
    assert!(stale.is_err(), "a second factor that is an hour old");
    admin.second_factor_at = Some(world.now());
    let key = world.app.webhooks.change(&admin, id, Some(view.version), &ask).await.unwrap();
    let key = key.unwrap().expose().to_owned();
    assert_ne!(key, old);
    assert_eq!(states(&world, id).await, [DeliveryState::Failed]);
    world.pass(60_000);
    happens(&world).await;
    let it = came(&world, 1).await.remove(0);
    assert_eq!(it.path, "/other");
    assert!(verify(&key, &it) && !verify(&old, &it));
    until("admins were told", async || {
        world.outside.mails(EMAIL).iter().any(|mail| mail.subject == "A webhook leads elsewhere")
    })
    .await;
    settled(&world, id).await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn another_account_is_told_nothing_and_the_head_is_told_each_hour() {
    let world = World::new().await;
    let stranger = world.stranger_account().await;
    let (id, key) = hook(&world, &[Event::ResetStuck, Event::AuditHead], false).await;
    let entry = Entry::new(Act::ResetStuck);
    world.app.store.note_alone(stranger, world.now(), &entry).await.unwrap();
    world.app.webhooks.tell_heads(world.now()).await.unwrap();
    let it = came(&world, 1).await.remove(0);
    let body: Value = serde_json::from_str(&it.body).unwrap();
    assert!(verify(&key, &it));
    assert_eq!(body["type"], "audit.head");
    assert!(body["data"]["head"].as_str().unwrap().contains(':'));
    world.app.webhooks.tell_heads(world.now()).await.unwrap();
    settled(&world, id).await;
    assert_eq!(states(&world, id).await.len(), 1, "once an hour");
    world.pass(HOUR_MS);
    world.app.webhooks.tell_heads(world.now()).await.unwrap();
    came(&world, 2).await;
    settled(&world, id).await;
    world.end().await;
}
