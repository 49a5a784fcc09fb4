//! What a person does with their own sign-in.

use shared::Host;

use super::fixture::{HOUR, MINUTE, START, World, after, moved_on, new_id};
use super::mails::with_smtp;
use super::team::{begin, lives, mails};
use crate::store::{
    LinkMail, NewLink, NewSession, OldFactor, Replacement, SessionKind, StoreError,
};

on_both!(
    a_recovery_code_works_once,
    one_of_many_with_one_recovery_code,
    new_codes_take_the_place_of_all_before_them,
    an_authenticator_is_replaced_by_its_owner,
    after_a_recovery_code_another_authenticator_needs_no_proof,
    another_password_ends_the_other_sessions,
    a_forgotten_password_gets_a_link_and_an_invitation_does_not,
    sessions_are_seen_and_ended_by_their_owner,
);

fn code(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// Bob has a password, an authenticator and these codes.
async fn bob_with(world: &World, codes: &[&str]) {
    let (store, ours) = (&world.store, &world.ours);
    store.set_sign_in(ours.account, START, ours.bob, "$1", Some(b"totp")).await.unwrap();
    let codes: Vec<_> = codes.iter().map(|text| code(text)).collect();
    store.renew_recovery_codes(ours.account, START, ours.bob, &codes).await.unwrap();
}

fn session(world: &World, id: &'static [u8], kind: SessionKind) -> NewSession<'static> {
    let second_factor_at = (kind == SessionKind::Web).then_some(START);
    let (host, technician, expires_at) = (Host::Web, world.ours.bob, after(12 * HOUR));
    NewSession { id, kind, host, parent: None, technician, second_factor_at, expires_at }
}

async fn half(world: &World, id: &'static [u8]) {
    let new = session(world, id, SessionKind::Half);
    world.store.begin_session(world.ours.account, START, &new, None).await.unwrap();
}

async fn a_recovery_code_works_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    bob_with(&world, &["one", "two"]).await;
    half(&world, b"half").await;
    let web = session(&world, b"web", SessionKind::Web);
    let used = async |half: &[u8], text: &str, new: &NewSession<'_>| {
        store.use_recovery_code(ours.account, START, half, &code(text), new).await
    };
    moved_on(used(b"half", "three", &web).await);
    moved_on(store.use_recovery_code(world.theirs.account, START, b"half", b"one", &web).await);
    assert_eq!(used(b"half", "one", &web).await.unwrap(), 1);
    let found = store.session(b"web", START, HOUR).await.unwrap().unwrap();
    assert!(found.trace.recovered && found.second_factor_at == Some(START));
    assert!(!lives(&world, b"half").await);
    half(&world, b"again").await;
    let other = session(&world, b"other", SessionKind::Web);
    moved_on(used(b"again", "one", &other).await);
    // A code that finds no half session is not spent.
    moved_on(used(b"gone", "two", &other).await);
    assert_eq!(store.recovery_codes_left(ours.account, ours.bob).await.unwrap(), 1);
    assert_eq!(store.recovery_codes_left(world.theirs.account, ours.bob).await.unwrap(), 0);
    assert!(mails(&world, "mail-sign-in").await.contains(&(ours.bob, "recovery 1".into())));
    assert_eq!(world.told("recovery-code-used").await[0]["about"], "1 left");
    assert_eq!(world.told("signed-in").await[0]["about"], "recovery code");
}

