//! Which customers technicians have: who may say so, who hears of it, and that it holds for lists, approvals
//! and resets at once.

use std::collections::BTreeSet;

use shared::{ApprovalId, Code, ContactId, CustomerId, Stage, TechnicianId, TicketId};

use super::fixture::{HOUR, MINUTE, START, World, after, limit, moved_on, new_id};
use super::mails::with_smtp;
use super::team::mails;
use crate::reach::Reach;
use crate::store::{
    Approval, Edge, ImportRow, ListAsk, NotReplaced, NotStaged, Order, Reset, Store, StoreError,
};

on_both!(
    everybody_has_all_until_an_admin_says_otherwise,
    what_is_said_is_compared_and_told,
    a_list_names_the_accounts_own_customers,
    an_import_lists_them,
    admins_have_all,
    lists_show_those_alone,
    a_reset_is_staged_for_those_alone,
    an_approval_is_for_those_alone,
    a_link_is_replaced_for_those_alone,
);

fn listed(customers: &[CustomerId]) -> Reach {
    Reach::Listed(customers.iter().copied().collect())
}

/// Another customer of ours.
async fn another(world: &World, name: &str) -> CustomerId {
    let id = CustomerId(new_id());
    let row = ImportRow::Customer { id, name: name.into() };
    world.store.import(world.ours.account, START, &[row]).await.unwrap();
    id
}

async fn reach(world: &World, who: TechnicianId) -> Reach {
    world.store.reach(world.ours.account, who).await.unwrap()
}

/// Ann says that Bob has these.
async fn set(world: &World, seen: &Reach, new: &Reach) -> Result<(), StoreError> {
    let ours = &world.ours;
    world.store.set_reach(ours.account, ours.ann, START, ours.bob, seen, new).await
}

async fn everybody_has_all_until_an_admin_says_otherwise(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    assert_eq!(reach(&world, ours.bob).await, Reach::All);
    assert_eq!(reach(&world, ours.ann).await, Reach::All);
    let few = listed(&[ours.customer]);
    set(&world, &Reach::All, &few).await.unwrap();
    assert_eq!(reach(&world, ours.bob).await, few);
    let bob = store.person(ours.account, ours.bob).await.unwrap().unwrap();
    assert_eq!(bob.customers, Some(1));
    let team = store.team(ours.account).await.unwrap();
    assert_eq!(team.iter().map(|it| it.customers).collect::<Vec<_>>(), [None, Some(1)]);
    // Nobody is fewer than nobody: not of this account, never here, left.
    assert_eq!(store.reach(world.theirs.account, ours.bob).await.unwrap(), Reach::none());
    assert_eq!(reach(&world, TechnicianId(new_id())).await, Reach::none());
    set(&world, &few, &Reach::All).await.unwrap();
    assert_eq!(reach(&world, ours.bob).await, Reach::All);
    store.remove_person(ours.account, ours.ann, START, ours.bob).await.unwrap();
    assert_eq!(reach(&world, ours.bob).await, Reach::none());
}

async fn what_is_said_is_compared_and_told(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    with_smtp(&world).await;
    let other = another(&world, "Fabrikam").await;
    let (one, both) = (listed(&[ours.customer]), listed(&[ours.customer, other]));
    moved_on(set(&world, &one, &both).await);
    set(&world, &Reach::All, &one).await.unwrap();
    moved_on(set(&world, &Reach::All, &both).await);
    assert!(mails(&world, "mail-team").await.is_empty(), "less is nobody's alarm");
    assert!(mails(&world, "mail-sign-in").await.is_empty());
    set(&world, &one, &both).await.unwrap();
    let said = format!("changed {} customers: 2 listed", ours.bob);
    assert_eq!(mails(&world, "mail-team").await, [(ours.ann, said)]);
    let theirs = mails(&world, "mail-sign-in").await;
    assert_eq!(theirs, [(ours.bob, "customers 2 listed".to_owned())]);
    set(&world, &both, &listed(&[other])).await.unwrap();
    let changed = world.told("person-changed").await;
    let about: Vec<_> = changed.iter().map(|it| it["about"].as_str().unwrap()).collect();
    let said = |words| format!("{} customers: {words}", ours.bob);
    assert_eq!(about, [said("1 listed"), said("2 listed"), said("1 listed")]);
    assert!(changed.iter().all(|it| it["technician"] == ours.ann.to_string()));
    let customers = async |act| -> Vec<String> {
        let told = world.told(act).await;
        assert!(told.iter().all(|it| it["about"] == ours.bob.to_string()));
        told.iter().map(|it| it["customer"].as_str().unwrap().to_owned()).collect()
    };
    let (ours_id, other_id) = (ours.customer.to_string(), other.to_string());
    assert_eq!(customers("customer-given").await, [ours_id.clone(), other_id]);
    assert_eq!(customers("customer-taken").await, [ours_id]);
    // All is said in one entry.
    set(&world, &listed(&[other]), &Reach::All).await.unwrap();
    assert_eq!(customers("customer-taken").await.len(), 1);
    assert_eq!(mails(&world, "mail-team").await.len(), 2);
    let entries = store.audit(ours.account).await.unwrap().len();
    let by_bob = store.set_reach(ours.account, ours.bob, START, ours.bob, &Reach::All, &one);
    moved_on(by_bob.await);
    let (theirs, ann) = (&world.theirs, world.theirs.ann);
    let none = Reach::none();
    let by_them = store.set_reach(theirs.account, ann, START, ours.bob, &none, &one);
    moved_on(by_them.await);
    assert_eq!(store.audit(ours.account).await.unwrap().len(), entries);
}

