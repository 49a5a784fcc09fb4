//! Single sign-on: an account's issuer, who is who there, and browsers on their way.

use shared::{AccountId, Host, IntegrationId, Millis, TechnicianId};

use super::fixture::{HOUR, MINUTE, START, World, after, moved_on, new_id, taken};
use crate::sign_in::sso::SECRET;
use crate::store::{
    NewSession, Session, SessionKind, SsoChange, SsoProof, SsoPurpose, SsoRow, SsoSubject, SsoTrip,
    Tested,
};

on_both!(
    an_account_has_one_issuer_and_a_domain_one_account,
    an_issuer_changes_for_what_was_read,
    a_moved_issuer_leaves_nobody_linked,
    an_issuer_is_switched_tested_and_deleted,
    a_trip_is_found_once_and_in_time,
    a_person_is_linked_once_by_what_they_hold,
    a_confirmed_person_gets_a_session_while_all_stands,
    another_accounts_sign_in_is_not_touched,
);

const ANN: SsoSubject<'_> = SsoSubject { issuer: "https://idp.example", subject: "ann" };
const BOB: SsoSubject<'_> = SsoSubject { issuer: "https://idp.example", subject: "bob" };

fn change<'a>(settings: &'a str, domains: &'a [String]) -> SsoChange<'a> {
    SsoChange { settings, sealed: None, domains, moved: false, alarm: None, about: "label" }
}

fn domains(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

/// Our account's issuer.
async fn connected(world: &World) -> SsoRow {
    let (store, ours) = (&world.store, &world.ours);
    let (id, domains) = (IntegrationId(new_id()), domains(&["ours.example"]));
    let new = SsoChange { sealed: Some(b"s"), ..change("{\"a\":1}", &domains) };
    store.add_sso(ours.account, ours.ann, START, id, &new).await.unwrap();
    read(world).await
}

async fn read(world: &World) -> SsoRow {
    world.store.sso_of(world.ours.account).await.unwrap().unwrap()
}

fn session<'a>(id: &'a [u8], technician: TechnicianId, kind: SessionKind) -> NewSession<'a> {
    NewSession {
        id,
        kind,
        host: Host::Web,
        parent: None,
        technician,
        second_factor_at: None,
        expires_at: after(HOUR),
    }
}

async fn begun(world: &World, id: &[u8], technician: TechnicianId) {
    let new = session(id, technician, SessionKind::Web);
    world.store.begin_session(world.ours.account, START, &new, None).await.unwrap();
}

async fn there(world: &World, id: &[u8]) -> Option<Session> {
    world.store.session(id, after(MINUTE), HOUR).await.unwrap()
}

async fn an_account_has_one_issuer_and_a_domain_one_account(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    assert!(store.sso_of(ours.account).await.unwrap().is_none());
    assert!(!store.has_sso().await.unwrap());
    assert_eq!(store.technician_domains(ours.account).await.unwrap(), ["ours.example"]);
    let row = connected(&world).await;
    assert_eq!(
        (row.domains.as_slice(), row.integration.is_on),
        (&domains(&["ours.example"])[..], true)
    );
    let id = row.integration.id;
    assert!(store.has_sso().await.unwrap());
    let switch = async |on| {
        let set = if on { "true" } else { "false" };
        let statement = format!("update integrations set is_on = {set} where id = $1");
        store.seed(Box::leak(statement.into_boxed_str()), &[id.0]).await;
        store.has_sso().await.unwrap()
    };
    assert!(!switch(false).await && switch(true).await);
    for found in [store.sso_by_id(id).await, store.sso_by_domain("ours.example").await] {
        assert_eq!(found.unwrap().unwrap().integration.account, ours.account);
    }
    assert!(store.sso_by_domain("theirs.example").await.unwrap().is_none());
    assert!(store.sso_by_domain("\0").await.unwrap().is_none());
    assert!(store.sso_by_id(ours.m365).await.unwrap().is_none(), "another kind");
    let none: Vec<String> = Vec::new();
    let new = async |account, by, domains: &[String]| {
        store.add_sso(account, by, START, IntegrationId(new_id()), &change("{}", domains)).await
    };
    taken(new(ours.account, ours.ann, &none).await);
    taken(new(theirs.account, theirs.ann, &row.domains).await);
    assert!(store.sso_of(theirs.account).await.unwrap().is_none(), "nothing of it was written");
    new(theirs.account, theirs.ann, &domains(&["theirs.example"])).await.unwrap();
    let sealed = store.secret(ours.account, SECRET, id.0).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"s".as_slice()));
    assert_eq!(world.told("integration-added").await[0]["integration"], id.to_string());
}

