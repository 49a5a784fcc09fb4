//! Webhooks, and what they tell.

use serde_json::Value;
use shared::{Millis, ResetId};
use uuid::Uuid;

use super::fixture::{HOUR, SECOND, START, World, after, lease, moved_on, new_id, taken};
use crate::audit::{Act, Entry};
use crate::store::{Delivery, DeliveryState, MailKind, NotTaken, OutboxKind, Tried, WebhookChange};
use crate::webhooks::{Alarm, Event, PING, SECRET};

on_both!(
    what_happens_is_told_to_whom_it_is_to_be_told,
    names_go_out_where_they_are_asked_for,
    a_delivery_is_one_processes_at_a_time,
    a_receiver_that_hangs_keeps_its_own_places_and_no_more,
    what_is_not_taken_is_tried_again_until_it_is_over,
    a_webhook_is_changed_by_who_has_seen_it,
    there_are_no_more_than_are_allowed,
    the_head_is_told_once_an_hour,
    another_accounts_webhook_is_not_there,
);

const URL: &str = "https://hooks.example.com/";

const SEALED: Option<&[u8]> = Some(b"sealed");

fn change(id: Uuid, seen: Option<Millis>) -> WebhookChange<'static> {
    WebhookChange {
        id,
        seen,
        url: URL,
        events: Event::ALL,
        with_names: false,
        sealed: SEALED,
        act: Act::WebhookAdded,
        alarm: Some(Alarm::Added),
    }
}

async fn added(world: &World) -> Uuid {
    let (id, ours) = (new_id(), &world.ours);
    world.store.put_webhook(ours.account, ours.ann, START, &change(id, None), 5).await.unwrap();
    id
}

/// Something that webhooks are told.
async fn happens(world: &World, at: Millis) {
    let reset = Some(ResetId(new_id()));
    let entry = Entry {
        reset,
        customer: Some(world.ours.customer),
        contact: Some(world.ours.carl),
        ..Entry::new(Act::ResetApplied).by(world.ours.ann).about("+1 ••• ••23")
    };
    world.store.note_alone(world.ours.account, at, &entry).await.unwrap();
}

async fn told(world: &World, webhook: Uuid) -> Vec<Delivery> {
    world.store.deliveries_to(world.ours.account, webhook).await.unwrap()
}

fn tried(status: Option<u16>, at: Millis) -> Tried {
    Tried { status, took_ms: 12, at }
}

async fn what_happens_is_told_to_whom_it_is_to_be_told(world: World) {
    let (one, two) = (added(&world).await, added(&world).await);
    let (store, ours) = (&world.store, &world.ours);
    store.switch_webhook(ours.account, ours.ann, START, two, false).await.unwrap();
    assert!(told(&world, one).await.is_empty(), "what webhooks tell is not told of webhooks");
    happens(&world, after(5)).await;
    store.note_alone(ours.account, after(6), &Entry::new(Act::SignedOut)).await.unwrap();
    assert!(told(&world, two).await.is_empty(), "it is off");
    let deliveries = told(&world, one).await;
    let [delivery] = &deliveries[..] else { panic!("{deliveries:?}") };
    assert_eq!(
        (delivery.event.as_str(), delivery.state),
        ("reset.applied", DeliveryState::Waiting)
    );
    assert_eq!((delivery.created_at, delivery.attempts), (after(5), 0));
    let body: Value = serde_json::from_str(&delivery.body).unwrap();
    let seq = store.audit(ours.account).await.unwrap().len() - 1;
    assert_eq!((&body["type"], &body["data"]["audit_seq"]), (&"reset.applied".into(), &seq.into()));
    assert_eq!(body["data"]["contact"], ours.carl.to_string());
    assert!(!delivery.body.contains("••") && !delivery.body.contains("Carl"), "{}", delivery.body);
    assert_eq!(store.secret(ours.account, SECRET, one).await.unwrap().as_deref(), SEALED);
}

async fn names_go_out_where_they_are_asked_for(world: World) {
    let (id, ours) = (new_id(), &world.ours);
    let change = WebhookChange { with_names: true, ..change(id, None) };
    world.store.put_webhook(ours.account, ours.ann, START, &change, 5).await.unwrap();
    happens(&world, START).await;
    let body: Value = serde_json::from_str(&told(&world, id).await[0].body).unwrap();
    let name = |field: &str| body["data"][field].as_str().unwrap().to_owned();
    assert_eq!(name("technician_name"), "Ann");
    assert_eq!(name("customer_name"), "Contoso");
    assert_eq!(name("contact_name"), "Carl Carter");
}

