//! Frames: waiting for their technician's own sign-in, paired once, continued by a cookie.

use shared::{Host, IntegrationId, Millis, PairingId};

use super::fixture::{HOUR, MINUTE, START, World, after, moved_on, new_id, taken};
use super::psa::connected;
use crate::psa::PsaKind;
use crate::store::{NewCookie, NewFrame, NewPairing, NewSession, SessionKind};

on_both!(
    a_pairing_waits_two_minutes,
    a_pairing_is_approved_and_redeemed_once,
    a_pairing_is_refused,
    a_person_is_linked_once,
    a_frame_lives_by_its_newest_cookie,
    pods_end_with_their_frame,
    whom_a_host_confirms_gets_a_pod_alone,
    another_account_pairs_nothing,
);

fn asked(id: IntegrationId, code: &[u8], person: Option<&str>) -> NewPairing {
    NewPairing {
        id: PairingId(new_id()),
        integration: id,
        challenge: b"challenge".to_vec(),
        code_hash: code.to_vec(),
        address: "192.0.2.7".into(),
        browser: "Browser/1".into(),
        person: person.map(|it| (it.to_owned(), format!("login of {it}"))),
        expires_at: after(2 * MINUTE),
    }
}

fn frame<'a>(id: &'a [u8], cookie: &'a [u8]) -> NewFrame<'a> {
    NewFrame { id, cookie, host: Host::ConnectWise, expires_at: after(12 * HOUR) }
}

/// A frame of ours that Bob has paired.
pub(super) async fn paired(
    world: &World,
    id: IntegrationId,
    session: &[u8],
    cookie: &[u8],
    person: Option<&str>,
) {
    let (store, ours) = (&world.store, &world.ours);
    let new = asked(id, b"code", person);
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    store.approve_pairing(ours.account, ours.bob, START, new.id, START).await.unwrap();
    let frame = frame(session, cookie);
    store.redeem_pairing(ours.account, START, new.id, &frame).await.unwrap();
}

async fn a_psa(world: &World) -> IntegrationId {
    connected(world, PsaKind::ConnectWise).await.integration.id
}

async fn a_pairing_waits_two_minutes(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    let new = asked(id, b"code", Some("101"));
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    taken(store.begin_pairing(ours.account, START, &asked(id, b"code", None)).await);
    let found = store.pairing(new.id, after(MINUTE)).await.unwrap().unwrap();
    assert_eq!((found.account, found.approved, found.created_at), (ours.account, None, START));
    assert_eq!(found.asked.challenge, b"challenge");
    assert_eq!(found.asked.person, Some(("101".into(), "login of 101".into())));
    assert_eq!(
        (found.asked.address.as_str(), found.asked.browser.as_str()),
        ("192.0.2.7", "Browser/1")
    );
    let by_code = async |code: &[u8], now| {
        store.pairing_by_code(ours.account, code, now).await.unwrap().map(|it| it.asked.id)
    };
    assert_eq!(by_code(b"code", after(MINUTE)).await, Some(new.id));
    assert_eq!(by_code(b"other", after(MINUTE)).await, None);
    let late = after(2 * MINUTE);
    assert_eq!(by_code(b"code", late).await, None);
    assert!(store.pairing(new.id, late).await.unwrap().is_none());
    moved_on(store.approve_pairing(ours.account, ours.bob, late, new.id, START).await);
    moved_on(store.refuse_pairing(ours.account, ours.bob, late, new.id).await);
    // What waited too long makes room.
    let next = NewPairing { expires_at: after(4 * MINUTE), ..asked(id, b"code", None) };
    store.begin_pairing(ours.account, late, &next).await.unwrap();
    let gone = IntegrationId(new_id());
    moved_on(store.begin_pairing(ours.account, START, &asked(gone, b"new", None)).await);
    store.switch_psa(ours.account, ours.ann, late, id, false).await.unwrap();
    moved_on(store.begin_pairing(ours.account, late, &asked(id, b"new", None)).await);
}

