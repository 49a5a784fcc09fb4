//! The link would not arrive: earlier texts have told so, and nothing is changed.

use shared::Code::{self, *};
use simulator::{Company, Fault, Line};
use uuid::Uuid;

use super::{ADA_PHONE, Ready};

const OF_PHONE: &str =
    "that was the newest text to this phone; a new code that is answered clears it";
const OF_PROVIDER: &str = "that was the account’s newest text; once the connection is mended, a new code that is answered clears it";

const MINUTE: i64 = 60_000;

/// Another code, which does not go out.
async fn unsent(ready: &Ready, code: Code) {
    ready.world.pass(1_000);
    let ticket = &ready.ticket;
    let sent = ready.desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    assert_eq!(sent.code(), code.as_str(), "{:?}", sent.body);
}

/// Another code, which arrives and is answered.
async fn answered(ready: &mut Ready) {
    ready.world.pass(1_000);
    ready.desk.verify(&ready.world, &ready.ticket, ADA_PHONE).await;
    ready.sealed = ready.desk.confirm(&ready.ticket).await;
}

#[tokio::test]
async fn whoever_replied_stop_after_the_code_gets_no_password() {
    let mut ready = Ready::new().await;
    for (line, code) in [(Line::OptedOut, SmsOptedOut), (Line::Landline, SmsNumber)] {
        ready.world.outside.set_line(ADA_PHONE, Some(line));
        unsent(&ready, code).await;
        ready.refuses("a code was refused", code, Some(OF_PHONE), |_| {}).await;
        // The person texts START. A code may be sent all the while; the first that is answered
        // clears it.
        ready.world.outside.set_line(ADA_PHONE, None);
        ready.refuses("nothing has arrived yet", code, Some(OF_PHONE), |_| {}).await;
        answered(&mut ready).await;
    }
    ready.succeeds().await;
}

/// The link of a reset was refused: the next reset is not begun, until something arrives or a day
/// has passed.
#[tokio::test]
async fn a_link_that_was_refused_tells_of_the_next() {
    let mut ready = Ready::new().await;
    ready.world.outside.set_line(ADA_PHONE, Some(Line::OptedOut));
    let (first, done) = ready.click().await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    ready.world.settle_in_time().await;
    let steps = ready.desk.look(first.0).await.body["steps"].to_string();
    assert!(steps.contains("sms-opted-out"), "{steps}");
    let shown = ready.desk.preflight(ready.ticket.contact, Some(ready.ticket.id)).await;
    let found = serde_json::json!({"code": "sms-opted-out", "about": OF_PHONE});
    let findings = shown.body["findings"].as_array().unwrap().clone();
    assert!(findings.contains(&found), "{findings:?}");

    // A day later nobody is held to it any more: what the next text comes to is seen then.
    ready.world.pass(24 * 60 * MINUTE);
    ready.desk = ready.world.desk().await;
    let shown = ready.desk.preflight(ready.ticket.contact, Some(ready.ticket.id)).await;
    let codes = shown.body["findings"].to_string();
    assert!(!codes.contains("sms-"), "{codes}");
    ready.world.outside.set_line(ADA_PHONE, None);
    ready.desk.verify(&ready.world, &ready.ticket, ADA_PHONE).await;
    let sealed = ready.desk.confirm(&ready.ticket).await;
    let (contact, ticket) = (ready.ticket.contact, Some(ready.ticket.id));
    let done = ready.desk.reset(Uuid::from_u128(9), contact, ticket, &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    ready.world.settle_in_time().await;
    ready.world.end().await;
}

/// The provider's token was revoked after the code: that concerns everybody's next reset.
#[tokio::test]
async fn a_provider_that_refuses_our_credentials_stops_everybodys_reset() {
    let mut ready = Ready::new().await;
    let ben = ready.world.ticket("48214").await;
    ready.world.pass(1_000);
    let revoked = Fault::Status { status: 401, retry_after: None };
    ready.world.outside.fault(Company::Twilio, None, revoked);
    let sent = ready.desk.send_code(ben.contact, Some(ben.id), "microsoft-mobile").await;
    assert_eq!(sent.code(), "sms-credentials", "{:?}", sent.body);
    ready.refuses("revoked", SmsCredentials, Some(OF_PROVIDER), |_| {}).await;
    // Mended: whoever's code is answered next shows that it works, and hers still counts.
    ready.world.pass(1_000);
    ready.desk.verify(&ready.world, &ben, "+12065550124").await;
    ready.still_good("mended").await;
    ready.succeeds().await;
}
