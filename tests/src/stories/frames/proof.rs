//! P11: nothing that a frame says is proof.

use serde_json::json;
use simulator::Psa;

use crate::frame::{Frame, claim, connect};
use crate::world::{COLLEAGUE, EMAIL, World};

#[tokio::test]
async fn a_forged_member_is_nobody() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::ConnectWise).await;
    let mut tess = Frame::new(&desk, at, Some(claim(&world, "tess")));
    assert_eq!(tess.pair(&world, EMAIL).await.status, 200);

    let real = claim(&world, "tess");
    let hash = real["hash"].as_str().unwrap();
    for member in [
        json!({"id": "tess", "hash": "b2f0c1de-0000-0000-0000-000000000000", "context": "web"}),
        json!({"id": "cole", "hash": hash, "context": "web"}),
        json!({"id": "tess; memberId=cole", "hash": hash, "context": "web"}),
        json!({"id": "tess", "hash": format!("{hash}\r\nx: y"), "context": "web"}),
        json!({"id": "tess", "hash": hash, "context": "web; companyName=other"}),
        json!({"id": "", "hash": "", "context": ""}),
    ] {
        let mut forged = Frame::new(&desk, at, Some(member.clone()));
        assert_eq!(forged.enter().await.code(), "host-person-unproven", "{member}");
    }
    // Switched off at ConnectWise: not let in.
    let mut dora = Frame::new(&desk, at, Some(claim(&world, "dora")));
    let entered = dora.enter().await;
    assert!(
        ["host-person-disabled", "host-person-unproven"].contains(&entered.code()),
        "{:?}",
        entered.body
    );
    world.end().await;
}

#[tokio::test]
async fn what_a_member_may_not_see_stays_unseen() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::ConnectWise).await;
    let mut cole = Frame::new(&desk, at, Some(claim(&world, "cole")));
    assert_eq!(cole.pair(&world, COLLEAGUE).await.status, 200);
    assert_eq!(cole.place(48264).await.code(), "ticket-unknown", "a ticket for Tess only");
    let mut tess = Frame::new(&desk, at, Some(claim(&world, "tess")));
    assert_eq!(tess.pair(&world, EMAIL).await.status, 200);
    let (contact, hidden) = tess.stand_in(48264).await;
    // Without the member's own word there is no ticket at all, and Tess's word is not Cole's.
    cole.member = None;
    assert_eq!(cole.place(48213).await.code(), "host-person-unproven");
    cole.member = Some(claim(&world, "tess"));
    assert_eq!(cole.place(48264).await.code(), "host-person-other");
    // It is on no list of ours.
    let page = desk.page("/tickets?q=salary").await;
    assert!(!page.contains("Salary question"), "a PSA's ticket is not listed");
    let page = desk.page(&format!("/contacts/{contact}")).await;
    assert!(!page.contains("Salary question"));
    // A pod in one PSA does not look into another, nor a frame outside of a ticket.
    let halo = connect(&world, Psa::Halo).await;
    let mut other = Frame::new(&desk, halo, None);
    assert_eq!(other.pair(&world, EMAIL).await.status, 200);
    assert_eq!(other.desk.state(contact, Some(hidden)).await.status, 404);
    assert_eq!(tess.desk.state(contact, None).await.status, 404);
    assert_eq!(tess.desk.state(contact, Some(hidden)).await.status, 200);
    world.end().await;
}

