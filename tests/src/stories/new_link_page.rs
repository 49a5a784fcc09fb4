//! Another phone, and a new link for a locked one, at the ticket: with a look at the choice and
//! nothing but a keyboard.

use simulator::{Company, Fault, Line, Phone};

use super::keyboard::{ENTER, ESCAPE, focus_moves_to, tab_to};
use super::new_link::{ADA, FIRST, SECOND, newest};
use super::walk::{SUMMARY, ready_to_reset, remembers_news, sees_note, signed_in, verify};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

const SPACE: &str = " ";
const ARROW_UP: &str = "\u{e013}";

/// The unlock code on the technician's screen.
async fn unlock_code(page: &Page) -> String {
    let shown = page.find("status", "Unlock code").await;
    page.element(&shown).await.unwrap().text().await.unwrap().replace(' ', "")
}

#[tokio::test]
async fn a_landline_then_another_phone_then_a_locked_link() {
    let world = World::in_real_time().await;
    world.outside.edit_user(ADA, |ada| {
        ada.phones.push(Phone { kind: "alternateMobile".into(), number: "+1 2065550178".into() });
    });
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", SUMMARY).await;
    verify(&world, &page).await;
    world.outside.set_line(FIRST, Some(Line::Landline));
    ready_to_reset(&page).await;
    page.click("button", "Password Reset").await;
    page.wait("the confirmation is ready", async || {
        page.look("button", "Reset password").await.is_some_and(|button| !button.disabled)
    })
    .await;
    remembers_news(&page).await;
    page.click("button", "Reset password").await;

    // What happened, and what to do about it.
    page.sees("Password set, but the text failed").await;
    page.sees("This number can’t receive texts.").await;
    page.sees("Use another phone").await;
    in_every_light(&page, "20-landline").await;

    // Microsoft can't be asked: said so, and asked again.
    world.outside.fault(Company::Graph, Some("phoneMethods"), Fault::HalfReply);
    tab_to(&page, "button", "Send to another phone").await;
    page.press(ENTER).await;
    page.find("dialog", "Send a new link").await;
    focus_moves_to(&page, "heading", "Send a new link").await;
    page.sees("Microsoft does not answer right now.").await;
    tab_to(&page, "button", "Check again").await;
    page.press(ENTER).await;
    focus_moves_to(&page, "heading", "Send a new link").await;

    // The one that was not tried is chosen; the other says what it is.
    page.find("radio", "+1\u{a0}•••\u{a0}••78 Second mobile").await;
    page.find("radio", "+1\u{a0}•••\u{a0}••23 Mobile · used so far").await;
    page.sees("verified the caller: one factor · needs an unlock code").await;
    assert!(!page.text().await.contains("2065550"), "the numbers are masked");
    in_every_light(&page, "21-phones").await;
    let radio = tab_to(&page, "radio", "+1\u{a0}•••\u{a0}••78").await;
    page.press(ARROW_UP).await;
    focus_moves_to(&page, "radio", "+1\u{a0}•••\u{a0}••23").await;
    page.press(ESCAPE).await;
    page.gone("dialog", "Send a new link").await;
    focus_moves_to(&page, "button", "Send to another phone").await;
    assert!(world.outside.texts(SECOND).is_empty(), "{radio:?} was chosen, not confirmed");

    page.press(ENTER).await;
    page.find("radio", "+1\u{a0}•••\u{a0}••78").await;
    tab_to(&page, "radio", "+1\u{a0}•••\u{a0}••78").await;
    page.press(SPACE).await;
    tab_to(&page, "button", "Send link").await;
    page.press(ENTER).await;
    page.gone("dialog", "Send a new link").await;
    page.sees("Link sent").await;
    focus_moves_to(&page, "heading", "Link sent").await;
    page.sees("Ada Park · +1\u{a0}•••\u{a0}••78").await;
    world.outside.wait_for_text(SECOND, 1).await.unwrap();
    sees_note(&world, &page, "gets a new one-time link for the same password").await;

    // Five wrong codes: the pod says so by itself, and the way on.
    let old = newest(&world, SECOND);
    let right = unlock_code(&page).await;
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        old.open(Some(wrong)).await;
    }
    page.sees("Five wrong unlock codes").await;
    page.sees("Make sure that you speak to the caller you verified").await;
    page.gone("button", "Send again").await;
    in_every_light(&page, "22-locked").await;
    page.click("button", "Send a new link").await;
    page.find("radio", "+1\u{a0}•••\u{a0}••78 Second mobile · used so far").await;
    page.click("radio", "+1\u{a0}•••\u{a0}••78").await;
    page.click("button", "Send link").await;
    page.sees("Link sent").await;
    world.outside.wait_for_text(SECOND, 2).await.unwrap();
    let new = newest(&world, SECOND);
    let code = unlock_code(&page).await;
    assert_eq!(old.open(Some(&right)).await.code(), "link-dead");
    assert_eq!(new.read(Some(&code)).await, world.password(ADA));
    page.sees("Link opened at").await;
    page.gone("button", "Send to another phone").await;
    // The notes keep up, whatever comes close behind.
    assert_eq!(new.another_device().open(Some(&code)).await.code(), "link-dead");
    sees_note(&world, &page, "opened the one-time link and has").await;
    sees_note(&world, &page, "Somebody tried the link for").await;
    page.end().await;
    world.settle().await;
    world.end().await;
}
