//! The page behind the link, in a real browser: what opens it, what does not, and for whom.

use reqwest::Method;
use server::language::Language;
use uuid::Uuid;

use super::reveal_brand::{brightline, say};
use crate::axe::no_violations;
use crate::browser::Browser;
use crate::desk::{Desk, client};
use crate::page::Page;
use crate::person::Person;
use crate::world::{EMAIL, World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";

/// What looks at a link before a person does: chats, messengers, and a scanner that says it is a
/// browser.
pub(super) const PREVIEWS: [&str; 6] = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) \
     Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/140.0.0.0 Safari/537.36",
];

/// Everything but the logo, on the wire (design §12).
const BUDGET: u64 = 8_000;

/// A link on its way.
pub(super) struct Sent {
    pub(super) desk: Desk,
    pub(super) reset: Uuid,
    pub(super) text: String,
    pub(super) link: String,
    /// Empty where none is asked for.
    pub(super) unlock: String,
}

impl Sent {
    pub(super) async fn to_ada(world: &World) -> Self {
        Self::to(world, "48213", ADA_PHONE).await
    }

    /// To whoever has this ticket and this phone.
    pub(super) async fn to(world: &World, ticket: &str, phone: &str) -> Self {
        Self::by(world.desk().await, world, Uuid::from_u128(7), ticket, phone).await
    }

    /// By somebody who has signed in already.
    pub(super) async fn by(
        desk: Desk,
        world: &World,
        reset: Uuid,
        ticket: &str,
        phone: &str,
    ) -> Self {
        let ticket = world.ticket(ticket).await;
        desk.verify(world, &ticket, phone).await;
        let sealed = desk.confirm(&ticket).await;
        let done = desk.reset(reset, ticket.contact, Some(ticket.id), &sealed).await;
        assert_eq!(done.status, 200, "{:?}", done.body);
        let unlock = done.body["unlock_code"].as_str().unwrap_or_default().to_owned();
        let text = world.outside.wait_for_text(phone, 2).await.unwrap().body;
        let link = link_in(&text);
        Self { desk, reset, text, link, unlock }
    }

    /// A code that is not the right one.
    pub(super) fn wrong(&self) -> String {
        let other = |digit: char| if digit == '9' { '0' } else { '9' };
        self.unlock.chars().map(other).collect()
    }

    pub(super) async fn share(&self) -> String {
        self.desk.look(self.reset).await.body["share"]["is"].as_str().unwrap().to_owned()
    }
}

/// The link in a text.
pub(super) fn link_in(text: &str) -> String {
    text.split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned()
}

/// Opens the link as a person does: with the code, by a tap.
pub(super) async fn revealed(phone: &Page, sent: &Sent) {
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    if !sent.unlock.is_empty() {
        phone.fill("textbox", "Unlock code", &sent.unlock).await;
    }
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
}

/// What the page shows as the password.
pub(super) async fn password_on(page: &Page) -> String {
    password_in(page, "Password").await
}

/// The same in another language.
pub(super) async fn password_in(page: &Page, label: &str) -> String {
    let shown = page.find("group", label).await;
    page.element(&shown).await.unwrap().prop("textContent").await.unwrap().unwrap()
}

/// The tab's address and history hold no token.
pub(super) async fn fragment_is_gone(page: &Page, link: &str) {
    let token = link.split_once('#').unwrap().1;
    assert_eq!(page.address().await, link.split_once('#').unwrap().0);
    assert!(
        !page.script("return document.documentElement.outerHTML").await.to_string().contains(token)
    );
}

