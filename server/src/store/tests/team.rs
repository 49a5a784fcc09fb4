//! The people of the MSP: invited, changed, signed out, removed, and who hears of it.

use shared::{Millis, TechnicianId};

use super::fixture::{HOUR, Msp, START, World, after, lease, moved_on, new_id, taken};
use super::mails::with_smtp;
use crate::store::{
    LinkMail, NewLink, NewSession, NewTechnician, OutboxRow, Person, PersonChange, Rights, Role,
    SessionKind,
};

on_both!(
    an_invitation_works_until_it_is_withdrawn,
    a_mailed_token_is_erased_when_it_is_sent,
    a_change_is_compared_and_told,
    two_admins_do_not_demote_each_other,
    what_an_admin_takes_away_is_gone_at_once,
    one_who_is_removed_makes_room,
    the_account_forces_a_second_factor,
    another_accounts_people_are_nobody,
);

const LINK: NewLink<'static> = NewLink { hash: b"link", until: after_a_day(), mail: None };

const fn after_a_day() -> Millis {
    Millis(START.0 + 24 * HOUR)
}

fn invited(email: &str) -> NewTechnician {
    Msp::new_technician(email)
}

async fn person(world: &World, id: TechnicianId) -> Person {
    world.store.person(world.ours.account, id).await.unwrap().unwrap()
}

/// The mails of this kind that are due: to whom, and about what.
pub(super) async fn mails(world: &World, kind: &str) -> Vec<(TechnicianId, String)> {
    let all = all_mails(world).await.into_iter();
    all.filter(|row| row.kind.as_str() == kind)
        .map(|row| (row.recipient.unwrap(), row.about.unwrap_or_default()))
        .collect()
}

async fn all_mails(world: &World) -> Vec<OutboxRow> {
    let mut rows = Vec::new();
    for id in world.store.due_mails(START).await.unwrap() {
        let held = lease(START);
        let row = world.store.claim_outbox(id, held, START).await.unwrap().unwrap();
        world.store.outbox_later(&row, held, START).await.unwrap();
        rows.push(row);
    }
    rows
}

pub(super) async fn begin(world: &World, id: &'static [u8], technician: TechnicianId) {
    let new = NewSession {
        id,
        kind: SessionKind::Web,
        host: shared::Host::Web,
        parent: None,
        technician,
        second_factor_at: Some(START),
        expires_at: after(12 * HOUR),
    };
    world.store.begin_session(world.ours.account, START, &new, None).await.unwrap();
}

pub(super) async fn lives(world: &World, id: &[u8]) -> bool {
    world.store.session(id, START, HOUR).await.unwrap().is_some()
}

async fn an_invitation_works_until_it_is_withdrawn(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let new = invited("zoe@ours.example");
    store.invite(ours.account, ours.ann, START, &new, &LINK).await.unwrap();
    let zoe = person(&world, new.id).await;
    assert_eq!((zoe.name.as_str(), zoe.email.as_str()), ("Tess", "zoe@ours.example"));
    assert_eq!((zoe.rights.role, zoe.rights.may_use_ui), (Role::Technician, false));
    assert_eq!((zoe.has_password, zoe.has_totp), (false, false));
    assert_eq!((zoe.link_until, zoe.last_sign_in_at), (Some(LINK.until), None));
    assert_eq!(store.technician_by_set_up(b"link", START).await.unwrap().unwrap().id, new.id);
    // Sent again: the link before it is void.
    let again = NewLink { hash: b"again", ..LINK };
    store.send_link(ours.account, ours.ann, START, &zoe, &again).await.unwrap();
    assert!(store.technician_by_set_up(b"link", START).await.unwrap().is_none());
    store.withdraw_invitation(ours.account, ours.ann, START, new.id).await.unwrap();
    assert!(store.technician_by_set_up(b"again", START).await.unwrap().is_none());
    moved_on(store.withdraw_invitation(ours.account, ours.ann, START, new.id).await);
    // Somebody who has chosen a password meanwhile is not invited, and the other way round.
    store.set_sign_in(ours.account, START, new.id, "$1", None).await.unwrap();
    moved_on(store.send_link(ours.account, ours.ann, START, &zoe, &again).await);
    let known = person(&world, new.id).await;
    store.send_link(ours.account, ours.ann, START, &known, &again).await.unwrap();
    // The address is one person's, on the whole server.
    let same = invited("ann@theirs.example");
    taken(store.invite(ours.account, ours.ann, START, &same, &LINK).await);
    // Nobody but an admin.
    let other = invited("yan@ours.example");
    moved_on(store.invite(ours.account, ours.bob, START, &other, &LINK).await);
    let told = world.told("person-invited").await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["about"], format!("{} as technician, link shown to the admin", new.id));
    assert_eq!(world.told("invitation-withdrawn").await.len(), 1);
    assert_eq!(world.told("password-forgotten").await.len(), 1);
}

