//! An admin connects a customer's tenant, changes it, and what others may do with it: nothing.

use data_encoding::BASE64;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Company, Fault};

use super::mail::audited;
use crate::desk::{Desk, Reply};
use crate::world::{COLLEAGUE, EMAIL, World};

pub(super) const PROSEWARE: &str = "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e06";
pub(super) const PROSEWARE_APP: &str = "a1b2c3d4-0006-4000-8000-000000000006";
const NILS: &str = "nils.keyes@proseware.example";
pub(super) const API: &str = "/api/integrations";

/// The id of the customer with this name.
pub(super) async fn customer(world: &World, name: &str) -> String {
    let all = world.app.store.customers_without_m365(world.account).await.unwrap();
    all.into_iter().find(|it| it.name == name).unwrap().id.to_string()
}

async fn proseware(world: &World, proof: &str, secret: &str) -> Value {
    json!({
        "name": "Proseware", "customer": customer(world, "Proseware Clinic").await,
        "cloud": "simulated", "tenant": PROSEWARE, "client_id": PROSEWARE_APP, "proof": proof,
        "client_secret": secret,
        "expires_on": if proof == "secret" { "2028-11-21" } else { "" },
    })
}

/// The integration of the customer with this name.
pub(super) async fn of(desk: &Desk, customer: &str) -> Value {
    let all = desk.own(Method::GET, API, None).await;
    let all = all.body.as_array().unwrap().clone();
    all.into_iter().find(|it| it["customer"] == customer).unwrap()
}

pub(super) async fn act(desk: &Desk, it: &Value, act: &str, body: Value) -> Reply {
    let path = format!("{API}/{}{act}", it["id"].as_str().unwrap());
    desk.own(Method::POST, &path, Some(body)).await
}

/// Everything that was found, as one text.
pub(super) fn said(reply: &Reply) -> String {
    reply.body["health"]["findings"].to_string()
}

