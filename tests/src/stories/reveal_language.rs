//! Which language the reveal page speaks, and whose brand it has.

use reqwest::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, VARY};
use serde_json::{Value, json};
use server::language::Language;
use server::language::page::page;

use super::reveal_look::everywhere;
use super::reveal_page::Sent;
use crate::browser::Browser;
use crate::desk::client;
use crate::person::Person;
use crate::world::World;

/// The page's own data, without a browser.
fn data_in(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"page\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test]
async fn the_browser_says_what_the_page_speaks() {
    let world = World::in_real_time().await;
    let client = client(world.address);
    let address = format!("{}/s", world.app.settings.share.origin);
    for (accept, language) in [
        ("de-CH,de;q=0.9,en;q=0.8", Language::De),
        ("ja,nl;q=0.4", Language::Nl),
        ("ja", Language::En),
        ("", Language::En),
    ] {
        let asked = client.get(&address).header(ACCEPT_LANGUAGE, accept);
        let answer = asked.send().await.unwrap();
        let vary = answer.headers()[VARY].to_str().unwrap().to_owned();
        assert!(vary.contains("accept-language") && vary.contains("accept-encoding"), "{vary}");
        let text = answer.text().await.unwrap();
        assert!(
            text.contains(&format!("<html lang=\"{}\">", language.as_str())),
            "{accept}: {text}"
        );
        assert!(text.contains(page(language).looking) && text.contains(page(language).no_script));
        assert_eq!(data_in(&text)["words"]["ready"], page(language).ready);
    }
    let small = client.get(&address).header(ACCEPT_ENCODING, "br").send().await.unwrap();
    assert_eq!(small.headers()[CONTENT_ENCODING], "br");
    world.end().await;
}

/// A phone that reads something else than the link speaks, and what comes of it.
#[tokio::test]
async fn the_persons_language_comes_before_the_browsers() {
    let browser = Browser::start().await;
    for (ticket, phone, reads, speaks) in [
        // Microsoft has fr-CA; the phone is German.
        ("48253", "+12065550157", "de-DE,de", Language::Fr),
        // Microsoft has de-DE, and so has the phone.
        ("48249", "+12065550153", "de-DE,de", Language::De),
        // Nothing is known of Ada: the phone decides.
        ("48213", "+12065550123", "es-MX,es", Language::Es),
    ] {
        let world = World::in_real_time().await;
        let sent = Sent::to(&world, ticket, phone).await;
        let (words, code) = (page(speaks), speaks.as_str());
        let phone = browser.window(320, 640).await;
        phone.reads(reads).await;
        phone.go(&sent.link).await;
        phone.find("heading", words.ready).await;
        assert_eq!(phone.script("return document.documentElement.lang").await, json!(code));
        everywhere(&phone, &format!("landing-{code}")).await;
        phone.fill("textbox", words.code, &sent.unlock).await;
        phone.click("button", words.reveal).await;
        phone.find("heading", words.here).await;
        phone.click("button", words.spell).await;
        phone.find("heading", words.spelt).await;
        everywhere(&phone, &format!("spelt-{code}")).await;
        // A reload knows it too, although a look tells nothing any more.
        phone.driver().refresh().await.unwrap();
        phone.find("heading", words.here).await;
        assert_eq!(phone.script("return document.documentElement.lang").await, json!(code));
        phone.end().await;

        let stranger = browser.window(320, 640).await;
        stranger.reads(reads).await;
        stranger.go(&sent.link).await;
        let own = page(Language::of_browser(reads).unwrap());
        stranger.find("heading", own.dead).await;
        stranger.end().await;
        world.settle().await;
        world.end().await;
    }
}

/// The browser's own way of writing a time.
#[tokio::test]
async fn times_are_the_readers_own() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    for (reads, time) in [("en-US,en", r"\d{1,2}:\d\d\s[AP]M\."), ("en-GB,en", r"\d{1,2}:\d\d\.")] {
        let phone = browser.window(390, 844).await;
        phone.reads(reads).await;
        phone.go(&sent.link).await;
        phone.sees("This link works until").await;
        // With the day before it when that is tomorrow.
        let found =
            format!(r"return /works until (\w+ \w+,? )?{time}/.test(document.body.innerText)");
        assert_eq!(phone.script(&found).await, json!(true), "{reads}: {}", phone.text().await);
        phone.end().await;
    }
    world.settle().await;
    world.end().await;
}

/// The server knows no time zone: what it says is what the reader's own clock will show.
#[tokio::test]
async fn times_are_in_the_readers_own_zone() {
    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60;
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    world.settle().await;
    let look = Person::with(&world, &sent.text).look().await;
    let expires_at = look.body["expires_at"].as_i64().unwrap();
    let browser = Browser::start().await;
    // None of them has a summer time.
    for (zone, ahead) in [
        ("Asia/Tokyo", 9 * 60),
        ("Asia/Kathmandu", 5 * 60 + 45),
        ("America/Phoenix", -7 * 60),
        ("UTC", 0),
    ] {
        let phone = browser.window(390, 844).await;
        phone.reads("en-GB,en").await;
        phone.lives_in(zone).await;
        let today = || (world.now().0 / MINUTE + ahead) / DAY;
        let before = today();
        phone.go(&sent.link).await;
        phone.sees("This link works until").await;
        // The page adds what is left to its own clock, so an answer's way may cost a minute's border.
        let shown = [expires_at, expires_at + MINUTE].map(|at| {
            let minute = at / MINUTE + ahead;
            (minute / DAY, format!("{:02}:{:02}.", minute % DAY / 60, minute % 60))
        });
        let text = phone.text().await;
        let (_, after) = text.split_once("This link works until ").unwrap();
        let line = after.lines().next().unwrap();
        let time = format!("{:0>6}", line.rsplit(' ').next().unwrap());
        let found = shown.iter().find(|(_, clock)| time == *clock);
        let (day, _) = found.unwrap_or_else(|| panic!("{zone}: {line}, not {shown:?}"));
        // With the day before it when that is tomorrow, there.
        if *day != today() || before == today() {
            assert_eq!(line.contains(' '), *day != today(), "{zone}: {line}");
        }
        phone.end().await;
    }
    world.end().await;
}