async fn a_list_names_the_accounts_own_customers(world: World) {
    let ours = &world.ours;
    for foreign in [world.theirs.customer, CustomerId(new_id())] {
        moved_on(set(&world, &Reach::All, &listed(&[ours.customer, foreign])).await);
    }
    assert_eq!(reach(&world, ours.bob).await, Reach::All, "all of it or nothing");
}

async fn an_import_lists_them(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let row = |customer| ImportRow::Reach { technician: ours.bob, customers: [customer].into() };
    store.import(ours.account, START, &[row(ours.customer)]).await.unwrap();
    assert_eq!(reach(&world, ours.bob).await, listed(&[ours.customer]));
    let nobody = [row(CustomerId(new_id()))];
    assert!(store.import(ours.account, START, &nobody).await.is_err());
    assert_eq!(reach(&world, ours.bob).await, listed(&[ours.customer]));
}

async fn admins_have_all(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let none = Reach::none();
    let at_ann = store.set_reach(ours.account, ours.ann, START, ours.ann, &Reach::All, &none);
    moved_on(at_ann.await);
    let few = listed(&[ours.customer]);
    set(&world, &Reach::All, &few).await.unwrap();
    store.seed("update technicians set role = 'admin' where id = $1", &[ours.bob.0]).await;
    assert_eq!(reach(&world, ours.bob).await, Reach::All);
    let bob = store.person(ours.account, ours.bob).await.unwrap().unwrap();
    assert_eq!(bob.customers, None);
    // Who is none any more has what was listed before.
    store.seed("update technicians set role = 'technician' where id = $1", &[ours.bob.0]).await;
    assert_eq!(reach(&world, ours.bob).await, few);
}

/// Everything that a list shows to somebody with these customers.
async fn names(
    store: &Store,
    world: &World,
    reach: &Reach,
    ask: &ListAsk<'_, ContactId>,
) -> Vec<String> {
    let ask = ListAsk { reach: reach.clone(), ..ask.clone() };
    let listed = store.contacts(world.ours.account, &ask).await.unwrap();
    listed.rows.into_iter().map(|it| it.name).collect()
}

async fn lists_show_those_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let other = another(&world, "Fabrikam").await;
    let (ada, ticket) = (ContactId(new_id()), TicketId(new_id()));
    let rows = [
        ImportRow::Contact {
            id: ada,
            customer: other,
            name: "Ada Park".into(),
            email: "ada@fabrikam.example".into(),
            phones: Vec::new(),
        },
        ImportRow::Ticket {
            id: ticket,
            customer: other,
            contact: ada,
            number: "7".into(),
            summary: "Locked out".into(),
            created_at: START,
        },
    ];
    store.import(ours.account, START, &rows).await.unwrap();
    let ticket = store.ticket(ours.account, ticket).await.unwrap().unwrap();
    assert_eq!(ticket.customer, other);
    let all = ListAsk::all(9);
    let asks = [
        all.clone(),
        ListAsk { order: Order::Other, ..all.clone() },
        ListAsk::search("ca", 9),
        ListAsk::search("example", 9),
        ListAsk { customer: Some(ours.customer), ..all.clone() },
        ListAsk { among: crate::store::Among::Only(vec![ada, ours.carl]), ..all.clone() },
        ListAsk { among: crate::store::Among::Not(vec![ContactId(new_id())]), ..all.clone() },
    ];
    let (one, both) = (listed(&[ours.customer]), listed(&[ours.customer, other]));
    for ask in &asks {
        let everything = names(store, &world, &Reach::All, ask).await;
        assert!(everything.contains(&"Carl Carter".to_owned()), "{ask:?}");
        assert_eq!(names(store, &world, &both, ask).await, everything, "{ask:?}");
        assert_eq!(names(store, &world, &one, ask).await, ["Carl Carter"], "{ask:?}");
        assert!(
            !names(store, &world, &listed(&[other]), ask).await.contains(&"Carl Carter".into())
        );
        assert!(names(store, &world, &Reach::none(), ask).await.is_empty(), "{ask:?}");
    }
    // After somebody whom they do not have is the beginning, not where that one stands.
    let behind = |row| ListAsk { edge: Edge::After(row), ..ListAsk::all(9) };
    assert_eq!(names(store, &world, &one, &behind(ada)).await, ["Carl Carter"]);
    assert!(names(store, &world, &one, &behind(ours.carl)).await.is_empty());
    for (reach, tickets) in [(Reach::All, 2), (both, 2), (one, 1), (Reach::none(), 0)] {
        for search in ["", "locked", "sign"] {
            let ask = ListAsk { reach: reach.clone(), ..ListAsk::search(search, 9) };
            let found = store.tickets(ours.account, &ask).await.unwrap().rows.len();
            let expected = match (search, &reach) {
                ("", _) => tickets,
                ("locked", it) => usize::from(it.covers(other)),
                (_, it) => usize::from(it.covers(ours.customer)),
            };
            assert_eq!(found, expected, "{search} {reach:?}");
        }
    }
}

