//! HaloPSA's API: tokens, lists, actions, errors in many shapes.

use serde_json::{Value, json};

use super::{Reply, Scene, read};
use crate::{HaloErrors, Psa};

const CLIENT: &str = "0a1b2c3d-0000-4000-8000-00000000a101";
const FORM: [(&str, &str); 4] = [
    ("grant_type", "client_credentials"),
    ("client_id", CLIENT),
    ("client_secret", "halo-simulated-secret-0001"),
    ("scope", "all"),
];

async fn ask_token(scene: &Scene, tenant: &str, form: &[(&str, &str)]) -> Reply {
    let url = format!("{}/auth/token?tenant={tenant}", scene.world.psa_api_url(Psa::Halo));
    read(scene.http.post(url).form(form)).await.expect("an answer")
}

async fn token(scene: &Scene) -> String {
    let reply = ask_token(scene, "brightline", &FORM).await;
    reply.body["access_token"].as_str().expect("a token").to_owned()
}

async fn get(scene: &Scene, path: &str, token: &str) -> Reply {
    let url = format!("{}/api/{path}", scene.world.psa_api_url(Psa::Halo));
    read(scene.http.get(url).bearer_auth(token)).await.expect("an answer")
}

async fn act(scene: &Scene, body: &Value, token: &str) -> Reply {
    let url = format!("{}/api/Actions", scene.world.psa_api_url(Psa::Halo));
    read(scene.http.post(url).bearer_auth(token).json(body)).await.expect("an answer")
}

#[tokio::test]
async fn tokens_are_given_and_end() {
    let scene = Scene::start().await;
    let base = scene.world.psa_api_url(Psa::Halo);
    let info = read(scene.http.get(format!("{base}/api/authinfo"))).await.expect("an answer").body;
    assert_eq!(info, json!({"auth_url": format!("{base}/auth"), "tenant_id": "brightline"}));
    let reply = ask_token(&scene, "brightline", &FORM).await;
    assert_eq!((reply.status, &reply.body["expires_in"]), (200, &json!(3600)));
    assert_eq!(reply.body["scope"], "read:tickets edit:tickets read:customers");
    for (place, value, error) in [
        (0, "password", "unsupported_grant_type"),
        (1, "other", "invalid_client"),
        (2, "wrong", "invalid_client"),
        (3, "admin", "invalid_scope"),
        (3, "", "invalid_scope"),
    ] {
        let mut form = FORM;
        form[place].1 = value;
        let reply = ask_token(&scene, "brightline", &form).await;
        assert_eq!((reply.status, &reply.body["error"]), (400, &json!(error)));
    }
    assert_eq!(ask_token(&scene, "other", &FORM).await.body["error"], "invalid_request");
    let token = token(&scene).await;
    assert_eq!(get(&scene, "Agent/me", &token).await.body["isapiagent"], true);
    scene.clock.advance(3_599_999);
    assert_eq!(get(&scene, "Agent/me", &token).await.status, 200);
    scene.clock.advance(1);
    assert_eq!(get(&scene, "Agent/me", &token).await.status, 401);
    assert_eq!(get(&scene, "Agent/me", "made-up").await.status, 401);
}

#[tokio::test]
async fn scopes_bound_a_token() {
    let scene = Scene::start().await;
    let mut form = FORM;
    form[3].1 = "read:tickets";
    let reply = ask_token(&scene, "brightline", &form).await;
    let token = reply.body["access_token"].as_str().expect("a token");
    assert_eq!(get(&scene, "Tickets/48213", token).await.status, 200);
    let refused = get(&scene, "Users/1001", token).await;
    assert_eq!((refused.status, &refused.body["resultCode"]), (403, &json!(403)));
    let body = json!([{"ticket_id": 48_213, "outcome": "Private Note", "note": "x"}]);
    assert_eq!(act(&scene, &body, token).await.status, 403);
    assert!(scene.world.psa_notes(Psa::Halo, 48_213).is_empty());
}

#[tokio::test]
async fn lists_search_and_show() {
    let scene = Scene::start().await;
    let token = &token(&scene).await;
    let ticket = get(&scene, "Tickets/48213?includedetails=true", token).await.body;
    assert_eq!(
        (&ticket["user_id"], &ticket["client_name"]),
        (&json!(1001), &json!("Northwind Dental"))
    );
    assert_eq!(ticket["user_email"], "ada.park@northwind.example");
    assert_eq!(get(&scene, "Tickets/48262", token).await.body["user_id"], 0);
    let user = get(&scene, "Users/1038?includedetails=true", token).await.body;
    assert_eq!(
        (&user["mobilenumber"], &user["phonenumber_preferred"]),
        (&json!("+1 206 555 0161"), &json!("(206) 555-0162"))
    );
    assert!(user["site_id"].is_f64());
    assert!(get(&scene, "Users/1038", token).await.body["email2"].is_null());
    let users =
        get(&scene, "Users?search=emil.private%40mail.example&client_id=250", token).await.body;
    assert_eq!((&users["record_count"], &users["users"][0]["id"]), (&json!(1), &json!(1041)));
    assert_eq!(get(&scene, "Users?search=ivan", token).await.body["record_count"], 0);
    assert_eq!(
        get(&scene, "Users?search=ivan&includeinactive=true", token).await.body["record_count"],
        1
    );
    let page = get(&scene, "Users?pageinate=true&page_size=20&page_no=2", token).await.body;
    assert_eq!(
        (&page["record_count"], page["users"].as_array().map(Vec::len)),
        (&json!(41), Some(20))
    );
    let tickets = get(&scene, "Tickets?open_only=true&user_id=1002", token).await.body;
    assert_eq!(tickets["record_count"], 1);
    assert_eq!(get(&scene, "Client?search=north", token).await.body["clients"][0]["id"], 250);
    assert_eq!(get(&scene, "Agent", token).await.body.as_array().map(Vec::len), Some(3));
    assert_eq!(get(&scene, "Agent/103", token).await.body["isdisabled"], true);
    assert_eq!(
        get(&scene, "Outcome?tickettype_id=1", token).await.body[1]["outcome"],
        "Private Note"
    );
    assert_eq!(get(&scene, "Users?searching=x", token).await.status, 400);
}

