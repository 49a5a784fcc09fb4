//! An admin reads the audit: filters it, follows one reset from the call to the last mail, looks at one
//! entry, and checks the chain.

use uuid::Uuid;

use super::mail::reset;
use super::walk::{signed_in, signed_in_as};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::person::Person;
use crate::world::{COLLEAGUE, World};

const ADA_PHONE: &str = "+12065550123";

#[tokio::test]
async fn an_admin_reads_what_happened() {
    let world = World::in_real_time().await;
    // A colleague's: a code of the admin's authenticator works once.
    let desk = Desk::sign_in_as(&world, COLLEAGUE).await;
    let id = Uuid::from_u128(0x0193_a5f2_7c1e_7b3a_9d0e_5f6a_7b8c_9d0e);
    let done = reset(&world, &desk, id).await;
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let person = Person::with(&world, &text.body);
    person.open(Some("000000")).await;
    person.read(Some(&unlock)).await;
    world.settle().await;

    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Audit").await;
    page.find("heading", "Audit").await;
    page.sees("The link was opened: Ada Park has the password.").await;
    in_every_light(&page, "80-audit").await;

    // Each filter is in the address: it can be kept, and sent to a colleague.
    page.fill("textbox", "Person", "Ada").await;
    page.click("button", "Filter").await;
    page.find("link", "Anybody instead of Ada Park").await;
    let address = page.address().await;
    assert!(address.contains("contact=") || address.contains("person=Ada"), "{address}");
    in_every_light(&page, "81-audit-person").await;
    page.click("link", "Anybody instead of Ada Park").await;
    page.fill("textbox", "Person", "a").await;
    page.click("button", "Filter").await;
    page.find("heading", "Several people may be meant").await;
    in_every_light(&page, "82-audit-several").await;
    page.fill("textbox", "Person", "Nobody At All").await;
    page.click("button", "Filter").await;
    page.sees("Nobody is called so").await;
    let origin = world.app.settings.server.origin.clone();
    page.go(&format!("{origin}/audit?kind=sign-in&until=2020-01-01")).await;
    page.sees("No entry fits.").await;
    in_every_light(&page, "83-audit-nothing").await;
    page.go(&format!("{origin}/audit?kind=link")).await;
    page.sees("The text was delivered.").await;
    page.script("document.querySelector('.export').open = true").await;
    page.find("button", "CSV for a spreadsheet").await;
    in_every_light(&page, "84-audit-export").await;

    // From an entry to the story that it is part of.
    page.click("link", "A wrong unlock code was entered").await;
    page.find("heading", "A wrong unlock code was entered for the link.").await;
    page.sees("This entry is as it was written").await;
    in_every_light(&page, "85-entry").await;
    page.click("link", "The whole story").await;
    page.find("heading", "Reset of Ada Park").await;
    page.sees("The link was opened: the person has it.").await;
    page.sees("Ada Park proved who they are.").await;
    in_every_light(&page, "86-story").await;

    page.click("link", "Audit").await;
    page.click("link", "Check the chain").await;
    page.find("button", "Check the chain").await;
    in_every_light(&page, "87-check").await;
    page.click("button", "Check the chain").await;
    page.sees("The chain is intact").await;
    in_every_light(&page, "88-intact").await;

    // Somebody has been at the database.
    let change = "update audit set at = at + 1 where account = $1 and seq = 3";
    world.app.store.seed(change, &[world.account.0]).await;
    page.click("button", "Check the chain").await;
    page.sees("The chain is broken at entry 3").await;
    in_every_light(&page, "89-broken").await;
    page.go(&format!("{origin}/audit/3")).await;
    page.sees("This entry is not as it was written").await;
    // A large one is looked at while it goes on.
    let (now, run) = (world.now(), Uuid::from_u128(5));
    let store = &world.app.store;
    store.begin_audit_check(world.account, now, run, 1_000_000, now).await.unwrap();
    store.note_audit_check(world.account, now, run, 420_000, None).await.unwrap();
    page.go(&format!("{origin}/audit/check")).await;
    page.find("heading", "Checking…").await;
    // The page would be read anew in the middle of being looked at.
    page.script("delete document.querySelector('[data-reloads]').dataset.reloads").await;
    in_every_light(&page, "89-checking").await;
    store.note_audit_check(world.account, now, run, 1_000_000, Some(b"not ours")).await.unwrap();
    page.click("link", "Look again").await;
    page.find("button", "Check the chain").await;
    let back = "update audit set at = at - 1 where account = $1 and seq = 3";
    world.app.store.seed(back, &[world.account.0]).await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn without_a_script_it_works_too_and_a_technician_has_no_tab() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.without_scripts().await;
    page.click("link", "Audit").await;
    page.fill("textbox", "Person", "Ada").await;
    page.click("button", "Filter").await;
    page.sees("No entry fits.").await;
    page.click("link", "Clear").await;
    page.click("link", "Check the chain").await;
    page.click("button", "Check the chain").await;
    page.sees("The chain is intact").await;
    page.end().await;
    let page = signed_in_as(&world, &browser, COLLEAGUE).await;
    assert!(page.look("link", "Audit").await.is_none());
    assert!(page.look("link", "Dashboard").await.is_none());
    page.go(&format!("{}/audit", world.app.settings.server.origin)).await;
    page.sees("403").await;
    page.end().await;
    world.end().await;
}
