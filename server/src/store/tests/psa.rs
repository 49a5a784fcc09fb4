//! The account's PSAs: connected, changed, switched, tested and deleted by admins; who technicians are
//! there.

use shared::{AccountId, Code, Host, IntegrationId, Millis, PairingId, TechnicianId};

use super::fixture::{HOUR, START, World, after, lease, moved_on, new_id, taken};
use crate::psa::{Company, FRAME_SECRET, PsaKind, SECRET};
use crate::store::{
    MailKind, NewFrame, NewPairing, NewPsa, NewSession, OutboxKind, PsaChange, PsaRow,
    SecretChange, SeenContact, SeenTicket, SessionKind, StoreError, Tested,
};

on_both!(
    an_account_has_one_psa_of_each_kind,
    a_psa_change_counts_for_what_was_read,
    a_psa_that_moved_forgets_who_is_who,
    a_psa_is_switched_and_tested,
    a_deleted_psa_leaves_nothing_but_its_audit,
    all_admins_hear_of_a_psa_that_moved_or_went,
    a_person_is_linked_once_and_unlinked,
    another_accounts_psa_is_not_touched,
);

pub(super) fn new(kind: PsaKind) -> NewPsa {
    NewPsa {
        id: IntegrationId(new_id()),
        kind,
        settings: r#"{"a":1}"#.into(),
        secrets: vec![SecretChange::Put { kind: SECRET, sealed: b"s".to_vec() }],
    }
}

/// One of our account's.
pub(super) async fn connected(world: &World, kind: PsaKind) -> PsaRow {
    let (store, ours, new) = (&world.store, &world.ours, new(kind));
    store.add_psa(ours.account, ours.ann, START, &new).await.unwrap();
    read(world, new.id).await
}

pub(super) async fn read(world: &World, id: IntegrationId) -> PsaRow {
    world.store.psa(world.ours.account, id).await.unwrap().unwrap()
}

/// A frame that waits, with this person confirmed in it.
pub(super) fn waits(id: IntegrationId, code: &[u8], person: Option<&str>) -> NewPairing {
    NewPairing {
        id: shared::PairingId(new_id()),
        integration: id,
        challenge: b"challenge".to_vec(),
        code_hash: code.to_vec(),
        address: "192.0.2.7".into(),
        browser: "Firefox".into(),
        person: person.map(|it| (it.to_owned(), format!("{it} login"))),
        expires_at: after(2 * super::fixture::MINUTE),
    }
}

/// A frame of Ann's with this cookie, in which the host has confirmed this person.
pub(super) async fn framed(world: &World, id: IntegrationId, cookie: &[u8], person: Option<&str>) {
    let (store, ours, new) = (&world.store, &world.ours, waits(id, cookie, person));
    store.begin_pairing(ours.account, START, &new).await.unwrap();
    approve(world, ours.account, ours.ann, START, new.id, START).await.unwrap();
    store.redeem_pairing(ours.account, START, new.id, &frame(cookie)).await.unwrap();
}

/// Somebody's own sign-in, with a second factor of then, vouches for a frame.
pub(super) async fn approve(
    world: &World,
    account: AccountId,
    by: TechnicianId,
    now: Millis,
    id: PairingId,
    proved: Millis,
) -> Result<(), StoreError> {
    let session = [by.0.as_bytes(), proved.0.to_be_bytes().as_slice()].concat();
    let new = NewSession {
        id: &session,
        kind: SessionKind::Web,
        host: Host::Web,
        parent: None,
        technician: by,
        second_factor_at: Some(proved),
        expires_at: after(HOUR),
    };
    // There already where they approve another one.
    let _ = world.store.begin_session(account, START, &new, None).await;
    world.store.approve_pairing(account, by, now, id, &session).await
}

/// A frame's session whose id is its cookie, for once.
pub(super) fn frame(cookie: &[u8]) -> NewFrame<'_> {
    NewFrame { id: cookie, cookie, host: Host::Halo, expires_at: after(12 * HOUR) }
}

pub(super) async fn is_framed(world: &World, cookie: &[u8]) -> bool {
    world.store.frame_session(cookie, START, HOUR).await.unwrap().is_some()
}

fn change<'a>(settings: &'a str, secrets: &'a [SecretChange], moved: bool) -> PsaChange<'a> {
    PsaChange { settings, secrets, moved, about: "site" }
}

fn company(id: &str) -> Company {
    Company { id: id.into(), name: "Contoso".into(), domain: String::new() }
}