async fn one_of_many_with_one_recovery_code(world: World) {
    bob_with(&world, &["one"]).await;
    let halves: [&'static [u8]; 4] = [b"h1", b"h2", b"h3", b"h4"];
    let webs: [&'static [u8]; 4] = [b"w1", b"w2", b"w3", b"w4"];
    for id in halves {
        half(&world, id).await;
    }
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..4 {
        let (store, account) = (stores[number % 2].clone(), world.ours.account);
        let new = session(&world, webs[number], SessionKind::Web);
        race.spawn(async move {
            match store.use_recovery_code(account, START, halves[number], b"one", &new).await {
                Ok(left) => {
                    assert_eq!(left, 0);
                    true
                }
                Err(StoreError::MovedOn) => false,
                Err(error) => panic!("{error}"),
            }
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|won| *won).count(), 1);
}

async fn new_codes_take_the_place_of_all_before_them(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    // There is nothing that they could stand in for.
    moved_on(store.renew_recovery_codes(ours.account, START, ours.bob, &[code("one")]).await);
    bob_with(&world, &["one", "two", "three"]).await;
    store.renew_recovery_codes(ours.account, START, ours.bob, &[code("four")]).await.unwrap();
    assert_eq!(store.recovery_codes_left(ours.account, ours.bob).await.unwrap(), 1);
    half(&world, b"half").await;
    let web = session(&world, b"web", SessionKind::Web);
    moved_on(store.use_recovery_code(ours.account, START, b"half", b"one", &web).await);
    store.use_recovery_code(ours.account, START, b"half", b"four", &web).await.unwrap();
    assert_eq!(world.told("recovery-codes-made").await.len(), 2);
}

async fn an_authenticator_is_replaced_by_its_owner(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    bob_with(&world, &["one"]).await;
    begin(&world, b"here", ours.bob).await;
    begin(&world, b"elsewhere", ours.bob).await;
    let codes = [code("new")];
    let replaced = async |old: OldFactor, session: &[u8]| {
        let replacement = Replacement {
            technician: ours.bob,
            session,
            old: &old,
            step: 90,
            sealed: b"another",
            codes: &codes,
        };
        store.replace_authenticator(ours.account, START, &replacement).await
    };
    // Not proved by a recovery code, a session that is none, or a code that is none.
    moved_on(replaced(OldFactor::Recovered, b"here").await);
    moved_on(replaced(OldFactor::Step(100), b"gone").await);
    moved_on(replaced(OldFactor::Code(code("two")), b"here").await);
    assert!(lives(&world, b"elsewhere").await);
    replaced(OldFactor::Step(100), b"here").await.unwrap();
    assert!(lives(&world, b"here").await && !lives(&world, b"elsewhere").await);
    let sealed = store.sealed_totp(ours.account, ours.bob).await.unwrap();
    assert_eq!(sealed.as_deref(), Some(b"another".as_slice()));
    // The new one's own steps count from here on.
    let bob = store.technician(ours.account, ours.bob).await.unwrap().unwrap();
    assert_eq!(bob.totp_step, 90);
    moved_on(replaced(OldFactor::Step(90), b"here").await);
    replaced(OldFactor::Code(code("new")), b"here").await.unwrap();
    assert_eq!(world.told("authenticator-replaced").await.len(), 2);
    let told = mails(&world, "mail-sign-in").await;
    assert!(told.contains(&(ours.bob, "authenticator".into())), "{told:?}");
}

async fn after_a_recovery_code_another_authenticator_needs_no_proof(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    bob_with(&world, &["one"]).await;
    half(&world, b"half").await;
    let web = session(&world, b"web", SessionKind::Web);
    store.use_recovery_code(ours.account, START, b"half", b"one", &web).await.unwrap();
    let replacement = Replacement {
        technician: ours.bob,
        session: b"web",
        old: &OldFactor::Recovered,
        step: 7,
        sealed: b"another",
        codes: &[],
    };
    store.replace_authenticator(ours.account, START, &replacement).await.unwrap();
    // Once.
    moved_on(store.replace_authenticator(ours.account, START, &replacement).await);
}

async fn another_password_ends_the_other_sessions(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    bob_with(&world, &[]).await;
    store.set_set_up(ours.account, ours.bob, START, b"link", after(HOUR)).await.unwrap();
    for id in [b"here".as_slice(), b"there"] {
        let id: &'static [u8] = if id == b"here" { b"here" } else { b"there" };
        begin(&world, id, ours.bob).await;
    }
    let pod = NewSession { parent: Some(b"here"), ..session(&world, b"pod", SessionKind::Pod) };
    store.begin_session(ours.account, START, &pod, None).await.unwrap();
    let changed = async |session: &[u8], old: &str| {
        store.change_password(ours.account, START, ours.bob, session, (old, "$2")).await
    };
    moved_on(changed(b"here", "$0").await);
    moved_on(changed(b"gone", "$1").await);
    changed(b"here", "$1").await.unwrap();
    assert!(lives(&world, b"here").await && lives(&world, b"pod").await);
    assert!(!lives(&world, b"there").await);
    assert!(store.technician_by_set_up(b"link", START).await.unwrap().is_none());
    let bob = store.technician(ours.account, ours.bob).await.unwrap().unwrap();
    assert_eq!(bob.password_hash.as_deref(), Some("$2"));
    assert!(mails(&world, "mail-sign-in").await.contains(&(ours.bob, "password".into())));
    assert_eq!(world.told("password-changed").await.len(), 1);
}

async fn a_forgotten_password_gets_a_link_and_an_invitation_does_not(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    let mail = LinkMail { id: new_id(), token_sealed: b"sealed", about: "forgotten" };
    let link = NewLink { hash: b"link", until: after(HOUR), mail: Some(mail) };
    store.set_set_up(ours.account, ours.bob, START, b"invited", after(HOUR)).await.unwrap();
    moved_on(store.forgotten_password(ours.account, START, ours.bob, &link).await);
    assert!(store.technician_by_set_up(b"invited", START).await.unwrap().is_some());
    bob_with(&world, &[]).await;
    moved_on(store.forgotten_password(world.theirs.account, START, ours.bob, &link).await);
    store.forgotten_password(ours.account, START, ours.bob, &link).await.unwrap();
    assert_eq!(mails(&world, "mail-link").await, [(ours.bob, "forgotten".into())]);
    assert_eq!(store.technician_by_set_up(b"link", START).await.unwrap().unwrap().id, ours.bob);
    // Used, it is told; a mail that waits would lead nowhere.
    store.use_set_up(ours.account, START, ours.bob, b"link", "$2").await.unwrap();
    assert_eq!(mails(&world, "mail-link").await, []);
    assert!(mails(&world, "mail-sign-in").await.contains(&(ours.bob, "password".into())));
    assert_eq!(world.told("password-forgotten").await.len(), 1);
}

async fn sessions_are_seen_and_ended_by_their_owner(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    begin(&world, b"here", ours.bob).await;
    begin(&world, b"there", ours.bob).await;
    begin(&world, b"ann", ours.ann).await;
    half(&world, b"half").await;
    store.trace_session(ours.account, b"there", "Edge on Windows", "203.0.113.x").await.unwrap();
    store.trace_session(world.theirs.account, b"here", "Other", "x").await.unwrap();
    store.touch_session(ours.account, b"there", after(MINUTE)).await.unwrap();
    let seen = async |now| {
        let all = store.sessions_of(ours.account, ours.bob, now, HOUR).await.unwrap();
        all.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(seen(after(MINUTE)).await, [b"there".to_vec(), b"here".to_vec()]);
    assert_eq!(seen(after(HOUR)).await, [b"there".to_vec()], "the other is idle");
    let all = store.sessions_of(ours.account, ours.bob, START, HOUR).await.unwrap();
    assert_eq!(
        (all[0].trace.browser.as_str(), all[0].trace.network.as_str()),
        ("Edge on Windows", "203.0.113.x")
    );
    assert_eq!((all[0].seen_at, all[0].created_at), (after(MINUTE), START));
    assert_eq!(all[1].trace.browser, "", "another account writes nothing here");
    assert!(
        store.sessions_of(world.theirs.account, ours.bob, START, HOUR).await.unwrap().is_empty()
    );
    let session = store.session(b"there", after(MINUTE), HOUR).await.unwrap().unwrap();
    assert_eq!(session.trace.browser, "Edge on Windows");
    store.end_other_sessions(ours.account, START, ours.bob, b"here").await.unwrap();
    assert!(lives(&world, b"here").await && lives(&world, b"ann").await);
    assert!(!lives(&world, b"there").await && !lives(&world, b"half").await);
    assert_eq!(world.told("sessions-ended").await.len(), 1);
}
