//! The app registration's own record: which credentials it has and when they end.

use serde_json::{Value, json};

use super::{NOON, NORTHWIND, NORTHWIND_APP, NORTHWIND_SECRET, Reply, Scene, read};

const NEXT: &str = "northwind~the-next-secret-value";
const DAY: i64 = 86_400_000;

async fn sign_in(scene: &Scene, secret: &str) -> Reply {
    let form = [
        ("client_id", NORTHWIND_APP),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_secret", secret),
        ("grant_type", "client_credentials"),
    ];
    scene.token_for(NORTHWIND, &form).await
}

async fn application(scene: &Scene, token: &str) -> Value {
    let path = format!(
        "/applications(appId='{NORTHWIND_APP}')?$select=appId,passwordCredentials,keyCredentials"
    );
    let reply = scene.get(&path, token).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

#[tokio::test]
async fn a_secret_is_exchanged_without_a_gap() {
    let scene = Scene::start().await;
    let id = scene.world.add_secret(NORTHWIND, NEXT, Some(NOON + 730 * DAY));
    assert_eq!(sign_in(&scene, NORTHWIND_SECRET).await.status, 200);
    assert_eq!(sign_in(&scene, NEXT).await.status, 200);
    // The id that the portal shows beside the value.
    let by_id = sign_in(&scene, &id).await;
    assert_eq!((by_id.status, by_id.code().as_str()), (401, "7000215"));
    let mut first = String::new();
    scene.world.edit_tenant(NORTHWIND, |tenant| first = tenant.app.all_secrets()[0].key_id.clone());
    assert_eq!(sign_in(&scene, &first).await.code(), "7000215");
    scene.world.remove_credential(NORTHWIND, &first);
    assert_eq!(sign_in(&scene, NORTHWIND_SECRET).await.code(), "7000215");
    assert_eq!(
        sign_in(&scene, "").await.code(),
        "7000218",
        "an app without a secret has no empty one"
    );
    // Each ends on its own day.
    scene.clock.advance(730 * DAY);
    assert_eq!(sign_in(&scene, NEXT).await.code(), "7000222");
}

#[tokio::test]
async fn graph_tells_when_credentials_end_and_never_what_they_are() {
    let scene = Scene::start().await;
    let id = scene.world.add_secret(NORTHWIND, NEXT, Some(NOON + DAY));
    let token = scene.token().await;
    let all = application(&scene, &token).await;
    let passwords = all["passwordCredentials"].as_array().expect("a list");
    assert_eq!(passwords.len(), 2);
    assert_eq!(passwords[0]["hint"], "nor");
    // 611 days after the start of the world, as the sample has it.
    assert_eq!(passwords[0]["endDateTime"], "2028-07-25T12:00:00Z");
    assert_eq!(passwords[1]["keyId"], id);
    assert_eq!(passwords[1]["endDateTime"], "2026-11-23T12:00:00Z");
    assert_eq!(passwords[1]["secretText"], Value::Null);
    assert_eq!(all["keyCredentials"], json!([]));
    assert!(!all.to_string().contains(NEXT) && !all.to_string().contains(NORTHWIND_SECRET));

    // The same by $filter, percent-encoded as a client sends it.
    let found = scene.graph("GET", "/applications", &token).query(&[
        ("$filter", format!("appId eq '{NORTHWIND_APP}'").as_str()),
        ("$select", "appId"),
    ]);
    let found = read(found).await.expect("an answer").body["value"].clone();
    assert_eq!(found, json!([{"appId": NORTHWIND_APP}]));
    let other = "/applications?$filter=appId eq 'a1b2c3d4-0002-4000-8000-000000000002'";
    assert_eq!(scene.get(other, &token).await.body["value"], json!([]));
    let other = "/applications(appId='a1b2c3d4-0002-4000-8000-000000000002')";
    let reply = scene.get(other, &token).await;
    assert_eq!((reply.status, reply.code().as_str()), (404, "Request_ResourceNotFound"));
    let odd = scene.get(&format!("/applications(appId='{NORTHWIND_APP}')?$select=x"), &token).await;
    assert_eq!(odd.status, 400);
}

#[tokio::test]
async fn a_certificate_goes_by_its_thumbprint() {
    let scene = Scene::start().await;
    let made = rcgen::generate_simple_self_signed(Vec::new()).expect("a certificate");
    let der = made.cert.der().to_vec();
    let id = scene.world.add_certificate(NORTHWIND, &der).expect("a certificate");
    assert!(scene.world.add_certificate(NORTHWIND, b"rubbish").is_err());
    let token = scene.token().await;
    let sha1 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    let key = &application(&scene, &token).await["keyCredentials"][0];
    assert_eq!(key["customKeyIdentifier"], data_encoding::BASE64.encode(sha1.as_ref()));
    assert_eq!(key["key"], data_encoding::BASE64.encode(&der), "told of a single object");
    assert_eq!((&key["type"], &key["usage"]), (&json!("AsymmetricX509Cert"), &json!("Verify")));
    assert_eq!(key["keyId"], id);
    assert!(key["endDateTime"].as_str().expect("a date").ends_with('Z'));
    let list = scene.get("/applications?$select=keyCredentials", &token).await;
    assert_eq!(list.body["value"][0]["keyCredentials"][0]["key"], Value::Null);
    // As the portal writes it.
    scene.world.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.certificates[0].custom_key_identifier =
            Some(data_encoding::HEXUPPER.encode(sha1.as_ref()));
    });
    let key = &application(&scene, &token).await["keyCredentials"][0];
    assert_eq!(key["customKeyIdentifier"].as_str().map(str::len), Some(40));
}

#[tokio::test]
async fn the_app_may_be_kept_out_for_other_reasons() {
    let scene = Scene::start().await;
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.app.blocked_by_policy = true);
    let policy = sign_in(&scene, NORTHWIND_SECRET).await;
    assert_eq!((policy.status, policy.code().as_str()), (400, "53003"));
    assert_eq!(policy.body["error"], "invalid_grant");
    // It is asked only when the credential is right.
    assert_eq!(sign_in(&scene, "wrong").await.code(), "7000215");
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.app.disabled = true);
    let disabled = sign_in(&scene, NORTHWIND_SECRET).await;
    assert_eq!((disabled.status, disabled.code().as_str()), (400, "7000112"));
    assert_eq!(disabled.body["error"], "unauthorized_client");
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.other_cloud = true);
    let cloud = sign_in(&scene, NORTHWIND_SECRET).await;
    assert_eq!((cloud.status, cloud.code().as_str()), (400, "900382"));
    assert_eq!(cloud.body["error"], "invalid_request");
    assert!(cloud.body.get("error_uri").is_none());
}