async fn an_account_has_one_psa_of_each_kind(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    assert!(store.psas(ours.account).await.unwrap().is_empty());
    let halo = connected(&world, PsaKind::Halo).await;
    taken(store.add_psa(ours.account, ours.ann, START, &new(PsaKind::Halo)).await);
    connected(&world, PsaKind::ConnectWise).await;
    store.add_psa(theirs.account, theirs.ann, START, &new(PsaKind::Halo)).await.unwrap();
    let all = store.psas(ours.account).await.unwrap();
    let kinds: Vec<PsaKind> = all.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [PsaKind::ConnectWise, PsaKind::Halo], "by kind");
    assert_eq!((halo.integration.name.as_str(), halo.integration.is_on), ("HaloPSA", true));
    assert_eq!(halo.integration.settings, r#"{"a":1}"#);
    let id = halo.integration.id;
    assert_eq!(store.secret(ours.account, SECRET, id.0).await.unwrap().unwrap(), b"s");
    let by_id = store.psa_by_id(id).await.unwrap().unwrap();
    assert_eq!((by_id.integration.account, by_id.kind), (ours.account, PsaKind::Halo));
    // Other integrations are none.
    assert!(store.psa_by_id(ours.m365).await.unwrap().is_none());
    assert!(store.psa(ours.account, ours.sms).await.unwrap().is_none());
    let told = world.told("integration-added").await;
    assert_eq!(told[0]["integration"], id.to_string());
    assert_eq!(told[0]["technician"], ours.ann.to_string());
}

async fn a_psa_change_counts_for_what_was_read(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world, PsaKind::Halo).await;
    let id = seen.integration.id;
    let put = |kind, sealed: &[u8]| [SecretChange::Put { kind, sealed: sealed.to_vec() }];
    let save = async |seen: &PsaRow, to: PsaChange<'_>| {
        store.change_psa(ours.account, ours.ann, START, seen, &to).await
    };
    let sealed = async |kind| store.secret(ours.account, kind, id.0).await.unwrap();
    save(&seen, change("{}", &put(FRAME_SECRET, b"f"), false)).await.unwrap();
    // Within the same millisecond too: forms are compared by it.
    let now = read(&world, id).await;
    assert_eq!(now.integration.changed_at, seen.integration.changed_at.plus(1));
    moved_on(save(&seen, change("[]", &put(SECRET, b"late"), true)).await);
    assert_eq!(read(&world, id).await.integration.settings, "{}");
    assert_eq!(sealed(SECRET).await.unwrap(), b"s", "the other one stays");
    assert_eq!(sealed(FRAME_SECRET).await.unwrap(), b"f");
    // What was read of one kind is no other kind.
    let other = PsaRow { kind: PsaKind::Autotask, ..now.clone() };
    moved_on(save(&other, change("[]", &[], false)).await);
    save(&now, change("{}", &[], false)).await.unwrap();
    let drop = [SecretChange::Drop { kind: FRAME_SECRET }];
    save(&read(&world, id).await, change("{}", &drop, false)).await.unwrap();
    assert!(sealed(FRAME_SECRET).await.is_none());
    let acts = ["credential-replaced", "integration-changed", "credential-replaced"];
    assert_eq!(world.acts().await[1..], acts);
    assert_eq!(world.told("integration-changed").await[0]["about"], "site");
}

async fn a_psa_that_moved_forgets_who_is_who(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world, PsaKind::Halo).await;
    let kept = connected(&world, PsaKind::ConnectWise).await.integration.id;
    let id = seen.integration.id;
    for psa in [id, kept] {
        store.see_companies(ours.account, psa, START, &[company("7")]).await.unwrap();
    }
    framed(&world, id, b"frame", Some("41")).await;
    framed(&world, kept, b"other", Some("41")).await;
    let waiting = waits(id, b"code", None);
    store.begin_pairing(ours.account, START, &waiting).await.unwrap();
    let card =
        SeenContact { id: "7", customer: ours.customer, name: "Ada", address_hash: Some(b"h") };
    let ticket =
        SeenTicket { id: "70", number: "70", summary: "Help", created_at: START, closed: false };
    let keep = async || store.mirror(ours.account, id, START, card, Some(ticket)).await.unwrap();
    let before = keep().await;
    let moved = change("{}", &[], true);
    store.change_psa(ours.account, ours.ann, START, &seen, &moved).await.unwrap();
    // The same ids mean others now: nothing of the old ones is theirs, and nothing goes to them.
    let old = store.ticket(ours.account, before.ticket.unwrap()).await.unwrap().unwrap();
    assert_eq!(old.psa.map(|it| (it.integration, it.id)), Some((id, String::new())));
    let old = store.contact(ours.account, before.contact).await.unwrap().unwrap();
    assert_eq!((old.psa.map(|it| it.id), old.address_hash), (Some(String::new()), None));
    let after = keep().await;
    assert!(after.contact != before.contact && after.ticket != before.ticket);
    let there = async |psa| {
        let companies = store.psa_companies(ours.account, psa, "", 9, 0).await.unwrap();
        (companies.len(), store.psa_people(ours.account, psa).await.unwrap().len())
    };
    assert_eq!((there(id).await, there(kept).await), ((0, 0), (1, 1)));
    assert!(!is_framed(&world, b"frame").await && is_framed(&world, b"other").await);
    assert!(store.pairing(waiting.id, START).await.unwrap().is_none());
    assert_eq!(world.told("integration-moved").await.len(), 1);
}