async fn an_issuer_changes_for_what_was_read(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let seen = connected(&world).await;
    let taken_one = domains(&["theirs.example"]);
    let id = IntegrationId(new_id());
    store.add_sso(theirs.account, theirs.ann, START, id, &change("{}", &taken_one)).await.unwrap();
    let save =
        async |seen: &SsoRow, to| store.change_sso(ours.account, ours.ann, START, seen, &to).await;
    taken(save(&seen, change("[]", &taken_one)).await);
    assert_eq!(read(&world).await.integration.settings, "{\"a\":1}");
    let more = domains(&["more.example", "ours.example"]);
    save(&seen, SsoChange { sealed: Some(b"new"), ..change("{}", &more) }).await.unwrap();
    let now = read(&world).await;
    // Within the same millisecond too: forms are compared by it.
    assert_eq!(now.integration.changed_at, seen.integration.changed_at.plus(1));
    assert_eq!(now.domains, more);
    moved_on(save(&seen, change("late", &more)).await);
    save(&now, change("{}", &[])).await.unwrap();
    assert!(store.sso_by_domain("more.example").await.unwrap().is_none());
    assert_eq!(world.acts().await[1..], ["credential-replaced", "integration-changed"]);
    assert_eq!(world.told("integration-changed").await[0]["about"], "label");
}

async fn a_moved_issuer_leaves_nobody_linked(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    begun(&world, b"ann", ours.ann).await;
    let proof = SsoProof::Session(b"ann");
    store.link_sso(ours.account, START, &seen, ours.ann, ANN, proof).await.unwrap();
    let to = SsoChange { moved: true, alarm: Some("moved"), ..change("{}", &[]) };
    store.change_sso(ours.account, ours.ann, START, &seen, &to).await.unwrap();
    assert!(store.sso_people(ours.account).await.unwrap().is_empty());
    assert!(store.sso_technician(ours.account, ANN).await.unwrap().is_none());
    assert_eq!(world.told("integration-moved").await.len(), 1);
}

async fn an_issuer_is_switched_tested_and_deleted(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let switch = async |on| store.switch_sso(ours.account, ours.ann, START, on, None).await;
    moved_on(switch(true).await);
    switch(false).await.unwrap();
    assert!(!read(&world).await.integration.is_on);
    switch(true).await.unwrap();
    let tested = Tested { code: None, about: "works" };
    let test = async || store.note_sso_test(ours.account, ours.ann, START, &seen, tested).await;
    test().await.unwrap();
    assert_eq!(world.told("integration-tested").await[0]["about"], "works");
    begun(&world, b"ann", ours.ann).await;
    let proof = SsoProof::Session(b"ann");
    store.link_sso(ours.account, START, &seen, ours.ann, ANN, proof).await.unwrap();
    let end = async || store.end_sso(ours.account, ours.ann, after(1), None).await;
    end().await.unwrap();
    assert!(store.sso_of(ours.account).await.unwrap().is_none());
    assert!(store.sso_by_domain("ours.example").await.unwrap().is_none());
    assert!(store.sso_people(ours.account).await.unwrap().is_empty());
    let id = seen.integration.id.0;
    assert!(store.secret(ours.account, SECRET, id).await.unwrap().is_none());
    moved_on(end().await);
    moved_on(test().await);
    moved_on(switch(true).await);
    assert_ne!(connected(&world).await.integration.id.0, id, "and the account may have a new one");
}

fn trip(world: &World, row: &SsoRow, purpose: SsoPurpose) -> SsoTrip {
    SsoTrip {
        id: b"trip".to_vec(),
        account: world.ours.account,
        integration: row.integration.id,
        version: row.integration.changed_at,
        purpose,
        forced: true,
        next: "/tickets".into(),
        begun_at: START,
        expires_at: after(10 * MINUTE),
    }
}

