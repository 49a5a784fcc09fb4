//! An admin looks after what carries texts and mails: tests it, enters it wrongly, leads it elsewhere, switches it
//! off, deletes it, connects it anew. What was sent shows at the simulated phones and mailboxes.

use super::mail::audited;
use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::{EMAIL, World};

const PHONE: &str = "+12065550123";
const SID: &str = "AC00000000000000000000000000005150";
const TOKEN: &str = "simulated-auth-token-0000000000ab";
const SMS: &str = "/settings/integrations/sms";
const MAIL: &str = "/settings/integrations/mail";

async fn typed(page: &Page, id: &str) -> String {
    let script = format!("return document.getElementById('{id}').value");
    page.script(&script).await.as_str().unwrap_or_default().to_owned()
}

/// Password fields have no role to find them by.
async fn secret(page: &Page, id: &str, text: &str) {
    page.script(&format!("document.getElementById('{id}').value = '{text}'")).await;
}

#[tokio::test]
async fn texts_are_tested_led_elsewhere_and_connected_anew() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    in_every_light(&page, "90-integrations-senders").await;
    page.click("link", "Texts (SMS)").await;
    page.find("heading", "Test it").await;
    assert_eq!(typed(&page, "save-auth_token").await, "", "a stored secret is never shown");
    page.click("button", "Test").await;
    page.sees("Twilio takes the keys.").await;
    assert!(world.outside.texts(PHONE).is_empty(), "asking sends nothing");
    page.fill("textbox", "Test number", "555").await;
    page.click("button", "Test").await;
    page.sees("Nothing was tested yet.").await;
    page.fill("textbox", "Test number", PHONE).await;
    page.click("button", "Test").await;
    page.sees("Twilio took a text for that number.").await;
    let text = world.outside.wait_for_text(PHONE, 1).await.unwrap();
    assert!(text.body.contains("Brightline IT: this is a test."), "{}", text.body);
    in_every_light(&page, "91-sms").await;

    // Another account needs its own token: the stored one goes nowhere.
    page.fill("textbox", "Account SID", "AC11111111111111111111111111115150").await;
    page.click("button", "Save").await;
    page.sees("The stored auth token is only for the account that it was entered for.").await;
    in_every_light(&page, "92-sms-refused").await;
    secret(&page, "save-auth_token", TOKEN).await;
    page.click("button", "Save").await;
    page.sees("Saved. Test the connection next").await;
    page.click("button", "Test").await;
    page.sees("Fails").await;
    let alarm = world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    assert_eq!(alarm.subject, "What sends your texts was changed");
    for never in ["http", TOKEN, SID] {
        assert!(!alarm.text.contains(never), "{never}: {}", alarm.text);
    }

    page.click("link", "Delete…").await;
    page.find("heading", "Delete Twilio?").await;
    in_every_light(&page, "93-sms-delete").await;
    page.click("button", "Delete").await;
    page.sees("The integration is deleted.").await;
    page.sees("Nothing is connected yet.").await;
    page.click("link", "Texts (SMS)").await;
    page.find("heading", "Connect Twilio").await;
    in_every_light(&page, "94-sms-new").await;
    let region = page.find("combobox", "Region").await;
    page.element(&region).await.unwrap().send_keys("Simulated").await.unwrap();
    page.fill("textbox", "Account SID", SID).await;
    secret(&page, "save-auth_token", TOKEN).await;
    page.fill("textbox", "Sender", "+12065550100").await;
    page.click("button", "Save").await;
    page.sees("Saved. Test the connection next").await;
    page.click("button", "Test").await;
    page.sees("Twilio takes the keys.").await;
    assert!(page.address().await.contains(SMS));
    assert_eq!(page.complaints().await, [""; 0]);
    for never in [TOKEN, PHONE] {
        assert_eq!(audited(&world, never).await, [""; 0], "{never} in the audit");
    }
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn who_leads_mails_elsewhere_is_told_of_by_the_server_that_was() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    let at = |path: &str| format!("{}{path}", world.app.settings.server.origin);
    page.go(&at(MAIL)).await;
    page.click("button", "Send a test mail").await;
    page.sees("The server took a mail to you.").await;
    let test = world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    assert_eq!(test.subject, "A test of your mail server");
    in_every_light(&page, "95-mail").await;
    page.fill("textbox", "Server", "smtp://mail").await;
    page.fill("textbox", "Port", "0").await;
    page.click("button", "Save").await;
    page.sees("Nothing was changed.").await;
    in_every_light(&page, "96-mail-wrong").await;

    // A user of the intruder's own: nothing that comes later reaches an admin, and this does.
    page.go(&at(MAIL)).await;
    page.fill("textbox", "User", "intruder@evil.example").await;
    secret(&page, "save-password", "theirs").await;
    page.click("button", "Save").await;
    page.sees("Saved. Test the connection next").await;
    let alarm = world.outside.wait_for_mail(EMAIL, 2).await.unwrap();
    assert_eq!(alarm.subject, "What sends your mails was changed");
    page.click("button", "Send a test mail").await;
    page.sees("Fails").await;

    page.click("button", "Switch off").await;
    page.sees("Switched off. No mail goes out now.").await;
    page.click("link", "Delete…").await;
    page.find("heading", "Delete the mail server?").await;
    page.click("button", "Delete").await;
    page.sees("The integration is deleted.").await;
    page.go(&at(MAIL)).await;
    page.find("heading", "Connect a mail server").await;
    in_every_light(&page, "97-mail-new").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}
