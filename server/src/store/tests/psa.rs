//! PSAs: connected, changed, switched, tested and deleted by admins; and who technicians are there.

use shared::{Code, IntegrationId};

use super::fixture::{START, World, after, moved_on, new_id, taken};
use super::frames::paired;
use crate::psa::{PsaKind, SECRET};
use crate::store::{NewPsa, PsaChange, PsaRow, SecretChange, Tested};

on_both!(
    an_account_has_one_psa_of_each_kind,
    a_psa_change_counts_for_what_was_read,
    a_psa_is_switched_and_tested,
    a_psa_that_moved_or_went_forgets_who_is_who,
    another_accounts_psa_is_not_touched,
    a_person_is_unlinked,
);

fn new(kind: PsaKind) -> NewPsa {
    NewPsa {
        id: IntegrationId(new_id()),
        kind,
        settings: r#"{"a":1}"#.into(),
        secrets: vec![SecretChange::Put { kind: SECRET, sealed: b"s".to_vec() }],
    }
}

/// One of ours.
pub(super) async fn connected(world: &World, kind: PsaKind) -> PsaRow {
    let (store, ours) = (&world.store, &world.ours);
    let it = new(kind);
    store.add_psa(ours.account, ours.ann, START, &it).await.unwrap();
    store.psa(ours.account, it.id).await.unwrap().unwrap()
}

fn change<'a>(settings: &'a str, secrets: &'a [SecretChange], moved: bool) -> PsaChange<'a> {
    PsaChange { settings, secrets, moved, about: "site" }
}

async fn an_account_has_one_psa_of_each_kind(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    for kind in [PsaKind::Halo, PsaKind::Autotask, PsaKind::ConnectWise] {
        let row = connected(&world, kind).await;
        assert_eq!((row.kind, row.integration.is_on), (kind, true));
        assert_eq!(row.integration.settings, r#"{"a":1}"#);
        taken(store.add_psa(ours.account, ours.ann, START, &new(kind)).await);
        store.add_psa(theirs.account, theirs.ann, START, &new(kind)).await.unwrap();
        let id = row.integration.id;
        let sealed = store.secret(ours.account, SECRET, id.0).await.unwrap();
        assert_eq!(sealed.as_deref(), Some(b"s".as_slice()));
        let by_id = store.psa_by_id(id).await.unwrap().unwrap();
        assert_eq!((by_id.integration.account, by_id.kind), (ours.account, kind));
    }
    let all: Vec<PsaKind> =
        store.psas(ours.account).await.unwrap().iter().map(|row| row.kind).collect();
    assert_eq!(all, [PsaKind::Autotask, PsaKind::ConnectWise, PsaKind::Halo], "by kind");
    assert!(store.psa_by_id(ours.m365).await.unwrap().is_none(), "an M365 integration is no PSA");
    assert_eq!(world.told("integration-added").await.len(), 3);
}

async fn a_psa_change_counts_for_what_was_read(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world, PsaKind::Halo).await;
    let id = seen.integration.id;
    let secrets = [SecretChange::Put { kind: SECRET, sealed: b"t".to_vec() }];
    let change = change(r#"{"a":2}"#, &secrets, false);
    store.change_psa(ours.account, ours.ann, START, &seen, &change).await.unwrap();
    let now = store.psa(ours.account, id).await.unwrap().unwrap();
    assert_eq!(now.integration.settings, r#"{"a":2}"#);
    assert!(now.integration.changed_at > seen.integration.changed_at, "a version of its own");
    let sealed = store.secret(ours.account, SECRET, id.0).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"t".as_slice()));
    moved_on(store.change_psa(ours.account, ours.ann, after(1), &seen, &change).await);
    assert_eq!(world.told("credential-replaced").await[0]["about"], "site");
}

async fn a_psa_is_switched_and_tested(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let row = connected(&world, PsaKind::Autotask).await;
    let id = row.integration.id;
    let switch = async |on| store.switch_psa(ours.account, ours.ann, after(1), id, on).await;
    moved_on(switch(true).await);
    switch(false).await.unwrap();
    moved_on(switch(false).await);
    assert!(!store.psa(ours.account, id).await.unwrap().unwrap().integration.is_on);
    switch(true).await.unwrap();
    let tested = Tested { code: Some(Code::PsaCredentials), about: "does not work" };
    store.note_psa_test(ours.account, ours.ann, after(2), &row, tested).await.unwrap();
    assert_eq!(world.told("integration-tested").await[0]["code"], "psa-credentials");
    let change = change("{}", &[], false);
    store.change_psa(ours.account, ours.ann, after(3), &row, &change).await.unwrap();
    moved_on(store.note_psa_test(ours.account, ours.ann, after(4), &row, tested).await);
}

