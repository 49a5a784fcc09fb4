//! The people of the MSP and their set-up links.

use shared::TechnicianId;

use super::fixture::{HOUR, Msp, START, World, after, moved_on, new_id, taken};
use crate::store::{NewSession, Role, SessionKind};

on_both!(
    a_new_technician_is_found_by_their_address,
    an_address_belongs_to_one,
    one_of_many_with_one_address,
    a_set_up_link_works_once_and_in_time,
    a_password_ends_all_sessions,
    admins_wait_until_somebody_has_a_password,
    one_who_left_is_nobody,
    another_accounts_technician_is_nobody,
);

async fn a_new_technician_is_found_by_their_address(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let new = Msp::new_technician("  Tess.Ünal@Ours.Example ");
    store.add_technician(account, START, &new).await.unwrap();
    let found = store.technician_by_email("tess.ünal@ours.example").await.unwrap().unwrap();
    assert_eq!((found.id, found.account, found.account_on), (new.id, account, true));
    assert_eq!((found.name.as_str(), found.role), ("Tess", Role::Technician));
    assert_eq!((found.may_reset, found.may_use_ui, found.must_use_mfa), (true, false, true));
    assert_eq!((found.password_hash, found.totp_step, found.has_totp), (None, 0, false));
    assert!(store.technician_by_email("Tess.Ünal@Ours.Example").await.unwrap().is_none());
    assert!(store.technician_by_email("").await.unwrap().is_none());
    assert_eq!(store.technician(account, new.id).await.unwrap().unwrap().email, found.email);
    let ann = store.technician(account, world.ours.ann).await.unwrap().unwrap();
    assert_eq!((ann.role, ann.may_use_ui), (Role::Admin, true));
    assert_eq!(world.told("imported").await[1]["about"], format!("technician {}", new.id));
}

async fn an_address_belongs_to_one(world: World) {
    let (store, told) = (&world.store, world.acts().await);
    let again = Msp::new_technician("ANN@ours.example");
    taken(store.add_technician(world.ours.account, START, &again).await);
    taken(store.add_technician(world.theirs.account, START, &again).await);
    assert!(store.technician(world.ours.account, again.id).await.unwrap().is_none());
    assert_eq!(world.acts().await, told);
}

async fn one_of_many_with_one_address(world: World) {
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = stores[number % 2].clone();
        let account = [world.ours.account, world.theirs.account][number / 4];
        race.spawn(async move {
            let added = store.add_technician(account, START, &Msp::new_technician("t@x")).await;
            added.map_err(|error| taken::<()>(Err(error))).is_ok()
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|added| *added).count(), 1);
}

async fn a_set_up_link_works_once_and_in_time(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let (account, ann, end) = (ours.account, ours.ann, after(HOUR));
    store.set_set_up(account, ann, START, b"first", end).await.unwrap();
    assert_eq!(store.technician_by_set_up(b"first", START).await.unwrap().unwrap().id, ann);
    // A newer link is put in its place.
    store.set_set_up(account, ann, START, b"second", end).await.unwrap();
    assert!(store.technician_by_set_up(b"first", START).await.unwrap().is_none());
    moved_on(store.use_set_up(account, START, ann, b"first", "$argon2id$1").await);
    assert!(store.technician_by_set_up(b"", START).await.unwrap().is_none());
    // In time, and only for whom it is.
    assert!(store.technician_by_set_up(b"second", end).await.unwrap().is_none());
    moved_on(store.use_set_up(account, end, ann, b"second", "$argon2id$1").await);
    moved_on(store.use_set_up(account, START, ours.bob, b"second", "$argon2id$1").await);
    moved_on(store.use_set_up(world.theirs.account, START, ann, b"second", "$1").await);
    let just = shared::Millis(end.0 - 1);
    assert!(store.technician_by_set_up(b"second", just).await.unwrap().is_some());
    store.use_set_up(account, just, ann, b"second", "$argon2id$2").await.unwrap();
    let hash = store.technician(account, ann).await.unwrap().unwrap().password_hash;
    assert_eq!(hash.as_deref(), Some("$argon2id$2"));
    // Once.
    assert!(store.technician_by_set_up(b"second", START).await.unwrap().is_none());
    moved_on(store.use_set_up(account, START, ann, b"second", "$argon2id$3").await);
    assert_eq!(world.acts().await, ["set-up-link-made", "set-up-link-made", "set-up-done"]);
    moved_on(store.set_set_up(account, TechnicianId(new_id()), START, b"x", end).await);
}

