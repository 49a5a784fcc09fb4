//! A person's own page: where they are signed in, another password, another authenticator.

use super::staff::{NEW_PASSWORD, code, codes_on, key_on, sign_in};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::world::{COLLEAGUE, PASSWORD, TOTP, World};

#[tokio::test]
async fn a_person_looks_after_their_own_sign_in() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    sign_in(&world, &page, COLLEAGUE, -1).await;
    let other = browser.window(1280, 900).await;
    let used = sign_in(&world, &other, COLLEAGUE, 0).await;

    page.click("link", "Your account: Cole Carter").await;
    page.sees("What you may do").await;
    page.sees("Chrome on Linux").await;
    page.sees("This one").await;
    page.sees("127.0.0.x").await;
    in_every_light(&page, "91-account").await;
    page.click("button", "Sign out of Chrome on Linux").await;
    page.sees("Signed out there.").await;
    other.click("link", "Contacts").await;
    other.find("heading", "Sign in").await;
    other.end().await;

    page.fill("textbox", "Old password", "not the old one").await;
    page.fill("textbox", "New password", NEW_PASSWORD).await;
    page.click("button", "Change password").await;
    page.sees("The old password is wrong.").await;
    in_every_light(&page, "92-account-wrong").await;
    page.fill("textbox", "Old password", PASSWORD).await;
    page.fill("textbox", "New password", NEW_PASSWORD).await;
    page.click("button", "Change password").await;
    page.sees("Your password is changed.").await;
    let told = world.outside.wait_for_mail(COLLEAGUE, 1).await.unwrap();
    assert_eq!(told.subject, "Your password was changed");

    page.click("link", "Set up another in its place").await;
    let key = key_on(&page).await;
    in_every_light(&page, "93-replace").await;
    page.fill("textbox", "A code of the old", &used).await;
    page.fill("textbox", "Code of the new", &code(&world, &key, 0)).await;
    page.click("button", "Use the new one").await;
    page.sees("That is neither a code of your old authenticator nor a recovery code.").await;
    in_every_light(&page, "94-replace-wrong").await;
    page.fill("textbox", "A code of the old", &code(&world, TOTP, 1)).await;
    page.fill("textbox", "Code of the new", &code(&world, &key, 0)).await;
    page.click("button", "Use the new one").await;
    assert_eq!(codes_on(&page).await.len(), 10);
    page.click("link", "I have kept them").await;
    page.sees("10 left.").await;
    page.end().await;
    world.end().await;
}
