//! How the reveal page looks, to whoever looks: narrow and wide, light and dark, enlarged, in
//! forced colours, on paper. Each picture is in `target/screenshots/reveal-…`.

use serde_json::json;

use super::reveal_page::{Sent, revealed};
use crate::axe::no_violations;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

/// What is too small for a finger, of all that can be tapped on (WCAG 2.5.5: 44 px).
const SMALL: &str = "
    return [...document.querySelectorAll('button, input, a')]
        .map((node) => [node.textContent, node.getBoundingClientRect().height])
        .filter(([, height]) => height < 44)";

/// A state as everybody meets it.
pub(super) async fn everywhere(page: &Page, state: &str) {
    everywhere_as(page, "reveal", state).await;
}

/// The same of another page behind a link.
pub(super) async fn everywhere_as(page: &Page, name: &str, state: &str) {
    for (light, dark) in [("light", false), ("dark", true)] {
        for (width, height) in [(1280, 900), (320, 640)] {
            page.looks(width, height, dark).await;
            page.fits().await;
            no_violations(page, &format!("{state}, {width}, {light}")).await;
            assert_eq!(page.script(SMALL).await, json!([]), "{state}, {width}");
            page.shoot(&format!("{name}-{state}-{width}-{light}")).await;
        }
    }
    page.looks_as_before().await;
}

#[tokio::test]
async fn every_state_in_every_light() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    everywhere(&phone, "landing").await;
    phone.fill("textbox", "Unlock code", &sent.wrong()).await;
    phone.click("button", "Reveal").await;
    phone.sees("4 tries are left").await;
    everywhere(&phone, "wrong-code").await;

    revealed(&phone, &sent).await;
    everywhere(&phone, "revealed").await;
    phone.click("button", "Spell it out").await;
    phone.sees("Character by character").await;
    everywhere(&phone, "spelt").await;
    phone.click("button", "Hide").await;
    phone.find("button", "Show").await;
    everywhere(&phone, "hidden").await;
    phone.script("dispatchEvent(new PageTransitionEvent('pagehide'))").await;
    phone.sees("The password is no longer shown").await;
    everywhere(&phone, "gone").await;
    phone.end().await;

    let stranger = browser.window(390, 844).await;
    stranger.go(&sent.link).await;
    stranger.sees("This link does not work any more").await;
    everywhere(&stranger, "dead").await;
    stranger.end().await;

    let stranger = browser.window(390, 844).await;
    stranger.go(sent.link.split_once('#').unwrap().0).await;
    stranger.sees("This link is not complete").await;
    everywhere(&stranger, "partial").await;
    stranger.end().await;
    world.settle().await;
    world.end().await;
}

/// Where the policy asks for no code, there is nothing but a button.
#[tokio::test]
async fn without_a_code_there_is_one_thing_to_do() {
    let world = World::build_with(
        false,
        |_| {},
        |sample| {
            sample.replacen(
                "\"account\": {",
                "\"account\": {\"policy\": {\"unlock\": \"never\"},",
                1,
            )
        },
    )
    .await;
    let sent = Sent::to_ada(&world).await;
    assert_eq!(sent.unlock, "");
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    assert_eq!(phone.look("textbox", "").await, None);
    everywhere(&phone, "landing-no-code").await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// 400 % of a window of 1280 px is one of 320 (WCAG 1.4.10), and as low as a letter box.
#[tokio::test]
async fn enlarged_in_forced_colours_and_on_paper() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(320, 225).await;
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    phone.fits().await;
    revealed(&phone, &sent).await;
    phone.click("button", "Spell it out").await;
    phone.sees("Character by character").await;
    phone.fits().await;
    // Text alone twice as large (WCAG 1.4.4).
    phone.script("document.documentElement.style.fontSize = '200%'").await;
    phone.fits().await;
    phone.shoot("reveal-text-200").await;
    phone.script("document.documentElement.style.fontSize = ''").await;

    phone.looks(390, 844, false).await;
    for scheme in ["light", "dark"] {
        phone
            .prefers("screen", &[("forced-colors", "active"), ("prefers-color-scheme", scheme)])
            .await;
        phone.shoot(&format!("reveal-forced-{scheme}")).await;
        // What tells digits, signs and buttons is no colour.
        let shapes = phone
            .script(
                "const style = (what) => getComputedStyle(document.querySelector(what));
                 return [style('.pass i').textDecorationLine, style('.pass b').outlineStyle,
                         style('button').borderTopStyle, matchMedia('(forced-colors: active)').matches]",
            )
            .await;
        assert_eq!(shapes, json!(["underline", "solid", "solid", true]), "{scheme}");
    }

    phone.prefers("print", &[]).await;
    phone.shoot("reveal-print").await;
    let shown = phone.text().await;
    assert!(!shown.contains(&world.password("ada.park@northwind.example")), "{shown}");
    assert!(!shown.contains("capital") && shown.contains("What to do now"), "{shown}");
    phone.end().await;
    world.settle().await;
    world.end().await;
}
