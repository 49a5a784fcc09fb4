//! Accounts.

use shared::AccountId;

use super::fixture::{World, new_id};

on_both!(an_account_has_a_name_and_can_be_switched_off);

async fn an_account_has_a_name_and_can_be_switched_off(world: World) {
    let (store, ours) = (&world.store, world.ours.account);
    assert_eq!(store.account_name(ours).await.unwrap(), "ours");
    assert!(store.account_on(ours).await.unwrap());
    store.seed("update accounts set is_on = false where id = $1", &[ours.0]).await;
    assert!(!store.account_on(ours).await.unwrap());
    assert!(store.account_on(world.theirs.account).await.unwrap());
    // Switched off reaches those who sign in.
    assert!(!store.technician(ours, world.ours.ann).await.unwrap().unwrap().account_on);

    let nobody = AccountId(new_id());
    assert!(!store.account_on(nobody).await.unwrap());
    assert!(store.account_name(nobody).await.is_err());
}
