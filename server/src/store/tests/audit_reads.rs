//! Reading the audit: each filter alone and with another, in pages, by time; names; the columns of old
//! entries; and what the check of the chain finds that reading alone would not.

use std::sync::atomic::AtomicI64;

use shared::{AccountId, CustomerId, ResetId};
use sqlx::{PgPool, SqlitePool};

use super::fixture::{HOUR, MINUTE, Place, START, World, after, keys, new_id};
use crate::audit::facets::Kind;
use crate::audit::{Act, Break, BrokenChain, Entry, Intact, KnownHead};
use crate::store::{AuditFilter, AuditRow, SeqSpan, Store, StoreError};

on_both!(
    each_filter_lets_its_own_through,
    pages_follow_one_another,
    a_span_finds_what_stands_out_of_order,
    names_are_the_accounts_own_and_can_be_erased,
    the_check_finds_what_filters_hide,
    a_kept_head_shows_a_cut_tail,
    what_can_t_be_read_is_damage,
    a_check_ends_where_it_is_asked_to,
    old_entries_get_their_columns,
);

const ALL: SeqSpan = SeqSpan { first: i64::MIN, end: i64::MAX };

/// Writes an entry of each of these.
async fn write(world: &World, entries: &[Entry]) {
    for (minute, entry) in (1..).zip(entries) {
        world.store.note_alone(world.ours.account, after(minute * MINUTE), entry).await.unwrap();
    }
}

async fn seqs(store: &Store, account: AccountId, filter: &AuditFilter) -> Vec<i64> {
    let rows = store.audit_page(account, filter, ALL, 100).await.unwrap();
    rows.into_iter().map(|row: AuditRow| row.seq).collect()
}

async fn each_filter_lets_its_own_through(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let reset = ResetId(new_id());
    let elsewhere = CustomerId(new_id());
    let by_ann = |act| Entry::new(act).by(ours.ann);
    write(
        &world,
        &[
            by_ann(Act::SignedIn),                                                 // 2
            Entry { customer: Some(ours.customer), ..by_ann(Act::PolicyChanged) }, // 3
            Entry { contact: Some(ours.carl), reset: Some(reset), ..by_ann(Act::ResetAsked) }, // 4
            Entry { reset: Some(reset), ..Entry::new(Act::ResetCompleted) },       // 5
            Entry { customer: Some(ours.customer), ..Entry::new(Act::ShareExpired).by(ours.bob) }, // 6
            Entry { customer: Some(elsewhere), ..by_ann(Act::PolicyChanged) }, // 7
        ],
    )
    .await;
    let none = AuditFilter::default();
    let kind = |kind| AuditFilter { kind: Some(kind), ..none.clone() };
    let ann = AuditFilter { technician: Some(ours.ann), ..none.clone() };
    let customer = AuditFilter { customer: Some(ours.customer), ..none.clone() };
    let carl = AuditFilter { contact: Some(ours.carl), ..none.clone() };
    let of_reset = AuditFilter { reset: Some(reset), ..none.clone() };
    for (filter, expected) in [
        (none.clone(), vec![7, 6, 5, 4, 3, 2, 1]),
        (kind(Kind::Setting), vec![7, 3, 1]),
        (kind(Kind::SignIn), vec![2]),
        (ann.clone(), vec![7, 4, 3, 2]),
        (customer.clone(), vec![6, 3]),
        (carl.clone(), vec![4]),
        (of_reset.clone(), vec![5, 4]),
        (AuditFilter { customer: Some(ours.customer), ..ann.clone() }, vec![3]),
        (AuditFilter { kind: Some(Kind::Setting), ..ann.clone() }, vec![7, 3]),
        (AuditFilter { kind: Some(Kind::Link), ..customer.clone() }, vec![6]),
        (AuditFilter { technician: Some(ours.ann), ..of_reset.clone() }, vec![4]),
        (AuditFilter { contact: Some(ours.carl), ..of_reset.clone() }, vec![4]),
        (AuditFilter { kind: Some(Kind::Link), ..carl.clone() }, vec![]),
        (AuditFilter { technician: Some(ours.bob), ..carl.clone() }, vec![]),
        (
            AuditFilter {
                kind: Some(Kind::Setting),
                customer: Some(ours.customer),
                from: Some(after(2 * MINUTE)),
                until: Some(after(2 * MINUTE + 1)),
                ..ann.clone()
            },
            vec![3],
        ),
        (AuditFilter { from: Some(after(4 * MINUTE)), ..none.clone() }, vec![7, 6, 5]),
        (AuditFilter { until: Some(after(2 * MINUTE)), ..none }, vec![2, 1]),
    ] {
        assert_eq!(seqs(store, ours.account, &filter).await, expected, "{filter:?}");
        // What is another account's is nobody else's.
        let theirs = seqs(store, world.theirs.account, &filter).await;
        assert!(theirs.iter().all(|seq| *seq == 1), "{filter:?}");
    }
}

