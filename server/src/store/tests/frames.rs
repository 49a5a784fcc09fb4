//! Frames: waiting for their technician's own sign-in, paired, continued by a cookie.

use shared::{Host, IntegrationId, PairingId};

use super::fixture::{HOUR, MINUTE, SECOND, START, World, after, moved_on, new_id, taken};
use super::psa::{approve, connected, frame, framed, is_framed, waits};
use crate::psa::PsaKind;
use crate::store::{NewCookie, NewPairing, NewSession, Session, SessionKind};

on_both!(
    a_frame_waits_and_is_found_by_its_code,
    a_code_is_taken_while_it_is_shown,
    a_pairing_is_approved_or_refused_once,
    a_pairing_is_redeemed_once,
    a_sign_in_that_has_ended_vouches_for_nothing,
    one_of_many_redeems,
    a_frame_lives_by_its_newest_cookie,
    one_of_many_rotates,
    a_pod_ends_with_its_frame,
    whom_the_host_has_confirmed_gets_a_pod,
    another_accounts_frames_are_not_touched,
);

async fn halo(world: &World) -> IntegrationId {
    connected(world, PsaKind::Halo).await.integration.id
}

async fn begin(world: &World, new: &NewPairing) {
    world.store.begin_pairing(world.ours.account, START, new).await.unwrap();
}

async fn a_frame_waits_and_is_found_by_its_code(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = halo(&world).await;
    let new = waits(id, b"code", Some("41"));
    begin(&world, &new).await;
    let found = store.pairing(new.id, START).await.unwrap().unwrap();
    assert_eq!((found.account, found.created_at), (ours.account, START));
    assert_eq!((found.asked.integration, found.asked.challenge), (id, b"challenge".to_vec()));
    assert_eq!(
        (found.asked.address.as_str(), found.asked.browser.as_str()),
        ("192.0.2.7", "Firefox")
    );
    assert_eq!(found.asked.person, Some(("41".into(), "41 login".into())));
    assert!(found.approved.is_none());
    let by_code = async |code: &[u8], now| {
        let found = store.pairing_by_code(ours.account, code, now).await.unwrap();
        found.map(|pairing| pairing.asked.id)
    };
    assert_eq!(by_code(b"code", START).await, Some(new.id));
    assert_eq!(by_code(b"other", START).await, None);
    assert!(store.pairing(PairingId(new_id()), START).await.unwrap().is_none());
    // For two minutes.
    assert!(store.pairing(new.id, after(2 * MINUTE - 1)).await.unwrap().is_some());
    assert!(store.pairing(new.id, after(2 * MINUTE)).await.unwrap().is_none());
    assert_eq!(by_code(b"code", after(2 * MINUTE)).await, None);
    // One that is approved shows its code in vain.
    approve(&world, ours.account, ours.ann, START, new.id, after(-7)).await.unwrap();
    assert_eq!(by_code(b"code", START).await, None);
    let found = store.pairing(new.id, START).await.unwrap().unwrap();
    assert_eq!(found.approved, Some((ours.ann, after(-7))));
    // Nobody waits for what is not there, or off.
    let store_it = async |new: &NewPairing| store.begin_pairing(ours.account, START, new).await;
    moved_on(store_it(&waits(IntegrationId(new_id()), b"c", None)).await);
    store.switch_psa(ours.account, ours.ann, START, id, false).await.unwrap();
    moved_on(store_it(&waits(id, b"c", None)).await);
}

async fn a_code_is_taken_while_it_is_shown(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = halo(&world).await;
    let other = connected(&world, PsaKind::ConnectWise).await.integration.id;
    begin(&world, &waits(id, b"code", None)).await;
    taken(store.begin_pairing(ours.account, START, &waits(other, b"code", None)).await);
    // Swept away when its time is over.
    let late = NewPairing { expires_at: after(4 * MINUTE), ..waits(other, b"code", None) };
    store.begin_pairing(ours.account, after(2 * MINUTE), &late).await.unwrap();
    let found = store.pairing_by_code(ours.account, b"code", after(2 * MINUTE)).await.unwrap();
    assert_eq!(found.unwrap().asked.id, late.id);
}

