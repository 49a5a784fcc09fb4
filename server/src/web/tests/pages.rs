//! Set-up links, pages, hosts.

use shared::Code;

use super::{ACCOUNT, ANN, MINUTE, World};
use crate::sign_in::{self, totp::TotpSecret};

#[tokio::test]
async fn a_set_up_link_works_once_and_never_skips_the_second_factor() {
    let world = World::new().await;
    let link = sign_in::make_set_up_link(&world.app, ACCOUNT, ANN).await.unwrap();
    assert!(link.starts_with("http://app.localhost:4400/set-up#"));
    let token = link.rsplit('#').next().unwrap().to_owned();
    let fields = |password| [("token", token.as_str()), ("password", password)];
    let short = world.form("/set-up", "", &fields("too short")).await;
    assert!(short.status == 400 && short.body.contains("at least 12 characters"));
    let old = world.sign_in().await;
    let done = world.form("/set-up", "", &fields("a new and long password")).await;
    assert_eq!((done.status, done.header("location")), (303, Some("/sign-in/code")));
    assert_eq!(world.page("/tickets", &done.cookie()).await.status, 303);
    assert_eq!(world.page("/tickets", &old).await.status, 303, "other sessions have ended");
    let again = world.form("/set-up", "", &fields("another long password")).await;
    assert!(again.status == 410 && again.header("set-cookie").is_none());

    // Without an authenticator one is enrolled, by a code from it.
    world.app.store.seed("delete from secrets where row = $1", &[ANN.0]).await;
    let link = sign_in::make_set_up_link(&world.app, ACCOUNT, ANN).await.unwrap();
    let fields = [("token", link.as_str()), ("password", "a third and long password")];
    let done = world.form("/set-up", "", &fields).await;
    assert_eq!(done.header("location"), Some("/sign-in/code"));
    let half = done.cookie();
    let page = world.page("/sign-in/code", &half).await;
    let (_, rest) = page.body.split_once("role=\"group\">").unwrap();
    let secret = TotpSecret::from_base32(rest.split('<').next().unwrap()).unwrap();
    world.app.clock.advance(MINUTE);
    let code = secret.code_at(world.app.clock.now());
    let (form, wrong) = (page.form(), [("form", page.form()), ("code", "12345".into())]);
    let wrong: Vec<_> = wrong.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(world.form("/sign-in/authenticator", &half, &wrong).await.status, 401);
    let fields = [("form", form.as_str()), ("code", code.as_str())];
    let done = world.form("/sign-in/authenticator", &half, &fields).await;
    // The page with the recovery codes, signed in already.
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(done.body.contains("Keep these recovery codes"), "{}", done.body);
    assert_eq!(world.page("/tickets", &done.cookie()).await.status, 200);
}

#[tokio::test]
async fn problems_are_pages_for_people_and_hosts_stay_apart() {
    let world = World::new().await;
    let missing = world.page("/nothing", "").await;
    assert_eq!((missing.status, missing.body.contains("<h1>This does not exist")), (404, true));
    assert_eq!(world.ask("GET /nothing", &[], "").await.code(), Code::NotFound);
    let cookie = world.sign_in().await;
    for path in ["/tickets/1", "/contacts/00000000-0000-0000-0000-000000000009"] {
        assert_eq!(world.page(path, &cookie).await.status, 404);
    }
    let search = world.page("/tickets?q=%22%3E%3Cscript%3E", &cookie).await;
    assert!(search.status == 200 && !search.body.contains("\"><script>"));
    for (host, path, status) in [
        ("s.localhost:4400", "/s", 200),
        ("s.localhost:4400", "/s/assets/reveal.js", 200),
        ("s.localhost:4400", "/sign-in", 404),
        ("s.localhost:4400", "/assets/app.css", 404),
        ("app.localhost:4400", "/s", 404),
        ("app.localhost:4400", "/assets/app.css", 200),
        ("evil.example", "/sign-in", 404),
    ] {
        let answer = world.ask(&format!("GET {path}"), &[&format!("host: {host}")], "").await;
        assert_eq!(answer.status, status, "{host}{path}");
        let csp = answer.header("content-security-policy").unwrap();
        assert!(csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe-inline"));
    }
}
