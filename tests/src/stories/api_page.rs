//! An admin gives a program a key and adds a webhook, in the settings; and the page that says how the API works.

use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;
use simulator::{Company, Fault};

const LONG_HOST: &str = "the-name-of-some-customers-subdomain.automation-of-tickets.example.com";

/// What stands in the one place where a secret is shown.
async fn shown_once(page: &Page) -> String {
    let text = page.script("return document.getElementById('once').textContent").await;
    text.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_made_shown_once_and_revoked() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.click("link", "API & webhooks").await;
    page.find("heading", "API & webhooks").await;
    in_every_light(&page, "80-api-empty").await;
    page.click("link", "New key").await;
    page.find("heading", "New key").await;
    page.click("button", "Make the key").await;
    page.sees("No key was made yet.").await;
    page.sees("Choose what the key may do").await;
    in_every_light(&page, "81-api-key-wrong").await;
    page.fill("textbox", "Name", "SIEM export").await;
    page.script("document.querySelector('[value=\"audit:read\"]').click()").await;
    page.script("document.querySelector('[value=\"contacts:write\"]').click()").await;
    page.click("button", "Make the key").await;
    page.find("heading", "Your new key").await;
    let key = shown_once(&page).await;
    assert!(key.starts_with("mspr_") && key.len() == 57, "{}", key.len());
    in_every_light(&page, "82-api-key-once").await;
    page.click("link", "I have it").await;
    page.find("heading", "API & webhooks").await;
    page.sees("SIEM export").await;
    let text = page.text().await;
    assert!(text.contains(&key[..13]) && !text.contains(&key[..14]), "only what it is known by");
    in_every_light(&page, "83-api-keys").await;
    page.click("button", "Revoke SIEM export").await;
    page.sees("Revoked. The program that holds the key is refused from now on.").await;
    page.sees("Keys that ended or were revoked: 1").await;
    in_every_light(&page, "84-api-key-revoked").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn a_webhook_is_added_tested_and_deleted() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.click("link", "API & webhooks").await;
    page.click("link", "New webhook").await;
    page.find("heading", "New webhook").await;
    page.fill("textbox", "Address", "http://169.254.169.254/latest").await;
    page.click("button", "Add the webhook").await;
    page.sees("Nothing was saved yet.").await;
    page.sees("Enter an https address on the internet.").await;
    in_every_light(&page, "85-webhook-wrong").await;
    let url = format!("{}/hook", world.outside.receiver_url());
    page.fill("textbox", "Address", &url).await;
    page.script("document.querySelector('[value=\"reset.applied\"]').click()").await;
    page.click("button", "Add the webhook").await;
    page.find("heading", "The signing key").await;
    assert!(shown_once(&page).await.starts_with("whsec_"));
    in_every_light(&page, "86-webhook-once").await;
    page.click("link", "I have it: test the webhook").await;
    page.sees("Nothing yet. Send a ping").await;
    page.click("button", "Send a ping").await;
    page.sees("The ping was taken: 204").await;
    let status = Fault::Status { status: 500, retry_after: None };
    world.outside.fault(Company::Receiver, None, status);
    page.click("button", "Send a ping").await;
    page.sees("The other side answered 500").await;
    let text = page.text().await;
    assert!(!text.contains("internal secret") && !text.contains("whsec_"), "{text}");
    page.script("document.getElementById('change').open = true").await;
    in_every_light(&page, "87-webhook").await;
    page.script("document.querySelector('[name=with_names]').click()").await;
    page.click("button", "Save").await;
    page.sees("Saved.").await;
    // An address as automation has them: on a phone it wraps.
    page.script("document.getElementById('change').open = true").await;
    let long = format!("https://{LONG_HOST}/services/T00000000000/{}", "a1b2c3".repeat(8));
    page.fill("textbox", "Address", &long).await;
    page.click("button", "Save").await;
    page.find("heading", "The signing key").await;
    page.click("link", "I have it: test the webhook").await;
    page.find("heading", &format!("Webhook at {LONG_HOST}")).await;
    in_every_light(&page, "87-webhook-long").await;
    page.click("button", "Switch off").await;
    page.sees("Switched off. What waited").await;
    page.click("link", "API & webhooks").await;
    page.find("heading", "API & webhooks").await;
    in_every_light(&page, "88-webhooks").await;
    page.click("link", LONG_HOST).await;
    page.click("link", "Delete…").await;
    page.find("heading", &format!("Delete the webhook at {LONG_HOST}?")).await;
    in_every_light(&page, "89-webhook-delete").await;
    page.click("button", "Delete").await;
    page.sees("The webhook is deleted").await;
    page.sees("Nothing is told elsewhere.").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn the_api_is_explained_on_a_page_of_our_own() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = browser.window(1280, 900).await;
    page.go(&format!("{}/api", world.app.settings.server.origin)).await;
    page.find("heading", "API").await;
    in_every_light(&page, "90-docs-api").await;
    page.script("for (const it of document.querySelectorAll('#programs ~ details, #get-api-v1-audit, #shape-contactask')) it.open = true").await;
    page.sees("audit:read").await;
    page.sees("Send next as after the next time").await;
    in_every_light(&page, "91-docs-api-open").await;
    let foreign = page.script("return [...document.scripts, ...document.querySelectorAll('link')].filter((it) => new URL(it.src || it.href).origin !== location.origin).length").await;
    assert_eq!(foreign, 0);
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}
