//! Who hears of a reset: the person's mailbox, one more place that is theirs, their manager. None of
//! it delays or fails a reset.

use server::store::{DirectoryLink, OutboxState};
use shared::{Code, ResetId};
use simulator::{Company, Fault};

use super::after::{ADA, ADA_PHONE, ID, link, world_with};
use super::mail::{audited, reset};
use crate::desk::code_in;
use crate::world::{World, until};

/// On her card, and nowhere at Microsoft.
const ADA_OTHER: &str = "+12065550177";

/// The rows of the reset by kind, with what came of them.
async fn rows(world: &World) -> Vec<(&'static str, OutboxState, Option<Code>)> {
    let all = world.app.store.outbox_of(world.account, ResetId(ID)).await.unwrap();
    let mut rows: Vec<_> = all.iter().map(|row| (row.kind.as_str(), row.state, row.code)).collect();
    rows.sort_by_key(|(kind, ..)| *kind);
    rows
}

async fn kinds(world: &World) -> Vec<&'static str> {
    rows(world).await.into_iter().map(|(kind, ..)| kind).collect()
}

/// A thief with the registered phone can't keep the other one from being told.
#[tokio::test]
async fn the_persons_other_phone_hears_of_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    let done = reset(&world, &desk, ID).await;
    let notice = world.outside.wait_for_text(ADA_OTHER, 1).await.unwrap();
    world.settle_in_time().await;
    for says in ["Brightline IT: ", "2026-11-22 14:00 UTC", "Not you? Call us"] {
        assert!(notice.body.contains(says), "{says}: {}", notice.body);
    }
    let unlock = done.body["unlock_code"].as_str().unwrap();
    for never in ["http", "/s#", "Ada", unlock, &world.password(ADA)] {
        assert!(!notice.body.contains(never), "{never}: {}", notice.body);
    }
    assert!(notice.body.len() <= 160);
    // The verifying phone got its code and the link, and nothing else.
    assert_eq!(world.outside.texts(ADA_PHONE).len(), 2);
    assert_eq!(world.outside.texts(ADA_OTHER).len(), 1);
    let told = audited(&world, "notice-sent").await;
    assert!(told.len() == 1 && told[0].contains("77") && !told[0].contains("5550177"), "{told:?}");
    world.end().await;
}

