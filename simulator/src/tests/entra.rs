//! Tokens: how to get one, and each way not to.

use super::{NOON, NORTHWIND, NORTHWIND_APP, NORTHWIND_SECRET, Scene, read};

const GOOD: [(&str, &str); 4] = [
    ("client_id", NORTHWIND_APP),
    ("scope", "https://graph.microsoft.com/.default"),
    ("client_secret", NORTHWIND_SECRET),
    ("grant_type", "client_credentials"),
];

fn with<'a>(name: &'a str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let kept = GOOD.into_iter().filter(|(key, _)| *key != name);
    kept.chain(value.map(|value| (name, value))).collect()
}

#[tokio::test]
async fn gives_a_token_as_captured() {
    let scene = Scene::start().await;
    for tenant in [NORTHWIND, "northwind.example"] {
        let reply = scene.token_for(tenant, &GOOD).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body["token_type"], "Bearer");
        assert_eq!(reply.body["expires_in"], 3599);
        assert_eq!(reply.body["ext_expires_in"], 3599);
        assert!(reply.header("cache-control").contains("no-store"));
        let token = reply.body["access_token"].as_str().expect("a token");
        let claims = token.split('.').nth(1).expect("three parts");
        let claims = data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).expect("base64url");
        let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
        assert_eq!(claims["tid"], NORTHWIND);
        assert_eq!(claims["roles"].as_array().map(Vec::len), Some(8));
        assert_eq!(claims["appidacr"], "1");
    }
}

#[tokio::test]
async fn takes_the_secret_from_basic_and_the_stand_ins_own_scope() {
    let scene = Scene::start().await;
    let own = format!("{}/.default", scene.world.graph_url());
    let url = format!("{}/{NORTHWIND}/oauth2/v2.0/token", scene.world.entra_url());
    let form = [("scope", own.as_str()), ("grant_type", "client_credentials")];
    let request =
        scene.http.post(url).basic_auth(NORTHWIND_APP, Some(NORTHWIND_SECRET)).form(&form);
    assert_eq!(read(request).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn refuses_each_mistake_in_its_own_words() {
    let scene = Scene::start().await;
    let rows = [
        (with("client_secret", Some("wrong")), 401, "invalid_client", "7000215"),
        (with("client_secret", None), 401, "invalid_client", "7000218"),
        (
            with("client_id", Some("a1b2c3d4-0009-4000-8000-000000000009")),
            400,
            "unauthorized_client",
            "700016",
        ),
        (
            with("client_id", Some("00000000-0000-0000-0000-000000000000")),
            400,
            "unauthorized_client",
            "700038",
        ),
        (with("client_id", None), 400, "invalid_request", "900144"),
        (with("scope", None), 400, "invalid_request", "900144"),
        (
            with("scope", Some("https://graph.microsoft.com/User.Read.All")),
            400,
            "invalid_scope",
            "70011",
        ),
        (
            with("scope", Some("https://graph.microsoft.com/.default openid")),
            400,
            "invalid_scope",
            "70011",
        ),
        (
            with("scope", Some("api://not-a-registered-resource/.default")),
            400,
            "invalid_resource",
            "500011",
        ),
        (with("grant_type", Some("password")), 400, "unsupported_grant_type", "70003"),
        (with("grant_type", None), 400, "invalid_request", "900144"),
    ];
    for (form, status, error, code) in rows {
        let reply = scene.token_for(NORTHWIND, &form).await;
        assert_eq!(
            (reply.status, reply.body["error"].as_str(), reply.code().as_str()),
            (status, Some(error), code),
            "{form:?}"
        );
        assert_eq!(reply.body["timestamp"], "2026-11-22 12:00:00Z");
        let description = reply.body["error_description"].as_str().expect("a description");
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert!(description.ends_with("Timestamp: 2026-11-22 12:00:00Z"), "{description}");
        assert_eq!(reply.body.get("error_uri").is_none(), matches!(code, "70003" | "700038"));
    }
    for (tenant, code) in [
        ("7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2eff", "90002"),
        ("nobody.example", "90002"),
        ("nobody", "900023"),
        ("common", "9001023"),
    ] {
        let reply = scene.token_for(tenant, &GOOD).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, code), "{tenant}");
    }
    assert!(scene.world.unknown_requests().is_empty());
}

#[tokio::test]
async fn reads_no_field_from_another_kind_of_body() {
    let scene = Scene::start().await;
    let url = format!("{}/{NORTHWIND}/oauth2/v2.0/token", scene.world.entra_url());
    let body = serde_json::json!({"grant_type": "client_credentials"});
    assert_eq!(read(scene.http.post(url).json(&body)).await.expect("an answer").code(), "900144");
}

#[tokio::test]
async fn knows_an_expired_secret() {
    let scene = Scene::start().await;
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.app.secret_expires_ms = Some(NOON + 1000));
    assert_eq!(scene.token_for(NORTHWIND, &GOOD).await.status, 200);
    scene.clock.advance(1000);
    let reply = scene.token_for(NORTHWIND, &GOOD).await;
    assert_eq!((reply.status, reply.code().as_str()), (401, "7000222"));
}

#[tokio::test]
async fn a_token_lives_an_hour_and_only_here() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    assert_eq!(scene.get("/organization", &token).await.status, 200);
    scene.clock.advance(3_598_999);
    assert_eq!(scene.get("/organization", &token).await.status, 200);
    scene.clock.advance(1);
    let expired = scene.get("/organization", &token).await;
    assert_eq!((expired.status, expired.code().as_str()), (401, "InvalidAuthenticationToken"));
    assert!(expired.header("www-authenticate").starts_with("Bearer"));
    let forged = scene.get("/organization", &format!("{token}x")).await;
    assert_eq!((forged.status, forged.code().as_str()), (401, "InvalidAuthenticationToken"));
}

#[tokio::test]
async fn without_consent_the_token_has_no_roles_and_graph_says_no() {
    let scene = Scene::start().await;
    let before = scene.token().await;
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.app.roles.clear());
    // The old token still holds them: a change shows only in a new one.
    assert_eq!(scene.get("/users", &before).await.status, 200);
    let after = scene.token().await;
    let reply = scene.get("/users", &after).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, "Authorization_RequestDenied"));
}
