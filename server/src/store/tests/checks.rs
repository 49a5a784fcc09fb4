//! How tenants are found to be: checks that fall due, and what is told of them.

use shared::{Code, Millis};

use super::fixture::{HOUR, MINUTE, START, World, after, lease, moved_on, new_id};
use super::m365::{WORKS, altered};
use crate::store::{CheckRow, M365Act, MailKind, News, OutboxKind, Tested};

on_both!(
    a_check_is_due_until_somebody_takes_it,
    what_is_off_or_gone_is_not_checked,
    a_check_tells_the_admins_and_the_audit,
    a_check_of_what_has_changed_is_thrown_away,
    a_test_by_hand_is_kept_beside_it,
    a_refused_credential_is_looked_at_soon,
);

fn found(due_at: Millis) -> CheckRow {
    CheckRow {
        checked_at: Some(START),
        report: Some("{}".into()),
        expires_at: Some(after(HOUR)),
        failing_since: Some(START),
        told_days: Some(30),
        due_at,
    }
}

async fn a_check_is_due_until_somebody_takes_it(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    // Both MSPs have one that was never checked.
    assert_eq!(store.due_checks(START).await.unwrap().len(), 2);
    let held = lease(START);
    let (account, id) = (ours.account, ours.m365);
    let row = store.claim_check(account, id, held, START).await.unwrap().unwrap();
    assert_eq!(row.integration.id, id);
    assert!(store.claim_check(account, id, lease(START), START).await.unwrap().is_none());
    assert_eq!(store.due_checks(START).await.unwrap(), [(world.theirs.account, world.theirs.m365)]);
    // Whoever died with it: somebody else takes over when the lease has run out.
    let late = held.until;
    let second = lease(late);
    let again = store.claim_check(account, id, second, late).await.unwrap().unwrap();
    moved_on(store.record_check(&row, held, &found(after(HOUR)), &[], late).await);
    store.record_check(&again, second, &found(after(HOUR)), &[], late).await.unwrap();
    let kept = store.m365_one(account, id).await.unwrap().unwrap().check.unwrap();
    assert_eq!(kept, found(after(HOUR)));
    let due = |now| store.due_checks(now);
    assert!(!due(after(HOUR - 1)).await.unwrap().contains(&(account, id)));
    assert!(due(after(HOUR)).await.unwrap().contains(&(account, id)));
    assert!(store.claim_check(account, id, lease(late), late).await.unwrap().is_none(), "not due");
}

async fn what_is_off_or_gone_is_not_checked(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let (account, id) = (ours.account, ours.m365);
    store.switch_m365(account, ours.ann, START, id, false).await.unwrap();
    store.seed("update accounts set is_on = false where id = $1", &[theirs.account.0]).await;
    assert!(store.due_checks(START).await.unwrap().is_empty());
    assert!(store.claim_check(account, id, lease(START), START).await.unwrap().is_none());
    store.switch_m365(account, ours.ann, START, id, true).await.unwrap();
    assert_eq!(store.due_checks(START).await.unwrap(), [(account, id)]);
    store.end_m365(account, ours.ann, START, id).await.unwrap();
    assert!(store.due_checks(START).await.unwrap().is_empty());
    assert!(store.claim_check(account, id, lease(START), START).await.unwrap().is_none());
}

async fn a_check_tells_the_admins_and_the_audit(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let smtp = "insert into integrations (id, account, kind, name, settings, changed_at)
        values ($1, $2, 'smtp', 'Mail', '{}', 0)";
    store.seed(smtp, &[new_id(), ours.account.0]).await;
    let held = lease(START);
    let row = store.claim_check(ours.account, ours.m365, held, START).await.unwrap().unwrap();
    let news = [News::Failing(Code::M365SecretExpired), News::Expiring(7), News::Works];
    store.record_check(&row, held, &found(after(HOUR)), &news, START).await.unwrap();
    let mut mails = Vec::new();
    for id in store.due_mails(START).await.unwrap() {
        let mail = store.claim_outbox(id, lease(START), START).await.unwrap().unwrap();
        assert_eq!((mail.integration, mail.reset), (Some(ours.m365), None));
        assert_eq!(mail.recipient, Some(ours.ann), "Bob is no admin");
        mails.push(mail.kind);
    }
    let wanted = [MailKind::Failing, MailKind::Expiring].map(OutboxKind::Mail);
    assert_eq!(mails.len(), 2, "good news is no mail");
    assert!(wanted.iter().all(|kind| mails.contains(kind)), "{mails:?}");
    let acts = ["integration-failing", "integration-expiring", "integration-works"];
    assert_eq!(world.acts().await, acts);
    let told = world.told("integration-failing").await;
    assert_eq!(told[0]["code"], "m365-secret-expired");
    assert_eq!(world.told("integration-expiring").await[0]["about"], "7 days");
}

