//! What a service manager sees: a new account what to set up next, a busy one its figures and troubles.

use uuid::Uuid;

use super::mail::reset;
use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::person::Person;
use crate::world::{COLLEAGUE, World};

const ADA_PHONE: &str = "+12065550123";

#[tokio::test]
async fn a_new_account_sees_what_to_set_up_next() {
    let world = World::in_real_time().await;
    let off = "update integrations set is_on = false where account = $1";
    world.app.store.seed(off, &[world.account.0]).await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Dashboard").await;
    page.find("heading", "Set up next").await;
    page.find("link", "Connect a customer’s Microsoft 365").await;
    page.sees("They show here as soon as a technician helps somebody.").await;
    in_every_light(&page, "90-dashboard-new").await;
    page.click("link", "Connect your PSA").await;
    page.find("heading", "Add New Integration").await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn figures_and_troubles_are_told_at_a_glance() {
    let world = World::in_real_time().await;
    // A colleague's: a code of the admin's authenticator works once.
    let desk = Desk::sign_in_as(&world, COLLEAGUE).await;
    let id = Uuid::from_u128(0x81);
    let done = reset(&world, &desk, id).await;
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    Person::with(&world, &text.body).read(Some(&unlock)).await;
    world.settle().await;
    // A month of the same: the rows as the engine has written them, on other days.
    spread(&world, id).await;
    let failed = "update outbox set state = 'failed', code = 'sms-credentials'
        where account = $1 and kind = 'text'";
    world.app.store.seed(failed, &[world.account.0]).await;

    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Dashboard").await;
    page.find("heading", "Resets per day").await;
    page.sees("1 text did not go out").await;
    page.sees("Links opened").await;
    let drawn = page.look("image", "Resets per day").await.expect("a drawing with words");
    assert!(drawn.name.contains("completed") && drawn.name.contains("Most on"), "{drawn:?}");
    in_every_light(&page, "91-dashboard").await;
    page.click("link", "90 days").await;
    page.script("document.querySelectorAll('details').forEach((it) => { it.open = true; })").await;
    page.find("columnheader", "Completed").await;
    in_every_light(&page, "92-dashboard-90").await;
    assert_eq!(page.complaints().await, [""; 0]);
    let origin = &world.app.settings.server.origin;
    page.go(&format!("{origin}/dashboard?days=5000")).await;
    page.sees("404").await;
    page.end().await;
    world.end().await;
}

/// Copies the reset and its verification to the days before, as they came out elsewhere: a day back, some
/// more, another day back.
async fn spread(world: &World, reset: Uuid) {
    const COPY: &str = "insert into resets (id, account, customer, contact, ticket, technician,
            integration, verification, directory_user, person, body_hash, stage, asked_at, apply_before,
            phone_masked, phone_sealed, phone_hash, one_factor, tries, answers, applied_at, tenant_hash)
        select $1, account, customer, contact, ticket, technician, integration, verification,
            directory_user, person, body_hash, stage, asked_at, apply_before, phone_masked, phone_sealed,
            phone_hash, one_factor, tries, answers, applied_at, tenant_hash
        from resets where id = $2";
    const CHECK: &str = "insert into verifications (id, account, customer, contact, ticket, technician,
            channel, source, destination_hash, contact_hash, masked, outcome, tries_left, sent_at,
            expires_at)
        select $1, v.account, v.customer, v.contact, v.ticket, v.technician, v.channel, v.source,
            v.destination_hash, v.contact_hash, v.masked, v.outcome, v.tries_left, v.sent_at - 90000,
            v.expires_at
        from verifications v join resets r on r.verification = v.id where r.id = $2";
    let other = [
        "update resets set stage = 'refused', applied_at = null, code = 'm365-secret-expired' where id = $1",
        "update resets set stage = 'refused', applied_at = null, code = 'no-phone' where id = $1",
        "update resets set stage = 'stuck', applied_at = null, code = 'in-doubt' where id = $1",
    ];
    let checks = [
        "update verifications set outcome = 'denied' where id = $1",
        "update verifications set outcome = 'expired' where id = $1",
    ];
    let store = &world.app.store;
    for day in 1..75_u128 {
        let back =
            "update resets set asked_at = asked_at - 86400000, applied_at = applied_at - 86400000
            where id <> $1";
        store.seed(back, &[reset]).await;
        let back = "update verifications set sent_at = sent_at - 86400000
            where id <> (select verification from resets where id = $1)";
        store.seed(back, &[reset]).await;
        for number in 0..(day * 7919 % 11 % 6) {
            let id = Uuid::from_u128((1 << 96) + day * 100 + number);
            store.seed(COPY, &[id, reset]).await;
            store.seed(CHECK, &[id, reset]).await;
            let way = usize::try_from((day + number * 5) % 9).unwrap();
            if let Some(change) = other.get(way) {
                store.seed(change, &[id]).await;
            }
            if let Some(change) = checks.get(way) {
                store.seed(change, &[id]).await;
            }
        }
    }
}