async fn a_psa_is_switched_and_tested(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world, PsaKind::Halo).await;
    let id = seen.integration.id;
    framed(&world, id, b"frame", Some("41")).await;
    let waiting = waits(id, b"code", None);
    store.begin_pairing(ours.account, START, &waiting).await.unwrap();
    let switch = async |on| store.switch_psa(ours.account, ours.ann, START, id, on).await;
    moved_on(switch(true).await);
    moved_on(store.switch_psa(ours.account, ours.ann, START, ours.sms, false).await);
    switch(false).await.unwrap();
    assert!(!read(&world, id).await.integration.is_on);
    moved_on(switch(false).await);
    switch(true).await.unwrap();
    // Its frames don't come back with it; who technicians are there stays.
    assert!(!is_framed(&world, b"frame").await);
    assert!(store.pairing(waiting.id, START).await.unwrap().is_none());
    assert_eq!(store.psa_people(ours.account, id).await.unwrap().len(), 1);

    let tested = Tested { code: Some(Code::PsaPermission), about: "tickets can't be read" };
    let test = async || store.note_psa_test(ours.account, ours.ann, START, &seen, tested).await;
    test().await.unwrap();
    let told = &world.told("integration-tested").await[0];
    assert_eq!((&told["code"], &told["about"]), (&"psa-permission".into(), &tested.about.into()));
    let to = change("{}", &[], false);
    store.change_psa(ours.account, ours.ann, START, &seen, &to).await.unwrap();
    moved_on(test().await);
}

async fn a_deleted_psa_leaves_nothing_but_its_audit(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let seen = connected(&world, PsaKind::Halo).await;
    let id = seen.integration.id;
    store.see_companies(ours.account, id, START, &[company("7")]).await.unwrap();
    framed(&world, id, b"frame", Some("41")).await;
    let end = async || store.end_psa(ours.account, ours.ann, after(1), id).await;
    end().await.unwrap();
    assert!(store.psa(ours.account, id).await.unwrap().is_none());
    assert!(store.psa_by_id(id).await.unwrap().is_none());
    assert!(store.psas(ours.account).await.unwrap().is_empty());
    assert!(store.secret(ours.account, SECRET, id.0).await.unwrap().is_none());
    assert!(store.psa_companies(ours.account, id, "", 9, 0).await.unwrap().is_empty());
    assert!(store.psa_people(ours.account, id).await.unwrap().is_empty());
    assert!(!is_framed(&world, b"frame").await);
    moved_on(end().await);
    moved_on(store.switch_psa(ours.account, ours.ann, START, id, true).await);
    let to = change("{}", &[], false);
    moved_on(store.change_psa(ours.account, ours.ann, START, &seen, &to).await);
    moved_on(store.end_psa(ours.account, ours.ann, START, ours.m365).await);
    assert_eq!(world.told("integration-deleted").await[0]["integration"], id.to_string());
    let again = connected(&world, PsaKind::Halo).await;
    assert_ne!(again.integration.id, id, "and the account may have a new one");
}

