//! Whatever Microsoft or Twilio do at the worst moment: the password there is the old one and the
//! reset says so, or it is the one that the texted link reveals (P1).

use serde_json::json;
use simulator::{Company, Fault};
use uuid::Uuid;

use crate::person::Person;
use crate::world::World;

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";

/// How a reset ends when the PATCH meets these faults, one after another.
async fn patched(faults: &[Fault]) -> (String, usize) {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let old = world.password(ADA);
    for fault in faults {
        world.outside.fault(Company::Graph, Some("PATCH /v1.0/users"), fault.clone());
    }
    let id = Uuid::from_u128(1);
    // The click may be answered while it is still going on; time passes beside it.
    let clicked = tokio::spawn({
        let (desk, sealed, ticket) = (desk.clone(), sealed, ticket.clone());
        async move { desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await }
    });
    crate::world::until("it is staged", async || desk.look(id).await.status == 200).await;
    world.settle_in_time().await;
    let answered = clicked.await.unwrap();
    assert!(matches!(answered.status, 200 | 202), "{:?}", answered.body);

    let view = desk.look(id).await.body;
    let stage = view["stage"].as_str().unwrap().to_owned();
    let patches = world.outside.patches(ADA);
    match stage.as_str() {
        "completed" => {
            let unlock = view["unlock_code"].as_str().unwrap();
            let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
            let read = Person::with(&world, &text.body).read(Some(unlock)).await;
            assert_eq!(read, world.password(ADA), "{faults:?}");
        }
        "refused" => {
            assert_eq!(world.password(ADA), old, "{faults:?}");
            assert_eq!(view["share"]["is"], "destroyed");
            assert_eq!(world.outside.texts(ADA_PHONE).len(), 1, "only the code");
        }
        "stuck" => {
            // In doubt: the old one, or the one that is still sealed.
            assert_eq!(view["share"]["is"], "closed", "{faults:?}");
            assert_eq!(view["acts"], json!(["give-up"]));
        }
        other => panic!("{faults:?} ended as {other}"),
    }
    world.settle_in_time().await;
    world.end().await;
    (stage, patches.len())
}

fn status(status: u16, retry_after: Option<u32>) -> Fault {
    Fault::Status { status, retry_after }
}