async fn pages_follow_one_another(world: World) {
    let entries: Vec<Entry> =
        (0..9).map(|_| Entry::new(Act::SignedOut).by(world.ours.ann)).collect();
    write(&world, &entries).await;
    let filter = AuditFilter { technician: Some(world.ours.ann), ..AuditFilter::default() };
    let (mut end, mut seen) = (i64::MAX, Vec::new());
    loop {
        let span = SeqSpan { end, ..ALL };
        let page = world.store.audit_page(world.ours.account, &filter, span, 4).await.unwrap();
        let Some(last) = page.last() else { break };
        end = last.seq;
        assert!(page.len() <= 4);
        seen.extend(page.into_iter().map(|row| row.seq));
    }
    assert_eq!(seen, (2..=10).rev().collect::<Vec<_>>());
}

async fn a_span_finds_what_stands_out_of_order(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    for hour in 1..40 {
        // Two processes whose clocks differ by some seconds, one entry after the other.
        for skew in [3_000, 0] {
            let at = after(hour * HOUR + skew);
            store.note_alone(account, at, &Entry::new(Act::SignedOut)).await.unwrap();
        }
    }
    let (from, until) = (after(10 * HOUR), after(12 * HOUR));
    let span = store.audit_span(account, Some(from), Some(until)).await.unwrap();
    let filter = AuditFilter { from: Some(from), until: Some(until), ..AuditFilter::default() };
    let rows = store.audit_page(account, &filter, span, 100).await.unwrap();
    let found: Vec<i64> = rows.iter().map(|row| row.at.since(START) / 1000).collect();
    assert_eq!(found, [39_600, 39_603, 36_000, 36_003]);
    assert!(span.end - span.first < 10, "{span:?}");
    let open = store.audit_span(account, None, None).await.unwrap();
    assert_eq!(open, ALL);
    let later = store.audit_span(account, Some(after(100 * HOUR)), None).await.unwrap();
    assert_eq!(later.first, 80);
    let nobody = AccountId(new_id());
    let none = store.audit_span(nobody, Some(from), Some(until)).await.unwrap();
    assert_eq!((none.first, none.end), (1, 1));
}

