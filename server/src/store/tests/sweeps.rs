//! What runs out is erased, and nothing before that.

use super::fixture::{HOUR, MINUTE, START, World, after, follows, lease, limit, tap};
use crate::store::{NewSession, Reset, SessionKind, ShareStanding};

on_both!(
    an_opened_share_is_erased_after_its_grace,
    an_unopened_share_expires,
    what_may_still_be_needed_stays,
    two_sweepers_count_a_link_once,
    what_has_ended_is_forgotten,
);

async fn an_opened_share_is_erased_after_its_grace(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    let look = world.share(&reset).await.look_id;
    tap(store, &look, b"phone", None, START).await;
    assert_eq!(store.sweep_shares(after(5 * MINUTE - 1)).await.unwrap(), []);
    assert!(world.share(&reset).await.password_sealed.is_some());
    // It did not expire: it was opened.
    assert_eq!(store.sweep_shares(after(5 * MINUTE)).await.unwrap(), []);
    let share = world.share(&reset).await;
    assert_eq!((share.state, share.ciphertext.len()), (ShareStanding::Opened, 0));
    assert_eq!((share.token_sealed, share.password_sealed), (None, None));
}

async fn an_unopened_share_expires(world: World) {
    let store = &world.store;
    let reset = world.applied("p").await;
    assert_eq!(store.sweep_shares(after(24 * HOUR - 1)).await.unwrap(), []);
    assert_eq!(store.sweep_shares(after(24 * HOUR)).await.unwrap(), [reset.account]);
    assert_eq!(store.sweep_shares(after(24 * HOUR)).await.unwrap(), []);
    let share = world.share(&reset).await;
    assert_eq!((share.state, share.ciphertext.len()), (ShareStanding::Expired, 0));
    assert_eq!((share.token_sealed, share.password_sealed), (None, None));
    let told = world.told("share-expired").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["reset"], reset.id.to_string());
}

/// Sends or writes all that waits for this reset.
async fn settle(world: &World, reset: &Reset) {
    let now = after(MINUTE);
    for row in world.store.outbox_of(reset.account, reset.id).await.unwrap() {
        let held = lease(now);
        let row = world.store.claim_outbox(row.id, held, now).await.unwrap().unwrap();
        let code = shared::Code::Internal;
        world.store.outbox_failed(&row, reset, held, code, None, now).await.unwrap();
    }
}

async fn what_may_still_be_needed_stays(world: World) {
    let store = &world.store;
    // A doubt keeps everything, however long it takes a person to decide (P4).
    let stuck = world.stuck("p").await;
    let live = world.staged("q").await;
    store.sweep_shares(after(1000 * HOUR)).await.unwrap();
    for reset in [&stuck, &live] {
        let share = world.share(reset).await;
        assert_eq!(share.state, ShareStanding::Closed);
        assert!(share.token_sealed.is_some() && share.password_sealed.is_some());
        assert_eq!(world.read(reset).await.phone_sealed, b"sealed phone");
    }
    // The phone goes with the last link, not before.
    let reset = world.applied("r").await;
    settle(&world, &reset).await;
    store.sweep_shares(after(HOUR)).await.unwrap();
    assert_eq!(world.read(&reset).await.phone_sealed, b"sealed phone");
    store.sweep_shares(after(24 * HOUR)).await.unwrap();
    assert!(world.read(&reset).await.phone_sealed.is_empty());
    store.give_up(&stuck, world.ours.ann, after(24 * HOUR)).await.unwrap();
    store.sweep_shares(after(24 * HOUR)).await.unwrap();
    assert!(world.read(&stuck).await.phone_sealed.is_empty());
    assert_eq!(world.read(&live).await.phone_sealed, b"sealed phone");
}

async fn two_sweepers_count_a_link_once(world: World) {
    for person in ["p", "q", "r"] {
        world.applied(person).await;
    }
    let theirs = world.theirs.verified(&world.store, START).await;
    let (reset, share) = world.theirs.asked(theirs, "p");
    world.store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let held = lease(START);
    assert!(world.store.claim_reset(reset.id, held, START).await.unwrap());
    world.store.announce(&reset, held, START).await.unwrap().unwrap();
    world.store.record_applied(&reset, held, &follows(), None, START).await.unwrap();

    let mut race = tokio::task::JoinSet::new();
    for store in world.two_processes().await {
        race.spawn(async move { store.sweep_shares(after(24 * HOUR)).await.unwrap().len() });
    }
    assert_eq!(race.join_all().await.iter().sum::<usize>(), 4);
    assert_eq!(world.told("share-expired").await.len(), 3);
}

async fn what_has_ended_is_forgotten(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let begin = async |id: &'static [u8], expires_at| {
        let new = NewSession {
            id,
            kind: SessionKind::Web,
            host: shared::Host::Web,
            parent: None,
            technician: ours.ann,
            second_factor_at: None,
            expires_at,
        };
        store.begin_session(ours.account, START, &new, None).await.unwrap();
    };
    begin(b"short", after(HOUR)).await;
    begin(b"long", after(9 * HOUR)).await;
    store.count_attempt("name", START, HOUR).await.unwrap();
    let day = [limit("day", 1, 25 * HOUR)];
    let v = ours.verification(START);
    store.begin_verification(&v, &day).await.unwrap().unwrap();
    store.sweep_ended(after(HOUR + 1)).await.unwrap();
    // A clock that went back does not bring it back.
    assert!(store.session(b"short", START, HOUR).await.unwrap().is_none());
    assert!(store.session(b"long", START, HOUR).await.unwrap().is_some());
    // Counters stay as long as anybody may look at them: sign-in tries for two hours, the limits of
    // an account for a day.
    store.sweep_ended(after(2 * HOUR)).await.unwrap();
    assert_eq!(store.count_attempt("name", after(1), 9 * HOUR).await.unwrap(), (2, START));
    store.sweep_ended(after(2 * HOUR + 1)).await.unwrap();
    assert_eq!(store.count_attempt("name", after(1), 9 * HOUR).await.unwrap(), (1, after(1)));
    let hit = async || store.would_hit(ours.account, after(1), &day).await.unwrap();
    store.sweep_ended(after(24 * HOUR)).await.unwrap();
    assert!(hit().await.is_some());
    store.sweep_ended(after(24 * HOUR + 1)).await.unwrap();
    assert!(hit().await.is_none());
}