async fn a_mailed_token_is_erased_when_it_is_sent(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    let mail = LinkMail { id: new_id(), token_sealed: b"sealed", about: "invitation" };
    let link = NewLink { mail: Some(mail.clone()), ..LINK };
    let new = invited("zoe@ours.example");
    store.invite(ours.account, ours.ann, START, &new, &link).await.unwrap();
    assert_eq!(mails(&world, "mail-team").await, [(ours.ann, format!("invited {}", new.id))]);
    // A newer link takes the older one's mail away.
    let zoe = person(&world, new.id).await;
    let second = LinkMail { id: new_id(), ..mail };
    let again = NewLink { hash: b"again", mail: Some(second.clone()), ..LINK };
    store.send_link(ours.account, ours.ann, START, &zoe, &again).await.unwrap();
    assert_eq!(mails(&world, "mail-link").await.len(), 1);
    let held = lease(START);
    let row = store.claim_outbox(second.id, held, START).await.unwrap().unwrap();
    assert_eq!(row.token_sealed.as_deref(), Some(b"sealed".as_slice()));
    assert_eq!((row.recipient, row.give_up_at), (Some(new.id), LINK.until));
    store.mail_sent(&row, held, START).await.unwrap();
    let left = "update outbox set state = 'waiting' where id = $1";
    store.seed(left, &[second.id]).await;
    let row = store.claim_outbox(second.id, lease(row.give_up_at), after(HOUR)).await.unwrap();
    assert!(row.unwrap().token_sealed.is_none(), "erased");
    assert_eq!(
        world.told("person-invited").await[0]["about"].as_str().unwrap().split(", ").last(),
        Some("by mail")
    );
}

async fn a_change_is_compared_and_told(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    let bob = person(&world, ours.bob).await;
    let rights = Rights { may_reset: true, ..bob.rights.clone() };
    let change = PersonChange { name: "Bobby", rights: &rights, about: "may reset passwords: on" };
    store.change_person(ours.account, ours.ann, START, &bob, &change).await.unwrap();
    let now = person(&world, ours.bob).await;
    assert_eq!((now.name.as_str(), &now.rights), ("Bobby", &rights));
    let about = format!("changed {} may reset passwords: on", ours.bob);
    assert_eq!(mails(&world, "mail-team").await, [(ours.ann, about)]);
    // Not as it was seen any more.
    moved_on(store.change_person(ours.account, ours.ann, START, &bob, &change).await);
    // Nobody but an admin.
    moved_on(store.change_person(ours.account, ours.bob, START, &now, &change).await);
    // A name alone is no alarm.
    let named = PersonChange { name: "Rob", rights: &rights, about: "" };
    store.change_person(ours.account, ours.ann, START, &now, &named).await.unwrap();
    assert_eq!(mails(&world, "mail-team").await.len(), 1);
    let told = world.told("person-changed").await;
    assert_eq!(told[1]["about"], format!("{} name", ours.bob));
    let names: Vec<_> =
        store.team(ours.account).await.unwrap().into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["Ann", "Rob"]);
}

