//! The story: a caller who can't sign in, a technician at a ticket, a phone with a link. In a
//! real browser, as the README tells it, with a look at every state on the way.

use std::time::Duration;

use server::store::TicketNote;
use simulator::{Company, Fault};

use super::keyboard::focus_moves_to;
use super::reveal_page::{fragment_is_gone, link_in, password_on};
use crate::axe::{in_every_light, no_violations, violations};
use crate::browser::{Browser, the_pod_is_built};
use crate::desk::code_in;
use crate::page::Page;
use crate::world::{EMAIL, PASSWORD, PATIENCE, World};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
pub(super) const SUMMARY: &str = "Can't sign in to Outlook since this morning";

/// A technician's window, signed in by the page, at the list of tickets.
pub(super) async fn signed_in(world: &World, browser: &Browser) -> Page {
    signed_in_as(world, browser, EMAIL).await
}

/// The same for somebody else.
pub(super) async fn signed_in_as(world: &World, browser: &Browser, email: &str) -> Page {
    the_pod_is_built();
    let page = browser.window(1280, 900).await;
    page.go(&world.app.settings.server.origin).await;
    page.fill("textbox", "Email", email).await;
    page.fill("textbox", "Password", PASSWORD).await;
    page.click("button", "Continue").await;
    page.find("heading", "Enter your code").await;
    page.fill("textbox", "Code", &world.authenticator()).await;
    page.click("button", "Sign in").await;
    page.find("heading", "Tickets").await;
    page
}

/// The code in the text that is the `count`th to Ada's registered phone.
pub(super) async fn code_of(world: &World, count: usize) -> String {
    code_in(&world.outside.wait_for_text(ADA_PHONE, count).await.unwrap().body)
}

/// Sends the code to the phone that Microsoft has registered, and types what arrived.
pub(super) async fn verify(world: &World, page: &Page) {
    page.click("button", "Send code").await;
    let code = code_of(world, 1).await;
    page.find("textbox", "Code the caller reads out").await;
    page.fill("textbox", "Code the caller reads out", &code).await;
    page.sees("Verified until").await;
}

/// Waits until the button works.
pub(super) async fn ready_to_reset(page: &Page) {
    page.wait("Password Reset can be pressed", async || {
        page.look("button", "Password Reset").await.is_some_and(|button| !button.disabled)
    })
    .await;
}

/// From now on the page remembers when it last heard of something that a note follows.
pub(super) async fn remembers_news(page: &Page) {
    let script =
        "for (const news of ['reset-completed', 'link-replaced', 'link-opened', 'link-tried'])
        document.addEventListener(news, () => { window.__news = Date.now(); });";
    page.script(script).await;
}

/// Waits for a note in Ada's ticket, which the page shows by itself. It looks for five seconds: a note
/// that came later shows when the page is loaded again.
pub(super) async fn sees_note(world: &World, page: &Page, note: &str) {
    let ticket = world.ticket("48213").await.id;
    page.wait_for(PATIENCE, &format!("“{note}” is shown"), async || {
        if page.text().await.contains(note) {
            return Some(());
        }
        let news = page.script("return window.__news ?? 0").await.as_i64().unwrap_or_default();
        let notes = world.app.store.ticket_notes(world.account, ticket).await.unwrap();
        let late = |it: &TicketNote| it.body.contains(note) && it.created_at.0 > news + 1_000;
        if world.now().0 > news + 8_000 && notes.iter().any(late) {
            page.driver().refresh().await.unwrap();
        }
        None
    })
    .await;
}

