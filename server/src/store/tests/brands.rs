//! Brands.

use shared::{AccountId, CustomerId};
use uuid::Uuid;

use super::fixture::{World, new_id};

on_both!(a_customers_brand_stands_over_the_accounts);

async fn a_customers_brand_stands_over_the_accounts(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let brand = store.brand(ours.account, Some(ours.customer)).await.unwrap();
    assert_eq!((brand.name(), &brand.help), ("ours", &None));
    for (account, customer, said) in [
        (
            ours.account,
            Uuid::nil(),
            r#"insert into brands values ($1, $2, '{"name": "Brightline", "help": "+1 206"}', 0)"#,
        ),
        (
            ours.account,
            ours.customer.0,
            r#"insert into brands values ($1, $2, '{"name": "Northwind IT"}', 0)"#,
        ),
        (
            world.theirs.account,
            Uuid::nil(),
            r#"insert into brands values ($1, $2, '{"name": "Not ours"}', 0)"#,
        ),
    ] {
        store.seed(said, &[account.0, customer]).await;
    }
    let whole = store.brand(ours.account, None).await.unwrap();
    assert_eq!((whole.name(), whole.help.as_deref()), ("Brightline", Some("+1 206")));
    let one = store.brand(ours.account, Some(ours.customer)).await.unwrap();
    assert_eq!((one.name(), one.help.as_deref()), ("Northwind IT", Some("+1 206")));
    let another = store.brand(ours.account, Some(CustomerId(new_id()))).await.unwrap();
    assert_eq!(another.name(), "Brightline");
    assert!(store.brand(AccountId(new_id()), None).await.is_err());
}