#[tokio::test]
async fn an_admin_connects_a_tenant_mends_the_secret_and_the_pod_follows() {
    let world = World::new().await;
    world.outside.add_secret(PROSEWARE, "proseware~the-right-value", None);
    let desk = world.desk().await;
    let ticket = world.ticket("48258").await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert!(shown.body["findings"].to_string().contains("m365-missing"));

    let ask = proseware(&world, "secret", "proseware~a-wrong-value").await;
    let added = desk.own(Method::POST, API, Some(ask.clone())).await;
    assert_eq!(added.status, 201, "{:?}", added.body);
    assert_eq!(added.body["health"]["state"], "unknown");
    assert_eq!(added.body["cloud_label"], "Simulated");
    let again = desk.own(Method::POST, API, Some(ask)).await;
    assert_eq!((again.status, again.code()), (409, "m365-taken"));

    let tested = act(&desk, &added.body, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "broken", "{:?}", tested.body);
    assert!(said(&tested).contains("AADSTS7000215") && said(&tested).contains("not its Secret ID"));
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert!(shown.body["findings"].to_string().contains("m365-secret-wrong"));

    // Still wrong: not taken, and said so. Then right.
    let wrong = json!({"client_secret": "proseware~wrong-again", "expires_on": "2028-11-21"});
    let refused = act(&desk, &added.body, "/secret", wrong).await;
    assert_eq!((refused.status, refused.code()), (409, "m365-secret-wrong"), "{:?}", refused.body);
    let right = json!({"client_secret": " proseware~the-right-value ", "expires_on": "2028-11-21"});
    let mended = act(&desk, &added.body, "/secret", right).await;
    assert_eq!(mended.status, 200, "{:?}", mended.body);
    let tested = act(&desk, &added.body, "/test", json!({"test_person": NILS})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "{:?}", tested.body);
    assert!(said(&tested).contains("Setting a password is allowed"), "{}", said(&tested));
    let password = world.password(NILS);

    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert_eq!(shown.body["findings"], json!([{"code": "not-verified"}]));
    desk.verify(&world, &ticket, "+12065550162").await;
    desk.confirm(&ticket).await;
    assert_eq!(world.password(NILS), password, "the self-test changed nothing");
    for told in ["integration-added", "credential-replaced", "self-test-begun"] {
        assert_eq!(audited(&world, told).await.len(), 1, "{told}");
    }
    assert_eq!(audited(&world, "integration-tested").await.len(), 2);
    // What was typed is in no reply and in no entry.
    let told = audited(&world, "").await.concat();
    let heard = desk.heard.lock().unwrap().clone();
    assert!(!heard.contains("proseware~") && !told.contains("proseware~"), "a secret was repeated");
    world.end().await;
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_gap() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let works = async || {
        let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
        let codes = shown.body["findings"].to_string();
        assert!(!codes.contains("m365") && codes.contains("not-verified"), "{codes}");
    };
    works().await;
    let it = of(&desk, "Northwind Dental").await;
    let new = json!({"client_secret": "northwind~new-value", "expires_on": "2028-11-21"});
    // Not made at Microsoft yet, or not everywhere there: nothing changes.
    let refused = act(&desk, &it, "/secret", new.clone()).await;
    assert_eq!(refused.code(), "m365-secret-wrong");
    works().await;
    world.outside.fault(Company::Entra, None, Fault::DropBefore);
    let unclear = act(&desk, &it, "/secret", new.clone()).await;
    assert_eq!((unclear.status, unclear.code()), (503, "microsoft-unavailable"));
    works().await;
    for (bad, field) in [
        (json!({"client_secret": ""}), "client_secret"),
        (json!({"client_secret": PROSEWARE_APP}), "client_secret"),
        (json!({"client_secret": "a", "expires_on": "soon"}), "expires_on"),
    ] {
        let refused = act(&desk, &it, "/secret", bad).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-fields"));
        assert_eq!(refused.body["errors"][0]["field"], field, "{:?}", refused.body);
    }
    world.outside.add_secret("northwind.example", "northwind~new-value", None);
    let done = act(&desk, &it, "/secret", new).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    // The old one may go now.
    world.outside.edit_tenant("northwind.example", |tenant| tenant.app.secret = String::new());
    world.pass(2 * 60 * 60_000);
    let desk = world.desk().await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert!(!shown.body["findings"].to_string().contains("m365"), "{:?}", shown.body);
    world.end().await;
}

/// Proseware's tenant, by a certificate that was made here and uploaded there.
pub(super) async fn connect_by_certificate(world: &World, desk: &Desk) -> Reply {
    let ask = proseware(world, "certificate", "").await;
    let added = desk.own(Method::POST, API, Some(ask)).await;
    assert_eq!(added.status, 201, "{:?}", added.body);
    let tested = act(desk, &added.body, "/test", json!({})).await;
    assert!(said(&tested).contains("Upload the certificate"), "{}", said(&tested));
    upload(world, &added.body["certificate"]["pem"]);
    let tested = act(desk, &added.body, "/test", json!({"test_person": NILS})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "{:?}", tested.body);
    added
}

#[tokio::test]
async fn a_certificate_is_made_here_uploaded_there_and_used() {
    let world = World::new().await;
    let desk = world.desk().await;
    let added = connect_by_certificate(&world, &desk).await;

    // From a certificate to the next one: the old one is in use until Microsoft takes the new one.
    let made = act(&desk, &added.body, "/certificate", json!({})).await;
    let next = &made.body["next_certificate"];
    assert_ne!(next["thumbprint"], made.body["certificate"]["thumbprint"]);
    let early = act(&desk, &added.body, "/certificate/use", json!({})).await;
    assert_eq!((early.status, early.code()), (409, "m365-certificate-wrong"));
    let tested = act(&desk, &added.body, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "the old one still works");
    upload(&world, &next["pem"]);
    let used = act(&desk, &added.body, "/certificate/use", json!({})).await;
    assert_eq!(used.body["certificate"]["thumbprint"], next["thumbprint"], "{:?}", used.body);
    assert_eq!(used.body["next_certificate"], Value::Null);
    assert_eq!(used.body["ends_from"], "record");
    let tested = act(&desk, &added.body, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "{:?}", tested.body);
    let ticket = world.ticket("48258").await;
    desk.verify(&world, &ticket, "+12065550162").await;
    desk.confirm(&ticket).await;
    let heard = desk.heard.lock().unwrap().clone();
    assert!(!heard.contains("PRIVATE KEY"));
    world.end().await;
}

