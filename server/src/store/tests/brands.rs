//! Brands.

use shared::{AccountId, CustomerId, Millis};
use uuid::Uuid;

use super::fixture::{START, World, after, keys, lease, moved_on, new_id};
use crate::brand::{Brand, logo::Logo};
use crate::store::{BrandChange, MailKind, OutboxKind};

on_both!(
    a_customers_brand_stands_over_the_accounts,
    a_brand_is_changed_by_who_has_seen_it,
    another_accounts_customer_has_no_brand_here,
    a_logo_is_kept_while_a_brand_has_it,
    admins_hear_of_what_leads_elsewhere,
    a_server_may_have_one_account,
);

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
    let said = store.brand_said(ours.account, Some(ours.customer)).await.unwrap().unwrap();
    assert_eq!((said.said.name(), said.version), ("Northwind IT", Millis(0)));
    assert_eq!(said.said.help, None, "it is taken over");
}

fn named(name: &str) -> Brand {
    Brand { name: Some(name.into()), ..Brand::default() }
}

fn change(said: &Brand, seen: Option<Millis>) -> BrandChange<'_> {
    BrandChange { customer: None, seen, said, logo: None, about: "what changed", alarm: None }
}

async fn a_brand_is_changed_by_who_has_seen_it(world: World) {
    let (store, account, by) = (&world.store, world.ours.account, world.ours.ann);
    let (one, two) = (named("one"), named("two"));
    let said = async || store.brand_said(account, None).await.unwrap();
    assert_eq!(said().await, None);
    store.change_brand(account, by, START, &change(&one, None)).await.unwrap();
    let first = said().await.unwrap();
    assert_eq!((&first.said, first.version), (&one, START));
    // Both had nothing before them: the second is late.
    moved_on(store.change_brand(account, by, START, &change(&two, None)).await);
    // A change within the same millisecond is a new version all the same.
    store.change_brand(account, by, START, &change(&two, Some(START))).await.unwrap();
    moved_on(store.change_brand(account, by, START, &change(&one, Some(START))).await);
    let second = said().await.unwrap();
    assert_eq!((&second.said, second.version), (&two, after(1)));
    let nothing = Brand::default();
    moved_on(store.change_brand(account, by, START, &change(&nothing, Some(START))).await);
    store.change_brand(account, by, START, &change(&nothing, Some(after(1)))).await.unwrap();
    assert_eq!(said().await, None);
    let told = world.told("brand-changed").await;
    assert_eq!(told.len(), 3, "the late ones changed nothing and tell nothing");
    assert_eq!(told[0]["about"], "what changed");
    assert_eq!(told[0]["technician"], by.to_string());
}

async fn another_accounts_customer_has_no_brand_here(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let said = named("mine now");
    for customer in [theirs.customer, CustomerId(new_id())] {
        let change = BrandChange { customer: Some(customer), ..change(&said, None) };
        moved_on(store.change_brand(ours.account, ours.ann, START, &change).await);
    }
    let mine = BrandChange { customer: Some(ours.customer), ..change(&said, None) };
    store.change_brand(ours.account, ours.ann, START, &mine).await.unwrap();
    assert_eq!(world.told("brand-changed").await[0]["customer"], ours.customer.to_string());
    for (account, differs) in [(ours.account, true), (theirs.account, false)] {
        let all = store.branded_customers(account).await.unwrap();
        assert_eq!((all.len(), all[0].differs), (1, differs));
    }
    let all = store.branded_customers(ours.account).await.unwrap();
    assert_eq!(all[0].customer.id, ours.customer);
    assert!(store.brand_said(theirs.account, Some(ours.customer)).await.unwrap().is_none());
}

async fn a_logo_is_kept_while_a_brand_has_it(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let logo = |hash: &str| Logo { png: hash.bytes().rev().collect(), hash: hash.into() };
    let with = |hash: &str| Brand { logo: Some(hash.into()), ..Brand::default() };
    let (aa, bb) = (logo("aa"), logo("bb"));
    let put = async |customer, said: Brand, logo: Option<&Logo>, seen| {
        let change = BrandChange { customer, logo, ..change(&said, seen) };
        store.change_brand(ours.account, ours.ann, START, &change).await.unwrap();
    };
    put(None, with("aa"), Some(&aa), None).await;
    // The same picture twice is one; each of two brands keeps it.
    put(Some(ours.customer), with("aa"), Some(&aa), None).await;
    assert_eq!(store.logo("aa").await.unwrap().as_deref(), Some(aa.png.as_slice()));
    put(None, with("bb"), Some(&bb), Some(START)).await;
    assert!(store.logo("aa").await.unwrap().is_some(), "the customer still has it");
    put(Some(ours.customer), Brand::default(), None, Some(START)).await;
    assert!(store.logo("aa").await.unwrap().is_none(), "nobody has it");
    assert!(store.logo("bb").await.unwrap().is_some());
    // Another account's copy of it is its own.
    let (said, by) = (with("bb"), world.theirs.ann);
    let theirs = BrandChange { logo: Some(&bb), ..change(&said, None) };
    store.change_brand(world.theirs.account, by, START, &theirs).await.unwrap();
    put(None, Brand::default(), None, Some(after(1))).await;
    assert!(store.logo("bb").await.unwrap().is_some());
    assert!(store.logo("cc").await.unwrap().is_none());
}

async fn admins_hear_of_what_leads_elsewhere(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let row = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    store.seed(row, &[new_id(), ours.account.0]).await;
    let (one, two) = (named("one"), named("two"));
    store.change_brand(ours.account, ours.ann, START, &change(&one, None)).await.unwrap();
    assert!(store.due_mails(START).await.unwrap().is_empty());
    let alarm = BrandChange { alarm: Some("whose host"), ..change(&two, Some(START)) };
    store.change_brand(ours.account, ours.ann, START, &alarm).await.unwrap();
    let due = store.due_mails(START).await.unwrap();
    assert_eq!(due.len(), 1, "Ann is the only admin");
    let mail = store.claim_outbox(due[0], lease(START), START).await.unwrap().unwrap();
    assert_eq!((mail.kind, mail.recipient), (OutboxKind::Mail(MailKind::Branding), Some(ours.ann)));
    assert_eq!((mail.about.as_deref(), mail.reset), (Some("whose host"), None));
}

async fn a_server_may_have_one_account(world: World) {
    let store = &world.store;
    assert_eq!(store.only_account().await.unwrap(), None, "there are two");
    // Held, for its folder goes with it.
    let place = world.place.another();
    let fresh = place.open(keys()).await.unwrap();
    assert_eq!(fresh.only_account().await.unwrap(), None, "there is none");
    fresh.import(world.ours.account, START, &world.ours.rows()).await.unwrap();
    assert_eq!(fresh.only_account().await.unwrap(), Some(world.ours.account));
}