async fn a_delivery_is_one_processes_at_a_time(world: World) {
    let webhook = added(&world).await;
    happens(&world, START).await;
    let [store, other] = world.two_processes().await;
    let due = store.due_deliveries(START, 4).await.unwrap();
    assert_eq!(due.len(), 1);
    let held = lease(START);
    let delivery = store.claim_delivery(due[0], held, START).await.unwrap().unwrap();
    assert_eq!(delivery.attempts, 1);
    assert_eq!(other.claim_delivery(due[0], lease(START), START).await.unwrap(), None);
    assert!(other.due_deliveries(START, 4).await.unwrap().is_empty());
    // The first one was killed; its lease runs out, and it comes too late.
    let late = after(30 * SECOND);
    let next = lease(late);
    let again = other.claim_delivery(due[0], next, late).await.unwrap().unwrap();
    assert_eq!((again.id, again.body), (delivery.id, delivery.body.clone()));
    moved_on(store.delivery_taken(&delivery, held, tried(Some(200), late)).await);
    other.release_delivery(&delivery, next).await.unwrap();
    moved_on(other.release_delivery(&delivery, next).await);
    let last = lease(late);
    store.claim_delivery(due[0], last, late).await.unwrap().unwrap();
    store.delivery_taken(&delivery, last, tried(Some(204), late)).await.unwrap();
    let delivery = &told(&world, webhook).await[0];
    assert_eq!((delivery.state, delivery.status), (DeliveryState::Done, Some(204)));
    assert_eq!((delivery.body.as_str(), delivery.took_ms), ("", Some(12)), "what was told goes");
    store.sweep_deliveries(START).await.unwrap();
    assert_eq!(told(&world, webhook).await.len(), 1);
    store.sweep_deliveries(after(1)).await.unwrap();
    assert!(told(&world, webhook).await.is_empty());
}

async fn a_receiver_that_hangs_keeps_its_own_places_and_no_more(world: World) {
    added(&world).await;
    let (store, ours) = (&world.store, &world.ours);
    for _ in 0..6 {
        happens(&world, START).await;
    }
    let due = async || store.due_deliveries(START, 4).await.unwrap();
    let held = lease(START);
    let four = due().await;
    assert_eq!(four.len(), 4);
    for id in &four[..3] {
        store.claim_delivery(*id, held, START).await.unwrap().unwrap();
    }
    assert_eq!(due().await, four[3..], "three are under way");
    store.claim_delivery(four[3], held, START).await.unwrap().unwrap();
    assert!(due().await.is_empty());
    // What an account that is off has to tell waits.
    let later = after(HOUR);
    assert_eq!(store.due_deliveries(later, 4).await.unwrap().len(), 4);
    store.seed("update accounts set is_on = false where id = $1", &[ours.account.0]).await;
    assert!(store.due_deliveries(later, 4).await.unwrap().is_empty());
}

async fn what_is_not_taken_is_tried_again_until_it_is_over(world: World) {
    let row = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    let webhook = added(&world).await;
    let (store, ours) = (&world.store, &world.ours);
    store.seed(row, &[new_id(), ours.account.0]).await;
    happens(&world, START).await;
    happens(&world, START).await;
    let claim = async |now| {
        let id = store.due_deliveries(now, 4).await.unwrap()[0];
        let held = lease(now);
        (store.claim_delivery(id, held, now).await.unwrap().unwrap(), held)
    };
    let (first, held) = claim(START).await;
    let later = NotTaken::Later(after(HOUR));
    store.delivery_not_taken(&first, held, tried(Some(500), after(1)), later).await.unwrap();
    moved_on(store.delivery_not_taken(&first, held, tried(None, after(1)), later).await);
    let failing =
        async || store.webhook(ours.account, webhook).await.unwrap().unwrap().failing_since;
    assert_eq!(failing().await, Some(after(1)));
    let (second, held) = claim(after(2)).await;
    assert_ne!(second.id, first.id, "the first one waits");
    store.delivery_not_taken(&second, held, tried(None, after(3)), later).await.unwrap();
    assert_eq!(failing().await, Some(after(1)), "since the first");

    // A test is no news, and has no second try.
    let held = lease(after(4));
    let ping = store.add_ping(ours.account, webhook, held, after(4)).await.unwrap().unwrap();
    assert_eq!((ping.event.as_str(), ping.attempts), (PING, 1));
    store.delivery_taken(&ping, held, tried(Some(200), after(4))).await.unwrap();
    assert_eq!(failing().await, None, "it works again");

    let (first, held) = claim(after(HOUR)).await;
    assert_eq!(first.attempts, 2);
    let over = NotTaken::SwitchOff;
    store.delivery_not_taken(&first, held, tried(Some(410), after(HOUR)), over).await.unwrap();
    let off = store.webhook(ours.account, webhook).await.unwrap().unwrap();
    assert!(!off.is_on);
    let states: Vec<_> = told(&world, webhook).await.iter().map(|it| it.state).collect();
    assert_eq!(states, [DeliveryState::Done, DeliveryState::Failed, DeliveryState::Failed]);
    assert!(told(&world, webhook).await.iter().all(|it| it.body.is_empty()));
    assert_eq!(world.told("webhook-switched-off").await.len(), 1);
    let due = store.due_mails(after(HOUR)).await.unwrap();
    let mail = store.claim_outbox(due[0], lease(after(HOUR)), after(HOUR)).await.unwrap().unwrap();
    assert_eq!(mail.kind, OutboxKind::Mail(MailKind::Webhook));
    assert_eq!(mail.about.as_deref(), Some("off"));
}

