//! What opens links before people do: previews in chats and on phones, scanners of mail, and robots
//! that press whatever can be pressed. None of them hears the technician, so none verifies anybody.

use reqwest::Method;
use serde_json::json;
use shared::Outcome;

use super::{Asked, MAIL, TEXT, asked_on};
use crate::browser::Browser;
use crate::desk::client;
use crate::page::Page;
use crate::stories::reveal_page::{PREVIEWS, fragment_is_gone};
use crate::world::World;

/// Presses every button that there is, and every one that comes of it, until nothing new comes; sends
/// the form whatever is in it. `typed` goes into every field. Gives what it pressed.
const ROBOT: &str = "
    const typed = arguments[0] || '';
    const pressed = [];
    // A round trip: frames and timers of a window in the background come once a second.
    const wait = () => fetch('/v', { method: 'HEAD' });
    const press = async () => {
        for (const field of document.querySelectorAll('input')) field.value = typed;
        const seen = new Set();
        for (let round = 0; round < 50; round += 1) {
            const next = [...document.querySelectorAll('button, a[href^=\"http\"]')]
                .find((it) => !seen.has(it));
            if (!next) break;
            seen.add(next);
            pressed.push(next.textContent);
            next.click();
            for (const form of document.querySelectorAll('form')) form.requestSubmit();
            for (let trips = 0; trips < 10; trips += 1) await wait();
        }
    };
    return press().then(() => pressed);";

async fn robot(page: &Page, typed: &str) -> Vec<String> {
    let script = format!("return (function () {{ {ROBOT} }})('{typed}')");
    serde_json::from_value(page.script(&script).await).unwrap()
}

/// Every preview, by GET and HEAD, gets the same page; a browser that does not tap changes nothing.
async fn is_looked_at(world: &World, browser: &Browser, asked: &Asked) {
    let (page, token) = asked.link.split_once('#').unwrap();
    let client = client(world.address);
    let mut answers = Vec::new();
    for preview in PREVIEWS {
        for method in [Method::GET, Method::HEAD] {
            let request = client.request(method.clone(), page).header("user-agent", preview);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{method} by {preview}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains(token) && !text.contains("Tess"), "{text}");
            answers.extend((method == Method::GET).then_some(text));
        }
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "everybody gets the same page");
    asked.waits_with(2).await;

    // As a proxy's log has it, without its fragment; then with all of it, and no tap.
    let scanner = browser.window(1280, 900).await;
    scanner.go(page).await;
    scanner.sees("This link is not complete").await;
    assert_eq!(scanner.look("button", "").await, None, "there is nothing to press");
    asked_on(&scanner, asked).await;
    fragment_is_gone(&scanner, &asked.link).await;
    assert_eq!(scanner.script("return Object.keys(sessionStorage)").await, json!([]));
    scanner.end().await;
    asked.waits_with(2).await;
}

#[tokio::test]
async fn looking_at_a_link_verifies_nobody() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let text = Asked::by_text(&world).await;
    is_looked_at(&world, &browser, &text).await;
    let mail = Asked::by(&world, text.desk, MAIL).await;
    is_looked_at(&world, &browser, &mail).await;
    // A look by program, however often.
    for _ in 0..3 {
        assert_eq!(mail.look(&world).await.0, 200);
    }
    mail.waits_with(2).await;
    world.settle().await;
    world.end().await;
}

/// With an empty field, with the first numbers that come to mind, with every button in turn. (One
/// guess in a hundred is right; what is right here is not tried.)
#[tokio::test]
async fn a_robot_that_presses_everything_verifies_nobody() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let desk = world.desk().await;
    let all: [(_, &[&str]); 2] = [(TEXT, &["", "0", "00", "12", "Confirm"]), (MAIL, &["", "99"])];
    for (way, texts) in all {
        for typed in texts {
            let asked = Asked::by(&world, desk.clone(), way).await;
            if *typed == asked.say {
                continue;
            }
            let window = browser.window(1280, 900).await;
            asked_on(&window, &asked).await;
            let pressed = robot(&window, typed).await;
            assert!(pressed.iter().any(|it| it == "Confirm"), "{pressed:?}");
            let outcome = asked.outcome(&world).await;
            assert_ne!(outcome, Outcome::Verified, "{way:?} {typed:?}: {pressed:?}");
            assert_ne!(asked.shield().await["is"], "verified");
            window.end().await;
            forget(&world).await;
        }
    }
    world.settle().await;
    world.end().await;
}

/// What a mail scanner does: it presses what the page has when it is loaded, once each. That is no
/// alarm yet: the second question comes first, and leads back.
#[tokio::test]
async fn a_robot_that_presses_once_raises_no_alarm() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by(&world, world.desk().await, MAIL).await;
    let window = browser.window(1280, 900).await;
    asked_on(&window, &asked).await;
    window.script("document.querySelectorAll('button').forEach((it) => it.click())").await;
    window.find("button", "Yes, tell them").await;
    // Nor does one that then does the same again.
    window.script("document.querySelectorAll('button')[0].click()").await;
    window.find("button", "Confirm").await;
    asked.waits_with(2).await;
    window.end().await;
    world.settle().await;
    world.end().await;
}

/// So that limits on sending don't end the story.
async fn forget(world: &World) {
    world.settle().await;
    for statement in [
        "delete from outbox where account = $1 and verification is not null",
        "delete from verifications where account = $1",
        "delete from limits where account = $1",
    ] {
        world.app.store.seed(statement, &[world.account.0]).await;
    }
}