/// Bob may reset from now on.
async fn let_bob_reset(world: &World) {
    let may = "update technicians set may_reset = true where id = $1";
    world.store.seed(may, &[world.ours.bob.0]).await;
}

async fn a_reset_is_staged_for_those_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let other = another(&world, "Fabrikam").await;
    let stage = async |reset: &Reset, share| store.stage_reset(reset, share, &[]).await.unwrap();
    let (reset, share) = ours.asked(world.verified().await, "p");
    let reset = Reset { technician: ours.bob, ..reset };
    assert!(matches!(stage(&reset, &share).await, Err(NotStaged::MayNot)), "Bob may not reset");
    let_bob_reset(&world).await;
    set(&world, &Reach::All, &listed(&[other])).await.unwrap();
    assert!(matches!(stage(&reset, &share).await, Err(NotStaged::MayNot)));
    // Nothing is left of it: the verification can be used.
    let v = store.verification(reset.account, reset.verification).await.unwrap().unwrap();
    assert!(!v.used);
    set(&world, &listed(&[other]), &listed(&[ours.customer])).await.unwrap();
    stage(&reset, &share).await.unwrap();
    // What is staged goes on, as where the right to reset is taken away.
    set(&world, &listed(&[ours.customer]), &Reach::none()).await.unwrap();
    assert_eq!(world.read(&reset).await.stage, Stage::Staged);
}

async fn an_approval_is_for_those_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let other = another(&world, "Fabrikam").await;
    let_bob_reset(&world).await;
    let approval = Approval {
        id: ApprovalId(new_id()),
        account: ours.account,
        customer: ours.customer,
        contact: ours.carl,
        contact_name: String::new(),
        customer_name: String::new(),
        ticket: Some(ours.ticket),
        ticket_number: None,
        directory_user: "p".into(),
        asked_by: ours.ann,
        asked_by_name: String::new(),
        asked_at: START,
        expires_at: after(30 * MINUTE),
        approved: None,
        answered_by: None,
        answered_by_name: None,
        answered_at: None,
        used: false,
    };
    store.ask_approval(&approval, &limit("approvals", 9, HOUR)).await.unwrap().unwrap();
    let open = async || store.open_approvals(ours.account, ours.bob, START).await.unwrap().len();
    let answer = async || {
        let until = after(30 * MINUTE);
        let answer =
            store.answer_approval(ours.account, approval.id, ours.bob, true, until, after(1));
        answer.await.unwrap().is_some()
    };
    let (one, else_) = (listed(&[ours.customer]), listed(&[other]));
    set(&world, &Reach::All, &else_).await.unwrap();
    assert_eq!((open().await, answer().await), (0, false));
    set(&world, &else_, &one).await.unwrap();
    assert_eq!((open().await, answer().await), (1, true));
    // Who approved, and has lost the customer since, has approved nothing.
    let (reset, share) = ours.asked(world.verified().await, "p");
    let reset = Reset { approval: Some(approval.id), ..reset };
    set(&world, &one, &else_).await.unwrap();
    let not = store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap_err();
    assert!(matches!(not, NotStaged::ApprovalOver), "{not:?}");
    set(&world, &else_, &one).await.unwrap();
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
}

async fn a_link_is_replaced_for_those_alone(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let_bob_reset(&world).await;
    let reset = world.applied("p").await;
    let old = world.share(&reset).await;
    let (_, mut share) = ours.asked(reset.verification, "p");
    share.owner = old.owner;
    share.state = old.state;
    let most = limit("texts", 9, HOUR);
    let replace =
        async || store.replace_link(&reset, old.id, &share, ours.bob, &most, after(1)).await;
    set(&world, &Reach::All, &Reach::Listed(BTreeSet::new())).await.unwrap();
    let not = replace().await.unwrap().unwrap_err();
    assert!(matches!(not, NotReplaced::Because(Code::Forbidden)), "{not:?}");
    assert_eq!(world.share(&reset).await.id, old.id);
    let again = store.text_again(&reset, ours.bob, after(1), &most).await;
    assert!(!again.unwrap().unwrap());
    moved_on(store.give_up(&reset, ours.bob, after(1)).await);
    set(&world, &Reach::none(), &listed(&[ours.customer])).await.unwrap();
    replace().await.unwrap().unwrap();
    assert_eq!(world.share(&reset).await.id, share.id);
}
