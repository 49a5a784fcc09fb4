//! A customer's M365 integration: added, changed, switched, deleted.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::integrations::integration;
use super::mails::About;
use crate::audit::{Act, Entry};
use crate::store::{
    CheckRow, Customer, M365Act, M365Change, M365Row, M365Store, MailKind, NewM365, SecretChange,
    StoreError,
};

type Line = <Db as sqlx::Database>::Row;

/// What [`m365`] reads.
macro_rules! m365_rows {
    ($only:literal) => {
        concat!(
            "select i.*, u.name as customer_name, k.integration as checked, k.due_at,
                 k.checked_at, k.report, k.expires_at, k.failing_since, k.told_days
             from integrations i join customers u on u.id = i.customer
                 left join integration_checks k on k.integration = i.id
             where i.account = $1 and i.kind = 'm365' and i.ended_at is null ",
            $only
        )
    };
}
pub(super) use m365_rows;

pub(super) fn m365(row: &Line) -> Result<M365Row, StoreError> {
    let millis =
        |name: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(name)?.map(Millis));
    let check = match row.try_get::<Option<Uuid>, _>("checked")? {
        None => None,
        Some(_) => Some(CheckRow {
            checked_at: millis("checked_at")?,
            report: row.try_get("report")?,
            expires_at: millis("expires_at")?,
            failing_since: millis("failing_since")?,
            told_days: row.try_get("told_days")?,
            due_at: Millis(row.try_get("due_at")?),
        }),
    };
    let integration = integration(row)?;
    let id =
        integration.customer.ok_or(StoreError::Inconsistent("an M365 integration for nobody"))?;
    let customer = Customer { id, name: row.try_get("customer_name")? };
    Ok(M365Row { integration, customer, check })
}

pub(super) fn entry(
    act: Act,
    by: Option<TechnicianId>,
    customer: CustomerId,
    id: IntegrationId,
) -> Entry {
    Entry { technician: by, customer: Some(customer), integration: Some(id), ..Entry::new(act) }
}

#[async_trait]
impl M365Store for Database {
    async fn m365_all(&self, account: AccountId) -> Result<Vec<M365Row>, StoreError> {
        let rows = sqlx::query(m365_rows!("order by u.name, i.id"))
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(m365).collect()
    }

