//! Policies.

use serde_json::{Value, json};
use shared::{CustomerId, Millis};
use uuid::Uuid;

use super::fixture::{START, World, after, lease, moved_on, new_id};
use crate::policy::Policy;
use crate::policy::layers::Layer;
use crate::store::{MailKind, OutboxKind, PolicyChange, PolicyRow, PolicyRows, StoreError};

on_both!(
    a_customers_policy_stands_over_the_accounts_field_by_field,
    a_row_that_makes_no_sense_is_no_answer,
    a_policy_is_changed_by_who_has_seen_it,
    another_accounts_customer_has_no_policy_here,
    layers_that_do_not_go_together_are_never_written,
    admins_hear_of_what_asks_for_less,
);

fn layer(said: Value) -> Layer {
    Layer::of(serde_json::from_value(said).unwrap(), true).unwrap()
}

fn change(said: &Layer, seen: Option<Millis>) -> PolicyChange<'_> {
    PolicyChange { customer: None, seen, said, about: "what changed", alarm: None }
}

async fn put(world: &World, customer: Uuid, body: &'static str) {
    world.store.seed(body, &[world.ours.account.0, customer]).await;
}

async fn a_customers_policy_stands_over_the_accounts_field_by_field(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let other = CustomerId(new_id());
    let policy = async |customer| store.policy(ours.account, customer).await.unwrap();
    assert_eq!(policy(ours.customer).await, Policy::default());
    let nothing = store.policy_rows(ours.account, Some(ours.customer)).await.unwrap();
    assert_eq!(nothing, PolicyRows::default());
    let body = "insert into policies values ($1, $2, '{\"code_tries\": 3, \"code_digits\": 8}', 1)";
    put(&world, Uuid::nil(), body).await;
    assert_eq!(policy(ours.customer).await.code_tries, 3);
    let own = "insert into policies values ($1, $2, '{\"code_digits\": 7}', 2)";
    put(&world, ours.customer.0, own).await;
    let expected = Policy { code_tries: 3, code_digits: 7, ..Policy::default() };
    assert_eq!(policy(ours.customer).await, expected);
    assert_eq!(policy(other).await, Policy { code_digits: 8, ..expected });
    let theirs = store.policy(world.theirs.account, ours.customer).await.unwrap();
    assert_eq!(theirs, Policy::default());

    let rows = store.policy_rows(ours.account, Some(ours.customer)).await.unwrap();
    let customer = PolicyRow { said: layer(json!({"code_digits": 7})), version: Millis(2) };
    assert_eq!(rows.customer, Some(customer));
    assert_eq!(rows.account.as_ref().unwrap().version, Millis(1));
    let alone = store.policy_rows(ours.account, None).await.unwrap();
    assert_eq!(alone, PolicyRows { customer: None, ..rows });
    for (account, differs) in [(ours.account, true), (world.theirs.account, false)] {
        let all = store.policy_customers(account).await.unwrap();
        assert_eq!((all.len(), all[0].differs()), (1, differs));
    }
    let all = store.policy_customers(ours.account).await.unwrap();
    assert_eq!(
        (all[0].customer.id, &all[0].said),
        (ours.customer, &layer(json!({"code_digits": 7})))
    );
}

async fn a_row_that_makes_no_sense_is_no_answer(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let refused = async |what: &str| {
        let told = store.policy(ours.account, ours.customer).await;
        assert!(matches!(told, Err(StoreError::Inconsistent(_))), "{what}: {told:?}");
    };
    // Better no answer than a looser one.
    for body in [
        "insert into policies values ($1, $2, '{\"typo\": 1}', 0)",
        "insert into policies values ($1, $2, '{\"fresh_ms\": \"long\"}', 0)",
        "insert into policies values ($1, $2, '{\"code_ms\": 600001}', 0)",
        "insert into policies values ($1, $2, '{\"methods\": [\"sms-code\"]}', 0)",
        "insert into policies values ($1, $2, '', 0)",
    ] {
        for whose in [Uuid::nil(), ours.customer.0] {
            put(&world, whose, body).await;
            refused(body).await;
            put(&world, whose, "delete from policies where account = $1 and customer = $2").await;
        }
    }
    put(&world, Uuid::nil(), "insert into policies values ($1, $2, '[]', 0)").await;
    assert!(store.policy_rows(ours.account, None).await.is_err());
    put(&world, ours.customer.0, "insert into policies values ($1, $2, '[]', 0)").await;
    assert!(store.policy_customers(ours.account).await.is_err());
}

