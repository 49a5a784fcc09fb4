//! The three ticket systems together: one desk each, their screens, the page, trouble in their own shapes.

use serde_json::{Value, json};

use super::{NOON, Scene, read};
use crate::{Company, Fault, Psa, PsaNote};

fn note(text: &str, internal: bool) -> PsaNote {
    let (text, author) = (text.to_owned(), "cole".to_owned());
    PsaNote { ticket: 48_213, text, internal, author, at_ms: NOON }
}

async fn page(scene: &Scene, url: &str) -> (u16, String) {
    let reply = scene.http.get(url).send().await.expect("an answer");
    (reply.status().as_u16(), reply.text().await.expect("a page"))
}

#[tokio::test]
async fn screens_frame_the_pod_with_their_variables() {
    let scene = Scene::start().await;
    let world = &scene.world;
    for psa in Psa::ALL {
        let (status, html) = page(&scene, &world.psa_ticket_url(psa, 48_213, "tess")).await;
        assert_eq!(status, 200);
        assert!(html.contains("id=\"pod-hint\"") && !html.contains("<iframe"), "{html}");
    }
    world.set_psa_pod(Psa::ConnectWise, "http://app.localhost:1/pod?id=[cw_id]&screen=[cw_screen]");
    world.set_psa_pod(Psa::Halo, "http://app.localhost:1/pod?t={$ID}&a={$AGENTID}");
    world.set_psa_pod(Psa::Autotask, "http://app.localhost:1/pod");
    for (psa, src, more) in [
        (Psa::ConnectWise, "pod?id=48213&amp;screen=ticket\"", "width=\"300\" height=\"400\" src"),
        (Psa::Halo, "pod?t=48213&amp;a=102\"", "width=\"300\" height=\"400\" src"),
        (
            Psa::Autotask,
            "pod?ticketId=48213\"",
            "sandbox=\"allow-forms allow-modals allow-popups allow-same-origin allow-scripts\"",
        ),
    ] {
        let (_, html) = page(&scene, &world.psa_ticket_url(psa, 48_213, "cole")).await;
        assert!(html.contains(src) && html.contains(more), "{html}");
        assert!(html.contains("Ada Park") && html.contains("+1 206 555 0123"));
    }
    let url = format!("{}&w=340&h=700", world.psa_ticket_url(Psa::Halo, 48_213, "tess"));
    assert!(page(&scene, &url).await.1.contains("width=\"340\" height=\"700\""));
    world.with_psa(Psa::Halo, |desk| desk.halo.iframe_secret = Some("secret".into()));
    let (_, html) = page(&scene, &world.psa_ticket_url(Psa::Halo, 48_213, "tess")).await;
    let signed = "&amp;agent_id=101&amp;hmac=ZCpZm7Shzk0Cfox4wWffsGgq%2FWPT%2BHxrnPqJM09huNI%3D\"";
    assert!(html.contains(signed), "{html}");
    assert!(world.requests().is_empty(), "browsers are not recorded");
}

#[tokio::test]
async fn screens_show_notes_and_only_what_somebody_may_see() {
    let scene = Scene::start().await;
    let world = &scene.world;
    let site = world.psa_site_url(Psa::ConnectWise);
    world.with_psa(Psa::ConnectWise, |desk| {
        desk.notes.push(note("<script>alert(1)</script>", true));
        desk.notes.push(note("for all", false));
    });
    let (_, html) = page(&scene, &world.psa_ticket_url(Psa::ConnectWise, 48_213, "tess")).await;
    assert!(html.contains("&lt;script&gt;alert") && !html.contains("<script>alert"), "{html}");
    let ask = |path: &str| read(scene.http.get(format!("{site}{path}")));
    let shown = ask("/screen/ticket/48213?as=tess").await.expect("an answer").body;
    assert_eq!((&shown["previous"], &shown["next"]), (&Value::Null, &json!(48_214)));
    let first = json!({"id": 90_001, "ticket": 48_213, "author": "Cole Carter", "login": "cole", "text": "<script>alert(1)</script>", "internal": true, "at_ms": NOON});
    assert_eq!((&shown["notes"][0], &shown["notes"][1]["internal"]), (&first, &json!(false)));
    // Tess only; and nobody else than those who can sign in.
    assert_eq!(ask("/screen/ticket/48264?as=cole").await.expect("an answer").status, 404);
    assert_eq!(ask("/screen/ticket/48264?as=tess").await.expect("an answer").status, 200);
    assert_eq!(page(&scene, &format!("{site}/tickets/48264?as=cole")).await.0, 404);
    for nobody in ["dora", "api", "eve"] {
        assert_eq!(page(&scene, &format!("{site}/?as={nobody}")).await.0, 403, "{nobody}");
    }
    let member = ask("/screen/member?as=tess").await.expect("an answer").body;
    assert_eq!((&member["memberid"], &member["site"]), (&json!("tess"), &json!(site)));
    let headers = ask("/screen/member?as=tess").await.expect("an answer");
    assert!(headers.header("content-security-policy").contains("frame-ancestors 'none'"));
    let style = scene.http.get(format!("{site}/psa/style.css")).send().await.expect("an answer");
    assert_eq!(style.status().as_u16(), 200);
}

