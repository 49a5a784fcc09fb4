//! What lets nobody in, each with its reason on a plain page and in the audit.

use simulator::{Company, DescriptionFault, Fault, OidcFault, OidcSignature};

use super::visitor::{Seen, TENANT, Visitor, ask, change, connected, linked, told};
use super::{HOUR, MINUTE};
use crate::world::{COLLEAGUE, EMAIL, World};

/// A plain page with the reason, and the reason in the audit; nobody is signed in.
async fn refused(world: &World, visitor: &mut Visitor, seen: &Seen, reason: &str) {
    assert_eq!(seen.status, if reason == "issuer-unavailable" { 503 } else { 403 }, "{reason}");
    assert!(seen.body.contains(&format!("<code>{reason}</code>")), "{reason}: {}", seen.body);
    assert!(seen.body.contains("Not signed in") && seen.body.contains("/sign-in"), "{reason}");
    let last = told(world, "sign-in-refused").await.pop().unwrap();
    assert_eq!(last["about"], format!("single sign-on: {reason}"));
    assert!(!visitor.cookies.contains_key("__Host-session"), "{reason}");
    assert!(!visitor.is_in().await, "{reason}");
}

#[tokio::test]
async fn each_bad_answer_is_refused_with_its_reason() {
    let world = linked().await;
    for (fault, reason) in [
        (OidcFault::OtherState, "state-wrong"),
        (OidcFault::OtherIssParameter, "issuer-mixed-up"),
        (OidcFault::AccessDenied, "access-denied"),
        (OidcFault::ServerError, "issuer-refused"),
        (OidcFault::OtherNonce, "id-token-nonce"),
        (OidcFault::NoNonce, "id-token-nonce"),
        (OidcFault::OtherAudience, "id-token-audience"),
        (OidcFault::TwoAudiences, "id-token-audience"),
        (OidcFault::OtherParty, "id-token-audience"),
        (OidcFault::OtherIssuer, "id-token-issuer"),
        (OidcFault::Expired, "id-token-expired"),
        (OidcFault::Early, "id-token-early"),
        (OidcFault::AlgNone, "id-token-algorithm"),
        (OidcFault::HmacWithPublicKey, "id-token-algorithm"),
        (OidcFault::UnknownKey, "id-token-key"),
        (OidcFault::BrokenSignature, "id-token-signature"),
        (OidcFault::NoIdToken, "id-token-malformed"),
    ] {
        world.outside.oidc(|knobs| knobs.misbehaves = Some(fault));
        let mut visitor = Visitor::new(&world);
        let seen = visitor.through(&world, EMAIL).await;
        refused(&world, &mut visitor, &seen, reason).await;
        // The counter of one network is not what is tested here.
        world.pass(MINUTE);
    }
    // Nothing was wrong but that.
    assert!(Visitor::new(&world).through(&world, EMAIL).await.to.starts_with("/sign-in/code"));
    world.end().await;
}

/// Each algorithm that is taken, and nothing that only looks like it.
#[tokio::test]
async fn a_signature_counts_by_each_algorithm_that_is_taken() {
    let world = linked().await;
    let algorithms = [OidcSignature::Rs256, OidcSignature::Ps256, OidcSignature::Es256];
    for signs_with in algorithms {
        // Keys are known for an hour.
        world.pass(HOUR);
        world.outside.oidc(|knobs| knobs.signs_with = signs_with);
        let seen = Visitor::new(&world).through(&world, EMAIL).await;
        assert!(seen.to.starts_with("/sign-in/code"), "{signs_with:?}: {}", seen.body);
        for (fault, reason) in [
            (OidcFault::BrokenSignature, "id-token-signature"),
            (OidcFault::HmacWithPublicKey, "id-token-algorithm"),
            (OidcFault::AlgNone, "id-token-algorithm"),
            (OidcFault::UnknownKey, "id-token-key"),
        ] {
            world.outside.oidc(|knobs| knobs.misbehaves = Some(fault));
            let mut visitor = Visitor::new(&world);
            let seen = visitor.through(&world, EMAIL).await;
            refused(&world, &mut visitor, &seen, reason).await;
            world.pass(MINUTE);
        }
    }
    world.end().await;
}

