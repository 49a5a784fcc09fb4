//! Contacts and tickets of the built-in list.

use super::super::{Database, Db};
use super::storable;
use crate::store::{Contact, PeopleStore, PsaRef, StoreError, Ticket, TicketNote};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis, TicketId};
use sqlx::Row;

type Found = <Db as sqlx::Database>::Row;

/// The columns that [`contact`] reads, in its order.
macro_rules! contact_columns {
    () => {
        "select c.id, c.customer, u.name, u.is_on, c.name, c.email, c.phones, c.psa, c.psa_id,
             c.address_hash
         from contacts c join customers u on u.id = c.customer where c.account = $1 "
    };
}

/// The columns that [`ticket`] reads, in its order.
macro_rules! ticket_columns {
    () => {
        "select t.id, t.contact, c.name, u.name, coalesce(t.psa_number, t.number), t.summary,
         t.created_at, t.psa, t.psa_id
         from tickets t join contacts c on c.id = t.contact join customers u on u.id = t.customer
         where t.account = $1 "
    };
}

fn contact(row: &Found) -> Result<Contact, StoreError> {
    let phones: String = row.try_get(6)?;
    Ok(Contact {
        id: ContactId(row.try_get(0)?),
        customer: CustomerId(row.try_get(1)?),
        customer_name: row.try_get(2)?,
        customer_on: row.try_get(3)?,
        name: row.try_get(4)?,
        email: row.try_get(5)?,
        phones: serde_json::from_str(&phones)
            .map_err(|_| StoreError::Inconsistent("a contact's phones"))?,
        psa: psa_ref(row, 7)?,
        address_hash: row.try_get(9)?,
    })
}

fn ticket(row: &Found) -> Result<Ticket, StoreError> {
    Ok(Ticket {
        id: TicketId(row.try_get(0)?),
        contact: ContactId(row.try_get(1)?),
        contact_name: row.try_get(2)?,
        customer_name: row.try_get(3)?,
        number: row.try_get(4)?,
        summary: row.try_get(5)?,
        created_at: Millis(row.try_get(6)?),
        psa: psa_ref(row, 7)?,
    })
}

/// Where something comes from, from two columns.
fn psa_ref(row: &Found, first: usize) -> Result<Option<PsaRef>, StoreError> {
    let integration: Option<uuid::Uuid> = row.try_get(first)?;
    let id: Option<String> = row.try_get(first + 1)?;
    // Without an id it is one of a system that the PSA does not lead to any more.
    let id = id.unwrap_or_default();
    Ok(integration.map(|it| PsaRef { integration: IntegrationId(it), id }))
}

/// What a search looks for, anywhere in a text and in either case.
///
/// What `lower` does beyond ASCII differs: SQLite leaves such letters alone, PostgreSQL does as its
/// locale says. So the statement looks for ASCII only, and [`Search::page`] for the rest.
struct Search {
    text: String,
    limit: u32,
    offset: u32,
}

/// No name is longer; and SQLite refuses patterns beyond 50 000 bytes.
const LONGEST_SEARCH: usize = 1_000;

impl Search {
    /// `None` for what no text in a table can hold.
    fn new(text: &str, limit: u32, offset: u32) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let can_be = storable(&text) && text.len() <= LONGEST_SEARCH;
        can_be.then_some(Self { text, limit, offset })
    }

    /// A `like` pattern with the longest part that is ASCII; what `like` would read as a wildcard
    /// is escaped.
    fn pattern(&self) -> String {
        let parts = self.text.split(|c: char| !c.is_ascii());
        let part = parts.max_by_key(|part| part.len()).unwrap_or_default();
        let mut pattern = String::with_capacity(part.len() + 2);
        pattern.push('%');
        for c in part.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
    }

    /// Which of the rows that fit the pattern are read: the page, or all where some don't count.
    fn limit_and_offset(&self) -> (i64, i64) {
        if self.text.is_ascii() { (self.limit.into(), self.offset.into()) } else { (i64::MAX, 0) }
    }

    /// The page of what was read, by each row's texts.
    fn page<T, const N: usize>(&self, read: Vec<T>, texts: fn(&T) -> [&str; N]) -> Vec<T> {
        if self.text.is_ascii() {
            return read;
        }
        let holds = |text: &str| text.to_lowercase().contains(&self.text);
        let found = read.into_iter().filter(|row| texts(row).into_iter().any(holds));
        found.skip(self.offset as usize).take(self.limit as usize).collect()
    }
}

