//! The page's own API.

use serde_json::json;

use super::{SENDER, Scene, read};

#[tokio::test]
async fn shows_phones_directory_and_requests() {
    let scene = Scene::start().await;
    read(scene.text(&[("To", "+442079460000"), ("From", SENDER), ("Body", "to a stranger")]))
        .await
        .expect("an answer");
    let state = read(scene.http.get(format!("{}/api/state", scene.world.page_url())))
        .await
        .expect("an answer")
        .body;
    let phones = state["phones"].as_array().expect("phones");
    let find =
        |number: &str| phones.iter().find(|phone| phone["number"] == number).expect("a phone");
    assert_eq!(find("+12065550134")["name"], "Kim Ext");
    assert_eq!(find("+442079460000")["texts"][0]["body"], "to a stranger");
    assert_eq!(state["tenants"][0]["users"][0]["upn"], "ada.park@northwind.example");
    let app = &state["tenants"][0]["app"];
    assert_eq!(app["client_id"], super::NORTHWIND_APP);
    let secret =
        json!({"kind": "secret", "hint": "nor…", "until_ms": super::NOON + 611 * 86_400_000});
    assert_eq!(app["credentials"], json!([secret]));
    let badges = |name: &str| {
        let all = state["tenants"][0]["users"].as_array().expect("people").iter();
        all.clone().find(|user| user["name"] == name).expect(name)["badges"].clone()
    };
    assert_eq!(badges("Zoe Branch"), json!(["Helpdesk Administrator of a unit"]));
    assert_eq!(badges("Xena Standby"), json!(["eligible member"]));
    assert_eq!(badges("Tom Builder"), json!(["owns Intranet"]));
    assert_eq!(state["requests"][0]["status"], 201);
    // Asked for news since then, it waits until there are some.
    let since = format!("{}/api/state?since={}", scene.world.page_url(), state["version"]);
    let change = async { scene.world.set_password_by_person("ada", "Another-1") };
    let (news, ()) = tokio::join!(read(scene.http.get(since)), change);
    assert_ne!(news.expect("an answer").body["version"], state["version"]);
}

#[tokio::test]
async fn signs_in_as_microsoft_would() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    assert_eq!(
        read(scene.patch(&scene.id("ada"), "Xq7-mRtw9-Lkzv2", &token))
            .await
            .expect("an answer")
            .status,
        204
    );
    let sign_in = async |upn: &str, password: &str, new: Option<&str>| {
        let body = json!({"upn": upn, "password": password, "new_password": new});
        let reply =
            read(scene.http.post(format!("{}/api/sign-in", scene.world.page_url())).json(&body))
                .await
                .expect("an answer");
        reply.body["outcome"].as_str().unwrap_or_default().to_owned()
    };
    let ada = "ada.park@northwind.example";
    assert_eq!(sign_in(ada, "wrong", None).await, "wrong");
    assert_eq!(
        sign_in("ada", "Xq7-mRtw9-Lkzv2", None).await,
        "wrong",
        "a first name is not a user name"
    );
    assert_eq!(sign_in(ada, "Xq7-mRtw9-Lkzv2", None).await, "choose");
    assert_eq!(sign_in(ada, "Xq7-mRtw9-Lkzv2", Some("Xq7-mRtw9-Lkzv2")).await, "refused");
    assert_eq!(sign_in(ada, "Xq7-mRtw9-Lkzv2", Some("short")).await, "refused");
    assert_eq!(sign_in(ada, "Xq7-mRtw9-Lkzv2", Some("Her-own-choice7")).await, "in");
    assert_eq!(sign_in(ada, "Her-own-choice7", None).await, "in");
    let hana = scene.world.directory_user("hana").expect("hana");
    assert_eq!(sign_in(&hana.upn, &hana.password, None).await, "blocked");
    let finn = scene.world.directory_user("finn").expect("finn");
    assert_eq!(sign_in(&finn.upn, &finn.password, None).await, "blocked");
}

#[tokio::test]
async fn queues_trouble_and_keeps_authenticators() {
    let scene = Scene::start().await;
    let page = scene.world.page_url();
    let fault = json!({"at": "graph", "matcher": "PATCH /v1.0/users", "fault": {"kind": "status", "status": 429, "retry_after": 5}});
    assert_eq!(
        read(scene.http.post(format!("{page}/api/faults")).json(&fault))
            .await
            .expect("an answer")
            .status,
        204
    );
    assert_eq!(scene.world.faults_left(), 1);
    assert_eq!(
        read(scene.http.delete(format!("{page}/api/faults"))).await.expect("an answer").status,
        204
    );
    assert_eq!(scene.world.faults_left(), 0);

    let add = async |secret: &str| {
        read(scene.http.post(format!("{page}/api/authenticators")).json(&json!({"secret": secret})))
            .await
            .expect("an answer")
            .status
    };
    assert_eq!(add("not base32!").await, 422);
    assert_eq!(add("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").await, 201);
    assert_eq!(add("gezdgnbv gy3tqojq gezdgnbv gy3tqojq").await, 201);
    scene.clock.advance(59_000 - super::NOON);
    let codes = read(scene.http.get(format!("{page}/api/codes"))).await.expect("an answer").body;
    assert_eq!(codes["codes"], json!([{"label": "Authenticator", "code": "287082"}]));
    assert_eq!(codes["ends_in_ms"], 1000);
}
