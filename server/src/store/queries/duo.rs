//! A customer's Duo: connected, changed, switched, tested, deleted.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::integrations::integration;
use super::m365::{entry, keep};
use crate::audit::Act;
use crate::duo::SECRET;
use crate::store::{
    Customer, DuoChange, DuoRow, DuoStore, NewDuo, SecretChange, StoreError, Tested,
};

type Line = <Db as sqlx::Database>::Row;

/// What [`duo`] reads.
macro_rules! duo_rows {
    ($only:literal) => {
        concat!(
            "select i.*, u.name as customer_name from integrations i
                 join customers u on u.id = i.customer
             where i.account = $1 and i.kind = 'duo' and i.ended_at is null ",
            $only
        )
    };
}

fn duo(row: &Line) -> Result<DuoRow, StoreError> {
    let integration = integration(row)?;
    let id =
        integration.customer.ok_or(StoreError::Inconsistent("a Duo integration for nobody"))?;
    let customer = Customer { id, name: row.try_get("customer_name")? };
    Ok(DuoRow { integration, customer })
}

/// The secret key, as it is from now on.
fn secret(sealed: &[u8]) -> SecretChange {
    SecretChange::Put { kind: SECRET, sealed: sealed.to_vec() }
}

#[async_trait]
impl DuoStore for Database {
    async fn duo_of(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<DuoRow>, StoreError> {
        let row = sqlx::query(duo_rows!("and i.customer = $2"))
            .bind(account.0)
            .bind(customer.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(duo).transpose()
    }

    async fn duo_all(&self, account: AccountId) -> Result<Vec<DuoRow>, StoreError> {
        let rows = sqlx::query(duo_rows!("order by u.name, i.id"))
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(duo).collect()
    }

    async fn customers_without_duo(&self, account: AccountId) -> Result<Vec<Customer>, StoreError> {
        let rows = sqlx::query(
            "select id, name from customers u where account = $1 and not exists
                 (select 1 from integrations i where i.customer = u.id and i.kind = 'duo'
                      and i.ended_at is null)
             order by name, id",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| Ok(Customer { id: CustomerId(row.try_get(0)?), name: row.try_get(1)? }))
            .collect()
    }

    async fn add_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewDuo,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        // Only for a customer of this account.
        let added = sqlx::query(
            "insert into integrations (id, account, customer, kind, name, settings, changed_at)
             select $1, $2, $3, 'duo', $4, $5, $6 from customers where id = $3 and account = $2",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(new.customer.0)
        .bind(&new.name)
        .bind(&new.settings)
        .bind(now.0)
        .execute(write.db())
        .await;
        let added = added.map_err(StoreError::taken).map(|done| done.rows_affected());
        if !matches!(added, Ok(1)) {
            write.roll_back().await?;
            return Err(added.err().unwrap_or(StoreError::MovedOn));
        }
        keep(&mut write, account, new.id.0, &secret(&new.sealed), now).await?;
        self.name(&mut write, account, new.id.0, &new.name).await?;
        let entry = entry(Act::IntegrationAdded, Some(by), new.customer, new.id);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn change_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &DuoRow,
        change: &DuoChange<'_>,
    ) -> Result<(), StoreError> {
        let id = seen.integration.id;
        let mut write = self.write(account).await?;
        // A new moment for each change, also within one millisecond: forms are compared by it.
        let query = sqlx::query(
            "update integrations set settings = $3,
                 changed_at = case when changed_at < $4 then $4 else changed_at + 1 end
             where account = $1 and id = $2 and changed_at = $5 and kind = 'duo'
                 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(change.settings)
        .bind(now.0)
        .bind(seen.integration.changed_at.0);
        write.one(query).await?;
        if let Some(sealed) = change.sealed {
            keep(&mut write, account, id.0, &secret(sealed), now).await?;
        }
        let act = match (change.moved, change.sealed) {
            (true, _) => Act::IntegrationMoved,
            (false, Some(_)) => Act::CredentialReplaced,
            (false, None) => Act::IntegrationChanged,
        };
        let mut entry = entry(act, Some(by), seen.customer.id, id);
        entry.about = Some(change.about.to_owned()).filter(|about| !about.is_empty());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn switch_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let switched = sqlx::query_scalar(
            "update integrations set is_on = $3 where account = $1 and id = $2 and is_on <> $3
                 and kind = 'duo' and ended_at is null returning customer",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(on)
        .fetch_optional(write.db())
        .await?;
        let customer = or_moved_on(&mut write, switched).await?;
        let act = if on { Act::IntegrationSwitchedOn } else { Act::IntegrationSwitchedOff };
        self.note(&mut write, account, now, &entry(act, Some(by), customer, id)).await?;
        write.commit().await
    }

    async fn note_duo_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &DuoRow,
        tested: Tested<'_>,
    ) -> Result<(), StoreError> {
        let id = seen.integration.id;
        let mut write = self.write(account).await?;
        let there = sqlx::query_scalar(
            "select customer from integrations where account = $1 and id = $2
                 and changed_at = $3 and kind = 'duo' and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(seen.integration.changed_at.0)
        .fetch_optional(write.db())
        .await?;
        let customer = or_moved_on(&mut write, there).await?;
        let mut entry = entry(Act::IntegrationTested, Some(by), customer, id);
        entry.code = tested.code;
        entry.about = Some(tested.about.to_owned());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn end_duo(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let ended = sqlx::query_scalar(
            "update integrations set ended_at = $3, is_on = false, settings = '{}'
             where account = $1 and id = $2 and kind = 'duo' and ended_at is null
             returning customer",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let customer = or_moved_on(&mut write, ended).await?;
        sqlx::query("delete from secrets where account = $1 and row = $2")
            .bind(account.0)
            .bind(id.0)
            .execute(write.db())
            .await?;
        let entry = entry(Act::IntegrationDeleted, Some(by), customer, id);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }
}

/// Whose it was; without a row nothing was written.
async fn or_moved_on(write: &mut Write, customer: Option<Uuid>) -> Result<CustomerId, StoreError> {
    match customer {
        Some(customer) => Ok(CustomerId(customer)),
        None => {
            write.roll_back().await?;
            Err(StoreError::MovedOn)
        }
    }
}
