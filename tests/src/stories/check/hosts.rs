//! What a verification's link is to those who have no business with it: strangers, other accounts'
//! hosts, programs that ask in other ways, and our own log.

use reqwest::Method;
use serde_json::json;
use server::brand::Brand;

use super::{Asked, TEXT};
use crate::desk::client;
use crate::logs;
use crate::stories::reveal_brand::{brightline, say};
use crate::world::{EMAIL, World};

/// Two MSPs on one server: at the other's host the link is as dead as one that never was.
#[tokio::test]
async fn another_msps_host_knows_nothing_of_it() {
    let mut world = World::new().await;
    let other = world.stranger_account().await;
    let own = format!("http://go.localhost:{}", world.address.port());
    let theirs = format!("http://help.localhost:{}", world.address.port());
    let (ours, origins) = (world.account, [own.clone(), theirs.clone()]);
    world
        .restart_with(|settings| {
            settings.share.hosts = origins.into_iter().zip([ours, other]).collect();
        })
        .await;
    say(&world, ours, EMAIL, &Brand { host: Some(own.clone()), ..brightline() }).await;
    let asked = Asked::by_text(&world).await;
    assert!(asked.link.starts_with(&format!("{own}/v#")), "the brand's own host");
    let never = asked.never(&world).await;
    let (id, proof) = asked.keys();
    for (path, body) in [
        ("/v/look", json!({"id": id})),
        ("/v/answer", json!({"id": id, "proof": proof, "digits": asked.say})),
        ("/v/answer", json!({"id": id, "proof": proof, "digits": asked.wrong()})),
        ("/v/deny", json!({"id": id, "proof": proof})),
    ] {
        assert_eq!(asked.ask_at(&world, &theirs, path, body).await, never, "{path}");
    }
    asked.waits_with(2).await;
    let page = |origin: &str| client(world.address).get(format!("{origin}/v")).send();
    let theirs = page(&theirs).await.unwrap().text().await.unwrap();
    assert!(!theirs.contains("12 Pine Street"), "{theirs}");
    let ours = page(&own).await.unwrap().text().await.unwrap();
    assert!(ours.contains("12 Pine Street"), "{ours}");
    let body = json!({"id": id, "proof": proof, "digits": asked.say});
    assert_eq!(asked.ask_at(&world, &own, "/v/answer", body).await.0, 200);
    world.settle_in_time().await;
    world.end().await;
}

/// Who has the id alone, or asks in another way, gets nothing and costs no try.
#[tokio::test]
async fn without_the_proof_or_two_digits_nothing_happens() {
    let world = World::new().await;
    let asked = Asked::by_text(&world).await;
    let never = asked.never(&world).await;
    let (id, proof) = asked.keys();
    let other = "A".repeat(43);
    for (path, body) in [
        ("/v/answer", json!({"id": id, "proof": other, "digits": asked.say})),
        ("/v/answer", json!({"id": "A".repeat(22), "proof": proof, "digits": asked.say})),
        ("/v/answer", json!({"id": "x", "proof": "y", "digits": asked.say})),
        ("/v/deny", json!({"id": id, "proof": other})),
        ("/v/deny", json!({"id": "A".repeat(22), "proof": proof})),
        ("/v/look", json!({"id": "x"})),
        // A share's page knows nothing of it either.
        ("/s/look", json!({"id": id})),
    ] {
        assert_eq!(asked.ask(&world, path, body).await, never, "{path}");
    }
    for digits in ["", "1", "123", "1 2", "ab", "१२", "-1", &format!("{} ", asked.say)] {
        let said = asked.answer(&world, digits).await;
        assert_eq!(said.0, 400, "{digits:?}: {}", said.1);
        assert!(said.1.contains("\"bad-request\""), "{}", said.1);
    }
    for (path, body) in [
        ("/v/answer", json!({"id": id, "proof": proof})),
        ("/v/answer", json!({"id": id, "proof": proof, "digits": 12})),
        ("/v/deny", json!({"id": id})),
        ("/v/deny", json!({"id": id, "proof": proof, "more": 1})),
    ] {
        assert_eq!(asked.ask(&world, path, body).await.0, 400, "{path}");
    }
    asked.waits_with(2).await;
    let wrong = asked.answer(&world, &asked.wrong()).await;
    assert_eq!(wrong.0, 422, "{}", wrong.1);
    assert!(wrong.1.contains("\"tries_left\":1"), "{}", wrong.1);
    asked.waits_with(1).await;
    world.settle_in_time().await;
    world.end().await;
}

/// The headers of the reveal page, and no answer to any other method or host.
#[tokio::test]
async fn every_answer_is_covered() {
    let world = World::new().await;
    let asked = Asked::by_text(&world).await;
    let (id, proof) = asked.keys();
    let share = world.app.settings.share.origin.clone();
    let app = world.app.settings.server.origin.clone();
    let client = client(world.address);
    let full = json!({"id": id, "proof": proof, "digits": asked.say}).to_string();
    let mut cases = Vec::new();
    for path in ["/v", "/v/look", "/v/answer", "/v/deny"] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let reads = method == Method::GET || method == Method::HEAD;
            cases.push((method, &share, path, if path == "/v" && reads { 200 } else { 405 }));
        }
        cases.push((Method::GET, &app, path, 404));
        cases.push((Method::POST, &app, path, 404));
    }
    for path in ["/v/", "/V", "/v/nothing", "/v/look/", "/s/v"] {
        cases.push((Method::GET, &share, path, 404));
    }
    for (method, origin, path, status) in cases {
        let what = format!("{method} {origin}{path}");
        let request = client.request(method, format!("{origin}{path}"));
        let request = request.header("content-type", "application/json").body(full.clone());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{what}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store", "{what}");
        if origin == &share {
            assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
            let csp = header("content-security-policy");
            assert!(csp.starts_with("default-src 'none';") && !csp.contains("unsafe"), "{what}");
            assert!(csp.contains("frame-ancestors 'none'"), "{what}");
            assert!(header("x-robots-tag").contains("noindex"), "{what}");
        }
    }
    asked.waits_with(2).await;
    world.settle_in_time().await;
    world.end().await;
}

/// Whatever a program makes of the fragment, no line of ours has the token, its proof or the digits'
/// way to it.
#[tokio::test]
async fn no_log_line_has_the_token() {
    let world = World::new().await;
    let asked = Asked::by_text(&world).await;
    let share = world.app.settings.share.origin.clone();
    let client = client(world.address);
    let token = asked.token();
    for path in [
        format!("/v/{token}"),
        format!("/v%23{token}"),
        format!("/v?{token}"),
        format!("/v/look/{token}"),
        format!("/v/assets/{token}"),
    ] {
        client.get(format!("{share}{path}")).send().await.unwrap();
    }
    assert_eq!(asked.answer(&world, &asked.wrong()).await.0, 422);
    let again = Asked::by(&world, asked.desk.clone(), TEXT).await;
    assert_eq!(again.answer(&world, &again.say).await.0, 200);
    world.settle_in_time().await;
    let lines = logs::all();
    assert!(lines.contains("/v/answer"), "the route is there");
    for one in [&asked, &again] {
        let (id, proof) = one.keys();
        for never in [one.token(), &id, &proof] {
            assert!(!lines.contains(never), "a secret is in the log");
        }
    }
    world.end().await;
}