async fn a_check_of_what_has_changed_is_thrown_away(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let held = lease(START);
    let row = store.claim_check(ours.account, ours.m365, held, START).await.unwrap().unwrap();
    let seen = store.m365_one(ours.account, ours.m365).await.unwrap().unwrap();
    let act = M365Act::CredentialReplaced;
    store.change_m365(ours.account, ours.ann, START, &seen, &altered(act, &[])).await.unwrap();
    moved_on(store.record_check(&row, held, &found(after(HOUR)), &[], START).await);
    moved_on(store.record_test(&seen, ours.ann, &found(after(HOUR)), &[], WORKS, START).await);
}

async fn a_test_by_hand_is_kept_beside_it(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    // The watcher looks while somebody tests: what it found is older, and its news was told.
    let held = lease(START);
    let taken = store.claim_check(ours.account, ours.m365, held, START).await.unwrap().unwrap();
    let read = async || store.m365_one(ours.account, ours.m365).await.unwrap().unwrap();
    let tested = Tested { code: Some(Code::M365SecretWrong), about: "does not work" };
    let by_hand = found(after(HOUR));
    let first = read().await;
    let news = [News::Failing(Code::M365SecretWrong)];
    store.record_test(&first, ours.ann, &by_hand, &news, tested, START).await.unwrap();
    assert_eq!(read().await.check.unwrap(), by_hand);
    moved_on(store.record_check(&taken, held, &by_hand, &news, START).await);
    // Whoever looked before that must look at it first: what is news is another thing now.
    moved_on(store.record_test(&first, ours.ann, &by_hand, &news, tested, START).await);
    let seen = read().await;
    store.record_test(&seen, ours.ann, &by_hand, &[], tested, START).await.unwrap();
    assert_eq!(world.told("integration-failing").await.len(), 1);
    let told = world.told("integration-tested").await;
    assert_eq!((told.len(), &told[0]["code"]), (2, &"m365-secret-wrong".into()));
    assert_eq!(told[0]["technician"], ours.ann.to_string());
    // A new credential: what was known of the old one's end goes.
    let act = M365Act::CredentialReplaced;
    store.change_m365(ours.account, ours.ann, after(5), &seen, &altered(act, &[])).await.unwrap();
    let kept = read().await.check.unwrap();
    assert_eq!((kept.expires_at, kept.report, kept.due_at), (None, None, after(5)));
}

async fn a_refused_credential_is_looked_at_soon(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let due = async |now| {
        let due = store.due_checks(now).await.unwrap();
        due.contains(&(ours.account, ours.m365))
    };
    let seen = store.m365_one(ours.account, ours.m365).await.unwrap().unwrap();
    let later = found(after(24 * HOUR));
    store.record_test(&seen, ours.ann, &later, &[], WORKS, START).await.unwrap();
    // It was looked at a moment ago: five minutes after that is soon enough, and not tomorrow.
    store.check_soon(ours.account, ours.m365, after(MINUTE)).await.unwrap();
    assert!(!due(after(5 * MINUTE - 1)).await);
    assert!(due(after(5 * MINUTE)).await);
    let again = store.m365_one(ours.account, ours.m365).await.unwrap().unwrap();
    store.record_test(&again, ours.ann, &later, &[], WORKS, START).await.unwrap();
    store.check_soon(world.theirs.account, ours.m365, after(HOUR)).await.unwrap();
    assert!(!due(after(HOUR)).await, "somebody else's");
    store.check_soon(ours.account, ours.m365, after(HOUR)).await.unwrap();
    assert!(due(after(HOUR)).await);
}