#[tokio::test]
async fn looking_at_a_link_opens_nothing() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let (page, token) = sent.link.split_once('#').unwrap();
    let client = client(world.address);
    let mut answers = Vec::new();
    for preview in PREVIEWS {
        for method in [Method::GET, Method::HEAD] {
            let asked = client.request(method.clone(), page).header("user-agent", preview);
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{method} by {preview}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains(token), "{text}");
            answers.extend((method == Method::GET).then_some(text));
        }
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "everybody gets the same page");

    // A scanner that runs scripts: with the link as a proxy's log has it, without its fragment; and
    // with all of it, but it does not tap.
    let browser = Browser::start().await;
    let scanner = browser.window(1280, 900).await;
    scanner.go(page).await;
    scanner.sees("This link is not complete").await;
    assert_eq!(scanner.look("button", "").await, None, "there is nothing to tap");
    assert_eq!(sent.share().await, "open");
    scanner.go("about:blank").await;
    scanner.go(&sent.link).await;
    scanner.find("button", "Reveal").await;
    fragment_is_gone(&scanner, &sent.link).await;
    scanner.end().await;
    assert_eq!(sent.share().await, "open");

    let read = Person::with(&world, &sent.text).read(Some(&sent.unlock)).await;
    assert_eq!(read, world.password(ADA));
    assert_eq!(sent.share().await, "opened");
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn only_the_tab_that_opened_it_may_come_back() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&sent.link).await;
    phone.find("image", "Brightline IT").await;
    phone.sees("This link works until").await;

    // No code is no try; a wrong one is.
    phone.click("button", "Reveal").await;
    phone.sees("Type the unlock code").await;
    phone.fill("textbox", "Unlock code", &sent.wrong()).await;
    phone.click("button", "Reveal").await;
    phone.sees("4 tries are left").await;
    phone.fill("textbox", "Unlock code", &sent.wrong()).await;
    phone.press("\u{e007}").await;
    phone.sees("3 tries are left").await;
    assert_eq!(sent.share().await, "open");

    phone.fill("textbox", "Unlock code", &sent.unlock).await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    assert_eq!(password_on(&phone).await, world.password(ADA));
    phone.sees("You will choose a new password when you sign in.").await;
    fragment_is_gone(&phone, &sent.link).await;
    phone.find("button", "Copy password").await;

    // A reload is a lost reply to the server: this tab proves that it was the one.
    phone.driver().refresh().await.unwrap();
    phone.sees("Here is your password").await;
    assert_eq!(password_on(&phone).await, world.password(ADA));

    // The same link on another device.
    let stranger = browser.window(390, 844).await;
    stranger.go(&sent.link).await;
    stranger.sees("This link does not work any more").await;
    // Whose server it is and no more: there is one account.
    stranger.find("link", "+1 206 555 0100").await;
    assert!(!stranger.text().await.contains(&world.password(ADA)));
    // Coming late by itself alarms nobody (people tap their own link twice); saying that one has not
    // seen the password does, and gets nothing.
    let late = async || sent.desk.look(sent.reset).await.body["late"]["count"].clone();
    assert!(late().await.is_null());
    no_violations(&stranger, "late").await;
    stranger.click("button", "I have not seen the password").await;
    until("the help desk is told", async || late().await == 1).await;
    stranger.sees("This link does not work any more").await;
    assert_eq!(stranger.look("button", "").await, None);
    stranger.driver().refresh().await.unwrap();
    stranger.sees("This link does not work any more").await;
    assert_eq!((late().await, stranger.look("button", "").await), (1.into(), None));
    stranger.end().await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// A messenger that cuts a link short costs the person a second tap, not the password.
#[tokio::test]
async fn half_a_link_says_so_and_harms_nothing() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(320, 800).await;
    for cut in [sent.link.split_once('#').unwrap().0, &sent.link[..sent.link.len() - 1]] {
        phone.go("about:blank").await;
        phone.go(cut).await;
        phone.sees("This link is not complete").await;
        phone.sees("Open it again from the text message").await;
        assert_eq!(phone.look("button", "").await, None);
        no_violations(&phone, "half a link").await;
    }
    // The whole link in the same tab: only the fragment is new.
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    assert_eq!(sent.share().await, "open");
    phone.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn five_wrong_codes_close_the_link() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(320, 800).await;
    phone.go(&sent.link).await;
    for says in ["4 tries are left", "3 tries are left", "2 tries are left", "One try is left"] {
        phone.fill("textbox", "Unlock code", &sent.wrong()).await;
        phone.click("button", "Reveal").await;
        phone.sees(says).await;
    }
    phone.fill("textbox", "Unlock code", &sent.wrong()).await;
    phone.click("button", "Reveal").await;
    phone.sees("This link does not work any more").await;
    let late = Person::with(&world, &sent.text).open(Some(&sent.unlock)).await;
    assert_eq!((late.status, late.code()), (410, "link-dead"));
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// In the heaviest language, with all that a brand may say.
#[tokio::test]
async fn the_page_is_light_and_asks_nobody_else() {
    let world = World::in_real_time().await;
    say(&world, world.account, EMAIL, &brightline()).await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&sent.link).await;
    phone.find("button", "Reveal").await;
    let weights = phone
        .script(
            "const parts = [...performance.getEntriesByType('navigation'),
                            ...performance.getEntriesByType('resource')];
             return parts.map((part) => [part.name, part.encodedBodySize])",
        )
        .await;
    let parts = weights.as_array().unwrap();
    let origin = &world.app.settings.share.origin;
    for part in parts {
        assert!(part[0].as_str().unwrap().starts_with(origin.as_str()), "{part} is from elsewhere");
    }
    assert!(parts.len() >= 4, "page, style, script, look: {weights}");
    // The browser may ask for the icon later: it is counted by hand. The logo may be there by now.
    let apart = |name: &str| name.contains("/icon.") || name.contains("/s/logo/");
    let beside = parts[1..].iter().filter(|part| !apart(part[0].as_str().unwrap()));
    let beside: u64 = beside.map(|part| part[1].as_u64().unwrap()).sum();
    assert!(beside > 2_000, "the browser tells no sizes: {weights}");
    let icon = 250;
    for language in Language::ALL {
        let asked = client(world.address)
            .get(format!("{origin}/s"))
            .header("accept-language", language.as_str())
            .header("accept-encoding", "br");
        let page = asked.send().await.unwrap().bytes().await.unwrap().len() as u64;
        let all = page + beside + icon;
        assert!(all <= BUDGET, "{language:?}: {all} bytes, {page} of them the page: {weights}");
    }
    phone.end().await;
    world.settle().await;
    world.end().await;
}
