//! Policies.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::mails::About;
use crate::audit::{Act, Entry};
use crate::policy::Policy;
use crate::policy::layers::{Layer, effective};
use crate::store::{
    Customer, MailKind, Policies, PolicyChange, PolicyCustomer, PolicyRow, PolicyRows, PolicyStore,
    StoreError,
};

/// Nobody knows what should hold: that is no answer, rather than a looser one.
const UNREADABLE: StoreError = StoreError::Inconsistent("a policy");

/// The account's own row has the nil id.
fn row_of(customer: Option<CustomerId>) -> Uuid {
    customer.map_or(Uuid::nil(), |customer| customer.0)
}

fn policy_row(row: &<Db as sqlx::Database>::Row) -> Result<PolicyRow, StoreError> {
    let said = Layer::read(row.try_get("body")?).ok_or(UNREADABLE)?;
    Ok(PolicyRow { said, version: Millis(row.try_get("updated_at")?) })
}

#[async_trait]
impl PolicyStore for Database {
    async fn policy(&self, account: AccountId, customer: CustomerId) -> Result<Policy, StoreError> {
        let rows = self.policy_rows(account, Some(customer)).await?;
        let said = |row: Option<PolicyRow>| row.map(|row| row.said).unwrap_or_default();
        effective(&said(rows.account), &said(rows.customer)).map_err(|_| UNREADABLE)
    }

    async fn policy_rows(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<PolicyRows, StoreError> {
        let found = sqlx::query(
            "select customer, body, updated_at from policies
             where account = $1 and customer in ($2, $3)",
        )
        .bind(account.0)
        .bind(Uuid::nil())
        .bind(row_of(customer))
        .fetch_all(self.read())
        .await?;
        let mut rows = PolicyRows::default();
        for row in &found {
            let place = match row.try_get::<Uuid, _>("customer")?.is_nil() {
                true => &mut rows.account,
                false => &mut rows.customer,
            };
            *place = Some(policy_row(row)?);
        }
        Ok(rows)
    }

    async fn policies(&self, account: AccountId) -> Result<Policies, StoreError> {
        let found = sqlx::query("select customer, body from policies where account = $1")
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        let mut policies = Policies::default();
        for row in &found {
            let said = Layer::read(row.try_get(1)?).ok_or(UNREADABLE)?;
            let customer: Uuid = row.try_get(0)?;
            match customer.is_nil() {
                true => policies.account = said,
                false => drop(policies.customers.insert(CustomerId(customer), said)),
            }
        }
        Ok(policies)
    }

    async fn policy_customers(
        &self,
        account: AccountId,
    ) -> Result<Vec<PolicyCustomer>, StoreError> {
        let rows = sqlx::query(
            "select u.id, u.name, p.body from customers u
             left join policies p on p.account = u.account and p.customer = u.id
             where u.account = $1 order by u.name, u.id",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let customer = Customer { id: CustomerId(row.try_get(0)?), name: row.try_get(1)? };
                let said = match row.try_get::<Option<&str>, _>(2)? {
                    None => Layer::default(),
                    Some(body) => Layer::read(body).ok_or(UNREADABLE)?,
                };
                Ok(PolicyCustomer { customer, said })
            })
            .collect()
    }

    async fn change_policy(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        change: &PolicyChange<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let customer = row_of(change.customer);
        let body = change.said.to_body();
        let query = match (change.seen, change.said.is_empty()) {
            (Some(seen), true) => sqlx::query(
                "delete from policies where account = $1 and customer = $2 and updated_at = $3",
            )
            .bind(account.0)
            .bind(customer)
            .bind(seen.0),
            // A new version for each change, also within one millisecond.
            (Some(seen), false) => sqlx::query(
                "update policies set body = $4,
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
                "insert into policies (account, customer, body, updated_at)
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
        if !go_together(&mut write, account).await? {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        if let Some(alarm) = change.alarm {
            let about = About::Policy(alarm);
            self.mail_admins(&mut write, account, about, MailKind::Policy, now).await?;
        }
        let entry = Entry {
            customer: change.customer,
            loosens: change.alarm.is_some(),
            ..Entry::new(Act::PolicyChanged).by(by).about(change.about)
        };
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }
}

/// Whether what the account says and what each customer says can be meant together. Two changes of
/// two layers, each fine by what it had seen, may not be.
async fn go_together(write: &mut Write, account: AccountId) -> Result<bool, StoreError> {
    let rows = sqlx::query(
        "select customer, body, updated_at from policies where account = $1 order by customer",
    )
    .bind(account.0)
    .fetch_all(write.db())
    .await?;
    let (mut own, mut customers) = (Layer::default(), vec![Layer::default()]);
    for row in &rows {
        let said = policy_row(row)?.said;
        match row.try_get::<Uuid, _>("customer")?.is_nil() {
            true => own = said,
            false => customers.push(said),
        }
    }
    Ok(customers.iter().all(|customer| effective(&own, customer).is_ok()))
}
