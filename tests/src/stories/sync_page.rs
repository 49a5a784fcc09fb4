//! An admin has people listed, on the page of a customer's Microsoft 365 and on the one of a PSA: chosen, read,
//! trouble, stopped.

use simulator::{Company, Fault, Psa};

use super::sync::{ended, joins};
use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::frame::connect;
use crate::page::Page;
use crate::world::World;

/// Waits until this stands on the page of an integration. The button's own answer may come before the
/// end of a run that the worker of the server has begun.
async fn reads(page: &Page, address: &str, text: &str) {
    page.wait(&format!("“{text}” is shown"), async || {
        let shown = page.text().await.contains(text);
        if !shown {
            page.go(address).await;
        }
        shown
    })
    .await;
}

/// Asks for a run with the button, and looks at what the page says of it at last.
async fn sync_now(page: &Page, address: &str, says: &str) {
    // What was said of the run before this one is gone.
    page.go(address).await;
    page.click("button", "Sync now").await;
    page.sees("Tried just now.").await;
    reads(page, address, says).await;
}

#[tokio::test]
async fn people_are_listed_by_an_admins_choice() {
    let world = World::in_real_time().await;
    let all = world.app.store.m365_all(world.account).await.unwrap();
    let northwind = all.iter().find(|it| it.customer.name == "Northwind Dental").unwrap();
    world.outside.edit_tenant("northwind.example", |tenant| {
        joins(tenant, "noor.newcomer@northwind.example", "Noor Newcomer");
    });
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    let (origin, id) = (&world.app.settings.server.origin, northwind.integration.id);
    let address = format!("{origin}/settings/integrations/m365/{id}");
    page.go(&address).await;
    page.sees("No phone number: people can change those").await;
    page.script("document.getElementById('contacts').scrollIntoView()").await;
    in_every_light(&page, "90-sync-off").await;
    page.click("button", "List them as contacts").await;
    page.sees("Saved. How the contacts are kept in step stands below.").await;
    reads(&page, &address, "It is done again once a day").await;
    in_every_light(&page, "91-sync-on").await;
    page.click("link", "Show the contacts").await;
    page.find("link", "Noor Newcomer").await;
    in_every_light(&page, "92-sync-contacts").await;

    // Trouble, and out of it.
    let refused = Fault::Status { status: 403, retry_after: None };
    world.outside.fault(Company::Graph, Some("GET /v1.0/users"), refused);
    sync_now(&page, &address, "Grant User.Read.All with admin consent").await;
    in_every_light(&page, "93-sync-refused").await;
    sync_now(&page, &address, "It is done again once a day").await;

    page.click("DisclosureTriangle", "Whom to list, or stop").await;
    in_every_light(&page, "94-sync-choice").await;
    page.click("button", "Stop keeping them in step").await;
    page.sees("Whoever is listed stays on the list of contacts.").await;
    page.find("button", "List them as contacts").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn a_psa_is_listed_and_read_now() {
    let world = World::in_real_time().await;
    world.outside.with_psa(Psa::Halo, |desk| {
        let mut new = desk.contacts[0].clone();
        (new.id, new.first, new.last) = (5_000, "Noor".into(), "Newcomer".into());
        new.emails = vec!["noor.newcomer@northwind.example".into()];
        desk.contacts.push(new);
    });
    let psa = connect(&world, Psa::Halo).await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    let address =
        format!("{}/settings/integrations/psa/{}", world.app.settings.server.origin, psa.id);
    page.go(&address).await;
    page.sees("All admins get a mail.").await;
    page.click("button", "List it here").await;
    page.sees("Contacts are kept in step with HaloPSA once a day").await;
    // That begins by itself.
    ended(&world, psa.id).await;
    sync_now(&page, &address, "It is done again once a day").await;
    page.script("document.getElementById('list-title').scrollIntoView()").await;
    in_every_light(&page, "95-psa-sync-on").await;

    let refused = Fault::Status { status: 503, retry_after: None };
    world.outside.fault(Company::Halo, Some("GET /api/Users"), refused);
    sync_now(&page, &address, "Nobody was taken off the list.").await;
    page.script("document.getElementById('list-title').scrollIntoView()").await;
    in_every_light(&page, "96-psa-sync-broken").await;
    page.go(&format!("{}/contacts?q=newcomer", world.app.settings.server.origin)).await;
    page.find("link", "Noor Newcomer").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.settle().await;
    world.end().await;
}
