//! Whose name, number, colours and words the reveal page has, and what it tells whom.

use reqwest::Client;
use serde_json::{Value, json};
use server::brand::{Brand, Texts, colors, logo};
use server::language::Language;
use server::language::page::page;
use server::store::BrandChange;
use shared::AccountId;
use uuid::Uuid;

use super::branding::{self, customer};
use super::reveal_look::everywhere;
use super::reveal_page::{Sent, password_in};
use super::walk::signed_in;
use crate::browser::Browser;
use crate::desk::client;
use crate::page::Page;
use crate::person::Person;
use crate::world::{EMAIL, World};

/// The logo of an MSP that there is not.
const LOGO: &[u8] = include_bytes!("brightline.png");

/// Adds up how far things jump. (Layout Instability, w3.org/TR/layout-instability)
const JUMPS: &str = "
    window.jumps = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.jumps += one.value;
    }).observe({type: 'layout-shift', buffered: true});";

/// All that a brand says.
pub(super) fn brightline() -> Brand {
    let texts = Texts {
        intro: "{brand} has set a new password for you. Reveal it when you are where you want to \
                sign in: the link shows it once."
            .into(),
        footer: "Brightline IT · 12 Pine Street, Seattle\nMonday to Friday <8 am – 6 pm>".into(),
        ..Texts::default()
    };
    Brand {
        name: Some("Brightline".into()),
        logo: Some(logo::make(LOGO).unwrap().hash),
        help: Some("+1 206 555 0199".into()),
        colors: colors::derive("#8a1f5f"),
        texts: [(Language::En, texts)].into(),
        ..Brand::default()
    }
}

/// The admin of this account says so.
pub(super) async fn say(world: &World, account: AccountId, admin: &str, said: &Brand) {
    let store = &world.app.store;
    let by = store.technician_by_email(admin).await.unwrap().unwrap().id;
    let seen = store.brand_said(account, None).await.unwrap().map(|row| row.version);
    let logo = logo::make(LOGO).unwrap();
    let logo = said.logo.is_some().then_some(&logo);
    let change = BrandChange { customer: None, seen, said, logo, about: "all", alarm: None };
    store.change_brand(account, by, world.now(), &change).await.unwrap();
}

async fn color_of(page: &Page, what: &str) -> Value {
    page.script(&format!(
        "const style = getComputedStyle(document.querySelector('{what}'));
         return [style.backgroundColor, style.color]"
    ))
    .await
}

fn rgb(hex: &str) -> String {
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    format!("rgb({}, {}, {})", part(1), part(3), part(5))
}

#[tokio::test]
async fn a_brand_is_on_every_screen() {
    let world = World::in_real_time().await;
    let brand = brightline();
    say(&world, world.account, EMAIL, &brand).await;
    let sent = Sent::to_ada(&world).await;
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.before_scripts(JUMPS).await;
    phone.go(&sent.link).await;
    phone.find("image", "Brightline").await;
    phone
        .wait("the logo is there", async || {
            let loaded = "return document.querySelector('#brand img').naturalWidth > 0";
            phone.script(loaded).await == json!(true)
        })
        .await;
    phone.find("button", "Reveal").await;
    assert_eq!(phone.script("return window.jumps").await, json!(0), "nothing jumps");
    // Words are words, whatever stands in them.
    phone.sees("Brightline has set a new password for you. Reveal it").await;
    phone.sees("12 Pine Street, Seattle\nMonday to Friday <8 am – 6 pm>").await;
    let number = phone.find("link", "+1 206 555 0199").await;
    let number = phone.element(&number).await.unwrap().attr("href").await.unwrap();
    assert_eq!(number.as_deref(), Some("tel:+12065550199"));
    let colors = brand.colors.unwrap();
    for (dark, back, on) in [
        (false, &colors.accent, &colors.on_accent),
        (true, &colors.dark_accent, &colors.on_dark_accent),
    ] {
        phone.looks(390, 844, dark).await;
        assert_eq!(color_of(&phone, ".main").await, json!([rgb(back), rgb(on)]));
    }
    everywhere(&phone, "brand-landing").await;
    phone.fill("textbox", "Unlock code", &sent.unlock).await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    everywhere(&phone, "brand-revealed").await;
    phone.shoot("reveal-brand-revealed-390-light").await;
    phone.end().await;

    // The one account of the server: nobody learns more from a dead link than from the host.
    let stranger = browser.window(390, 844).await;
    stranger.go(&sent.link).await;
    stranger.sees("This link does not work any more").await;
    stranger.sees("Call your help desk and ask for a new link.").await;
    stranger.find("link", "+1 206 555 0199").await;
    stranger.sees("12 Pine Street").await;
    everywhere(&stranger, "brand-dead").await;
    stranger.end().await;

    let plain = browser.window(320, 640).await;
    plain.without_scripts().await;
    plain.go(&sent.link).await;
    plain.sees("Please switch on JavaScript").await;
    plain.find("link", "+1 206 555 0199").await;
    plain.shoot("reveal-brand-no-script-320").await;
    plain.end().await;
    world.settle().await;
    world.end().await;
}

