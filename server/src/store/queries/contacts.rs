//! Contacts from a file; each part of it in one transaction.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, Millis, TechnicianId};
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::mails::About;
use super::words::find_contact;
use super::{kept, storable};
use crate::audit::{Act, Entry};
use crate::contacts::{Fate, compare_card, key};
use crate::store::{
    CardLine, ContactFile, ContactStore, Imported, KnownContact, MailKind, Numbers, StoreError,
};
use crate::verification::same_numbers;

/// Customers whose contacts are read at once: each is a parameter.
const AT_ONCE: usize = 500;

const KNOWN: &str = "select id, customer, name, email, phones, address_hash from contacts
     where (psa is null or address_hash is not null) and account = ";

fn known(row: &<Db as sqlx::Database>::Row) -> Result<KnownContact, StoreError> {
    let phones: String = row.try_get(4)?;
    Ok(KnownContact {
        id: ContactId(row.try_get(0)?),
        customer: CustomerId(row.try_get(1)?),
        name: row.try_get(2)?,
        email: row.try_get(3)?,
        phones: serde_json::from_str(&phones)
            .map_err(|_| StoreError::Inconsistent("a contact's phones"))?,
        address_hash: row.try_get(5)?,
    })
}

fn of_customers(account: AccountId, customers: &[CustomerId]) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::<Db>::new(KNOWN);
    query.push_bind(account.0).push(" and customer in (");
    let mut list = query.separated(", ");
    for customer in customers {
        list.push_bind(customer.0);
    }
    query.push(")");
    query
}