#[tokio::test]
async fn actions_are_hidden_or_not_and_somebodys() {
    let scene = Scene::start().await;
    let token = &token(&scene).await;
    let one = json!({"ticket_id": 48_213, "outcome": "Private Note", "note_html": "<p>a &lt;b&gt;</p><p>c</p>", "hiddenfromuser": true, "sendemail": false, "dont_do_rules": true});
    let made = act(&scene, &json!([one]), token).await;
    assert_eq!((made.status, &made.body["hiddenfromuser"]), (200, &json!(true)));
    let public =
        json!({"ticket_id": 48_213, "outcome_id": 16, "note": "for all", "who_agentid": 102});
    assert!(act(&scene, &json!([one, public]), token).await.body.is_array());
    let notes = scene.world.psa_notes(Psa::Halo, 48_213);
    let seen: Vec<_> =
        notes.iter().map(|it| (it.text.as_str(), it.internal, it.author.as_str())).collect();
    assert_eq!(
        seen,
        [("a <b>\nc", true, "api"), ("a <b>\nc", true, "api"), ("for all", false, "cole")]
    );
    let listed = get(&scene, "Actions?ticket_id=48213", token).await.body;
    assert_eq!(
        (&listed["record_count"], &listed["actions"][2]["who_agentid"]),
        (&json!(3), &json!(102))
    );
    let url = format!("{}/api/Actions", scene.world.psa_api_url(Psa::Halo));
    let bare = scene.http.post(url).bearer_auth(token).json(&one).send().await.expect("an answer");
    assert_eq!(bare.status().as_u16(), 500, "an object, no array");
    for (key, value, status) in [
        ("outcome", json!("Secret Note"), 400),
        ("private_notes", json!("x"), 400),
        ("hiddenfromuser", json!("true"), 400),
        ("who_agentid", json!(103), 400),
        ("note_html", json!("<p> </p>"), 400),
        ("ticket_id", json!(1), 404),
    ] {
        let mut bad = one.clone();
        bad[key] = value;
        assert_eq!(act(&scene, &json!([one, bad]), token).await.status, status, "{key}");
    }
    assert_eq!(scene.world.psa_notes(Psa::Halo, 48_213).len(), 3, "all or none");
}

#[tokio::test]
async fn errors_have_many_shapes() {
    let scene = Scene::start().await;
    let token = &token(&scene).await;
    assert!(get(&scene, "Tickets/1", token).await.body["ClassName"].is_string());
    assert!(get(&scene, "Agent/me", "x").await.body["error"].is_string());
    for (shape, name) in [
        (HaloErrors::ResultCode, "errorMessage"),
        (HaloErrors::ClassName, "Message"),
        (HaloErrors::Message, "Message"),
        (HaloErrors::Error, "error"),
    ] {
        scene.world.with_psa(Psa::Halo, |desk| desk.halo.errors = Some(shape));
        assert!(get(&scene, "Tickets/1", token).await.body[name].is_string(), "{name}");
    }
    scene.world.with_psa(Psa::Halo, |desk| desk.halo.errors = Some(HaloErrors::Text));
    let url = format!("{}/api/Tickets/1", scene.world.psa_api_url(Psa::Halo));
    let reply = scene.http.get(url).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(reply.text().await.expect("words"), "Ticket does not exist");
}

#[tokio::test]
async fn three_minutes_take_so_many() {
    let scene = Scene::start().await;
    let (one, two) = (&token(&scene).await, &token(&scene).await);
    scene.world.with_psa(Psa::Halo, |desk| desk.halo.limit = Some(2));
    for status in [200, 200, 429] {
        assert_eq!(get(&scene, "Agent/me", one).await.status, status);
    }
    assert_eq!(get(&scene, "Agent/me", one).await.header("retry-after"), "180");
    assert_eq!(get(&scene, "Agent/me", two).await.status, 200, "each token has its own");
    scene.clock.advance(180_000);
    assert_eq!(get(&scene, "Agent/me", one).await.status, 200);
}