async fn a_pairing_is_approved_and_redeemed_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    let new = asked(id, b"code", None);
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    let redeem = async |now: Millis| {
        store.redeem_pairing(ours.account, now, new.id, &frame(b"frame", b"cookie")).await
    };
    moved_on(redeem(START).await);
    assert!(store.pairing(new.id, START).await.unwrap().is_some(), "it still waits");
    let proved = after(-HOUR);
    store.approve_pairing(ours.account, ours.bob, after(1), new.id, proved).await.unwrap();
    moved_on(store.approve_pairing(ours.account, ours.ann, after(1), new.id, START).await);
    moved_on(store.refuse_pairing(ours.account, ours.ann, after(1), new.id).await);
    let found = store.pairing(new.id, after(2)).await.unwrap().unwrap();
    assert_eq!(found.approved, Some((ours.bob, proved)));
    let shown = store.pairing_by_code(ours.account, b"code", after(2)).await.unwrap();
    assert!(shown.is_none(), "its code leads nowhere any more");
    moved_on(redeem(after(2 * MINUTE)).await);
    redeem(after(3)).await.unwrap();
    moved_on(redeem(after(4)).await);
    let session = store.frame_session(b"cookie", after(5), HOUR).await.unwrap().unwrap().session;
    assert_eq!((session.kind, session.host), (SessionKind::Frame, Host::ConnectWise));
    assert_eq!((session.technician.id, session.psa), (ours.bob, Some(id)));
    assert_eq!((session.second_factor_at, session.expires_at), (Some(proved), after(12 * HOUR)));
    assert!(store.session(b"frame", after(5), HOUR).await.unwrap().is_none(), "no token opens it");
    let told = world.told("frame-paired").await;
    assert_eq!((told.len(), told[0]["technician"].as_str()), (1, Some(&*ours.bob.to_string())));
}

async fn a_pairing_is_refused(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    let new = asked(id, b"code", None);
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    store.refuse_pairing(ours.account, ours.bob, after(1), new.id).await.unwrap();
    assert!(store.pairing(new.id, after(2)).await.unwrap().is_none());
    moved_on(store.refuse_pairing(ours.account, ours.bob, after(1), new.id).await);
    moved_on(store.approve_pairing(ours.account, ours.bob, after(1), new.id, START).await);
    assert_eq!(world.told("pairing-refused").await.len(), 1);
}

async fn a_person_is_linked_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    paired(&world, id, b"first", b"cookie 1", Some("101")).await;
    // Ann pairs in a frame where Bob's person is signed in, and Bob where another is: neither is new.
    let new = asked(id, b"code", Some("101"));
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    store.approve_pairing(ours.account, ours.ann, START, new.id, START).await.unwrap();
    let second = frame(b"second", b"cookie 2");
    store.redeem_pairing(ours.account, START, new.id, &second).await.unwrap();
    paired(&world, id, b"third", b"cookie 3", Some("102")).await;
    let people = store.psa_people(ours.account, id).await.unwrap();
    let linked: Vec<_> = people.iter().map(|it| (it.person.as_str(), it.technician)).collect();
    assert_eq!(linked, [("101", ours.bob)]);
    assert_eq!(world.told("person-linked").await.len(), 1);
}

