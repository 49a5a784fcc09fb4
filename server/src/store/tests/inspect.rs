//! The look at all rows finds what contradicts itself, or the crash runs would prove nothing.

use super::fixture::World;

on_both!(what_contradicts_itself_is_found);

async fn what_contradicts_itself_is_found(world: World) {
    let store = &world.store;
    let staged = world.staged("p").await;
    world.applied("q").await;
    world.stuck("r").await;
    assert_eq!(store.contradictions().await.unwrap(), []);
    for damage in [
        "update shares set token_sealed = null where reset = $1",
        "update shares set state = 'closed' where reset = $1",
        "update outbox set state = 'failed' where reset = $1 and kind = 'text'",
        "update outbox set kind = 'note-late' where reset = $1 and kind = 'note-set'",
        "delete from outbox where reset = $1",
    ] {
        let applied = world.applied(damage).await;
        let before = store.contradictions().await.unwrap().len();
        store.seed(damage, &[applied.id.0]).await;
        assert!(store.contradictions().await.unwrap().len() > before, "{damage}");
    }
    let before = store.contradictions().await.unwrap().len();
    store.seed("update verifications set used_by = null where used_by = $1", &[staged.id.0]).await;
    store.seed("update shares set state = 'destroyed' where reset = $1", &[staged.id.0]).await;
    assert_eq!(store.contradictions().await.unwrap().len(), before + 3);
}
