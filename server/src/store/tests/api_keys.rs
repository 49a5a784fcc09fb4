//! Keys of an account's own programs.

use super::fixture::{HOUR, MINUTE, START, World, after, lease, limit, moved_on, new_id, taken};
use crate::api_keys::{Alarm, Scope};
use crate::store::{MailKind, NewApiKey, OutboxKind};

on_both!(
    a_key_is_kept_by_its_hash_until_it_is_revoked,
    calls_are_counted_and_told_once_an_hour,
    admins_hear_of_a_key_that_is_made_and_of_its_end,
    there_are_no_more_than_are_allowed,
    another_accounts_key_is_not_there,
);

const SCOPES: [Scope; 2] = [Scope::AuditRead, Scope::ContactsWrite];

fn new(name: &'static str, hash: &'static [u8]) -> NewApiKey<'static> {
    NewApiKey {
        id: new_id(),
        name,
        prefix: "mspr_abcd2345",
        hash,
        scopes: &SCOPES,
        expires_at: after(90 * 24 * HOUR),
    }
}

async fn with_mail(world: &World) {
    let row = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    world.store.seed(row, &[new_id(), world.ours.account.0]).await;
}

async fn a_key_is_kept_by_its_hash_until_it_is_revoked(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let new = new("SIEM", b"hash");
    store.add_api_key(ours.account, ours.ann, START, &new, 20).await.unwrap();
    let key = store.api_key(b"hash").await.unwrap().unwrap();
    assert_eq!((key.id, key.account, key.account_on), (new.id, ours.account, true));
    assert_eq!((key.name.as_str(), key.prefix.as_str()), ("SIEM", "mspr_abcd2345"));
    assert_eq!((&key.scopes[..], key.made_by_name.as_str()), (&SCOPES[..], "Ann"));
    assert!(key.is_live(START) && !key.is_live(key.expires_at));
    assert_eq!(store.api_key(b"other").await.unwrap(), None);
    assert_eq!(store.api_keys(ours.account).await.unwrap(), [key]);

    store.revoke_api_key(ours.account, ours.ann, after(5), new.id).await.unwrap();
    let key = store.api_key(b"hash").await.unwrap().unwrap();
    assert_eq!(key.revoked_at, Some(after(5)));
    assert!(!key.is_live(after(5)));
    moved_on(store.revoke_api_key(ours.account, ours.ann, after(6), new.id).await);
    assert_eq!(world.acts().await, ["key-made", "key-revoked"]);
    let told = world.told("key-made").await;
    assert_eq!(told[0]["about"], "mspr_abcd2345 audit:read contacts:write");
}

async fn calls_are_counted_and_told_once_an_hour(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    store.add_api_key(ours.account, ours.ann, START, &new("SIEM", b"hash"), 20).await.unwrap();
    let key = store.api_key(b"hash").await.unwrap().unwrap();
    let two = limit("calls", 2, MINUTE);
    let call = async |scope, now| store.use_api_key(&key, scope, &two, now).await.unwrap();
    call(Scope::AuditRead, after(1)).await.unwrap();
    call(Scope::AuditRead, after(2)).await.unwrap();
    assert_eq!(call(Scope::AuditRead, after(3)).await.unwrap_err().retry_after, 59);
    call(Scope::ContactsWrite, after(MINUTE + 1)).await.unwrap();
    let told = world.told("key-used").await;
    let about: Vec<_> = told.iter().map(|told| told["about"].as_str().unwrap()).collect();
    assert_eq!(about, ["mspr_abcd2345 audit:read", "mspr_abcd2345 contacts:write"]);
    call(Scope::AuditRead, after(HOUR + 1)).await.unwrap();
    assert_eq!(world.told("key-used").await.len(), 3);
    let key = store.api_key(b"hash").await.unwrap().unwrap();
    assert_eq!(key.used_at, Some(after(HOUR)), "to the hour");
}

async fn admins_hear_of_a_key_that_is_made_and_of_its_end(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_mail(&world).await;
    let new = new("SIEM", b"hash");
    store.add_api_key(ours.account, ours.ann, START, &new, 20).await.unwrap();
    let due = store.due_mails(START).await.unwrap();
    assert_eq!(due.len(), 1, "Ann is the only admin");
    let mail = store.claim_outbox(due[0], lease(START), START).await.unwrap().unwrap();
    assert_eq!(mail.kind, OutboxKind::Mail(MailKind::ApiKey));
    let alarm = mail.about.as_deref().and_then(Alarm::parse);
    assert_eq!(alarm, Some(Alarm::Made(new.id)));

    let ending = async |now, until, days| store.ending_api_keys(now, until, days).await.unwrap();
    let end = new.expires_at;
    assert!(ending(START, end.plus(-1), 14).await.is_empty());
    assert_eq!(ending(START, end, 14).await, [(ours.account, new.id)]);
    assert!(ending(end, end, 14).await.is_empty(), "it has ended");
    store.warn_of_api_key(ours.account, new.id, 14, after(1)).await.unwrap();
    assert!(ending(START, end, 14).await.is_empty());
    moved_on(store.warn_of_api_key(ours.account, new.id, 14, after(2)).await);
    assert_eq!(ending(START, end, 3).await, [(ours.account, new.id)]);
    store.warn_of_api_key(ours.account, new.id, 3, after(3)).await.unwrap();
    assert!(ending(START, end, 3).await.is_empty());
    assert_eq!(store.due_mails(after(3)).await.unwrap().len(), 2);
}

async fn there_are_no_more_than_are_allowed(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let add = async |hash, now| {
        let new = new("SIEM", hash);
        store.add_api_key(ours.account, ours.ann, now, &new, 2).await.map(|()| new)
    };
    let first = add(b"1", START).await.unwrap();
    let second = add(b"2", START).await.unwrap();
    taken(add(b"3", START).await.map(|_| ()));
    assert_eq!(store.api_key(b"3").await.unwrap(), None);
    let theirs_too = new("SIEM", b"4");
    store.add_api_key(theirs.account, theirs.ann, START, &theirs_too, 1).await.unwrap();
    store.revoke_api_key(ours.account, ours.ann, after(1), first.id).await.unwrap();
    add(b"5", after(1)).await.unwrap();
    taken(add(b"6", second.expires_at.plus(-1)).await.map(|_| ()));
    add(b"6", second.expires_at).await.unwrap();
}

async fn another_accounts_key_is_not_there(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let new = new("SIEM", b"hash");
    store.add_api_key(ours.account, ours.ann, START, &new, 20).await.unwrap();
    assert!(store.api_keys(theirs.account).await.unwrap().is_empty());
    moved_on(store.revoke_api_key(theirs.account, theirs.ann, START, new.id).await);
    moved_on(store.warn_of_api_key(theirs.account, new.id, 14, START).await);
    assert!(store.api_key(b"hash").await.unwrap().unwrap().is_live(START));
}
