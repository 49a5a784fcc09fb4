//! An account and everything in it, in one transaction.

use super::super::{Database, Write};
use super::words::{find_contact, find_ticket};
use crate::store::{ImportRow, ImportStore, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};

use crate::audit::{Act, Entry};
use crate::brand::logo::Logo;

#[async_trait]
impl ImportStore for Database {
    async fn import(
        &self,
        account: AccountId,
        now: Millis,
        rows: &[ImportRow],
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        for row in rows {
            insert(&mut write, account, now, row).await.map_err(StoreError::taken)?;
            match row {
                ImportRow::Technician { id, name, .. } => {
                    self.name(&mut write, account, id.0, name).await?;
                }
                ImportRow::Contact { id, .. } => find_contact(&mut write, account, id.0).await?,
                ImportRow::Ticket { id, .. } => find_ticket(&mut write, account, id.0).await?,
                _ => {}
            }
        }
        let entry = Entry::new(Act::Imported).about(format!("{} rows", rows.len()));
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        let any: Option<bool> = sqlx::query_scalar("select is_on from accounts limit 1")
            .fetch_optional(self.read())
            .await?;
        Ok(any.is_none())
    }
}

async fn insert(
    write: &mut Write,
    account: AccountId,
    now: Millis,
    row: &ImportRow,
) -> Result<(), sqlx::Error> {
    let query = match row {
        ImportRow::Account { id, name } => {
            sqlx::query("insert into accounts (id, name, created_at) values ($1, $2, $3)")
                .bind(id.0)
                .bind(name)
                .bind(now.0)
        }
        // The account's own row has the nil id as its customer.
        ImportRow::Policy { customer, body } => sqlx::query(
            "insert into policies (account, customer, body, updated_at) values ($1, $2, $3, $4)",
        )
        .bind(account.0)
        .bind(customer.map_or(uuid::Uuid::nil(), |customer| customer.0))
        .bind(body)
        .bind(now.0),
        ImportRow::Brand { customer, body } => sqlx::query(
            "insert into brands (account, customer, body, updated_at) values ($1, $2, $3, $4)",
        )
        .bind(account.0)
        .bind(customer.map_or(uuid::Uuid::nil(), |customer| customer.0))
        .bind(body)
        .bind(now.0),
        ImportRow::Logo(Logo { hash, png }) => sqlx::query(
            "insert into logos (account, hash, png, created_at) values ($1, $2, $3, $4)
             on conflict do nothing",
        )
        .bind(account.0)
        .bind(hash)
        .bind(png)
        .bind(now.0),
        ImportRow::Technician { id, name, email, role, may_reset, may_use_ui } => sqlx::query(
            "insert into technicians (id, account, name, email, role, may_reset, may_use_ui,
                 must_use_mfa, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, true, $8)",
        )
        .bind(id.0)
        .bind(account.0)
        .bind(name)
        .bind(email)
        .bind(role.as_str())
        .bind(may_reset)
        .bind(may_use_ui)
        .bind(now.0),
        ImportRow::Reach { technician, customers } => {
            for customer in customers {
                sqlx::query(
                    "insert into technician_customers (account, technician, customer)
                     values ($1, $2, $3)",
                )
                .bind(account.0)
                .bind(technician.0)
                .bind(customer.0)
                .execute(write.db())
                .await?;
            }
            sqlx::query(
                "update technicians set all_customers = false where account = $1 and id = $2",
            )
            .bind(account.0)
            .bind(technician.0)
        }
        ImportRow::Customer { id, name } => {
            sqlx::query("insert into customers (id, account, name) values ($1, $2, $3)")
                .bind(id.0)
                .bind(account.0)
                .bind(name)
        }
        ImportRow::Contact { id, customer, name, email, phones } => sqlx::query(
            "insert into contacts (id, account, customer, name, email, phones, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.0)
        .bind(account.0)
        .bind(customer.0)
        .bind(name)
        .bind(email)
        .bind(serde_json::Value::from(phones.clone()).to_string())
        .bind(now.0),
        ImportRow::Ticket { id, customer, contact, number, summary, created_at } => sqlx::query(
            "insert into tickets (id, account, customer, contact, number, summary, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.0)
        .bind(account.0)
        .bind(customer.0)
        .bind(contact.0)
        .bind(number)
        .bind(summary)
        .bind(created_at.0),
        ImportRow::Integration { id, customer, kind, name, settings } => sqlx::query(
            "insert into integrations (id, account, customer, kind, name, settings, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.0)
        .bind(account.0)
        .bind(customer.map(|customer| customer.0))
        .bind(*kind)
        .bind(name)
        .bind(settings)
        .bind(now.0),
        ImportRow::Company { integration, company, name, customer } => sqlx::query(
            "insert into psa_companies (integration, company, account, name, domain, customer,
                 seen_at) values ($1, $2, $3, $4, '', $5, $6)",
        )
        .bind(integration.0)
        .bind(company)
        .bind(account.0)
        .bind(name)
        .bind(customer.0)
        .bind(now.0),
        ImportRow::SsoDomain { integration, domain } => sqlx::query(
            "insert into sso_domains (domain, account, integration) values ($1, $2, $3)",
        )
        .bind(domain)
        .bind(account.0)
        .bind(integration.0),
        ImportRow::Secret { kind, row, sealed } => sqlx::query(
            "insert into secrets (account, kind, row, sealed, updated_at)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(account.0)
        .bind(*kind)
        .bind(row)
        .bind(sealed)
        .bind(now.0),
    };
    query.execute(write.db()).await?;
    Ok(())
}
