//! A PSA's cards are read when something is decided, and never kept.

use simulator::{Company, Fault, Psa};

use crate::frame::{Frame, claim, connect};
use crate::world::{EMAIL, World, until};

fn company(psa: Psa) -> Company {
    match psa {
        Psa::ConnectWise => Company::ConnectWise,
        Psa::Halo => Company::Halo,
        Psa::Autotask => Company::Autotask,
    }
}

#[tokio::test]
async fn three_phones_are_three_shields_and_rubbish_is_harmless() {
    let world = World::new().await;
    let desk = world.desk().await;
    for psa in Psa::ALL {
        let at = connect(&world, psa).await;
        let member = (psa == Psa::ConnectWise).then(|| claim(&world, "tess"));
        let mut frame = Frame::new(&desk, at, member);
        assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
        let ticket_of = |contact| {
            world.outside.with_psa(psa, |it| {
                it.tickets.iter().find(|it| it.contact == Some(contact)).unwrap().id
            })
        };
        // A number without its country can't be texted: it is shown, and is no way to verify.
        for (contact, shown, usable) in [(1038, 3, 1), (1039, 1, 0)] {
            let (contact, ticket) = frame.stand_in(ticket_of(contact)).await;
            let state = frame.desk.state(contact, Some(ticket)).await;
            let shields = state.body["shields"].as_array().unwrap();
            let phones: Vec<_> = shields.iter().filter(|it| it["kind"] == "phone").collect();
            assert_eq!(phones.len(), shown, "{psa:?} {shields:?}");
            let works = |it: &&&serde_json::Value| !it["channels"].as_array().unwrap().is_empty();
            assert_eq!(phones.iter().filter(works).count(), usable, "{psa:?} {shields:?}");
            let text = state.body.to_string();
            assert!(!text.contains("<b>") && !text.contains("555-0162"), "{psa:?} {text}");
        }
        let row = world
            .app
            .store
            .contacts(world.account, &server::store::ListAsk::search("Theo Three", 9))
            .await
            .unwrap()
            .rows;
        assert!(row.iter().all(|it| it.email.is_empty() && it.phones.is_empty()), "{psa:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_changed_card_voids_what_was_verified() {
    let world = World::new().await;
    let desk = world.desk().await;
    for psa in Psa::ALL {
        let at = connect(&world, psa).await;
        let member = (psa == Psa::ConnectWise).then(|| claim(&world, "tess"));
        let mut frame = Frame::new(&desk, at, member);
        assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
        let (contact, ticket) = frame.stand_in(48213).await;
        frame.desk.verify_in(&world, contact, Some(ticket), "+12065550123").await;
        let shown = frame.desk.preflight(contact, Some(ticket)).await;
        assert_eq!(shown.body["findings"], serde_json::json!([]), "{psa:?} {:?}", shown.body);
        world.outside.with_psa(psa, |it| {
            let ada = it.contacts.iter_mut().find(|it| it.id == 1001).unwrap();
            ada.phones.push(("home".into(), "+1 206 555 0111".into()));
        });
        let shown = frame.desk.preflight(contact, Some(ticket)).await;
        let found = shown.body["findings"].to_string();
        assert!(found.contains("verification-void"), "{psa:?} {found}");
        world.settle().await;
        world.pass(60_000);
    }
    world.end().await;
}

#[tokio::test]
async fn a_psa_that_is_down_is_named_and_nothing_is_decided_without_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    for psa in Psa::ALL {
        let at = connect(&world, psa).await;
        let member = (psa == Psa::ConnectWise).then(|| claim(&world, "tess"));
        let mut frame = Frame::new(&desk, at, member);
        assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
        let (contact, ticket) = frame.stand_in(48213).await;
        frame.desk.verify_in(&world, contact, Some(ticket), "+12065550123").await;
        world.settle().await;
        for fault in [Fault::Status { status: 503, retry_after: None }, Fault::DropBefore] {
            world.outside.fault(company(psa), Some("GET"), fault);
            let shown = frame.desk.preflight(contact, Some(ticket)).await;
            assert_eq!(shown.code(), "psa-unavailable", "{psa:?} {:?}", shown.body);
        }
        // What was read a minute ago is shown, and the next answer mends it.
        let state = frame.desk.state(contact, Some(ticket)).await;
        assert_eq!(state.body["contact"]["name"], "Ada Park");
        until("it works again", async || {
            frame.desk.preflight(contact, Some(ticket)).await.status == 200
        })
        .await;
        world.pass(60_000);
    }
    world.end().await;
}

/// Another customer is another policy and another tenant: what was verified for the one is void for the other.
#[tokio::test]
async fn a_company_that_becomes_another_customers_voids_what_was_verified() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let mut frame = Frame::new(&desk, at, None);
    assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
    let (contact, ticket) = frame.stand_in(48213).await;
    frame.desk.verify_in(&world, contact, Some(ticket), "+12065550123").await;
    world.settle().await;
    let all = world.app.store.customers(world.account).await.unwrap();
    let other = all.iter().find(|it| it.name == "Adventure Works").unwrap();
    crate::frame::map(&world, at.id, 250, other.id).await;
    let shown = frame.desk.preflight(contact, Some(ticket)).await;
    assert_eq!(shown.code(), "changed-meanwhile", "{:?}", shown.body);
    // The next look is the other customer's, whose tenant knows nobody of this address.
    let shown = frame.desk.preflight(contact, Some(ticket)).await;
    assert_eq!(shown.status, 200);
    assert_ne!(shown.body["findings"], serde_json::json!([]), "{:?}", shown.body);
    world.end().await;
}
