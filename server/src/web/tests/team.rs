//! The team's pages, as admins use them, and as others try to.

use shared::{AccountId, Code, TechnicianId};
use uuid::Uuid;

use super::{ACCOUNT, ANN, Answer, MINUTE, PASSWORD, World};
use crate::sign_in::{Typed, set_up, totp::TotpSecret};
use crate::store::{NewTechnician, Role};

const BOB: TechnicianId = TechnicianId(Uuid::from_u128(3));
const STRANGER: TechnicianId = TechnicianId(Uuid::from_u128(4));

/// Somebody with a password and the same authenticator as Ann.
async fn add(world: &World, account: AccountId, id: TechnicianId, name: &str, role: Role) {
    let new = NewTechnician {
        id,
        name: name.into(),
        email: format!("{}@msp.example", name.to_lowercase()),
        role,
        may_reset: true,
        may_use_ui: true,
        must_use_mfa: true,
    };
    let (store, now) = (&world.app.store, world.app.clock.now());
    store.add_technician(account, now, &new).await.unwrap();
    let totp = TotpSecret::new(world.totp.expose().to_vec());
    let password = Typed::new(PASSWORD.into());
    set_up::set_sign_in(&world.app, account, id, &password, Some(&totp)).await.unwrap();
}

async fn signed_in(world: &World, email: &str) -> String {
    world.app.clock.advance(MINUTE);
    let fields = [("email", email), ("password", PASSWORD)];
    let half = world.form("/sign-in", "", &fields).await.cookie();
    let answer = world.second(&half, &world.code()).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.cookie()
}

fn at(id: TechnicianId, path: &str) -> String {
    format!("/settings/team/{id}{path}")
}

/// Saves Bob's page, with these boxes ticked.
async fn save(
    world: &World,
    cookie: &str,
    id: TechnicianId,
    role: &str,
    ticked: &[&str],
) -> Answer {
    let page = world.page(&at(id, ""), cookie).await;
    let (form, version) = (page.form(), page.hidden("version"));
    let mut fields =
        vec![("form", form.as_str()), ("version", &version), ("name", "Bob"), ("role", role)];
    fields.extend(ticked.iter().map(|name| (*name, "yes")));
    world.form(&at(id, ""), cookie, &fields).await
}

#[tokio::test]
async fn a_technician_and_a_stranger_get_nothing() {
    let world = World::new().await;
    add(&world, ACCOUNT, BOB, "Bob", Role::Technician).await;
    let other = AccountId(Uuid::from_u128(9));
    let account = "insert into accounts (id, name, created_at) values ($1, 'Other', 0)";
    world.app.store.seed(account, &[other.0]).await;
    add(&world, other, STRANGER, "Stranger", Role::Admin).await;

    let bob = signed_in(&world, "bob@msp.example").await;
    let own_form = world.page("/account", &bob).await.form();
    for path in ["/settings/team", "/settings/team/new", "/settings/team/abilities", &at(ANN, "")] {
        assert_eq!(world.page(path, &bob).await.status, 403, "{path}");
    }
    let acts = ["", "/link", "/link/withdraw", "/authenticator", "/sessions", "/remove"];
    for act in acts {
        let answer = world.form(&at(ANN, act), &bob, &[("form", &own_form)]).await;
        assert_eq!(answer.code(), Code::Forbidden, "{act}");
    }
    let fields = [("form", own_form.as_str()), ("on", "no")];
    let answer = world.form("/settings/team/second-factor", &bob, &fields).await;
    assert_eq!(answer.code(), Code::Forbidden);

    // Another account's people are not there, nor are ours to theirs.
    let ann = signed_in(&world, "ann@msp.example").await;
    let form = world.page("/settings/team", &ann).await.form();
    assert_eq!(world.page(&at(STRANGER, ""), &ann).await.status, 404);
    assert_eq!(world.page(&at(STRANGER, "/remove"), &ann).await.status, 404);
    for act in acts {
        let fields = [("form", form.as_str()), ("name", "X"), ("version", "")];
        let answer = world.form(&at(STRANGER, act), &ann, &fields).await;
        assert_eq!(answer.code(), Code::NotFound, "{act}");
    }
    // And no form of another session, or another site's, does anything.
    for act in acts {
        let answer = world.form(&at(BOB, act), &ann, &[("form", &own_form)]).await;
        assert_eq!(answer.code(), Code::OriginRefused, "{act}");
    }
    assert!(!world.acts().await.contains("person-"), "nothing was done");
}