#[tokio::test]
async fn pods_are_set_up_on_a_form_or_on_the_page() {
    let scene = Scene::start().await;
    let world = &scene.world;
    let url = "http://app.localhost:4400/pod/connectwise?id=[cw_id]";
    for (psa, name) in
        [(Psa::ConnectWise, "connectwise"), (Psa::Halo, "halo"), (Psa::Autotask, "autotask")]
    {
        let act = format!("{}/api/psa-pod", world.page_url());
        let set = |url: &str| scene.http.post(&act).json(&json!({"psa": name, "url": url}));
        assert_eq!(read(set("javascript:alert(1)")).await.expect("an answer").status, 422);
        assert_eq!(read(set(url)).await.expect("an answer").status, 200);
        assert_eq!(world.psa_pod(psa).as_deref(), Some(url));
        assert_eq!(
            world.with_psa(psa, |desk| desk.pods[0].origin.clone()),
            "http://app.localhost:4400"
        );
        let form = [("as", "tess"), ("url", ""), ("secret", "s3")];
        let setup = format!("{}/setup", world.psa_site_url(psa));
        let foreign = scene.http.post(&setup).form(&form).header("origin", "http://evil.example");
        assert_eq!(foreign.send().await.expect("an answer").status().as_u16(), 403);
        let reply = scene.http.post(&setup).form(&form).send().await.expect("an answer");
        assert_eq!((reply.status().as_u16(), world.psa_pod(psa)), (303, None));
        let (status, html) = page(&scene, &setup).await;
        assert!(status == 200 && html.contains("name=\"url\""), "{html}");
    }
    let secret = world.with_psa(Psa::Halo, |desk| desk.halo.iframe_secret.clone());
    assert_eq!(secret.as_deref(), Some("s3"));
    let state = read(scene.http.get(format!("{}/api/state", world.page_url())));
    let state = state.await.expect("an answer").body;
    assert_eq!(
        (&state["psas"][0]["psa"], &state["psas"][0]["pod"]),
        (&json!("connectwise"), &Value::Null)
    );
}

#[tokio::test]
async fn goes_wrong_in_its_own_shape() {
    let scene = Scene::start().await;
    let world = &scene.world;
    for (company, psa, path, says) in [
        (Company::ConnectWise, Psa::ConnectWise, "/login/companyinfo/brightline", "error"),
        (Company::Halo, Psa::Halo, "/api/authinfo", "Message"),
        (
            Company::Autotask,
            Psa::Autotask,
            "/atservicesrest/v1.0/zoneInformation?user=api@brightline.example",
            "errors",
        ),
    ] {
        let url = format!("{}{path}", world.psa_api_url(psa));
        world.fault(company, None, Fault::Status { status: 429, retry_after: Some(9) });
        let reply = read(scene.http.get(&url)).await.expect("an answer");
        assert_eq!((reply.status, reply.header("retry-after")), (429, "9"));
        assert!(!reply.body[says].is_null(), "{}", reply.body);
        world.fault(company, None, Fault::HalfReply);
        assert!(read(scene.http.get(&url)).await.is_err(), "{path}");
        world.fault(company, None, Fault::DropBefore);
        assert!(read(scene.http.get(&url)).await.is_err(), "{path}");
        world.fault(company, None, Fault::Html { status: 503 });
        let reply = scene.http.get(&url).send().await.expect("an answer");
        assert_eq!(reply.status().as_u16(), 503);
        let nothing = format!("{}/nothing/here", world.psa_api_url(psa));
        assert_eq!(scene.http.get(nothing).send().await.expect("an answer").status().as_u16(), 404);
        assert_eq!(world.unknown_requests().last().map(|it| it.company), Some(company));
    }
}