/// A customer with a brand of its own: whoever has a link of its people sees it, and nobody else.
#[tokio::test]
async fn a_customers_own_brand_is_behind_its_peoples_links_only() {
    let (wrong, right) = ("this-is-the-secret-id-not-its-value", "fabrikam~simulated-secret-value");
    let mend = |sample: String| sample.replace(wrong, right);
    let world = World::build_with(false, |_| {}, mend).await;
    let desk = world.desk().await;
    let (accounts, own) = ("#8a1f5f", "#0b6b3a");
    let colors = [accounts, own].map(|color| colors::derive(color).unwrap());
    let ours = json!({
        "name": "Brightline", "help": "+1 206 555 0199", "colors": colors[0],
        "texts": {"en": {"intro": "Brightline sends you this."}},
    });
    let its = json!({
        "name": "Northwind Help", "help": "+1 206 555 0142", "colors": colors[1],
        "texts": {"en": {"intro": "{brand} has set it for you."}},
    });
    let path = format!("/api/customers/{}/brand", customer(&world, "Northwind Dental").await);
    for (path, brand) in [("/api/brand", ours), (path.as_str(), its)] {
        let said = branding::say(&desk, path, brand).await;
        assert_eq!(said.status, 200, "{:?}", said.body);
    }
    let ada = Sent::by(desk.clone(), &world, Uuid::from_u128(7), "48213", "+12065550123").await;
    let paula = Sent::by(desk, &world, Uuid::from_u128(8), "51007", "+12065550141").await;

    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&ada.link).await;
    // The account's logo, which the customer has not replaced, by the customer's name.
    phone.find("image", "Northwind Help").await;
    phone.sees("Northwind Help has set it for you.").await;
    phone.find("link", "+1 206 555 0142").await;
    let back = |at: usize| json!([rgb(&colors[at].accent), rgb(&colors[at].on_accent)]);
    assert_eq!(color_of(&phone, ".main").await, back(1));
    let text = phone.text().await;
    assert!(!text.contains("Brightline") && !text.contains("0199"), "{text}");
    phone.fill("textbox", "Unlock code", &ada.unlock).await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    phone.find("link", "+1 206 555 0142").await;
    assert!(!phone.text().await.contains("Brightline"));
    phone.end().await;

    // A dead link tells of no customer.
    let stranger = browser.window(390, 844).await;
    stranger.go(&ada.link).await;
    stranger.sees("This link does not work any more").await;
    stranger.find("link", "+1 206 555 0199").await;
    let text = stranger.text().await;
    assert!(!text.contains("Northwind"), "{text}");
    stranger.find("image", "Brightline").await;
    let all = stranger.script("return document.documentElement.outerHTML").await.to_string();
    assert!(!all.contains("Northwind") && !all.contains("0142") && !all.contains(own), "{all}");
    stranger.end().await;

    // Another customer's person, who reads Portuguese.
    let words = page(Language::Pt);
    let other = browser.window(390, 844).await;
    other.go(&paula.link).await;
    other.find("button", words.reveal).await;
    other.find("link", "+1 206 555 0199").await;
    assert_eq!(color_of(&other, ".main").await, back(0));
    let text = other.text().await;
    assert!(!text.contains("Northwind"), "{text}");
    other.find("image", "Brightline").await;
    other.end().await;
    world.settle().await;
    world.end().await;
}

