//! What a search finds contacts and tickets by, written beside them. Whoever writes such a row says so
//! here, in the same transaction; rows that came otherwise are made up for at the next start.

use std::collections::BTreeSet;

use shared::AccountId;
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::super::{Database, Db, Write};
use crate::store::StoreError;
use crate::words::{line, sort_name, words};

/// Rows that are made up for in one transaction.
const AT_ONCE: i64 = 500;

/// Where words of a kind of row are kept.
#[derive(Clone, Copy)]
struct Kept {
    /// Inserts words: `(account, word, row)`.
    insert: &'static str,
    /// Deletes a word.
    delete: &'static str,
}

const OF_CONTACTS: Kept = Kept {
    insert: "insert into contact_words (account, word, contact) ",
    delete: "delete from contact_words where account = $1 and contact = $2 and word = $3",
};
const OF_TICKETS: Kept = Kept {
    insert: "insert into ticket_words (account, word, ticket) ",
    delete: "delete from ticket_words where account = $1 and ticket = $2 and word = $3",
};

/// The words of a contact that was written, and of the tickets about them.
pub(super) async fn find_contact(
    write: &mut Write,
    account: AccountId,
    id: Uuid,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select c.name, c.email, u.name, c.found_by from contacts c
         join customers u on u.id = c.customer where c.account = $1 and c.id = $2",
    )
    .bind(account.0)
    .bind(id)
    .fetch_one(write.db())
    .await?;
    let (name, email, customer): (String, String, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let before: Option<String> = row.try_get(3)?;
    let now = words([name.as_str(), &email, &customer]);
    sqlx::query("update contacts set sort_name = $3, found_by = $4 where account = $1 and id = $2")
        .bind(account.0)
        .bind(id)
        .bind(sort_name(&name))
        .bind(line(&now))
        .execute(write.db())
        .await?;
    if !keep(write, OF_CONTACTS, account, id, before.as_deref(), &now).await? || before.is_none() {
        return Ok(());
    }
    // A ticket is found by whom it is about.
    let tickets: Vec<Uuid> =
        sqlx::query_scalar("select id from tickets where account = $1 and contact = $2")
            .bind(account.0)
            .bind(id)
            .fetch_all(write.db())
            .await?;
    for ticket in tickets {
        find_ticket(write, account, ticket).await?;
    }
    Ok(())
}

/// The words of a ticket that was written.
pub(super) async fn find_ticket(
    write: &mut Write,
    account: AccountId,
    id: Uuid,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select coalesce(t.psa_number, t.number), t.summary, c.name, u.name, t.found_by from tickets t
         join contacts c on c.id = t.contact join customers u on u.id = t.customer
         where t.account = $1 and t.id = $2",
    )
    .bind(account.0)
    .bind(id)
    .fetch_one(write.db())
    .await?;
    let texts: [String; 4] = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?];
    let before: Option<String> = row.try_get(4)?;
    let now = words(texts.iter().map(String::as_str));
    if keep(write, OF_TICKETS, account, id, before.as_deref(), &now).await? || before.is_none() {
        sqlx::query("update tickets set found_by = $3 where account = $1 and id = $2")
            .bind(account.0)
            .bind(id)
            .bind(line(&now))
            .execute(write.db())
            .await?;
    }
    Ok(())
}

/// Writes what has changed of a row's words; gives whether anything has.
async fn keep(
    write: &mut Write,
    kept: Kept,
    account: AccountId,
    id: Uuid,
    before: Option<&str>,
    now: &BTreeSet<String>,
) -> Result<bool, StoreError> {
    let before: BTreeSet<&str> = before.unwrap_or_default().split_whitespace().collect();
    let gone: Vec<&&str> = before.iter().filter(|word| !now.contains(**word)).collect();
    for word in &gone {
        let delete = sqlx::query(kept.delete).bind(account.0).bind(id).bind(**word);
        delete.execute(write.db()).await?;
    }
    let new: Vec<&String> = now.iter().filter(|word| !before.contains(word.as_str())).collect();
    if !new.is_empty() {
        let mut insert = QueryBuilder::<Db>::new(kept.insert);
        insert.push_values(&new, |mut row, word| {
            row.push_bind(account.0).push_bind((*word).clone()).push_bind(id);
        });
        // Somebody else may be making up for the same row.
        insert.push(" on conflict do nothing");
        insert.build().execute(write.db()).await?;
    }
    Ok(!gone.is_empty() || !new.is_empty())
}

impl Database {
    /// Makes the words of rows that have none: those that are older than the words, and those that a program
    /// of an older version has written since. A batch is a transaction, so that nobody waits long.
    pub(in crate::store) async fn make_words(&self) -> Result<(), StoreError> {
        loop {
            let contacts = sqlx::query(
                "select account, id from contacts where found_by is null order by id limit $1",
            );
            let tickets = sqlx::query(
                "select account, id from tickets where found_by is null order by id limit $1",
            );
            let contacts = contacts.bind(AT_ONCE).fetch_all(self.read()).await?;
            let tickets = tickets.bind(AT_ONCE).fetch_all(self.read()).await?;
            if contacts.is_empty() && tickets.is_empty() {
                return Ok(());
            }
            let mut write = self.write_row().await?;
            for row in &contacts {
                find_contact(&mut write, AccountId(row.try_get(0)?), row.try_get(1)?).await?;
            }
            for row in &tickets {
                find_ticket(&mut write, AccountId(row.try_get(0)?), row.try_get(1)?).await?;
            }
            write.commit().await?;
        }
    }
}
