//! What the dashboard counts, from rows that the engine's own methods have written.

use shared::{Code, Millis, Outcome};

use super::fixture::{HOUR, MINUTE, SECOND, START, World, after, lease, tap};
use crate::store::{CameOut, LinkCounts, SetUp, Took, Unsent, Way};

on_both!(
    resets_are_counted_by_day_and_how_they_came_out,
    a_call_begins_with_its_first_verification,
    links_are_opened_or_never,
    what_did_not_go_out_is_told_by_its_way,
    an_account_knows_what_it_has_set_up,
);

const DAY: i64 = 24 * HOUR;
const FROM: Millis = Millis(0);
const UNTIL: Millis = Millis(i64::MAX);

async fn resets_are_counted_by_day_and_how_they_came_out(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    world.applied("ada").await;
    world.stuck("ben").await;
    world.staged("carl").await;
    for person in ["dora", "emil"] {
        let (reset, held) = world.applying(person).await;
        store.record_refused(&reset, held, Code::Brake, None, START).await.unwrap();
    }
    let counts = store.reset_counts(ours.account, FROM, UNTIL).await.unwrap();
    let day = START.0 / DAY;
    assert!(counts.iter().all(|it| it.day == day), "{counts:?}");
    let told: Vec<_> = counts.iter().map(|it| (it.how, it.code, it.count)).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for expected in [
        (CameOut::Completed, None, 1),
        (CameOut::Refused, Some(Code::Brake), 2),
        (CameOut::Stuck, Some(Code::InDoubt), 1),
        (CameOut::UnderWay, None, 1),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not among {told:?}");
    }
    assert!(store.reset_counts(ours.account, FROM, START).await.unwrap().is_empty());
    assert!(store.reset_counts(ours.account, after(1), UNTIL).await.unwrap().is_empty());
    assert!(store.reset_counts(world.theirs.account, FROM, UNTIL).await.unwrap().is_empty());

    let checks = store.verification_counts(ours.account, FROM, UNTIL).await.unwrap();
    assert_eq!(checks.len(), 1);
    assert_eq!((checks[0].day, checks[0].outcome, checks[0].count), (day, Outcome::Verified, 5));
}

async fn a_call_begins_with_its_first_verification(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    // Longer ago than a call lasts; then two tries of this call.
    for before in [5 * HOUR, 4 * MINUTE, MINUTE] {
        let v = ours.verification(after(-before));
        store.begin_verification(&v, &[]).await.unwrap().unwrap();
    }
    let first = world.applied("ada").await;
    let took = store.call_to_reset(ours.account, FROM, UNTIL).await.unwrap();
    assert_eq!(took, [Took { seconds: 240, count: 1 }]);
    // Another reset of the same contact, a minute later: the first one's call is not its own.
    let later = after(MINUTE);
    let verification = ours.verified(store, later).await;
    let (mut reset, share) = ours.asked(verification, "carl");
    reset.asked_at = later.plus(10 * SECOND);
    store.stage_reset(&reset, &share, &[]).await.unwrap().unwrap();
    let held = lease(later);
    assert!(store.claim_reset(reset.id, held, later).await.unwrap());
    store.announce(&reset, held, later).await.unwrap().unwrap();
    let applied = later.plus(30 * SECOND);
    let nothing = crate::store::After::default();
    store.record_applied(&reset, held, &nothing, None, applied).await.unwrap();
    let took = store.call_to_reset(ours.account, FROM, UNTIL).await.unwrap();
    assert_eq!(took, [Took { seconds: 30, count: 1 }, Took { seconds: 240, count: 1 }]);
    assert!(store.call_to_reset(ours.account, FROM, first.asked_at).await.unwrap().is_empty());
    assert!(store.call_to_reset(world.theirs.account, FROM, UNTIL).await.unwrap().is_empty());
}

async fn links_are_opened_or_never(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let opened = world.applied("ada").await;
    let never = world.applied("ben").await;
    world.applied("carl").await;
    world.staged("dora").await;
    let look_id = world.share(&opened).await.look_id;
    tap(store, &look_id, b"device", None, after(90 * SECOND)).await;
    store
        .seed(
            "update shares set state = 'expired', token_sealed = null, password_sealed = null
               where reset = $1",
            &[never.id.0],
        )
        .await;
    let counts = store.link_counts(ours.account, FROM, UNTIL).await.unwrap();
    let expected = LinkCounts { opened: vec![Took { seconds: 90, count: 1 }], open: 1, never: 1 };
    assert_eq!(counts, expected);
    let theirs = store.link_counts(world.theirs.account, FROM, UNTIL).await.unwrap();
    assert_eq!(theirs, LinkCounts::default());
}

async fn what_did_not_go_out_is_told_by_its_way(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    world.applied("ada").await;
    let lost = "update outbox set state = 'failed', code = 'sms-credentials'
                where account = $1 and kind = 'text'";
    store.seed(lost, &[ours.account.0]).await;
    let lost = "update outbox set state = 'failed', code = 'internal'
                where account = $1 and kind like 'note-%' and reset is not null";
    store.seed(lost, &[ours.account.0]).await;
    let v = ours.verification(after(MINUTE));
    store.begin_verification(&v, &[]).await.unwrap().unwrap();
    store.verification_unsent(&v, after(MINUTE), Code::SmsCredentials).await.unwrap();
    // A mail to the admins is of no reset.
    super::mails::with_smtp(&world).await;
    let vic = super::contacts::line(ours.customer, "Vic", "vic@contoso.example", &["1234"]);
    super::contacts::import(&world, vec![vic]).await;
    let lost = "update outbox set state = 'failed', code = 'mail-unavailable'
                where account = $1 and kind = 'mail-contacts'";
    store.seed(lost, &[ours.account.0]).await;
    let unsent = store.unsent(ours.account, START).await.unwrap();
    assert_eq!(
        unsent,
        [
            Unsent { way: Way::Sms, code: Code::SmsCredentials, count: 2 },
            Unsent { way: Way::Mail, code: Code::MailUnavailable, count: 1 },
            Unsent { way: Way::Psa, code: Code::Internal, count: 1 },
        ]
    );
    assert!(store.unsent(ours.account, after(HOUR)).await.unwrap().is_empty());
    assert!(store.unsent(world.theirs.account, FROM).await.unwrap().is_empty());
}

async fn an_account_knows_what_it_has_set_up(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let has = store.set_up(ours.account).await.unwrap();
    let expected = SetUp { m365: true, psa: false, sms: true, mail: false, colleagues: true };
    assert_eq!(has, expected);
    store.seed("update integrations set is_on = false where account = $1", &[ours.account.0]).await;
    store.seed("update technicians set ended_at = 1 where id = $1", &[ours.bob.0]).await;
    assert_eq!(store.set_up(ours.account).await.unwrap(), SetUp::default());
}
