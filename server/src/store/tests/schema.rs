//! Both databases have the same tables: columns, keys, what refers to what, indexes.

use std::collections::BTreeSet;

use sqlx::{PgPool, Row, SqlitePool};

use super::fixture::{Place, keys};

type Lines = BTreeSet<String>;

/// One line for each column, reference and index of a SQLite database.
async fn of_sqlite(pool: &SqlitePool) -> Lines {
    let columns = sqlx::query(
        "select m.name || '.' || c.name, lower(c.type), c.\"notnull\" = 1 or c.pk > 0,
             coalesce(c.dflt_value, 'none')
         from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like '\\_sqlx%' escape '\\'",
    );
    let references = sqlx::query(
        "select m.name || '.' || f.\"from\" || ' refers to ' || f.\"table\" || '.' || f.\"to\"
             || ' on delete ' || lower(f.on_delete)
         from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'",
    );
    let indexes = sqlx::query(
        "select m.name, i.\"unique\" = 1, (select group_concat(name, ', ') from
             (select name from pragma_index_info(i.name) order by seqno)),
             coalesce(x.sql, '')
         from sqlite_master m join pragma_index_list(m.name) i
             left join sqlite_master x on x.type = 'index' and x.name = i.name
         where m.type = 'table' and m.name not like '\\_sqlx%' escape '\\'",
    );
    let mut lines = Lines::new();
    for row in columns.fetch_all(pool).await.unwrap() {
        let (name, kind): (String, String) = (row.get(0), row.get(1));
        lines.insert(column(&name, &kind, row.get(2), &row.get::<String, _>(3)));
    }
    for row in references.fetch_all(pool).await.unwrap() {
        lines.insert(row.get(0));
    }
    for row in indexes.fetch_all(pool).await.unwrap() {
        let (table, columns, sql): (String, String, String) = (row.get(0), row.get(2), row.get(3));
        let only = sql.split_once(" where ").map_or("", |(_, only)| only);
        lines.insert(index(&table, row.get(1), &columns, only));
    }
    lines
}

/// The same lines of a PostgreSQL database.
async fn of_postgres(pool: &PgPool) -> Lines {
    let columns = sqlx::query(
        "select table_name || '.' || column_name, data_type::text, is_nullable = 'NO',
             coalesce(column_default, 'none')
         from information_schema.columns
         where table_schema = 'public' and table_name not like '\\_sqlx%'",
    );
    let references = sqlx::query(
        "select c.conrelid::regclass || '.' || a.attname || ' refers to '
             || c.confrelid::regclass || '.' || b.attname || ' on delete '
             || case c.confdeltype when 'c' then 'cascade' when 'a' then 'no action' else 'other' end
         from pg_constraint c
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
             join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
         where c.contype = 'f'",
    );
    let indexes = sqlx::query(
        "select t.relname::text, i.indisunique,
             (select string_agg(a.attname, ', ' order by k.place)
              from unnest(i.indkey) with ordinality k(number, place)
                  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number),
             coalesce(pg_get_expr(i.indpred, i.indrelid), '')
         from pg_index i join pg_class t on t.oid = i.indrelid
             join pg_namespace n on n.oid = t.relnamespace
         where n.nspname = 'public' and t.relname not like '\\_sqlx%'",
    );
    let mut lines = Lines::new();
    for row in columns.fetch_all(pool).await.unwrap() {
        let (name, kind): (String, String) = (row.get(0), row.get(1));
        lines.insert(column(&name, &kind, row.get(2), &row.get::<String, _>(3)));
    }
    for row in references.fetch_all(pool).await.unwrap() {
        lines.insert(row.get(0));
    }
    for row in indexes.fetch_all(pool).await.unwrap() {
        let (table, columns, only): (String, String, String) = (row.get(0), row.get(2), row.get(3));
        lines.insert(index(&table, row.get(1), &columns, &only));
    }
    lines
}

fn column(name: &str, kind: &str, needed: bool, default: &str) -> String {
    let kind = match kind {
        // SQLite has no type of its own for ids.
        "blob" | "bytea" | "uuid" => "bytes",
        // And its whole numbers are all of 64 bits.
        "integer" | "bigint" => "number",
        other => other,
    };
    let needed = if needed { "not null" } else { "null" };
    format!("{name}: {kind} {needed}, otherwise {}", plain(default))
}

fn index(table: &str, unique: bool, columns: &str, only: &str) -> String {
    let unique = if unique { "unique " } else { "" };
    format!("{table}: {unique}index on {columns} where {}", plain(only))
}

/// An expression as both databases would write it.
fn plain(expression: &str) -> String {
    let mut plain = expression.to_lowercase();
    for (theirs, ours) in [
        ("'\\x'::bytea", "x''"),
        ("= any (array[", "in ("),
        ("::text", ""),
        ("(", ""),
        (")", ""),
        ("]", ""),
        ("''", "x''"),
        ("xx''", "x''"),
    ] {
        plain = plain.replace(theirs, ours);
    }
    plain
}

fn differences(sqlite: &Lines, postgres: &Lines) -> Vec<String> {
    let only = |name: &str, lines: &Lines, other: &Lines| -> Vec<String> {
        lines.difference(other).map(|line| format!("only in {name}: {line}")).collect()
    };
    [only("SQLite", sqlite, postgres), only("PostgreSQL", postgres, sqlite)].concat()
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let (file, url) = (Place::sqlite(), Place::postgres());
    let stores = [file.open(keys()).await.unwrap(), url.open(keys()).await.unwrap()];
    let (Place::File(folder), Place::Url(url)) = (&file, &url) else { unreachable!() };
    let path = folder.path().join("msp-reset.sqlite").display().to_string();
    let sqlite = SqlitePool::connect(&path).await.unwrap();
    let postgres = PgPool::connect(url).await.unwrap();

    let expected = of_postgres(&postgres).await;
    let found = differences(&of_sqlite(&sqlite).await, &expected);
    assert!(found.is_empty(), "{}", found.join("\n"));
    for line in [
        "resets.unlock_sealed: bytes null, otherwise none",
        "accounts.audit_head: bytes not null, otherwise x''",
        "sessions.parent refers to sessions.id on delete cascade",
        "resets: unique index on account, directory_user where stage in 'staged', 'applying'",
        "verifications: unique index on used_by where used_by is not null",
        "tickets: unique index on account, number where ",
    ] {
        assert!(expected.contains(line), "{line} is not among\n{expected:#?}");
    }

    // It can fail, and says where.
    for (change, name) in [
        ("alter table limits add column extra boolean", "limits.extra: boolean null"),
        ("create unique index more on limits (name)", "limits: unique index on name"),
        ("drop index verifications_used", "verifications: unique index on used_by"),
    ] {
        sqlx::query(change).execute(&sqlite).await.unwrap();
        let found = differences(&of_sqlite(&sqlite).await, &expected);
        assert!(found.iter().any(|line| line.contains(name)), "{name}: {found:?}");
    }
    for store in stores {
        store.close().await;
    }
}
