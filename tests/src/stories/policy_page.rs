//! An admin says what a reset asks for: for the account with nothing but a keyboard, then for one
//! customer that differs; the table shows where each value comes from. Who is late, or no admin,
//! changes nothing.

use serde_json::{Map, json};
use server::policy::layers::Layer;
use server::store::PolicyChange;
use shared::{Channel, CustomerId, Millis};

use super::keyboard::{ENTER, focus_moves_to, tab_to};
use super::walk::{signed_in, signed_in_as};
use crate::axe::{in_every_light, no_violations};
use crate::browser::Browser;
use crate::page::Page;
use crate::world::{COLLEAGUE, EMAIL, World};

const SPACE: &str = " ";
const FRESH: &str = "A verification counts for";

async fn customer(world: &World, name: &str) -> CustomerId {
    let all = world.app.store.policy_customers(world.account).await.unwrap();
    all.into_iter().find(|one| one.customer.name == name).unwrap().customer.id
}

/// What the table of all that holds says of a field: the value, and where it comes from.
async fn holds(page: &Page, label: &str) -> (String, String) {
    let script = format!(
        "const row = [...document.querySelectorAll('.holding tr')]
             .find((row) => row.querySelector('.what')?.innerText === '{label}');
         return [row.querySelector('.value').innerText, row.querySelector('.from').innerText]"
    );
    let said = page.script(&script).await;
    let text = |index: usize| said[index].as_str().unwrap().to_owned();
    (text(0), text(1))
}

