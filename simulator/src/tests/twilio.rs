//! Texts: sent, refused, listed, and told of by signed callbacks.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::sync::mpsc;

use crate::twilio::sign;

use super::{ACCOUNT, AUTH_TOKEN, SENDER, Scene, read};

const ADA: &str = "+12065550123";

#[tokio::test]
async fn accepts_a_text_and_puts_it_on_the_phone() {
    let scene = Scene::start().await;
    let reply = read(scene.text(&[("To", ADA), ("From", SENDER), ("Body", "Hello é")]))
        .await
        .expect("an answer");
    assert_eq!(reply.status, 201);
    assert_eq!(reply.body["status"], "queued");
    assert_eq!(reply.body["num_segments"], "1");
    assert_eq!(reply.body["date_created"], "Sun, 22 Nov 2026 12:00:00 +0000");
    let text = scene.world.wait_for_text(ADA, 1).await.expect("a text");
    assert_eq!((text.body.as_str(), text.from.as_str(), text.arrived), ("Hello é", SENDER, true));
    assert_eq!(reply.body["sid"], text.id);
    assert_eq!(scene.world.texts("+12065550124").len(), 0);
}

#[tokio::test]
async fn a_name_may_send_where_names_may() {
    let scene = Scene::start().await;
    let form = [("To", "+447400123456"), ("From", "Bright 1"), ("Body", "x")];
    let reply = read(scene.text(&form)).await.expect("an answer");
    assert_eq!((reply.status, reply.body["from"].as_str()), (201, Some("Bright 1")));
}

#[tokio::test]
async fn a_messaging_service_and_an_api_key_work_too() {
    let scene = Scene::start().await;
    let form =
        [("To", ADA), ("MessagingServiceSid", "MG00000000000000000000000000005150"), ("Body", "x")];
    let request = scene
        .http
        .post(scene.messages())
        .basic_auth("SK00000000000000000000000000005150", Some("simulated-key-secret"));
    let reply = read(request.form(&form)).await.expect("an answer");
    assert_eq!((reply.status, reply.body["status"].as_str()), (201, Some("accepted")));
    assert_eq!(reply.body["from"], serde_json::Value::Null);
}

#[tokio::test]
async fn refuses_with_twilios_codes() {
    let scene = Scene::start().await;
    let long = "x".repeat(1601);
    let base = [("To", ADA), ("From", SENDER), ("Body", "x")];
    let with = |name: &'static str, value: &'static str| {
        let kept = base.into_iter().filter(move |(key, _)| *key != name);
        kept.chain((!value.is_empty()).then_some((name, value))).collect::<Vec<_>>()
    };
    let rows = [
        (with("To", ""), 21604),
        (with("To", "2065550123"), 21211),
        (with("To", "+1206555012"), 21211),
        (with("To", "+4915112345678"), 21408),
        (with("To", "+12065550135"), 21610),
        (with("To", "+12065550137"), 21614),
        (with("From", ""), 21603),
        (with("From", "+12065550199"), 21606),
        // A name is no sender in the United States; eleven plain characters are a name.
        (with("From", "Brightline"), 21657),
        (with("From", "Brightline IT"), 21212),
        (with("From", "Bright-IT"), 21212),
        (with("From", "2065550100"), 21212),
        (with("MessagingServiceSid", "MG00000000000000000000000000000000"), 21701),
        (with("Body", ""), 21602),
        (with("ValidityPeriod", "0"), 21624),
        (with("ValidityPeriod", "36001"), 21624),
        (with("ContentRetention", "forget"), 20001),
        (with("StatusCallback", "http://my_host.example/x"), 21609),
        (with("StatusCallback", "not a url"), 21609),
    ];
    for (form, code) in rows {
        let reply = read(scene.text(&form)).await.expect("an answer");
        assert_eq!(reply.code(), code.to_string(), "{form:?}");
        assert_eq!(reply.status, if code == 21701 { 404 } else { 400 }, "{form:?}");
        assert_eq!(reply.body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
    }
    let reply = read(scene.text(&[("To", ADA), ("From", SENDER), ("Body", &long)]))
        .await
        .expect("an answer");
    assert_eq!(reply.code(), "21617");
    for (user, password) in
        [(ACCOUNT, "wrong"), ("SK00000000000000000000000000005150", AUTH_TOKEN), ("", "")]
    {
        let request =
            scene.http.post(scene.messages()).basic_auth(user, Some(password)).form(&base);
        let reply = read(request).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (401, "20003"), "{user}");
    }
    let other = scene.messages().replace("5150", "5151");
    let request = scene.http.post(other).basic_auth(ACCOUNT, Some(AUTH_TOKEN)).form(&base);
    assert_eq!(read(request).await.expect("an answer").status, 401);
    assert!(scene.world.texts(ADA).is_empty());
}

