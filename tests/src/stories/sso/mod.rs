//! Technicians sign in with their own company's issuer: who is linked and how, what a good answer leads to,
//! and what the switches change. What is refused is in `refused`.

mod refused;
mod visitor;

use server::sign_in::make_set_up_link;
use shared::Code;

use self::visitor::{CLIENT, TENANT, Visitor, ask, connected, led_to, linked, told};
pub(super) use self::visitor::{change, connect};
use crate::world::{COLLEAGUE, EMAIL, PASSWORD, World, until};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What the mail of this subject says, when it has come: which of several comes first is nobody's promise.
async fn mail_called(world: &World, subject: &str) -> String {
    let found = || world.outside.mails(EMAIL).into_iter().find(|mail| mail.subject == subject);
    until(subject, async || found().is_some()).await;
    found().unwrap().text
}

#[tokio::test]
async fn a_technician_links_themselves_and_signs_in_by_their_address() {
    let world = linked().await;
    let text = mail_called(&world, "Single sign-on was connected to you").await;
    assert!(!text.contains("http"), "{text}");
    let mut tess = Visitor::new(&world);
    // The domain leads there; nothing but the address goes along.
    let to = tess.begin("Tess@Brightline.example ", &[("next", "/contacts")]).await;
    let query: std::collections::HashMap<_, _> = to.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["scope"], "openid");
    assert_eq!(query["client_id"], CLIENT);
    assert_eq!(query["login_hint"], "Tess@Brightline.example");
    assert_eq!(query["code_challenge_method"], "S256");
    assert!(!query.contains_key("prompt") && !query.contains_key("max_age"));
    let back = tess.pick(&world, &to, EMAIL).await;
    let seen = tess.get(&back).await;
    assert_eq!((seen.status, seen.to.as_str()), (303, "/sign-in/code?next=%2Fcontacts"));
    assert!(!tess.is_in().await, "ours is still asked for");
    world.pass(30_000);
    tess.enter_code(&world).await;
    assert!(tess.is_in().await);
    let linked = told(&world, "sso-linked").await;
    assert_eq!((linked.len(), linked[0]["about"].as_str()), (1, Some("by themselves")));
    assert_eq!(told(&world, "sso-confirmed").await.len(), 1);
    world.end().await;
}

/// A link that people keep: whoever opens it, or is made to, is told where it leads, and nothing has begun.
#[tokio::test]
async fn a_kept_link_waits_for_a_click() {
    let world = linked().await;
    let view = world.app.sso.one(world.account).await.unwrap().unwrap();
    let path = format!("/sign-in/sso/{}", view.id);
    let mut kept = Visitor::new(&world);
    let seen = kept.get(&format!("{path}?next=/contacts&login_hint=tess%40x")).await;
    assert_eq!((seen.status, seen.to.as_str()), (200, ""));
    assert!(kept.cookies.is_empty(), "no trip has begun");
    for part in ["Sign in to Brightline IT", "With Microsoft", "value=\"/contacts\"", "tess@x"] {
        assert!(seen.body.contains(part), "{part}: {}", seen.body);
    }
    // Not even a form of another site begins one.
    let fields = [("next", "/contacts"), ("login_hint", "tess@x")];
    let seen = kept.post_from("https://elsewhere.example", &path, &fields).await;
    assert!(seen.status == 403 && kept.cookies.is_empty());
    let to = led_to(&kept.post(&path, &fields).await);
    assert!(to.query().unwrap().contains("login_hint=tess%40x"));
    let back = kept.pick(&world, &to, EMAIL).await;
    assert_eq!(kept.get(&back).await.to, "/sign-in/code?next=%2Fcontacts");
    let nobody = "/sign-in/sso/00000000-0000-7000-8000-000000000000";
    assert_eq!(kept.get(nobody).await.status, 404);
    assert_eq!(kept.post(nobody, &fields).await.status, 404);
    // Who is in already need not come in again.
    world.pass(30_000);
    kept.enter_code(&world).await;
    assert_eq!(kept.get(&format!("{path}?next=/contacts")).await.to, "/contacts");
    world.end().await;
}

