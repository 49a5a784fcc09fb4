//! Our own pages around the pod: the contact's, the one that is not there, the way out; on a
//! narrow screen too.

use super::walk::{code_of, signed_in};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::world::{PATIENCE, World};

#[tokio::test]
async fn a_contact_without_a_ticket_has_the_pod_too() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Contacts").await;
    page.find("heading", "Contacts").await;
    in_every_light(&page, "20-contacts").await;
    page.fill("searchbox", "Search", "Ada").await;
    page.click("button", "Show").await;
    page.gone("link", "Ben Ortiz").await;
    page.click("link", "Ada Park").await;
    page.find("button", "Password Reset").await;
    page.find("button", "Send code").await;
    in_every_light(&page, "21-contact").await;

    // Verified here counts here: for this technician, without a ticket.
    page.click("button", "Send code").await;
    let code = code_of(&world, 1).await;
    page.find("textbox", "Code the caller reads out").await;
    page.fill("textbox", "Code the caller reads out", &code).await;
    page.sees("Verified until").await;
    page.wait("the button works", async || {
        page.look("button", "Password Reset").await.is_some_and(|button| !button.disabled)
    })
    .await;

    // In the ticket it is history, not green.
    page.click("link", "Can't sign in to Outlook").await;
    page.find("button", "Send code").await;
    let button = page.find("button", "Password Reset").await;
    assert!(button.disabled, "{}", button.description);
    page.sees("Verification history (1)").await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn nothing_here_is_a_page_and_signing_out_is_final() {
    let world = World::in_real_time().await;
    let origin = world.app.settings.server.origin.clone();
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Can't sign in to Outlook").await;
    page.find("button", "Send code").await;
    let ticket = page.address().await;

    page.go(&format!("{origin}/tickets/01890a5d-0000-7000-8000-000000000000")).await;
    page.find("heading", "").await;
    page.sees("404").await;
    in_every_light(&page, "22-not-found").await;
    page.click("link", "Go to the start page").await;
    page.find("heading", "Tickets").await;

    page.click("button", "Sign out").await;
    page.find("heading", "Sign in").await;
    page.driver().back().await.unwrap();
    page.find("heading", "Sign in").await;
    page.go(&ticket).await;
    page.find("textbox", "Email").await;
    assert!(!page.text().await.contains("Ada Park"));
    page.end().await;
    world.end().await;
}

/// The pod's element on a page that nobody is signed in to any more says so.
#[tokio::test]
async fn a_pod_that_outlives_its_session_says_so() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Can't sign in to Outlook").await;
    page.find("button", "Send code").await;
    let first = page.driver().window().await.unwrap();
    let second = page.driver().new_tab().await.unwrap();
    page.driver().switch_to_window(second).await.unwrap();
    page.go(&world.app.settings.server.origin).await;
    page.click("button", "Sign out").await;
    page.find("heading", "Sign in").await;
    page.driver().switch_to_window(first).await.unwrap();
    // It asks for news once in 25 seconds, which is all that is waited for elsewhere.
    page.wait_for(PATIENCE, "it is said that nobody is signed in", async || {
        page.text().await.contains("You are signed out.").then_some(())
    })
    .await;
    in_every_light(&page, "23-signed-out").await;
    page.end().await;
    world.end().await;
}
