//! What a run writes about people at Microsoft, contact by contact. Numbers of their profiles are not
//! among it: people and their helpers change those, and a contact's numbers count for more.

use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis};
use sqlx::Row;

use super::super::{Database, Write};
use super::words::find_contact;
use super::{kept, storable};
use crate::store::{PersonHere, StoreError, SyncCounts, SyncRun, SyncedAs, SyncedPerson};

impl Database {
    pub(super) async fn people_of_customer(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PersonHere>, StoreError> {
        let rows = sqlx::query(
            "select c.id, c.name, c.email, c.listed, c.address_hash, s.directory_user
             from integrations i join contacts c on c.customer = i.customer
                 left join synced_people s on s.contact = c.id and s.integration = i.id
             where i.account = $1 and i.id = $2 and c.account = $1
                 and (c.psa is null or c.address_hash is not null)
             order by c.id",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(PersonHere {
                    contact: ContactId(row.try_get(0)?),
                    name: row.try_get(1)?,
                    email: row.try_get(2)?,
                    listed: row.try_get(3)?,
                    address_hash: row.try_get(4)?,
                    directory_user: row.try_get(5)?,
                })
            })
            .collect()
    }

    /// Writes one. Somebody else may have written a contact since the run compared: what does not fit any
    /// more is left to the next run.
    pub(super) async fn put_person(
        &self,
        write: &mut Write,
        run: &SyncRun,
        customer: CustomerId,
        now: Millis,
        person: &SyncedPerson,
        done: &mut SyncCounts,
    ) -> Result<(), StoreError> {
        if !storable(&person.email) || !storable(&person.directory_user) {
            return Ok(());
        }
        match person.is {
            SyncedAs::New(contact) => {
                let inserted = sqlx::query(
                    "insert into contacts (id, account, customer, name, email, phones, changed_at)
                     select $1, $2, $3, $4, $5, '[]', $6 where not exists
                         (select 1 from synced_people where integration = $7 and directory_user = $8)
                     and not exists
                         (select 1 from contacts c where c.account = $2 and c.customer = $3
                              and lower(c.email) = $5 and c.psa is null and not exists
                              (select 1 from synced_people s where s.contact = c.id))",
                )
                .bind(contact.0)
                .bind(run.account.0)
                .bind(customer.0)
                .bind(kept(&person.name))
                .bind(&person.email)
                .bind(now.0)
                .bind(run.integration.0)
                .bind(&person.directory_user)
                .execute(write.db())
                .await?;
                if inserted.rows_affected() == 1 {
                    remember(write, run, customer, contact, &person.directory_user).await?;
                    done.added += 1;
                    self.name(write, run.account, contact.0, &kept(&person.name)).await?;
                    find_contact(write, run.account, contact.0).await?;
                }
            }
            SyncedAs::Found(contact) => {
                if remember(write, run, customer, contact, &person.directory_user).await? {
                    self.change_person(write, run, contact, now, person, done).await?;
                }
            }
            SyncedAs::Known(contact) => {
                self.change_person(write, run, contact, now, person, done).await?;
            }
        }
        Ok(())
    }

    /// Another name or address, or somebody who is back. What was proved at the address before does not show
    /// any more.
    async fn change_person(
        &self,
        write: &mut Write,
        run: &SyncRun,
        contact: ContactId,
        now: Millis,
        person: &SyncedPerson,
        done: &mut SyncCounts,
    ) -> Result<(), StoreError> {
        let name = kept(&person.name);
        let changed = sqlx::query(
            "update contacts set name = $4, listed = true,
                 email = case when lower(email) = $5 then email else $5 end,
                 changed_at = case when lower(email) = $5 then changed_at else $6 end
             where account = $1 and id = $3 and psa is null
                 and (name <> $4 or lower(email) <> $5 or not listed) and exists
                     (select 1 from synced_people s where s.contact = $3 and s.integration = $2
                          and s.directory_user = $7)",
        )
        .bind(run.account.0)
        .bind(run.integration.0)
        .bind(contact.0)
        .bind(&name)
        .bind(&person.email)
        .bind(now.0)
        .bind(&person.directory_user)
        .execute(write.db())
        .await?;
        if changed.rows_affected() == 1 {
            done.changed += 1;
            self.name(write, run.account, contact.0, &name).await?;
            find_contact(write, run.account, contact.0).await?;
        }
        Ok(())
    }
}

/// Who a contact of our own list is at Microsoft; gives whether that is news.
async fn remember(
    write: &mut Write,
    run: &SyncRun,
    customer: CustomerId,
    contact: ContactId,
    directory_user: &str,
) -> Result<bool, StoreError> {
    let made = sqlx::query(
        "insert into synced_people (contact, account, integration, directory_user)
         select id, account, $3, $4 from contacts
         where id = $1 and account = $2 and customer = $5 and psa is null
         on conflict do nothing",
    )
    .bind(contact.0)
    .bind(run.account.0)
    .bind(run.integration.0)
    .bind(directory_user)
    .bind(customer.0)
    .execute(write.db())
    .await?;
    Ok(made.rows_affected() == 1)
}