/// An office behind one address comes in every morning; who comes back as nobody counts.
#[tokio::test]
async fn only_trips_that_end_badly_count() {
    let world = linked().await;
    for _ in 0..101 {
        let seen = Visitor::new(&world).through(&world, EMAIL).await;
        assert!(seen.to.starts_with("/sign-in/code"), "{}", seen.body);
    }
    for _ in 0..100 {
        Visitor::new(&world).begin(EMAIL, &[]).await;
    }
    let seen = Visitor::new(&world).post("/sign-in/sso", &[("email", EMAIL)]).await;
    assert_eq!(seen.status, 429);
    world.end().await;
}

#[tokio::test]
async fn an_address_is_nobodys_business() {
    let world = linked().await;
    let mut visitor = Visitor::new(&world);
    // Somebody's and nobody's address in a known domain look the same.
    let one = visitor.post("/sign-in/sso", &[("email", EMAIL)]).await;
    let two = visitor.post("/sign-in/sso", &[("email", "nobody@brightline.example")]).await;
    let plain = |text: &str| text.split("content=\"0;url=").next().unwrap().to_owned();
    assert_eq!((one.status, plain(&one.body)), (two.status, plain(&two.body)));
    for email in ["tess@elsewhere.example", "tess", "", "@", "x@y@\u{0}"] {
        let seen = visitor.post("/sign-in/sso", &[("email", email)]).await;
        assert_eq!(seen.status, 422, "{email}");
        assert!(seen.body.contains("No company has set up single sign-on for that domain"));
    }
    world.end().await;
}

#[tokio::test]
async fn an_invited_person_needs_no_password() {
    let world = connected().await;
    let new = server::store::NewTechnician {
        id: shared::TechnicianId(uuid::Uuid::from_u128(77)),
        name: "Ivy Irwin".into(),
        email: "ivy@brightline.example".into(),
        role: server::store::Role::Technician,
        may_reset: true,
        may_use_ui: true,
        must_use_mfa: true,
    };
    world.app.store.add_technician(world.account, world.now(), &new).await.unwrap();
    let link = make_set_up_link(&world.app, world.account, new.id).await.unwrap();
    let token = link.split('#').next_back().unwrap().to_owned();
    let mut ivy = Visitor::new(&world);
    let way = [("token", token.as_str()), ("password", ""), ("way", "sso")];
    let to = led_to(&ivy.post("/set-up", &way).await);
    let back = ivy.pick(&world, &to, "ivy@brightline.example").await;
    // Linked, and on to an authenticator: she has none yet.
    assert_eq!(ivy.get(&back).await.to, "/sign-in/code");
    assert!(ivy.get("/sign-in/code").await.body.contains("authenticator"));
    assert_eq!(told(&world, "sso-linked").await[0]["about"], "by a set-up link");
    // The link is used up, by whichever way it is tried.
    assert_eq!(ivy.post("/set-up", &way).await.status, 410);
    let again = [("token", token.as_str()), ("password", PASSWORD)];
    assert_eq!(ivy.post("/set-up", &again).await.status, 410);
    let people = world.app.sso.people(world.account).await.unwrap();
    assert_eq!((people.len(), people[0].has_password), (1, false));
    world.end().await;
}