async fn a_frame_lives_by_its_newest_cookie(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    paired(&world, id, b"frame", b"one", None).await;
    let rotate = async |before: &[u8], cookie: &[u8], used, now: Millis| {
        let before_until = now.plus(MINUTE);
        let new = NewCookie { session: b"frame", before, before_until, cookie, used };
        store.rotate_cookie(ours.account, now, &new).await
    };
    rotate(b"one", b"two", false, after(MINUTE)).await.unwrap();
    moved_on(rotate(b"one", b"three", false, after(MINUTE)).await);
    let found = async |cookie: &[u8], now| store.frame_session(cookie, now, HOUR).await.unwrap();
    let newest = found(b"two", after(2 * MINUTE)).await.unwrap();
    assert_eq!((newest.newest, newest.replayed), (true, false));
    assert_eq!(newest.session.seen_at, START, "nobody has touched anything");
    let before = found(b"one", after(2 * MINUTE - 1)).await.unwrap();
    assert_eq!((before.newest, before.replayed), (false, false));
    let copy = found(b"one", after(2 * MINUTE)).await.unwrap();
    assert!(copy.replayed, "its moment is over");
    assert!(found(b"three", after(MINUTE)).await.is_none());
    assert!(found(b"two", after(HOUR)).await.is_none(), "idle for an hour");
    rotate(b"two", b"three", true, after(30 * MINUTE)).await.unwrap();
    assert!(found(b"three", after(HOUR)).await.is_some());
    store.switch_psa(ours.account, ours.ann, after(HOUR), id, false).await.unwrap();
    assert!(found(b"three", after(HOUR)).await.is_none(), "its PSA is off");
}

fn pod<'a>(id: &'a [u8], parent: Option<&'a [u8]>, world: &World) -> NewSession<'a> {
    NewSession {
        id,
        kind: SessionKind::Pod,
        host: Host::ConnectWise,
        parent,
        technician: world.ours.bob,
        second_factor_at: parent.map(|_| START),
        expires_at: after(15 * MINUTE),
    }
}

async fn pods_end_with_their_frame(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    paired(&world, id, b"frame", b"cookie", None).await;
    let new = pod(b"pod", Some(b"frame"), &world);
    store.begin_session(ours.account, START, &new, None).await.unwrap();
    let found = async |now| store.session(b"pod", now, HOUR).await.unwrap();
    assert_eq!(found(after(1)).await.unwrap().psa, Some(id));
    store.switch_psa(ours.account, ours.ann, after(1), id, false).await.unwrap();
    assert!(found(after(2)).await.is_none());
    store.switch_psa(ours.account, ours.ann, after(2), id, true).await.unwrap();
    assert!(found(after(3)).await.is_some());
    store.end_session(ours.account, after(4), b"frame", None).await.unwrap();
    assert!(found(after(5)).await.is_none());
}

async fn whom_a_host_confirms_gets_a_pod_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = a_psa(&world).await;
    let new = pod(b"pod", None, &world);
    store.begin_proven(ours.account, START, id, &new).await.unwrap();
    let found = async |now| store.session(b"pod", now, HOUR).await.unwrap();
    let session = found(after(1)).await.unwrap();
    assert_eq!((session.psa, session.parent, session.second_factor_at), (Some(id), None, None));
    assert!(found(after(15 * MINUTE)).await.is_none());
    // A pod without a parent is nothing but that.
    let orphan = pod(b"orphan", None, &world);
    store.begin_session(ours.account, START, &orphan, None).await.unwrap();
    assert!(store.session(b"orphan", after(1), HOUR).await.unwrap().is_none());
    store.end_psa(ours.account, ours.ann, after(2), id).await.unwrap();
    assert!(found(after(3)).await.is_none());
}

async fn another_account_pairs_nothing(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let id = a_psa(&world).await;
    let (account, bob) = (theirs.account, theirs.bob);
    moved_on(store.begin_pairing(account, START, &asked(id, b"code", None)).await);
    let new = asked(id, b"code", None);
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    assert!(store.pairing_by_code(account, b"code", START).await.unwrap().is_none());
    moved_on(store.approve_pairing(account, bob, START, new.id, START).await);
    moved_on(store.refuse_pairing(account, bob, START, new.id).await);
    store.approve_pairing(ours.account, ours.bob, START, new.id, START).await.unwrap();
    let frame = frame(b"frame", b"cookie");
    moved_on(store.redeem_pairing(account, START, new.id, &frame).await);
    store.redeem_pairing(ours.account, START, new.id, &frame).await.unwrap();
    let cookie = NewCookie {
        session: b"frame",
        before: b"cookie",
        before_until: after(MINUTE),
        cookie: b"mine",
        used: true,
    };
    moved_on(store.rotate_cookie(account, START, &cookie).await);
}
