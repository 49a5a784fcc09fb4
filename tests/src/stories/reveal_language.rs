//! Which language the reveal page speaks, and whose brand it has.

use reqwest::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, VARY};
use serde_json::{Value, json};
use server::language::Language;
use server::language::page::page;

use super::reveal_page::Sent;
use crate::browser::Browser;
use crate::desk::client;
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

/// Nothing is known of Ada's language: the browser's stays.
#[tokio::test]
async fn who_has_no_language_gets_the_browsers() {
    let world = World::in_real_time().await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(320, 640).await;
    phone.reads("es-MX,es").await;
    phone.go(&sent.link).await;
    let words = page(Language::Es);
    phone.find("button", words.reveal).await;
    phone.find("heading", words.ready).await;
    assert_eq!(phone.script("return document.documentElement.lang").await, json!("es"));
    phone.fits().await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}
