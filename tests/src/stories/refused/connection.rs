//! The connection to the customer's tenant breaks between the confirmation and the click.

use reqwest::Method;
use serde_json::json;
use server::directory::permissions;
use shared::Code::{self, *};
use simulator::{Company, Fault, OwnedObjects, Tenant};

use super::{NORTHWIND, Ready, new_token};
use crate::stories::integrations::{act, of};

const SILENT: Fault = Fault::Status { status: 500, retry_after: None };

type Edit = fn(&mut Tenant);

#[tokio::test]
async fn a_connection_that_breaks_is_refused_at_the_click() {
    let mut ready = Ready::new().await;
    let cases: [(&str, Edit, Code, &str); 9] = [
        ("another secret", |it| it.app.secret = "other".into(), M365SecretWrong, "AADSTS7000215 *"),
        (
            "an old secret",
            |it| it.app.secret_expires_ms = Some(1),
            M365SecretExpired,
            "AADSTS7000222 *",
        ),
        (
            "another app",
            |it| it.app.client_id = it.app.client_id.replace("0001-", "00ff-"),
            M365AppUnknown,
            "AADSTS700016 *",
        ),
        ("switched off", |it| it.app.disabled = true, M365AppDisabled, "AADSTS7000112 *"),
        ("kept out", |it| it.app.blocked_by_policy = true, M365Blocked, "AADSTS53003 *"),
        ("another cloud", |it| it.other_cloud = true, M365CloudWrong, "AADSTS900382 *"),
        (
            "another tenant",
            |it| it.id = it.id.replace("2e01", "2eff"),
            M365TenantUnknown,
            "AADSTS90002 *",
        ),
        ("no licence", |it| it.premium_p2 = false, M365LicenceUnknown, "AadPremiumLicenseRequired"),
        (
            "owners",
            |it| it.owned_objects = OwnedObjects::Refused,
            M365OwnersUnknown,
            "HTTP 403 Authorization_RequestDenied",
        ),
    ];
    for (case, edit, code, about) in cases {
        ready.world.outside.edit_tenant(NORTHWIND, edit);
        new_token(&ready.world);
        ready.refuses(case, code, Some(about), |_| {}).await;
        ready.undo();
        ready.still_good(case).await;
    }
    ready.succeeds().await;
}

/// Each that a preflight needs; the one for setting the password shows at the PATCH alone.
#[tokio::test]
async fn a_permission_that_was_taken_away_is_named_at_the_click() {
    let mut ready = Ready::new().await;
    let needed = permissions::ALL.iter().filter(|it| it.needed);
    for name in needed.map(|it| it.name).filter(|name| *name != permissions::SET_PASSWORD) {
        let without = |tenant: &mut Tenant| tenant.app.roles.retain(|role| role != name);
        ready.world.outside.edit_tenant(NORTHWIND, without);
        new_token(&ready.world);
        ready.refuses(name, M365PermissionMissing, Some(name), |_| {}).await;
        ready.undo();
        ready.still_good(name).await;
    }
    ready.succeeds().await;
}

/// Microsoft says so only when it is asked to set one: that changes nothing either, and is told with
/// the permission's name. The verification is used up, as after any PATCH.
#[tokio::test]
async fn without_the_permission_to_set_a_password_none_is_set() {
    let mut ready = Ready::new().await;
    let before = ready.world.password(super::ADA);
    ready.world.outside.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.roles.retain(|role| role != permissions::SET_PASSWORD);
    });
    new_token(&ready.world);
    let (id, done) = ready.click().await;
    assert_eq!((done.status, &done.body["stage"]), (200, &json!("refused")), "{:?}", done.body);
    assert_eq!(done.body["code"], "m365-permission-missing", "{:?}", done.body);
    let row = ready.world.app.store.reset(ready.world.account, id).await.unwrap().unwrap();
    assert!(row.about.unwrap().contains(permissions::SET_PASSWORD));
    assert_eq!(ready.world.password(super::ADA), before);
    assert_eq!(ready.world.outside.texts(super::ADA_PHONE).len(), 1, "only the code");
    let live = ready.world.app.store.live_reset(ready.world.account, &ready.ada.id).await.unwrap();
    assert!(live.is_none(), "{id}");
    ready.undo();
    let shown = ready.desk.preflight(ready.ticket.contact, Some(ready.ticket.id)).await;
    assert_eq!(shown.body["findings"], json!([{"code": "verification-used"}]));
    // Verified anew, it is done.
    ready.world.pass(1_000);
    ready.desk.verify(&ready.world, &ready.ticket, super::ADA_PHONE).await;
    ready.sealed = ready.desk.confirm(&ready.ticket).await;
    let (_, done) = ready.click().await;
    // Who is quick has sent the text before it is said.
    let set = ["applied", "completed"].contains(&done.body["stage"].as_str().unwrap());
    assert!(set, "{:?}", done.body);
    ready.world.settle_in_time().await;
    ready.world.end().await;
}

#[tokio::test]
async fn a_question_that_microsoft_does_not_answer_refuses_the_click() {
    let mut ready = Ready::new().await;
    let id = ready.ada.id.clone();
    for part in [
        id.as_str(),
        "phoneMethods",
        "transitiveMemberOf",
        "roleAssignments",
        "roleEligibilitySchedules",
        "eligibilitySchedules",
        "ownedObjects",
        "/domains/",
    ] {
        let silent =
            |world: &crate::world::World| world.outside.fault(Company::Graph, Some(part), SILENT);
        ready.refuses(part, MicrosoftUnavailable, None, silent).await;
        ready.still_good(part).await;
    }
    for fault in [Fault::DropBefore, Fault::HalfReply] {
        let silent = |world: &crate::world::World| {
            new_token(world);
            world.outside.fault(Company::Entra, None, fault.clone());
        };
        ready.refuses("no token", MicrosoftUnavailable, None, silent).await;
        ready.still_good("no token").await;
    }
    ready.succeeds().await;
}

#[tokio::test]
async fn an_integration_that_is_off_or_deleted_refuses_the_click() {
    let mut ready = Ready::new().await;
    let it = of(&ready.desk, "Northwind Dental").await;
    let off = act(&ready.desk, &it, "/switch", json!({"on": false})).await;
    assert_eq!(off.status, 200, "{:?}", off.body);
    ready.refuses("off", M365Off, None, |_| {}).await;
    act(&ready.desk, &it, "/switch", json!({"on": true})).await;
    ready.still_good("off").await;

    let path = format!("/api/integrations/{}", it["id"].as_str().unwrap());
    let gone = ready.desk.own(Method::DELETE, &path, Some(json!({}))).await;
    assert!(gone.status < 300, "{:?}", gone.body);
    ready.refuses("deleted", M365Missing, None, |_| {}).await;
    // Connected anew, the same person is found: the same confirmation serves.
    let customers =
        ready.world.app.store.customers_without_m365(ready.world.account).await.unwrap();
    let customer = customers.into_iter().find(|it| it.name == "Northwind Dental").unwrap();
    let ask = json!({
        "name": "Northwind", "customer": customer.id.to_string(), "cloud": "simulated",
        "tenant": ready.before.id, "client_id": ready.before.app.client_id, "proof": "secret",
        "client_secret": ready.before.app.secret, "expires_on": "2028-11-21",
    });
    let added = ready.desk.own(Method::POST, "/api/integrations", Some(ask)).await;
    assert_eq!(added.status, 201, "{:?}", added.body);
    ready.still_good("connected anew").await;
    ready.succeeds().await;
}
