//! What a policy asks for: what the password looks like, whether the next sign-in asks for another,
//! whether sessions end. None of it delays or fails a reset.

use simulator::{Company, Fault};
use uuid::Uuid;

use super::mail::{audited, reset};
use crate::desk::Desk;
use crate::person::Person;
use crate::world::{World, until};

pub(super) const ADA: &str = "ada.park@northwind.example";
pub(super) const ADA_PHONE: &str = "+12065550123";
const NORTHWIND: &str = "northwind.example";
pub(super) const ID: Uuid = Uuid::from_u128(1);
const REVOKE: &str = "revokeSignInSessions";

/// A world whose account asks for this.
pub(super) async fn world_with(policy: &str) -> World {
    World::import(|sample| with_policy(&sample, policy)).await
}

fn with_policy(sample: &str, policy: &str) -> String {
    let account = "\"account\": {";
    assert!(sample.contains(account));
    sample.replace(account, &format!("{account} \"policy\": {policy},"))
}

/// The link's text: the second to that phone, after the code.
pub(super) async fn link(world: &World) -> Person {
    Person::with(world, &world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap().body)
}

/// How the step stands that tells of the sessions.
async fn sessions_step(desk: &Desk) -> serde_json::Value {
    let view = desk.look(ID).await.body;
    let steps = view["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["what"] == "sessions-ended");
    step.map_or(serde_json::Value::Null, |step| step["state"].clone())
}

fn revoked_at(world: &World) -> Option<i64> {
    world.outside.directory_user(ADA).unwrap().sessions_revoked_at_ms
}

#[tokio::test]
async fn sessions_end_where_policy_says_so() {
    let world = world_with(r#"{"revoke_sessions": true}"#).await;
    let desk = world.desk().await;
    let clicked_at = world.now().0;
    reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    assert_eq!(revoked_at(&world), Some(clicked_at));
    assert_eq!(sessions_step(&desk).await["is"], "done");
    let notes = world.notes(world.ticket("48213").await.id).await.join("\n");
    assert!(notes.contains("Signed out everywhere."), "{notes:?}");
    assert_eq!(audited(&world, "\"sessions-revoked\"").await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn sessions_go_on_where_policy_says_nothing() {
    let world = World::new().await;
    let desk = world.desk().await;
    reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    assert_eq!(revoked_at(&world), None);
    assert!(!world.outside.requests().iter().any(|it| it.path.contains(REVOKE)));
    assert!(sessions_step(&desk).await.is_null());
    let notes = world.notes(world.ticket("48213").await.id).await.join("\n");
    assert!(!notes.contains("igned out"), "{notes:?}");
    world.end().await;
}

/// The reset is as good as any; what is missing is named, with what to do.
#[tokio::test]
async fn a_missing_permission_leaves_the_reset_alone_and_is_named() {
    let world = world_with(r#"{"revoke_sessions": true}"#).await;
    let desk = world.desk().await;
    world.outside.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.roles.retain(|role| role != "User.RevokeSessions.All");
    });
    let done = reset(&world, &desk, ID).await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    assert_eq!(link(&world).await.read(Some(unlock)).await, world.password(ADA));
    world.settle_in_time().await;
    assert_eq!(revoked_at(&world), None);
    assert_eq!(desk.look(ID).await.body["stage"], "completed");
    let step = sessions_step(&desk).await;
    assert_eq!(
        (&step["is"], &step["code"]),
        (&"failed".into(), &"sessions-permission-missing".into())
    );
    let notes = world.notes(world.ticket("48213").await.id).await.join("\n");
    for says in ["Not signed out elsewhere", "User.RevokeSessions.All", "grant it"] {
        assert!(notes.contains(says), "{says}: {notes}");
    }
    let told = audited(&world, "sessions-not-revoked").await;
    assert!(told.len() == 1 && told[0].contains("User.RevokeSessions.All"), "{told:?}");
    world.end().await;
}

/// Microsoft falls silent after the password: neither text nor link wait; it is tried again.
#[tokio::test]
async fn sessions_are_tried_again_and_delay_nothing() {
    let world = world_with(r#"{"revoke_sessions": true}"#).await;
    let desk = world.desk().await;
    for fault in [
        Fault::DropBefore,
        Fault::ApplyThenDrop,
        Fault::Status { status: 429, retry_after: Some(20) },
    ] {
        world.outside.fault(Company::Graph, Some(REVOKE), fault);
    }
    let done = reset(&world, &desk, ID).await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    assert_eq!(link(&world).await.read(Some(unlock)).await, world.password(ADA));
    world.settle_in_time().await;
    assert_eq!(sessions_step(&desk).await["is"], "done");
    assert!(revoked_at(&world).is_some());
    world.end().await;

    // It never speaks again: given up, and the reset comes to its end.
    let world = world_with(r#"{"revoke_sessions": true}"#).await;
    let mut desk = world.desk().await;
    let away = Fault::Status { status: 503, retry_after: Some(900) };
    world.outside.fault(Company::Graph, Some(REVOKE), away);
    reset(&world, &desk, ID).await;
    until("it was tried", async || world.outside.faults_left() == 0).await;
    world.pass(15 * 60_000);
    world.settle_in_time().await;
    desk.renew().await;
    assert_eq!(sessions_step(&desk).await["code"], "microsoft-unavailable");
    assert_eq!(desk.look(ID).await.body["stage"], "completed");
    assert_eq!(audited(&world, "sessions-not-revoked").await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_passphrase_is_what_microsoft_and_the_person_get() {
    let world = world_with(r#"{"password": "passphrase"}"#).await;
    let desk = world.desk().await;
    let done = reset(&world, &desk, ID).await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    let shown = link(&world).await.read(Some(unlock)).await;
    assert_eq!(shown, world.password(ADA));
    let words: Vec<&str> = shown.split('-').collect();
    assert_eq!(words.len(), 6, "{shown}");
    assert!(words.iter().all(|word| (3..=6).contains(&word.len())), "{shown}");
    assert_eq!(shown.chars().filter(char::is_ascii_digit).count(), 1, "{shown}");
    assert_eq!(shown.chars().filter(char::is_ascii_uppercase).count(), 1, "{shown}");
    world.settle_in_time().await;

    // Microsoft refuses it: the next one is a passphrase too.
    let ticket = world.ticket("48213").await;
    world.outside.fault(Company::Graph, Some("PATCH"), Fault::RefusePassword);
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let again = desk.reset(Uuid::from_u128(2), ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(again.status, 200, "{:?}", again.body);
    let patches = world.outside.patches(ADA);
    assert_eq!(patches.len(), 3);
    assert!(patches.iter().all(|patch| patch.password.split('-').count() == 6));
    world.settle_in_time().await;
    world.end().await;
}

/// Without the change at the next sign-in, nobody is promised one.
#[tokio::test]
async fn no_change_is_promised_that_is_not_forced() {
    for (policy, forced) in [("{}", true), (r#"{"must_change": false}"#, false)] {
        let world = world_with(policy).await;
        let desk = world.desk().await;
        let done = reset(&world, &desk, ID).await;
        assert_eq!(world.outside.directory_user(ADA).unwrap().must_change, forced);
        assert_eq!(done.body["must_change"], forced);
        assert_eq!(link(&world).await.look().await.body["must_change"], forced);
        world.settle_in_time().await;
        let mail = &world.outside.mails(ADA)[0].text;
        let note = world.notes(world.ticket("48213").await.id).await.join("\n");
        for text in [mail, &note] {
            assert!(!text.contains("sign-in") && !text.contains("choose"), "{text}");
        }
        world.end().await;
    }
}