async fn a_trip_is_found_once_and_in_time(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let row = connected(&world).await;
    let hash = b"hash".to_vec();
    for purpose in [
        SsoPurpose::SignIn,
        SsoPurpose::SetUp(ours.bob, hash.clone()),
        SsoPurpose::Link(ours.ann, hash.clone()),
        SsoPurpose::Trial(ours.ann, hash),
    ] {
        let it = trip(&world, &row, purpose.clone());
        store.begin_sso(ours.account, &it).await.unwrap();
        assert!(store.end_trip(b"other", after(MINUTE)).await.unwrap().is_none());
        let back = store.end_trip(b"trip", after(MINUTE)).await.unwrap().unwrap();
        assert_eq!((back.purpose, back.version), (purpose, row.integration.changed_at));
        assert_eq!((back.account, back.integration), (ours.account, row.integration.id));
        assert!(back.forced && back.next == "/tickets" && back.begun_at == START);
        assert!(store.end_trip(b"trip", after(MINUTE)).await.unwrap().is_none(), "once");
    }
    let it = trip(&world, &row, SsoPurpose::SignIn);
    store.begin_sso(ours.account, &it).await.unwrap();
    assert!(store.end_trip(b"trip", it.expires_at).await.unwrap().is_none(), "too late");
    // Whoever leaves next takes the lost ones away.
    store.begin_sso(ours.account, &it).await.unwrap();
    let later = SsoTrip {
        id: b"later".to_vec(),
        begun_at: it.expires_at,
        expires_at: it.expires_at.plus(MINUTE),
        ..it.clone()
    };
    store.begin_sso(ours.account, &later).await.unwrap();
    assert!(store.end_trip(b"trip", START).await.unwrap().is_none());
    assert!(store.end_trip(b"later", it.expires_at).await.unwrap().is_some());
}

async fn a_person_is_linked_once_by_what_they_hold(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    let link = async |now: Millis, who, subject, proof: SsoProof<'_>| {
        store.link_sso(ours.account, now, &seen, who, subject, proof).await
    };
    // By a set-up link, which is used up and ends what there was.
    store.set_set_up(ours.account, ours.bob, START, b"set-up", after(HOUR)).await.unwrap();
    begun(&world, b"bob", ours.bob).await;
    moved_on(link(START, ours.bob, BOB, SsoProof::SetUp(b"other")).await);
    moved_on(link(after(HOUR), ours.bob, BOB, SsoProof::SetUp(b"set-up")).await);
    moved_on(link(START, ours.ann, BOB, SsoProof::SetUp(b"set-up")).await);
    link(START, ours.bob, BOB, SsoProof::SetUp(b"set-up")).await.unwrap();
    assert!(there(&world, b"bob").await.is_none());
    assert!(store.technician_by_set_up(b"set-up", START).await.unwrap().is_none());
    // Whoever has a password links by it: a link by mail skips no second factor.
    store.unlink_sso(ours.account, ours.bob, START, ours.bob, b"").await.unwrap();
    store.set_sign_in(ours.account, START, ours.bob, "hash", None).await.unwrap();
    store.set_set_up(ours.account, ours.bob, START, b"again", after(HOUR)).await.unwrap();
    moved_on(link(START, ours.bob, BOB, SsoProof::SetUp(b"again")).await);
    begun(&world, b"bobs", ours.bob).await;
    link(START, ours.bob, BOB, SsoProof::Session(b"bobs")).await.unwrap();
    // By a session that is theirs, whole and alive.
    begun(&world, b"ann", ours.ann).await;
    let half = session(b"half", ours.ann, SessionKind::Half);
    store.begin_session(ours.account, START, &half, None).await.unwrap();
    moved_on(link(START, ours.ann, ANN, SsoProof::Session(b"half")).await);
    moved_on(link(START, ours.bob, ANN, SsoProof::Session(b"ann")).await);
    moved_on(link(after(HOUR), ours.ann, ANN, SsoProof::Session(b"ann")).await);
    taken(link(START, ours.ann, BOB, SsoProof::Session(b"ann")).await);
    link(START, ours.ann, ANN, SsoProof::Session(b"ann")).await.unwrap();
    taken(link(START, ours.ann, ANN, SsoProof::Session(b"ann")).await);
    let other = SsoSubject { subject: "another", ..ANN };
    taken(link(START, ours.ann, other, SsoProof::Session(b"ann")).await);
    let found = store.sso_technician(ours.account, ANN).await.unwrap().unwrap();
    assert_eq!(found.id, ours.ann);
    assert!(store.sso_technician(ours.account, other).await.unwrap().is_none());
    let elsewhere = SsoSubject { issuer: "https://idp.example/", ..ANN };
    assert!(store.sso_technician(ours.account, elsewhere).await.unwrap().is_none());
    let all = store.sso_people(ours.account).await.unwrap();
    let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((names, all[0].has_password), (vec!["Ann", "Bob"], false));
    // Taken away: their sessions end, but for one.
    begun(&world, b"more", ours.ann).await;
    let unlink = async || store.unlink_sso(ours.account, ours.ann, START, ours.ann, b"ann").await;
    unlink().await.unwrap();
    assert!(there(&world, b"ann").await.is_some() && there(&world, b"more").await.is_none());
    moved_on(unlink().await);
    // Who has left is nobody, and keeps nothing from anybody.
    let left = "update technicians set ended_at = 1 where id = $1";
    store.seed(left, &[ours.bob.0]).await;
    assert!(store.sso_technician(ours.account, BOB).await.unwrap().is_none());
    assert!(store.sso_people(ours.account).await.unwrap().is_empty());
    link(START, ours.ann, BOB, SsoProof::Session(b"ann")).await.unwrap();
    assert_eq!(world.told("sso-linked").await.len(), 4);
    assert_eq!(world.told("sso-unlinked").await.last().unwrap()["about"], ours.ann.to_string());
}