#[tokio::test]
async fn a_change_holds_at_once_where_somebody_is_signed_in() {
    let world = World::new().await;
    add(&world, ACCOUNT, BOB, "Bob", Role::Admin).await;
    let bob = signed_in(&world, "bob@msp.example").await;
    let pod = world.pod(&bob).await;
    let ann = signed_in(&world, "ann@msp.example").await;
    assert_eq!(world.page("/settings/team", &bob).await.status, 200);
    let open = world.page(&at(ANN, ""), &bob).await;
    let done = save(&world, &ann, BOB, "technician", &["may_use_ui", "must_use_mfa"]).await;
    assert_eq!(done.header("location"), Some(at(BOB, "?done=changed").as_str()), "{}", done.body);
    // His page was open: with the next click he is no admin.
    let fields =
        [("form", open.form()), ("version", open.hidden("version")), ("name", "Ann".into())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(world.form(&at(ANN, ""), &bob, &fields).await.code(), Code::Forbidden);
    assert_eq!(world.page("/settings/team", &bob).await.status, 403);
    assert_eq!(world.page("/tickets", &bob).await.status, 200);
    let acts = world.acts().await;
    assert!(acts.contains("role: technician; may reset passwords: off"), "{acts}");

    let page = world.page(&at(BOB, "/remove"), &ann).await;
    assert!(page.body.contains("Remove Bob?"));
    let gone = world.form(&at(BOB, "/remove"), &ann, &[("form", &page.form())]).await;
    assert_eq!(gone.header("location"), Some("/settings/team?done=removed"));
    assert_eq!(world.page("/tickets", &bob).await.status, 303, "signed out");
    assert_eq!(world.bearer(&pod).await.code(), Code::NotSignedIn, "his pod too");
    let fields = [("email", "bob@msp.example"), ("password", PASSWORD)];
    assert_eq!(world.form("/sign-in", "", &fields).await.status, 401);
    assert_eq!(world.page(&at(BOB, ""), &ann).await.status, 404);
    let list = world.page("/settings/team", &ann).await;
    assert!(!list.body.contains(">Bob<") && list.body.contains("Left (1)"));
    let left = world.page("/settings/team?left=yes", &ann).await;
    assert!(left.body.contains("Bob") && left.body.contains("bob@msp.example"), "{}", left.body);
}

#[tokio::test]
async fn nobody_changes_their_own_role_and_an_admin_is_left() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let own = save(&world, &ann, ANN, "technician", &["may_use_ui", "must_use_mfa"]).await;
    assert!(
        own.status == 422 && own.body.contains("Nobody changes their own role."),
        "{}",
        own.body
    );
    let out = save(&world, &ann, ANN, "admin", &["must_use_mfa"]).await;
    assert!(
        out.status == 422 && out.body.contains("An admin works on these pages"),
        "{}",
        out.body
    );
    let form = world.page("/settings/team", &ann).await.form();
    for act in ["/remove", "/authenticator", "/sessions", "/link"] {
        let answer = world.form(&at(ANN, act), &ann, &[("form", &form)]).await;
        assert_eq!(answer.code(), Code::Forbidden, "{act}");
    }
    // A form that was made before somebody else's change says so.
    add(&world, ACCOUNT, BOB, "Bob", Role::Technician).await;
    let stale = world.page(&at(BOB, ""), &ann).await;
    save(&world, &ann, BOB, "technician", &["may_use_ui"]).await;
    let fields =
        [("form", stale.form()), ("version", stale.hidden("version")), ("name", "Bob".into())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let refused = world.form(&at(BOB, ""), &ann, &fields).await;
    assert_eq!(refused.status, 409);
    // Taken away, the second factor is proved anew by whoever has the password.
    world.form(&at(BOB, "/authenticator"), &ann, &[("form", &form)]).await;
    let fields = [("email", "bob@msp.example"), ("password", PASSWORD)];
    let half = world.form("/sign-in", "", &fields).await.cookie();
    assert!(world.page("/sign-in/code", &half).await.body.contains("Set up your authenticator"));
}

#[tokio::test]
async fn an_invitation_without_mail_is_shown_once_and_works_once() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let form = world.page("/settings/team/new", &ann).await;
    assert!(form.body.contains("name=\"may_reset\" value=\"yes\"><span>"), "off by default");
    let token = form.form();
    let send = async |name: &str, email: &str| {
        let fields =
            [("form", token.as_str()), ("name", name), ("email", email), ("must_use_mfa", "yes")];
        world.form("/settings/team/new", &ann, &fields).await
    };
    let wrong = send("", "not an address").await;
    assert!(
        wrong.status == 422 && wrong.body.contains("Nobody was invited yet."),
        "{}",
        wrong.body
    );
    assert_eq!(send("Ann", "ANN@msp.example").await.status, 422, "taken");
    let shown = send("Ivy <i>", "ivy@msp.example").await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(shown.body.contains("Ivy &#60;i&#62;") && !shown.body.contains("<i>"));
    let (_, rest) = shown.body.split_once("/set-up#").unwrap();
    let link = rest.split('<').next().unwrap().to_owned();
    let acts = world.acts().await;
    assert!(acts.contains("as technician, link shown to the admin") && !acts.contains(&link));
    let fields = [("token", link.as_str()), ("password", "a new and long password")];
    let done = world.form("/set-up", "", &fields).await;
    assert_eq!(done.header("location"), Some("/sign-in/code"), "{}", done.body);
    assert_eq!(world.form("/set-up", "", &fields).await.status, 410);
    let ivy = world.app.store.technician_by_email("ivy@msp.example").await.unwrap().unwrap();
    assert_eq!((ivy.role, ivy.may_reset, ivy.may_use_ui), (Role::Technician, false, false));
    // Eight days are too many.
    let shown = send("Lee", "lee@msp.example").await;
    let (_, rest) = shown.body.split_once("/set-up#").unwrap();
    let late = rest.split('<').next().unwrap().to_owned();
    world.app.clock.advance(7 * 24 * 60 * MINUTE);
    let fields = [("token", late.as_str()), ("password", "a new and long password")];
    assert_eq!(world.form("/set-up", "", &fields).await.status, 410);
}

#[tokio::test]
async fn a_pods_only_person_has_their_account_page_and_no_other() {
    let world = World::new().await;
    add(&world, ACCOUNT, BOB, "Bob", Role::Technician).await;
    let pods = "update technicians set may_use_ui = false where id = $1";
    world.app.store.seed(pods, &[BOB.0]).await;
    let bob = signed_in(&world, "bob@msp.example").await;
    let page = world.page("/account", &bob).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("href=\"/tickets\""), "no tabs that lead to a refusal");
    assert_eq!(world.page("/tickets", &bob).await.status, 403);
}

/// The links on the console are for a server where nobody can sign in yet, and for that one only.
#[tokio::test]
async fn the_console_has_a_link_while_nobody_has_a_password() {
    let world = World::new().await;
    assert!(crate::serve::first_links(&world.app).await.unwrap().is_empty());
    let store = &world.app.store;
    store.seed("update technicians set password_hash = null where id = $1", &[ANN.0]).await;
    assert_eq!(crate::serve::first_links(&world.app).await.unwrap().len(), 1);
    add(&world, ACCOUNT, BOB, "Bob", Role::Technician).await;
    assert!(
        crate::serve::first_links(&world.app).await.unwrap().is_empty(),
        "a technician's is one"
    );
}