/// Codes and notices to one phone count together, and a limit that is used up keeps nobody from
/// being told.
#[tokio::test]
async fn a_notice_counts_as_a_text() {
    let world = world_with(r#"{"codes_per_destination": 2}"#).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let code = async || desk.send_code(ticket.contact, Some(ticket.id), "card-phone-1").await;
    assert_eq!(code().await.status, 201);
    reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    assert_eq!(code().await.status, 429, "a code and the notice were two");
    assert_eq!(world.outside.texts(ADA_OTHER).len(), 2);

    let world_two = world_with(r#"{"codes_per_destination": 1, "codes_per_account": 2}"#).await;
    let desk = world_two.desk().await;
    let ticket = world_two.ticket("48213").await;
    let code = desk.send_code(ticket.contact, Some(ticket.id), "card-phone-1").await;
    assert_eq!(code.status, 201);
    reset(&world_two, &desk, ID).await;
    world_two.settle_in_time().await;
    assert_eq!(world_two.outside.texts(ADA_OTHER).len(), 2, "the code and the notice");
    world_two.end().await;
    world.end().await;
}

/// The card's phone verified, the registered one gets the link: there is no third.
#[tokio::test]
async fn the_phone_that_verified_is_not_told() {
    let world = world_with(r#"{"accept_contact_phones": true}"#).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let sent = desk.send_code(ticket.contact, Some(ticket.id), "card-phone-1").await;
    let text = world.outside.wait_for_text(ADA_OTHER, 1).await.unwrap();
    let verification = sent.body["id"].as_str().unwrap();
    assert_eq!(desk.answer(verification, &code_in(&text.body)).await.status, 200);
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(ID, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    world.settle_in_time().await;
    assert_eq!(kinds(&world).await, ["mail-person", "note-set", "text"]);
    assert_eq!(world.outside.texts(ADA_OTHER).len(), 1);
    world.end().await;
}

#[tokio::test]
async fn without_another_place_there_is_no_notice() {
    let world = World::import(|sample| {
        assert!(sample.contains("\"+1 206 555 0177\""));
        sample.replace("\"+1 206 555 0177\"", "\"+1 (206) 555-0123\", \"555 0177\"")
    })
    .await;
    let desk = world.desk().await;
    reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    assert_eq!(kinds(&world).await, ["mail-person", "note-set", "text"]);
    assert_eq!(world.outside.texts(ADA_OTHER).len(), 0);
    assert_eq!(world.outside.all_mails().len(), 1);
    world.end().await;
}

/// No other phone, and an address on the card that is none of hers at Microsoft (an admin linked
/// them): it is told as well.
#[tokio::test]
async fn an_address_that_is_not_the_mailbox_hears_of_it() {
    let world =
        World::import(|sample| sample.replace("\"+1 206 555 0177\"", "\"+1 206 555 0123\"")).await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    // Busy once, which leaves time for the link.
    let busy = Fault::Status { status: 429, retry_after: Some(60) };
    world.outside.fault(Company::Graph, Some("PATCH"), busy);
    let clicked = tokio::spawn({
        let (desk, contact) = (desk.clone(), ticket.contact);
        async move { desk.reset(ID, contact, Some(ticket.id), &sealed).await }
    });
    until("it was tried", async || world.outside.faults_left() == 0).await;
    let m365 = world.app.store.reset(world.account, ResetId(ID)).await.unwrap().unwrap();
    let link = DirectoryLink {
        contact: m365.contact,
        integration: m365.integration,
        directory_user: m365.directory_user,
        address_hash: b"of another address".to_vec(),
        lost_at: None,
    };
    let store = &world.app.store;
    let asked = store.integration(link.integration).await.unwrap().unwrap().changed_at;
    store.link_directory(world.account, world.now(), &link, asked).await.unwrap();
    world.settle_in_time().await;
    clicked.await.unwrap();
    assert_eq!(kinds(&world).await, ["mail-notice", "mail-person", "note-set", "text"]);
    let mails = world.outside.all_mails();
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| mail.subject == "Your Microsoft 365 password was reset"));
    world.end().await;
}

/// The contact is known by an alias; the mail goes where Microsoft says that her mailbox is. When
/// Microsoft does not answer, the alias is good enough.
#[tokio::test]
async fn the_mail_goes_to_the_mailbox() {
    const ALIAS: &str = "a.park@northwind.example";
    for away in [false, true] {
        let world =
            World::import(|sample| sample.replace(&format!("\"{ADA}\""), &format!("\"{ALIAS}\"")))
                .await;
        let desk = world.desk().await;
        if away {
            // Asked before the click by address and by alias; after it, by id.
            let hold = world.outside.directory_user(ADA).unwrap().id;
            let ticket = world.ticket("48213").await;
            desk.verify(&world, &ticket, ADA_PHONE).await;
            let sealed = desk.confirm(&ticket).await;
            let done = desk.reset(ID, ticket.contact, Some(ticket.id), &sealed);
            // The mail waits for its server until Microsoft is away.
            world.outside.fault(Company::Mail, Some("CONNECT"), Fault::DropBefore);
            assert_eq!(done.await.status, 200);
            until("it was tried", async || world.outside.faults_left() == 0).await;
            let down = Fault::Status { status: 503, retry_after: None };
            world.outside.fault(Company::Graph, Some(&format!("GET /v1.0/users/{hold}")), down);
        } else {
            reset(&world, &desk, ID).await;
        }
        world.settle_in_time().await;
        let (mailbox, alias) = (world.outside.mails(ADA), world.outside.mails(ALIAS));
        let expected = if away { (0, 1) } else { (1, 0) };
        assert_eq!((mailbox.len(), alias.len()), expected, "away: {away}");
        world.end().await;
    }
}

#[tokio::test]
async fn the_manager_hears_of_it_where_policy_says_so() {
    let world = world_with(r#"{"notify_manager": true}"#).await;
    let desk = world.desk().await;
    let boss = "ben.ortiz@northwind.example";
    let id = world.outside.directory_user(boss).unwrap().id;
    world.outside.edit_user(ADA, |ada| ada.manager = Some(id));
    reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    let mails = world.outside.mails(boss);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "The Microsoft 365 password of Ada Park was reset");
    for says in ["Hello Ben Ortiz", "Tess Tanner of Brightline IT", "their manager", "call"] {
        assert!(mails[0].text.contains(says), "{says}: {}", mails[0].text);
    }
    assert!(!mails[0].text.contains("••"), "no phone of hers, not even masked");
    let told = audited(&world, "mail-manager").await;
    assert!(told.len() == 1 && told[0].contains("to the manager"), "{told:?}");
    assert!(!told[0].contains("ortiz"));
    world.end().await;

    // Nobody is entered, or somebody without a mailbox: that is fine.
    for mailbox in [false, true] {
        let world = world_with(r#"{"notify_manager": true}"#).await;
        let desk = world.desk().await;
        if mailbox {
            let id = world.outside.directory_user(boss).unwrap().id;
            world.outside.edit_user(boss, |boss| boss.mail = None);
            world.outside.edit_user(ADA, |ada| ada.manager = Some(id));
        }
        reset(&world, &desk, ID).await;
        world.settle_in_time().await;
        let manager = rows(&world).await.into_iter().find(|(kind, ..)| *kind == "mail-manager");
        assert_eq!(manager, Some(("mail-manager", OutboxState::Done, None)));
        assert_eq!(audited(&world, "nobody-to-tell").await.len(), 1);
        assert_eq!(world.outside.all_mails().len(), 1, "hers");
        world.end().await;
    }
}

#[tokio::test]
async fn nobody_is_told_where_policy_says_so() {
    let world = world_with(r#"{"notify": false}"#).await;
    let desk = world.desk().await;
    reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    assert_eq!(kinds(&world).await, ["note-set", "text"]);
    assert_eq!(world.outside.all_mails().len(), 0);
    assert_eq!(world.outside.texts(ADA_OTHER).len(), 0);
    world.end().await;
}

/// One notice of a number that can't be texted: told in the audit, and nothing else suffers.
#[tokio::test]
async fn a_notice_that_fails_fails_alone() {
    let world = World::import(|sample| sample.replace("+1 206 555 0177", "+1 206 555 0137")).await;
    let desk = world.desk().await;
    let done = reset(&world, &desk, ID).await;
    world.settle_in_time().await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    assert_eq!(link(&world).await.read(Some(unlock)).await, world.password(ADA));
    let notice = rows(&world).await.into_iter().find(|(kind, ..)| *kind == "notice").unwrap();
    assert_eq!((notice.1, notice.2), (OutboxState::Failed, Some(Code::SmsNumber)));
    assert_eq!(audited(&world, "notice-failed").await.len(), 1);
    assert_eq!(desk.look(ID).await.body["stage"], "completed");
    world.settle_in_time().await;
    world.end().await;
}