#[tokio::test]
async fn the_console_forgets_what_it_was_told_to_forget() {
    let scene = Scene::start().await;
    let get = async |url: String| {
        read(scene.http.get(url).basic_auth(ACCOUNT, Some(AUTH_TOKEN))).await.expect("an answer")
    };
    let base = [("To", ADA), ("From", SENDER), ("Body", "secret")];
    let kept = read(scene.text(&base)).await.expect("an answer");
    let form = [
        &base[..],
        &[
            ("ContentRetention", "discard"),
            ("AddressRetention", "obfuscate"),
            ("ValidityPeriod", "600"),
        ],
    ]
    .concat();
    let discarded = read(scene.text(&form)).await.expect("an answer");
    let uri = |reply: &super::Reply| {
        format!("{}{}", scene.world.twilio_url(), reply.body["uri"].as_str().expect("a uri"))
    };
    assert_eq!(get(uri(&kept)).await.body["body"], "secret");
    let shown = get(uri(&discarded)).await;
    assert_eq!(
        (shown.body["body"].as_str(), shown.body["to"].as_str()),
        (Some(""), Some("+1206555XXXX"))
    );
    assert_eq!(scene.world.texts(ADA)[1].body, "secret", "the phone has it all the same");
    let list = get(format!("{}?To=%2B12065550123&PageSize=1", scene.messages())).await;
    assert_eq!(list.body["messages"].as_array().map(Vec::len), Some(1));
    assert_eq!(list.body["next_page_uri"], serde_json::Value::Null);
    let gone = get(format!(
        "{}/2010-04-01/Accounts/{ACCOUNT}/Messages/SM00000000000000000000000000000000.json",
        scene.world.twilio_url()
    ))
    .await;
    assert_eq!((gone.status, gone.code().as_str()), (404, "20404"));
}

#[tokio::test]
async fn a_route_that_twilio_has_not_is_remembered() {
    let scene = Scene::start().await;
    let reply = read(scene.http.get(format!("{}/v1/Services", scene.world.twilio_url())))
        .await
        .expect("an answer");
    assert_eq!((reply.status, reply.code().as_str()), (404, "20404"));
    assert_eq!(scene.world.unknown_requests().len(), 1);
}

type Heard = (String, Vec<(String, String)>);

/// A receiver for callbacks, and what it hears.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Heard>) {
    let (tell, heard) = mpsc::unbounded_channel();
    let take = |State(tell): State<Arc<Mutex<mpsc::UnboundedSender<Heard>>>>,
                headers: HeaderMap,
                body: String| async move {
        let signature = headers
            .get("x-twilio-signature")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        tell.lock()
            .expect("no panic")
            .send((signature, crate::front::pairs(&body)))
            .expect("a listener");
    };
    let router =
        axum::Router::new().route("/hook", post(take)).with_state(Arc::new(Mutex::new(tell)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    // `hook.localhost` is this machine, whatever the system's resolver thinks.
    let url = format!(
        "http://hook.localhost:{}/hook?account=7",
        listener.local_addr().expect("an address").port()
    );
    tokio_util::task::TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

fn value<'h>(heard: &'h Heard, name: &str) -> &'h str {
    heard.1.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

#[tokio::test]
async fn callbacks_are_signed_and_in_order() {
    let scene = Scene::start().await;
    let (url, mut heard) = receiver().await;
    for (to, last, code) in [
        (ADA, "delivered", ""),
        ("+12065550139", "undelivered", "30007"),
        ("+12065550198", "undelivered", "30003"),
    ] {
        let reply = read(scene.text(&[
            ("To", to),
            ("From", SENDER),
            ("Body", "x"),
            ("StatusCallback", &url),
        ]))
        .await
        .expect("an answer");
        for (status, code) in [("sent", ""), (last, code)] {
            let got = heard.recv().await.expect("a callback");
            assert_eq!(
                (value(&got, "MessageStatus"), value(&got, "ErrorCode")),
                (status, code),
                "{to}"
            );
            assert_eq!(value(&got, "MessageSid"), reply.body["sid"]);
            assert_eq!(value(&got, "To"), to);
            assert_eq!(got.0, sign(AUTH_TOKEN, &url, &got.1));
        }
        let text = scene.world.texts(to).pop().expect("accepted");
        assert_eq!((text.status.as_str(), text.arrived), (last, code.is_empty()), "{to}");
    }
    // By hand, later, and backwards.
    let sid = scene.world.texts(ADA)[0].id.clone();
    scene.world.deliver(&sid, "failed", Some(30_034)).await;
    let got = heard.recv().await.expect("a callback");
    assert_eq!((value(&got, "MessageStatus"), value(&got, "ErrorCode")), ("failed", "30034"));
    assert_eq!(scene.world.callbacks().last().map(|callback| callback.answered), Some(Some(200)));
}
