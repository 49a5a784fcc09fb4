//! An admin makes the page behind the link their own, with nothing but a keyboard: colours that can't
//! be read are refused with the reason, the preview shows what is typed, and then a real link leads to
//! a page that looks so.

use serde_json::Value;
use uuid::Uuid;

use super::branding::picture;
use super::keyboard::{ENTER, focus_moves_to, tab_to};
use super::reveal_page::link_in;
use super::walk::{signed_in, signed_in_as};
use crate::axe::{in_every_light, no_violations};
use crate::browser::Browser;
use crate::desk::Desk;
use crate::page::Page;
use crate::world::{COLLEAGUE, World};

const ADA_PHONE: &str = "+12065550123";
/// Something in the page behind the preview's frame.
async fn framed(page: &Page, expression: &str) -> Value {
    let script = format!(
        "const inside = document.getElementById('preview')?.contentDocument;
         return inside?.readyState === 'complete' && inside.querySelector('main button')
             ? {expression} : null"
    );
    page.script(&script).await
}

/// Waits until the preview's button has this colour.
async fn preview_turns(page: &Page, color: &str) {
    page.wait(&format!("the preview is {color}"), async || {
        let shown = "getComputedStyle(inside.querySelector('main button')).backgroundColor";
        framed(page, shown).await == color
    })
    .await;
}

/// Who comes to a field by Tab types over what is in it.
async fn type_over(page: &Page, field: &str, text: &str) {
    tab_to(page, "textbox", field).await;
    page.press(text).await;
}

