//! What changes between confirmation, click and PATCH: the customer's connection leads to another
//! tenant, or the clock goes back. Nobody is reset by what was found before.

use reqwest::Method;
use serde_json::{Value, json};
use server::sign_in::session::look_up;
use server::store::SessionKind;
use shared::{Code, ResetAsk, ResetId, Stage};
use simulator::{Company, Fault, Moment};
use uuid::Uuid;

use super::integrations::{PROSEWARE, PROSEWARE_APP, of};
use super::new_link::{self, ADA, FIRST};
use crate::desk::{Desk, Reply};
use crate::world::{World, until};

const ID: Uuid = Uuid::from_u128(1);
const SECRET: &str = "proseware~the-right-value";

/// Northwind's connection leads to this tenant from now on.
async fn lead_to(desk: &Desk, tenant: &str, client_id: &Value, secret: &str) {
    let it = of(desk, "Northwind Dental").await;
    let ask = json!({
        "version": it["version"], "name": "Northwind", "cloud": it["cloud"], "tenant": tenant,
        "client_id": client_id,
        "client_secret": secret, "expires_on": "2028-01-01",
    });
    let path = format!("/api/integrations/{}", it["id"].as_str().unwrap());
    let done = desk.own(Method::PUT, &path, Some(ask)).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
}

async fn move_to_proseware(world: &World, desk: &Desk) {
    world.outside.add_secret(PROSEWARE, SECRET, None);
    lead_to(desk, PROSEWARE, &json!(PROSEWARE_APP), SECRET).await;
}

/// How many PATCHes there were, and whether anybody asked for a token of the new tenant.
fn asked(world: &World) -> (usize, bool) {
    let requests = world.outside.requests();
    let patches = requests.iter().filter(|it| it.method == "PATCH").count();
    (patches, requests.iter().any(|it| it.path.contains(PROSEWARE)))
}

#[tokio::test]
async fn a_tenant_that_is_another_one_after_the_click_is_not_asked() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, FIRST).await;
    let sealed = desk.confirm(&ticket).await;
    // In the middle of the click's own questions: after the tenant was read, before the PATCH.
    let mut held = world.outside.hold(3, Moment::BeforeTheAnswer);
    let clicked = tokio::spawn({
        let (desk, contact) = (desk.clone(), ticket.contact);
        async move { desk.reset(ID, contact, Some(ticket.id), &sealed).await }
    });
    assert!(held.arrived().await.unwrap().starts_with("GET "));
    move_to_proseware(&world, &desk).await;
    held.go_on().await;
    let done = clicked.await.unwrap();
    assert_eq!(done.body["stage"], "refused", "{:?}", done.body);
    assert_eq!(done.body["code"], "m365-moved", "{:?}", done.body);
    assert_eq!(asked(&world), (0, false));
    world.settle_in_time().await;
    world.end().await;
}

/// The first try may have set it: nobody says "refused" then, and nobody asks elsewhere.
#[tokio::test]
async fn after_a_doubt_it_is_for_a_person_to_decide() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, FIRST).await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.fault(Company::Graph, Some("PATCH"), Fault::ApplyThenDrop);
    let clicked = tokio::spawn({
        let (desk, contact) = (desk.clone(), ticket.contact);
        async move { desk.reset(ID, contact, Some(ticket.id), &sealed).await }
    });
    until("it was tried", async || world.outside.faults_left() == 0).await;
    move_to_proseware(&world, &desk).await;
    world.settle_in_time().await;
    clicked.await.unwrap();
    assert_eq!(desk.look(ID).await.body["stage"], "stuck");
    assert_eq!(asked(&world), (1, false));
    world.settle_in_time().await;
    world.end().await;
}

