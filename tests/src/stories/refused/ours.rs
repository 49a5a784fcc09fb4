//! What stands in the way on our own side: switches, limits, another reset, the provider.

use server::policy::Policy;
use server::store::Limit;
use shared::{Channel, Code::*, Millis, Outcome, Source, VerificationId};
use simulator::{Company, Fault};
use uuid::Uuid;

use super::{ADA_PHONE, Ready};
use crate::desk::Desk;
use crate::world::{COLLEAGUE, World};

/// One statement about the account's rows, as an operator would run it.
async fn seed(world: &World, statement: &'static str) {
    world.app.store.seed(statement, &[world.account.0]).await;
}

#[tokio::test]
async fn what_is_switched_off_refuses_the_click() {
    let mut ready = Ready::new().await;
    for (case, code, off, on) in [
        (
            "the customer",
            CustomerOff,
            "update customers set is_on = false where account = $1",
            "update customers set is_on = true where account = $1",
        ),
        (
            "the provider",
            SmsMissing,
            "update integrations set is_on = false where account = $1 and kind = 'twilio'",
            "update integrations set is_on = true where account = $1 and kind = 'twilio'",
        ),
        (
            "the provider's account was changed",
            SmsCredentials,
            "update integrations set settings = replace(settings, 'AC0', 'AC1')
             where account = $1 and kind = 'twilio'",
            "update integrations set settings = replace(settings, 'AC1', 'AC0')
             where account = $1 and kind = 'twilio'",
        ),
    ] {
        seed(&ready.world, off).await;
        ready.refuses(case, code, None, |_| {}).await;
        seed(&ready.world, on).await;
        ready.still_good(case).await;
    }
    // Of a whole account nobody gets as far as a preflight.
    seed(&ready.world, "update accounts set is_on = false where id = $1").await;
    let (id, clicked) = ready.click().await;
    super::refused(&clicked, AccountOff, None, "the account");
    let shown = ready.desk.preflight(ready.ticket.contact, Some(ready.ticket.id)).await;
    super::refused(&shown, AccountOff, None, "the account");
    super::only_read(&ready.world, "the account");
    seed(&ready.world, "update accounts set is_on = true where id = $1").await;
    assert_eq!(ready.desk.look(id.0).await.status, 404);
    ready.still_good("the account").await;
    ready.succeeds().await;
}

#[tokio::test]
async fn a_limit_that_is_reached_refuses_the_click() {
    let mut ready = Ready::new().await;
    let (store, account) = (ready.world.app.store.clone(), ready.world.account);
    let tess = store.technician_by_email(crate::world::EMAIL).await.unwrap().unwrap().id;
    let policy = Policy::default();
    let hour = 60 * 60_000;
    let contact = store.contact(account, ready.ticket.contact).await.unwrap().unwrap();
    let customer = contact.customer;
    for (case, most, window_ms, code, about) in [
        (
            format!("reset person {}", ready.ada.id),
            policy.resets_per_person,
            24 * hour,
            LimitReached,
            Some("resets of one person in a day"),
        ),
        (
            format!("reset technician {tess}"),
            policy.resets_per_technician,
            hour,
            LimitReached,
            Some("your resets in an hour"),
        ),
        (
            format!("reset customer {customer}"),
            policy.resets_per_customer,
            hour,
            LimitReached,
            Some("resets for this customer in an hour"),
        ),
        ("reset account".to_owned(), policy.resets_per_account, hour, Brake, None),
    ] {
        // So many resets would take a while: they are counted by other means.
        for n in 0..most {
            let limit = Limit { name: case.clone(), most, window_ms };
            count_one(&ready, limit, u128::from(n)).await;
        }
        ready.refuses(&case, code, about, |_| {}).await;
        seed(&ready.world, "delete from limits where account = $1").await;
        ready.still_good(&case).await;
    }
    ready.succeeds().await;
}

/// Something of somebody else's that counts against this limit.
async fn count_one(ready: &Ready, limit: Limit, n: u128) {
    let (store, account) = (&ready.world.app.store, ready.world.account);
    let other = ready.world.ticket("48214").await;
    let contact = store.contact(account, other.contact).await.unwrap().unwrap();
    let now = ready.world.now();
    let tess = store.technician_by_email(crate::world::EMAIL).await.unwrap().unwrap();
    let id = VerificationId(Uuid::new_v4());
    let one = server::store::Verification {
        id,
        account,
        customer: contact.customer,
        contact: other.contact,
        ticket: Some(other.id),
        ticket_number: None,
        technician: tess.id,
        technician_name: String::new(),
        directory_user: None,
        channel: Channel::SmsCode,
        source: Source::Contact,
        destination_hash: n.to_be_bytes().to_vec(),
        contact_hash: vec![1],
        masked: String::new(),
        code_hash: vec![1],
        look_id: None,
        proof_hash: None,
        say_sealed: None,
        provider_id: None,
        voucher: None,
        voucher_name: None,
        note: None,
        outcome: Outcome::Pending,
        code: None,
        tries_left: 1,
        sent_at: now,
        expires_at: Millis(now.0 + 1),
        verified_at: None,
        ended_at: None,
        used: false,
    };
    store.begin_verification(&one, &[limit]).await.unwrap().unwrap();
}

/// A colleague's reset of the same person is live: hers waits for it, and nothing is lost by that.
#[tokio::test]
async fn another_reset_under_way_refuses_the_click() {
    let mut ready = Ready::new().await;
    let cole = Desk::sign_in_as(&ready.world, COLLEAGUE).await;
    let contact = ready.ticket.contact;
    cole.verify_in(&ready.world, contact, None, ADA_PHONE).await;
    let shown = cole.preflight(contact, None).await;
    let sealed = shown.body["sealed"].as_str().unwrap().to_owned();
    let later = Fault::Status { status: 429, retry_after: Some(60) };
    ready.world.outside.fault(Company::Graph, Some("PATCH"), later);
    let id = Uuid::from_u128(1_000);
    let his = tokio::spawn({
        let cole = cole.clone();
        async move { cole.reset(id, contact, None, &sealed).await }
    });
    crate::world::until("his waits", async || {
        ready.world.outside.faults_left() == 0 && cole.look(id).await.body["stage"] == "applying"
    })
    .await;
    let patches = ready.world.outside.requests().len();
    let (mine, clicked) = ready.click().await;
    super::refused(&clicked, ResetUnderWay, Some("by Cole Carter"), "under way");
    assert_eq!(ready.desk.look(mine.0).await.status, 404);
    let shown = ready.desk.preflight(contact, Some(ready.ticket.id)).await;
    assert_eq!(shown.body["findings"][0]["code"], "reset-under-way", "{:?}", shown.body);
    let since = &ready.world.outside.requests()[patches..];
    assert!(since.iter().all(|it| it.method == "GET"), "nothing is set meanwhile");
    ready.world.settle_in_time().await;
    assert_eq!(his.await.unwrap().body["id"], id.to_string());
    assert_eq!(ready.world.outside.patches(super::ADA).len(), 2, "his, tried twice");
    // Then hers may go on, by the same verification and the same confirmation.
    let (_, done) = ready.click().await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_eq!(ready.world.outside.patches(super::ADA).len(), 3);
    ready.world.settle_in_time().await;
    ready.world.end().await;
}
