//! What no page promises and every client meets: foreign words, foreign pages, foreign hosts.

use serde_json::Value;

use crate::{Company, Fault, NextLink};

use super::{NORTHWIND, Scene, read};

#[tokio::test]
async fn a_gateway_answers_in_html() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let before = scene.world.directory_user("ada").expect("ada").password;
    for (company, status) in [(Company::Graph, 502), (Company::Graph, 200), (Company::Entra, 503)] {
        scene.world.fault(company, None, Fault::Html { status });
        let request = match company {
            Company::Entra => scene
                .http
                .post(format!("{}/{NORTHWIND}/oauth2/v2.0/token", scene.world.entra_url())),
            _ => scene.patch(&scene.id("ada"), "Xq7-mRtw9-Lkzv2", &token),
        };
        let reply = request.send().await.expect("an answer");
        assert_eq!(reply.status().as_u16(), status);
        assert!(reply.headers()["content-type"].to_str().expect("text").starts_with("text/html"));
        assert!(reply.text().await.expect("a body").contains("<HTML>"));
    }
    assert_eq!(scene.world.directory_user("ada").expect("ada").password, before);
    assert!(scene.world.patches("ada").iter().all(|patch| !patch.applied));
    assert_eq!(scene.world.patches("ada").len(), 2);
    assert!(scene.world.requests().pop().expect("recorded").reply.contains("<HTML>"));
}

#[tokio::test]
async fn an_error_may_say_next_to_nothing() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.fault(Company::Graph, None, Fault::Bare { status: 403 });
    let reply = scene.get("/organization", &token).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, ""));
    let error = &reply.body["error"];
    assert_eq!(error["innerError"], Value::Null);
    assert_eq!(error["innererror"]["request-id"], reply.header("request-id"));
    scene.world.fault(Company::Twilio, None, Fault::Bare { status: 503 });
    let twilio = read(scene.text(&[("To", "+12065550123")])).await.expect("an answer");
    assert_eq!((twilio.status, twilio.code().as_str()), (503, "20503"));
}

#[tokio::test]
async fn enums_have_members_that_no_page_names() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.edit_user("ada", |ada| {
        ada.phones[0].kind = "somethingNew".to_owned();
        ada.sms_sign_in_state = Some("somethingElse".to_owned());
    });
    let path = format!("/users/{}/authentication/phoneMethods", scene.id("ada"));
    let phones = scene.get(&path, &token).await;
    assert_eq!(phones.body["value"][0]["phoneType"], "somethingNew");
    assert_eq!(phones.body["value"][0]["smsSignInState"], "somethingElse");
}

#[tokio::test]
async fn pages_are_small_and_links_lead_astray() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let first = async || scene.get("/users?$select=id&$top=999", &token).await.body;
    assert!(first().await.get("@odata.nextLink").is_none());
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.page_size = Some(1));
    let page = first().await;
    assert_eq!(page["value"].as_array().map(Vec::len), Some(1));
    let follow = async |link: &Value| {
        let url = link.as_str().expect("a link");
        read(scene.http.get(url).bearer_auth(&token)).await.expect("an answer").body
    };
    assert_ne!(follow(&page["@odata.nextLink"]).await["value"], page["value"]);

    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.next_link = NextLink::Circle);
    let page = first().await;
    let again = follow(&page["@odata.nextLink"]).await;
    assert_eq!(again["value"], page["value"]);
    assert_eq!(again["@odata.nextLink"], page["@odata.nextLink"], "without end");

    let elsewhere = NextLink::Elsewhere("https://graph.evil.example".to_owned());
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.next_link = elsewhere);
    let link = first().await["@odata.nextLink"].as_str().expect("a link").to_owned();
    assert!(link.starts_with("https://graph.evil.example/v1.0/users?"), "{link}");
}

#[tokio::test]
async fn every_answer_says_which_request_it_was() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let mine = "11111111-2222-4333-8444-555555555555";
    let ada = scene.id("ada");
    let rows = [
        ("GET", "/organization".to_owned(), 200),
        ("POST", format!("/users/{ada}/revokeSignInSessions"), 200),
        ("PATCH", format!("/users/{ada}"), 400),
        ("GET", format!("/users/{ada}/manager"), 404),
        ("GET", "/nothing/of/the/kind".to_owned(), 404),
    ];
    for (method, path, status) in rows {
        let request = scene.graph(method, &path, &token).header("client-request-id", mine);
        let reply = read(request).await.expect("an answer");
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("client-request-id"), mine, "{path}");
        assert!(uuid::Uuid::parse_str(reply.header("request-id")).is_ok(), "{path}");
        assert_ne!(reply.header("request-id"), mine, "{path}");
    }
    let faulty = Fault::Status { status: 429, retry_after: None };
    scene.world.fault(Company::Graph, None, faulty);
    let reply = scene.get("/organization", &token).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, ""));
    assert!(!reply.header("request-id").is_empty());
}