#[tokio::test]
async fn one_fault_is_got_over() {
    for fault in [
        Fault::ApplyThenDrop,
        Fault::DropBefore,
        status(429, Some(3)),
        status(429, None),
        status(500, None),
        status(503, Some(2)),
        Fault::HalfReply,
        Fault::RefusePassword,
    ] {
        let ended = patched(std::slice::from_ref(&fault)).await;
        assert_eq!(ended, ("completed".to_owned(), 2), "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_beyond_the_time_limit_is_got_over() {
    assert_eq!(patched(&[Fault::Slow { ms: 2_500 }]).await, ("completed".to_owned(), 2));
}

#[tokio::test]
async fn what_does_not_end_is_ended_honestly() {
    // Never a word: in doubt.
    let silence = vec![Fault::DropBefore; 5];
    assert_eq!(patched(&silence).await, ("stuck".to_owned(), 5));
    // Always "not now": nothing was changed, and we know it.
    let busy = vec![status(429, Some(1)); 5];
    assert_eq!(patched(&busy).await, ("refused".to_owned(), 5));
    // Three passwords, then no more.
    let picky = vec![Fault::RefusePassword; 3];
    assert_eq!(patched(&picky).await, ("refused".to_owned(), 3));
    // A no is a no, when nothing before it was in doubt.
    assert_eq!(patched(&[status(403, None)]).await, ("refused".to_owned(), 1));
    // After a doubt it proves nothing.
    let doubt = [Fault::ApplyThenDrop, status(403, None)];
    assert_eq!(patched(&doubt).await, ("stuck".to_owned(), 2));
    let doubt = [Fault::ApplyThenDrop, Fault::RefusePassword];
    assert_eq!(patched(&doubt).await, ("stuck".to_owned(), 2));
}

/// Every PATCH of one reset carries the same password, unless Microsoft said that it refused it.
#[tokio::test]
async fn a_retry_carries_the_same_password() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    for fault in [status(500, None), Fault::ApplyThenDrop] {
        world.outside.fault(Company::Graph, Some("PATCH /v1.0/users"), fault);
    }
    let clicked = tokio::spawn({
        let (desk, ticket) = (desk.clone(), ticket.clone());
        async move { desk.reset(Uuid::from_u128(1), ticket.contact, Some(ticket.id), &sealed).await }
    });
    crate::world::until("it is staged", async || desk.look(Uuid::from_u128(1)).await.status == 200)
        .await;
    world.settle_in_time().await;
    clicked.await.unwrap();
    let patches = world.outside.patches(ADA);
    assert_eq!(patches.len(), 3);
    assert!(patches.iter().all(|patch| patch.password == patches[0].password));
    world.end().await;
}

/// A text that can't be sent never loses the password: the link can be sent again.
#[tokio::test]
async fn the_text_is_tried_until_it_goes_out() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    for fault in [status(500, None), Fault::DropBefore, status(429, Some(1)), Fault::ApplyThenDrop]
    {
        world.outside.fault(Company::Twilio, Some("Messages.json"), fault);
    }
    let id = Uuid::from_u128(1);
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    world.settle_in_time().await;
    // The one that was dropped after it was taken arrived too, with the same link.
    let texts = world.outside.texts(ADA_PHONE);
    assert_eq!(texts.len(), 3);
    assert_eq!(texts[1].body, texts[2].body);
    let read = Person::with(&world, &texts[2].body).read(Some(&unlock)).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// A stuck reset is ended by a person: given up, or by a new one with a new verification.
#[tokio::test]
async fn a_stuck_reset_is_ended_by_a_person() {
    let world = World::new().await;
    let mut desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    for _ in 0..5 {
        world.outside.fault(Company::Graph, Some("PATCH"), Fault::ApplyThenDrop);
    }
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let clicked = tokio::spawn({
        let (desk, ticket) = (desk.clone(), ticket.clone());
        async move { desk.reset(first, ticket.contact, Some(ticket.id), &sealed).await }
    });
    crate::world::until("it is staged", async || desk.look(first).await.status == 200).await;
    world.settle_in_time().await;
    clicked.await.unwrap();
    assert_eq!(desk.look(first).await.body["stage"], "stuck");

    // The used verification does not serve again; a new one does, beside the stuck reset.
    desk.renew().await;
    let again = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert_eq!(again.body["findings"][0]["code"], "verification-used", "{:?}", again.body);
    // The pod says the same: the stuck one, what to do, and then that nothing is in the way.
    let pod = desk.state(ticket.contact, Some(ticket.id)).await.body;
    assert_eq!(pod["reset"]["stage"], "stuck");
    assert_eq!(pod["reset"]["acts"], json!(["give-up"]));
    assert_eq!(pod["blocked"]["code"], "verification-used");
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let pod = desk.state(ticket.contact, Some(ticket.id)).await.body;
    assert_eq!((&pod["reset"]["stage"], &pod["blocked"]), (&json!("stuck"), &json!(null)));
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(second, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    world.settle_in_time().await;
    let old = desk.look(first).await.body;
    assert_eq!((&old["stage"], &old["share"]["is"]), (&json!("completed"), &json!("revoked")));
    let unlock = done.body["unlock_code"].as_str().unwrap();
    let text = world.outside.texts(ADA_PHONE).pop().unwrap();
    let read = Person::with(&world, &text.body).read(Some(unlock)).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    world.end().await;
}

/// What is neither yes nor no is a doubt, never a "nothing was changed".
#[tokio::test]
async fn an_odd_answer_is_a_doubt() {
    for odd in [202, 302, 408] {
        let faults = [status(odd, None), status(403, None)];
        assert_eq!(patched(&faults).await, ("stuck".to_owned(), 2), "{odd}");
    }
}

/// "Again after 0 seconds" is not taken at its word: five tries would be gone in an instant.
#[tokio::test]
async fn a_hasty_retry_after_makes_no_loop() {
    let busy = vec![status(429, Some(0)); 4];
    assert_eq!(patched(&busy).await, ("completed".to_owned(), 5));
}

/// Entra is busy, not broken: the reset waits for its token.
#[tokio::test]
async fn a_busy_token_endpoint_is_waited_for() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.fault(Company::Graph, Some("PATCH"), status(401, None));
    for _ in 0..2 {
        world.outside.fault(Company::Entra, None, status(503, None));
    }
    let id = Uuid::from_u128(1);
    let clicked = tokio::spawn({
        let (desk, ticket) = (desk.clone(), ticket.clone());
        async move { desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await }
    });
    crate::world::until("it is staged", async || desk.look(id).await.status == 200).await;
    world.settle_in_time().await;
    clicked.await.unwrap();
    assert_eq!(desk.look(id).await.body["stage"], "completed");
    world.end().await;
}

/// The first text arrived although its answer was lost, and its link was opened before the
/// second try: that is no failure, and nobody may be told that the password is lost.
#[tokio::test]
async fn a_link_opened_before_its_text_was_acknowledged_is_not_given_up() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.fault(Company::Twilio, Some("Messages.json"), Fault::ApplyThenDrop);
    let id = Uuid::from_u128(1);
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    let unlock = done.body["unlock_code"].as_str().unwrap();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    let read = Person::with(&world, &text.body).read(Some(unlock)).await;
    assert_eq!(read, world.password(ADA));
    world.settle_in_time().await;
    let view = desk.look(id).await.body;
    assert_eq!((&view["stage"], &view["code"]), (&json!("completed"), &json!(null)), "{view}");
    assert_eq!(world.outside.texts(ADA_PHONE).len(), 2, "nothing was left to send");
    let notes = world.notes(ticket.id).await.join("\n");
    assert!(!notes.contains("could not") && notes.contains("opened the one-time link"), "{notes}");
    world.end().await;
}