async fn a_pairing_is_approved_or_refused_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = halo(&world).await;
    let approve =
        async |id, now| super::psa::approve(&world, ours.account, ours.ann, now, id, START).await;
    let refuse = async |id, now| store.refuse_pairing(ours.account, ours.ann, now, id).await;
    let (one, two, late) = (waits(id, b"1", None), waits(id, b"2", None), waits(id, b"3", None));
    for new in [&one, &two, &late] {
        begin(&world, new).await;
    }
    approve(one.id, START).await.unwrap();
    moved_on(approve(one.id, START).await);
    moved_on(refuse(one.id, START).await);
    refuse(two.id, START).await.unwrap();
    moved_on(refuse(two.id, START).await);
    moved_on(approve(two.id, START).await);
    assert!(store.pairing(two.id, START).await.unwrap().is_none());
    moved_on(approve(late.id, after(2 * MINUTE)).await);
    moved_on(refuse(late.id, after(2 * MINUTE)).await);
    let told = world.told("pairing-refused").await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["about"], &told[0]["integration"]),
        (&"192.0.2.7".into(), &id.to_string().into())
    );
    assert_eq!(told[0]["technician"], ours.ann.to_string());
}

async fn a_pairing_is_redeemed_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = halo(&world).await;
    let redeem = async |new: &NewPairing, now, cookie: &'static [u8]| {
        store.redeem_pairing(ours.account, now, new.id, &frame(cookie)).await
    };
    let approve = async |new: &NewPairing, by| {
        super::psa::approve(&world, ours.account, by, START, new.id, after(-7)).await.unwrap();
    };
    let one = waits(id, b"1", None);
    begin(&world, &one).await;
    moved_on(redeem(&one, START, b"a").await);
    approve(&one, ours.ann).await;
    moved_on(redeem(&one, after(2 * MINUTE), b"a").await);
    redeem(&one, START, b"a").await.unwrap();
    moved_on(redeem(&one, START, b"b").await);
    let found = store.frame_session(b"a", START, HOUR).await.unwrap().unwrap();
    let Session { kind, host, psa, technician, second_factor_at, .. } = found.session;
    assert_eq!((kind, host, psa), (SessionKind::Frame, Host::Halo, Some(id)));
    assert_eq!((technician.id, second_factor_at), (ours.ann, Some(after(-7))));
    assert!(!is_framed(&world, b"b").await);
    assert_eq!(world.told("frame-paired").await[0]["about"], "192.0.2.7");
    assert!(world.told("person-linked").await.is_empty(), "the host has confirmed nobody there");
    // Nothing for who has left meanwhile, nor where the PSA is off.
    let (left, off) = (waits(id, b"2", None), waits(id, b"3", None));
    for new in [&left, &off] {
        begin(&world, new).await;
    }
    approve(&left, ours.bob).await;
    approve(&off, ours.ann).await;
    store.seed("update technicians set ended_at = 1 where id = $1", &[ours.bob.0]).await;
    moved_on(redeem(&left, START, b"c").await);
    store.seed("update integrations set is_on = false where id = $1", &[id.0]).await;
    moved_on(redeem(&off, START, b"d").await);
}