#[tokio::test]
async fn a_trusted_second_factor_takes_the_place_of_ours() {
    let world = linked().await;
    change(&world, |ask| ask.trust_mfa = true).await;
    let mut tess = Visitor::new(&world);
    // No amr: ours is asked for.
    assert!(tess.through(&world, EMAIL).await.to.starts_with("/sign-in/code"));
    world.outside.oidc(|knobs| knobs.amr = vec!["pwd".into(), "mfa".into()]);
    // amr, and nobody knows when: the issuer is asked once more, so that it has to say. It does not.
    let mut tess = Visitor::new(&world);
    let seen = tess.through(&world, EMAIL).await;
    assert!(seen.to.contains("prompt=login&max_age=0"), "{}", seen.to);
    let back = tess.pick(&world, &seen.to.parse().unwrap(), EMAIL).await;
    assert!(tess.get(&back).await.to.starts_with("/sign-in/code"));
    world.outside.oidc(|knobs| knobs.sends_auth_time = true);
    let mut tess = Visitor::new(&world);
    assert_eq!(tess.through(&world, EMAIL).await.to, "/");
    assert!(tess.is_in().await);
    let last = told(&world, "signed-in").await.pop().unwrap();
    assert_eq!(last["about"], "single sign-on, with its second factor");
    // With auth_time, an hour ago is an hour ago: twelve hours later it does not count.
    world.outside.oidc(|knobs| {
        knobs.sends_auth_time = true;
        knobs.signed_in_ago_ms = 11 * HOUR;
    });
    let mut tess = Visitor::new(&world);
    let to = tess.begin(EMAIL, &[]).await;
    assert!(to.query().unwrap().contains("max_age=43200"));
    let back = tess.pick(&world, &to, EMAIL).await;
    assert_eq!(tess.get(&back).await.to, "/");
    assert_eq!(tess.get("/account/sso").await.status, 200);
    for _ in 0..3 {
        // Used now and then, so that it does not end by itself.
        world.pass(30 * MINUTE);
        tess.get("/tickets").await;
    }
    let seen = tess.get("/account/sso").await;
    // She has an authenticator, too; she may as well sign in again.
    assert!(seen.to.starts_with("/confirm?"), "{}", seen.to);
    let again = "/sign-in?next=%2Faccount%2Fsso&again=factor";
    assert!(tess.get(&seen.to).await.body.contains(&again.replace('&', "&#38;")));
    let seen = tess.get(again).await;
    assert_eq!(seen.status, 200);
    // The page knows her address, and the issuer is told to ask.
    let page = seen.body;
    assert!(page.contains("name=\"again\" value=\"factor\"") && page.contains(EMAIL));
    let to = tess.begin(EMAIL, &[("again", "factor"), ("next", "/account/sso")]).await;
    assert!(to.query().unwrap().contains("prompt=login&max_age=0"));
    let back = tess.pick(&world, &to, EMAIL).await;
    assert_eq!(tess.get(&back).await.to, "/account/sso");
    assert_eq!(tess.get("/account/sso").await.status, 200);
    world.end().await;
}

#[tokio::test]
async fn only_single_sign_on_leaves_admins_a_way_in() {
    let world = linked().await;
    change(&world, |ask| ask.only_sso = true).await;
    let mut cole = Visitor::new(&world);
    let seen = cole.post("/sign-in", &[("email", COLLEAGUE), ("password", PASSWORD)]).await;
    assert_eq!(seen.status, 403);
    assert!(seen.body.contains("single sign-on only"), "{}", seen.body);
    // A wrong password hears nothing of it.
    let seen = cole.post("/sign-in", &[("email", COLLEAGUE), ("password", "wrong")]).await;
    assert_eq!(seen.status, 401);
    // An admin with an authenticator comes in, also when the issuer is down.
    let mut tess = Visitor::new(&world);
    world.pass(30_000);
    tess.sign_in(&world, EMAIL).await;
    assert!(tess.is_in().await);
    // Switched off, passwords are taken again, and admins hear of it.
    let admin = world.session(EMAIL).await;
    assert!(world.app.sso.switch(&admin, false).await.is_ok());
    let seen = cole.post("/sign-in", &[("email", COLLEAGUE), ("password", PASSWORD)]).await;
    assert_eq!(seen.status, 303);
    let text = mail_called(&world, "Passwords are taken again").await;
    assert!(text.contains("open Settings, Sign-in"), "{text}");
    world.end().await;
}

#[tokio::test]
async fn another_issuer_or_application_means_other_people() {
    let world = linked().await;
    assert_eq!(world.app.sso.people(world.account).await.unwrap().len(), 1);
    change(&world, |ask| ask.label = "Entra".into()).await;
    assert_eq!(world.app.sso.people(world.account).await.unwrap().len(), 1);
    change(&world, |it| {
        it.client_id = "another".into();
        it.client_secret = ask(&world).client_secret;
    })
    .await;
    assert_eq!(world.app.sso.people(world.account).await.unwrap().len(), 0);
    mail_called(&world, "Single sign-on leads elsewhere").await;
    assert_eq!(told(&world, "integration-moved").await[0]["about"], "client id, client secret");
    // Who is no admin changes nothing, nor does an admin whose second factor is old.
    let mut stale = world.session(EMAIL).await;
    stale.second_factor_at = Some(world.now().plus(-13 * HOUR));
    for (who, code) in
        [(world.session(COLLEAGUE).await, Code::Forbidden), (stale, Code::SecondFactorNeeded)]
    {
        assert_eq!(world.app.sso.may_change(&who), Err(code));
        assert!(world.app.sso.save(&who, &ask(&world)).await.is_err());
        assert!(world.app.sso.delete(&who).await.is_err());
    }
    world.end().await;
}

