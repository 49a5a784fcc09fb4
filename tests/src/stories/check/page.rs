//! The page behind a verification's link, as the person meets it: yes, no, wrong, late, again.

use server::language::Language;
use server::language::page::check;
use shared::{Code, Outcome};

use super::{ADA, ADA_PHONE, Asked, DEAD, MAIL, TEXT, asked_on, enter};
use crate::axe::no_violations;
use crate::browser::Browser;
use crate::desk::{Desk, client};
use crate::stories::reveal_page::fragment_is_gone;
use crate::world::{COLLEAGUE, EMAIL, World, until};

#[tokio::test]
async fn who_hears_the_digits_is_verified() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let desk = world.desk().await;
    let cole = Desk::sign_in_as(&world, COLLEAGUE).await;
    for way in [TEXT, MAIL] {
        let asked = Asked::by(&world, desk.clone(), way).await;
        // Only for whoever says them; and neither is in the message.
        let shield = asked.shield().await;
        assert_eq!(shield["say"], asked.say.as_str());
        assert!(asked.shield_for(&cole).await["say"].is_null());

        let phone = browser.window(390, 844).await;
        asked_on(&phone, &asked).await;
        fragment_is_gone(&phone, &asked.link).await;
        phone.sees("Tess of Brightline IT is on the phone with somebody").await;
        phone.sees("You have 2 tries.").await;
        phone.find("image", "Brightline IT").await;
        // Nothing happens by itself, and too little is no try.
        phone.fill("textbox", "Two digits", &asked.say[..1]).await;
        phone.click("button", "Confirm").await;
        phone.sees("Enter the two digits that you hear").await;
        phone.fill("textbox", "Two digits", &asked.say).await;
        asked.waits_with(2).await;
        phone.click("button", "Confirm").await;
        phone.sees("Thank you, that is confirmed").await;
        assert_eq!(asked.shield().await["is"], "verified");
        assert_eq!(phone.look("button", "").await, None);
        // A reload knows nothing any more; the link itself is dead.
        phone.driver().refresh().await.unwrap();
        phone.sees("This link is not complete").await;
        phone.go("about:blank").await;
        phone.go(&asked.link).await;
        phone.sees(DEAD).await;
        phone.end().await;
        // A lost reply costs nothing: the same answer again is the same.
        assert_eq!(asked.answer(&world, &asked.say).await.0, 200);
        assert_eq!(asked.answer(&world, &asked.wrong()).await, asked.never(&world).await);
        assert_eq!(asked.look(&world).await, asked.never(&world).await);
        assert_eq!(asked.shield().await["is"], "verified");
        // Whoever had the message first was somebody else: the person takes it back.
        assert_eq!(asked.deny(&world).await.0, 200);
        asked.failed_with(Code::CallerDenied).await;
        assert_eq!(asked.answer(&world, &asked.say).await, asked.never(&world).await);
        world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    }
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn two_wrong_answers_end_it() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(320, 640).await;
    asked_on(&phone, &asked).await;
    enter(&phone, &asked.wrong()).await;
    phone.sees("Those are not the right digits. One try is left.").await;
    no_violations(&phone, "wrong").await;
    asked.waits_with(1).await;
    // A look from elsewhere says so too, and costs none.
    let other = browser.window(320, 640).await;
    asked_on(&other, &asked).await;
    other.sees("One try is left.").await;
    other.end().await;
    enter(&phone, &asked.wrong()).await;
    phone.sees(DEAD).await;
    phone.find("link", "+1 206 555 0100").await;
    phone.end().await;
    asked.failed_with(Code::CodeTriesSpent).await;
    assert_eq!(asked.answer(&world, &asked.say).await, asked.never(&world).await);
    assert_eq!(asked.outcome(&world).await, Outcome::TriesSpent);
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn saying_that_it_was_not_them_raises_the_alarm() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(390, 844).await;
    asked_on(&phone, &asked).await;
    phone.click("button", "This wasn’t me").await;
    phone.sees("Shall we raise the alarm?").await;
    phone.click("button", "Back").await;
    phone.find("button", "Confirm").await;
    asked.waits_with(2).await;
    phone.click("button", "This wasn’t me").await;
    phone.click("button", "Yes, tell them").await;
    phone.sees("Thank you, we have told them").await;
    phone.find("link", "+1 206 555 0100").await;
    asked.failed_with(Code::CallerDenied).await;
    let mail = world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    assert!(!mail.raw.contains(asked.token()) && !mail.text.contains("http"), "{}", mail.text);
    phone.go("about:blank").await;
    phone.go(&asked.link).await;
    phone.sees(DEAD).await;
    phone.end().await;
    // A lost reply; then somebody who wants to be verified after all.
    assert_eq!(asked.deny(&world).await.0, 200);
    assert_eq!(asked.answer(&world, &asked.say).await, asked.never(&world).await);
    asked.failed_with(Code::CallerDenied).await;
    world.settle().await;
    assert_eq!(world.outside.mails(EMAIL).len(), 1, "one alarm");
    world.end().await;
}

