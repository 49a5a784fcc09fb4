//! The hand-off, and what somebody would try with it.

use serde_json::json;
use shared::Code;
use simulator::Psa;

use crate::frame::{Frame, connect};
use crate::world::{COLLEAGUE, EMAIL, World};

const MINUTE: i64 = 60_000;

fn refused(denied: Result<impl Sized, server::denied::Denied>) -> Option<Code> {
    match denied {
        Err(server::denied::Denied::Because(finding)) => Some(finding.code),
        Err(server::denied::Denied::Limit { .. }) => Some(Code::LimitReached),
        _ => None,
    }
}

#[tokio::test]
async fn only_the_frame_that_waited_gets_what_was_approved_and_once() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let mut frame = Frame::new(&desk, at, None);
    let (begun, verifier) = frame.begin_pairing().await;
    let (id, code) = (begun.body["id"].as_str().unwrap(), begun.body["code"].as_str().unwrap());
    assert!(begun.body["page"].as_str().unwrap().ends_with("/pair"));

    // Another account's technician does not find it, and neither does a wrong code.
    let tess = world.signed_in(EMAIL).await;
    world.stranger_account().await;
    let stranger = world.session(&EMAIL.replace("@brightline.example", "@other-msp.example")).await;
    let frames = &world.app.frames;
    assert_eq!(refused(frames.waiting(&stranger, code).await), Some(Code::PairingCodeWrong));
    assert_eq!(refused(frames.waiting(&tess, "BCDF-GHJK").await), Some(Code::PairingCodeWrong));
    let found = frames.waiting(&tess, &code.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(refused(frames.approve(&stranger, found.asked.id).await), Some(Code::PairingOver));
    // Nor anybody whose second factor is old.
    let mut old = tess.clone();
    old.second_factor_at = Some(world.now().plus(-13 * 60 * MINUTE));
    assert_eq!(refused(frames.waiting(&old, code).await), Some(Code::SecondFactorNeeded));
    assert_eq!(refused(frames.approve(&old, found.asked.id).await), Some(Code::SecondFactorNeeded));

    // Nor a sign-in that was ended a moment ago, everywhere.
    let gone = world.session(EMAIL).await;
    assert_eq!(refused(frames.approve(&gone, found.asked.id).await), Some(Code::PairingOver));

    frames.approve(&tess, found.asked.id).await.unwrap();
    assert_eq!(refused(frames.approve(&tess, found.asked.id).await), Some(Code::PairingOver));
    // Who knows id and code and has no verifier gets nothing, and spoils nothing.
    let mut thief = Frame::new(&desk, at, None);
    assert_eq!(thief.redeem(id, "0000").await.code(), "pairing-over");
    assert_eq!(thief.redeem(id, &verifier[1..]).await.code(), "pairing-over");
    assert_eq!(frame.redeem(id, &verifier).await.status, 200);
    assert_eq!(thief.redeem(id, &verifier).await.code(), "pairing-over", "once");
    // A pod's token never is an admin's, and never a page's.
    let pod = &frame.desk;
    assert_eq!(pod.call(reqwest::Method::GET, "/api/integrations", None).await.status, 401);
    world.end().await;
}

