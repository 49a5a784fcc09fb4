//! An admin connects a customer's Duo in the settings: with a wrong key first, then with the right one.

use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

const HOST: &str = "api-c0nt0s00.duosecurity.com";
const IKEY: &str = "DICONTOSO00000005150";
const WRONG: &str = "simulatedDuoSecretKeyWrong00000000005150";
const RIGHT: &str = "simulatedDuoSecretKeyContoso000000005150";

/// What stands in a field.
async fn typed(page: &Page, id: &str) -> String {
    let script = format!("return document.getElementById('{id}').value");
    page.script(&script).await.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_wrong_key_is_found_and_mended() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.find("heading", "Duo").await;
    page.click("link", "Add New Integration").await;
    page.click("link", "Duo").await;
    page.find("heading", "Connect a customer’s Duo").await;
    in_every_light(&page, "46-duo-new").await;

    // Nothing is chosen and the key is not all there: said at the fields, and what was typed stays.
    page.fill("textbox", "API hostname", HOST).await;
    page.fill("textbox", "Integration key", "DICONTOSO").await;
    page.click("button", "Save").await;
    page.sees("Nothing was saved yet.").await;
    assert_eq!(typed(&page, "new-host").await, HOST);
    let list = page.find("combobox", "Customer").await;
    page.element(&list).await.unwrap().send_keys("Contoso Bakery").await.unwrap();
    page.click("button", "Save").await;
    page.sees("20 letters and digits that begin with DI").await;
    in_every_light(&page, "47-duo-wrong").await;
    page.fill("textbox", "Integration key", IKEY).await;
    page.script(&format!("document.getElementById('new-skey').value = '{WRONG}'")).await;
    page.click("button", "Save").await;
    page.find("heading", "Contoso Bakery: Duo").await;
    page.sees("Saved. Test the connection next").await;

    page.click("button", "Test connection").await;
    page.sees("Duo refused the keys of this customer’s connection.").await;
    in_every_light(&page, "48-duo-refused").await;
    page.script(&format!("document.getElementById('change-skey').value = '{RIGHT}'")).await;
    page.click("button", "Save").await;
    page.sees("Saved. Test the connection next").await;
    page.fill("textbox", "Test person", "nobody").await;
    page.click("button", "Test connection").await;
    page.sees("Duo takes the keys, and the clock is right.").await;
    page.sees("Duo does not know this person").await;
    assert_eq!(typed(&page, "change-skey").await, "", "a stored key is never shown");

    page.click("button", "Switch off").await;
    page.sees("Nobody at this customer can be verified by Duo push now.").await;
    in_every_light(&page, "49-duo-off").await;
    page.click("link", "Delete…").await;
    page.find("heading", "Delete “Contoso Bakery: Duo”?").await;
    in_every_light(&page, "49-duo-delete").await;
    page.click("button", "Delete").await;
    page.sees("The integration is deleted.").await;
    page.gone("link", "Contoso Bakery: Duo").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}