/// Who is there of these lines: by the id that the file was read with, and by their address, should somebody
/// have come meanwhile.
fn of_lines(account: AccountId, lines: &[CardLine]) -> [QueryBuilder<Db>; 2] {
    let mut by_id = QueryBuilder::<Db>::new(KNOWN);
    by_id.push_bind(account.0).push(" and id in (");
    let mut list = by_id.separated(", ");
    for line in lines {
        list.push_bind(line.id.0);
    }
    by_id.push(")");
    let mut customers: Vec<CustomerId> = lines.iter().map(|it| it.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let mut by_address = of_customers(account, &customers);
    // PostgreSQL takes no text that can't be stored, not even to look for.
    by_address.push(" and psa is null and lower(email) in ('' ");
    for line in lines.iter().filter(|it| storable(&it.email)) {
        by_address.push(", ").push_bind(line.email.clone());
    }
    by_address.push(")");
    [by_id, by_address]
}

#[async_trait]
impl ContactStore for Database {
    async fn known_contacts(
        &self,
        account: AccountId,
        customers: &[CustomerId],
    ) -> Result<Vec<KnownContact>, StoreError> {
        let mut all = Vec::new();
        for some in customers.chunks(AT_ONCE) {
            let rows = of_customers(account, some).build().fetch_all(self.read()).await?;
            for row in &rows {
                all.push(known(row)?);
            }
        }
        Ok(all)
    }

    async fn import_contacts(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        file: &ContactFile,
    ) -> Result<Imported, StoreError> {
        let mut write = self.write(account).await?;
        let mut done = Imported { same: file.same, ..Imported::default() };
        if !self.make_customers(&mut write, account, file).await? {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        done.customers = file.customers.len();
        let mut there: HashMap<(CustomerId, String), KnownContact> = HashMap::new();
        for some in file.lines.chunks(AT_ONCE) {
            for mut query in of_lines(account, some) {
                for row in &query.build().fetch_all(write.db()).await? {
                    let contact = known(row)?;
                    there.insert((contact.customer, contact.email.trim().to_lowercase()), contact);
                }
            }
        }
        for line in file.lines.iter().filter(|it| storable(&it.email)) {
            match there.get(&(line.customer, line.email.clone())) {
                None => {
                    self.add_contact(&mut write, account, now, line).await?;
                    done.added += 1;
                    done.numbered += usize::from(!line.phones.is_empty());
                }
                Some(before) => match compare_card(before, &line.name, &line.phones) {
                    Fate::Changed(_) => {
                        let renumbered =
                            !line.phones.is_empty() && !same_numbers(&before.phones, &line.phones);
                        change(&mut write, account, now, before, line, renumbered).await?;
                        done.changed += 1;
                        done.renumbered += usize::from(renumbered);
                    }
                    Fate::New | Fate::Same => done.same += 1,
                },
            }
        }
        let part = file.part.map(|(nth, of)| format!("part {nth} of {of}: ")).unwrap_or_default();
        let about = format!(
            "{part}{} new, {} changed, {} of them with other numbers, {} as they were, {} new customers",
            done.added, done.changed, done.renumbered, done.same, done.customers
        );
        if done.numbers().any() && !file.told {
            let (here, ahead) = (done.numbers(), file.ahead);
            let all = Numbers { new: here.new + ahead.new, other: here.other + ahead.other };
            let words = all.to_words();
            let about = About::Contacts(&words);
            self.mail_admins(&mut write, account, about, MailKind::Contacts, now).await?;
        }
        let entry = Entry::new(Act::ContactsImported).by(by).about(about);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await?;
        Ok(done)
    }
}

impl Database {
    /// Whether everything about customers is still as the file was read.
    async fn make_customers(
        &self,
        write: &mut Write,
        account: AccountId,
        file: &ContactFile,
    ) -> Result<bool, StoreError> {
        let rows = sqlx::query("select id, name from customers where account = $1")
            .bind(account.0)
            .fetch_all(write.db())
            .await?;
        let mut ids: HashSet<Uuid> = HashSet::new();
        let mut names: HashSet<String> = HashSet::new();
        for row in &rows {
            ids.insert(row.try_get(0)?);
            names.insert(key(row.try_get(1)?));
        }
        for (id, name) in &file.customers {
            if names.contains(&key(name)) {
                return Ok(false);
            }
            sqlx::query("insert into customers (id, account, name) values ($1, $2, $3)")
                .bind(id.0)
                .bind(account.0)
                .bind(kept(name))
                .execute(write.db())
                .await?;
            self.name(write, account, id.0, &kept(name)).await?;
            ids.insert(id.0);
        }
        Ok(file.lines.iter().all(|line| ids.contains(&line.customer.0)))
    }

    async fn add_contact(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        line: &CardLine,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into contacts (id, account, customer, name, email, phones, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(line.id.0)
        .bind(account.0)
        .bind(line.customer.0)
        .bind(kept(&line.name))
        .bind(&line.email)
        .bind(phones(line))
        .bind(now.0)
        .execute(write.db())
        .await?;
        self.name(write, account, line.id.0, &kept(&line.name)).await?;
        find_contact(write, account, line.id.0).await
    }
}

/// `renumbered`: what was proved at the numbers before does not show any more from now on. (For a reset it
/// never counts: the card's hash is another one.)
async fn change(
    write: &mut Write,
    account: AccountId,
    now: Millis,
    before: &KnownContact,
    line: &CardLine,
    renumbered: bool,
) -> Result<(), StoreError> {
    let numbers = match renumbered {
        true => phones(line),
        false => serde_json::Value::from(before.phones.clone()).to_string(),
    };
    sqlx::query(
        "update contacts set name = $3, phones = $4,
             changed_at = case when $5 then $6 else changed_at end
         where account = $1 and id = $2",
    )
    .bind(account.0)
    .bind(before.id.0)
    .bind(kept(&line.name))
    .bind(numbers)
    .bind(renumbered)
    .bind(now.0)
    .execute(write.db())
    .await?;
    if renumbered {
        // Who has never been looked at: the first look finds other numbers than these, which nobody has.
        sqlx::query(
            "insert into known_cards (contact, account, hash, seen_at) values ($1, $2, $3, $4)
             on conflict (contact) do nothing",
        )
        .bind(before.id.0)
        .bind(account.0)
        .bind(&b""[..])
        .bind(now.0)
        .execute(write.db())
        .await?;
    }
    find_contact(write, account, before.id.0).await
}

fn phones(line: &CardLine) -> String {
    serde_json::Value::from(line.phones.clone()).to_string()
}