/// Signed out, or another's, or without a second factor, or not in a browser.
async fn a_sign_in_that_has_ended_vouches_for_nothing(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let new = waits(halo(&world).await, b"1", None);
    begin(&world, &new).await;
    let session = NewSession {
        id: b"a web session",
        kind: SessionKind::Web,
        host: Host::Web,
        parent: None,
        technician: ours.ann,
        second_factor_at: Some(START),
        expires_at: after(MINUTE),
    };
    let half = NewSession { id: b"half", kind: SessionKind::Half, ..session.clone() };
    let unproved = NewSession { id: b"unproved", second_factor_at: None, ..session.clone() };
    let bobs = NewSession { id: b"bobs", technician: ours.bob, ..session.clone() };
    for new in [&session, &half, &unproved, &bobs] {
        store.begin_session(ours.account, START, new, None).await.unwrap();
    }
    let by =
        async |id: &[u8], now| store.approve_pairing(ours.account, ours.ann, now, new.id, id).await;
    for id in [half.id, unproved.id, bobs.id, b"no such"] {
        moved_on(by(id, START).await);
    }
    moved_on(by(session.id, after(MINUTE)).await);
    store.end_session(ours.account, START, session.id, None).await.unwrap();
    moved_on(by(session.id, START).await);
    store.begin_session(ours.account, START, &session, None).await.unwrap();
    by(session.id, START).await.unwrap();
}

async fn one_of_many_redeems(world: World) {
    let ours = &world.ours;
    let new = waits(halo(&world).await, b"1", Some("41"));
    begin(&world, &new).await;
    approve(&world, ours.account, ours.ann, START, new.id, START).await.unwrap();
    let mut tries = tokio::task::JoinSet::new();
    for (number, store) in (0_u8..).zip(world.two_processes().await.into_iter().cycle().take(16)) {
        let (account, id) = (ours.account, new.id);
        tries.spawn(async move {
            let cookie = [number];
            store.redeem_pairing(account, START, id, &frame(&cookie)).await.is_ok()
        });
    }
    let won = tries.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!((won, world.told("frame-paired").await.len()), (1, 1));
}

async fn a_frame_lives_by_its_newest_cookie(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    framed(&world, halo(&world).await, b"1", None).await;
    let stands = async |cookie: &[u8], now| {
        let found = store.frame_session(cookie, now, HOUR).await.unwrap();
        found.map(|it| (it.newest, it.replayed))
    };
    let rotate = async |before: &'static [u8], cookie: &'static [u8], now, used| {
        let before_until = after(now + 30 * SECOND);
        let new = NewCookie { session: b"1", before, before_until, cookie, used };
        store.rotate_cookie(ours.account, after(now), &new).await
    };
    assert_eq!(stands(b"1", START).await, Some((true, false)));
    rotate(b"1", b"2", MINUTE, true).await.unwrap();
    moved_on(rotate(b"1", b"3", MINUTE, true).await);
    assert_eq!(stands(b"2", after(MINUTE)).await, Some((true, false)));
    // The one before is good for a moment; after that, somebody has a copy.
    assert_eq!(stands(b"1", after(MINUTE + 30 * SECOND - 1)).await, Some((false, false)));
    assert_eq!(stands(b"1", after(MINUTE + 30 * SECOND)).await, Some((false, true)));
    assert_eq!(stands(b"unknown", START).await, None);
    // A person's use keeps it; what goes on by itself does not.
    assert_eq!(stands(b"2", after(HOUR + MINUTE - 1)).await, Some((true, false)));
    assert_eq!(stands(b"2", after(HOUR + MINUTE)).await, None);
    rotate(b"2", b"3", HOUR, false).await.unwrap();
    assert_eq!(stands(b"1", after(HOUR)).await, None, "two before is nothing");
    assert_eq!(stands(b"3", after(HOUR + MINUTE)).await, None);
    // However much it is used, it has an end.
    rotate(b"3", b"4", 12 * HOUR - 1, true).await.unwrap();
    assert_eq!(stands(b"4", after(12 * HOUR - 1)).await, Some((true, false)));
    assert_eq!(stands(b"4", after(12 * HOUR)).await, None);
    store.seed("update technicians set ended_at = 1 where id = $1", &[ours.ann.0]).await;
    assert_eq!(stands(b"4", after(12 * HOUR - 1)).await, None, "nor for who has left");
}

