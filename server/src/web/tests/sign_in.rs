//! Passwords, codes, sessions, pod tokens.

use shared::Code;

use super::{ACCOUNT, ANN, MINUTE, PASSWORD, World, cookie_line};

#[tokio::test]
async fn both_steps_make_a_session_with_a_new_id() {
    let world = World::new().await;
    let page = world.page("/sign-in", "").await.body;
    assert!(!page.contains("single sign-on"), "nobody here has an issuer: {page}");
    let half = world.half().await;
    let page = world.page("/sign-in/code", &half).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let early = world.page("/tickets", &half).await;
    assert_eq!((early.status, early.header("location")), (303, Some("/sign-in?next=%2Ftickets")));
    let json = world.json("/api/pod/token", &[&cookie_line(&half)], r#"{"host":"web"}"#).await;
    assert_eq!(json.code(), Code::NotSignedIn);

    let done = world.second(&half, &world.code()).await;
    assert_eq!((done.status, done.header("location")), (303, Some("/contacts")));
    let full = done.cookie();
    assert_ne!(full, half, "an id planted before the sign-in is worth nothing");
    assert_eq!(world.page("/tickets", &full).await.status, 200);
    assert_eq!(world.page("/tickets", &half).await.status, 303, "the half session has ended");
    let page = world.page("/contacts", &full).await;
    assert!(page.body.contains("Ann &#60;Admin&#62;") && !page.body.contains("<Admin>"));

    let out = world.form("/sign-out", &full, &[("form", "wrong")]).await;
    assert_eq!(out.code(), Code::OriginRefused);
    let out = world.form("/sign-out", &full, &[("form", &page.form())]).await;
    assert_eq!(out.status, 303);
    assert_eq!(world.page("/tickets", &full).await.status, 303);
    let acts = world.acts().await;
    assert!(acts.contains("signed-in") && acts.contains("signed-out"), "{acts}");
    assert!(world.app.store.verify_audit(ACCOUNT).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_refusal_never_says_which_part_was_wrong() {
    let world = World::new().await;
    let ask = |email: &str, password: &str, code: &str| {
        format!(r#"{{"email":"{email}","password":"{password}","code":"{code}"}}"#)
    };
    let mut told = Vec::new();
    for body in [
        ask("nobody@msp.example", PASSWORD, &world.code()),
        ask("ann@msp.example", "wrong password", &world.code()),
        ask("ann@msp.example", PASSWORD, "000000"),
        ask("ann@msp.example", PASSWORD, ""),
    ] {
        let answer = world.json("/api/session", &[], &body).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (401, None));
        told.push(answer.body);
    }
    assert!(told.iter().all(|body| *body == told[0]), "{told:?}");
    let acts = world.acts().await;
    assert_eq!(acts.matches("sign-in-refused").count(), 3, "{acts}");
    let right = ask("ann@msp.example", PASSWORD, &world.code());
    let answer = world.json("/api/session", &[], &right).await;
    assert_eq!(answer.status, 200);
    assert_eq!(world.page("/tickets", &answer.cookie()).await.status, 200);
    let again = world.json("/api/session", &[], &right).await;
    assert_eq!(again.code(), Code::WrongSignIn, "a code works once");
}

/// An hour after the code was entered a browser may still reset, but changes nothing that admins set up.
#[tokio::test]
async fn a_code_is_asked_for_again_without_signing_anybody_out() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let pod = world.pod(&cookie).await;
    let old =
        "update sessions set second_factor_at = second_factor_at - 43200000 where account = $1";
    world.app.store.seed(old, &[ACCOUNT.0]).await;
    assert!(world.bearer(&pod).await.body.contains("fresh=false"));
    let used = world.code();
    let send = async |code: &str| {
        let form = world.page("/confirm?next=%2Fsettings%2Fpolicy", &cookie).await.form();
        let fields = [("form", form.as_str()), ("code", code), ("next", "/settings/policy")];
        world.form("/confirm", &cookie, &fields).await
    };
    assert_eq!(send(&used).await.status, 401, "a code works once");
    world.app.clock.advance(MINUTE);
    let no = [("form", "wrong"), ("code", &world.code()), ("next", "/")];
    assert_eq!(world.form("/confirm", &cookie, &no).await.code(), Code::OriginRefused);
    let done = send(&world.code()).await;
    assert_eq!((done.status, done.header("location")), (303, Some("/settings/policy")));
    assert!(done.header("set-cookie").is_none(), "the session goes on");
    assert!(world.bearer(&pod).await.body.contains("fresh=true"), "and its pods' with it");
    let acts = world.acts().await;
    assert!(acts.contains("second-factor-confirmed"), "{acts}");
    // Who guesses at somebody's open browser closes it.
    for _ in 0..3 {
        assert_eq!(send("000000").await.status, 401);
    }
    let last = send("000000").await;
    assert_eq!(last.status, 303);
    assert!(last.header("location").is_some_and(|to| to.starts_with("/sign-in?")));
    assert_eq!(world.page("/tickets", &cookie).await.status, 303, "signed out");
    let nobody = world.page("/confirm?next=%2F%2Fevil.example", "").await;
    assert_eq!(nobody.header("location"), Some("/sign-in?again=factor"));
}

#[tokio::test]
async fn other_sites_cannot_send_forms() {
    let world = World::new().await;
    let body = "email=ann%40msp.example&password=x";
    let kind = "content-type: application/x-www-form-urlencoded";
    for origin in
        ["", "origin: null", "origin: http://s.localhost:4400", "origin: https://evil.example"]
    {
        let answer = world.ask("POST /sign-in", &[kind, origin], body).await;
        assert_eq!(answer.code(), Code::OriginRefused, "{origin}");
    }
    let cookie = world.sign_in().await;
    let line = cookie_line(&cookie);
    let json = "content-type: application/json";
    let foreign = ["origin: https://evil.example", json, &line];
    let answer = world.ask("POST /api/pod/token", &foreign, r#"{"host":"web"}"#).await;
    assert_eq!(answer.code(), Code::OriginRefused);
    let site = ["sec-fetch-site: cross-site", &line];
    assert_eq!(world.json("/api/pod/token", &site, "{}").await.code(), Code::OriginRefused);
}

#[tokio::test]
async fn a_pod_token_is_a_bearer_only_and_ends_with_its_session() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let token = world.pod(&cookie).await;
    assert_eq!(world.bearer(&token).await.body, "Ann <Admin> Technician fresh=true");
    let as_cookie = world.page("/tickets", &format!("__Host-session={token}")).await;
    assert_eq!(as_cookie.status, 303, "a pod token is no cookie");
    let cookie_only = world.ask("GET /api/whoami", &[&cookie_line(&cookie)], "").await;
    assert_eq!(cookie_only.code(), Code::NotSignedIn, "a cookie is no bearer");
    let value = cookie.strip_prefix("__Host-session=").unwrap();
    assert_eq!(world.bearer(value).await.code(), Code::NotSignedIn);
    assert_eq!(world.bearer("").await.code(), Code::NotSignedIn);

    world.app.clock.advance(15 * MINUTE);
    assert_eq!(world.bearer(&token).await.code(), Code::NotSignedIn, "15 minutes are over");
    let token = world.pod(&cookie).await;
    let form = world.page("/tickets", &cookie).await.form();
    world.form("/sign-out", &cookie, &[("form", &form)]).await;
    assert_eq!(world.bearer(&token).await.code(), Code::NotSignedIn, "it ends with its session");
}

#[tokio::test]
async fn sessions_end_when_idle_late_or_without_a_technician() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for _ in 0..3 {
        world.app.clock.advance(50 * MINUTE);
        assert_eq!(world.page("/tickets", &cookie).await.status, 200, "use keeps it alive");
    }
    // A pod that polls by itself does not; one that somebody works in does.
    world.app.clock.advance(50 * MINUTE);
    let token = world.pod(&cookie).await;
    world.ask("POST /api/whoami", &[&format!("authorization: Bearer {token}")], "").await;
    world.app.clock.advance(50 * MINUTE);
    let token = world.pod(&cookie).await;
    world.bearer(&token).await;
    world.app.clock.advance(11 * MINUTE);
    assert_eq!(world.bearer(&token).await.code(), Code::NotSignedIn);
    assert_eq!(world.page("/tickets", &cookie).await.status, 303, "idle for an hour");

    let cookie = world.sign_in().await;
    for _ in 0..14 {
        world.app.clock.advance(50 * MINUTE);
        world.page("/tickets", &cookie).await;
    }
    world.app.clock.advance(21 * MINUTE);
    assert_eq!(world.page("/tickets", &cookie).await.status, 303, "twelve hours are over");

    let cookie = world.sign_in().await;
    let token = world.pod(&cookie).await;
    world.app.store.seed("update accounts set is_on = false where id = $1", &[ACCOUNT.0]).await;
    assert_eq!(world.bearer(&token).await.code(), Code::AccountOff);
    world.app.store.seed("update accounts set is_on = true where id = $1", &[ACCOUNT.0]).await;
    assert_eq!(world.bearer(&token).await.status, 200);
    world.app.store.seed("update technicians set ended_at = 1 where id = $1", &[ANN.0]).await;
    assert_eq!(world.bearer(&token).await.code(), Code::NotSignedIn);
    assert_eq!(world.page("/tickets", &cookie).await.status, 303);
    assert_eq!(world.password(PASSWORD).await.status, 401);
}

#[tokio::test]
async fn guessing_is_stopped_without_locking_anyone_out() {
    let world = World::new().await;
    for _ in 0..10 {
        assert_eq!(world.password("wrong").await.status, 401);
    }
    let stopped = world.password(PASSWORD).await;
    assert_eq!((stopped.status, stopped.header("set-cookie")), (429, None));
    let ask = format!(
        r#"{{"email":"ann@msp.example","password":"{PASSWORD}","code":"{}"}}"#,
        world.code()
    );
    let stopped = world.json("/api/session", &[], &ask).await;
    assert!(stopped.header("retry-after").is_some());
    // Ann herself, at another address, gets in.
    let elsewhere = world.json("/api/session", &["x-forwarded-for: 198.51.100.7"], &ask).await;
    assert_eq!(elsewhere.status, 200, "{}", elsewhere.body);
    world.app.clock.advance(16 * MINUTE);
    assert_eq!(world.password(PASSWORD).await.status, 303, "and later here, too");
}

#[tokio::test]
async fn five_wrong_codes_end_the_half_session() {
    let world = World::new().await;
    let half = world.half().await;
    for _ in 0..5 {
        assert_eq!(world.second(&half, "000000").await.status, 401);
    }
    assert_eq!(world.page("/sign-in/code", &half).await.status, 303);
    let half = world.half().await;
    world.app.clock.advance(10 * MINUTE);
    assert_eq!(world.page("/sign-in/code", &half).await.status, 303, "ten minutes are over");
}

#[tokio::test]
async fn a_code_counts_once_however_many_bring_it_at_the_same_time() {
    let world = World::new().await;
    let (one, two) = (world.half().await, world.half().await);
    let code = world.code();
    // Who has won has no such form any more: all have theirs before the race.
    let form_one = world.page("/sign-in/code", &one).await.form();
    let form_two = world.page("/sign-in/code", &two).await.form();
    let answers = tokio::join!(
        world.second_on(&form_one, &one, &code),
        world.second_on(&form_two, &two, &code),
        world.second_on(&form_one, &one, &code),
        world.second_on(&form_two, &two, &code),
    );
    let all = [answers.0, answers.1, answers.2, answers.3];
    let winners = all.iter().filter(|answer| answer.header("location") == Some("/contacts"));
    assert_eq!(winners.count(), 1);
}
