//! Sessions: how long they live, what ends them, and that a code counts once.

use shared::{Host, Millis};

use super::fixture::{HOUR, MINUTE, START, World, after, moved_on, new_id};
use crate::audit::{Act, Entry};
use crate::store::{NewSession, Proof, Session, SessionKind};

on_both!(
    a_session_lives_while_it_is_used,
    a_pod_lives_and_ends_with_its_web_session,
    signing_in_replaces_the_half_session,
    a_code_counts_once,
    a_confirmation_counts_once_and_for_a_living_session,
    an_authenticator_is_not_replaced,
    one_of_many_with_one_code,
    an_end_is_told_once,
    another_account_ends_nothing,
    one_who_left_is_signed_out,
);

fn new(world: &World, id: &'static [u8], kind: SessionKind) -> NewSession<'static> {
    NewSession {
        id,
        kind,
        host: Host::Web,
        parent: None,
        technician: world.ours.ann,
        second_factor_at: None,
        expires_at: after(12 * HOUR),
    }
}

async fn begin(world: &World, new: &NewSession<'_>) {
    world.store.begin_session(world.ours.account, START, new, None).await.unwrap();
}

/// The session, to somebody who may be idle for an hour.
async fn found(world: &World, id: &[u8], now: Millis) -> Option<Session> {
    world.store.session(id, now, HOUR).await.unwrap()
}

async fn a_session_lives_while_it_is_used(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let web = NewSession { second_factor_at: Some(START), ..new(&world, b"web", SessionKind::Web) };
    begin(&world, &web).await;
    let session = found(&world, b"web", after(1)).await.unwrap();
    assert_eq!((session.kind, session.host, session.parent), (SessionKind::Web, Host::Web, None));
    assert_eq!(session.id, b"web");
    assert_eq!((session.seen_at, session.expires_at), (START, after(12 * HOUR)));
    assert_eq!(session.second_factor_at, Some(START));
    let technician = (session.technician.id, session.technician.account);
    assert_eq!(technician, (ours.ann, ours.account));

    assert!(found(&world, b"web", after(HOUR - 1)).await.is_some());
    assert!(found(&world, b"web", after(HOUR)).await.is_none());
    store.touch_session(ours.account, b"web", after(30 * MINUTE)).await.unwrap();
    // A late touch of an earlier moment takes nothing back.
    store.touch_session(ours.account, b"web", after(MINUTE)).await.unwrap();
    assert!(found(&world, b"web", after(90 * MINUTE - 1)).await.is_some());
    // However much it is used, it has an end.
    store.touch_session(ours.account, b"web", after(12 * HOUR)).await.unwrap();
    assert!(found(&world, b"web", after(12 * HOUR - 1)).await.is_some());
    assert!(found(&world, b"web", after(12 * HOUR)).await.is_none());
    assert!(found(&world, b"", START).await.is_none());
    assert!(found(&world, b"unknown", START).await.is_none());
    store.touch_session(ours.account, b"unknown", START).await.unwrap();
    // A sign-in by password alone is told; half a one is nothing yet.
    begin(&world, &new(&world, b"half", SessionKind::Half)).await;
    assert_eq!(world.acts().await, ["signed-in"]);
}

async fn a_pod_lives_and_ends_with_its_web_session(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    // Where everybody needs a second factor, it counts for pods from that moment on.
    begin(&world, &new(&world, b"bare", SessionKind::Web)).await;
    let bare = NewSession { parent: Some(b"bare"), ..new(&world, b"of bare", SessionKind::Pod) };
    begin(&world, &bare).await;
    assert!(found(&world, b"of bare", after(1)).await.is_none());
    let web = NewSession { second_factor_at: Some(START), ..new(&world, b"web", SessionKind::Web) };
    begin(&world, &web).await;
    let pod = NewSession { parent: Some(b"web"), ..new(&world, b"pod", SessionKind::Pod) };
    begin(&world, &pod).await;
    let session = found(&world, b"pod", after(1)).await.unwrap();
    assert_eq!(session.parent.as_deref(), Some(b"web".as_slice()));
    // It is the web session whose use counts.
    assert!(found(&world, b"pod", after(HOUR)).await.is_none());
    store.touch_session(account, b"web", after(30 * MINUTE)).await.unwrap();
    assert!(found(&world, b"pod", after(HOUR)).await.is_some());
    store.end_session(account, after(HOUR), b"web", None).await.unwrap();
    assert!(found(&world, b"pod", START).await.is_none());
    // Too late to begin another from it.
    let late = NewSession { id: b"late", ..pod };
    moved_on(store.begin_session(account, START, &late, None).await);
    assert!(found(&world, b"late", START).await.is_none());
}

/// Ann types the code of this step in her half session.
fn proof(world: &World, half: &'static [u8], step: i64) -> Proof<'static> {
    Proof { technician: world.ours.ann, half, step, enrol: None, codes: &[] }
}

async fn signing_in_replaces_the_half_session(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    begin(&world, &new(&world, b"old", SessionKind::Web)).await;
    let half = new(&world, b"half", SessionKind::Half);
    store.begin_session(account, START, &half, Some(b"old")).await.unwrap();
    assert!(found(&world, b"old", START).await.is_none());
    assert_eq!(found(&world, b"half", START).await.unwrap().kind, SessionKind::Half);
    let web = NewSession { second_factor_at: Some(START), ..new(&world, b"web", SessionKind::Web) };
    let step = proof(&world, b"half", 7);
    store.prove_second_factor(account, START, &step, &web).await.unwrap();
    assert!(found(&world, b"half", START).await.is_none());
    let session = found(&world, b"web", START).await.unwrap();
    assert_eq!((session.kind, session.technician.totp_step), (SessionKind::Web, 7));
    assert_eq!(world.told("signed-in").await[1]["about"], "second factor");
}

async fn a_code_counts_once(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    for half in [b"half-1", b"half-2"] {
        begin(&world, &new(&world, half, SessionKind::Half)).await;
    }
    let web = new(&world, b"web", SessionKind::Web);
    store.prove_second_factor(account, START, &proof(&world, b"half-1", 7), &web).await.unwrap();
    let other = new(&world, b"other", SessionKind::Web);
    for step in [7, 6] {
        let again = proof(&world, b"half-2", step);
        moved_on(store.prove_second_factor(account, START, &again, &other).await);
    }
    assert!(found(&world, b"half-2", START).await.is_some());
    assert!(found(&world, b"other", START).await.is_none());
    // A half session that has ended leads nowhere, and its code stays good.
    let gone = proof(&world, b"half-1", 8);
    moved_on(store.prove_second_factor(account, START, &gone, &other).await);
    store.prove_second_factor(account, START, &proof(&world, b"half-2", 8), &other).await.unwrap();
    assert_eq!(world.told("signed-in").await.len(), 2);
}

async fn a_confirmation_counts_once_and_for_a_living_session(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let web = NewSession { second_factor_at: Some(START), ..new(&world, b"web", SessionKind::Web) };
    begin(&world, &web).await;
    begin(&world, &new(&world, b"other", SessionKind::Web)).await;
    begin(&world, &new(&world, b"half", SessionKind::Half)).await;
    let pod = NewSession { parent: Some(b"web"), ..new(&world, b"pod", SessionKind::Pod) };
    begin(&world, &pod).await;
    let session = found(&world, b"web", after(1)).await.unwrap();
    let late = after(30 * MINUTE);
    store.confirm_second_factor(ours.account, late, &session, 7).await.unwrap();
    for id in [b"web", b"pod"] {
        let proved = found(&world, id, late).await.unwrap().second_factor_at;
        assert_eq!(proved, Some(late));
    }
    assert_eq!(found(&world, b"other", late).await.unwrap().second_factor_at, None);
    moved_on(store.confirm_second_factor(ours.account, late, &session, 7).await);
    let half = found(&world, b"half", late).await.unwrap();
    moved_on(store.confirm_second_factor(ours.account, late, &half, 8).await);
    moved_on(store.confirm_second_factor(world.theirs.account, late, &session, 8).await);
    store.end_session(ours.account, late, b"web", None).await.unwrap();
    moved_on(store.confirm_second_factor(ours.account, late, &session, 8).await);
    assert_eq!(world.acts().await.iter().filter(|a| *a == "second-factor-confirmed").count(), 1);
}

async fn an_authenticator_is_not_replaced(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    for half in [b"half-1", b"half-2"] {
        begin(&world, &new(&world, half, SessionKind::Half)).await;
    }
    assert_eq!(store.sealed_totp(ours.account, ours.ann).await.unwrap(), None);
    let enrol = Proof { enrol: Some(b"first"), ..proof(&world, b"half-1", 7) };
    let web = new(&world, b"web", SessionKind::Web);
    store.prove_second_factor(ours.account, START, &enrol, &web).await.unwrap();
    assert!(found(&world, b"web", START).await.unwrap().technician.has_totp);
    // Whoever knows only the password brings an authenticator of their own.
    let thief = Proof { enrol: Some(b"second"), ..proof(&world, b"half-2", 8) };
    let other = new(&world, b"other", SessionKind::Web);
    moved_on(store.prove_second_factor(ours.account, START, &thief, &other).await);
    let sealed = store.sealed_totp(ours.account, ours.ann).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"first".as_slice()));
    assert_eq!(world.told("authenticator-enrolled").await.len(), 1);
}