#[tokio::test]
async fn somebody_else_at_the_same_browser_is_somebody_else() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::ConnectWise).await;
    let mut cole = Frame::new(&desk, at, Some(claim(&world, "cole")));
    assert_eq!(cole.pair(&world, COLLEAGUE).await.status, 200);
    let mut tess = Frame::new(&desk, at, Some(claim(&world, "tess")));
    assert_eq!(tess.pair(&world, EMAIL).await.status, 200);
    // Tess has left her browser; Cole signs in to ConnectWise there. Her pairing is not his.
    tess.member = Some(claim(&world, "cole"));
    let entered = tess.enter().await;
    assert_eq!((entered.status, &entered.body["paired"]), (200, &json!(false)));
    assert_eq!(entered.body["technician"], "Cole Carter");
    tess.desk.bearer.clear();
    tess.member = None;
    assert_eq!(tess.enter().await.code(), "pairing-needed", "the pairing is over");
    // And he can't link her member to himself.
    let mut again = Frame::new(&desk, at, Some(claim(&world, "tess")));
    let (begun, _) = again.begin_pairing().await;
    let who = world.session(COLLEAGUE).await;
    let code = begun.body["code"].as_str().unwrap();
    let pairing = world.app.frames.waiting(&who, code).await.unwrap();
    let approved = world.app.frames.approve(&who, pairing.asked.id).await;
    assert!(matches!(
        approved,
        Err(server::denied::Denied::Because(it)) if it.code == shared::Code::HostPersonOther
    ));
    world.end().await;
}

/// Cole is confirmed by ConnectWise and was never here: what Tess has paired in this browser is not his.
#[tokio::test]
async fn a_pairing_is_not_continued_for_a_stranger_at_the_same_browser() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::ConnectWise).await;
    let mut tess = Frame::new(&desk, at, Some(claim(&world, "tess")));
    assert_eq!(tess.pair(&world, EMAIL).await.status, 200);
    tess.member = Some(claim(&world, "cole"));
    assert_eq!(tess.place(48213).await.code(), "host-person-other");
    assert_eq!(tess.enter().await.code(), "pairing-needed");
    // Nor does Tess connect a frame that Cole has in front of him.
    let (begun, _) = tess.begin_pairing().await;
    let who = world.session(EMAIL).await;
    let code = begun.body["code"].as_str().unwrap();
    let pairing = world.app.frames.waiting(&who, code).await.unwrap();
    let approved = world.app.frames.approve(&who, pairing.asked.id).await;
    assert!(matches!(
        approved,
        Err(server::denied::Denied::Because(it)) if it.code == shared::Code::HostPersonOther
    ));
    world.end().await;
}

/// What is wrong with a ticket is said in a sentence, and mends itself.
#[tokio::test]
async fn tickets_that_lead_nowhere() {
    let world = World::new().await;
    let desk = world.desk().await;
    for psa in Psa::ALL {
        let at = connect(&world, psa).await;
        let member = (psa == Psa::ConnectWise).then(|| claim(&world, "tess"));
        let mut frame = Frame::new(&desk, at, member);
        assert_eq!(frame.pair(&world, EMAIL).await.status, 200, "{psa:?}");
        assert_eq!(frame.place(1).await.code(), "ticket-unknown", "{psa:?}");
        assert_eq!(frame.place(48262).await.code(), "ticket-no-contact", "{psa:?}");
        assert_eq!(frame.place(48263).await.code(), "company-unmapped", "{psa:?}");
        for odd in ["", "../../x", "48213 or 1=1", "48213/notes", "4821३", &"9".repeat(60)] {
            let ask = json!({"ticket": odd, "member": frame.member});
            let reply = frame.desk.call(reqwest::Method::POST, "/api/pod/place", Some(ask)).await;
            assert_eq!(reply.code(), "ticket-unknown", "{psa:?} {odd}");
        }
        // Somebody chooses the contact, an admin maps the company: the next look finds them.
        world.outside.with_psa(psa, |it| {
            let ticket = it.tickets.iter_mut().find(|it| it.id == 48262).unwrap();
            ticket.contact = Some(1001);
        });
        let (ada, _) = frame.stand_in(48262).await;
        let customer = world.app.store.contact(world.account, ada).await.unwrap().unwrap().customer;
        crate::frame::map(&world, at.id, 252, customer).await;
        frame.stand_in(48263).await;
        // No address: nobody is found at Microsoft, and the pod says so.
        let no_address = world
            .outside
            .with_psa(psa, |it| it.tickets.iter().find(|it| it.contact == Some(1020)).unwrap().id);
        let (una, ticket) = frame.stand_in(no_address).await;
        let shown = frame.desk.preflight(una, Some(ticket)).await;
        let found = shown.body["findings"].to_string();
        assert!(found.contains("person-no-address"), "{psa:?} {found}");
    }
    world.end().await;
}