#[tokio::test]
async fn from_the_ticket_to_the_new_password() {
    // Microsoft takes its time, so that one can see the reset under way.
    let world = World::build(false, |settings| settings.outbound.timeout_ms = 14_000).await;
    let browser = Browser::start().await;
    let old = world.password(ADA);

    let page = browser.window(1280, 900).await;
    the_pod_is_built();
    page.go(&world.app.settings.server.origin).await;
    page.find("heading", "Sign in").await;
    in_every_light(&page, "01-sign-in").await;
    page.end().await;
    let page = signed_in(&world, &browser).await;
    in_every_light(&page, "02-tickets").await;

    // Nobody is verified: the button says so, and what to do.
    page.click("link", SUMMARY).await;
    page.find("button", "Send code").await;
    let button = page.find("button", "Password Reset").await;
    assert!(button.disabled);
    assert!(button.description.contains("The caller has not been verified."), "{button:?}");
    assert!(button.description.contains("Send a code"), "{}", button.description);
    page.sees(ADA).await;
    page.sees("Not verified").await;
    in_every_light(&page, "03-ticket-not-verified").await;

    page.click("button", "Send code").await;
    let code = code_of(&world, 1).await;
    page.sees("Code sent").await;
    page.find("textbox", "Code the caller reads out").await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    page.fill("textbox", "Code the caller reads out", wrong).await;
    page.sees("That is not the code.").await;
    page.sees("4 tries left").await;
    in_every_light(&page, "04-ticket-wrong-code").await;
    page.fill("textbox", "Code the caller reads out", &code).await;
    page.sees("Verified until").await;
    ready_to_reset(&page).await;
    in_every_light(&page, "05-ticket-verified").await;

    // What will happen, before it happens.
    page.click("button", "Password Reset").await;
    page.find("dialog", "Reset this password?").await;
    page.wait("the confirmation is ready", async || {
        page.look("button", "Reset password").await.is_some_and(|button| !button.disabled)
    })
    .await;
    for part in ["Ada Park", ADA, "Northwind Dental", "23", "One factor", "Unlock code"] {
        page.sees(part).await;
    }
    assert!(!page.text().await.contains("2065550123"), "the number is masked");
    in_every_light(&page, "06-confirmation").await;
    assert_eq!(world.password(ADA), old, "nothing was changed yet");

    world.outside.fault(Company::Graph, Some("PATCH"), Fault::Slow { ms: 12_000 });
    remembers_news(&page).await;
    page.click("button", "Reset password").await;
    page.sees("Resetting the password").await;
    // Not left on the button, which is blocked now, until Microsoft has answered.
    focus_moves_to(&page, "heading", "Resetting the password").await;
    page.find("list", "Steps").await;
    in_every_light(&page, "07-under-way").await;

    page.sees("Link sent").await;
    let unlock = page.find("status", "Unlock code").await;
    let unlock = page.element(&unlock).await.unwrap().text().await.unwrap().replace(' ', "");
    assert!(unlock.len() >= 4 && unlock.bytes().all(|b| b.is_ascii_digit()), "{unlock}");
    page.sees("Delivered to the phone").await;
    in_every_light(&page, "08-link-sent").await;
    assert_ne!(world.password(ADA), old);

    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let read = on_the_phone(&world, &browser, &text.body, &unlock).await;
    assert_eq!(read, world.password(ADA), "what was read is what Microsoft holds");

    // The pod hears of it by itself, and shows neither the password nor the code.
    page.sees("Link opened at").await;
    page.sees("chooses their own at the next sign-in").await;
    page.gone("status", "Unlock code").await;
    in_every_light(&page, "13-opened").await;
    // Both notes come by themselves.
    sees_note(&world, &page, "Microsoft 365 password reset for Ada Park by Tess Tanner").await;
    sees_note(&world, &page, "Ada Park opened the one-time link").await;
    assert!(!page.text().await.contains(&read), "the technician never sees it");
    in_every_light(&page, "14-notes").await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

/// The person's part: opens the link, types the code, reads the password.
async fn on_the_phone(world: &World, browser: &Browser, text: &str, unlock: &str) -> String {
    let link = link_in(text);
    let phone = browser.window(390, 844).await;
    phone.go(&link).await;
    phone.find("image", "Brightline IT").await;
    phone.find("button", "Reveal").await;
    fragment_is_gone(&phone, &link).await;
    in_every_light(&phone, "09-reveal-landing").await;
    phone.shoot("09-reveal-landing-390-light").await;
    phone.fill("textbox", "Unlock code", unlock).await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    let read = password_on(&phone).await;
    in_every_light(&phone, "10-revealed").await;
    phone.shoot("10-revealed-390-light").await;
    phone.click("button", "Spell it out").await;
    phone.sees("Character by character").await;
    in_every_light(&phone, "11-spelt").await;
    phone.end().await;

    let stranger = browser.window(390, 844).await;
    stranger.go(&link).await;
    stranger.sees("This link does not work any more").await;
    in_every_light(&stranger, "12-dead-link").await;
    stranger.end().await;
    assert_eq!(world.outside.patches(ADA).len(), 1);
    read
}

/// The proof that axe is awake: a field without a label, inside the pod's own shadow root.
#[tokio::test]
async fn axe_sees_into_the_pod() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", SUMMARY).await;
    page.find("button", "Send code").await;
    no_violations(&page, "before").await;
    page.script(
        "document.querySelector('msp-password-reset').shadowRoot.querySelector('section')
             .append(document.createElement('input'))",
    )
    .await;
    let found = violations(&page).await;
    assert!(found.len() == 1 && found[0].starts_with("label:"), "{found:?}");
    page.end().await;
    world.end().await;
}

/// The proof that the end of a window looks at the console.
#[tokio::test]
#[should_panic(expected = "the browser complained")]
async fn a_broken_policy_fails_the_story() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    page.go(&world.app.settings.server.origin).await;
    page.script(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
    )
    .await;
    page.end().await;
}

/// A green shield and a disabled button come and go by themselves, in every window.
#[tokio::test]
async fn a_second_window_turns_green_by_itself() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", SUMMARY).await;
    page.find("button", "Send code").await;
    let ticket = page.address().await;
    let first = page.driver().window().await.unwrap();
    let second = page.driver().new_tab().await.unwrap();
    page.driver().switch_to_window(second.clone()).await.unwrap();
    page.go(&ticket).await;
    page.sees("Not verified").await;
    page.driver().switch_to_window(first).await.unwrap();
    verify(&world, &page).await;
    page.driver().switch_to_window(second).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), page.sees("Verified until")).await.unwrap();
    ready_to_reset(&page).await;
    page.end().await;
    world.settle().await;
    world.end().await;
}
