//! A person's own sign-in: recovery codes, another authenticator, another password, a forgotten one,
//! sessions; and what an attacker makes of each.

use shared::{Code, TechnicianId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, Answer, MINUTE, PASSWORD, World, cookie_line};
use crate::sign_in::totp::TotpSecret;

const OTHER: &str = "another long password";

/// The setup key that a page shows.
fn key_on(page: &Answer) -> TotpSecret {
    let (_, rest) = page.body.split_once("role=\"group\">").expect("a setup key");
    TotpSecret::from_base32(rest.split('<').next().unwrap()).unwrap()
}

/// The recovery codes that a page shows.
fn codes_on(page: &Answer) -> Vec<String> {
    let parts = page.body.split("<li><code>").skip(1);
    parts.map(|part| part.split('<').next().unwrap().to_owned()).collect()
}

impl World {
    /// Ten codes of Ann's, made anew by this session.
    async fn recovery_codes(&self, cookie: &str) -> Vec<String> {
        let form = self.page("/account", cookie).await.form();
        let page = self.form("/account/recovery-codes", cookie, &[("form", &form)]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        codes_on(&page)
    }

    async fn recover(&self, half: &str, code: &str) -> Answer {
        let form = self.page("/sign-in/recovery", half).await.form();
        let fields = [("form", form.as_str()), ("code", code), ("next", "/contacts")];
        self.form("/sign-in/recovery", half, &fields).await
    }

    /// Until what requests have left behind is done: the listener's task is the one that stays.
    async fn idle(&self) {
        while self.app.tasks.len() > 1 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_recovery_code_stands_in_once_and_leads_to_another_authenticator() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let codes = world.recovery_codes(&cookie).await;
    assert_eq!(codes.len(), 10);
    assert!(!world.page("/account", &cookie).await.body.contains(&codes[0]), "shown once");
    let half = world.half().await;
    let typed = codes[0].to_lowercase().replace('-', " ");
    let done = world.recover(&half, &typed).await;
    let way = "/account/authenticator?next=%2Fcontacts";
    assert_eq!((done.status, done.header("location")), (303, Some(way)), "{}", done.body);
    let cookie = done.cookie();
    assert!(world.page("/account", &cookie).await.body.contains("9 left."));
    let half = world.half().await;
    let again = world.recover(&half, &codes[0]).await;
    assert!(again.status == 401 && again.body.contains("none of your recovery codes"));

    // The lost one need not be proved now.
    let page = world.page(way, &cookie).await;
    assert!(page.body.contains("Is your authenticator lost?") && !page.body.contains("id=\"old\""));
    let new = key_on(&page);
    world.app.clock.advance(MINUTE);
    let code = new.code_at(world.app.clock.now()).to_string();
    let fields = [("form", page.form()), ("code", code), ("next", "/contacts".into())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let kept = world.form("/account/authenticator", &cookie, &fields).await;
    assert_eq!((kept.status, codes_on(&kept).len()), (200, 10), "{}", kept.body);
    // Old codes of both kinds are worth nothing.
    world.app.clock.advance(MINUTE);
    let half = world.half().await;
    assert_eq!(world.recover(&half, &codes[1]).await.status, 401);
    assert_eq!(world.second(&half, &world.code()).await.status, 401);
    let code = new.code_at(world.app.clock.now());
    assert_eq!(world.second(&half, &code).await.status, 303);
    let acts = world.acts().await;
    for act in ["recovery-codes-made", "recovery-code-used", "authenticator-replaced"] {
        assert!(acts.contains(act), "{act}");
    }
    assert!(!acts.contains(&codes[0]));
}

#[tokio::test]
async fn two_with_one_recovery_code_at_once_have_one_winner() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let codes = world.recovery_codes(&cookie).await;
    let (one, two) = (world.half().await, world.half().await);
    let answers = tokio::join!(world.recover(&one, &codes[0]), world.recover(&two, &codes[0]),);
    let all = [answers.0, answers.1];
    assert_eq!(all.iter().filter(|answer| answer.status == 303).count(), 1);
    assert!(world.page("/account", &cookie).await.body.contains("9 left."));
}

#[tokio::test]
async fn recovery_codes_are_counted_with_the_others() {
    let world = World::new().await;
    let half = world.half().await;
    for _ in 0..3 {
        assert_eq!(world.recover(&half, "AAAA-AAAA-AAAA").await.status, 401);
    }
    for _ in 0..2 {
        assert_eq!(world.second(&half, "000000").await.status, 401);
    }
    assert_eq!(world.page("/sign-in/recovery", &half).await.status, 303, "five, and it is over");
    let nobody = world.form("/sign-in/recovery", "", &[("form", ""), ("code", "x")]).await;
    assert_eq!(nobody.status, 303);
}

#[tokio::test]
async fn an_authenticator_is_replaced_by_a_fresh_code_only() {
    let world = World::new().await;
    let (here, there) = (world.sign_in().await, world.sign_in().await);
    let page = world.page("/account/authenticator", &here).await;
    let (form, new) = (page.form(), key_on(&page));
    let send = async |old: &str, code: &str| {
        let fields = [("form", form.as_str()), ("old", old), ("code", code)];
        world.form("/account/authenticator", &here, &fields).await
    };
    let fresh = || new.code_at(world.app.clock.now()).to_string();
    // The code that somebody has signed in with, and none at all.
    for old in [world.code().as_str(), "", "000000", "AAAA-AAAA-AAAA"] {
        let refused = send(old, &fresh()).await;
        assert!(
            refused.status == 422 && refused.body.contains("neither a code"),
            "{}",
            refused.body
        );
    }
    // A phone whose clock is five minutes off is told so.
    let late = new.code_at(world.app.clock.now().plus(-4 * MINUTE));
    let told = send("x", &late).await;
    assert!(told.body.contains("clock is off: about 4 minutes behind"), "{}", told.body);
    world.app.clock.advance(MINUTE);
    let kept = send(&world.code(), &fresh()).await;
    assert_eq!(codes_on(&kept).len(), 10, "{}", kept.body);
    assert_eq!(world.page("/tickets", &here).await.status, 200);
    assert_eq!(world.page("/tickets", &there).await.status, 303, "the other session has ended");
    assert_ne!(key_on(&world.page("/account/authenticator", &here).await).expose(), new.expose());
}

#[tokio::test]
async fn another_password_needs_the_old_one_and_ends_the_other_sessions() {
    let world = World::new().await;
    let (here, there) = (world.sign_in().await, world.sign_in().await);
    let form = world.page("/account", &here).await.form();
    let send = async |form: &str, old: &str, new: &str| {
        let fields = [("form", form), ("old", old), ("new", new)];
        world.form("/account/password", &here, &fields).await
    };
    assert_eq!(send("wrong", PASSWORD, OTHER).await.code(), Code::OriginRefused);
    let short = send(&form, PASSWORD, "short").await;
    assert!(short.status == 400 && short.body.contains("at least 12 characters"));
    let wrong = send(&form, "wrong password", OTHER).await;
    assert!(wrong.status == 401 && wrong.body.contains("The old password is wrong."));
    assert!(!wrong.body.contains(OTHER), "what was typed does not come back");
    let done = send(&form, PASSWORD, OTHER).await;
    assert_eq!(done.header("location"), Some("/account?done=password"), "{}", done.body);
    assert_eq!(world.page("/tickets", &here).await.status, 200);
    assert_eq!(world.page("/tickets", &there).await.status, 303);
    assert_eq!(world.password(PASSWORD).await.status, 401);
    assert_eq!(world.password(OTHER).await.status, 303);
    let form = world.page("/account", &here).await.form();
    for _ in 0..10 {
        send(&form, "guess after guess", OTHER).await;
    }
    assert_eq!(send(&form, OTHER, PASSWORD).await.status, 429, "guesses are counted");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner() {
    let world = World::new().await;
    let (here, there) = (world.sign_in().await, world.sign_in().await);
    let edge = "user-agent: Mozilla/5.0 (Windows NT 10.0) Chrome/144.0 Safari/537.36 Edg/144.0";
    let seen = [edge, "x-forwarded-for: 203.0.113.9", &cookie_line(&there)];
    assert_eq!(world.ask("GET /contacts", &seen, "").await.status, 200);
    let page = world.page("/account", &here).await;
    for words in ["Edge on Windows", "203.0.113.x", "This one", "Sign out everywhere else"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Edg/144") && !page.body.contains("203.0.113.9"));
    let (form, handle) = (page.form(), page.hidden("session"));
    let token = there.split('=').nth(1).unwrap();
    assert!(!page.body.contains(token));
    let pod = world.pod(&there).await;
    let fields = [("form", "x"), ("session", handle.as_str())];
    let refused = world.form("/account/sessions", &here, &fields).await;
    assert_eq!(refused.code(), Code::OriginRefused);
    for _ in 0..2 {
        let fields = [("form", form.as_str()), ("session", handle.as_str())];
        let done = world.form("/account/sessions", &here, &fields).await;
        assert_eq!(done.header("location"), Some("/account?done=ended"));
    }
    assert_eq!(world.page("/tickets", &there).await.status, 303);
    assert_eq!(world.bearer(&pod).await.code(), Code::NotSignedIn, "its pod ends with it");
    let third = world.sign_in().await;
    world.form("/account/sessions", &here, &[("form", &form)]).await;
    assert_eq!(world.page("/tickets", &third).await.status, 303);
    assert_eq!(world.page("/tickets", &here).await.status, 200);
}

#[tokio::test]
async fn who_is_asked_for_a_second_factor_later_finishes_at_once() {
    let world = World::new().await;
    let store = &world.app.store;
    store.seed("delete from secrets where row = $1", &[ANN.0]).await;
    store.seed("update accounts set must_use_mfa = false where id = $1", &[ACCOUNT.0]).await;
    store.seed("update technicians set must_use_mfa = false where id = $1", &[ANN.0]).await;
    let answer = world.password(PASSWORD).await;
    let weak = answer.cookie();
    assert_eq!(answer.header("location"), Some("/contacts"), "nobody asks for one");
    let page = world.page("/account", &weak).await;
    assert!(page.body.contains("href=\"/sign-in/code?next=%2Faccount\""), "{}", page.body);
    // Now the account asks.
    store.seed("update accounts set must_use_mfa = true where id = $1", &[ACCOUNT.0]).await;
    let led = world.page("/contacts", &weak).await;
    assert_eq!(led.header("location"), Some("/sign-in?next=%2Fcontacts"));
    let led = world.page("/sign-in?next=%2Fcontacts", &weak).await;
    assert_eq!(led.header("location"), Some("/sign-in/code?next=%2Fcontacts"), "no circle");
    let page = world.page("/sign-in/code?next=%2Fcontacts", &weak).await;
    assert!(page.body.contains("<svg class=\"qr\""), "{}", page.body);
    let secret = key_on(&page);
    world.app.clock.advance(MINUTE);
    let code = secret.code_at(world.app.clock.now());
    let fields = [("form", page.form()), ("code", code.to_string()), ("next", "/contacts".into())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let kept = world.form("/sign-in/authenticator", &weak, &fields).await;
    assert_eq!((kept.status, codes_on(&kept).len()), (200, 10), "{}", kept.body);
    assert!(kept.body.contains("href=\"/contacts\""));
    assert_eq!(world.page("/contacts", &weak).await.status, 303, "the weak one has ended");
    assert_eq!(world.page("/contacts", &kept.cookie()).await.status, 200);
    let again = world.form("/sign-in/authenticator", &weak, &fields).await;
    assert!(again.status == 303 && !again.body.contains("<code>"), "shown once");
}

/// Whatever is asked for, the answer is the same; and nobody's mailbox is flooded.
#[tokio::test]
async fn a_forgotten_password_tells_nobody_who_is_here() {
    let world = World::new().await;
    let store = &world.app.store;
    let smtp = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    store.seed(smtp, &[Uuid::from_u128(50), ACCOUNT.0]).await;
    let invited = TechnicianId(Uuid::from_u128(51));
    let new = crate::store::NewTechnician {
        id: invited,
        name: "Ivy".into(),
        email: "ivy@msp.example".into(),
        role: crate::store::Role::Technician,
        may_reset: false,
        may_use_ui: true,
        must_use_mfa: true,
    };
    store.add_technician(ACCOUNT, world.app.clock.now(), &new).await.unwrap();
    let ask = async |email: &str| {
        let answer = world.form("/forgot", "", &[("email", email)]).await;
        let same = |line: &&str| !line.starts_with("x-request-id") && !line.starts_with("date");
        let head: Vec<String> = answer.head.lines().filter(same).map(str::to_owned).collect();
        (head, answer.body)
    };
    let told = ask("ann@msp.example").await;
    assert_eq!(told.0[0], "HTTP/1.1 303 See Other");
    for email in ["nobody@msp.example", "ivy@msp.example", "", "\0", " ANN@msp.example "] {
        assert_eq!(ask(email).await, told, "{email}");
    }
    for _ in 0..3 {
        assert_eq!(ask("ann@msp.example").await, told);
    }
    world.idle().await;
    let acts = world.acts().await;
    assert_eq!(acts.matches("password-forgotten").count(), 3, "three in an hour, silently");
    let mails = store.due_mails(world.app.clock.now()).await.unwrap();
    assert_eq!(mails.len(), 1, "the newest link's only");
    // One address that asks for everybody is told so; Ann at hers is not locked out of anything.
    for _ in 0..20 {
        ask("someone@msp.example").await;
    }
    let stopped = world.form("/forgot", "", &[("email", "ann@msp.example")]).await;
    assert_eq!(stopped.status, 429);
    assert_eq!(world.password(PASSWORD).await.status, 303);
    world.idle().await;
}

#[tokio::test]
async fn without_a_mail_server_the_answer_is_the_same() {
    let world = World::new().await;
    let answer = world.form("/forgot", "", &[("email", "ann@msp.example")]).await;
    assert_eq!(answer.header("location"), Some("/forgot?done=sent"));
    assert!(world.page("/forgot?done=sent", "").await.body.contains("ask an admin of yours"));
    world.idle().await;
    assert!(!world.acts().await.contains("password-forgotten"));
    let cookie = world.sign_in().await;
    let team = world.page("/settings/team", &cookie).await;
    assert!(team.body.contains("No mail can be sent."), "{}", team.body);
}