#[tokio::test]
async fn a_pairing_lasts_two_minutes_and_can_be_refused() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let tess = world.session(EMAIL).await;
    let frames = &world.app.frames;
    let mut frame = Frame::new(&desk, at, None);
    let (begun, verifier) = frame.begin_pairing().await;
    let (id, code) = (begun.body["id"].as_str().unwrap(), begun.body["code"].as_str().unwrap());
    world.pass(2 * MINUTE + 1);
    assert_eq!(refused(frames.waiting(&tess, code).await), Some(Code::PairingCodeWrong));
    assert_eq!(frame.redeem(id, &verifier).await.code(), "pairing-over");

    let (begun, verifier) = frame.begin_pairing().await;
    let (id, code) = (begun.body["id"].as_str().unwrap(), begun.body["code"].as_str().unwrap());
    let tess = world.session(EMAIL).await;
    let found = frames.waiting(&tess, code).await.unwrap();
    frames.refuse(&tess, found.asked.id).await.unwrap();
    assert_eq!(refused(frames.approve(&tess, found.asked.id).await), Some(Code::PairingOver));
    assert_eq!(frame.redeem(id, &verifier).await.code(), "pairing-over");
    // Guessing codes is slowed down for who guesses.
    for _ in 0..30 {
        let _ = frames.waiting(&tess, "BCDF-GHJK").await;
    }
    assert_eq!(refused(frames.waiting(&tess, "BCDF-GHJK").await), Some(Code::LimitReached));
    let cole = world.session(COLLEAGUE).await;
    assert_eq!(refused(frames.waiting(&cole, "BCDF-GHJK").await), Some(Code::PairingCodeWrong));
    world.end().await;
}

#[tokio::test]
async fn a_cookie_continues_it_is_rotated_and_a_copy_ends_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let mut frame = Frame::new(&desk, at, None);
    assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
    let first = frame.cookie.clone().unwrap();

    // The frame is loaded again: a new token, a new cookie; the one before is good for a moment.
    frame.desk.bearer.clear();
    assert_eq!(frame.enter().await.body["paired"], true);
    let second = frame.cookie.clone().unwrap();
    assert_ne!(first, second);
    let mut twin = Frame::new(&desk, at, None);
    twin.cookie = Some(first.clone());
    assert_eq!(twin.enter().await.status, 200, "another frame of this browser, at the same time");
    assert_eq!(
        twin.cookie.as_ref(),
        Some(&second),
        "the same new one: an answer that was lost too"
    );

    // From another site's page, or another PSA's frame, it is worth nothing.
    let halo_id = frame.at.id;
    frame.at = connect(&world, Psa::Autotask).await;
    frame.desk.bearer.clear();
    assert_eq!(frame.enter().await.code(), "pairing-needed");
    frame.at.id = halo_id;

    // A day's work: renewals by themselves don't keep it alive, use does, twelve hours end it.
    for _ in 0..5 {
        world.pass(13 * MINUTE);
        let renewed = frame.enter_as(true).await;
        if renewed.status != 200 {
            assert_eq!(renewed.code(), "pairing-needed");
        }
    }
    assert_eq!(frame.enter_as(true).await.code(), "pairing-needed", "nobody was there for an hour");

    // A copy that comes later ends both.
    let mut frame = Frame::new(&desk, at, None);
    assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
    let copy = frame.cookie.clone().unwrap();
    frame.desk.bearer.clear();
    assert_eq!(frame.enter().await.status, 200);
    world.pass(2 * MINUTE);
    let mut thief = Frame::new(&desk, at, None);
    thief.cookie = Some(copy);
    assert_eq!(thief.enter().await.code(), "pairing-needed");
    frame.desk.bearer.clear();
    assert_eq!(frame.enter().await.code(), "pairing-needed");
    world.end().await;
}

#[tokio::test]
async fn a_token_without_a_cookie_goes_on_while_its_pairing_does() {
    let world = World::new().await;
    let desk = world.desk().await;
    let at = connect(&world, Psa::Halo).await;
    let mut frame = Frame::new(&desk, at, None);
    assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
    // A browser that keeps no cookie in frames.
    frame.cookie = None;
    world.pass(12 * MINUTE);
    let renewed = frame.enter_as(true).await;
    assert_eq!((renewed.status, &renewed.body["paired"]), (200, &json!(true)));
    assert!(frame.cookie.is_none());
    // The PSA is switched off: every frame in it is over, and stays so.
    let (store, now) = (&world.app.store, world.now());
    let by = store.technician_by_email(EMAIL).await.unwrap().unwrap().id;
    store.switch_psa(world.account, by, now, at.id, false).await.unwrap();
    assert_eq!(frame.place(48213).await.code(), "not-signed-in");
    assert_eq!(frame.enter().await.code(), "psa-missing");
    world.end().await;
}