async fn one_of_many_with_one_code(world: World) {
    let halves: [&[u8]; 8] = [b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"];
    let webs: [&[u8]; 8] = [b"A", b"B", b"C", b"D", b"E", b"F", b"G", b"H"];
    for half in halves {
        begin(&world, &new(&world, half, SessionKind::Half)).await;
    }
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for (number, (half, web)) in halves.into_iter().zip(webs).enumerate() {
        let (store, account) = (stores[number % 2].clone(), world.ours.account);
        let (proof, new) = (proof(&world, half, 7), new(&world, web, SessionKind::Web));
        race.spawn(async move {
            let proved = store.prove_second_factor(account, START, &proof, &new).await;
            proved.map_err(|error| moved_on::<()>(Err(error))).is_ok()
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|proved| *proved).count(), 1);
    assert_eq!(world.told("signed-in").await.len(), 1);
}

async fn an_end_is_told_once(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    begin(&world, &new(&world, b"web", SessionKind::Web)).await;
    let entry = Entry::new(Act::SignedOut).by(world.ours.ann);
    for _ in 0..2 {
        store.end_session(account, START, b"web", Some(&entry)).await.unwrap();
    }
    assert!(found(&world, b"web", START).await.is_none());
    assert_eq!(world.acts().await, ["signed-in", "signed-out"]);
}

async fn another_account_ends_nothing(world: World) {
    let (store, theirs) = (&world.store, &world.theirs);
    begin(&world, &new(&world, b"web", SessionKind::Web)).await;
    begin(&world, &new(&world, b"half", SessionKind::Half)).await;
    let entry = Entry::new(Act::SignedOut);
    store.end_session(theirs.account, START, b"web", Some(&entry)).await.unwrap();
    store.touch_session(theirs.account, b"web", after(MINUTE)).await.unwrap();
    assert_eq!(found(&world, b"web", START).await.unwrap().seen_at, START);
    let foreign = NewSession { technician: theirs.ann, ..new(&world, b"mine", SessionKind::Web) };
    store.begin_session(theirs.account, START, &foreign, Some(b"web")).await.unwrap();
    assert!(found(&world, b"web", START).await.is_some());
    let proof = Proof { technician: theirs.ann, ..proof(&world, b"half", 7) };
    let more = NewSession { id: b"more", ..foreign };
    moved_on(store.prove_second_factor(theirs.account, START, &proof, &more).await);
    assert!(found(&world, b"half", START).await.is_some());
    // Nobody finishes another's half session, nor one whose second factor was proved as if it were one.
    let ours = world.ours.account;
    let bob = Proof { technician: world.ours.bob, ..proof.clone() };
    moved_on(store.prove_second_factor(ours, START, &bob, &more).await);
    let proved = new(&world, b"proved", SessionKind::Web);
    begin(&world, &NewSession { second_factor_at: Some(START), ..proved }).await;
    let whole = Proof { technician: world.ours.ann, half: b"proved", ..proof };
    moved_on(store.prove_second_factor(ours, START, &whole, &more).await);
    assert!(found(&world, b"proved", START).await.is_some());
    let unknown = shared::TechnicianId(new_id());
    let nobody = NewSession { technician: unknown, ..more };
    moved_on(store.begin_session(ours, START, &nobody, None).await);
}

async fn one_who_left_is_signed_out(world: World) {
    begin(&world, &new(&world, b"half", SessionKind::Half)).await;
    begin(&world, &new(&world, b"web", SessionKind::Web)).await;
    let left = "update technicians set ended_at = 1 where id = $1";
    world.store.seed(left, &[world.ours.ann.0]).await;
    assert!(found(&world, b"web", START).await.is_none());
    let (account, web) = (world.ours.account, new(&world, b"new", SessionKind::Web));
    let proof = proof(&world, b"half", 7);
    moved_on(world.store.prove_second_factor(account, START, &proof, &web).await);
}
