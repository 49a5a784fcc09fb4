//! A share that no reset owns, through its whole life: the engine is anybody's (design §7).

use shared::{Millis, ShareId};
use uuid::Uuid;

use super::fixture::{CIPHERTEXT, HOUR, MINUTE, START, World, after, new_id, tap};
use crate::store::{GRACE_MS, OpenResult, Share, ShareStanding};

on_both!(a_share_stands_by_itself, its_life_begins_when_it_is_sent, it_is_revoked_at_once);

/// A link that can be opened for an hour from the start; nobody's but whoever made it.
fn alone(world: &World) -> Share {
    let id = ShareId(new_id());
    let (_, share) = world.ours.asked(shared::VerificationId(Uuid::nil()), "nobody");
    Share {
        id,
        owner: None,
        look_id: id.0.as_bytes().to_vec(),
        state: ShareStanding::Open,
        expires_at: Some(after(HOUR)),
        latest_at: Some(after(HOUR)),
        ..share
    }
}

async fn read(world: &World, share: &Share) -> Share {
    world.store.share(share.account, share.id).await.unwrap().unwrap()
}

async fn a_share_stands_by_itself(world: World) {
    let store = &world.store;
    let ann = world.ours.ann;
    let share = alone(&world);
    store.make_share(&share, Some(ann), START).await.unwrap();
    let made = &world.told("share-made").await[0];
    assert_eq!(made["share"], share.id.to_string());
    assert_eq!(made["technician"], ann.to_string());
    assert!(store.share(world.theirs.account, share.id).await.unwrap().is_none());
    let look = store.look_at_share(&share.look_id, START).await.unwrap().unwrap();
    assert_eq!((look.account, look.expires_at), (world.ours.account, after(HOUR)));
    // Opened; again by the same device; late by another, which the audit tells and no note.
    let first = tap(store, &share.look_id, b"phone", None, START).await;
    let expected =
        OpenResult::Opened { ciphertext: CIPHERTEXT.to_vec(), grace_until: after(GRACE_MS) };
    assert_eq!(first, expected);
    assert_eq!(tap(store, &share.look_id, b"phone", None, after(1)).await, expected);
    assert_eq!(tap(store, &share.look_id, b"other", None, after(2)).await, OpenResult::Dead);
    let late = read(&world, &share).await;
    assert_eq!((late.late_attempts, late.late_at), (1, Some(after(2))));
    for act in ["share-opened", "share-late-attempt"] {
        let told = world.told(act).await;
        assert_eq!((told.len(), &told[0]["share"]), (1, &share.id.to_string().into()), "{act}");
        assert!(told[0].get("reset").is_none() && told[0].get("ticket").is_none(), "{act}");
    }
    assert_eq!(store.unsettled().await.unwrap(), (0, 0));
    assert_eq!(store.sweep_shares(after(GRACE_MS)).await.unwrap(), []);
    let over = read(&world, &share).await;
    assert_eq!((over.state, over.ciphertext.len()), (ShareStanding::Opened, 0));
    assert_eq!(store.contradictions().await.unwrap(), []);
    assert!(store.verify_audit(world.ours.account).await.unwrap().is_ok());
}

async fn its_life_begins_when_it_is_sent(world: World) {
    let store = &world.store;
    let share = Share { expires_at: None, latest_at: Some(after(24 * HOUR)), ..alone(&world) };
    store.make_share(&share, None, START).await.unwrap();
    let account = share.account;
    store.share_sent(world.theirs.account, share.id, after(MINUTE)).await.unwrap();
    assert_eq!(read(&world, &share).await.expires_at, None);
    for at in [after(2 * HOUR), after(3 * HOUR)] {
        store.share_sent(account, share.id, at).await.unwrap();
        assert_eq!(read(&world, &share).await.expires_at, Some(after(3 * HOUR)), "once");
    }
    let end = after(3 * HOUR);
    assert_eq!(tap(store, &share.look_id, b"phone", None, end).await, OpenResult::Dead);
    assert_eq!(store.sweep_shares(Millis(end.0 - 1)).await.unwrap(), []);
    assert_eq!(store.sweep_shares(end.plus(9)).await.unwrap(), [account]);
    let over = read(&world, &share).await;
    assert_eq!((over.state, over.ended_at), (ShareStanding::Expired, Some(end)));
    assert_eq!((over.ciphertext.len(), over.token_sealed, over.password_sealed), (0, None, None));
    assert_eq!(world.told("share-expired").await[0]["share"], share.id.to_string());
    // Late, nothing begins anew.
    store.share_sent(account, share.id, end).await.unwrap();
    assert_eq!(read(&world, &share).await.state, ShareStanding::Expired);
}

async fn it_is_revoked_at_once(world: World) {
    let store = &world.store;
    let (account, ann) = (world.ours.account, world.ours.ann);
    let (unopened, opened) = (alone(&world), alone(&world));
    for share in [&unopened, &opened] {
        store.make_share(share, None, START).await.unwrap();
        assert!(
            store
                .revoke_share(world.theirs.account, share.id, None, START)
                .await
                .unwrap()
                .is_none()
        );
    }
    tap(store, &opened.look_id, b"phone", None, START).await;
    for (share, opened_at) in [(&unopened, None), (&opened, Some(START))] {
        let ended = store.revoke_share(account, share.id, Some(ann), after(1)).await.unwrap();
        assert_eq!(ended.unwrap().ended_by, Some(ann));
        // The device that won gets nothing any more either.
        assert_eq!(tap(store, &share.look_id, b"phone", None, after(2)).await, OpenResult::Dead);
        let over = read(&world, share).await;
        assert_eq!((over.state, over.opened_at), (ShareStanding::Revoked, opened_at));
        assert_eq!(
            (over.ciphertext.len(), over.token_sealed, over.password_sealed),
            (0, None, None)
        );
        assert_eq!(over.ended_at, Some(after(1)));
        assert!(store.revoke_share(account, share.id, None, after(3)).await.unwrap().is_none());
    }
    let told = world.told("share-revoked").await;
    assert_eq!((told.len(), &told[0]["technician"]), (2, &ann.to_string().into()));
    assert_eq!((told[0].get("about"), &told[1]["about"]), (None, &"opened before".into()));
}