fn upload(world: &World, pem: &Value) {
    let pem = pem.as_str().unwrap();
    let inside: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64.decode(inside.as_bytes()).unwrap();
    world.outside.add_certificate(PROSEWARE, &der).unwrap();
}

/// A secret goes only where it was entered for.
#[tokio::test]
async fn a_tenant_that_moves_needs_its_secret_again() {
    let world = World::new().await;
    let desk = world.desk().await;
    let it = of(&desk, "Northwind Dental").await;
    let path = format!("{API}/{}", it["id"].as_str().unwrap());
    let version = std::cell::Cell::new(it["version"].clone().as_i64());
    let ask = |tenant: &str, secret: &str| {
        Some(json!({
            "version": version.get(), "name": "Northwind", "cloud": it["cloud"], "tenant": tenant,
            "client_id": it["client_id"], "client_secret": secret, "expires_on": "2028-01-01",
        }))
    };
    let same = desk.own(Method::PUT, &path, ask(it["tenant"].as_str().unwrap(), "")).await;
    assert_eq!((same.status, &same.body["name"]), (200, &json!("Northwind")), "{:?}", same.body);
    // Made of what was there before somebody saved: not taken, whatever it says.
    let stale = desk.own(Method::PUT, &path, ask(it["tenant"].as_str().unwrap(), "")).await;
    assert_eq!((stale.status, stale.code()), (409, "changed-meanwhile"));
    version.set(same.body["version"].as_i64());
    let moved = desk.own(Method::PUT, &path, ask("northwind.example", "")).await;
    assert_eq!((moved.status, moved.code()), (422, "invalid-fields"));
    assert_eq!(moved.body["errors"][0]["field"], "client_secret", "{:?}", moved.body);
    let secret = "northwind~simulated-secret-value";
    let moved = desk.own(Method::PUT, &path, ask("northwind.example", secret)).await;
    assert_eq!(moved.status, 200, "{:?}", moved.body);
    version.set(moved.body["version"].as_i64());
    let tested = act(&desk, &it, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "{:?}", tested.body);
    let nonsense = desk.own(Method::PUT, &path, ask("../common", secret)).await;
    assert_eq!(nonsense.body["errors"][0]["field"], "tenant");
    world.end().await;
}

/// Fewer people are protected than before: all admins hear of it, and the audit says what changed.
#[tokio::test]
async fn a_protected_group_does_not_go_unnoticed() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ask = |it: &Value, group: &str| {
        let mut ask = json!({"protected_group": group, "expires_on": ""});
        for name in ["version", "name", "cloud", "tenant", "client_id"] {
            ask[name] = it[name].clone();
        }
        Some(ask)
    };
    let it = of(&desk, "Northwind Dental").await;
    let path = format!("{API}/{}", it["id"].as_str().unwrap());
    let put = async |ask| desk.own(Method::PUT, &path, ask).await;
    let group = "5c300661-63c4-4535-9d4a-7fd34ab4b8ef";
    let set = put(ask(&it, group)).await;
    assert_eq!(set.body["protected_group"], group, "{:?}", set.body);
    world.settle_in_time().await;
    assert!(world.outside.mails(EMAIL).is_empty(), "more people are protected");
    // A form from before, with no group in it, does not take it away.
    let stale = put(ask(&it, "")).await;
    assert_eq!(stale.code(), "changed-meanwhile");
    // A program that does not speak of it does not either.
    let mut silent = ask(&set.body, "").unwrap();
    silent.as_object_mut().unwrap().remove("protected_group");
    let set = put(Some(silent)).await;
    assert_eq!(set.body["protected_group"], group, "{:?}", set.body);
    let gone = put(ask(&set.body, "")).await;
    assert_eq!(gone.body["protected_group"], Value::Null, "{:?}", gone.body);
    world.settle_in_time().await;
    let mails = world.outside.mails(EMAIL);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Who may be reset at Northwind Dental was changed");
    let told = audited(&world, "integration-changed").await;
    assert!(told.len() == 3 && told[2].contains("protected group"), "{told:?}");
    world.end().await;
}