#[tokio::test]
async fn a_policy_is_said_for_the_account_and_differs_at_a_customer() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    tab_to(&page, "link", "Settings").await;
    page.press(ENTER).await;
    page.find("heading", "Integrations").await;
    tab_to(&page, "link", "Policy").await;
    page.press(ENTER).await;
    page.find("heading", "Policy").await;
    in_every_light(&page, "70-policy").await;

    // What can't be meant is said at its field; what was typed stays.
    tab_to(&page, "textbox", FRESH).await;
    page.press(format!("a while{ENTER}")).await;
    page.sees("Nothing was saved.").await;
    focus_moves_to(&page, "alert", "").await;
    let field = page.find("textbox", FRESH).await;
    assert_eq!(field.value, "a while");
    assert!(field.description.contains("Between 1 and 1440 minutes."), "{}", field.description);
    in_every_light(&page, "71-policy-refused").await;
    tab_to(&page, "link", FRESH).await;
    page.press(ENTER).await;
    focus_moves_to(&page, "textbox", FRESH).await;
    page.script("document.activeElement.select()").await;
    page.press(format!("20{ENTER}")).await;
    page.sees("Saved. It holds from now on").await;
    focus_moves_to(&page, "status", "").await;
    assert_eq!(holds(&page, FRESH).await, ("20 minutes".into(), "said here".into()));
    // It asks for less than before: all admins hear of it.
    let mail = world.outside.wait_for_mail(EMAIL, 1).await.unwrap();
    assert_eq!(mail.subject, "Password resets ask for less than before");
    assert!(mail.text.contains(FRESH), "{}", mail.text);

    // One customer differs, in what it says only.
    tab_to(&page, "link", "Customers").await;
    page.press(ENTER).await;
    tab_to(&page, "link", "Northwind Dental").await;
    page.press(ENTER).await;
    page.find("heading", "Policy for Northwind Dental").await;
    let own = "Ways of verifying: This customer has its own";
    tab_to(&page, "checkbox", own).await;
    page.press(SPACE).await;
    for mail in ["Code by mail", "Link by mail"] {
        tab_to(&page, "checkbox", mail).await;
        page.press(SPACE).await;
    }
    tab_to(&page, "button", "Save").await;
    page.press(ENTER).await;
    page.sees("Saved. It holds from now on").await;
    let methods = "Duo push, Code by text, Link by text";
    for (label, value, from) in [
        ("Ways of verifying", methods, "its own"),
        (FRESH, "20 minutes", "from the account"),
        ("Tries of a code", "5", "built in"),
    ] {
        assert_eq!(holds(&page, label).await, (value.into(), from.into()), "{label}");
    }
    in_every_light(&page, "72-policy-customer").await;
    let northwind = customer(&world, "Northwind Dental").await;
    let policy = world.app.store.policy(world.account, northwind).await.unwrap();
    assert_eq!(policy.methods, [Channel::DuoPush, Channel::SmsCode, Channel::SmsLink]);
    assert_eq!(policy.fresh_ms, 20 * 60_000);

    page.click("link", "Settings").await;
    page.click("link", "Northwind Dental Microsoft 365").await;
    page.find("heading", "Northwind Dental Microsoft 365").await;
    page.click("link", "Policy").await;
    page.find("heading", "Policy for Northwind Dental").await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn an_approver_is_found_among_the_customers_people() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    let northwind = customer(&world, "Northwind Dental").await;
    page.go(&format!("{}/settings/policy/{northwind}", world.app.settings.server.origin)).await;
    page.click("checkbox", "Somebody else may vouch: This customer has its own").await;
    let vouching = page.find("combobox", "Somebody else may vouch").await;
    assert!(vouching.description.contains("can pass for a manager"), "{}", vouching.description);
    page.element(&vouching).await.unwrap().send_keys("On").await.unwrap();
    page.click("checkbox", "Approvers: This customer has its own").await;
    // Enter in the search looks, and saves nothing.
    page.fill("textbox", "Find a contact", &format!("ada{ENTER}")).await;
    page.sees("1 found. Tick who may vouch, then save: nothing is saved yet.").await;
    focus_moves_to(&page, "status", "").await;
    in_every_light(&page, "73-policy-approvers").await;
    page.click("checkbox", "Ada Park").await;
    page.click("button", "Save").await;
    page.sees("Saved.").await;
    assert_eq!(holds(&page, "Approvers").await, ("Ada Park".into(), "its own".into()));
    assert_eq!(holds(&page, "Somebody else may vouch").await.0, "On");

    // Somebody else changes it while a form is being filled in.
    page.click("checkbox", "Tries of a code: This customer has its own").await;
    page.fill("textbox", "Tries of a code", "4").await;
    let (store, account) = (&world.app.store, world.account);
    let seen = store.policy_rows(account, Some(northwind)).await.unwrap().customer.unwrap();
    let said: Map<_, _> = serde_json::from_value(json!({"code_tries": 2})).unwrap();
    let said = Layer::of(said, true).unwrap();
    let change = PolicyChange {
        customer: Some(northwind),
        seen: Some(seen.version),
        said: &said,
        about: "meanwhile",
        alarm: None,
    };
    let somebody = world.session(crate::world::EMAIL).await.technician.id;
    store.change_policy(account, somebody, Millis(1), &change).await.unwrap();
    page.click("button", "Save").await;
    page.sees("Somebody else has changed this policy since you opened the page.").await;
    let tries = page.find("textbox", "Tries of a code").await;
    assert_eq!(tries.value, "4", "what was typed stays");
    no_violations(&page, "a late form").await;
    assert_eq!(store.policy(account, northwind).await.unwrap().code_tries, 2);
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn it_works_without_a_script_and_for_admins_only() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    let origin = world.app.settings.server.origin.clone();
    page.without_scripts().await;
    page.go(&format!("{origin}/settings/policy")).await;
    page.fill("textbox", "Tries of a code", "3").await;
    page.click("button", "Save").await;
    page.sees("Saved.").await;
    page.click("link", "Adventure Works").await;
    page.click("checkbox", "Tries of a code: This customer has its own").await;
    page.fill("textbox", "Tries of a code", "2").await;
    page.click("button", "Save").await;
    page.sees("Saved.").await;
    page.click("button", "Use the account’s again").await;
    page.sees("What holds for the account holds for this customer again.").await;
    let here = customer(&world, "Adventure Works").await;
    assert_eq!(world.app.store.policy(world.account, here).await.unwrap().code_tries, 3);

    // Another account's customer is nobody here.
    let other = world.stranger_account().await;
    let theirs = world.app.store.policy_customers(other).await.unwrap()[0].customer.id;
    page.go(&format!("{origin}/settings/policy/{theirs}")).await;
    page.sees("This does not exist, or it is not yours to see.").await;
    page.end().await;

    let page = signed_in_as(&world, &browser, COLLEAGUE).await;
    page.go(&format!("{origin}/settings/policy")).await;
    page.sees("Your role does not allow this.").await;
    page.end().await;
    world.end().await;
}
