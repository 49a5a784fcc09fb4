//! What SQLite reads for our statements, those that stand in one piece. It knows no numbers of rows here: of two indexes
//! it may take the one that leads along everything of an account, and at a hundred thousand rows a look of a pod takes a
//! tenth of a second.

use std::fs;

use sqlx::{Row, SqlitePool};

use super::fixture::{Place, World};

/// Tables that grow with every call, or with the list of contacts.
const GROWING: [&str; 10] = [
    "audit",
    "contact_words",
    "contacts",
    "deliveries",
    "outbox",
    "resets",
    "shares",
    "ticket_words",
    "tickets",
    "verifications",
];

/// Indexes of few rows: those that wait for something.
const FEW: [&str; 5] =
    ["outbox_due", "resets_due", "contacts_unmade", "tickets_unmade", "shares_ending"];

/// Statements that are meant to read all of an account or of a table, by how they begin.
const MEANT: [&str; 6] = [
    // The check of the chain, and tests.
    "select seq, at, body from audit where account = ?1 order by seq",
    // The last entry of an index.
    "select max(seq) from audit where account = ?1",
    // Once a day.
    "select id, psa_id from contacts where account = ?1 and psa = ?2",
    // Once an hour, of thirty days.
    "delete from deliveries where state <> 'waiting'",
    // Tests wait by it until nothing is under way.
    "select count(*) from resets where stage in",
    // So that time stands still in tests while somebody is at work.
    "select lease from resets where stage in",
];

/// The texts between quotation marks, in their order; none of our statements has one in it.
fn texts(source: &str) -> Vec<&str> {
    assert!(source.matches('"').count().is_multiple_of(2), "a quotation mark stands alone");
    source.split('"').skip(1).step_by(2).collect()
}

/// Macros that stand before a statement's end: name, and how it begins.
fn beginnings(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in source.split("macro_rules! ").skip(1) {
        let name = part.split_whitespace().next().unwrap_or_default();
        let body = part.split("\n}\n").next().unwrap_or_default();
        if let [begins] = texts(body)[..] {
            found.push((format!("{name}!("), begins.to_owned()));
        }
    }
    found
}

fn statements(source: &str, macros: &[(String, String)]) -> Vec<String> {
    let mut all: Vec<String> = texts(source).into_iter().map(str::to_owned).collect();
    for (name, begins) in macros {
        let ends = source.split(name.as_str()).skip(1).filter_map(|rest| rest.split('"').nth(1));
        all.extend(ends.map(|end| format!("{begins}{end}")));
    }
    let plain =
        |text: String| text.replace('$', "?").split_whitespace().collect::<Vec<_>>().join(" ");
    all.into_iter().map(plain).filter(|text| text.contains("where ")).collect()
}

/// Whether it goes along everything of an account, or of a table.
fn reads_all(step: &str) -> bool {
    let growing = |name: &str| {
        // One row for each account.
        let grows = !name.starts_with("audit_checks")
            && GROWING.iter().any(|it| name == *it || name.starts_with(&format!("{it}_")));
        grows && !FEW.contains(&name)
    };
    let mut words = step.split_whitespace();
    let (how, whom) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let index = step.split("INDEX ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let index = index.map(|name| name.trim_start_matches("sqlite_autoindex_"));
    let key = step.ends_with("PRIMARY KEY (account=?)");
    match how {
        "SCAN" => growing(index.unwrap_or(whom)),
        _ if step.ends_with(" (account=?)") => key || index.is_some_and(growing),
        _ => false,
    }
}

#[tokio::test]
async fn no_statement_reads_all_of_an_account_by_accident() {
    let world = World::on_sqlite().await;
    let Place::File(folder) = &world.place else { unreachable!("it is a file") };
    let path = format!("sqlite://{}", folder.path().join("msp-reset.sqlite").display());
    let pool = SqlitePool::connect(&path).await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/queries");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    // What looks for damage reads everything.
    let files = files.filter(|path| !path.ends_with("inspect.rs"));
    let files: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let macros: Vec<_> = files.iter().flat_map(|file| beginnings(file)).collect();
    let mut looked = 0;
    for statement in files.iter().flat_map(|file| statements(file, &macros)) {
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {statement}"));
        // A part of a statement, or one that is put together, is none for SQLite.
        let Ok(plan) = sqlx::query(explain).fetch_all(&pool).await else { continue };
        looked += 1;
        if MEANT.iter().any(|meant| statement.starts_with(meant)) {
            continue;
        }
        let reads = ["select ", "with "].iter().any(|verb| statement.starts_with(verb));
        for step in plan.iter().map(|row| row.get::<String, _>("detail")) {
            // A plan of a write names what foreign keys would have looked at, were there none.
            if !reads && step.starts_with("SCAN ") {
                continue;
            }
            assert!(!reads_all(&step), "{step}\nfor {statement}");
        }
    }
    assert!(looked > 300, "only {looked} statements were found");
}

#[test]
fn what_goes_along_an_account_is_seen() {
    assert!(reads_all("SEARCH shares USING INDEX shares_account (account=?)"));
    assert!(reads_all("SEARCH t USING COVERING INDEX sqlite_autoindex_tickets_2 (account=?)"));
    assert!(!reads_all("SEARCH shares USING INDEX shares_of_reset (reset=?)"));
    assert!(!reads_all("SEARCH r USING INDEX resets_by_age (account=? AND asked_at>?)"));
    assert!(!reads_all("SEARCH customers USING INDEX customers_account (account=?)"));
    assert!(reads_all("SCAN resets") && reads_all("SCAN s USING INDEX shares_of_reset"));
    assert!(reads_all("SEARCH w USING PRIMARY KEY (account=?)"));
    assert!(!reads_all("SCAN outbox USING INDEX outbox_due") && !reads_all("SCAN technicians"));
    assert!(!reads_all("SEARCH k USING INDEX sqlite_autoindex_audit_checks_1 (account=?)"));
}