#[tokio::test]
async fn an_issuer_in_trouble_is_said_so_and_a_password_still_works() {
    let world = linked().await;
    // Keys and description are known for an hour.
    world.pass(HOUR);
    let down = Fault::Status { status: 503, retry_after: None };
    world.outside.fault(Company::Entra, Some("discovery/v2.0/keys"), down.clone());
    let mut tess = Visitor::new(&world);
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "issuer-unavailable").await;
    world.outside.fault(Company::Entra, Some("/token"), down.clone());
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "issuer-unavailable").await;
    world.outside.fault(Company::Entra, Some("/token"), Fault::HalfReply);
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "issuer-unavailable").await;
    // Slower than anybody's patience (2 s in stories).
    world.outside.fault(Company::Entra, Some("/token"), Fault::Slow { ms: 2_500 });
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "issuer-unavailable").await;
    // Not even its description: said before anybody leaves.
    world.pass(HOUR);
    world.outside.fault(Company::Entra, Some("openid-configuration"), down);
    let seen = tess.post("/sign-in/sso", &[("email", EMAIL)]).await;
    assert_eq!(seen.status, 503);
    assert!(seen.body.contains("does not answer") && seen.body.contains("password here"));
    tess.sign_in(&world, EMAIL).await;
    assert!(tess.is_in().await);
    world.end().await;
}

#[tokio::test]
async fn a_description_that_leads_elsewhere_is_not_followed() {
    let world = linked().await;
    for (fault, reason) in [
        (DescriptionFault::OtherIssuer, "discovery-issuer"),
        (DescriptionFault::KeysElsewhere, "discovery-endpoint"),
        (DescriptionFault::TokenElsewhere, "discovery-endpoint"),
    ] {
        world.pass(HOUR);
        world.outside.oidc(|knobs| knobs.description = Some(fault));
        let seen = Visitor::new(&world).post("/sign-in/sso", &[("email", EMAIL)]).await;
        assert_eq!(seen.status, 403);
        assert!(seen.body.contains(reason) && !seen.body.contains("evil.example"), "{reason}");
    }
    world.end().await;
}

#[tokio::test]
async fn new_keys_are_fetched_once_a_minute_at_most() {
    let world = linked().await;
    let fetched = || {
        let all = world.outside.requests();
        all.iter().filter(|it| it.path.ends_with("/discovery/v2.0/keys")).count()
    };
    assert_eq!(fetched(), 1);
    world.outside.rotate_oidc_keys();
    let mut tess = Visitor::new(&world);
    // They were read this very minute: tokens name keys as they like.
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "id-token-key").await;
    assert_eq!(fetched(), 1);
    world.pass(MINUTE);
    assert!(tess.through(&world, EMAIL).await.to.starts_with("/sign-in/code"));
    assert_eq!(fetched(), 2);
    world.end().await;
}

#[tokio::test]
async fn an_answer_belongs_to_the_browser_that_asked() {
    let world = linked().await;
    let mut tess = Visitor::new(&world);
    let to = tess.begin(EMAIL, &[]).await;
    let back = tess.pick(&world, &to, EMAIL).await;
    // Login CSRF: somebody else's answer, in a browser that asked for none.
    let mut victim = tess.stranger();
    let seen = victim.get(&back).await;
    assert!(seen.status == 403 && seen.body.contains("trip-over"));
    assert!(!victim.cookies.contains_key("__Host-session"));
    // And in one that asked for its own: that one's trip is over with it.
    victim.begin(EMAIL, &[]).await;
    let seen = victim.get(&back).await;
    refused(&world, &mut victim, &seen, "state-wrong").await;
    assert!(victim.get(&back).await.body.contains("trip-over"));
    // The browser that asked still gets in, once.
    let cookie = tess.cookies.clone();
    assert!(tess.get(&back).await.to.starts_with("/sign-in/code"));
    assert!(!tess.cookies.contains_key("__Host-sso"), "the cookie is gone");
    let mut replay = tess.stranger();
    replay.cookies = cookie;
    let seen = replay.get(&back).await;
    assert!(seen.status == 403 && seen.body.contains("trip-over"));
    // A code of another trip does not go with this one's verifier.
    let mut tess = Visitor::new(&world);
    let other = tess.stranger().begin(EMAIL, &[]).await;
    let stolen = tess.pick(&world, &other, EMAIL).await;
    let code = |url: &str| -> String {
        let url: url::Url = url.parse().unwrap();
        url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let to = tess.begin(EMAIL, &[]).await;
    let own = tess.pick(&world, &to, EMAIL).await;
    let seen = tess.get(&own.replace(&code(&own), &code(&stolen))).await;
    refused(&world, &mut tess, &seen, "code-refused").await;
    // Ten minutes, and no longer.
    let mut late = Visitor::new(&world);
    let to = late.begin(EMAIL, &[]).await;
    let back = late.pick(&world, &to, EMAIL).await;
    world.pass(10 * MINUTE);
    assert!(late.get(&back).await.body.contains("trip-over"));
    // Without anything at all.
    for path in ["", "?code=x", "?error=access_denied", "?state=x&code=y", "?iss=x"] {
        let seen = late.stranger().get(&format!("/sign-in/sso/callback{path}")).await;
        assert!(seen.status == 403 && seen.body.contains("trip-over"), "{path}");
    }
    world.end().await;
}

#[tokio::test]
async fn an_issuer_that_names_itself_must_always_do_so() {
    let world = linked().await;
    world.outside.oidc(|knobs| knobs.names_issuer = true);
    world.pass(HOUR);
    let mut tess = Visitor::new(&world);
    assert!(tess.through(&world, EMAIL).await.to.starts_with("/sign-in/code"));
    let mut tess = Visitor::new(&world);
    let to = tess.begin(EMAIL, &[]).await;
    let back = tess.pick(&world, &to, EMAIL).await;
    let (without, _) = back.split_once("&iss=").unwrap();
    let seen = tess.get(without).await;
    refused(&world, &mut tess, &seen, "issuer-mixed-up").await;
    world.end().await;
}

#[tokio::test]
async fn the_way_on_never_leads_away() {
    let world = linked().await;
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "/a\tb"] {
        let mut tess = Visitor::new(&world);
        let to = tess.begin(EMAIL, &[("next", next)]).await;
        let back = tess.pick(&world, &to, EMAIL).await;
        assert_eq!(tess.get(&back).await.to, "/sign-in/code", "{next}");
    }
    world.end().await;
}

