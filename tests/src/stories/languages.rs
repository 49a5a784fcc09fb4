//! Everybody is spoken to in their own language: by texts, mails and the page behind the link.

use server::language::Language;
use server::store::Ticket;
use shared::ResetId;
use simulator::Text;
use uuid::Uuid;

use super::after::{ADA, ADA_PHONE, ID, world_with};
use crate::desk::{Desk, code_in};
use crate::person::Person;
use crate::world::World;

/// On her card, and nowhere at Microsoft.
const ADA_OTHER: &str = "+12065550177";
const BOSS: &str = "ben.ortiz@northwind.example";
/// Words that only an English text has.
const ENGLISH: &str = "the your you never hello call hour within shows reset nobody number asked \
    this and by from forward did technician";

/// What each language says with a code, with a link, of what was done, and above a mail.
const SAID: [(&str, [&str; 4]); 7] = [
    ("en-US", ["is your code", "your new password", "was reset", "Hello Ada Park,"]),
    ("fr-CA", ["est votre code", "votre mot de passe", "été réinitialisé", "Bonjour Ada Park,"]),
    ("de-AT", ["ist Ihr Code", "Ihr neues Passwort", "zurückgesetzt", "Guten Tag Ada Park,"]),
    ("es-MX", ["es su código", "su nueva", "se restableció", "Hola, Ada Park:"]),
    ("pt-BR", ["é o seu código", "a sua nova senha", "foi redefinida", "Olá, Ada Park,"]),
    ("nl-NL", ["is uw code", "uw nieuwe wachtwoord", "opnieuw ingesteld", "Beste Ada Park,"]),
    ("it-IT", ["è il Suo", "la Sua nuova", "è stata reimpostata", "Gentile Ada Park,"]),
];

/// No English word, the names apart.
fn is_not_english(text: &str) {
    let mut words = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    let found = words.find(|word| ENGLISH.split(' ').any(|english| english == word));
    assert_eq!(found, None, "in: {text}");
}

/// One part, as the provider counts.
fn is_one_segment(text: &Text) {
    assert_eq!(text.segments, 1, "{}", text.body);
}

/// What a phone shows of a phrase: accents that texts can't hold are dropped.
fn shows(text: &Text, phrase: &str) {
    let phrase = server::gsm::fold(phrase);
    assert!(text.body.contains(&phrase), "{phrase}: {}", text.body);
}

/// Verifies somebody by the phone that Microsoft has and resets their password; the texts.
async fn reset(world: &World, desk: &Desk, ticket: &Ticket, phone: &str) -> [Text; 2] {
    desk.verify(world, ticket, phone).await;
    let sealed = desk.confirm(ticket).await;
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    world.outside.wait_for_text(phone, 2).await.unwrap();
    world.settle_in_time().await;
    world.outside.texts(phone).try_into().unwrap_or_else(|_| panic!("other texts"))
}

/// The language that reset and share were given.
async fn kept(world: &World) -> [Option<Language>; 2] {
    let store = &world.app.store;
    let reset = store.reset(world.account, ResetId(ID)).await.unwrap().unwrap();
    let share = store.share_of(world.account, ResetId(ID)).await.unwrap().unwrap();
    [reset.language, share.language]
}

async fn brand(world: &World, statement: &'static str, customer: Uuid) {
    world.app.store.seed(statement, &[world.account.0, customer]).await;
}

#[tokio::test]
async fn texts_mails_and_page_are_in_the_persons_language() {
    for (tag, [code, link, done, hello]) in SAID {
        let world = World::new().await;
        let desk = world.desk().await;
        world.outside.edit_user(ADA, |ada| ada.preferred_language = Some(tag.into()));
        let ticket = world.ticket("48213").await;
        let texts = reset(&world, &desk, &ticket, ADA_PHONE).await;
        let notice = world.outside.wait_for_text(ADA_OTHER, 1).await.unwrap();
        let [code_text, link_text] = &texts;
        for (text, phrase) in [(code_text, code), (link_text, link), (&notice, done)] {
            is_one_segment(text);
            shows(text, phrase);
            assert!(text.body.starts_with("Brightline IT"), "{}", text.body);
        }
        assert_eq!(code_in(&code_text.body).len(), 6);
        let mail = world.outside.wait_for_mail(ADA, 1).await.unwrap();
        assert!(mail.text.contains(hello) && mail.text.contains(done), "{}", mail.text);
        assert!(mail.text.contains("Tess Tanner") && mail.text.contains("14:00 UTC"));
        let language = Language::of_tag(tag).unwrap();
        if language != Language::En {
            for said in [&code_text.body, &link_text.body, &notice.body, &mail.text, &mail.subject]
            {
                is_not_english(said);
            }
        }
        assert_eq!(kept(&world).await, [Some(language); 2]);
        let page = Person::with(&world, &link_text.body).look().await;
        assert_eq!(page.body["language"], language.as_str(), "{:?}", page.body);
        world.end().await;
    }
}

