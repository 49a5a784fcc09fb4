//! The chain: complete, in order, and telling of every tampering.

use shared::AccountId;

use super::fixture::{HOUR, START, World, after, new_id};
use crate::audit::{Act, Break, BrokenChain, Entry};
use crate::store::{NewApiKey, StoreError};

on_both!(
    entries_stand_in_order,
    every_tampering_shows,
    many_at_once_make_one_chain,
    reading_beside_a_writer_is_no_damage,
    what_only_admins_do_is_nobody_elses,
);

async fn entries_stand_in_order(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let about = "Grüße \u{1F511} \u{0} end".to_owned();
    let entry = Entry::new(Act::SignInRefused).by(ours.ann).about(about.clone());
    // Chained in the order of writing, whatever the clock says.
    for at in [after(5), after(3), after(4)] {
        store.note_alone(ours.account, at, &entry).await.unwrap();
    }
    let entries = store.audit(ours.account).await.unwrap();
    let place: Vec<_> = entries.iter().map(|(seq, at, _)| (*seq, *at)).collect();
    assert_eq!(place, [(1, START), (2, after(5)), (3, after(3)), (4, after(4))]);
    let body: serde_json::Value = serde_json::from_str(&entries[1].2).unwrap();
    assert_eq!(body["about"], about);
    assert_eq!(store.verify_audit(ours.account).await.unwrap(), Ok(4));
    // Theirs holds only its import.
    assert_eq!(store.audit(world.theirs.account).await.unwrap().len(), 1);
    let nobody = AccountId(new_id());
    assert!(store.audit(nobody).await.unwrap().is_empty());
    assert!(matches!(store.verify_audit(nobody).await, Err(StoreError::Unusable(_))));
    assert!(store.note_alone(nobody, START, &entry).await.is_err());
}

async fn every_tampering_shows(world: World) {
    let (store, ours) = (&world.store, world.ours.account);
    for _ in 0..4 {
        store.note_alone(ours, START, &Entry::new(Act::SignedOut)).await.unwrap();
    }
    let broken_at = async |seq, how| {
        assert_eq!(store.verify_audit(ours).await.unwrap(), Err(BrokenChain { seq, how }));
        // Their chain has nothing to do with it.
        assert_eq!(store.verify_audit(world.theirs.account).await.unwrap(), Ok(1));
    };
    let change = |statement| store.seed(statement, std::slice::from_ref(&ours.0));
    change("update audit set at = at + 1 where account = $1 and seq = 3").await;
    broken_at(3, Break::Altered).await;
    change("update audit set at = at - 1 where account = $1 and seq = 3").await;
    assert_eq!(store.verify_audit(ours).await.unwrap(), Ok(5));
    change("update audit set body = '{}' where account = $1 and seq = 2").await;
    broken_at(2, Break::Altered).await;
    change("delete from audit where account = $1 and seq < 5").await;
    broken_at(1, Break::Missing).await;
    // A cut tail, and a head put right after it that has no key.
    change("delete from audit where account = $1").await;
    broken_at(1, Break::Tail).await;
}

async fn many_at_once_make_one_chain(world: World) {
    let stores = world.two_processes().await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..64 {
        let store = stores[number % 2].clone();
        let msp = if number % 4 < 2 { &world.ours } else { &world.theirs };
        let (account, entry) = (msp.account, Entry::new(Act::SignedOut).about(number.to_string()));
        race.spawn(async move { store.note_alone(account, START, &entry).await.unwrap() });
    }
    race.join_all().await;
    for (msp, first) in [(&world.ours, 0), (&world.theirs, 2)] {
        let entries = stores[0].audit(msp.account).await.unwrap();
        let seqs: Vec<i64> = entries.iter().map(|entry| entry.0).collect();
        assert_eq!(seqs, (1..=33).collect::<Vec<_>>());
        let mut told: Vec<usize> = entries[1..]
            .iter()
            .map(|(_, _, body)| {
                let body: serde_json::Value = serde_json::from_str(body).unwrap();
                body["about"].as_str().unwrap().parse().unwrap()
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, (0..64).filter(|n| n % 4 / 2 == first / 2).collect::<Vec<_>>());
        for store in &stores {
            assert_eq!(store.verify_audit(msp.account).await.unwrap(), Ok(33));
        }
    }
}

async fn reading_beside_a_writer_is_no_damage(world: World) {
    let [writer, reader] = world.two_processes().await;
    let account = world.ours.account;
    let mut both = tokio::task::JoinSet::new();
    both.spawn(async move {
        for _ in 0..50 {
            writer.note_alone(account, START, &Entry::new(Act::SignedOut)).await.unwrap();
        }
    });
    both.spawn(async move {
        let mut newest = 0;
        while newest < 51 {
            let count = reader.verify_audit(account).await.unwrap().unwrap();
            assert!(count >= newest);
            newest = count;
        }
    });
    both.join_all().await;
}

/// However long ago a request was let in: by the time that it is written its sender may be no admin.
async fn what_only_admins_do_is_nobody_elses(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let before = store.audit(ours.account).await.unwrap().len();
    let note = async |act, by| store.note_alone(ours.account, START, &Entry::new(act).by(by)).await;
    for act in [Act::PolicyChanged, Act::KeyMade, Act::WebhookMoved, Act::IntegrationDeleted] {
        note(act, ours.ann).await.unwrap();
        not_allowed(note(act, ours.bob).await);
        not_allowed(note(act, world.theirs.ann).await);
    }
    // Anybody's, and nobody's.
    note(Act::SignedIn, ours.bob).await.unwrap();
    store.note_alone(ours.account, START, &Entry::new(Act::PolicyChanged)).await.unwrap();
    store.seed("update technicians set ended_at = 1 where id = $1", &[ours.ann.0]).await;
    not_allowed(note(Act::PolicyChanged, ours.ann).await);
    assert_eq!(store.audit(ours.account).await.unwrap().len(), before + 6);
    assert_eq!(
        store.verify_audit(ours.account).await.unwrap(),
        Ok(i64::try_from(before).unwrap() + 6)
    );
    // All of what was to be done with it, too.
    let id = new_id();
    let query = "update technicians set ended_at = null where id = $1";
    store.seed(query, &[ours.ann.0]).await;
    let scopes = [crate::api_keys::Scope::AuditRead];
    let key = NewApiKey {
        id,
        name: "SIEM",
        prefix: "mspr_abcd2345",
        hash: b"hash",
        scopes: &scopes,
        expires_at: after(HOUR),
    };
    not_allowed(store.add_api_key(ours.account, ours.bob, START, &key, 20).await);
    assert!(store.api_key(b"hash").await.unwrap().is_none());
    store.add_api_key(ours.account, ours.ann, START, &key, 20).await.unwrap();
    not_allowed(store.revoke_api_key(ours.account, ours.bob, START, id).await);
    assert_eq!(store.api_key(b"hash").await.unwrap().unwrap().revoked_at, None);
}

fn not_allowed(result: Result<(), StoreError>) {
    assert!(matches!(result, Err(StoreError::NotAllowed)), "{result:?}");
}