async fn all_admins_hear_of_a_psa_that_moved_or_went(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let smtp = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    store.seed(smtp, &[new_id(), ours.account.0]).await;
    let seen = connected(&world, PsaKind::Autotask).await;
    let id = seen.integration.id;
    let save = async |seen: &PsaRow, moved| {
        let to = change("{}", &[], moved);
        store.change_psa(ours.account, ours.ann, START, seen, &to).await.unwrap();
    };
    save(&seen, false).await;
    assert!(store.due_mails(START).await.unwrap().is_empty());
    let heard = async || {
        let mut heard = Vec::new();
        for mail in store.due_mails(START).await.unwrap() {
            let row = store.claim_outbox(mail, lease(START), START).await.unwrap().unwrap();
            assert_eq!(row.kind, OutboxKind::Mail(MailKind::Psa));
            assert_eq!((row.integration, row.recipient), (Some(id), Some(ours.ann)));
            heard.push(row.about.unwrap());
        }
        heard
    };
    save(&read(&world, id).await, true).await;
    assert_eq!(heard().await, ["moved autotask"]);
    store.end_psa(ours.account, ours.ann, START, id).await.unwrap();
    assert_eq!(heard().await, ["deleted autotask"], "Bob is no admin");
}

async fn a_person_is_linked_once_and_unlinked(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let id = connected(&world, PsaKind::Halo).await.integration.id;
    framed(&world, id, b"a", Some("41")).await;
    // Neither is another person Ann's, nor this person somebody else's.
    framed(&world, id, b"b", Some("42")).await;
    let bobs = waits(id, b"c", Some("41"));
    store.begin_pairing(ours.account, START, &bobs).await.unwrap();
    approve(&world, ours.account, ours.bob, START, bobs.id, START).await.unwrap();
    store.redeem_pairing(ours.account, START, bobs.id, &frame(b"c")).await.unwrap();
    let whose = async |person: &str| {
        let found = store.technician_of_person(ours.account, id, person).await.unwrap();
        found.map(|technician| technician.id)
    };
    assert_eq!(whose("41").await, Some(ours.ann));
    for nobody in ["42", "", "41\0"] {
        assert_eq!(whose(nobody).await, None, "{nobody:?}");
    }
    let people = store.psa_people(ours.account, id).await.unwrap();
    assert_eq!(people.len(), 1);
    let ann = &people[0];
    assert_eq!((ann.person.as_str(), ann.login.as_str()), ("41", "41 login"));
    assert_eq!((ann.name.as_str(), ann.linked_at), ("Ann", START));
    assert_eq!(world.told("person-linked").await.len(), 1);

    let unlink =
        async |person: &str| store.unlink_person(ours.account, ours.ann, START, id, person).await;
    moved_on(unlink("42").await);
    moved_on(unlink("41\0").await);
    unlink("41").await.unwrap();
    moved_on(unlink("41").await);
    assert_eq!(whose("41").await, None);
    assert!(!is_framed(&world, b"a").await && !is_framed(&world, b"b").await);
    assert!(is_framed(&world, b"c").await, "Bob's frame is his");
    let told = &world.told("person-unlinked").await[0];
    assert_eq!(told["about"], format!("41 was {}", ours.ann));
    // Free again, for whoever signs in beside it.
    framed(&world, id, b"d", Some("42")).await;
    assert_eq!(whose("42").await, Some(ours.ann));
    // Who has left is nobody, and their link is seen.
    let left = "update technicians set ended_at = 1 where id = $1";
    store.seed(left, &[ours.ann.0]).await;
    assert_eq!(whose("42").await, None);
    assert_eq!(store.psa_people(ours.account, id).await.unwrap().len(), 1);
}

async fn another_accounts_psa_is_not_touched(world: World) {
    let (store, theirs) = (&world.store, &world.theirs);
    let seen = connected(&world, PsaKind::Halo).await;
    let (them, ann, id) = (theirs.account, theirs.ann, seen.integration.id);
    framed(&world, id, b"frame", Some("41")).await;
    assert!(store.psa(them, id).await.unwrap().is_none());
    assert!(store.psas(them).await.unwrap().is_empty());
    moved_on(store.change_psa(them, ann, START, &seen, &change("x", &[], true)).await);
    moved_on(store.switch_psa(them, ann, START, id, false).await);
    let tested = Tested { code: None, about: "works" };
    moved_on(store.note_psa_test(them, ann, START, &seen, tested).await);
    moved_on(store.end_psa(them, ann, START, id).await);
    assert!(store.technician_of_person(them, id, "41").await.unwrap().is_none());
    assert!(store.psa_people(them, id).await.unwrap().is_empty());
    moved_on(store.unlink_person(them, ann, START, id, "41").await);
    assert!(is_framed(&world, b"frame").await && read(&world, id).await.integration.is_on);
    assert_eq!(store.audit(them).await.unwrap().len(), 1);
}
