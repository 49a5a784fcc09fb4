//! Notification mails, through a real SMTP conversation: who gets one, and what becomes of it when
//! the mail server is away, says no, or falls silent.

use server::store::OutboxState;
use shared::{Code, ResetId};
use simulator::{Company, Fault, MailDoor};
use uuid::Uuid;

use crate::desk::Desk;
use crate::person::Person;
use crate::world::{EMAIL, World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const SMTP: &str = "\"smtp\": {";

/// Resets Ada's password; the answer to the click.
pub(super) async fn reset(world: &World, desk: &Desk, id: Uuid) -> crate::desk::Reply {
    let ticket = world.ticket("48213").await;
    desk.verify(world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert!(matches!(done.status, 200 | 202), "{:?}", done.body);
    done
}

/// The verbs that the mail server heard, oldest first.
fn heard(world: &World) -> Vec<String> {
    let mail = world.outside.requests().into_iter().filter(|it| it.company == Company::Mail);
    mail.map(|it| it.method).collect()
}

/// How the mails of a reset stand: state, reason, tries.
async fn rows(world: &World, id: Uuid) -> Vec<(OutboxState, Option<Code>, u32)> {
    let all = world.app.store.outbox_of(world.account, ResetId(id)).await.unwrap();
    let mails = all.into_iter().filter(|row| row.kind.as_str().starts_with("mail-"));
    mails.map(|row| (row.state, row.code, row.attempts)).collect()
}

pub(super) async fn audited(world: &World, what: &str) -> Vec<String> {
    let all = world.app.store.audit(world.account).await.unwrap();
    all.into_iter().map(|(_, _, body)| body).filter(|body| body.contains(what)).collect()
}

#[tokio::test]
async fn the_person_hears_of_it_by_mail() {
    let world = World::new().await;
    let desk = world.desk().await;
    let done = reset(&world, &desk, Uuid::from_u128(1)).await;
    let mail = world.outside.wait_for_mail(ADA, 1).await.unwrap();
    assert_eq!(mail.subject, "Your Microsoft 365 password was reset");
    assert_eq!(mail.sender, "\"Brightline IT\" <notify@brightline.example>");
    assert_eq!(mail.recipient, format!("\"Ada Park\" <{ADA}>"));
    for says in ["Hello Ada Park", "2026-11-22 14:00 UTC", "Tess Tanner of Brightline IT", "call"] {
        assert!(mail.text.contains(says), "{says}: {}", mail.text);
    }
    let unlock = done.body["unlock_code"].as_str().unwrap();
    for never in ["http", unlock, "5550123", &world.password(ADA)] {
        assert!(!mail.raw.contains(never) && !mail.text.contains(never), "{never}: {}", mail.raw);
    }
    assert!(mail.raw.contains("Auto-Submitted: auto-generated"));
    // Under TLS from the first word that matters.
    let said = ["CONNECT", "EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"];
    world.settle_in_time().await;
    assert_eq!(heard(&world), said);
    assert_eq!(audited(&world, "mail-sent").await.len(), 1);
    assert_eq!(world.outside.mails(EMAIL), [], "nobody else was written to");
    world.end().await;
}

#[tokio::test]
async fn names_of_any_letters_arrive_and_begin_no_header() {
    let world = World::import(|sample| {
        let sample = sample.replace("Ada Park", "Zoë Übel\\r\\nBcc: eve@evil.example");
        sample.replace("Brightline IT", "Grüße & Söhne \\\"IT\\\"")
    })
    .await;
    let desk = world.desk().await;
    reset(&world, &desk, Uuid::from_u128(1)).await;
    let mail = world.outside.wait_for_mail(ADA, 1).await.unwrap();
    assert!(mail.recipient.contains("Zoë Übel Bcc: eve@evil.example"), "{}", mail.recipient);
    assert!(mail.sender.contains("Grüße & Söhne"), "{}", mail.sender);
    assert!(mail.text.contains("of Grüße & Söhne \"IT\" did it"), "{}", mail.text);
    assert!(!mail.raw.to_lowercase().contains("\r\nbcc:"), "{}", mail.raw);
    assert_eq!(world.outside.all_mails().len(), 1);
    world.settle_in_time().await;
    world.end().await;
}

/// A mail server that is away: text, note and the reset's end don't wait, and the mail comes later.
#[tokio::test]
async fn a_mail_server_that_is_away_delays_nothing_else() {
    let world = World::new().await;
    let desk = world.desk().await;
    for _ in 0..3 {
        world.outside.fault(Company::Mail, Some("CONNECT"), Fault::DropBefore);
    }
    world.outside.fault(Company::Mail, Some("RCPT"), status(451));
    let id = Uuid::from_u128(1);
    let done = reset(&world, &desk, id).await;
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let unlock = done.body["unlock_code"].as_str().unwrap();
    assert_eq!(Person::with(&world, &text.body).read(Some(unlock)).await, world.password(ADA));
    until("the reset has ended without its mail", async || {
        desk.look(id).await.body["stage"] == "completed"
    })
    .await;
    assert_eq!(world.outside.mails(ADA), []);
    assert_eq!(rows(&world, id).await[0].0, OutboxState::Waiting);
    world.settle_in_time().await;
    assert_eq!(world.outside.mails(ADA).len(), 1);
    assert_eq!(rows(&world, id).await, [(OutboxState::Done, None, 5)]);
    world.end().await;
}

/// Nobody answers for a day: given up, with words, and audited.
#[tokio::test]
async fn a_mail_is_given_up_after_a_day() {
    let world = World::new().await;
    let desk = world.desk().await;
    world.outside.fault(Company::Mail, Some("CONNECT"), status(421));
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    until("it was tried", async || world.outside.faults_left() == 0).await;
    world.pass(24 * 60 * 60_000);
    world.settle_in_time().await;
    assert_eq!(rows(&world, id).await, [(OutboxState::Failed, Some(Code::MailUnavailable), 2)]);
    assert_eq!(world.outside.mails(ADA), []);
    world.end().await;
}

/// A no is a no, at once, with the reason in our words and none of theirs.
#[tokio::test]
async fn a_refused_mail_has_its_reason() {
    for (verb, fault, code) in [
        ("CONNECT", status(554), Code::MailRefused),
        ("AUTH", status(535), Code::MailCredentials),
        ("MAIL", status(550), Code::MailRefused),
        ("RCPT", status(550), Code::MailAddress),
        ("DATA", status(554), Code::MailRefused),
    ] {
        let world = World::new().await;
        let desk = world.desk().await;
        world.outside.fault(Company::Mail, Some(verb), fault);
        let id = Uuid::from_u128(1);
        reset(&world, &desk, id).await;
        world.settle_in_time().await;
        assert_eq!(rows(&world, id).await, [(OutboxState::Failed, Some(code), 1)], "{verb}");
        let entries = audited(&world, "mail-failed").await;
        assert!(entries.len() == 1 && entries[0].contains(code.as_str()), "{entries:?}");
        assert!(entries[0].contains("SMTP 5") && !entries[0].contains("Trouble"), "{entries:?}");
        assert!(!entries[0].contains('@'), "{entries:?}");
        assert_eq!(desk.look(id).await.body["stage"], "completed");
        assert_eq!(world.outside.all_mails(), []);
        world.end().await;
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_domain_are_told_apart() {
    let world = World::new().await;
    let desk = world.desk().await;
    world.outside.set_smtp_password("another one");
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    reset(&world, &desk, first).await;
    world.settle_in_time().await;
    assert_eq!(rows(&world, first).await, [(OutboxState::Failed, Some(Code::MailCredentials), 1)]);
    world.end().await;

    let world = World::new().await;
    let desk = world.desk().await;
    world.outside.forget_mail_domain("northwind.example");
    reset(&world, &desk, second).await;
    world.settle_in_time().await;
    assert_eq!(rows(&world, second).await, [(OutboxState::Failed, Some(Code::MailAddress), 1)]);
    world.end().await;
}

/// Taken, and the answer lost: sent again, and whoever reads both sees that they are one.
#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_with_the_same_id() {
    for fault in [Fault::ApplyThenDrop, Fault::HalfReply] {
        let world = World::new().await;
        let desk = world.desk().await;
        world.outside.fault(Company::Mail, Some("DATA"), fault);
        let id = Uuid::from_u128(1);
        reset(&world, &desk, id).await;
        world.settle_in_time().await;
        let mails = world.outside.mails(ADA);
        assert_eq!(mails.len(), 2);
        assert!(!mails[0].message_id.is_empty() && mails[0].message_id == mails[1].message_id);
        assert_eq!(mails[0].text, mails[1].text);
        assert_eq!(rows(&world, id).await, [(OutboxState::Done, None, 2)]);
        world.end().await;
    }
}

/// A stop does not wait for a slow mail server, and lets go of the mail: the next start sends it
/// at once.
#[tokio::test]
async fn a_stop_lets_go_of_a_mail_that_takes_long() {
    let mut world = World::new().await;
    let desk = world.desk().await;
    world.outside.fault(Company::Mail, Some("DATA"), Fault::Slow { ms: 60_000 });
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    assert!(world.outside.wait_for_mail(ADA, 1).await.is_some());
    world.restart().await;
    // No time has passed for the lease.
    assert!(world.outside.wait_for_mail(ADA, 2).await.is_some());
    world.settle_in_time().await;
    assert_eq!(rows(&world, id).await, [(OutboxState::Done, None, 2)]);
    world.end().await;
}

/// Whoever takes STARTTLS out of the conversation gets neither password nor mail.
#[tokio::test]
async fn without_starttls_nothing_is_said() {
    let world = World::new().await;
    let desk = world.desk().await;
    world.outside.set_mail_door(MailDoor::Clear);
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    world.settle_in_time().await;
    assert_eq!(heard(&world), ["CONNECT", "EHLO", "QUIT"]);
    assert_eq!(rows(&world, id).await, [(OutboxState::Failed, Some(Code::MailTls), 1)]);
    world.end().await;
}

/// What the operator does not list on this machine is not even connected to.
#[tokio::test]
async fn a_server_that_nobody_listed_is_not_connected_to() {
    let world = World::build(true, |settings| {
        settings.outbound.allow = other_port(&settings.outbound.allow)
    })
    .await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    world.settle_in_time().await;
    assert_eq!(rows(&world, id).await, [(OutboxState::Failed, Some(Code::MailHost), 1)]);
    assert!(heard(&world).is_empty());
    world.end().await;
}

fn other_port(allow: &str) -> String {
    let (rest, _) = allow.split_once(",smtp://").unwrap();
    format!("{rest},smtp://127.0.0.1:9")
}

/// The certificate must prove the name that the admin entered, by an authority that is trusted.
#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused() {
    // It is for 127.0.0.1, which is where `localhost` leads.
    let world = World::build_with(
        true,
        |settings| {
            let allow = settings.outbound.allow.replace("smtp://127.0.0.1", "smtp://localhost");
            settings.outbound.allow = allow;
        },
        |sample| sample.replace("\"host\": \"127.0.0.1\"", "\"host\": \"localhost\""),
    )
    .await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    world.settle_in_time().await;
    assert_eq!(rows(&world, id).await, [(OutboxState::Failed, Some(Code::MailTls), 1)]);
    assert_eq!(heard(&world), ["CONNECT", "EHLO", "STARTTLS"]);
    world.end().await;

    // The right name, by an authority that nobody here trusts.
    let strange = simulator::start(simulator::Options {
        ports: simulator::Ports::Any,
        clock: simulator::Clock::system(),
        authenticators: Vec::new(),
    });
    let strange = strange.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.pem");
    std::fs::write(&file, strange.smtp_ca_pem()).unwrap();
    let world = World::build(true, |settings| settings.outbound.ca_file = file).await;
    let desk = world.desk().await;
    reset(&world, &desk, id).await;
    world.settle_in_time().await;
    assert_eq!(rows(&world, id).await, [(OutboxState::Failed, Some(Code::MailTls), 1)]);
    assert_eq!(heard(&world), ["CONNECT", "EHLO", "STARTTLS"]);
    world.end().await;
    strange.stop().await;
}

#[tokio::test]
async fn a_server_that_wants_tls_at_once_gets_it() {
    let world = World::import(|sample| sample.replace("\"starttls\"", "\"implicit\"")).await;
    let desk = world.desk().await;
    world.outside.set_mail_door(MailDoor::Implicit);
    reset(&world, &desk, Uuid::from_u128(1)).await;
    assert!(world.outside.wait_for_mail(ADA, 1).await.is_some());
    world.settle_in_time().await;
    assert_eq!(heard(&world), ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]);
    world.end().await;
}

/// In the clear only where the operator lists the server on this machine; the demo could.
#[tokio::test]
async fn a_listed_server_on_this_machine_may_be_spoken_to_in_the_clear() {
    let world = World::import(|sample| sample.replace("\"starttls\"", "\"none\"")).await;
    let desk = world.desk().await;
    world.outside.set_mail_door(MailDoor::Clear);
    reset(&world, &desk, Uuid::from_u128(1)).await;
    assert!(world.outside.wait_for_mail(ADA, 1).await.is_some());
    assert!(!heard(&world).contains(&"STARTTLS".to_owned()));
    world.settle_in_time().await;
    world.end().await;
}

/// Without a mail server there is nothing to send, and nothing fails.
#[tokio::test]
async fn without_a_mail_server_there_is_no_mail() {
    let world = World::import(|sample| {
        let at = sample.find(SMTP).unwrap();
        let end = at + sample[at..].find("\n  },\n").unwrap() + 6;
        format!("{}{}", &sample[..at], &sample[end..])
    })
    .await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(1);
    reset(&world, &desk, id).await;
    world.settle_in_time().await;
    assert_eq!(rows(&world, id).await, []);
    assert!(heard(&world).is_empty());
    world.end().await;
}

fn status(status: u16) -> Fault {
    Fault::Status { status, retry_after: None }
}
