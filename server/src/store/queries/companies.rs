//! Companies of a PSA and which customers they are; contacts and tickets as far as they are kept.

use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis, TechnicianId, TicketId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Write};
use super::psa::entry;
use super::words::{find_contact, find_ticket};
use super::{kept, storable};
use crate::audit::Act;
use crate::psa::Company;
use crate::random;
use crate::store::{
    CompanyRow, CompanyStore, Customer, Mapping, Mirrored, SeenContact, SeenTicket, StoreError,
};

#[async_trait]
impl CompanyStore for Database {
    async fn psa_companies(
        &self,
        account: AccountId,
        id: IntegrationId,
        search: &str,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<CompanyRow>, StoreError> {
        if !storable(search) {
            return Ok(Vec::new());
        }
        // Names differ in case beyond ASCII by database, so what is looked for is compared here.
        let rows = sqlx::query(
            "select p.company, p.name, p.domain, p.customer, u.name as customer_name
             from psa_companies p left join customers u on u.id = p.customer
             where p.account = $1 and p.integration = $2
             order by case when p.customer is null then 0 else 1 end, lower(p.name), p.company",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_all(self.read())
        .await?;
        let search = search.trim().to_lowercase();
        let mut found = Vec::new();
        for row in &rows {
            let customer: Option<Uuid> = row.try_get(3)?;
            let customer_name: Option<String> = row.try_get(4)?;
            let company = CompanyRow {
                company: row.try_get(0)?,
                name: row.try_get(1)?,
                domain: row.try_get(2)?,
                customer: customer
                    .zip(customer_name)
                    .map(|(id, name)| Customer { id: CustomerId(id), name }),
            };
            let texts = [&company.name, &company.domain];
            if texts.into_iter().any(|text| text.to_lowercase().contains(&search)) {
                found.push(company);
            }
        }
        Ok(found.into_iter().skip(offset as usize).take(limit as usize).collect())
    }

    async fn see_companies(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
        companies: &[Company],
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        if !is_there(&mut write, account, id).await? {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        for company in companies {
            sqlx::query(
                "insert into psa_companies (integration, company, account, name, domain, seen_at)
                 values ($1, $2, $3, $4, $5, $6)
                 on conflict (integration, company) do update set name = excluded.name,
                     domain = excluded.domain, seen_at = excluded.seen_at",
            )
            .bind(id.0)
            .bind(kept(&company.id))
            .bind(account.0)
            .bind(kept(&company.name))
            .bind(kept(&company.domain))
            .bind(now.0)
            .execute(write.db())
            .await?;
        }
        write.commit().await
    }

    async fn map_company(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        company: &str,
        to: Mapping,
    ) -> Result<(), StoreError> {
        if !storable(company) {
            return Err(StoreError::MovedOn);
        }
        let mut write = self.write(account).await?;
        let row = sqlx::query(
            "select name, customer from psa_companies where account = $1 and integration = $2
                 and company = $3",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(company)
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let name: String = row.try_get(0)?;
        let mapped: Option<Uuid> = row.try_get(1)?;
        let customer = match to {
            Mapping::Nobody => None,
            // One that is somebody's already was made so a moment before.
            Mapping::New(_) | Mapping::Suggested(_) if mapped.is_some() => {
                write.roll_back().await?;
                return Err(StoreError::MovedOn);
            }
            Mapping::To(customer) | Mapping::Suggested(customer) => Some(customer),
            Mapping::New(customer) => {
                sqlx::query("insert into customers (id, account, name) values ($1, $2, $3)")
                    .bind(customer.0)
                    .bind(account.0)
                    .bind(&name)
                    .execute(write.db())
                    .await?;
                self.name(&mut write, account, customer.0, &name).await?;
                Some(customer)
            }
        };
        // Only to a customer of this account.
        let query = sqlx::query(
            "update psa_companies set customer = $4
             where account = $1 and integration = $2 and company = $3
                 and ($4 is null or exists (select 1 from customers where id = $4 and account = $1))",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(company)
        .bind(customer.map(|customer| customer.0));
        write.one(query).await?;
        let mut entry = entry(Act::CompanyMapped, by, id).about(company);
        entry.customer = customer;
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn customer_of_company(
        &self,
        account: AccountId,
        id: IntegrationId,
        company: &str,
    ) -> Result<Option<Customer>, StoreError> {
        if !storable(company) {
            return Ok(None);
        }
        let row = sqlx::query(
            "select u.id, u.name from psa_companies p join customers u on u.id = p.customer
             where p.account = $1 and p.integration = $2 and p.company = $3",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(company)
        .fetch_optional(self.read())
        .await?;
        row.map(|row| Ok(Customer { id: CustomerId(row.try_get(0)?), name: row.try_get(1)? }))
            .transpose()
    }

    async fn customers(&self, account: AccountId) -> Result<Vec<Customer>, StoreError> {
        let rows =
            sqlx::query("select id, name from customers where account = $1 order by name, id")
                .bind(account.0)
                .fetch_all(self.read())
                .await?;
        rows.iter()
            .map(|row| Ok(Customer { id: CustomerId(row.try_get(0)?), name: row.try_get(1)? }))
            .collect()
    }

    async fn mirror(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
        contact: SeenContact<'_>,
        ticket: Option<SeenTicket<'_>>,
    ) -> Result<Mirrored, StoreError> {
        let mut write = self.write(account).await?;
        let customer: Option<Uuid> =
            sqlx::query_scalar("select id from customers where account = $1 and id = $2")
                .bind(account.0)
                .bind(contact.customer.0)
                .fetch_optional(write.db())
                .await?;
        if customer.is_none() || !is_there(&mut write, account, id).await? {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        let contact = mirror_contact(&mut write, account, id, now, contact).await?;
        let ticket = match ticket {
            Some(ticket) => {
                Some(mirror_ticket(&mut write, account, id, now, contact, ticket).await?)
            }
            None => None,
        };
        write.commit().await?;
        Ok(Mirrored { contact, ticket })
    }
}

async fn is_there(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
) -> Result<bool, StoreError> {
    let there: Option<Uuid> = sqlx::query_scalar(
        "select id from integrations where account = $1 and id = $2 and ended_at is null",
    )
    .bind(account.0)
    .bind(id.0)
    .fetch_optional(write.db())
    .await?;
    Ok(there.is_some())
}

pub(super) async fn mirror_contact(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
    now: Millis,
    seen: SeenContact<'_>,
) -> Result<ContactId, StoreError> {
    let before = sqlx::query(
        "select id, customer from contacts where account = $1 and psa = $2 and psa_id = $3",
    )
    .bind(account.0)
    .bind(id.0)
    .bind(kept(seen.id))
    .fetch_optional(write.db())
    .await?;
    let Some(before) = before else {
        let contact = ContactId(random::id(now));
        sqlx::query(
            "insert into contacts (id, account, customer, name, email, phones, changed_at, psa,
                 psa_id, address_hash) values ($1, $2, $3, $4, '', '[]', $5, $6, $7, $8)",
        )
        .bind(contact.0)
        .bind(account.0)
        .bind(seen.customer.0)
        .bind(kept(seen.name))
        .bind(now.0)
        .bind(id.0)
        .bind(kept(seen.id))
        .bind(seen.address_hash)
        .execute(write.db())
        .await?;
        find_contact(write, account, contact.0).await?;
        return Ok(contact);
    };
    let contact: Uuid = before.try_get(0)?;
    let customer: Uuid = before.try_get(1)?;
    if customer != seen.customer.0 {
        // Another customer's tenant has other people.
        sqlx::query("delete from directory_links where account = $1 and contact = $2")
            .bind(account.0)
            .bind(contact)
            .execute(write.db())
            .await?;
    }
    sqlx::query(
        "update contacts set customer = $3, name = $4, address_hash = $5, changed_at = $6
         where account = $1 and id = $2",
    )
    .bind(account.0)
    .bind(contact)
    .bind(seen.customer.0)
    .bind(kept(seen.name))
    .bind(seen.address_hash)
    .bind(now.0)
    .execute(write.db())
    .await?;
    find_contact(write, account, contact).await?;
    Ok(ContactId(contact))
}

async fn mirror_ticket(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
    now: Millis,
    contact: ContactId,
    seen: SeenTicket<'_>,
) -> Result<TicketId, StoreError> {
    let closed_at = seen.closed.then_some(now.0);
    let ticket: Uuid = sqlx::query_scalar(
        "insert into tickets (id, account, customer, contact, number, summary, created_at,
             closed_at, psa, psa_id, psa_number, listed)
         select $1, $2, c.customer, c.id, $4, $5, $6, $7, $8, $9, $10, i.list_here
         from contacts c cross join integrations i where c.id = $3 and i.id = $8
         on conflict (account, number) do update set customer = excluded.customer,
             contact = excluded.contact, summary = excluded.summary,
             closed_at = case when excluded.closed_at is null then null
                 else coalesce(tickets.closed_at, excluded.closed_at) end, psa_number = excluded.psa_number
         returning id",
    )
    .bind(random::id(now))
    .bind(account.0)
    .bind(contact.0)
    .bind(format!("{id}/{}", kept(seen.id)))
    .bind(kept(seen.summary))
    .bind(seen.created_at.0)
    .bind(closed_at)
    .bind(id.0)
    .bind(kept(seen.id))
    .bind(kept(seen.number))
    .fetch_one(write.db())
    .await?;
    find_ticket(write, account, ticket).await?;
    Ok(TicketId(ticket))
}
