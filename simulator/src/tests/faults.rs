//! Each kind of trouble, at the company where it hurts.

use std::time::Duration;

use crate::{Company, Fault, Moment, World};

use super::{NORTHWIND, NORTHWIND_APP, Scene, read};

const GOOD: &str = "Xq7-mRtw9-Lkzv2";
const PATCH: Option<&str> = Some("PATCH /v1.0/users");

fn set(scene: &Scene) -> bool {
    scene.world.directory_user("ada").expect("ada").password == GOOD
}

#[tokio::test]
async fn drops_with_and_without_acting() {
    for (fault, applied) in
        [(Fault::DropBefore, false), (Fault::ApplyThenDrop, true), (Fault::HalfReply, true)]
    {
        let scene = Scene::start().await;
        let token = scene.token().await;
        scene.world.fault(Company::Graph, PATCH, fault.clone());
        // Not the request that was meant: nothing happens to it.
        assert_eq!(scene.get("/organization", &token).await.status, 200);
        let error = read(scene.patch(&scene.id("ada"), GOOD, &token)).await.expect_err("no answer");
        assert!(error.status().is_none() && !error.is_timeout(), "{error:?}");
        assert_eq!(set(&scene), applied, "{fault:?}");
        let patches = scene.world.patches("ada");
        assert_eq!(
            (patches.len(), patches[0].applied, patches[0].password.as_str()),
            (1, applied, GOOD),
            "{fault:?}"
        );
        let last = scene.world.requests().pop().expect("recorded");
        assert_eq!(last.status, None, "{fault:?}");
        // Used once: the next one goes through.
        assert_eq!(scene.world.faults_left(), 0);
        assert_eq!(
            read(scene.patch(&scene.id("ada"), GOOD, &token)).await.expect("an answer").status,
            204
        );
    }
}

#[tokio::test]
async fn half_a_reply_has_a_status_and_breaks_off() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.fault(Company::Graph, None, Fault::HalfReply);
    let mut reply = scene.graph("GET", "/organization", &token).send().await.expect("headers");
    assert_eq!(reply.status().as_u16(), 200);
    let whole = reply.content_length().expect("a length");
    let mut got = 0;
    let error = loop {
        match reply.chunk().await {
            Ok(Some(chunk)) => got += chunk.len() as u64,
            Ok(None) => panic!("the whole reply came"),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(got, whole / 2);
}

#[tokio::test]
async fn a_status_comes_in_the_companys_own_shape() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.fault(Company::Graph, PATCH, Fault::Status { status: 429, retry_after: Some(7) });
    let graph = read(scene.patch(&scene.id("ada"), GOOD, &token)).await.expect("an answer");
    assert_eq!(
        (graph.status, graph.code().as_str(), graph.header("retry-after")),
        (429, "TooManyRequests", "7")
    );
    assert!(!set(&scene));
    assert!(!scene.world.patches("ada")[0].applied);

    scene.world.fault(Company::Twilio, None, Fault::Status { status: 429, retry_after: None });
    let twilio = read(scene.text(&[("To", "+12065550123")])).await.expect("an answer");
    assert_eq!(
        (twilio.status, twilio.code().as_str(), twilio.header("retry-after")),
        (429, "20429", "")
    );

    scene.world.fault(Company::Entra, None, Fault::Status { status: 503, retry_after: None });
    let entra = scene.token_for(NORTHWIND, &[("client_id", NORTHWIND_APP)]).await;
    assert_eq!(
        (entra.status, entra.body["error"].as_str()),
        (503, Some("temporarily_unavailable"))
    );
}

#[tokio::test]
async fn slow_acts_at_once_and_answers_late() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.fault(Company::Graph, PATCH, Fault::Slow { ms: 60_000 });
    let mut answer = Box::pin(read(scene.patch(&scene.id("ada"), GOOD, &token)));
    let patched = |world: &World| world.requests().iter().any(|it| it.method == "PATCH");
    let acted = tokio::select! {
        _ = &mut answer => panic!("it was answered at once"),
        acted = scene.world.wait_until(Duration::from_secs(60), patched) => acted,
    };
    assert!(acted && set(&scene));
    assert_eq!(scene.world.requests().pop().expect("recorded").status, Some(204));
    let early = tokio::time::timeout(Duration::from_millis(150), &mut answer).await;
    assert!(early.is_err(), "it is not late");
}

#[tokio::test]
async fn refuses_a_good_password_when_told_to() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.fault(Company::Graph, None, Fault::RefusePassword);
    assert_eq!(scene.get("/organization", &token).await.status, 200);
    let reply = read(scene.patch(&scene.id("ada"), GOOD, &token)).await.expect("an answer");
    assert_eq!(reply.status, 400);
    assert!(reply.message().contains("complexity"));
    assert!(!set(&scene));
}

#[tokio::test]
async fn faults_queue_and_can_be_forgotten() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    for status in [500, 503] {
        scene.world.fault(Company::Graph, None, Fault::Status { status, retry_after: None });
    }
    assert_eq!(scene.get("/organization", &token).await.status, 500);
    scene.world.clear_faults();
    assert_eq!(scene.get("/organization", &token).await.status, 200);
}

#[tokio::test]
async fn stopping_closes_the_doors() {
    let scene = Scene::start().await;
    let url = scene.messages();
    assert!(scene.http.get(&url).send().await.is_ok());
    scene.world.stop().await;
    assert!(scene.http.get(&url).send().await.expect_err("nobody there").is_connect());
}

#[tokio::test]
async fn a_held_request_is_done_although_its_caller_has_gone() {
    for moment in [Moment::BeforeTheAct, Moment::BeforeTheAnswer] {
        let scene = Scene::start().await;
        let token = scene.token().await;
        let mut held = scene.world.hold(1, moment);
        // One may pass.
        assert_eq!(scene.get("/organization", &token).await.status, 200);
        let mut caller = Box::pin(read(scene.patch(&scene.id("ada"), GOOD, &token)));
        let request = tokio::select! {
            _ = &mut caller => panic!("it was not held"),
            request = held.arrived() => request.expect("held"),
        };
        assert!(request.starts_with("PATCH /v1.0/users/"), "{request}");
        assert_eq!(set(&scene), moment == Moment::BeforeTheAnswer);
        drop(caller);
        held.go_on().await;
        assert!(set(&scene), "{moment:?}");
    }
}

#[tokio::test]
async fn it_is_quiet_when_nobody_is_connected() {
    let scene = Scene::start().await;
    let door = scene.world.graph_url();
    let caller = tokio::net::TcpStream::connect(door.trim_start_matches("http://")).await;
    let mut quiet = Box::pin(scene.world.quiet());
    let early = tokio::time::timeout(Duration::from_millis(50), &mut quiet).await;
    assert!(early.is_err(), "somebody is connected");
    drop(caller);
    assert!(quiet.await);
}