async fn a_policy_is_changed_by_who_has_seen_it(world: World) {
    let (store, account, by) = (&world.store, world.ours.account, world.ours.ann);
    let (one, two) = (layer(json!({"code_tries": 1})), layer(json!({"code_tries": 2})));
    let said = async || store.policy_rows(account, None).await.unwrap().account;
    store.change_policy(account, by, START, &change(&one, None)).await.unwrap();
    let first = said().await.unwrap();
    assert_eq!((&first.said, first.version), (&one, START));
    // Both had nothing before them: the second is late.
    moved_on(store.change_policy(account, by, START, &change(&two, None)).await);
    // A change within the same millisecond is a new version all the same.
    store.change_policy(account, by, START, &change(&two, Some(START))).await.unwrap();
    moved_on(store.change_policy(account, by, START, &change(&one, Some(START))).await);
    let second = said().await.unwrap();
    assert_eq!((&second.said, second.version), (&two, after(1)));
    let nothing = Layer::default();
    moved_on(store.change_policy(account, by, START, &change(&nothing, Some(START))).await);
    store.change_policy(account, by, START, &change(&nothing, Some(after(1)))).await.unwrap();
    assert_eq!(said().await, None);
    let told = world.told("policy-changed").await;
    assert_eq!(told.len(), 3, "the late ones changed nothing and tell nothing");
    assert_eq!(told[0]["about"], "what changed");
    assert_eq!(told[0]["technician"], by.to_string());
}

async fn another_accounts_customer_has_no_policy_here(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let said = layer(json!({"code_tries": 1}));
    for customer in [theirs.customer, CustomerId(new_id())] {
        let change = PolicyChange { customer: Some(customer), ..change(&said, None) };
        moved_on(store.change_policy(ours.account, ours.ann, START, &change).await);
    }
    let mine = PolicyChange { customer: Some(ours.customer), ..change(&said, None) };
    store.change_policy(ours.account, ours.ann, START, &mine).await.unwrap();
    assert_eq!(world.told("policy-changed").await[0]["customer"], ours.customer.to_string());
    let read = store.policy_rows(theirs.account, Some(ours.customer)).await.unwrap();
    assert_eq!(read, PolicyRows::default());
    assert_eq!(store.policy(ours.account, ours.customer).await.unwrap().code_tries, 1);
}

async fn layers_that_do_not_go_together_are_never_written(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let own = layer(json!({"reset_methods": ["email-code"]}));
    let customer = PolicyChange { customer: Some(ours.customer), ..change(&own, None) };
    store.change_policy(ours.account, ours.ann, START, &customer).await.unwrap();
    // Fine by itself, but the customer counts on mail.
    let account = layer(json!({"methods": ["sms-code"], "reset_methods": ["sms-code"]}));
    moved_on(store.change_policy(ours.account, ours.ann, START, &change(&account, None)).await);
    assert_eq!(store.policy(ours.account, ours.customer).await.unwrap().code_tries, 5);
    let odd = layer(json!({"methods": ["sms-code"]}));
    moved_on(store.change_policy(ours.account, ours.ann, START, &change(&odd, None)).await);
    assert_eq!(world.told("policy-changed").await.len(), 1);
}

async fn admins_hear_of_what_asks_for_less(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let row = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    store.seed(row, &[new_id(), ours.account.0]).await;
    let (one, two) = (layer(json!({"code_tries": 1})), layer(json!({"code_tries": 2})));
    store.change_policy(ours.account, ours.ann, START, &change(&one, None)).await.unwrap();
    assert!(store.due_mails(START).await.unwrap().is_empty());
    let alarm = PolicyChange { alarm: Some("whose code_tries"), ..change(&two, Some(START)) };
    store.change_policy(ours.account, ours.ann, START, &alarm).await.unwrap();
    let due = store.due_mails(START).await.unwrap();
    assert_eq!(due.len(), 1, "Ann is the only admin");
    let mail = store.claim_outbox(due[0], lease(START), START).await.unwrap().unwrap();
    assert_eq!((mail.kind, mail.recipient), (OutboxKind::Mail(MailKind::Policy), Some(ours.ann)));
    assert_eq!((mail.about.as_deref(), mail.reset), (Some("whose code_tries"), None));
}