#[tokio::test]
async fn what_is_off_or_deleted_refuses_resets_and_keeps_its_audit() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let refused = async |code: &str| {
        let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
        assert!(shown.body["findings"].to_string().contains(code), "{:?}", shown.body);
    };
    let it = of(&desk, "Northwind Dental").await;
    let off = act(&desk, &it, "/switch", json!({"on": false})).await;
    assert_eq!(off.body["health"]["state"], "off");
    refused("m365-off").await;
    let twice = act(&desk, &it, "/switch", json!({"on": false})).await;
    assert_eq!((twice.status, twice.code()), (409, "changed-meanwhile"));
    act(&desk, &it, "/switch", json!({"on": true})).await;
    desk.verify(&world, &ticket, "+12065550123").await;
    let path = format!("{API}/{}", it["id"].as_str().unwrap());
    let gone = desk.own(Method::DELETE, &path, Some(json!({}))).await;
    assert_eq!(gone.status, 204);
    assert_eq!(desk.own(Method::GET, &path, None).await.status, 404);
    refused("m365-missing").await;
    let id = it["id"].as_str().unwrap();
    assert!(audited(&world, "integration-deleted").await[0].contains(id));
    world.end().await;
}

#[tokio::test]
async fn only_admins_see_and_change_integrations() {
    let world = World::new().await;
    let admin = world.desk().await;
    let it = of(&admin, "Northwind Dental").await;
    let one = format!("{API}/{}", it["id"].as_str().unwrap());
    let ask = proseware(&world, "secret", "proseware~value").await;
    let calls = [
        (Method::GET, API.to_owned(), None),
        (Method::POST, API.to_owned(), Some(ask.clone())),
        (Method::GET, one.clone(), None),
        (Method::PUT, one.clone(), Some(ask)),
        (Method::DELETE, one.clone(), Some(json!({}))),
        (Method::POST, format!("{one}/secret"), Some(json!({"client_secret": "x"}))),
        (Method::POST, format!("{one}/certificate"), Some(json!({}))),
        (Method::POST, format!("{one}/certificate/use"), Some(json!({}))),
        (Method::POST, format!("{one}/switch"), Some(json!({"on": false}))),
        (Method::POST, format!("{one}/test"), Some(json!({}))),
    ];
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    let stranger = world.stranger().await;
    for (method, path, body) in calls {
        let refused = colleague.own(method.clone(), &path, body.clone()).await;
        assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{method} {path}");
        // A pod's token is no admin's, not even an admin's own pod's.
        let refused = admin.call(method.clone(), &path, body.clone()).await;
        assert!(matches!(refused.status, 401 | 403), "{method} {path}: {:?}", refused.body);
        if path != API {
            let refused = stranger.own(method.clone(), &path, body).await;
            assert_eq!(refused.status, 404, "{method} {path}: {:?}", refused.body);
        }
    }
    let still = admin.own(Method::GET, &one, None).await;
    assert_eq!(still.body["is_on"], true);
    assert_eq!(still.body["name"], it["name"]);
    world.end().await;
}
