//! A customer's Duo: connected by an admin, asked for pushes, and what counts as a yes.

use reqwest::Method;
use serde_json::{Value, json};
use server::duo::{DuoTenant, Push, PushInfo};
use server::outbound::{Answer, Refusal};
use shared::{Code, CustomerId};
use simulator::{Company, Fault, PushAnswer, Standing};

use super::mail::audited;
use crate::desk::{Desk, Reply};
use crate::world::{COLLEAGUE, World};

const ADA: &str = "ada.park@northwind.example";
const KEY: &str = "simulatedDuoSecretKeyNorthwind0000005150";
const OTHER_KEY: &str = "simulatedDuoSecretKeyAnother000000005150";
const INFO: PushInfo<'_> = PushInfo {
    by: "Tess Tanner",
    brand: "Brightline & Söhne",
    ticket: Some("48231"),
    vouching_for: None,
};

async fn northwind(world: &World) -> CustomerId {
    world.app.duo.all(world.account).await.unwrap()[0].customer_id
}

async fn tenant(world: &World) -> DuoTenant {
    let customer = northwind(world).await;
    match world.app.duo.duo.of(world.account, customer).await.unwrap() {
        Ok(tenant) => tenant,
        Err(refusal) => panic!("{refusal:?}"),
    }
}

fn refused<T>(code: Code) -> Answer<T> {
    Answer::Refused(code.into())
}

/// Sends a push to Ada's first device.
async fn push(world: &World, tenant: &DuoTenant) -> String {
    let duo = &world.app.duo.duo;
    let devices = duo.preauth(tenant, ADA).await.done::<()>().unwrap();
    assert_eq!(devices[0].name, "iOS (XXX-XXX-0123)");
    duo.push(tenant, ADA, &devices[0].id, &INFO).await.done::<()>().unwrap()
}

#[tokio::test]
async fn only_a_yes_on_the_device_counts() {
    let world = World::new().await;
    let (duo, tenant) = (&world.app.duo.duo, tenant(&world).await);
    for (nth, (answer, right)) in [
        (PushAnswer::Approve, Push::Approved),
        (PushAnswer::Deny, Push::Denied),
        (PushAnswer::Fraud, Push::Fraud),
        (PushAnswer::Bypass, Push::Unusable),
        (PushAnswer::LockedOut, Push::Unusable),
    ]
    .into_iter()
    .enumerate()
    {
        let id = push(&world, &tenant).await;
        assert_eq!(duo.status(&tenant, &id).await, Answer::Done(Push::Waiting));
        // The next poll is held until the person taps.
        let tap = async {
            let seen = world.outside.wait_for_push(ADA, nth + 1).await.unwrap();
            assert!(world.outside.answer_push(&seen.id, answer));
            seen
        };
        let (push, seen) = tokio::join!(duo.status(&tenant, &id), tap);
        assert_eq!(push, Answer::Done(right));
        let told: Vec<(&str, &str)> =
            seen.told.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let right =
            [("Asked by", "Tess Tanner"), ("Company", "Brightline & Söhne"), ("Ticket", "48231")];
        assert_eq!(told, right);
        assert_eq!((seen.account.as_str(), seen.kind.as_str()), (ADA, "Help desk verification"));
    }
    let id = push(&world, &tenant).await;
    world.pass(60_000);
    assert_eq!(duo.status(&tenant, &id).await, Answer::Done(Push::TimedOut));
    let of_nobody = duo.status(&tenant, "nothing").await;
    assert_eq!(of_nobody, Answer::Refused(Refusal::about(Code::DuoRefused, "Duo 40002: txid")));
    world.end().await;
}

#[tokio::test]
async fn a_poll_that_is_left_ends_and_the_next_one_hears_of_it() {
    let world = World::new().await;
    let (duo, tenant) = (&world.app.duo.duo, tenant(&world).await);
    let id = push(&world, &tenant).await;
    assert_eq!(duo.status(&tenant, &id).await, Answer::Done(Push::Waiting));
    let short = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(short, duo.status(&tenant, &id)).await.is_err(), "held");
    assert!(world.outside.answer_push(&id, PushAnswer::Approve));
    assert_eq!(duo.status(&tenant, &id).await, Answer::Done(Push::Approved));
    world.end().await;
}

#[tokio::test]
async fn who_can_not_be_asked_is_refused_with_the_reason() {
    let world = World::new().await;
    let (duo, tenant) = (&world.app.duo.duo, tenant(&world).await);
    for (name, code) in [
        ("dana.admin@northwind.example", Code::DuoBypass),
        ("hana.gone@northwind.example", Code::DuoDenied),
        ("kim.ext@northwind.example", Code::DuoDenied),
        ("ivy.chen@northwind.example", Code::DuoNoPush),
        ("rosa.diaz@contoso.example", Code::DuoPersonUnknown),
    ] {
        assert_eq!(duo.preauth(&tenant, name).await, refused(code), "{name}");
    }
    // In bypass between the two calls: the push ends, and proves nothing.
    world.outside.edit_duo_user(ADA, |user| user.standing = Standing::Bypass);
    let id = duo.push(&tenant, ADA, "DPADA000000000000001", &INFO).await.done::<()>().unwrap();
    assert_eq!(duo.status(&tenant, &id).await, Answer::Done(Push::Unusable));
    world.end().await;
}

