//! A second technician's yes or no, and that a reset uses it once.

use shared::{ApprovalId, ContactId};

use super::fixture::{HOUR, MINUTE, START, World, after, limit, new_id};
use crate::store::{Approval, NotStaged, Reset, Store};

on_both!(
    what_was_asked_is_written_down,
    who_asks_twice_has_asked_once,
    nobody_answers_their_own_nor_twice_nor_late,
    one_of_many_answers_counts,
    open_ones_are_listed,
    a_reset_uses_it_up_and_gives_it_back,
    only_the_one_that_fits_is_used,
    a_no_that_came_later_counts,
);

async fn ask(store: &Store, approval: &Approval) -> bool {
    store.ask_approval(approval, &limit("approvals", 99, HOUR)).await.unwrap().unwrap()
}

fn asked(world: &World) -> Approval {
    let ours = &world.ours;
    Approval {
        id: ApprovalId(new_id()),
        account: ours.account,
        customer: ours.customer,
        contact: ours.carl,
        contact_name: "Carl Carter".into(),
        customer_name: "Contoso".into(),
        ticket: Some(ours.ticket),
        ticket_number: Some("1001".into()),
        directory_user: "p".into(),
        asked_by: ours.bob,
        asked_by_name: "Bob".into(),
        asked_at: START,
        expires_at: after(30 * MINUTE),
        approved: None,
        answered_by: None,
        answered_by_name: None,
        answered_at: None,
        used: false,
    }
}

/// Ann says yes, so that Bob resets.
async fn approved(world: &World) -> Approval {
    let bob = "update technicians set may_reset = true where id = $1";
    world.store.seed(bob, &[world.ours.bob.0]).await;
    let asked = Approval { asked_by: world.ours.bob, ..asked(world) };
    assert!(ask(&world.store, &asked).await);
    let (ann, until) = (world.ours.ann, after(40 * MINUTE));
    let answer = world.store.answer_approval(asked.account, asked.id, ann, true, until, after(1));
    answer.await.unwrap().unwrap()
}

