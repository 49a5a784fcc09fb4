//! The page in a PSA's frame, and the one that connects it. No PSA answers here: the stories have
//! simulated ones.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use shared::{Code, IntegrationId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, MINUTE, World};
use crate::psa::PsaKind;
use crate::seal::sha256;
use crate::store::NewPsa;

const HALO: IntegrationId = IntegrationId(Uuid::from_u128(50));
const CHROME: &str = "user-agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/144.0 Safari/537.36";

async fn world() -> World {
    let world = World::new().await;
    add(&world, HALO, "https://brightline.halopsa.com").await;
    world
}

async fn add(world: &World, id: IntegrationId, site: &str) {
    let settings = json!({ "site": site, "client_id": "c" }).to_string();
    let new = NewPsa { id, kind: PsaKind::Halo, settings, secrets: Vec::new() };
    world.app.store.add_psa(ACCOUNT, ANN, world.app.clock.now(), &new).await.unwrap();
}

/// A frame begins to wait: id, code, verifier.
async fn waiting(world: &World) -> (String, String, String) {
    let verifier = BASE64URL_NOPAD.encode(&[7; 32]);
    let challenge = BASE64URL_NOPAD.encode(&sha256(verifier.as_bytes()));
    let body = json!({ "challenge": challenge, "member": null, "hint": null }).to_string();
    let path = format!("/api/frames/{HALO}/pairings");
    let answer = world.json(&path, &[CHROME], &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let view: Value = serde_json::from_str(&answer.body).unwrap();
    let text = |name: &str| view[name].as_str().unwrap().to_owned();
    assert_eq!(text("page"), "http://app.localhost:4400/pair");
    (text("id"), text("code"), verifier)
}

async fn redeemed(world: &World, id: &str, verifier: &str) -> super::Answer {
    let body = json!({ "verifier": verifier }).to_string();
    world.json(&format!("/api/pairings/{id}/redeem"), &[], &body).await
}

#[tokio::test]
async fn only_its_own_psa_frames_the_page() {
    let world = world().await;
    let page = world.page(&format!("/pod/{HALO}"), "").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let csp = page.header("content-security-policy").unwrap();
    assert!(csp.ends_with("; frame-ancestors https://brightline.halopsa.com"), "{csp}");
    assert!(csp.starts_with("default-src 'none'; ") && !csp.contains("unsafe-inline"), "{csp}");
    assert_eq!(page.header("x-frame-options"), None, "it knows no list");
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let element = format!(
        "<msp-password-reset host=\"halo\" pod=\"{HALO}\" \
         origins=\"https://brightline.halopsa.com\" ticket-parameter=\"ticket\">"
    );
    assert!(page.body.contains(&element), "{}", page.body);
    assert!(!page.body.contains("<style") && !page.body.contains("style="));

    let off = world.app.store.switch_psa(ACCOUNT, ANN, world.app.clock.now(), HALO, false);
    off.await.unwrap();
    let unknown = IntegrationId(Uuid::from_u128(51));
    for path in [format!("/pod/{HALO}"), format!("/pod/{unknown}"), "/pod/x".to_owned()] {
        let page = world.page(&path, "").await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
    }
}

#[tokio::test]
async fn what_is_no_exact_origin_frames_nobody() {
    for site in
        ["https://a.example; script-src *", "https://a.example/", "https://A.example", "*", ""]
    {
        let world = World::new().await;
        add(&world, HALO, site).await;
        let page = world.page(&format!("/pod/{HALO}"), "").await;
        assert_eq!(page.status, 404, "{site}");
        assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    }
}

#[tokio::test]
async fn a_technician_connects_the_frame_that_they_have_in_front_of_them() {
    let world = world().await;
    let away = world.page("/pair", "").await;
    assert_eq!(away.header("location"), Some("/sign-in?next=%2Fpair"));
    let cookie = world.sign_in().await;
    let (id, code, verifier) = waiting(&world).await;
    assert_eq!(redeemed(&world, &id, "another").await.code(), Code::PairingOver);

    let form = world.page("/pair", &cookie).await.form();
    let wrong = world.form("/pair", &cookie, &[("form", &form), ("code", "BCDF-GHJK")]).await;
    assert!(wrong.status >= 400 && wrong.body.contains("No frame waits with this code."));
    let foreign = world.form("/pair", &cookie, &[("form", "x"), ("code", &code)]).await;
    assert_eq!(foreign.code(), Code::OriginRefused);
    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    let look = world.form("/pair", &cookie, &[("form", &form), ("code", &typed)]).await;
    assert_eq!(look.status, 200, "{}", look.body);
    for part in [
        "HaloPSA did not say",
        "just now",
        "Chrome on Linux",
        "not this one",
        "Ann &#60;Admin&#62;",
    ] {
        assert!(look.body.contains(part), "{part}: {}", look.body);
    }
    assert!(!look.body.contains("not yours now"), "the address is the same");

    let path = format!("/pair/{id}");
    let odd = world.form(&path, &cookie, &[("form", &form), ("answer", "maybe")]).await;
    assert_eq!(odd.code(), Code::BadRequest);
    let yes = [("form", form.as_str()), ("answer", "connect")];
    let done = world.form(&path, &cookie, &yes).await;
    assert_eq!((done.status, done.header("location")), (303, Some("/pair?done=connected")));
    let done = world.page("/pair?done=connected", &cookie).await;
    assert!(done.body.contains("Connected.") && done.body.contains("Go back to your ticket."));
    let twice = world.form(&path, &cookie, &yes).await;
    assert_eq!(twice.status, 410, "{}", twice.body);

    let answer = redeemed(&world, &id, &verifier).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let view: Value = serde_json::from_str(&answer.body).unwrap();
    let who = world.bearer(view["token"].as_str().unwrap()).await;
    assert_eq!(who.body, "Ann <Admin> Technician fresh=true");
}

#[tokio::test]
async fn a_frame_of_somebody_else_is_refused() {
    let world = world().await;
    let cookie = world.sign_in().await;
    let (id, code, verifier) = waiting(&world).await;
    let form = world.page("/pair", &cookie).await.form();
    world.form("/pair", &cookie, &[("form", &form), ("code", &code)]).await;
    let no = [("form", form.as_str()), ("answer", "refuse")];
    let done = world.form(&format!("/pair/{id}"), &cookie, &no).await;
    assert_eq!(done.header("location"), Some("/pair?done=refused"));
    let said = world.page("/pair?done=refused", &cookie).await;
    assert!(said.body.contains("tell an admin"), "{}", said.body);
    assert_eq!(redeemed(&world, &id, &verifier).await.code(), Code::PairingOver);
}

#[tokio::test]
async fn an_old_second_factor_is_proved_anew() {
    let world = world().await;
    let cookie = world.sign_in().await;
    // As old as a session can be that is still there.
    let old =
        "update sessions set second_factor_at = second_factor_at - 43200000 where account = $1";
    world.app.store.seed(old, &[ACCOUNT.0]).await;
    let page = world.page("/pair", &cookie).await;
    assert_eq!(page.header("location"), Some("/confirm?next=%2Fpair"));
    let again = world.page("/confirm?next=%2Fpair", &cookie).await;
    assert_eq!((again.status, again.hidden("next").as_str()), (200, "/pair"));
    let post = world.form("/pair", &cookie, &[("form", "x"), ("code", "BCDF-GHJK")]).await;
    assert_eq!(post.code(), Code::SecondFactorNeeded);
}

#[tokio::test]
async fn who_may_use_no_page_of_ours_connects_frames_and_nothing_else() {
    let world = world().await;
    let before = world.sign_in().await;
    assert!(!world.page("/pair", &before).await.body.contains("id=\"only\""));
    let off = "update technicians set may_use_ui = false where account = $1";
    world.app.store.seed(off, &[ACCOUNT.0]).await;
    world.app.clock.advance(MINUTE);
    let half = world.half().await;
    let done = world.second(&half, &world.code()).await;
    assert_eq!((done.status, done.header("location")), (303, Some("/pair")));
    let cookie = done.cookie();
    let page = world.page("/pair", &cookie).await;
    assert!(page.status == 200 && page.body.contains("id=\"only\""), "{}", page.body);
    for path in ["/", "/sign-in"] {
        assert_eq!(world.page(path, &cookie).await.header("location"), Some("/pair"), "{path}");
    }
    for path in ["/tickets", "/contacts", "/settings"] {
        assert_eq!(world.page(path, &cookie).await.status, 403, "{path}");
    }
    assert_eq!(world.page("/", "").await.header("location"), Some("/sign-in"));
}
