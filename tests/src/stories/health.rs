//! The server looks after tenants by itself: who is told what, and when.

use std::collections::HashSet;

use serde_json::json;

use super::integrations::{act, of};
use super::mail::audited;
use crate::desk::Desk;
use crate::world::{COLLEAGUE, EMAIL, World, until};

const DAY: i64 = 24 * 60 * 60_000;

/// A world whose server checks once a day. Time stands still, so nothing falls due by itself.
async fn world() -> World {
    World::build(true, |settings| settings.health.check_every_hours = 24).await
}

/// Lets everything that is due be checked.
async fn checked(world: &World) {
    until("everything is checked", async || {
        world.app.integrations.look_once().await.unwrap();
        world.app.store.due_checks(world.now()).await.unwrap().is_empty()
    })
    .await;
    // The watcher of this server may have begun one before.
    world.idle(&mut HashSet::new()).await;
    world.settle_in_time().await;
}

fn subjects(world: &World) -> Vec<String> {
    world.outside.mails(EMAIL).into_iter().map(|mail| mail.subject).collect()
}

#[tokio::test]
async fn admins_are_told_weeks_before_a_secret_ends_and_when_it_has() {
    let world = world().await;
    world.outside.edit_tenant("adventure.example", |tenant| tenant.premium_p2 = true);
    checked(&world).await;
    let told = subjects(&world);
    // What came in broken is told once; Adventure's secret ends in 24 days, by Microsoft's record.
    let about = |told: &[String], part: &str| told.iter().filter(|it| it.contains(part)).count();
    assert_eq!(about(&told, "Adventure Works ends in 24 days"), 1, "{told:?}");
    assert_eq!(about(&told, "for Fabrikam Logistics do not work"), 1, "{told:?}");
    assert_eq!(about(&told, "Northwind"), 0, "{told:?}");
    let admin = world.desk().await;
    let adventure = of(&admin, "Adventure Works").await;
    assert_eq!(adventure["ends_from"], "record");

    // Daily checks tell nothing new, until the next step is reached.
    world.pass(8 * DAY);
    checked(&world).await;
    assert_eq!(about(&subjects(&world), "Adventure Works"), 1);
    // And a moment, or 14 whole days were left.
    world.pass(2 * DAY + 1_000);
    checked(&world).await;
    assert_eq!(about(&subjects(&world), "Adventure Works ends in 13 days"), 1);

    // The admin's pod says so, the technician's does not.
    let ticket = world.ticket("48256").await;
    let (admin, colleague) = (world.desk().await, Desk::sign_in_as(&world, COLLEAGUE).await);
    let shown = admin.state(ticket.contact, Some(ticket.id)).await;
    let notice = &shown.body["notice"];
    assert!(notice["text"].as_str().unwrap().contains("ends in 13 days"), "{notice}");
    let path = format!("/settings/integrations/m365/{}", adventure["id"].as_str().unwrap());
    assert_eq!(notice["path"], path.as_str());
    let shown = colleague.state(ticket.contact, Some(ticket.id)).await;
    assert!(shown.body["notice"].is_null(), "{:?}", shown.body);

    // Over: told once, as what it is.
    for _ in 0..2 {
        world.pass(15 * DAY);
        checked(&world).await;
    }
    let told = subjects(&world);
    assert_eq!(about(&told, "for Adventure Works do not work"), 1, "{told:?}");
    assert!(!audited(&world, "integration-failing").await.is_empty());
    world.end().await;
}

/// A reset's own look meets a secret that is refused: the watcher looks at once, not tomorrow.
#[tokio::test]
async fn the_first_token_that_is_refused_is_told_at_once() {
    let world = world().await;
    checked(&world).await;
    world.outside.edit_tenant("northwind.example", |tenant| tenant.app.secret_expires_ms = Some(1));
    world.pass(2 * 60 * 60_000);
    let before = subjects(&world).len();
    let desk = world.desk().await;
    let northwind = of(&desk, "Northwind Dental").await["id"].to_string();
    let due = world.app.store.due_checks(world.now()).await.unwrap();
    assert!(due.iter().all(|(_, id)| !northwind.contains(&id.to_string())), "not before tomorrow");
    let ticket = world.ticket("48213").await;
    desk.preflight(ticket.contact, Some(ticket.id)).await;
    checked(&world).await;
    let told = subjects(&world);
    assert_eq!(told.len(), before + 1, "{told:?}");
    assert_eq!(told[before], "Password resets for Northwind Dental do not work");
    let mail = world.outside.mails(EMAIL).pop().unwrap();
    assert!(mail.text.contains("Make a new client secret"), "{}", mail.text);

    // Mended: no mail, an entry, and the notice is gone.
    world.outside.edit_tenant("northwind.example", |tenant| tenant.app.secret_expires_ms = None);
    let it = of(&desk, "Northwind Dental").await;
    let tested = act(&desk, &it, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "{:?}", tested.body);
    let shown = desk.state(ticket.contact, Some(ticket.id)).await;
    assert!(shown.body["notice"].is_null());
    world.end().await;
}

/// An admin's own test meets it first: the others hear of it all the same, once.
#[tokio::test]
async fn what_a_test_by_hand_finds_first_is_mailed_as_well() {
    let world = world().await;
    checked(&world).await;
    let before = subjects(&world).len();
    let desk = world.desk().await;
    let it = of(&desk, "Northwind Dental").await;
    world.outside.edit_tenant("northwind.example", |tenant| tenant.app.disabled = true);
    for _ in 0..2 {
        let tested = act(&desk, &it, "/test", json!({})).await;
        assert_eq!(tested.body["health"]["state"], "broken", "{:?}", tested.body);
    }
    // Time must not pass under a mail that is being sent: its lease would end.
    world.settle().await;
    world.pass(2 * 60 * 60_000);
    checked(&world).await;
    let told = subjects(&world);
    assert_eq!(told.len(), before + 1, "{told:?}");
    assert_eq!(told[before], "Password resets for Northwind Dental do not work");
    world.outside.edit_tenant("northwind.example", |tenant| tenant.app.disabled = false);
    let desk = world.desk().await;
    act(&desk, &it, "/test", json!({})).await;
    assert_eq!(audited(&world, "integration-works").await.len(), 1);
    world.end().await;
}