async fn what_was_asked_is_written_down(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let asked = asked(&world);
    assert!(ask(store, &asked).await);
    let read = store.approval(account, asked.id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{asked:?}"));
    assert!(store.approval(world.theirs.account, asked.id).await.unwrap().is_none());
    let of = async |account, contact| store.approvals_of(account, contact, 9).await.unwrap().len();
    assert_eq!(of(account, asked.contact).await, 1);
    assert_eq!(of(world.theirs.account, asked.contact).await, 0);
    assert_eq!(of(account, ContactId(new_id())).await, 0);
    assert_eq!(world.told("approval-asked").await.len(), 1);
}

async fn who_asks_twice_has_asked_once(world: World) {
    let store = &world.store;
    let first = asked(&world);
    assert!(ask(store, &first).await);
    let again = |change: fn(&mut Approval)| {
        let mut again = asked(&world);
        change(&mut again);
        again
    };
    assert!(!ask(store, &again(|_| {})).await);
    assert!(ask(store, &again(|it| it.ticket = None)).await);
    assert!(!ask(store, &again(|it| it.ticket = None)).await);
    assert!(ask(store, &again(|it| it.directory_user = "q".into())).await);
    // A limit refuses without a trace, and what was not written is not counted.
    let few = limit("few", 1, HOUR);
    let mut third = again(|it| it.directory_user = "r".into());
    store.ask_approval(&third, &few).await.unwrap().unwrap();
    store.ask_approval(&third, &few).await.unwrap().unwrap();
    (third.id, third.directory_user) = (ApprovalId(new_id()), "s".into());
    let hit = store.ask_approval(&third, &few).await.unwrap().unwrap_err();
    assert_eq!(hit.name, "few");
    assert!(store.approval(first.account, third.id).await.unwrap().is_none());
    // When the first has run out it may be asked again.
    assert!(ask(store, &again(|it| it.asked_at = it.expires_at)).await);
}

async fn nobody_answers_their_own_nor_twice_nor_late(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let asked = asked(&world);
    ask(store, &asked).await;
    let until = after(40 * MINUTE);
    let answer = async |account, by, now| {
        store.answer_approval(account, asked.id, by, true, until, now).await.unwrap()
    };
    assert!(answer(ours.account, ours.bob, after(1)).await.is_none());
    assert!(answer(world.theirs.account, world.theirs.ann, after(1)).await.is_none());
    assert!(answer(ours.account, ours.ann, after(30 * MINUTE)).await.is_none());
    let given = answer(ours.account, ours.ann, after(1)).await.unwrap();
    let now = (given.approved, given.answered_by, given.answered_by_name, given.expires_at);
    assert_eq!(now, (Some(true), Some(ours.ann), Some("Ann".into()), until));
    assert!(answer(ours.account, ours.ann, after(2)).await.is_none());
    assert_eq!(world.told("approval-given").await.len(), 1);
    let refused = Approval { ticket: None, ..self::asked(&world) };
    ask(store, &refused).await;
    let no = store.answer_approval(ours.account, refused.id, ours.ann, false, until, after(1));
    assert_eq!(no.await.unwrap().unwrap().approved, Some(false));
    assert_eq!(world.told("approval-refused").await.len(), 1);
}

async fn one_of_many_answers_counts(world: World) {
    let stores = world.two_processes().await;
    let asked = asked(&world);
    ask(&world.store, &asked).await;
    let mut race = tokio::task::JoinSet::new();
    for number in 0..16 {
        let (store, asked, ann) = (stores[number % 2].clone(), asked.clone(), world.ours.ann);
        race.spawn(async move {
            let (yes, until) = (number % 3 == 0, after(40 * MINUTE));
            let answer = store.answer_approval(asked.account, asked.id, ann, yes, until, after(1));
            answer.await.unwrap().is_some()
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|took| *took).count(), 1);
}

async fn open_ones_are_listed(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let later = Approval { asked_at: after(2), ticket: None, ..asked(&world) };
    for new in [&later, &asked(&world)] {
        assert!(ask(store, new).await);
    }
    let open = store.open_approvals(account, world.ours.bob, after(3)).await.unwrap();
    assert_eq!(open.len(), 2);
    assert_eq!(open[1].id, later.id, "the oldest first");
    let none =
        async |account, who, at| store.open_approvals(account, who, at).await.unwrap().is_empty();
    assert!(none(world.theirs.account, world.theirs.ann, after(3)).await);
    assert!(none(account, world.theirs.ann, after(3)).await);
    assert!(none(account, world.ours.ann, after(30 * MINUTE)).await);
}

async fn a_reset_uses_it_up_and_gives_it_back(world: World) {
    let store = &world.store;
    let approval = approved(&world).await;
    let (reset, share) = world.ours.asked(world.verified().await, "p");
    let technician = world.ours.bob;
    let reset = Reset { approval: Some(approval.id), technician, ..reset };
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let used = store.approval(approval.account, approval.id).await.unwrap().unwrap();
    assert!(used.used);
    assert_eq!(world.read(&reset).await.approval, Some(approval.id));
    let about = world.told("reset-asked").await[0]["about"].to_string();
    assert!(about.contains("approved"), "{about}");
    let (second, share) = world.ours.asked(world.verified().await, "q");
    let second = Reset { approval: Some(approval.id), technician, ..second };
    let not = store.stage_reset(&second, &share, &[]).await.unwrap().unwrap_err();
    assert!(matches!(not, NotStaged::ApprovalOver));
    // Nothing was asked of Microsoft: as if it had never been.
    let held = super::fixture::lease(START);
    assert!(store.claim_reset(reset.id, held, START).await.unwrap());
    let code = shared::Code::TooLate;
    store.record_refused(&reset, held, code, None, START).await.unwrap();
    let back = store.approval(approval.account, approval.id).await.unwrap().unwrap();
    assert!(!back.used);
}

async fn only_the_one_that_fits_is_used(world: World) {
    let store = &world.store;
    let approval = approved(&world).await;
    let (reset, share) = world.ours.asked(world.verified().await, "p");
    let bob = Reset { approval: Some(approval.id), technician: world.ours.bob, ..reset };
    for other in [
        Reset { directory_user: "q".into(), ..bob.clone() },
        Reset { technician: world.ours.ann, ..bob.clone() },
        Reset { asked_at: after(40 * MINUTE), ..bob.clone() },
        Reset { approval: Some(ApprovalId(new_id())), ..bob.clone() },
    ] {
        let not = store.stage_reset(&other, &share, &[]).await.unwrap().unwrap_err();
        assert!(matches!(not, NotStaged::ApprovalOver), "{other:?}");
    }
    // Whoever approved has lost the right to.
    let ann = [world.ours.ann.0];
    store.seed("update technicians set may_reset = false where id = $1", &ann).await;
    let not = store.stage_reset(&bob, &share, &[]).await.unwrap().unwrap_err();
    assert!(matches!(not, NotStaged::ApprovalOver));
    store.seed("update technicians set may_reset = true where id = $1", &ann).await;
    store.stage_reset(&bob, &share, &[]).await.unwrap().unwrap();
}

/// To another question of this person in the same ticket; not to what was asked elsewhere.
async fn a_no_that_came_later_counts(world: World) {
    let store = &world.store;
    let approval = approved(&world).await;
    let (reset, share) = world.ours.asked(world.verified().await, "p");
    let bob = Reset { approval: Some(approval.id), technician: world.ours.bob, ..reset };
    let no = async |change: fn(&mut Approval)| {
        let mut doubted = asked(&world);
        change(&mut doubted);
        assert!(ask(store, &doubted).await);
        let (ann, until) = (world.ours.ann, after(40 * MINUTE));
        let (id, now) = (doubted.id, after(1));
        store.answer_approval(doubted.account, id, ann, false, until, now).await.unwrap().unwrap();
    };
    no(|it| it.directory_user = "q".into()).await;
    no(|it| it.ticket = None).await;
    store.stage_reset(&bob, &share, &[]).await.unwrap().unwrap();
    let held = super::fixture::lease(START);
    assert!(store.claim_reset(bob.id, held, START).await.unwrap());
    store.record_refused(&bob, held, shared::Code::TooLate, None, START).await.unwrap();
    no(|_| {}).await;
    let (again, share) = world.ours.asked(world.verified().await, "p");
    let bob = Reset { id: again.id, verification: again.verification, ..bob };
    let not = store.stage_reset(&bob, &share, &[]).await.unwrap().unwrap_err();
    assert!(matches!(not, NotStaged::ApprovalOver));
}
