//! Brands.

use std::collections::BTreeSet;

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Write};
use super::mails::About;
use crate::audit::{Act, Entry};
use crate::brand::Brand;
use crate::store::{
    BrandChange, BrandRow, BrandStore, BrandedCustomer, Customer, MailKind, StoreError,
};

/// The account's own row has the nil id, which sorts first.
fn row_of(customer: Option<CustomerId>) -> Uuid {
    customer.map_or(Uuid::nil(), |customer| customer.0)
}

#[async_trait]
impl BrandStore for Database {
    async fn brand(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<Brand, StoreError> {
        let rows = sqlx::query(
            "select a.name, b.body from accounts a
             left join brands b on b.account = a.id and b.customer in ($2, $3)
             where a.id = $1 order by b.customer",
        )
        .bind(account.0)
        .bind(Uuid::nil())
        .bind(row_of(customer))
        .fetch_all(self.read())
        .await?;
        let Some(first) = rows.first() else {
            return Err(StoreError::Inconsistent("a brand of no account"));
        };
        let mut seen = Brand { name: Some(first.try_get("name")?), ..Brand::default() };
        for row in &rows {
            if let Some(body) = row.try_get::<Option<&str>, _>("body")? {
                seen = Brand::read(body).over(seen);
            }
        }
        Ok(seen)
    }

    async fn brand_said(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<Option<BrandRow>, StoreError> {
        let row =
            sqlx::query("select body, updated_at from brands where account = $1 and customer = $2")
                .bind(account.0)
                .bind(row_of(customer))
                .fetch_optional(self.read())
                .await?;
        row.map(|row| {
            let (said, version) = (Brand::read(row.try_get(0)?), Millis(row.try_get(1)?));
            Ok(BrandRow { said, version })
        })
        .transpose()
    }

    async fn branded_customers(
        &self,
        account: AccountId,
    ) -> Result<Vec<BrandedCustomer>, StoreError> {
        let rows = sqlx::query(
            "select u.id, u.name, b.customer is not null as differs from customers u
             left join brands b on b.account = u.account and b.customer = u.id
             where u.account = $1 order by u.name, u.id",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let customer = Customer { id: CustomerId(row.try_get(0)?), name: row.try_get(1)? };
                Ok(BrandedCustomer { customer, differs: row.try_get(2)? })
            })
            .collect()
    }

    async fn change_brand(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        change: &BrandChange<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let customer = row_of(change.customer);
        let body = serde_json::to_string(change.said)
            .map_err(|_| StoreError::Inconsistent("a brand that can't be written"))?;
        let query = match (change.seen, *change.said == Brand::default()) {
            (Some(seen), true) => sqlx::query(
                "delete from brands where account = $1 and customer = $2 and updated_at = $3",
            )
            .bind(account.0)
            .bind(customer)
            .bind(seen.0),
            // A new version for each change, also within one millisecond.
            (Some(seen), false) => sqlx::query(
                "update brands set body = $4,
                     updated_at = case when updated_at < $5 then $5 else updated_at + 1 end
                 where account = $1 and customer = $2 and updated_at = $3",
            )
            .bind(account.0)
            .bind(customer)
            .bind(seen.0)
            .bind(body)
            .bind(now.0),
            // Only for a customer of this account, or the account itself.
            (None, _) => sqlx::query(
                "insert into brands (account, customer, body, updated_at)
                 select $1, $2, $4, $5 where $2 = $3
                     or exists (select 1 from customers where id = $2 and account = $1)
                 on conflict do nothing",
            )
            .bind(account.0)
            .bind(customer)
            .bind(Uuid::nil())
            .bind(body)
            .bind(now.0),
        };
        write.one(query).await?;
        if let Some(logo) = change.logo {
            sqlx::query(
                "insert into logos (account, hash, png, created_at) values ($1, $2, $3, $4)
                 on conflict do nothing",
            )
            .bind(account.0)
            .bind(&logo.hash)
            .bind(&logo.png)
            .bind(now.0)
            .execute(write.db())
            .await?;
        }
        forget_logos(&mut write, account).await?;
        if let Some(alarm) = change.alarm {
            let about = About::Brand(alarm);
            self.mail_admins(&mut write, account, about, MailKind::Branding, now).await?;
        }
        let entry = Entry {
            customer: change.customer,
            ..Entry::new(Act::BrandChanged).by(by).about(change.about)
        };
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn logo(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("select png from logos where hash = $1 limit 1")
            .bind(hash)
            .fetch_optional(self.read())
            .await?)
    }

    async fn only_account(&self) -> Result<Option<AccountId>, StoreError> {
        let ids: Vec<Uuid> =
            sqlx::query_scalar("select id from accounts limit 2").fetch_all(self.read()).await?;
        Ok(match ids[..] {
            [only] => Some(AccountId(only)),
            _ => None,
        })
    }
}

/// Erases the logos that no brand of the account names.
async fn forget_logos(write: &mut Write, account: AccountId) -> Result<(), StoreError> {
    let mut used = BTreeSet::new();
    let bodies: Vec<String> = sqlx::query_scalar("select body from brands where account = $1")
        .bind(account.0)
        .fetch_all(write.db())
        .await?;
    for body in bodies {
        used.extend(Brand::read(&body).logo);
    }
    let kept: Vec<String> = sqlx::query_scalar("select hash from logos where account = $1")
        .bind(account.0)
        .fetch_all(write.db())
        .await?;
    for hash in kept.into_iter().filter(|hash| !used.contains(hash)) {
        sqlx::query("delete from logos where account = $1 and hash = $2")
            .bind(account.0)
            .bind(hash)
            .execute(write.db())
            .await?;
    }
    Ok(())
}