async fn a_password_ends_all_sessions(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let account = ours.account;
    let begin = async |id: &'static [u8], technician, parent: Option<&'static [u8]>| {
        let kind = if parent.is_some() { SessionKind::Pod } else { SessionKind::Web };
        let host = shared::Host::Web;
        let expires_at = after(9 * HOUR);
        let second_factor_at = None;
        let new = NewSession { id, kind, host, parent, technician, second_factor_at, expires_at };
        store.begin_session(account, START, &new, None).await.unwrap();
    };
    let lives = async |id: &[u8]| store.session(id, START, HOUR).await.unwrap().is_some();
    begin(b"web", ours.ann, None).await;
    begin(b"pod", ours.ann, Some(b"web")).await;
    begin(b"bob", ours.bob, None).await;
    store.set_set_up(account, ours.ann, START, b"link", after(HOUR)).await.unwrap();
    store.use_set_up(account, START, ours.ann, b"link", "$1").await.unwrap();
    assert!(!lives(b"web").await && !lives(b"pod").await && lives(b"bob").await);

    begin(b"web", ours.ann, None).await;
    begin(b"pod", ours.ann, Some(b"web")).await;
    store.set_set_up(account, ours.ann, START, b"link", after(HOUR)).await.unwrap();
    store.set_sign_in(account, START, ours.ann, "$2", Some(b"totp")).await.unwrap();
    assert!(!lives(b"web").await && !lives(b"pod").await && lives(b"bob").await);
    assert!(store.technician_by_set_up(b"link", START).await.unwrap().is_none());
    let ann = store.technician(account, ours.ann).await.unwrap().unwrap();
    assert_eq!((ann.password_hash.as_deref(), ann.has_totp), (Some("$2"), true));
    // Without one the authenticator stays; with one it is replaced.
    store.set_sign_in(account, START, ours.ann, "$3", None).await.unwrap();
    let sealed = store.sealed_totp(account, ours.ann).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"totp".as_slice()));
    store.set_sign_in(account, START, ours.ann, "$3", Some(b"")).await.unwrap();
    assert_eq!(store.sealed_totp(account, ours.ann).await.unwrap(), Some(Vec::new()));
    moved_on(store.set_sign_in(account, START, TechnicianId(new_id()), "$4", None).await);
}

async fn admins_wait_until_somebody_has_a_password(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let waiting = store.admins_awaiting_set_up().await.unwrap();
    let mut ids: Vec<_> = waiting.iter().map(|technician| technician.id).collect();
    ids.sort_unstable();
    let mut expected = [ours.ann, world.theirs.ann];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    store.set_sign_in(ours.account, START, ours.bob, "$1", None).await.unwrap();
    assert!(store.admins_awaiting_set_up().await.unwrap().is_empty());
}

async fn one_who_left_is_nobody(world: World) {
    let (store, account, ann) = (&world.store, world.ours.account, world.ours.ann);
    store.set_set_up(account, ann, START, b"link", after(HOUR)).await.unwrap();
    store.seed("update technicians set ended_at = 1 where id = $1", &[ann.0]).await;
    assert!(store.technician(account, ann).await.unwrap().is_none());
    assert!(store.technician_by_email("ann@ours.example").await.unwrap().is_none());
    assert!(store.technician_by_set_up(b"link", START).await.unwrap().is_none());
    moved_on(store.use_set_up(account, START, ann, b"link", "$1").await);
    moved_on(store.set_set_up(account, ann, START, b"new", after(HOUR)).await);
    moved_on(store.set_sign_in(account, START, ann, "$1", None).await);
    let waiting = store.admins_awaiting_set_up().await.unwrap();
    assert_eq!(waiting.len(), 1);
}

async fn another_accounts_technician_is_nobody(world: World) {
    let (store, theirs, ann) = (&world.store, world.theirs.account, world.ours.ann);
    assert!(store.technician(theirs, ann).await.unwrap().is_none());
    moved_on(store.set_set_up(theirs, ann, START, b"link", after(HOUR)).await);
    moved_on(store.set_sign_in(theirs, START, ann, "$1", Some(b"totp")).await);
    assert_eq!(store.sealed_totp(theirs, ann).await.unwrap(), None);
    assert_eq!(store.audit(theirs).await.unwrap().len(), 1);
}