/// A look that began before the move finds somebody of the old tenant: nobody is linked to them.
#[tokio::test]
async fn a_look_that_began_before_the_move_links_nobody() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    // After the token: the look for her address.
    let mut held = world.outside.hold(1, Moment::BeforeTheAnswer);
    let looked = tokio::spawn({
        let (desk, contact) = (desk.clone(), ticket.contact);
        async move { desk.preflight(contact, Some(ticket.id)).await }
    });
    assert_eq!(held.arrived().await.unwrap(), "GET /v1.0/users");
    move_to_proseware(&world, &desk).await;
    held.go_on().await;
    let codes = |reply: Reply| -> Vec<Value> {
        let findings = reply.body["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].clone()).collect()
    };
    let found = codes(looked.await.unwrap());
    assert!(found.contains(&json!("microsoft-unavailable")), "{found:?}");
    let link = world.app.store.directory_link(world.account, ticket.contact).await.unwrap();
    assert!(link.is_none());
    let found = codes(desk.preflight(ticket.contact, Some(ticket.id)).await);
    assert!(found.contains(&json!("person-not-found")), "{found:?}");
    world.end().await;
}

/// A new link asks whether the person may still be reset: of the tenant where they were.
#[tokio::test]
async fn a_new_link_is_made_where_the_person_is() {
    let (world, desk, _) = new_link::reset(None).await;
    let seal = new_link::sealed(&desk, 1).await;
    let northwind = of(&desk, "Northwind Dental").await;
    move_to_proseware(&world, &desk).await;
    assert_eq!(desk.phones(ID).await.code(), "m365-moved");
    assert_eq!(desk.send_to(ID, &seal).await.code(), "m365-moved");
    assert_eq!(asked(&world), (1, false));
    let tenant = northwind["tenant"].as_str().unwrap();
    let secret = "northwind~simulated-secret-value";
    lead_to(&desk, tenant, &northwind["client_id"], secret).await;
    assert_eq!(desk.send_to(ID, &seal).await.status, 200);
    world.settle_in_time().await;
    world.end().await;
}

/// Before a moment that is yet to come nothing was "just now" checked.
#[tokio::test]
async fn a_clock_that_goes_back_makes_nothing_fresh() {
    let (world, mut desk, _) = new_link::reset(None).await;
    let seal = new_link::sealed(&desk, 1).await;
    let stale = async |desk: &Desk| {
        assert_eq!(desk.send_to(ID, &seal).await.code(), "preflight-stale");
    };
    world.pass(-1);
    stale(&desk).await;
    world.pass(10 * 60_000 + 1);
    desk.renew().await;
    stale(&desk).await;
    world.pass(-1);
    assert_eq!(desk.send_to(ID, &seal).await.status, 200);
    world.settle_in_time().await;

    let ben = world.ticket("48214").await;
    desk.verify(&world, &ben, "+12065550124").await;
    let sealed = desk.confirm(&ben).await;
    let other = Uuid::from_u128(2);
    world.pass(-1);
    let early = desk.reset(other, ben.contact, Some(ben.id), &sealed).await;
    assert_eq!(early.code(), "preflight-stale", "{:?}", early.body);
    world.pass(1);
    assert_eq!(desk.reset(other, ben.contact, Some(ben.id), &sealed).await.status, 200);
    world.settle_in_time().await;
    world.end().await;
}

/// The guard is spared only within seconds of the click, not before it.
#[tokio::test]
async fn the_guard_is_asked_again_when_the_clock_has_gone_back() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, FIRST).await;
    let sealed = desk.confirm(&ticket).await;
    let who = look_up(&world.app, &desk.bearer, SessionKind::Pod).await.unwrap().unwrap();
    let ask = ResetAsk { contact: ticket.contact, ticket: Some(ticket.id), sealed };
    let (resets, id) = (&world.app.resets, ResetId(ID));
    assert!(resets.ask(&who, id, &ask).await.unwrap().is_none());
    world.pass(-1_000);
    world.outside.edit_user(ADA, |ada| ada.roles.push("User Administrator".into()));
    resets.drive(id).await;
    let reset = world.app.store.reset(world.account, id).await.unwrap().unwrap();
    assert_eq!((reset.stage, reset.code), (Stage::Refused, Some(Code::PersonPrivileged)));
    assert_eq!(asked(&world).0, 0);
    world.end().await;
}