/// Time stands still but for the story, so that what comes too late is seen to.
#[tokio::test]
async fn late_and_replaced_ones_are_dead() {
    let world = World::new().await;
    let first = Asked::by_text(&world).await;
    world.pass(1_000);
    let second = Asked::by(&world, first.desk.clone(), TEXT).await;
    for said in
        [first.look(&world).await, first.answer(&world, &first.say).await, first.deny(&world).await]
    {
        assert_eq!(said, first.never(&world).await, "replaced");
    }
    assert_eq!(first.outcome(&world).await, Outcome::Replaced);
    second.waits_with(2).await;
    world.pass(5 * 60_000);
    for said in [
        second.look(&world).await,
        second.answer(&world, &second.say).await,
        second.deny(&world).await,
    ] {
        assert_eq!(said, second.never(&world).await, "expired");
    }
    assert_ne!(second.outcome(&world).await, Outcome::Verified);
    world.settle_in_time().await;
    world.end().await;
}

/// Somebody else's word: the page says whom it is about, and asks for no confession.
#[tokio::test]
async fn whoever_vouches_reads_for_whom() {
    let world = World::build_with(
        false,
        |_| {},
        |sample| {
            let mut sample: serde_json::Value = serde_json::from_str(&sample).unwrap();
            sample["account"]["policy"] = serde_json::json!({ "vouching": true });
            sample.to_string()
        },
    )
    .await;
    let browser = Browser::start().await;
    let asked = Asked::of_somebody_else(&world).await;
    let phone = browser.window(390, 844).await;
    asked_on(&phone, &asked).await;
    phone.sees("says that they are Hugo Report, and asks you to vouch for them").await;
    phone.find("button", "I don’t vouch for this").await;
    assert_eq!(phone.look("button", "This wasn’t me").await, None);
    super::look::everywhere(&phone, "vouching").await;
    enter(&phone, &asked.say).await;
    phone.sees("Thank you, that is confirmed").await;
    assert_eq!(asked.outcome(&world).await, Outcome::Verified);
    phone.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn each_language_has_its_own_page() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(320, 640).await;
    for language in Language::ALL {
        let words = check(language);
        phone.go("about:blank").await;
        phone.reads(&format!("{0}-XX,{0}", language.as_str())).await;
        phone.go(&asked.link).await;
        phone.find("button", words.confirm).await;
        phone.find("textbox", words.code).await;
        let lang = phone.script("return document.documentElement.lang").await;
        assert_eq!(lang, language.as_str());
        let text = phone.text().await;
        assert!(text.contains("Tess") && !text.contains('{'), "{language:?}: {text}");
        phone.fits().await;
        no_violations(&phone, language.as_str()).await;
        phone.shoot(&format!("check-{}-320", language.as_str())).await;
        phone.click("button", words.deny).await;
        phone.find("button", words.tell).await;
        phone.fits().await;
        phone.shoot(&format!("check-{}-sure-320", language.as_str())).await;
    }
    asked.waits_with(2).await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// One reading of the network: nothing is lost, and nothing is sent twice.
#[tokio::test]
async fn without_a_net_it_says_so_and_tries_again() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let asked = Asked::by_text(&world).await;
    let phone = browser.window(390, 844).await;
    phone
        .before_scripts(
            "const real = window.fetch;
             window.fetch = (...all) => window.away === false ? real(...all)
                 : Promise.reject(new TypeError('away'));",
        )
        .await;
    phone.go(&asked.link).await;
    phone.sees("There was no answer").await;
    no_violations(&phone, "offline").await;
    phone.script("window.away = false").await;
    phone.click("button", "Try again").await;
    phone.find("button", "Confirm").await;
    phone.script("window.away = true").await;
    enter(&phone, &asked.say).await;
    phone.sees("There was no answer. Keep this page open").await;
    phone.click("button", "This wasn’t me").await;
    phone.click("button", "Yes, tell them").await;
    phone.sees("There was no answer. Keep this page open").await;
    asked.waits_with(2).await;
    phone.click("button", "Back").await;
    phone.script("window.away = false").await;
    enter(&phone, &asked.say).await;
    phone.sees("Thank you, that is confirmed").await;
    until("it is verified", async || asked.shield().await["is"] == "verified").await;
    phone.end().await;
    world.settle().await;
    world.end().await;
}

/// What a phone loads, in the heaviest language (design §12).
#[tokio::test]
async fn the_page_is_light_and_asks_nobody_else() {
    let world = World::in_real_time().await;
    let asked = Asked::by_text(&world).await;
    assert!(world.outside.texts(ADA_PHONE).len() == 1 && world.outside.mails(ADA).is_empty());
    let browser = Browser::start().await;
    let phone = browser.window(390, 844).await;
    asked_on(&phone, &asked).await;
    let weights = phone
        .script(
            "return performance.getEntriesByType('resource')
                .map((part) => [part.name, part.encodedBodySize])",
        )
        .await;
    let origin = &world.app.settings.share.origin;
    let mut beside = 0;
    for part in weights.as_array().unwrap() {
        let name = part[0].as_str().unwrap();
        assert!(name.starts_with(origin.as_str()), "{name} is from elsewhere");
        if !name.contains("/icon.") && !name.contains("/s/logo/") {
            beside += part[1].as_u64().unwrap();
        }
    }
    assert!(beside > 2_000, "the browser tells no sizes: {weights}");
    for language in Language::ALL {
        let page = client(world.address)
            .get(format!("{origin}/v"))
            .header("accept-language", language.as_str())
            .header("accept-encoding", "br");
        let page = page.send().await.unwrap().bytes().await.unwrap().len() as u64;
        let all = page + beside + 250;
        assert!(all <= 6_500, "{language:?}: {all} bytes, {page} of them the page: {weights}");
    }
    phone.end().await;
    world.settle().await;
    world.end().await;
}
