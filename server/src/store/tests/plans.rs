//! What SQLite reads for our statements. It knows no numbers of rows here: of two indexes it may take the one that leads
//! along everything of an account, and at a hundred thousand rows a look of a pod takes a tenth of a second.

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

/// Statements that are meant to read all of an account, by how they begin.
const MEANT: [&str; 3] = [
    // The check of the chain, and tests.
    "select seq, at, body from audit where account = ?1 order by seq",
    // The last entry of an index.
    "select max(seq) from audit where account = ?1",
    // Once a day.
    "select id, psa_id from contacts where account = ?1 and psa = ?2",
];

/// The texts between quotation marks, in their order; none of our statements has one in it.
fn texts(source: &str) -> Vec<&str> {
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
        let ends =
            source.split(name.as_str()).skip(1).filter_map(|rest| texts(rest).first().copied());
        all.extend(ends.map(|end| format!("{begins}{end}")));
    }
    let plain =
        |text: String| text.replace('$', "?").split_whitespace().collect::<Vec<_>>().join(" ");
    all.into_iter().map(plain).filter(|text| text.contains("where ")).collect()
}

/// Whether it goes along everything of an account.
fn reads_all(step: &str) -> bool {
    let index = step.split("INDEX ").nth(1).unwrap_or_default();
    let index = index.trim_start_matches("sqlite_autoindex_");
    // One row for each account.
    let grows = !index.starts_with("audit_checks_")
        && GROWING.iter().any(|table| index.starts_with(&format!("{table}_")));
    grows && index.ends_with(" (account=?)")
}

#[tokio::test]
async fn no_statement_reads_all_of_an_account_by_accident() {
    let world = World::on_sqlite().await;
    let Place::File(folder) = &world.place else { unreachable!("it is a file") };
    let path = format!("sqlite://{}", folder.path().join("msp-reset.sqlite").display());
    let pool = SqlitePool::connect(&path).await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/queries");
    let files =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let files: Vec<String> = files.collect();
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
        for step in plan.iter().map(|row| row.get::<String, _>("detail")) {
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
    assert!(!reads_all("SCAN outbox"));
}