#[tokio::test]
async fn trouble_at_duo_is_one_of_the_four_answers() {
    let world = World::new().await;
    let (duo, tenant) = (&world.app.duo.duo, tenant(&world).await);
    let at_duo = |status, retry_after| Fault::Status { status, retry_after };
    let about = |code, about: &str| Answer::Refused(Refusal::about(code, about));
    for (fault, right) in [
        (at_duo(429, Some(7)), Answer::Later(Some(7_000))),
        (at_duo(503, None), Answer::Unknown(None)),
        (at_duo(401, None), about(Code::DuoCredentials, "Duo 40103")),
        (at_duo(403, None), about(Code::DuoRefused, "Duo 40301")),
        (Fault::DropBefore, Answer::Unknown(None)),
        (Fault::HalfReply, Answer::Unknown(None)),
        (Fault::Html { status: 200 }, Answer::Unknown(None)),
    ] {
        world.outside.fault(Company::Duo, Some("check"), fault.clone());
        assert_eq!(duo.check(&tenant).await, right, "{fault:?}");
    }
    assert_eq!(duo.check(&tenant).await, Answer::Done(()));
    world.outside.clock().advance(301_000);
    assert_eq!(duo.check(&tenant).await, about(Code::DuoClock, "Duo 40105"));
    world.outside.stop().await;
    assert_eq!(duo.check(&tenant).await, Answer::Later(None), "never connected");
}

async fn act(desk: &Desk, customer: CustomerId, act: &str, body: Value) -> Reply {
    desk.own(Method::POST, &format!("/api/duo/{customer}{act}"), Some(body)).await
}

#[tokio::test]
async fn an_admin_connects_changes_switches_and_deletes_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    let customer = northwind(&world).await;
    let at = format!("/api/duo/{customer}");
    let put = async |body: Value| desk.own(Method::PUT, &at, Some(body)).await;
    let (host, ikey, _) = world.outside.duo_keys("Northwind Dental").unwrap();
    let ask = |version: &Value, skey: &str| json!({"version": version, "host": host, "ikey": ikey, "skey": skey, "username": "upn-local"});
    let shown = desk.own(Method::GET, &at, None).await;
    assert_eq!((shown.status, &shown.body["username"]), (200, &json!("upn")));
    assert!(!shown.body.to_string().contains(KEY), "never the secret key");

    // A change counts for what was read, and keeps the key that goes with it.
    let version = shown.body["version"].clone();
    let changed = put(ask(&version, "")).await;
    assert_eq!((changed.status, &changed.body["username"]), (200, &json!("upn-local")));
    let late = put(ask(&version, "")).await;
    assert_eq!((late.status, late.code()), (409, "changed-meanwhile"));
    let again = put(ask(&Value::Null, KEY)).await;
    assert_eq!((again.status, again.code()), (409, "changed-meanwhile"), "there is one already");
    let version = changed.body["version"].clone();
    let mut moved = ask(&version, "");
    moved["ikey"] = "DICONTOSO00000005150".into();
    let refused = put(moved).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("skey")));
    let mut elsewhere = ask(&version, KEY);
    elsewhere["host"] = "api-1.evil.example".into();
    assert_eq!(put(elsewhere).await.body["errors"][0]["field"], "host");

    let tested = act(&desk, customer, "/test", json!({"test_person": "ben.ortiz"})).await;
    assert_eq!(tested.body["broken"], Value::Null);
    assert_eq!(tested.body["person"]["devices"], json!(["Android (XXX-XXX-0124)", "iPad"]));
    world.outside.set_duo_secret("Northwind Dental", OTHER_KEY);
    let tested = act(&desk, customer, "/test", json!({})).await;
    assert_eq!(tested.body["broken"]["code"], "duo-credentials");
    let mended = put(ask(&version, OTHER_KEY)).await;
    assert_eq!(mended.status, 200, "{:?}", mended.body);
    assert_eq!(act(&desk, customer, "/test", json!({})).await.body["broken"], Value::Null);

    let off = act(&desk, customer, "/switch", json!({"on": false})).await;
    assert_eq!(off.body["is_on"], false);
    let of = async || world.app.duo.duo.of(world.account, customer).await.unwrap();
    assert_eq!(of().await.err(), Some(Code::DuoMissing.into()));
    let deleted = desk.own(Method::DELETE, &at, Some(json!({}))).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(desk.own(Method::GET, &at, None).await.status, 404);
    let added = put(ask(&Value::Null, OTHER_KEY)).await;
    assert_eq!((added.status, &added.body["is_on"]), (200, &json!(true)));
    assert!(of().await.is_ok());

    let abouts = async |act| {
        let all = audited(&world, act).await;
        let read = |entry: &String| serde_json::from_str::<Value>(entry).unwrap()["about"].clone();
        all.iter().map(read).collect::<Vec<_>>()
    };
    assert_eq!(abouts("integration-changed").await, ["user names"]);
    assert_eq!(abouts("credential-replaced").await, ["secret key"]);
    let works = "works, and the test person has a device";
    assert_eq!(abouts("integration-tested").await, [works, "does not work", "works"]);
    assert_eq!(audited(&world, "integration-deleted").await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn it_is_nobody_elses() {
    let world = World::new().await;
    let customer = northwind(&world).await;
    let at = format!("/api/duo/{customer}");
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    let stranger = world.stranger().await;
    for (desk, status) in [(&colleague, 403), (&stranger, 404)] {
        assert_eq!(desk.own(Method::GET, &at, None).await.status, status);
        for what in ["/test", "/switch"] {
            let body = if what == "/test" { json!({}) } else { json!({"on": false}) };
            assert_eq!(act(desk, customer, what, body).await.status, status, "{what}");
        }
        assert_eq!(desk.own(Method::DELETE, &at, Some(json!({}))).await.status, status);
    }
    let ask = json!({"host": "api-1.duosecurity.com", "ikey": "DICONTOSO00000005150", "skey": KEY});
    let theirs = stranger.own(Method::PUT, &at, Some(ask)).await;
    assert_eq!((theirs.status, &theirs.body["errors"][0]["field"]), (422, &json!("customer")));
    assert_eq!(northwind(&world).await, customer);
    world.end().await;
}