async fn a_psa_that_moved_or_went_forgets_who_is_who(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let row = connected(&world, PsaKind::ConnectWise).await;
    let id = row.integration.id;
    paired(&world, id, b"frame", b"cookie", Some("101")).await;
    let change = change("{}", &[], true);
    store.change_psa(ours.account, ours.ann, after(1), &row, &change).await.unwrap();
    assert!(store.psa_people(ours.account, id).await.unwrap().is_empty());
    assert!(store.frame_session(b"cookie", after(2), 60_000).await.unwrap().is_none());
    assert_eq!(world.told("integration-moved").await.len(), 1);

    paired(&world, id, b"frame", b"cookie", Some("101")).await;
    store.end_psa(ours.account, ours.ann, after(3), id).await.unwrap();
    moved_on(store.end_psa(ours.account, ours.ann, after(4), id).await);
    assert!(store.psa(ours.account, id).await.unwrap().is_none());
    assert!(store.psa_by_id(id).await.unwrap().is_none());
    assert!(store.secret(ours.account, SECRET, id.0).await.unwrap().is_none());
    assert!(store.psa_people(ours.account, id).await.unwrap().is_empty());
    assert!(store.frame_session(b"cookie", after(5), 60_000).await.unwrap().is_none());
    // There may be a new one.
    connected(&world, PsaKind::ConnectWise).await;
}

async fn another_accounts_psa_is_not_touched(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let row = connected(&world, PsaKind::Halo).await;
    let id = row.integration.id;
    let (account, ann) = (theirs.account, theirs.ann);
    assert!(store.psa(account, id).await.unwrap().is_none());
    assert!(store.psas(account).await.unwrap().is_empty());
    let change = change("{}", &[], true);
    moved_on(store.change_psa(account, ann, after(1), &row, &change).await);
    moved_on(store.switch_psa(account, ann, after(1), id, false).await);
    let tested = Tested { code: None, about: "works" };
    moved_on(store.note_psa_test(account, ann, after(1), &row, tested).await);
    moved_on(store.end_psa(account, ann, after(1), id).await);
    paired(&world, id, b"frame", b"cookie", Some("101")).await;
    assert!(store.technician_of_person(account, id, "101").await.unwrap().is_none());
    assert!(store.psa_people(account, id).await.unwrap().is_empty());
    moved_on(store.unlink_person(account, ann, after(1), id, "101").await);
    assert_eq!(store.psas(ours.account).await.unwrap().len(), 1);
    assert!(store.frame_session(b"cookie", after(2), 60_000).await.unwrap().is_some());
}

async fn a_person_is_unlinked(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = connected(&world, PsaKind::ConnectWise).await.integration.id;
    paired(&world, id, b"frame", b"cookie", Some("101")).await;
    let people = store.psa_people(ours.account, id).await.unwrap();
    assert_eq!(people.len(), 1);
    let one = (people[0].person.as_str(), people[0].login.as_str(), people[0].technician);
    assert_eq!((one, people[0].name.as_str()), (("101", "login of 101", ours.bob), "Bob"));
    let whose = store.technician_of_person(ours.account, id, "101").await.unwrap();
    assert_eq!(whose.map(|it| it.id), Some(ours.bob));
    for nobody in ["102", "", "101\0"] {
        assert!(store.technician_of_person(ours.account, id, nobody).await.unwrap().is_none());
        moved_on(store.unlink_person(ours.account, ours.ann, after(1), id, nobody).await);
    }
    store.unlink_person(ours.account, ours.ann, after(1), id, "101").await.unwrap();
    assert!(store.psa_people(ours.account, id).await.unwrap().is_empty());
    // Their frames in it are over.
    assert!(store.frame_session(b"cookie", after(2), 60_000).await.unwrap().is_none());
    assert_eq!(world.told("person-unlinked").await.len(), 1);
}