#[async_trait]
impl PeopleStore for Database {
    async fn contact(
        &self,
        account: AccountId,
        id: ContactId,
    ) -> Result<Option<Contact>, StoreError> {
        let row = sqlx::query(concat!(contact_columns!(), "and c.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(contact).transpose()
    }

    async fn contact_at(
        &self,
        account: AccountId,
        customer: CustomerId,
        address: &str,
        address_hash: &[u8],
    ) -> Result<Option<Contact>, StoreError> {
        // Cards of a PSA have no address here: nothing to look for would find them all.
        if !super::storable(address) || address.trim().is_empty() {
            return Ok(None);
        }
        let query = concat!(
            contact_columns!(),
            "and c.customer = $2 and (lower(c.email) = $3
             or c.address_hash = $4) limit 2"
        );
        let rows = sqlx::query(query)
            .bind(account.0)
            .bind(customer.0)
            .bind(address.trim().to_lowercase())
            .bind(address_hash)
            .fetch_all(self.read())
            .await?;
        match rows.as_slice() {
            [row] => Ok(Some(contact(row)?)),
            _ => Ok(None),
        }
    }

    async fn contacts(
        &self,
        account: AccountId,
        search: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<Contact>, StoreError> {
        let Some(search) = Search::new(search, limit, offset) else { return Ok(Vec::new()) };
        let (limit, offset) = search.limit_and_offset();
        let rows = sqlx::query(concat!(
            contact_columns!(),
            "and (lower(c.name) like $2 escape '\\' or lower(c.email) like $2 escape '\\'
             or lower(u.name) like $2 escape '\\')
             order by lower(c.name), c.id limit $3 offset $4"
        ))
        .bind(account.0)
        .bind(search.pattern())
        .bind(limit)
        .bind(offset)
        .fetch_all(self.read())
        .await?;
        let read = rows.iter().map(contact).collect::<Result<_, _>>()?;
        Ok(search.page(read, |c| [&c.name, &c.email, &c.customer_name]))
    }

    async fn contacts_of(
        &self,
        account: AccountId,
        customer: CustomerId,
        search: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreError> {
        let Some(search) = Search::new(search, limit, 0) else { return Ok(Vec::new()) };
        let rows = sqlx::query(concat!(
            contact_columns!(),
            "and c.customer = $2
             and (lower(c.name) like $3 escape '\\' or lower(c.email) like $3 escape '\\')
             order by lower(c.name), c.id limit $4"
        ))
        .bind(account.0)
        .bind(customer.0)
        .bind(search.pattern())
        .bind(search.limit_and_offset().0)
        .fetch_all(self.read())
        .await?;
        let read = rows.iter().map(contact).collect::<Result<_, _>>()?;
        Ok(search.page(read, |c| [&c.name, &c.email]))
    }

    async fn ticket(&self, account: AccountId, id: TicketId) -> Result<Option<Ticket>, StoreError> {
        let row = sqlx::query(concat!(ticket_columns!(), "and t.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(ticket).transpose()
    }

    async fn tickets(
        &self,
        account: AccountId,
        search: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<Ticket>, StoreError> {
        let all_open = search.trim().is_empty();
        // People write "#1042" as they see it.
        let search = search.trim().trim_start_matches('#');
        let Some(search) = Search::new(search, limit, offset) else { return Ok(Vec::new()) };
        let (limit, offset) = search.limit_and_offset();
        let rows = sqlx::query(concat!(
            ticket_columns!(),
            "and t.psa is null and (($5 and t.closed_at is null)
                 or (not $5 and (lower(t.number) like $2 escape '\\'
             or lower(t.summary) like $2 escape '\\' or lower(c.name) like $2 escape '\\'
             or lower(u.name) like $2 escape '\\')))
             order by t.created_at desc, t.number desc limit $3 offset $4"
        ))
        .bind(account.0)
        .bind(search.pattern())
        .bind(limit)
        .bind(offset)
        .bind(all_open)
        .fetch_all(self.read())
        .await?;
        let read = rows.iter().map(ticket).collect::<Result<_, _>>()?;
        Ok(search.page(read, |t| [&t.number, &t.summary, &t.contact_name, &t.customer_name]))
    }

    async fn tickets_of(
        &self,
        account: AccountId,
        contact: ContactId,
        limit: u32,
    ) -> Result<Vec<Ticket>, StoreError> {
        let rows = sqlx::query(concat!(
            ticket_columns!(),
            "and t.psa is null and t.contact = $2 order by t.created_at desc, t.number desc limit $3"
        ))
        .bind(account.0)
        .bind(contact.0)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(ticket).collect()
    }

    async fn ticket_notes(
        &self,
        account: AccountId,
        ticket: TicketId,
    ) -> Result<Vec<TicketNote>, StoreError> {
        let rows = sqlx::query(
            "select p.name, n.body, n.created_at from ticket_notes n
             left join technicians p on p.id = n.technician and p.account = n.account
             where n.account = $1 and n.ticket = $2 order by n.created_at, n.id",
        )
        .bind(account.0)
        .bind(ticket.0)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(TicketNote {
                    technician: row.try_get(0)?,
                    body: row.try_get(1)?,
                    created_at: Millis(row.try_get(2)?),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_taken_literally() {
        let pattern = |text| Search::new(text, 1, 0).unwrap().pattern();
        assert_eq!(pattern(" 50%_\\A "), "%50\\%\\_\\\\a%");
        assert_eq!(pattern(""), "%%");
        assert_eq!(pattern("Änne Müller"), "%nne m%");
        assert!(Search::new("a\0", 1, 0).is_none());
    }
}