async fn one_of_many_rotates(world: World) {
    framed(&world, halo(&world).await, b"frame", None).await;
    let mut tries = tokio::task::JoinSet::new();
    for (number, store) in (0_u8..).zip(world.two_processes().await.into_iter().cycle().take(16)) {
        let account = world.ours.account;
        tries.spawn(async move {
            let new = NewCookie {
                session: b"frame",
                before: b"frame",
                before_until: after(MINUTE),
                cookie: &[number],
                used: true,
            };
            store.rotate_cookie(account, START, &new).await.is_ok()
        });
    }
    assert_eq!(tries.join_all().await.into_iter().filter(|won| *won).count(), 1);
}

fn pod<'a>(world: &World, id: &'a [u8], parent: Option<&'a [u8]>) -> NewSession<'a> {
    NewSession {
        id,
        kind: SessionKind::Pod,
        host: Host::Halo,
        parent,
        technician: world.ours.ann,
        second_factor_at: None,
        expires_at: after(15 * MINUTE),
    }
}

async fn a_pod_ends_with_its_frame(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = halo(&world).await;
    framed(&world, id, b"frame", None).await;
    let new = pod(&world, b"pod", Some(b"frame"));
    store.begin_session(ours.account, START, &new, None).await.unwrap();
    let there = async || store.session(b"pod", START, HOUR).await.unwrap();
    assert_eq!(there().await.unwrap().psa, Some(id), "its frame's PSA is its own");
    // A frame is no session of our own pages.
    assert!(store.session(b"frame", START, HOUR).await.unwrap().is_none());
    store.end_session(ours.account, START, b"frame", None).await.unwrap();
    assert!(there().await.is_none() && !is_framed(&world, b"frame").await);
}

async fn whom_the_host_has_confirmed_gets_a_pod(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = halo(&world).await;
    let proven = async |psa, name: &'static [u8]| {
        store.begin_proven(ours.account, START, psa, &pod(&world, name, None)).await
    };
    let there = async |name: &[u8]| store.session(name, START, HOUR).await.unwrap();
    proven(id, b"pod").await.unwrap();
    let found = there(b"pod").await.unwrap();
    assert_eq!((found.parent, found.psa, found.second_factor_at), (None, Some(id), None));
    // One without a PSA is nobody's.
    store.begin_session(ours.account, START, &pod(&world, b"stray", None), None).await.unwrap();
    assert!(there(b"stray").await.is_none());
    for psa in [IntegrationId(new_id()), {
        let theirs = super::psa::new(PsaKind::Halo);
        let them = &world.theirs;
        store.add_psa(them.account, them.ann, START, &theirs).await.unwrap();
        theirs.id
    }] {
        moved_on(proven(psa, b"other").await);
        assert!(there(b"other").await.is_none());
    }
    store.switch_psa(ours.account, ours.ann, START, id, false).await.unwrap();
    assert!(there(b"pod").await.is_none());
    moved_on(proven(id, b"late").await);
}

async fn another_accounts_frames_are_not_touched(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let id = halo(&world).await;
    framed(&world, id, b"frame", None).await;
    let new = waits(id, b"code", None);
    begin(&world, &new).await;
    let (them, ann) = (theirs.account, theirs.ann);
    moved_on(store.begin_pairing(them, START, &waits(id, b"new", None)).await);
    assert!(store.pairing_by_code(them, b"code", START).await.unwrap().is_none());
    moved_on(approve(&world, them, ann, START, new.id, START).await);
    moved_on(store.refuse_pairing(them, ann, START, new.id).await);
    approve(&world, ours.account, ours.ann, START, new.id, START).await.unwrap();
    moved_on(store.redeem_pairing(them, START, new.id, &frame(b"theirs")).await);
    let cookie = NewCookie {
        session: b"frame",
        before: b"frame",
        before_until: after(1),
        cookie: b"theirs",
        used: true,
    };
    moved_on(store.rotate_cookie(them, START, &cookie).await);
    assert!(is_framed(&world, b"frame").await && !is_framed(&world, b"theirs").await);
}