    async fn m365_one(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Option<M365Row>, StoreError> {
        let row = sqlx::query(m365_rows!("and i.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(m365).transpose()
    }

    async fn m365_for(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<M365Row>, StoreError> {
        let row = sqlx::query(m365_rows!("and i.customer = $2"))
            .bind(account.0)
            .bind(customer.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(m365).transpose()
    }

    async fn customers_without_m365(
        &self,
        account: AccountId,
    ) -> Result<Vec<Customer>, StoreError> {
        let rows = sqlx::query(
            "select id, name from customers u where account = $1 and not exists
                 (select 1 from integrations i where i.customer = u.id and i.kind = 'm365'
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

    async fn add_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewM365,
        secret: &SecretChange,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        // Only for a customer of this account.
        let added = sqlx::query(
            "insert into integrations (id, account, customer, kind, name, settings, changed_at)
             select $1, $2, $3, 'm365', $4, $5, $6 from customers where id = $3 and account = $2",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(new.customer.0)
        .bind(&new.name)
        .bind(&new.settings)
        .bind(now.0)
        .execute(write.db())
        .await;
        match added.map_err(StoreError::taken) {
            Ok(done) if done.rows_affected() == 1 => {}
            Ok(_) => {
                write.roll_back().await?;
                return Err(StoreError::MovedOn);
            }
            Err(error) => {
                write.roll_back().await?;
                return Err(error);
            }
        }
        keep(&mut write, account, new.id.0, secret, now).await?;
        self.name(&mut write, account, new.id.0, &new.name).await?;
        let entry = entry(Act::IntegrationAdded, Some(by), new.customer, new.id);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn change_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &M365Row,
        change: &M365Change<'_>,
    ) -> Result<(), StoreError> {
        let M365Change { name, settings, secrets, act, about, loosens } = *change;
        let id = seen.integration.id;
        let mut write = self.write(account).await?;
        // A new moment for each change, also within one millisecond: tokens are cached by it.
        let query = sqlx::query(
            "update integrations set name = $3, settings = $4,
                 changed_at = case when changed_at < $5 then $5 else changed_at + 1 end
             where account = $1 and id = $2 and changed_at = $6 and kind = 'm365'
                 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(name)
        .bind(settings)
        .bind(now.0)
        .bind(seen.integration.changed_at.0);
        write.one(query).await?;
        for secret in secrets {
            keep(&mut write, account, id.0, secret, now).await?;
        }
        if act == M365Act::Moved {
            forget_links(&mut write, account, id).await?;
            self.forget_sync(&mut write, account, now, id).await?;
        }
        let fresh = matches!(act, M365Act::Moved | M365Act::CredentialReplaced);
        // What was told of the old credential says nothing about the new one.
        sqlx::query(
            "update integration_checks set due_at = $3,
                 told_days = case when $4 then null else told_days end,
                 expires_at = case when $4 then null else expires_at end,
                 report = case when $4 then null else report end
             where account = $1 and integration = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .bind(fresh)
        .execute(write.db())
        .await?;
        self.name(&mut write, account, id.0, name).await?;
        if loosens {
            let about = About::Integration(id);
            self.mail_admins(&mut write, account, about, MailKind::Loosened, now).await?;
        }
        let act = match act {
            M365Act::Changed => Act::IntegrationChanged,
            M365Act::Moved => Act::IntegrationMoved,
            M365Act::CredentialReplaced => Act::CredentialReplaced,
            M365Act::CertificateMade => Act::CertificateMade,
        };
        let mut entry = entry(act, Some(by), seen.customer.id, id);
        entry.about = Some(about.to_owned()).filter(|about| !about.is_empty());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn switch_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let customer: Option<Uuid> = sqlx::query_scalar(
            "update integrations set is_on = $3 where account = $1 and id = $2 and is_on <> $3
                 and kind = 'm365' and ended_at is null returning customer",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(on)
        .fetch_optional(write.db())
        .await?;
        let Some(customer) = customer else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        if on {
            due_now(&mut write, account, id, now).await?;
        }
        let act = if on { Act::IntegrationSwitchedOn } else { Act::IntegrationSwitchedOff };
        let entry = entry(act, Some(by), CustomerId(customer), id);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn end_m365(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let customer: Option<Uuid> = sqlx::query_scalar(
            "update integrations set ended_at = $3, is_on = false, settings = '{}'
             where account = $1 and id = $2 and kind = 'm365' and ended_at is null
             returning customer",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(customer) = customer else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        for gone in [
            "delete from secrets where account = $1 and row = $2",
            "delete from integration_checks where account = $1 and integration = $2",
        ] {
            sqlx::query(gone).bind(account.0).bind(id.0).execute(write.db()).await?;
        }
        forget_links(&mut write, account, id).await?;
        self.forget_sync(&mut write, account, now, id).await?;
        let entry = entry(Act::IntegrationDeleted, Some(by), CustomerId(customer), id);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }
}

async fn due_now(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "update integration_checks set due_at = $3 where account = $1 and integration = $2",
    )
    .bind(account.0)
    .bind(id.0)
    .bind(now.0)
    .execute(write.db())
    .await?;
    Ok(())
}

async fn forget_links(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
) -> Result<(), StoreError> {
    sqlx::query("delete from directory_links where account = $1 and integration = $2")
        .bind(account.0)
        .bind(id.0)
        .execute(write.db())
        .await?;
    Ok(())
}

/// Keeps a sealed secret of a row, or drops it.
pub(super) async fn keep(
    write: &mut Write,
    account: AccountId,
    row: Uuid,
    change: &SecretChange,
    now: Millis,
) -> Result<(), StoreError> {
    let query = match change {
        SecretChange::Put { kind, sealed } => sqlx::query(
            "insert into secrets (account, kind, row, sealed, updated_at)
             values ($1, $2, $3, $4, $5)
             on conflict (account, kind, row) do update
                 set sealed = excluded.sealed, updated_at = excluded.updated_at",
        )
        .bind(account.0)
        .bind(*kind)
        .bind(row)
        .bind(sealed)
        .bind(now.0),
        SecretChange::Drop { kind } => {
            sqlx::query("delete from secrets where account = $1 and kind = $2 and row = $3")
                .bind(account.0)
                .bind(*kind)
                .bind(row)
        }
    };
    query.execute(write.db()).await?;
    Ok(())
}