async fn names_are_the_accounts_own_and_can_be_erased(world: World) {
    let (store, ours, theirs) = (&world.store, &world.ours, &world.theirs);
    let ids = [
        ours.ann.0,
        ours.customer.0,
        ours.carl.0,
        ours.ticket.0,
        ours.m365.0,
        theirs.ann.0,
        new_id(),
    ];
    let names = store.audit_names(ours.account, &ids).await.unwrap();
    assert_eq!(names.len(), 5);
    assert_eq!(names[&ours.ann.0], "Ann");
    assert_eq!(names[&ours.customer.0], "Contoso");
    assert_eq!(names[&ours.carl.0], "Carl Carter");
    assert_eq!(names[&ours.ticket.0], "#1001");
    assert_eq!(names[&ours.m365.0], "m365 of ours");
    assert!(store.audit_names(ours.account, &[]).await.unwrap().is_empty());
    // More than are asked for at once.
    let mut many: Vec<_> = (0..250).map(|_| new_id()).collect();
    many.push(ours.bob.0);
    assert_eq!(store.audit_names(ours.account, &many).await.unwrap().len(), 1);
    // The kept name alone, and none.
    store.seed("update technicians set name = '' where id = $1", &[ours.ann.0]).await;
    assert_eq!(store.audit_names(ours.account, &ids).await.unwrap()[&ours.ann.0], "Ann");
    store.seed("delete from audit_names where id = $1", &[ours.ann.0]).await;
    assert!(!store.audit_names(ours.account, &ids).await.unwrap().contains_key(&ours.ann.0));

    let choices = store.audit_choices(ours.account).await.unwrap();
    assert_eq!(choices.technicians.len(), 2);
    assert_eq!(choices.customers, [(ours.customer.0, "Contoso".to_owned())]);
}