/// Whoever a person reports to may read another language than the person.
#[tokio::test]
async fn the_manager_reads_their_own() {
    let world = world_with(r#"{"notify_manager": true}"#).await;
    let desk = world.desk().await;
    let boss = world.outside.directory_user(BOSS).unwrap().id;
    world.outside.edit_user(BOSS, |boss| boss.preferred_language = Some("de-DE".into()));
    world.outside.edit_user(ADA, |ada| {
        ada.manager = Some(boss);
        ada.preferred_language = Some("it-IT".into());
    });
    let ticket = world.ticket("48213").await;
    reset(&world, &desk, &ticket, ADA_PHONE).await;
    let mail = world.outside.wait_for_mail(BOSS, 1).await.unwrap();
    assert_eq!(mail.subject, "Das Passwort von Ada Park für Microsoft 365 wurde zurückgesetzt");
    assert!(mail.text.starts_with("Guten Tag Ben Ortiz,"), "{}", mail.text);
    assert!(mail.text.contains("22.11.2026 um 14:00 UTC"), "{}", mail.text);
    is_not_english(&mail.text);
    let hers = world.outside.wait_for_mail(ADA, 1).await.unwrap();
    assert_eq!(hers.subject, "La Sua password di Microsoft 365 è stata reimpostata");
    world.end().await;
}

/// Microsoft knows nobody's language here; the customer has said one, under another name.
#[tokio::test]
async fn else_the_customers_language() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let contact = world.app.store.contact(world.account, ticket.contact).await.unwrap().unwrap();
    brand(
        &world,
        r#"insert into brands (account, customer, body, updated_at)
           values ($1, $2, '{"language": "fr"}', 0)
           on conflict (account, customer) do update set body = excluded.body"#,
        Uuid::nil(),
    )
    .await;
    brand(
        &world,
        r#"insert into brands (account, customer, body, updated_at)
           values ($1, $2, '{"language": "de", "name": "Nordwind & Söhne"}', 0)
           on conflict (account, customer) do update set body = excluded.body"#,
        contact.customer.0,
    )
    .await;
    let texts = reset(&world, &desk, &ticket, ADA_PHONE).await;
    for (text, phrase) in texts.iter().zip(["ist Ihr Code", "Ihr neues Passwort"]) {
        is_one_segment(text);
        shows(text, phrase);
        assert!(text.body.starts_with("Nordwind & Söhne: "), "{}", text.body);
        is_not_english(&text.body);
    }
    let mail = world.outside.wait_for_mail(ADA, 1).await.unwrap();
    assert_eq!(mail.subject, "Ihr Passwort für Microsoft 365 wurde zurückgesetzt");
    assert!(mail.sender.contains("Nordwind & Söhne"), "{}", mail.sender);
    is_not_english(&mail.text);
    assert_eq!(kept(&world).await, [None, Some(Language::De)]);
    world.end().await;
}

/// She reads Chinese, which we don't speak: English, and the page asks her browser.
#[tokio::test]
async fn else_english() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48251").await;
    let [code, link] = reset(&world, &desk, &ticket, "+12065550155").await;
    shows(&code, "is your code");
    shows(&link, "shows your new password once, within 1 hour. Never read it out or forward it.");
    is_one_segment(&link);
    let mail = world.outside.wait_for_mail("ivy.chen@northwind.example", 1).await.unwrap();
    assert_eq!(mail.subject, "Your Microsoft 365 password was reset");
    assert_eq!(kept(&world).await, [None, None]);
    world.end().await;
}

/// An MSP's own words are for one language; everybody else gets ours.
#[tokio::test]
async fn an_msps_own_words_are_texted() {
    for (tag, own) in [("es-ES", true), ("pt-PT", false)] {
        let world = World::new().await;
        let desk = world.desk().await;
        world.outside.edit_user(ADA, |ada| ada.preferred_language = Some(tag.into()));
        brand(
            &world,
            r#"insert into brands (account, customer, body, updated_at) values ($1, $2,
               '{"texts": {"es": {"sms": "{brand}: abra {link} antes de {time}, mañana ya no."}}}', 0)
               on conflict (account, customer) do update set body = excluded.body"#,
            Uuid::nil(),
        )
        .await;
        let ticket = world.ticket("48213").await;
        let [_, link] = reset(&world, &desk, &ticket, ADA_PHONE).await;
        is_one_segment(&link);
        if own {
            shows(&link, "Brightline IT: abra http://");
            assert!(link.body.ends_with(" antes de 1 hora, mañana ya no."), "{}", link.body);
        } else {
            shows(&link, "a sua nova senha");
        }
        world.end().await;
    }
}