#[tokio::test]
async fn a_link_is_taken_away_and_sign_ins_end_with_it() {
    let world = linked().await;
    let mut tess = Visitor::new(&world);
    tess.through(&world, EMAIL).await;
    world.pass(30_000);
    tess.enter_code(&world).await;
    let mut other = Visitor::new(&world);
    world.pass(30_000);
    other.sign_in(&world, EMAIL).await;
    let form = other.form_of("/account/sso").await;
    let seen = other.post("/account/sso/remove", &[("form", &form)]).await;
    assert_eq!(seen.to, "/account/sso?done=removed");
    assert!(other.is_in().await && !tess.is_in().await);
    assert_eq!(told(&world, "sso-unlinked").await.len(), 1);
    // A technician takes away nobody else's.
    let mut cole = Visitor::new(&world);
    cole.sign_in(&world, COLLEAGUE).await;
    let form = cole.form_of("/account/sso").await;
    let fields = [("form", form.as_str()), ("technician", "00000000-0000-7000-8000-000000000001")];
    assert_eq!(cole.post("/settings/sign-in/people/remove", &fields).await.status, 403);
    world.end().await;
}

#[tokio::test]
async fn a_trial_shows_what_comes_back_and_changes_nothing() {
    let world = connected().await;
    let mut tess = Visitor::new(&world);
    tess.sign_in(&world, EMAIL).await;
    let trial = async |tess: &mut Visitor| {
        let form = tess.form_of("/settings/sign-in").await;
        let seen = tess.post("/settings/sign-in/trial", &[("form", &form)]).await;
        let back = tess.pick(&world, &led_to(&seen), EMAIL).await;
        tess.get(&back).await.body
    };
    let page = trial(&mut tess).await;
    assert!(page.contains("The trial worked") && page.contains("nobody yet"), "{page}");
    world.outside.oidc(|knobs| knobs.misbehaves = Some(simulator::OidcFault::OtherAudience));
    let page = trial(&mut tess).await;
    assert!(page.contains("The trial did not work") && page.contains("id-token-audience"));
    assert!(tess.is_in().await, "the admin is still who they were");
    assert!(world.app.sso.people(world.account).await.unwrap().is_empty());
    let tested: Vec<String> =
        told(&world, "integration-tested").await.iter().map(|it| it["about"].to_string()).collect();
    assert_eq!(tested, ["\"trial sign-in: works\"", "\"trial sign-in: id-token-audience\""]);
    world.end().await;
}

#[tokio::test]
async fn a_secret_in_the_header_is_sent_there() {
    let world = linked().await;
    world.outside.oidc(|knobs| knobs.basic_only = true);
    // The description is known for an hour.
    world.pass(HOUR);
    let seen = Visitor::new(&world).through(&world, EMAIL).await;
    assert!(seen.to.starts_with("/sign-in/code"), "{}", seen.body);
    let asked = world.outside.requests();
    let last = asked.iter().rfind(|it| it.path.ends_with("/token")).unwrap();
    assert!(last.authorization == "Basic" && !last.body.contains("client_secret"));
    world.end().await;
}

#[tokio::test]
async fn another_accounts_domain_cannot_be_had() {
    let world = World::new().await;
    connect(&world).await;
    let other = world.stranger_account().await;
    let theirs = &EMAIL.replace("@brightline.example", "@other-msp.example");
    let admin = world.session(theirs).await;
    assert_eq!(admin.technician.account, other);
    let fields = async |domains: &str| {
        let it = server::sign_in::sso::SsoAsk { domains: domains.into(), ..ask(&world) };
        match world.app.sso.save(&admin, &it).await {
            Ok(()) => Vec::new(),
            Err(server::integration::NotDone::Fields(wrong)) => {
                wrong.into_iter().map(|it| it.field).collect()
            }
            Err(_) => panic!("another refusal"),
        }
    };
    assert_eq!(fields(TENANT).await, ["domains"], "none of theirs has an address there");
    assert_eq!(fields("other-msp.example").await, [""; 0]);
    world.end().await;
}
