//! Duo's Auth API: signed or refused, who may get a push, and what becomes of one.

use serde_json::{Value, json};

use super::{NOON, Reply, Scene, read};
use crate::duo::sign;
use crate::{Company, Fault, PushAnswer, Standing, dates};

const ADA: &str = "ada.park@northwind.example";
const DEVICE: &str = "DPADA000000000000001";

/// A call as our server would make it, and what of it is spoilt.
struct Ask<'a> {
    method: &'a str,
    path: &'a str,
    sent: &'a [(&'a str, &'a str)],
    ikey: Option<&'a str>,
    skey: Option<&'a str>,
    date: Option<&'a str>,
}

impl<'a> Ask<'a> {
    fn new(method: &'a str, path: &'a str, sent: &'a [(&'a str, &'a str)]) -> Self {
        Ask { method, path, sent, ikey: None, skey: None, date: None }
    }

    async fn of(self, scene: &Scene) -> Reply {
        let (host, ikey, skey) = scene.world.duo_keys("Northwind Dental").expect("a company");
        let path = format!("/auth/v2/{}", self.path);
        let now = dates::rfc2822(scene.clock.now_ms());
        let date = self.date.unwrap_or(&now);
        let parameters: Vec<(String, String)> =
            self.sent.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let skey = self.skey.unwrap_or(&skey);
        let signature = sign(skey, date, self.method, &host, &path, &parameters);
        let url = format!("{}{path}", scene.world.duo_url());
        let request = match self.method {
            "GET" => {
                let query = serde_urlencoded::to_string(self.sent).expect("a query");
                scene.http.get(format!("{url}?{query}"))
            }
            _ => scene.http.post(url).form(self.sent),
        };
        let request = request.basic_auth(self.ikey.unwrap_or(&ikey), Some(signature));
        let request = if date.is_empty() { request } else { request.header("date", date) };
        read(request).await.expect("an answer")
    }
}

async fn preauth(scene: &Scene, username: &str) -> Value {
    let reply = Ask::new("POST", "preauth", &[("username", username)]).of(scene).await;
    assert_eq!((reply.status, &reply.body["stat"]), (200, &json!("OK")));
    reply.body["response"].clone()
}

async fn push(scene: &Scene) -> String {
    let sent = [
        ("username", "ada.park"),
        ("factor", "push"),
        ("async", "1"),
        ("device", DEVICE),
        ("type", "Help desk"),
        ("pushinfo", "Asked%20by=Ann%20O%27Neill&Ticket=48231"),
    ];
    let reply = Ask::new("POST", "auth", &sent).of(scene).await;
    reply.body["response"]["txid"].as_str().expect("a push").to_owned()
}

async fn status(scene: &Scene, id: &str) -> (String, String) {
    let reply = Ask::new("GET", "auth_status", &[("txid", id)]).of(scene).await;
    let part = |name: &str| reply.body["response"][name].as_str().expect(name).to_owned();
    (part("result"), part("status"))
}

fn pair(result: &str, status: &str) -> (String, String) {
    (result.into(), status.into())
}

#[tokio::test]
async fn a_call_is_signed_or_refused() {
    let scene = Scene::start().await;
    let check = || Ask::new("GET", "check", &[]);
    assert_eq!(check().of(&scene).await.body["response"]["time"], NOON / 1000);
    let old = dates::rfc2822(NOON - 301_000);
    let early = dates::rfc2822(NOON + 301_000);
    let spoilt = [
        (Ask { ikey: Some("DIXXXXXXXXXXXXXXXXXX"), ..check() }, "40102"),
        (Ask { skey: Some("wrong"), ..check() }, "40103"),
        (Ask { date: Some(""), ..check() }, "40104"),
        (Ask { date: Some("today"), ..check() }, "40105"),
        (Ask { date: Some(&old), ..check() }, "40105"),
        (Ask { date: Some(&early), ..check() }, "40105"),
    ];
    for (ask, code) in spoilt {
        let reply = ask.of(&scene).await;
        assert_eq!((reply.status, reply.code().as_str()), (401, code));
        assert_eq!(reply.body["stat"], "FAIL");
    }
    let bare = read(scene.http.get(format!("{}/auth/v2/check", scene.world.duo_url()))).await;
    assert_eq!(bare.expect("an answer").code(), "40101");
    let ping = read(scene.http.get(format!("{}/auth/v2/ping", scene.world.duo_url()))).await;
    assert_eq!(ping.expect("an answer").status, 200, "the one call without a signature");
    assert_eq!(scene.world.unknown_requests().len(), 0);
}

