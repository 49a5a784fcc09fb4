//! The technician's part with nothing but a keyboard: everything can be reached, one sees where
//! one is, and a dialog gives the focus back.

use super::walk::code_of;
use crate::browser::{Browser, the_pod_is_built};
use crate::page::{Found, Page};
use crate::world::{EMAIL, PASSWORD, World};

const ADA: &str = "ada.park@northwind.example";
pub(super) const TAB: &str = "\u{e004}";
pub(super) const ENTER: &str = "\u{e007}";
pub(super) const ESCAPE: &str = "\u{e00c}";

/// Presses Tab until the focus is there. Every stop on the way has a name and can be seen.
pub(super) async fn tab_to(page: &Page, role: &str, name: &str) -> Found {
    let mut stops = Vec::new();
    for _ in 0..60 {
        page.press(TAB).await;
        // Nowhere: round the browser's own controls and in again.
        let Some(stop) = page.focus().await else { continue };
        assert!(!stop.name.is_empty(), "a stop without a name: {stop:?} after {stops:?}");
        assert!(page.focus_shows().await, "one can't see that {stop:?} has the focus");
        if stop.role == role && stop.name.starts_with(name) {
            return stop;
        }
        stops.push(stop);
    }
    panic!("Tab never comes to {role} “{name}”, only to {stops:?}")
}

/// Waits until the focus has moved there by itself.
pub(super) async fn focus_moves_to(page: &Page, role: &str, name: &str) {
    page.wait(&format!("the focus is on {role} “{name}”"), async || {
        page.focus().await.is_some_and(|it| it.role == role && it.name.starts_with(name))
    })
    .await;
}

/// What had the focus may be gone; the focus must not be.
async fn focus_is_in_the_pod(page: &Page) {
    page.wait("the focus is in the pod", async || {
        let element = page.script("return document.activeElement.localName").await;
        element == "msp-password-reset" && page.focus().await.is_some()
    })
    .await;
}

#[tokio::test]
async fn a_reset_without_a_mouse() {
    the_pod_is_built();
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    page.go(&world.app.settings.server.origin).await;
    focus_moves_to(&page, "textbox", "Email").await;
    page.press(EMAIL).await;
    tab_to(&page, "textbox", "Password").await;
    page.press(format!("{PASSWORD}{ENTER}")).await;
    page.find("heading", "Enter your code").await;
    focus_moves_to(&page, "textbox", "Code").await;
    page.press(format!("{}{ENTER}", world.authenticator())).await;

    page.find("heading", "Tickets").await;
    tab_to(&page, "link", "Skip to content").await;
    tab_to(&page, "link", "Can't sign in to Outlook").await;
    page.press(ENTER).await;
    // Beside the list, and from there on a page of its own.
    focus_moves_to(&page, "heading", "Can't sign in to Outlook").await;
    tab_to(&page, "link", "Full page").await;
    page.press(ENTER).await;
    page.find("navigation", "Breadcrumb").await;
    page.find("button", "Send code").await;

    // A button that does not work can be reached, says why, and does nothing.
    let button = tab_to(&page, "button", "Password Reset").await;
    assert!(button.disabled && button.description.contains("not been verified"), "{button:?}");
    page.sees("Send a code to").await;
    page.press(ENTER).await;
    assert_eq!(page.look("dialog", "").await, None);

    page.driver().refresh().await.unwrap();
    page.find("button", "Send code").await;
    tab_to(&page, "button", "Send code").await;
    page.press(ENTER).await;
    let code = code_of(&world, 1).await;
    focus_moves_to(&page, "textbox", "Code the caller reads out").await;
    page.press(&code).await;
    page.sees("Verified until").await;
    page.wait("the button works", async || {
        page.look("button", "Password Reset").await.is_some_and(|button| !button.disabled)
    })
    .await;
    focus_is_in_the_pod(&page).await;

    tab_to(&page, "button", "Password Reset").await;
    page.press(ENTER).await;
    page.find("dialog", "Reset this password?").await;
    focus_moves_to(&page, "heading", "Reset this password?").await;
    page.press(ESCAPE).await;
    page.gone("dialog", "Reset this password?").await;
    focus_moves_to(&page, "button", "Password Reset").await;
    assert_eq!(world.outside.patches(ADA).len(), 0);

    page.press(ENTER).await;
    page.wait("the confirmation is ready", async || {
        page.look("button", "Reset password").await.is_some_and(|button| !button.disabled)
    })
    .await;
    tab_to(&page, "button", "Cancel").await;
    tab_to(&page, "button", "Reset password").await;
    page.press(ENTER).await;
    page.sees("Link sent").await;
    page.gone("dialog", "Reset this password?").await;
    focus_is_in_the_pod(&page).await;
    assert_eq!(world.outside.patches(ADA).len(), 1);
    tab_to(&page, "button", "Send again").await;
    page.press(ENTER).await;
    page.sees("was asked for once more").await;

    page.end().await;
    world.settle_in_time().await;
    world.end().await;
}
