//! Single sign-on in a browser: an admin connects the issuer step by step, people link themselves and sign in,
//! and whoever is not linked is told what to do.

use server::sign_in::make_set_up_link;
use server::store::{NewTechnician, Role};
use shared::TechnicianId;

use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::{COLLEAGUE, EMAIL, World};

const TENANT: &str = "brightline.example";
const CLIENT: &str = "a1b2c3d4-0007-4000-8000-000000000007";
const SECRET: &str = "brightline~simulated-secret-value";
const IVY: &str = "ivy@brightline.example";

/// Fills a field by its id: the secret's is a password's, which has no role.
async fn set(page: &Page, id: &str, value: &str) {
    let script = format!("document.getElementById('{id}').value = {value:?}; return true");
    assert_eq!(page.script(&script).await, true, "{id}");
}

/// At the issuer: picks somebody by their address.
async fn pick(page: &Page, email: &str) {
    page.find("heading", "Pick an account").await;
    let name = match email {
        EMAIL => "Tess Tanner",
        COLLEAGUE => "Cole Carter",
        _ => "Ivy Irwin",
    };
    page.click("button", name).await;
}

#[tokio::test]
async fn an_admin_connects_the_issuer_step_by_step() {
    let world = World::in_real_time().await;
    world.outside.add_redirect_uri(TENANT, &world.app.sso.redirect_uri());
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.click("link", "Sign-in").await;
    page.find("heading", "Connect your issuer").await;
    page.sees("/sign-in/sso/callback").await;
    in_every_light(&page, "80-sso-new").await;
    // Everybody's issuer is nobody's: said at the field, and what was typed stays.
    page.fill("textbox", "Issuer", "https://login.microsoftonline.com/common/v2.0").await;
    page.click("button", "Save").await;
    page.sees("Nothing was saved yet.").await;
    page.sees("That one is everybody’s").await;
    in_every_light(&page, "81-sso-wrong").await;
    page.fill("textbox", "Issuer", &world.outside.oidc_issuer(TENANT).unwrap()).await;
    page.fill("textbox", "Application (client) ID", CLIENT).await;
    page.fill("textbox", "Email domains", TENANT).await;
    set(&page, "new-client_secret", SECRET).await;
    page.click("button", "Save").await;
    page.sees("Saved. Test the connection next").await;
    page.click("button", "Test connection").await;
    page.sees("It publishes one key").await;
    in_every_light(&page, "82-sso-tested").await;
    assert!(!page.text().await.contains(SECRET), "a stored secret is never shown");

    world.outside.oidc(|knobs| knobs.amr = vec!["pwd".into(), "mfa".into()]);
    page.click("button", "Trial sign-in").await;
    pick(&page, EMAIL).await;
    page.sees("The trial worked").await;
    page.sees("pwd, mfa").await;
    in_every_light(&page, "83-sso-trial").await;
    world.outside.oidc(|knobs| knobs.misbehaves = Some(simulator::OidcFault::OtherAudience));
    page.click("link", "Back to the settings").await;
    page.click("button", "Trial sign-in").await;
    pick(&page, EMAIL).await;
    page.sees("The trial did not work").await;
    in_every_light(&page, "84-sso-trial-failed").await;

    // The admin connects themselves, too, and is on the list.
    page.click("link", "Back to the settings").await;
    page.click("link", "Single sign-on").await;
    page.find("button", "Connect single sign-on").await;
    in_every_light(&page, "85-account-sso").await;
    page.click("button", "Connect single sign-on").await;
    pick(&page, EMAIL).await;
    page.sees("Connected. From now on").await;
    in_every_light(&page, "86-account-sso-linked").await;
    page.click("link", "Settings").await;
    page.click("link", "Sign-in").await;
    page.find("button", "Remove the link of Tess Tanner").await;
    in_every_light(&page, "87-sso-people").await;
    page.click("button", "Switch off").await;
    page.sees("Everybody signs in with their password.").await;
    page.click("button", "Switch on").await;
    page.sees("Switched on.").await;
    page.click("link", "Delete…").await;
    page.find("heading", "Delete single sign-on with Microsoft?").await;
    in_every_light(&page, "88-sso-delete").await;
    page.click("button", "Delete").await;
    page.find("heading", "Connect your issuer").await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn an_invited_person_links_and_comes_back_by_their_address() {
    let world = World::in_real_time().await;
    super::sso::connect(&world).await;
    world.outside.oidc(|knobs| knobs.asks_password = true);
    let ivy = NewTechnician {
        id: TechnicianId(uuid::Uuid::from_u128(77)),
        name: "Ivy Irwin".into(),
        email: IVY.into(),
        role: Role::Technician,
        may_reset: true,
        may_use_ui: true,
        must_use_mfa: true,
    };
    world.app.store.add_technician(world.account, world.now(), &ivy).await.unwrap();
    let link = make_set_up_link(&world.app, world.account, ivy.id).await.unwrap();
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    page.go(&link).await;
    page.find("heading", "Set up your sign-in").await;
    page.find("button", "Use single sign-on instead").await;
    in_every_light(&page, "90-set-up").await;
    page.click("button", "Use single sign-on instead").await;
    page.find("heading", "Pick an account").await;
    let password = world.outside.directory_user(IVY).unwrap().password;
    let typed = format!("document.querySelector('[name=password]').value = {password:?}");
    page.script(&typed).await;
    pick(&page, IVY).await;
    // Linked; ours comes next, and she has none yet.
    page.find("heading", "Set up your authenticator").await;
    // The issuer's own second factor counts from now on.
    super::sso::change(&world, |ask| ask.trust_mfa = true).await;
    world.outside.oidc(|knobs| {
        knobs.asks_password = false;
        knobs.amr = vec!["mfa".into()];
        knobs.sends_auth_time = true;
    });
    page.go(&world.app.settings.server.origin).await;
    page.find("heading", "Use single sign-on").await;
    in_every_light(&page, "91-sign-in-sso").await;
    page.fill("textbox", "Work email", IVY).await;
    page.click("button", "Continue with single sign-on").await;
    pick(&page, IVY).await;
    page.find("heading", "Tickets").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn a_stranger_to_us_is_told_what_to_do() {
    let world = World::in_real_time().await;
    super::sso::connect(&world).await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    page.go(&world.app.settings.server.origin).await;
    page.fill("textbox", "Work email", "cole@elsewhere.example").await;
    page.click("button", "Continue with single sign-on").await;
    page.sees("No company has set up single sign-on for that domain").await;
    in_every_light(&page, "92-sso-unknown-domain").await;
    page.fill("textbox", "Work email", COLLEAGUE).await;
    page.click("button", "Continue with single sign-on").await;
    pick(&page, COLLEAGUE).await;
    page.sees("nobody here is linked to that account yet").await;
    in_every_light(&page, "93-sso-refused").await;
    page.click("link", "Back to the sign-in page").await;
    // The link for bookmarks says where it leads, and goes there with one click.
    let view = world.app.sso.one(world.account).await.unwrap().unwrap();
    let origin = &world.app.settings.server.origin;
    page.go(&format!("{origin}/sign-in/sso/{}?next=/contacts", view.id)).await;
    page.find("heading", "Sign in to Brightline IT").await;
    in_every_light(&page, "94-sso-kept").await;
    page.click("button", "Continue").await;
    page.find("heading", "Pick an account").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}
