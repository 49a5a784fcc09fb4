//! Contacts and tickets of the built-in list.

use super::super::{Database, Db};
use super::lists::{Noun, Sorted};
use crate::store::{Contact, ListAsk, Listed, PeopleStore, PsaRef, StoreError, Ticket, TicketNote};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis, TicketId};
use sqlx::Row;

type Found = <Db as sqlx::Database>::Row;

/// The columns that [`contact`] reads, in its order.
macro_rules! contact_fields {
    () => {
        "c.id, c.customer, u.name, u.is_on, c.name, c.email, c.phones, c.psa, c.psa_id,
         c.address_hash, case when c.psa is null then c.changed_at end"
    };
}

/// Contacts of an account.
macro_rules! contact_columns {
    () => {
        concat!(
            "select ",
            contact_fields!(),
            " from contacts c join customers u on u.id = c.customer where c.account = $1 "
        )
    };
}

/// The columns that [`ticket`] reads, in its order.
macro_rules! ticket_fields {
    () => {
        "t.id, t.contact, c.name, u.name, coalesce(t.psa_number, t.number), t.summary,
         t.created_at, t.psa, t.psa_id, t.customer"
    };
}

/// Tickets of an account.
macro_rules! ticket_columns {
    () => {
        concat!(
            "select ",
            ticket_fields!(),
            " from tickets t join contacts c on c.id = t.contact
                 join customers u on u.id = t.customer
             where t.account = $1 "
        )
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
        entered_at: row.try_get::<Option<i64>, _>(10)?.map(Millis),
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
        customer: CustomerId(row.try_get(9)?),
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

const CONTACTS: Noun = Noun {
    it: "c",
    columns: contact_fields!(),
    from: "contacts c cross join customers u",
    joined: "u.id = c.customer",
    count: "select count(*) from (select 1 from contact_words
         where account = $1 and word >= $2 and word < $3 limit $4) found",
    having: "select distinct contact from contact_words",
    of_customers: "select id from contacts where customer in ",
    at_address: Some("select id from contacts"),
    unless_searched: "",
    orders: [
        Sorted { column: Some("c.sort_name"), falls: false, key: "select sort_name from contacts" },
        // An id begins with the time at which it was made.
        Sorted { column: None, falls: true, key: "select 1 from contacts" },
    ],
};

const TICKETS: Noun = Noun {
    it: "t",
    columns: ticket_fields!(),
    from: "tickets t cross join contacts c cross join customers u",
    joined: "c.id = t.contact and u.id = t.customer",
    count: "select count(*) from (select 1 from ticket_words
         where account = $1 and word >= $2 and word < $3 limit $4) found",
    having: "select distinct ticket from ticket_words",
    of_customers: "select id from tickets where listed and customer in ",
    at_address: None,
    unless_searched: " and t.closed_at is null",
    orders: [NEWEST, Sorted { falls: false, ..NEWEST }],
};

const NEWEST: Sorted =
    Sorted { column: Some("t.created_at"), falls: true, key: "select created_at from tickets" };

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

    async fn contacts_at(
        &self,
        account: AccountId,
        address: &str,
        address_hash: &[u8],
        most: u32,
    ) -> Result<Vec<Contact>, StoreError> {
        if !super::storable(address) || address.trim().is_empty() {
            return Ok(Vec::new());
        }
        let query = concat!(
            contact_columns!(),
            "and c.id in (
                 select id from contacts where account = $1 and psa is null and lower(email) = $2
                 union select id from contacts where account = $1 and address_hash = $3)
             order by c.id limit $4"
        );
        let rows = sqlx::query(query)
            .bind(account.0)
            .bind(address.trim().to_lowercase())
            .bind(address_hash)
            .bind(i64::from(most))
            .fetch_all(self.read())
            .await?;
        rows.iter().map(contact).collect()
    }

    async fn contacts(
        &self,
        account: AccountId,
        ask: &ListAsk<'_, ContactId>,
    ) -> Result<Listed<Contact>, StoreError> {
        self.page(&CONTACTS, account, ask, |id| id.0, contact).await
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
        ask: &ListAsk<'_, TicketId>,
    ) -> Result<Listed<Ticket>, StoreError> {
        self.page(&TICKETS, account, ask, |id| id.0, ticket).await
    }

    async fn tickets_of(
        &self,
        account: AccountId,
        contact: ContactId,
        limit: u32,
    ) -> Result<Vec<Ticket>, StoreError> {
        // Begun with the contact's own: along the account's by age, SQLite would read all of them.
        let rows = sqlx::query(concat!(
            "with theirs (id) as materialized (select id from tickets where contact = $2)
             select ",
            ticket_fields!(),
            " from theirs cross join tickets t cross join contacts c cross join customers u
             where t.id = theirs.id and c.id = t.contact and u.id = t.customer
                 and t.account = $1 and t.listed
             order by t.created_at desc, t.id desc limit $3"
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