async fn a_confirmed_person_gets_a_session_while_all_stands(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world).await;
    begun(&world, b"ann", ours.ann).await;
    let proof = SsoProof::Session(b"ann");
    store.link_sso(ours.account, START, &seen, ours.ann, ANN, proof).await.unwrap();
    let enter = async |seen: &SsoRow, who, new: &NewSession<'_>, old: Option<&[u8]>| {
        store.sign_in_by_sso(ours.account, START, seen, who, new, old).await
    };
    let half = session(b"half", ours.ann, SessionKind::Half);
    moved_on(enter(&seen, BOB, &half, Some(b"ann")).await);
    assert!(there(&world, b"ann").await.is_some(), "nothing ends with a refusal");
    enter(&seen, ANN, &half, Some(b"ann")).await.unwrap();
    assert!(there(&world, b"ann").await.is_none());
    assert_eq!(there(&world, b"half").await.unwrap().kind, SessionKind::Half);
    let proved =
        NewSession { second_factor_at: Some(START), ..session(b"web", ours.ann, SessionKind::Web) };
    enter(&seen, ANN, &proved, None).await.unwrap();
    assert_eq!(there(&world, b"web").await.unwrap().second_factor_at, Some(START));
    enter(&seen, ANN, &session(b"bare", ours.ann, SessionKind::Web), None).await.unwrap();
    assert_eq!(world.told("sso-confirmed").await.len(), 1);
    let told = world.told("signed-in").await;
    let about: Vec<&str> = told.iter().map(|it| it["about"].as_str().unwrap()).collect();
    assert_eq!(about[1..], ["single sign-on, with its second factor", "single sign-on only"]);
    // Another version, or off.
    store.switch_sso(ours.account, ours.ann, START, false, None).await.unwrap();
    let late = session(b"late", ours.ann, SessionKind::Web);
    moved_on(enter(&seen, ANN, &late, None).await);
    store.switch_sso(ours.account, ours.ann, START, true, None).await.unwrap();
    store.change_sso(ours.account, ours.ann, START, &seen, &change("{}", &[])).await.unwrap();
    moved_on(enter(&seen, ANN, &late, None).await);
    let seen = read(&world).await;
    store.seed("update technicians set ended_at = 1 where id = $1", &[ours.ann.0]).await;
    moved_on(enter(&seen, ANN, &late, None).await);
}

async fn another_accounts_sign_in_is_not_touched(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let seen = connected(&world).await;
    begun(&world, b"ann", ours.ann).await;
    let proof = SsoProof::Session(b"ann");
    store.link_sso(ours.account, START, &seen, ours.ann, ANN, proof).await.unwrap();
    let (them, ann): (AccountId, TechnicianId) = (theirs.account, theirs.ann);
    assert!(store.sso_of(them).await.unwrap().is_none());
    assert!(store.sso_people(them).await.unwrap().is_empty());
    assert!(store.sso_technician(them, ANN).await.unwrap().is_none());
    moved_on(store.change_sso(them, ann, START, &seen, &change("x", &[])).await);
    moved_on(store.switch_sso(them, ann, START, false, None).await);
    moved_on(store.end_sso(them, ann, START, None).await);
    let tested = Tested { code: None, about: "works" };
    moved_on(store.note_sso_test(them, ann, START, &seen, tested).await);
    moved_on(store.link_sso(them, START, &seen, ours.bob, BOB, proof).await);
    moved_on(store.unlink_sso(them, ann, START, ours.ann, b"").await);
    let new = session(b"x", ours.ann, SessionKind::Web);
    moved_on(store.sign_in_by_sso(them, START, &seen, ANN, &new, None).await);
    assert_eq!(store.audit(them).await.unwrap().len(), 1);
    assert_eq!(store.sso_people(ours.account).await.unwrap().len(), 1);
}
