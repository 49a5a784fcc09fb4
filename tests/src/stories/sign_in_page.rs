//! Signing in when something is lost: the phone, the password.

use super::staff::{NEW_PASSWORD, code, codes_on, key_on, link_in, password, sign_in};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::world::{COLLEAGUE, PASSWORD, TOTP, World};

#[tokio::test]
async fn a_lost_phone_is_a_recovery_code_and_another_authenticator() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    sign_in(&world, &page, COLLEAGUE, 0).await;
    page.click("link", "Your account: Cole Carter").await;
    page.sees("You have no recovery codes.").await;
    page.click("button", "Make ten new codes").await;
    let codes = codes_on(&page).await;
    page.click("link", "I have kept them").await;
    page.sees("10 left.").await;
    page.click("button", "Sign out").await;

    password(&world, &page, COLLEAGUE, PASSWORD).await;
    page.find("heading", "Enter your code").await;
    in_every_light(&page, "85-code").await;
    page.click("link", "Use a recovery code").await;
    page.fill("textbox", "Recovery code", "AAAA-AAAA-AAAA").await;
    page.click("button", "Sign in").await;
    page.sees("That is none of your recovery codes.").await;
    in_every_light(&page, "86-recovery-wrong").await;
    page.fill("textbox", "Recovery code", &codes[3].to_lowercase().replace('-', "")).await;
    page.click("button", "Sign in").await;
    page.find("heading", "Is your authenticator lost?").await;
    page.sees("9 left").await;
    in_every_light(&page, "87-lost").await;
    let key = key_on(&page).await;
    page.fill("textbox", "Code of the new authenticator", &code(&world, &key, 0)).await;
    page.click("button", "Use the new one").await;
    let new = codes_on(&page).await;
    assert!(new.len() == 10 && !new.contains(&codes[0]));
    page.click("link", "I have kept them").await;
    page.find("heading", "Tickets").await;
    for (count, subject) in
        [(2, "A recovery code was used"), (3, "Your authenticator was replaced")]
    {
        world.outside.wait_for_mail(COLLEAGUE, count).await.unwrap();
        let mails = world.outside.mails(COLLEAGUE);
        assert!(mails.iter().any(|mail| mail.subject == subject), "{subject}: {mails:?}");
    }

    // The old one is worth nothing, the new one signs in.
    page.click("button", "Sign out").await;
    password(&world, &page, COLLEAGUE, PASSWORD).await;
    page.fill("textbox", "Code", &code(&world, TOTP, 1)).await;
    page.click("button", "Sign in").await;
    page.sees("That is not the code.").await;
    page.fill("textbox", "Code", &code(&world, &key, 1)).await;
    page.click("button", "Sign in").await;
    page.find("heading", "Tickets").await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn a_forgotten_password_is_a_mail_and_still_two_factors() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    page.go(&world.app.settings.server.origin).await;
    in_every_light(&page, "88-sign-in").await;
    page.click("link", "Forgot your password?").await;
    page.fill("textbox", "Email", COLLEAGUE).await;
    in_every_light(&page, "89-forgot").await;
    page.click("button", "Send the link").await;
    page.find("heading", "Look into your mailbox").await;
    in_every_light(&page, "90-forgot-sent").await;
    let mail = world.outside.wait_for_mail(COLLEAGUE, 1).await.unwrap();
    assert!(mail.text.contains("works once, for an hour"), "{}", mail.text);
    page.go(&link_in(&mail)).await;
    page.fill("textbox", "New password", NEW_PASSWORD).await;
    page.click("button", "Save and continue").await;
    page.find("heading", "Enter your code").await;
    page.fill("textbox", "Code", &code(&world, TOTP, 0)).await;
    page.click("button", "Sign in").await;
    page.find("heading", "Tickets").await;
    let told = world.outside.wait_for_mail(COLLEAGUE, 2).await.unwrap();
    assert_eq!(told.subject, "Your password was changed");
    assert!(!told.text.contains("http"), "{}", told.text);

    // Nobody's address gets the same page, and no mail.
    page.click("button", "Sign out").await;
    page.click("link", "Forgot your password?").await;
    page.fill("textbox", "Email", "nobody@brightline.example").await;
    page.click("button", "Send the link").await;
    page.find("heading", "Look into your mailbox").await;
    page.click("link", "Back to sign-in").await;
    // The old password is no longer one.
    password(&world, &page, COLLEAGUE, PASSWORD).await;
    page.sees("The email address or the password is wrong.").await;
    assert_eq!(world.outside.mails("nobody@brightline.example"), []);
    page.end().await;
    world.end().await;
}

/// Everything of it works without a script, too.
#[tokio::test]
async fn a_recovery_code_needs_no_script() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(375, 800).await;
    page.without_scripts().await;
    sign_in(&world, &page, COLLEAGUE, 0).await;
    page.click("link", "Account").await;
    page.click("button", "Make ten new codes").await;
    let codes = codes_on(&page).await;
    page.click("link", "I have kept them").await;
    page.click("button", "Sign out").await;
    password(&world, &page, COLLEAGUE, PASSWORD).await;
    page.click("link", "Use a recovery code").await;
    page.fill("textbox", "Recovery code", &codes[0]).await;
    page.click("button", "Sign in").await;
    page.find("heading", "Is your authenticator lost?").await;
    page.click("link", "Not now, I still have it").await;
    page.find("heading", "Tickets").await;
    page.end().await;
    world.end().await;
}