async fn two_admins_do_not_demote_each_other(world: World) {
    let ours = &world.ours;
    let bob = person(&world, ours.bob).await;
    let admin = Rights { role: Role::Admin, ..bob.rights.clone() };
    let up = PersonChange { name: "Bob", rights: &admin, about: "role: admin" };
    world.store.change_person(ours.account, ours.ann, START, &bob, &up).await.unwrap();
    let (ann, bob) = (person(&world, ours.ann).await, person(&world, ours.bob).await);
    let mut race = tokio::task::JoinSet::new();
    for (store, (by, whom)) in
        world.two_processes().await.into_iter().zip([(ours.ann, bob), (ours.bob, ann)])
    {
        let account = ours.account;
        race.spawn(async move {
            let rights = Rights { role: Role::Technician, ..whom.rights.clone() };
            let name = whom.name.clone();
            let down = PersonChange { name: &name, rights: &rights, about: "role: technician" };
            store.change_person(account, by, START, &whom, &down).await.is_ok()
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|done| *done).count(), 1);
    let admins = world.store.team(ours.account).await.unwrap();
    assert_eq!(admins.iter().filter(|person| person.rights.role == Role::Admin).count(), 1);
    // And whoever is left can't go, even if they could ask for it.
    let last = admins.iter().find(|person| person.rights.role == Role::Admin).unwrap();
    moved_on(world.store.remove_person(ours.account, last.id, START, last.id).await);
    let rights = Rights { role: Role::Technician, ..last.rights.clone() };
    let down = PersonChange { name: &last.name, rights: &rights, about: "role: technician" };
    moved_on(world.store.change_person(ours.account, last.id, START, last, &down).await);
}

async fn what_an_admin_takes_away_is_gone_at_once(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    moved_on(store.take_authenticator(ours.account, ours.ann, START, ours.bob).await);
    store.set_sign_in(ours.account, START, ours.bob, "$1", Some(b"totp")).await.unwrap();
    store.renew_recovery_codes(ours.account, START, ours.bob, &[b"code".to_vec()]).await.unwrap();
    begin(&world, b"bob", ours.bob).await;
    begin(&world, b"ann", ours.ann).await;
    assert_eq!(person(&world, ours.bob).await.last_sign_in_at, Some(START));
    moved_on(store.take_authenticator(ours.account, ours.bob, START, ours.bob).await);
    store.take_authenticator(ours.account, ours.ann, START, ours.bob).await.unwrap();
    assert!(!lives(&world, b"bob").await && lives(&world, b"ann").await);
    assert_eq!(store.recovery_codes_left(ours.account, ours.bob).await.unwrap(), 0);
    assert!(!person(&world, ours.bob).await.has_totp);
    assert_eq!(mails(&world, "mail-team").await, [(ours.ann, format!("taken {}", ours.bob))]);
    assert!(mails(&world, "mail-sign-in").await.contains(&(ours.bob, "taken".into())));
    begin(&world, b"bob", ours.bob).await;
    store.sign_person_out(ours.account, ours.ann, START, ours.bob).await.unwrap();
    assert!(!lives(&world, b"bob").await && lives(&world, b"ann").await);
    moved_on(store.sign_person_out(ours.account, ours.bob, START, ours.ann).await);
    assert_eq!(world.told("authenticator-taken").await[0]["about"], ours.bob.to_string());
    assert_eq!(world.told("sessions-ended").await.len(), 1);
}

async fn one_who_is_removed_makes_room(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    store.set_sign_in(ours.account, START, ours.bob, "$1", Some(b"totp")).await.unwrap();
    begin(&world, b"bob", ours.bob).await;
    moved_on(store.remove_person(ours.account, ours.bob, START, ours.ann).await);
    store.remove_person(ours.account, ours.ann, START, ours.bob).await.unwrap();
    assert!(!lives(&world, b"bob").await);
    assert!(store.technician(ours.account, ours.bob).await.unwrap().is_none());
    assert!(store.technician_by_email("bob@ours.example").await.unwrap().is_none());
    assert_eq!(store.sealed_totp(ours.account, ours.bob).await.unwrap(), None);
    let bob = person(&world, ours.bob).await;
    assert_eq!((bob.email.as_str(), bob.ended_at), ("bob@ours.example", Some(START)));
    moved_on(store.remove_person(ours.account, ours.ann, START, ours.bob).await);
    moved_on(store.sign_person_out(ours.account, ours.ann, START, ours.bob).await);
    // The address is free again, more than once.
    for _ in 0..2 {
        let new = invited("bob@ours.example");
        store.invite(ours.account, ours.ann, START, &new, &LINK).await.unwrap();
        store.remove_person(ours.account, ours.ann, START, new.id).await.unwrap();
    }
    assert_eq!(store.team(ours.account).await.unwrap().len(), 4);
    assert_eq!(world.told("person-removed").await.len(), 3);
}

async fn the_account_forces_a_second_factor(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    assert!(store.account_forces_mfa(ours.account).await.unwrap());
    let must =
        async || store.technician(ours.account, ours.bob).await.unwrap().unwrap().must_use_mfa;
    store.seed("update technicians set must_use_mfa = false where id = $1", &[ours.bob.0]).await;
    assert!(must().await, "the account asks for it");
    assert!(!person(&world, ours.bob).await.rights.must_use_mfa, "their own row does not");
    moved_on(store.force_mfa(ours.account, ours.bob, START, false).await);
    moved_on(store.force_mfa(ours.account, ours.ann, START, true).await);
    store.force_mfa(ours.account, ours.ann, START, false).await.unwrap();
    assert!(!must().await && !store.account_forces_mfa(ours.account).await.unwrap());
    assert_eq!(mails(&world, "mail-team").await, [(ours.ann, "mfa".into())]);
    store.force_mfa(ours.account, ours.ann, START, true).await.unwrap();
    assert!(must().await && store.account_forces_mfa(world.theirs.account).await.unwrap());
    assert_eq!(mails(&world, "mail-team").await.len(), 1, "more is no alarm");
    assert_eq!(world.told("second-factor-forced").await.len(), 2);
}

async fn another_accounts_people_are_nobody(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    assert!(store.person(theirs.account, ours.bob).await.unwrap().is_none());
    let bob = person(&world, ours.bob).await;
    let change = PersonChange { name: "B", rights: &bob.rights, about: "" };
    let (account, by) = (theirs.account, theirs.ann);
    store.set_sign_in(ours.account, START, ours.bob, "$1", Some(b"totp")).await.unwrap();
    begin(&world, b"bob", ours.bob).await;
    moved_on(store.change_person(account, by, START, &bob, &change).await);
    moved_on(store.send_link(account, by, START, &bob, &LINK).await);
    moved_on(store.withdraw_invitation(account, by, START, ours.bob).await);
    moved_on(store.take_authenticator(account, by, START, ours.bob).await);
    moved_on(store.sign_person_out(account, by, START, ours.bob).await);
    moved_on(store.remove_person(account, by, START, ours.bob).await);
    assert!(lives(&world, b"bob").await);
    // Nor is somebody else's admin one of ours.
    moved_on(store.remove_person(ours.account, by, START, ours.bob).await);
}