#[tokio::test]
async fn who_is_not_linked_is_told_what_to_do() {
    let world = linked().await;
    let mut cole = Visitor::new(&world);
    // The same address at the issuer as here: that links nobody.
    let seen = cole.through(&world, COLLEAGUE).await;
    refused(&world, &mut cole, &seen, "subject-unlinked").await;
    assert!(seen.body.contains("connect single sign-on on your own page"), "{}", seen.body);
    // Nobody is two people here, and nobody at the issuer is.
    world.pass(30_000);
    cole.sign_in(&world, COLLEAGUE).await;
    let seen = cole.connect(&world, EMAIL).await;
    assert!(seen.status == 403 && seen.body.contains("subject-taken"), "{}", seen.body);
    // Another session than the one that asked does not link.
    let form = cole.form_of("/account/sso").await;
    let seen = cole.post("/account/sso", &[("form", &form)]).await;
    let back = cole.pick(&world, &super::led_to(&seen), COLLEAGUE).await;
    world.pass(30_000);
    let mut tess = cole.stranger();
    tess.sign_in(&world, EMAIL).await;
    cole.cookies.insert("__Host-session".into(), tess.cookies["__Host-session"].clone());
    let seen = cole.get(&back).await;
    assert!(seen.status == 403 && seen.body.contains("proof-over"), "{}", seen.body);
    assert_eq!(world.app.sso.people(world.account).await.unwrap().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_link_counts_in_its_own_account() {
    let world = linked().await;
    world.stranger_account().await;
    let theirs = &EMAIL.replace("@brightline.example", "@other-msp.example");
    let admin = world.session(theirs).await;
    let it = server::sign_in::sso::SsoAsk { domains: "other-msp.example".into(), ..ask(&world) };
    assert!(world.app.sso.save(&admin, &it).await.is_ok());
    let mut visitor = Visitor::new(&world);
    let to = visitor.begin(theirs, &[]).await;
    let back = visitor.pick(&world, &to, EMAIL).await;
    let seen = visitor.get(&back).await;
    assert!(seen.status == 403 && seen.body.contains("subject-unlinked"));
    world.end().await;
}

#[tokio::test]
async fn who_has_left_and_what_is_off_lets_nobody_in() {
    let world = linked().await;
    let mut tess = Visitor::new(&world);
    // The connection is changed while somebody is away.
    let to = tess.begin(EMAIL, &[]).await;
    let back = tess.pick(&world, &to, EMAIL).await;
    change(&world, |ask| ask.label = "Entra".into()).await;
    let seen = tess.get(&back).await;
    refused(&world, &mut tess, &seen, "connection-changed").await;
    let account = &[world.account.0];
    world.app.store.seed("update accounts set is_on = false where id = $1", account).await;
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "account-off").await;
    world.app.store.seed("update accounts set is_on = true where id = $1", account).await;
    let left = "update technicians set ended_at = 1 where account = $1 and name = 'Tess Tanner'";
    world.app.store.seed(left, account).await;
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "subject-unlinked").await;
    let off = "update integrations set is_on = false where account = $1 and kind = 'oidc'";
    world.app.store.seed(off, account).await;
    assert_eq!(tess.post("/sign-in/sso", &[("email", EMAIL)]).await.status, 422);
    world.end().await;
}

#[tokio::test]
async fn a_wrong_secret_or_redirect_is_said_to_the_admin() {
    let world = connected().await;
    let session = world.session(EMAIL).await;
    assert!(world.app.sso.test(&session).await.is_ok_and(|found| found.is_ok()));
    world.outside.edit_tenant(TENANT, |tenant| tenant.app.secret = "another".into());
    let mut tess = Visitor::new(&world);
    let seen = tess.through(&world, EMAIL).await;
    refused(&world, &mut tess, &seen, "client-refused").await;
    world.end().await;
}