#[tokio::test]
async fn says_who_may_get_a_push() {
    let scene = Scene::start().await;
    let ada = preauth(&scene, "ADA.PARK").await;
    assert_eq!((&ada["result"], &ada["devices"][0]["device"]), (&json!("auth"), &json!(DEVICE)));
    assert_eq!(ada["devices"][0]["number"], "XXX-XXX-0123");
    let ben = preauth(&scene, "ben.ortiz").await;
    assert_eq!(
        ben["devices"][2],
        json!({"device": "DHBEN000000000000001", "type": "token", "name": ""})
    );
    for (name, result) in [
        ("dana.admin@northwind.example", "allow"),
        ("hana.gone@northwind.example", "deny"),
        ("kim.ext@northwind.example", "deny"),
        ("nobody", "enroll"),
    ] {
        assert_eq!(preauth(&scene, name).await["result"], result, "{name}");
    }
    scene.world.edit_duo_user("ada.park", |user| user.standing = Standing::Bypass);
    assert_eq!(preauth(&scene, ADA).await["result"], "allow");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let scene = Scene::start().await;
    let all = [("username", ADA), ("factor", "push"), ("async", "1"), ("device", DEVICE)];
    for missing in ["username", "factor", "async", "device"] {
        let sent: Vec<_> = all.into_iter().filter(|(key, _)| *key != missing).collect();
        let reply = Ask::new("POST", "auth", &sent).of(&scene).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "40002"));
        assert_eq!(reply.body["message_detail"], missing);
    }
    let reply = Ask::new("GET", "auth_status", &[("txid", "nothing")]).of(&scene).await;
    assert_eq!(reply.body["message_detail"], "txid");
}

#[tokio::test]
async fn a_push_is_answered_and_its_poll_hears_of_it() {
    let scene = Scene::start().await;
    for (answer, says) in [
        (PushAnswer::Approve, pair("allow", "allow")),
        (PushAnswer::Deny, pair("deny", "deny")),
        (PushAnswer::Fraud, pair("deny", "fraud")),
        (PushAnswer::Bypass, pair("allow", "bypass")),
        (PushAnswer::LockedOut, pair("deny", "locked_out")),
    ] {
        let id = push(&scene).await;
        assert_eq!(status(&scene, &id).await, pair("waiting", "pushed"), "said at once");
        let tap = async {
            tokio::task::yield_now().await;
            scene.world.answer_push(&id, answer)
        };
        let (heard, tapped) = tokio::join!(status(&scene, &id), tap);
        assert!(tapped && !scene.world.answer_push(&id, PushAnswer::Approve), "once");
        assert_eq!(heard, says);
    }
    let seen = scene.world.wait_for_push(ADA, 1).await.expect("a push");
    assert_eq!((seen.kind.as_str(), seen.device.as_str()), ("Help desk", "iOS (XXX-XXX-0123)"));
    let told = [("Asked by", "Ann O'Neill"), ("Ticket", "48231")];
    assert_eq!(seen.told, told.map(|(key, value)| (key.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn nobody_waits_longer_than_a_minute() {
    let scene = Scene::start().await;
    let id = push(&scene).await;
    assert_eq!(status(&scene, &id).await, pair("waiting", "pushed"));
    scene.clock.advance(60_000);
    assert_eq!(status(&scene, &id).await, pair("deny", "timeout"));
    assert!(!scene.world.answer_push(&id, PushAnswer::Approve), "too late");
    // Whom Duo does not ask has no push either.
    scene.world.edit_duo_user(ADA, |user| user.standing = Standing::Bypass);
    let id = push(&scene).await;
    assert_eq!(status(&scene, &id).await, pair("allow", "bypass"));
}

#[tokio::test]
async fn goes_wrong_in_its_own_shape() {
    let scene = Scene::start().await;
    let fault = |status, retry_after| {
        let fault = Fault::Status { status, retry_after };
        scene.world.fault(Company::Duo, Some("preauth"), fault);
    };
    fault(429, Some(7));
    let reply = Ask::new("POST", "preauth", &[("username", ADA)]).of(&scene).await;
    assert_eq!(
        (reply.status, reply.code().as_str(), reply.header("retry-after")),
        (429, "42901", "7")
    );
    fault(503, None);
    let reply = Ask::new("POST", "preauth", &[("username", ADA)]).of(&scene).await;
    assert_eq!((reply.status, &reply.body["stat"]), (503, &json!("FAIL")));
}

#[tokio::test]
async fn the_page_shows_and_answers_pushes() {
    let scene = Scene::start().await;
    let id = push(&scene).await;
    let at = |path: &str| format!("{}{path}", scene.world.page_url());
    let state = read(scene.http.get(at("/api/state"))).await.expect("an answer").body;
    assert_eq!(
        (&state["pushes"][0]["id"], &state["pushes"][0]["answer"]),
        (&json!(id), &Value::Null)
    );
    let tap =
        || scene.http.post(at(&format!("/api/pushes/{id}"))).json(&json!({"answer": "fraud"}));
    assert_eq!(read(tap()).await.expect("an answer").status, 204);
    assert_eq!(read(tap()).await.expect("an answer").status, 409, "answered already");
    assert_eq!(status(&scene, &id).await, pair("deny", "fraud"));
}