async fn page_at(client: &Client, origin: &str) -> String {
    client.get(format!("{origin}/s")).send().await.unwrap().text().await.unwrap()
}

/// Two MSPs on one server: on everybody's host a link that is dead tells of neither; on an MSP's
/// own host there is no link but its own.
#[tokio::test]
async fn a_host_shows_its_own_brand_and_opens_its_own_links() {
    let mut world = World::in_real_time().await;
    let other = world.stranger_account().await;
    let own = format!("http://go.localhost:{}", world.address.port());
    let theirs = format!("http://help.localhost:{}", world.address.port());
    let (ours, origins) = (world.account, [own.clone(), theirs.clone()]);
    world
        .restart_with(|settings| {
            settings.share.hosts = origins.into_iter().zip([ours, other]).collect()
        })
        .await;
    let brand = Brand { host: Some(own.clone()), ..brightline() };
    say(&world, ours, EMAIL, &brand).await;
    let sent = Sent::to_ada(&world).await;
    assert!(sent.link.starts_with(&format!("{own}/s#")), "the brand's own host");

    let everybodys = world.app.settings.share.origin.clone();
    let client = client(world.address);
    assert!(!page_at(&client, &everybodys).await.contains("Brightline"));
    assert!(page_at(&client, &own).await.contains("alt=\"Brightline\""));
    let page = page_at(&client, &theirs).await;
    assert!(
        page.contains("Brightline IT") && !page.contains("12 Pine Street"),
        "their own: {page}"
    );

    // At the other MSP's host this link is as dead as one that never was.
    let person = Person::at(world.address, &sent.text).elsewhere(&theirs);
    let never = person.with_made_up_link();
    assert_eq!(person.look().await.body, never.look().await.body);
    let refused = person.open(Some(&sent.unlock)).await;
    assert_eq!((refused.status, refused.code()), (410, "link-dead"));
    assert_eq!(refused.body, never.open(None).await.body);
    assert_eq!(sent.share().await, "open", "nothing came of it");

    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    phone.go(&sent.link.replace(&own, &everybodys)).await;
    phone.find("image", "Brightline").await;
    phone.fill("textbox", "Unlock code", &sent.unlock).await;
    phone.click("button", "Reveal").await;
    phone.sees("Here is your password").await;
    // A stranger at everybody's host learns of neither.
    let stranger = browser.window(390, 844).await;
    stranger.go(&sent.link.replace(&own, &everybodys)).await;
    stranger.sees("This link does not work any more").await;
    stranger.sees("Call your help desk and ask for a new link.").await;
    assert!(!stranger.text().await.contains("Brightline"));
    assert_eq!((stranger.look("link", "").await, stranger.look("image", "").await), (None, None));
    stranger.end().await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// The preview in Settings is the page itself, with a password that nobody has.
#[tokio::test]
async fn the_preview_asks_nobody_and_keeps_nothing() {
    let world = World::in_real_time().await;
    say(&world, world.account, EMAIL, &brightline()).await;
    let browser = Browser::start().await;
    let admin = signed_in(&world, &browser).await;
    admin
        .go(&format!("{}/settings/branding/preview?language=de", world.app.settings.server.origin))
        .await;
    let words = page(Language::De);
    admin.find("heading", words.ready).await;
    admin.find("image", "Brightline").await;
    admin.find("link", "+1 206 555 0199").await;
    let colors = brightline().colors.unwrap();
    assert_eq!(
        color_of(&admin, ".main").await,
        json!([rgb(&colors.accent), rgb(&colors.on_accent)])
    );
    admin.click("button", words.reveal).await;
    admin.find("heading", words.here).await;
    assert_eq!(password_in(&admin, words.label).await, "t7#Qm-4vXe!29Lp0");
    admin.click("button", words.spell).await;
    admin.find("heading", words.spelt).await;
    admin.shoot("reveal-preview-de").await;
    let kept = "return [Object.keys(sessionStorage), performance.getEntriesByType('resource')
        .filter((one) => one.initiatorType === 'fetch').length]";
    assert_eq!(admin.script(kept).await, json!([[], 0]));
    admin.end().await;
    world.end().await;
}