/// A text that waits belongs to a link; when a newer reset ends the link, the older reset still
/// comes to its end, with an entry that says why.
#[tokio::test]
async fn a_superseded_reset_comes_to_its_end() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let mut ids = Vec::new();
    for n in 1..=2 {
        desk.verify(&world, &ticket, ADA_PHONE).await;
        let sealed = desk.confirm(&ticket).await;
        if n == 1 {
            world.outside.fault(Company::Twilio, None, status(429, Some(200)));
        }
        let id = Uuid::from_u128(n);
        let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
        assert_eq!(done.status, 200, "{:?}", done.body);
        ids.push(id);
        crate::world::until("the first text was tried", async || world.outside.faults_left() == 0)
            .await;
    }
    world.settle_in_time().await;
    let older = desk.look(ids[0]).await.body;
    assert_eq!((&older["stage"], &older["share"]["is"]), (&json!("completed"), &json!("revoked")));
    let audit = world.app.store.audit(world.account).await.unwrap();
    assert!(audit.iter().any(|(_, _, body)| body.contains("reset-superseded")));
    world.end().await;
}

/// The same click twice at once, while the first is still being checked: one reset, and both are
/// told of it.
#[tokio::test]
async fn a_click_that_is_repeated_while_it_is_checked_is_one_reset() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let id = Uuid::from_u128(1);
    let clicks: Vec<_> = (0..4)
        .map(|_| {
            let (desk, ticket, sealed) = (desk.clone(), ticket.clone(), sealed.clone());
            tokio::spawn(
                async move { desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await },
            )
        })
        .collect();
    for click in clicks {
        let reply = click.await.unwrap();
        assert!(matches!(reply.status, 200 | 202), "{:?}", reply.body);
        assert_eq!(reply.body["id"], json!(id));
    }
    world.settle_in_time().await;
    assert_eq!(world.outside.patches(ADA).len(), 1);
    world.end().await;
}

/// A refused second try does not hide the first one's open link and its unlock code.
#[tokio::test]
async fn an_open_link_stays_in_sight() {
    let world = World::new().await;
    let mut desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    for n in 1..=2 {
        desk.verify(&world, &ticket, ADA_PHONE).await;
        let sealed = desk.confirm(&ticket).await;
        if n == 2 {
            world.outside.fault(Company::Graph, Some("PATCH"), status(403, None));
        }
        let id = Uuid::from_u128(n);
        desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
        world.settle_in_time().await;
        desk.renew().await;
    }
    assert_eq!(desk.look(Uuid::from_u128(2)).await.body["stage"], "refused");
    let state = desk.state(ticket.contact, Some(ticket.id)).await.body;
    assert_eq!(state["reset"]["id"], json!(Uuid::from_u128(1)), "{state}");
    assert!(state["reset"]["unlock_code"].is_string());
    world.end().await;
}