#[tokio::test]
async fn a_brand_is_typed_looked_at_saved_and_goes_out() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    tab_to(&page, "link", "Settings").await;
    page.press(ENTER).await;
    page.find("heading", "Integrations").await;
    tab_to(&page, "link", "Branding").await;
    page.press(ENTER).await;
    page.find("heading", "Branding").await;
    preview_turns(&page, "rgb(11, 94, 107)").await;
    in_every_light(&page, "60-branding").await;

    // Live: what is typed and can't be kept is said beside the preview, which stays as it was.
    type_over(&page, "Main colour", "#ffd400").await;
    page.sees("Not shown, because it can’t be kept like this:").await;
    page.sees("the contrast is 1.43, and 4.5 is needed").await;
    page.press(ENTER).await;
    page.sees("Nothing was saved.").await;
    focus_moves_to(&page, "alert", "").await;
    let accent = page.find("textbox", "Main colour").await;
    assert_eq!(accent.value, "#ffd400", "what was typed stays");
    assert!(accent.description.contains("can’t be read"), "{}", accent.description);
    in_every_light(&page, "61-branding-refused").await;

    // What can be kept is in the preview before it is saved.
    type_over(&page, "Help desk’s telephone number", "+1 206 555 0142").await;
    type_over(&page, "Main colour", "#8a1538").await;
    preview_turns(&page, "rgb(138, 21, 56)").await;
    page.wait("the number is in the preview", async || {
        framed(&page, "inside.body.innerText.includes('206 555 0142')").await == true
    })
    .await;
    page.wait("nothing is said against it", async || {
        page.script("return document.getElementById('not-shown').innerText").await == ""
    })
    .await;
    // Looking leaves no way back through what was typed.
    let frames = page.script("return document.querySelectorAll('iframe').length").await;
    assert_eq!(frames, 1);
    // Whatever the admin's own screen: a frame looks as its page is told to.
    page.prefers("screen", &[]).await;
    page.click("radio", "Dark").await;
    preview_turns(&page, "rgb(184, 112, 134)").await;
    no_violations(&page, "a dark preview").await;
    page.shoot("62-branding-dark-preview").await;
    page.click("radio", "Light").await;
    preview_turns(&page, "rgb(138, 21, 56)").await;
    page.looks_as_before().await;

    page.click("DisclosureTriangle", "Français").await;
    page.fill("textbox", "Text with the link", "{brand} : voici {link} pour vous.").await;
    page.click("combobox", "In").await;
    page.press("Fran").await;
    page.press(ENTER).await;
    page.sees("Brightline IT : voici http").await;
    page.sees("1 text").await;
    page.click("button", "Save").await;
    page.sees("Saved. Links that are sent from now on look like this.").await;
    focus_moves_to(&page, "status", "").await;

    // A logo, from a file.
    let file = world.folder.path().join("logo.png");
    std::fs::write(&file, b"<svg/>").unwrap();
    let choose = async || {
        let input = page.driver().find(thirtyfour::By::Id("logo-file")).await.unwrap();
        input.send_keys(file.to_str().unwrap()).await.unwrap();
        page.click("button", "Upload").await;
    };
    choose().await;
    page.sees("The logo was not changed.").await;
    page.sees("An SVG can hold scripts").await;
    no_violations(&page, "a logo is refused").await;
    std::fs::write(&file, picture(600, 150, [138, 21, 56])).unwrap();
    choose().await;
    page.sees("This is the logo as people will see it.").await;
    page.wait("the preview has the logo", async || {
        framed(&page, "inside.querySelector('#brand img')?.naturalWidth ?? 0").await == 480
    })
    .await;
    in_every_light(&page, "63-branding-saved").await;

    // A real reset: its page has all of it.
    let desk = Desk::sign_in_as(&world, COLLEAGUE).await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(Uuid::from_u128(77), ticket.contact, Some(ticket.id), &sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let phone = browser.window(390, 844).await;
    phone.go(&link_in(&text.body)).await;
    phone.find("heading", "Your password is ready").await;
    phone.find("image", "Brightline IT").await;
    let call = phone.find("link", "+1 206 555 0142").await;
    let href = phone.element(&call).await.unwrap().attr("href").await.unwrap().unwrap();
    assert_eq!(href, "tel:+12065550142");
    let button = "return getComputedStyle(document.querySelector('main button')).backgroundColor";
    assert_eq!(phone.script(button).await, "rgb(138, 21, 56)");
    let logo = "return document.querySelector('#brand img').naturalWidth";
    assert_eq!(phone.script(logo).await, 480);
    in_every_light(&phone, "64-branded-page").await;
    phone.end().await;
    page.end().await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn a_customer_takes_over_what_it_does_not_say() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.go(&format!("{}/settings/branding", world.app.settings.server.origin)).await;
    page.click("link", "Adventure Works").await;
    page.find("heading", "Branding for Adventure Works").await;
    let help = page.find("textbox", "Help desk’s telephone number").await;
    assert!(help.description.contains("as the account, +1 206 555 0100"), "{}", help.description);
    page.sees("Adventure Works IT : http").await;
    page.wait("the preview is French", async || {
        framed(&page, "inside.documentElement.lang").await == "fr"
    })
    .await;
    in_every_light(&page, "65-branding-customer").await;
    page.click("button", "Use the account’s again").await;
    page.sees("This customer looks like the account again.").await;
    preview_turns(&page, "rgb(11, 94, 107)").await;
    assert_eq!(page.look("button", "Use the account’s again").await, None);
    page.end().await;

    // Who is no admin finds nothing there.
    let page = signed_in_as(&world, &browser, COLLEAGUE).await;
    page.go(&format!("{}/settings/branding", world.app.settings.server.origin)).await;
    page.sees("Your role does not allow this.").await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn it_works_without_a_script() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.without_scripts().await;
    page.go(&format!("{}/settings/branding", world.app.settings.server.origin)).await;
    page.fill("textbox", "Name", "Scriptless IT").await;
    page.click("button", "Preview").await;
    page.find("button", "Save").await;
    page.click("button", "Save").await;
    page.sees("Saved.").await;
    let brand = world.app.store.brand(world.account, None).await.unwrap();
    assert_eq!(brand.name(), "Scriptless IT");
    page.end().await;
    world.end().await;
}
