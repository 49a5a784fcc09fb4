//! An admin chooses a technician's customers among hundreds; the technician's pages and an open pod say what
//! that means.

use server::random;
use server::store::ImportRow;
use shared::CustomerId;

use super::walk::{SUMMARY, signed_in, signed_in_as};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::world::{COLLEAGUE, World};

#[tokio::test]
async fn an_admin_chooses_a_technicians_customers() {
    let world = World::in_real_time().await;
    let many: Vec<ImportRow> = (0..300)
        .map(|n| ImportRow::Customer {
            id: CustomerId(random::id(world.now())),
            name: format!("Customer {n:03} of many"),
        })
        .collect();
    world.app.store.import(world.account, world.now(), &many).await.unwrap();
    let browser = Browser::start().await;
    let cole = signed_in_as(&world, &browser, COLLEAGUE).await;
    cole.click("link", SUMMARY).await;
    cole.find("button", "Password Reset").await;

    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.click("link", "Team").await;
    page.click("link", "Cole Carter").await;
    page.click("link", "Change their customers").await;
    page.find("heading", "Customers of Cole Carter").await;
    in_every_light(&page, "85-customers-all").await;
    page.click("radio", "These customers alone").await;
    page.click("button", "Save").await;
    page.sees("Tick at least one customer, or choose all of them.").await;
    in_every_light(&page, "86-customers-none").await;
    page.fill("textbox", "Find a customer", "nobody at all").await;
    page.click("button", "Find").await;
    page.sees("No customer has that in the name.").await;
    in_every_light(&page, "87-customers-not-found").await;
    page.click("button", "Show all customers").await;
    page.click("checkbox", "Adventure Works").await;
    page.fill("textbox", "Find a customer", "299").await;
    page.click("button", "Find").await;
    page.sees("1 ticked, 1 of them not shown here").await;
    page.click("checkbox", "Customer 299 of many").await;
    page.click("button", "Save").await;
    page.sees("Saved. It holds with their next request").await;
    page.sees("2 of the account’s, as an admin has listed them.").await;
    in_every_light(&page, "88-customers-saved").await;
    page.click("link", "Change their customers").await;
    page.sees("2 ticked").await;
    in_every_light(&page, "89-customers-listed").await;
    page.click("link", "Team").await;
    page.sees("Some customers").await;
    page.click("link", "Who may do what").await;
    page.sees("those that an admin has listed for them").await;
    in_every_light(&page, "71-abilities").await;
    page.end().await;

    // The pod that was open says that it is not theirs, and so does the page behind the link.
    cole.sees("not yours to see").await;
    in_every_light(&cole, "90-narrowed-pod").await;
    let ticket = world.ticket("48213").await;
    let origin = &world.app.settings.server.origin;
    cole.go(&format!("{origin}/tickets/{}", ticket.id)).await;
    cole.sees("not yours to see").await;
    in_every_light(&cole, "91-narrowed-link").await;
    cole.go(&format!("{origin}/tickets?q=48213")).await;
    cole.sees("Nothing found").await;
    cole.go(&format!("{origin}/account")).await;
    cole.sees("2 of the account’s.").await;
    in_every_light(&cole, "92-narrowed-account").await;
    cole.end().await;
    world.end().await;
}