async fn the_check_finds_what_filters_hide(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let entry = Entry { contact: Some(ours.carl), ..Entry::new(Act::ShareOpened) };
    write(&world, &[entry.clone(), entry]).await;
    let carl = AuditFilter { contact: Some(ours.carl), ..AuditFilter::default() };
    for hide in [
        "update audit set contact = null where account = $1 and seq = 2",
        "update audit set kind = 6 where account = $1 and seq = 2",
        "update audit set kind = null where account = $1 and seq = 2",
        "update audit set technician = account where account = $1 and seq = 2",
        "update audit set customer = account where account = $1 and seq = 2",
        "update audit set reset = account where account = $1 and seq = 2",
    ] {
        store.seed(hide, &[ours.account.0]).await;
        let broken = BrokenChain { seq: 2, how: Break::Columns };
        assert_eq!(store.verify_audit(ours.account).await.unwrap(), Err(broken), "{hide}");
        let back = "update audit set kind = 4, technician = null, customer = null, reset = null,
            contact = (select contact from audit b where b.account = $1 and b.seq = 3)
            where account = $1 and seq = 2";
        store.seed(back, &[ours.account.0]).await;
        assert_eq!(store.verify_audit(ours.account).await.unwrap(), Ok(3), "{hide}");
    }
    assert_eq!(seqs(store, ours.account, &carl).await, [3, 2]);
    // More than were written, behind the end and before the beginning.
    for (copy, away) in [
        ("insert into audit select account, 9, at, body, mac, kind, technician, customer, contact, reset
              from audit where account = $1 and seq = 3", "delete from audit where account = $1 and seq = 9"),
        ("insert into audit select account, 0, at, body, mac, kind, technician, customer, contact, reset
              from audit where account = $1 and seq = 3", "delete from audit where account = $1 and seq = 0"),
    ] {
        assert!(!store.audit_has_strays(ours.account).await.unwrap());
        store.seed(copy, &[ours.account.0]).await;
        assert!(store.audit_has_strays(ours.account).await.unwrap());
        let broken = BrokenChain { seq: 4, how: Break::Tail };
        assert_eq!(store.verify_audit(ours.account).await.unwrap(), Err(broken));
        store.seed(away, &[ours.account.0]).await;
    }
    assert_eq!(store.verify_audit(ours.account).await.unwrap(), Ok(3));
}

async fn a_kept_head_shows_a_cut_tail(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    write(&world, &[Entry::new(Act::SignedOut), Entry::new(Act::SignedOut)]).await;
    let intact = store.check_audit(account, None).await.unwrap().unwrap();
    assert_eq!(
        (intact.entries, intact.oldest, intact.newest),
        (3, Some(START), Some(after(2 * MINUTE)))
    );
    let known = KnownHead::parse(&intact.fingerprint()).unwrap();
    assert!(store.check_audit(account, Some(&known)).await.unwrap().is_ok());
    let heads = store.audit_heads().await.unwrap();
    assert!(heads.iter().any(|it| it.account == account && it.count == 3 && it.mac == known.mac));
    // Work goes on: the head that was kept is still good.
    store.note_alone(account, after(HOUR), &Entry::new(Act::SignedOut)).await.unwrap();
    assert!(store.check_audit(account, Some(&known)).await.unwrap().is_ok());
    // A thief who knows how the head is kept, but not the key.
    store.seed("delete from audit where account = $1 and seq > 2", &[account.0]).await;
    let cut = "update accounts set audit_count = 2,
        audit_head = (select mac from audit where account = $1 and seq = 2) where id = $1";
    store.seed(cut, &[account.0]).await;
    assert_eq!(store.verify_audit(account).await.unwrap(), Ok(2), "the database alone hides it");
    let broken = BrokenChain { seq: 3, how: Break::Cut };
    assert_eq!(store.check_audit(account, Some(&known)).await.unwrap(), Err(broken));
    // And when the work has gone on since.
    for _ in 0..2 {
        store.note_alone(account, after(HOUR), &Entry::new(Act::SignedIn)).await.unwrap();
    }
    let broken = BrokenChain { seq: 3, how: Break::Rewritten };
    assert_eq!(store.check_audit(account, Some(&known)).await.unwrap(), Err(broken));
}

/// SQLite takes anything in any column; PostgreSQL takes what is of the type and was never written.
async fn what_can_t_be_read_is_damage(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    write(&world, &vec![Entry::new(Act::SignedOut).by(world.ours.ann); 3]).await;
    let anything = matches!(world.place, Place::File(_));
    for (column, sqlite, postgres, how) in [
        ("technician", "x'00'", "'00000000-0000-0000-0000-000000000000'", Break::Columns),
        ("reset", "'\u{1F511}'", "'00000000-0000-0000-0000-000000000000'", Break::Columns),
        ("kind", "'x'", "99", Break::Columns),
        ("body", "x'ff'", "''", Break::Altered),
        ("at", "'yesterday'", "-1", Break::Altered),
        ("mac", "7", "''", Break::Altered),
    ] {
        let value = if anything { sqlite } else { postgres };
        let damage = format!("update audit set {column} = {value} where account = $1 and seq = 3");
        let kept = "create table kept as select * from audit";
        store.seed(kept, &[]).await;
        store.seed(leak(damage), &[account.0]).await;
        let broken = BrokenChain { seq: 3, how };
        assert_eq!(store.verify_audit(account).await.unwrap(), Err(broken.clone()), "{column}");
        let up_to = up_to(store, account, 4).await.unwrap();
        assert_eq!(up_to, Some(Err(broken)), "{column}");
        // Lists go on, with what is left of it.
        assert_eq!(seqs(store, account, &AuditFilter::default()).await, [4, 3, 2, 1], "{column}");
        let span = store.audit_span(account, Some(START), Some(after(HOUR))).await.unwrap();
        // PostgreSQL has no time that can't be read, only wrong ones.
        assert!(!anything || span.first <= 1 && span.end > 4, "{column}: {span:?}");
        // So does whoever follows the audit.
        let followed = store.audit_after(account, 0, 9).await.unwrap();
        assert_eq!(followed.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2, 3, 4], "{column}");
        let mend = format!(
            "update audit set {column} = (select k.{column} from kept k
            where k.account = audit.account and k.seq = audit.seq) where account = $1"
        );
        store.seed(leak(mend), &[account.0]).await;
        store.seed("drop table kept", &[]).await;
        assert_eq!(store.verify_audit(account).await.unwrap(), Ok(4), "{column}");
    }
    let head = if anything { "'x'" } else { "''" };
    let damage = format!("update accounts set audit_head = {head} where id = $1");
    store.seed(leak(damage), &[account.0]).await;
    let broken = BrokenChain { seq: 5, how: Break::Tail };
    assert_eq!(store.verify_audit(account).await.unwrap(), Err(broken));
}

