//! How the page behind a verification's link looks and is used, to whoever looks: narrow and wide,
//! light and dark, enlarged, in forced colours, by keyboard, without JavaScript or Web Crypto. Each
//! picture is in `target/screenshots/check-…`. A link lives five minutes: it is made when the browser
//! is there, which another story may have until then.

use super::{Asked, DEAD, MAIL, asked_on, enter};
use crate::axe::no_violations;
use crate::browser::Browser;
use crate::page::Page;
use crate::stories::keyboard::{ENTER, focus_moves_to, tab_to};
use crate::world::World;

/// A state as everybody meets it.
pub(super) async fn everywhere(page: &Page, state: &str) {
    crate::stories::reveal_look::everywhere_as(page, "check", state).await;
}

#[tokio::test]
async fn every_state_in_every_light() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(390, 844).await;
    asked_on(&phone, &asked).await;
    everywhere(&phone, "question").await;
    enter(&phone, &asked.wrong()).await;
    phone.sees("One try is left.").await;
    everywhere(&phone, "wrong").await;
    phone.click("button", "This wasn’t me").await;
    phone.find("button", "Back").await;
    everywhere(&phone, "sure").await;
    phone.click("button", "Back").await;
    phone.sees("One try is left.").await;
    enter(&phone, &asked.say).await;
    phone.sees("Thank you, that is confirmed").await;
    everywhere(&phone, "confirmed").await;
    phone.go("about:blank").await;
    phone.go(&asked.link).await;
    phone.sees(DEAD).await;
    everywhere(&phone, "dead").await;

    let asked = Asked::by(&world, asked.desk, MAIL).await;
    asked_on(&phone, &asked).await;
    phone.click("button", "This wasn’t me").await;
    phone.click("button", "Yes, tell them").await;
    phone.sees("Thank you, we have told them").await;
    everywhere(&phone, "told").await;

    for cut in [asked.link.split_once('#').unwrap().0, &asked.link[..asked.link.len() - 1]] {
        phone.go("about:blank").await;
        phone.go(cut).await;
        phone.sees("This link is not complete").await;
        phone.sees("Open it again from the message").await;
        assert_eq!(phone.look("button", "").await, None);
    }
    everywhere(&phone, "partial").await;
    phone.end().await;

    let old = browser.window(390, 844).await;
    old.before_scripts("Object.defineProperty(crypto, 'subtle', { value: undefined });").await;
    old.go(&asked.link).await;
    old.sees("This browser can’t open the link").await;
    no_violations(&old, "no web crypto").await;
    old.end().await;
    let off = browser.window(320, 640).await;
    off.without_scripts().await;
    off.go(&asked.link).await;
    off.find("heading", "Please switch on JavaScript").await;
    off.sees("This page asks whether it is you").await;
    off.find("link", "+1 206 555 0100").await;
    off.shoot("check-no-script-320").await;
    off.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn the_whole_page_by_keyboard() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(1280, 900).await;
    phone.go(&asked.link).await;
    // Each screen begins at its heading: that is what a screen reader says first.
    focus_moves_to(&phone, "heading", "Are you on the phone with us?").await;
    let field = tab_to(&phone, "textbox", "Two digits").await;
    assert!(field.description.starts_with("Tess says them on the phone."), "{field:?}");
    let keys = "const field = document.getElementById('code');
        return [field.inputMode, field.autocomplete]";
    assert_eq!(phone.script(keys).await, serde_json::json!(["numeric", "off"]));
    phone.press(format!("{}{ENTER}", asked.wrong())).await;
    phone.sees("One try is left.").await;
    // Back in the field, which says what is wrong; what was typed is selected: typing replaces it.
    focus_moves_to(&phone, "textbox", "Two digits").await;
    let field = phone.focus().await.unwrap();
    assert!(field.description.ends_with("One try is left."), "{field:?}");
    phone.find("alert", "").await;
    tab_to(&phone, "button", "This wasn’t me").await;
    phone.press(ENTER).await;
    focus_moves_to(&phone, "heading", "Shall we raise the alarm?").await;
    tab_to(&phone, "button", "Yes, tell them").await;
    tab_to(&phone, "button", "Back").await;
    phone.press(ENTER).await;
    focus_moves_to(&phone, "heading", "Are you on the phone with us?").await;
    tab_to(&phone, "textbox", "Two digits").await;
    phone.press(&asked.say).await;
    tab_to(&phone, "button", "Confirm").await;
    phone.press(ENTER).await;
    focus_moves_to(&phone, "heading", "Thank you, that is confirmed").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// 400 % of a window of 1280 px (WCAG 1.4.10), text twice as large (1.4.4), and forced colours.
#[tokio::test]
async fn enlarged_and_in_forced_colours() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(320, 225).await;
    asked_on(&phone, &asked).await;
    phone.fits().await;
    phone.script("document.documentElement.style.fontSize = '200%'").await;
    phone.fits().await;
    phone.shoot("check-text-200").await;
    phone.click("button", "This wasn’t me").await;
    phone.find("button", "Back").await;
    phone.fits().await;
    phone.script("document.documentElement.style.fontSize = ''").await;
    phone.looks(390, 844, false).await;
    phone.prefers("screen", &[("forced-colors", "active")]).await;
    phone.shoot("check-forced").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}
