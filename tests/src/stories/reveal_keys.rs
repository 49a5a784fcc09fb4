//! The reveal page without a mouse, and for who types or listens: the code, the copy, the spelling.

use serde_json::json;

use super::keyboard::{ENTER, focus_moves_to, tab_to};
use super::reveal_page::{Sent, password_on, revealed};
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

const ADA: &str = "ada.park@northwind.example";

/// Keeps what a page puts on the clipboard, where it can be looked at.
const CLIPBOARD: &str = "
    navigator.clipboard.writeText = async (text) => { window.copied = text };";
/// A browser that allows no copying, in neither way.
const NO_CLIPBOARD: &str = "
    navigator.clipboard.writeText = async () => { throw new DOMException('no', 'NotAllowedError') };
    document.execCommand = () => false;";

/// What is selected now, as it would be copied.
async fn selected(page: &Page) -> String {
    page.script("return getSelection().toString()").await.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_whole_page_by_keyboard() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(1280, 900).await;
    phone.before_scripts(CLIPBOARD).await;
    phone.go(&sent.link).await;
    // Each screen begins at its heading: that is what a screen reader says first.
    focus_moves_to(&phone, "heading", "Your password is ready").await;
    let field = tab_to(&phone, "textbox", "Unlock code").await;
    assert!(field.description.starts_with("Your help desk tells you this number"), "{field:?}");
    phone.press(format!("{}{ENTER}", sent.wrong())).await;
    phone.sees("4 tries are left").await;
    // Back in the field, which says what is wrong; what was typed is selected: typing replaces it.
    focus_moves_to(&phone, "textbox", "Unlock code").await;
    let field = phone.focus().await.unwrap();
    assert!(field.description.ends_with("4 tries are left."), "{field:?}");
    phone.find("alert", "").await;
    phone.press(&sent.unlock).await;
    tab_to(&phone, "button", "Reveal").await;
    phone.press(ENTER).await;

    focus_moves_to(&phone, "heading", "Here is your password").await;
    // Copy comes first.
    let copy = tab_to(&phone, "button", "").await;
    assert_eq!(copy.name, "Copy password");
    phone.press(ENTER).await;
    phone.sees("Copied. Paste it where you sign in.").await;
    assert_eq!(phone.script("return window.copied").await, json!(world.password(ADA)));
    let said = phone.find("status", "").await;
    assert_eq!(
        phone.element(&said).await.unwrap().text().await.unwrap(),
        "Copied. Paste it where you sign in."
    );
    focus_moves_to(&phone, "button", "✓ Copy password").await;

    tab_to(&phone, "button", "Hide").await;
    phone.press(ENTER).await;
    focus_moves_to(&phone, "button", "Show").await;
    phone.find("image", "Password is hidden").await;
    assert!(!phone.text().await.contains(&world.password(ADA)));
    phone.press(ENTER).await;
    focus_moves_to(&phone, "button", "Hide").await;
    assert_eq!(password_on(&phone).await, world.password(ADA));

    tab_to(&phone, "button", "Spell it out").await;
    phone.press(ENTER).await;
    phone.find("heading", "Character by character").await;
    tab_to(&phone, "button", "Keep it longer").await;
    tab_to(&phone, "link", "www.office.com").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// Whoever types the password on another device reads it letter by letter; whoever selects it gets
/// it as it is, over however many lines it goes.
#[tokio::test]
async fn spelt_and_selected_it_is_the_same() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(320, 640).await;
    revealed(&phone, &sent).await;
    let password = world.password(ADA);
    assert_eq!(password_on(&phone).await, password);
    phone.script("document.documentElement.style.fontSize = '200%'").await;
    let lines = "return document.querySelector('.pass').getClientRects()[0].height
        / parseFloat(getComputedStyle(document.querySelector('.pass')).lineHeight)";
    assert!(phone.script(lines).await.as_f64().unwrap() > 2.0, "it goes over several lines");
    phone.script("getSelection().selectAllChildren(document.querySelector('.pass'))").await;
    assert_eq!(selected(&phone).await, password);
    phone.script("document.documentElement.style.fontSize = ''").await;

    phone.click("button", "Spell it out").await;
    phone.sees("Character by character").await;
    let spelt = phone
        .script(
            "return [...document.querySelectorAll('.spell li')].map((line) =>
                [line.querySelector('code').textContent, line.textContent])",
        )
        .await;
    let spelt: Vec<(String, String)> = serde_json::from_value(spelt).unwrap();
    assert_eq!(spelt.iter().map(|(sign, _)| sign.as_str()).collect::<String>(), password);
    for (sign, line) in spelt {
        let sign = sign.chars().next().unwrap();
        let said = line.trim_start_matches(sign).trim();
        match sign {
            'A'..='Z' => assert_eq!(said, format!("capital {sign}")),
            'a'..='z' => assert_eq!(said, format!("small {sign}")),
            _ => assert!(said.len() > 2, "{sign}: {said}"),
        }
    }
    phone.click("button", "Close spelling").await;
    phone.gone("heading", "Character by character").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn a_browser_that_copies_nothing_says_so() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.before_scripts(NO_CLIPBOARD).await;
    revealed(&phone, &sent).await;
    phone.click("button", "Hide").await;
    phone.click("button", "Copy password").await;
    phone.sees("This browser does not allow copying.").await;
    // Shown and selected: one tap less for whoever copies by hand.
    phone.find("button", "Hide").await;
    assert_eq!(selected(&phone).await, world.password(ADA));
    phone.find("button", "Copy password").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// People paste the code with blanks and dashes, as it was written down.
#[tokio::test]
async fn the_code_may_be_typed_in_groups() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    let keys = "const field = document.getElementById('code');
        return [field.inputMode, field.autocomplete]";
    assert_eq!(phone.script(keys).await, json!(["numeric", "off"]));
    let (first, rest) = sent.unlock.split_at(3);
    phone.fill("textbox", "Unlock code", &format!(" {first} - {rest} ")).await;
    phone.press(ENTER).await;
    phone.sees("Here is your password").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}