async fn up_to(
    store: &Store,
    account: AccountId,
    seq: i64,
) -> Result<Option<Result<Intact, BrokenChain>>, StoreError> {
    store.watch_audit_up_to(account, seq, &AtomicI64::new(0)).await
}

/// Statements of tests live for ever: the store takes no others.
fn leak(statement: String) -> &'static str {
    Box::leak(statement.into_boxed_str())
}

async fn a_check_ends_where_it_is_asked_to(world: World) {
    let (store, account) = (&world.store, world.ours.account);
    let entries = vec![Entry::new(Act::SignedOut); 5];
    write(&world, &entries).await;
    store.seed("update audit set at = 0 where account = $1 and seq = 4", &[account.0]).await;
    let intact = up_to(store, account, 3).await.unwrap().unwrap().unwrap();
    assert_eq!((intact.entries, intact.newest), (3, Some(after(2 * MINUTE))));
    let broken = BrokenChain { seq: 4, how: Break::Altered };
    assert_eq!(up_to(store, account, 5).await.unwrap(), Some(Err(broken)));
    for nothing in [0, -1, 7] {
        assert!(up_to(store, account, nothing).await.unwrap().is_none(), "{nothing}");
    }
    let links = store.audit_links(account, 1, 3, 10).await.unwrap();
    assert_eq!(links.iter().map(|link| link.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.audit_links(account, 0, 6, 2).await.unwrap().len(), 2);
    assert!(store.audit_head(AccountId(new_id())).await.unwrap().is_none());
}

/// What the migration does to entries that were there before their columns.
fn backfill(place: &Place) -> String {
    let sql = match place {
        Place::File(_) => include_str!("../../../migrations/sqlite/0014_audit.sql"),
        Place::Url(_) => include_str!("../../../migrations/postgres/0014_audit.sql"),
    };
    let (_, rest) = sql.split_once("update audit set").unwrap();
    format!("update audit set{}", rest.split_once(';').unwrap().0)
}

async fn old_entries_get_their_columns(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let sql = backfill(&world.place);
    // Acts that are newer than the columns were never written without them.
    let mut entries: Vec<Entry> = crate::audit::facets::tests::all_acts()
        .into_iter()
        .filter(|(name, _)| sql.contains(&format!("'{name}'")))
        .map(|(_, act)| Entry {
            customer: Some(ours.customer),
            contact: Some(ours.carl),
            reset: Some(ResetId(new_id())),
            ..Entry::new(act).by(ours.ann)
        })
        .collect();
    entries.push(Entry::new(Act::SignedOut).about("odd \u{0} \\u0000 \"\\\" end"));
    assert!(entries.len() > 80, "{}", entries.len());
    let count = i64::try_from(entries.len()).unwrap() + 1;
    write(&world, &entries).await;
    let nothing =
        "update audit set kind = null, technician = null, customer = null, contact = null,
        reset = null where account = $1";
    store.seed(nothing, &[ours.account.0]).await;
    assert!(store.verify_audit(ours.account).await.unwrap().is_err());
    let sql = sqlx::AssertSqlSafe(sql);
    match &world.place {
        Place::File(folder) => {
            let path = folder.path().join("msp-reset.sqlite").display().to_string();
            let pool = SqlitePool::connect(&path).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        }
        Place::Url(url) => {
            let pool = PgPool::connect(url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }
    assert_eq!(store.verify_audit(ours.account).await.unwrap(), Ok(count));
    let again = world.place.open(keys()).await.unwrap();
    assert_eq!(again.verify_audit(ours.account).await.unwrap(), Ok(count));
}
