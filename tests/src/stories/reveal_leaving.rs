//! What is left on the phone: after leaving, after coming back, after some minutes, without
//! JavaScript, without storage, without a net.

use serde_json::{Value, json};

use super::reveal_page::{Sent, password_on, revealed};
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

const ADA: &str = "ada.park@northwind.example";

/// A clock that can be put forward: `later` milliseconds.
const CLOCK: &str = "
    { const now = Date.now.bind(Date); window.later = 0; Date.now = () => now() + window.later; }";
/// A browser that keeps nothing.
const NO_STORAGE: &str = "
    Object.defineProperty(window, 'sessionStorage', {
        get() { throw new DOMException('no', 'SecurityError'); },
    });";
/// A net that is not there while `cut` is set.
const CUT: &str = "
    { const ask = window.fetch; window.fetch = (...what) => window.cut ? Promise.reject(new TypeError('cut')) : ask(...what); }";

/// What the tab remembers: names, never what the test must not print.
async fn remembered(page: &Page) -> Value {
    page.script("return Object.keys(sessionStorage).sort()").await
}

/// Neither the page nor the tab's memory holds the password.
async fn holds_nothing(page: &Page, password: &str) {
    let all = "return document.documentElement.outerHTML + JSON.stringify(sessionStorage)
        + JSON.stringify(localStorage) + document.cookie + JSON.stringify(history.state)";
    let all = page.script(all).await;
    assert!(!all.as_str().unwrap().contains(password), "the password is still there");
}

#[tokio::test]
async fn leaving_takes_it_off_the_screen() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let password = world.password(ADA);
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    revealed(&phone, &sent).await;
    assert_eq!(remembered(&phone).await, json!(["nonce", "seen", "tapped", "token"]));
    phone.click("button", "Spell it out").await;

    // As the browser says it when the page may come back from its memory.
    phone.script("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))").await;
    phone.sees("The password is no longer shown").await;
    holds_nothing(&phone, &password).await;
    phone.click("button", "Show it again").await;
    phone.sees("Here is your password").await;
    assert_eq!(password_on(&phone).await, password);

    // Away and back: nothing comes up by itself, but this tab may still ask.
    phone.go("about:blank").await;
    phone.driver().back().await.unwrap();
    phone.sees("The password is no longer shown").await;
    holds_nothing(&phone, &password).await;
    phone.click("button", "Show it again").await;
    phone.sees("Here is your password").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn after_some_minutes_it_goes_by_itself() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let password = world.password(ADA);
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.before_scripts(CLOCK).await;
    revealed(&phone, &sent).await;
    phone.sees("This disappears from the screen at").await;
    let said =
        async || phone.script("return document.querySelector('.when span').textContent").await;
    let first = said().await;

    // Five minutes more, for who types it on another device. What could fetch it again goes in time.
    phone.click("button", "Keep it longer").await;
    assert_ne!(said().await, first);
    phone.script("window.later = 6 * 60000").await;
    phone
        .wait("the tab has forgotten", async || remembered(&phone).await == json!(["over", "seen"]))
        .await;
    assert_eq!(password_on(&phone).await, password);
    phone.script("window.later = 11 * 60000").await;
    phone.sees("The password is no longer shown").await;
    holds_nothing(&phone, &password).await;
    assert_eq!(phone.look("button", "").await, None, "nothing to show again");
    phone.sees("ask for a new link").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// What ends at the server is over in the tab, whatever the tab thinks: it forgets, and says so again
/// after a reload.
#[tokio::test]
async fn what_ended_elsewhere_is_over_here() {
    let world = World::new().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    revealed(&phone, &sent).await;
    // The grace is over by the server's clock, not by the phone's.
    world.pass(6 * 60_000);
    phone.script("dispatchEvent(new PageTransitionEvent('pagehide'))").await;
    phone.click("button", "Show it again").await;
    phone.sees("This link does not work any more").await;
    phone.sees("Call your help desk and ask for a new link.").await;
    holds_nothing(&phone, &world.password(ADA)).await;
    assert_eq!(remembered(&phone).await, json!(["over", "seen"]));
    phone.driver().refresh().await.unwrap();
    phone.sees("This link does not work any more").await;
    // The text is tapped once more.
    phone.go(&sent.link).await;
    phone.sees("This link does not work any more").await;
    assert_eq!(remembered(&phone).await, json!(["over"]));
    phone.end().await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn without_javascript_the_page_says_what_it_needs() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(320, 640).await;
    phone.without_scripts().await;
    phone.go(&sent.link).await;
    phone.sees("Please switch on JavaScript").await;
    assert!(!phone.text().await.contains("Checking your link"), "one thing at a time");
    phone.fits().await;
    phone.shoot("reveal-no-script-320").await;
    assert_eq!(sent.share().await, "open");
    phone.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn without_storage_it_works_until_the_page_is_closed() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.before_scripts(NO_STORAGE).await;
    revealed(&phone, &sent).await;
    assert_eq!(password_on(&phone).await, world.password(ADA));
    phone.script("dispatchEvent(new PageTransitionEvent('pagehide'))").await;
    phone.click("button", "Show it again").await;
    phone.sees("Here is your password").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// A weak signal: what could not be asked is asked again, by a tap or when the net is back.
#[tokio::test]
async fn a_net_that_comes_and_goes_loses_nothing() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.before_scripts(&format!("window.cut = true;{CUT}")).await;
    phone.go(&sent.link).await;
    phone.sees("There was no answer").await;
    phone.click("button", "Try again").await;
    phone.sees("There was no answer").await;
    phone.script("window.cut = false; dispatchEvent(new Event('online'))").await;
    phone.find("button", "Reveal").await;

    phone.fill("textbox", "Unlock code", &sent.unlock).await;
    phone.script("window.cut = true").await;
    phone.click("button", "Reveal").await;
    phone
        .sees("There was no answer. Keep this page open, check your connection and try again.")
        .await;
    assert_eq!(phone.find("textbox", "Unlock code").await.value, sent.unlock);
    assert_eq!(sent.share().await, "open");
    phone.script("window.cut = false").await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    assert_eq!(password_on(&phone).await, world.password(ADA));
    phone.end().await;
    world.settle().await;
    world.end().await;
}