async fn a_webhook_is_changed_by_who_has_seen_it(world: World) {
    let id = added(&world).await;
    let (store, ours) = (&world.store, &world.ours);
    happens(&world, START).await;
    let put = async |change: &WebhookChange<'_>| {
        store.put_webhook(ours.account, ours.ann, START, change, 5).await
    };
    let rest = WebhookChange { sealed: None, alarm: None, ..change(id, Some(START)) };
    let told_of = [Event::LinkOpened];
    put(&WebhookChange { events: &told_of, act: Act::WebhookChanged, ..rest }).await.unwrap();
    let now = store.webhook(ours.account, id).await.unwrap().unwrap();
    assert_eq!((&now.events[..], now.version), (&told_of[..], after(1)));
    let rest = || WebhookChange { sealed: None, alarm: None, ..change(id, Some(START)) };
    moved_on(put(&rest()).await);
    assert_eq!(told(&world, id).await[0].state, DeliveryState::Waiting);
    let moved = WebhookChange {
        url: "https://other.example.com/",
        seen: Some(after(1)),
        sealed: Some(b"new"),
        act: Act::WebhookMoved,
        ..rest()
    };
    put(&moved).await.unwrap();
    assert_eq!(told(&world, id).await[0].state, DeliveryState::Failed, "not for this address");
    let sealed = store.secret(ours.account, SECRET, id).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(&b"new"[..]));
    moved_on(store.switch_webhook(ours.account, ours.ann, START, id, true).await);
    store.delete_webhook(ours.account, ours.ann, START, id).await.unwrap();
    moved_on(store.delete_webhook(ours.account, ours.ann, START, id).await);
    assert_eq!(store.webhook(ours.account, id).await.unwrap(), None);
    assert_eq!(store.secret(ours.account, SECRET, id).await.unwrap(), None);
    assert!(store.webhooks(ours.account).await.unwrap().is_empty());
    let acts = world.acts().await;
    let webhooks: Vec<_> = acts.iter().filter(|act| act.starts_with("webhook")).collect();
    let expected = ["webhook-added", "webhook-changed", "webhook-moved", "webhook-deleted"];
    assert_eq!(webhooks, expected);
}

async fn there_are_no_more_than_are_allowed(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let put =
        async |id| store.put_webhook(ours.account, ours.ann, START, &change(id, None), 2).await;
    let first = new_id();
    put(first).await.unwrap();
    put(new_id()).await.unwrap();
    taken(put(new_id()).await);
    store.delete_webhook(ours.account, ours.ann, START, first).await.unwrap();
    put(new_id()).await.unwrap();
    assert_eq!(store.webhooks(ours.account).await.unwrap().len(), 2);
}

async fn the_head_is_told_once_an_hour(world: World) {
    let id = added(&world).await;
    let (store, account) = (&world.store, world.ours.account);
    assert_eq!(store.due_heads(START).await.unwrap(), [(account, id)]);
    store.tell_head(account, id, START, after(5)).await.unwrap();
    moved_on(store.tell_head(account, id, START, after(6)).await);
    assert!(store.due_heads(START).await.unwrap().is_empty());
    assert_eq!(store.due_heads(after(HOUR)).await.unwrap(), [(account, id)]);
    let told = told(&world, id).await;
    assert_eq!((told.len(), told[0].event.as_str()), (1, "audit.head"));
    let body: Value = serde_json::from_str(&told[0].body).unwrap();
    let entries = store.audit(account).await.unwrap().len();
    assert_eq!(body["data"]["entries"], entries);
    let head = body["data"]["head"].as_str().unwrap();
    assert!(head.starts_with(&format!("{entries}:")) && head.len() > 64, "{head}");
}

async fn another_accounts_webhook_is_not_there(world: World) {
    let id = added(&world).await;
    let (store, theirs) = (&world.store, &world.theirs);
    let (account, ann) = (theirs.account, theirs.ann);
    assert!(store.webhooks(account).await.unwrap().is_empty());
    assert_eq!(store.webhook(account, id).await.unwrap(), None);
    assert_eq!(store.secret(account, SECRET, id).await.unwrap(), None);
    moved_on(store.put_webhook(account, ann, START, &change(id, Some(START)), 5).await);
    moved_on(store.switch_webhook(account, ann, START, id, false).await);
    moved_on(store.delete_webhook(account, ann, START, id).await);
    moved_on(store.tell_head(account, id, START, START).await);
    assert_eq!(store.add_ping(account, id, lease(START), START).await.unwrap(), None);
    store.note_alone(account, START, &Entry::new(Act::ResetApplied)).await.unwrap();
    assert!(told(&world, id).await.is_empty());
    assert!(store.deliveries_to(account, id).await.unwrap().is_empty());
}
