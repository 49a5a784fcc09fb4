//! Contacts that are kept in step with a customer's people at Microsoft, or with a PSA: the choice, and its
//! runs. What a run writes is in `synced_people` and `synced_psa`.

use async_trait::async_trait;
use shared::{AccountId, Code, ContactId, CustomerId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::integrations::integration;
use super::m365::entry;
use super::synced_psa;
use crate::audit::{Act, Entry};
use crate::store::{
    ContactSync, ContactSyncStore, Integration, Lease, MetContact, PersonHere, StoreError,
    SyncCounts, SyncRun, SyncedPerson, Whom,
};

/// Runs that are begun in one look.
const FEW: i64 = 4;

fn whom(row: &<Db as sqlx::Database>::Row) -> Result<Whom, StoreError> {
    let text: String = row.try_get("whom")?;
    Whom::parse(&text).ok_or(StoreError::Inconsistent("whose contacts are kept in step"))
}

fn counts(row: &<Db as sqlx::Database>::Row) -> Result<SyncCounts, StoreError> {
    let count = |column| super::count(row, column);
    Ok(SyncCounts {
        seen: count("seen")?,
        added: count("added")?,
        changed: count("changed")?,
        unlisted: count("unlisted")?,
    })
}

#[async_trait]
impl ContactSyncStore for Database {
    async fn contact_sync(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Option<ContactSync>, StoreError> {
        let row =
            sqlx::query("select * from contact_syncs where account = $1 and integration = $2")
                .bind(account.0)
                .bind(id.0)
                .fetch_optional(self.read())
                .await?;
        let Some(row) = row else { return Ok(None) };
        let held = row.try_get::<Option<Uuid>, _>("lease")?.is_some();
        let until = Millis(row.try_get("lease_until")?);
        Ok(Some(ContactSync {
            whom: whom(&row)?,
            due_at: Millis(row.try_get("due_at")?),
            held_until: held.then_some(until),
            begun_at: row.try_get::<Option<i64>, _>("begun_at")?.map(Millis),
            counts: counts(&row)?,
            ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(Millis),
            code: row.try_get::<Option<String>, _>("code")?.as_deref().and_then(Code::parse),
        }))
    }

    async fn choose_contact_sync(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        whom: Option<Whom>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let Some(customer) = customer(&mut write, account, id).await? else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let act = match whom {
            Some(whom) => {
                // A run that is under way lists other people than this choice: it is void.
                let query = sqlx::query(
                    "insert into contact_syncs (integration, account, whom, due_at)
                     values ($2, $1, $3, $4)
                     on conflict (integration) do update set whom = excluded.whom,
                         due_at = excluded.due_at, lease_until = 0
                         where contact_syncs.whom <> excluded.whom",
                )
                .bind(account.0)
                .bind(id.0)
                .bind(whom.as_str())
                .bind(now.0);
                write.one(query).await?;
                Act::ContactSyncOn
            }
            None => {
                self.tell_sync(&mut write, account, now, id).await?;
                let query = sqlx::query(
                    "delete from contact_syncs where account = $1 and integration = $2",
                )
                .bind(account.0)
                .bind(id.0);
                write.one(query).await?;
                Act::ContactSyncOff
            }
        };
        let mut entry = entry(act, Some(by), customer, id);
        entry.about = whom.map(|whom| whom.words().to_owned());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn ask_contact_sync(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update contact_syncs set due_at = case when due_at < $3 then due_at else $3 end
             where account = $1 and integration = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn due_contact_syncs(
        &self,
        now: Millis,
    ) -> Result<Vec<(AccountId, IntegrationId)>, StoreError> {
        let rows = sqlx::query(
            "select s.account, s.integration from contact_syncs s
                 join integrations i on i.id = s.integration join accounts a on a.id = s.account
             where s.due_at <= $1 and s.lease_until <= $1 and i.is_on and i.ended_at is null and a.is_on
             order by s.due_at, s.integration limit $2",
        )
        .bind(now.0)
        .bind(FEW)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| Ok((AccountId(row.try_get(0)?), IntegrationId(row.try_get(1)?))))
            .collect()
    }

    async fn claim_contact_sync(
        &self,
        account: AccountId,
        id: IntegrationId,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<(Integration, Whom)>, StoreError> {
        let mut write = self.write(account).await?;
        self.tell_sync(&mut write, account, now, id).await?;
        let claimed = sqlx::query(
            "update contact_syncs set lease = $4, lease_until = $5, begun_at = $3, ended_at = null,
                 code = null, seen = 0, added = 0, changed = 0, unlisted = 0
             where account = $1 and integration = $2 and due_at <= $3 and lease_until <= $3
                 and exists (select 1 from integrations where id = $2 and is_on and ended_at is null)
                 and exists (select 1 from accounts where id = $1 and is_on)
             returning whom",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .bind(lease.id)
        .bind(lease.until.0)
        .fetch_optional(write.db())
        .await?;
        let Some(claimed) = claimed else {
            write.roll_back().await?;
            return Ok(None);
        };
        let row = sqlx::query("select * from integrations where account = $1 and id = $2")
            .bind(account.0)
            .bind(id.0)
            .fetch_one(write.db())
            .await?;
        let (row, whom) = (integration(&row)?, whom(&claimed)?);
        write.commit().await?;
        Ok(Some((row, whom)))
    }

    async fn people_here(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PersonHere>, StoreError> {
        self.people_of_customer(account, id).await
    }

    async fn put_people(
        &self,
        run: &SyncRun,
        now: Millis,
        seen: usize,
        people: &[SyncedPerson],
    ) -> Result<(), StoreError> {
        let mut write = self.write(run.account).await?;
        let Some(customer) = customer(&mut write, run.account, run.integration).await? else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let seen = u32::try_from(seen).unwrap_or(u32::MAX);
        let mut done = SyncCounts { seen, ..SyncCounts::default() };
        for person in people {
            self.put_person(&mut write, run, customer, now, person, &mut done).await?;
        }
        hold(&mut write, run, done).await?;
        write.commit().await
    }

    async fn put_contacts(
        &self,
        run: &SyncRun,
        now: Millis,
        contacts: &[MetContact],
    ) -> Result<(), StoreError> {
        let mut write = self.write(run.account).await?;
        let seen = u32::try_from(contacts.len()).unwrap_or(u32::MAX);
        let mut done = SyncCounts { seen, ..SyncCounts::default() };
        synced_psa::put(&mut write, run, now, contacts, &mut done).await?;
        hold(&mut write, run, done).await?;
        write.commit().await
    }

    async fn listed_of_psa(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<(ContactId, String)>, StoreError> {
        self.listed_in(account, id).await
    }

    async fn unlist_people(&self, run: &SyncRun, contacts: &[ContactId]) -> Result<(), StoreError> {
        let mut write = self.write(run.account).await?;
        let unlisted = unlist(&mut write, run, contacts).await?;
        hold(&mut write, run, SyncCounts { unlisted, ..SyncCounts::default() }).await?;
        write.commit().await
    }

    async fn end_contact_sync(
        &self,
        run: &SyncRun,
        now: Millis,
        due_at: Millis,
        code: Option<Code>,
    ) -> Result<(), StoreError> {
        let (account, id) = (run.account, run.integration);
        let mut write = self.write(account).await?;
        hold(&mut write, run, SyncCounts::default()).await?;
        self.tell_sync(&mut write, account, now, id).await?;
        let query = sqlx::query(
            "update contact_syncs set lease = null, lease_until = 0, due_at = $3, ended_at = $4,
                 code = $5
             where account = $1 and integration = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(due_at.0)
        .bind(now.0)
        .bind(code.map(Code::as_str));
        write.one(query).await?;
        write.commit().await
    }
}

/// Whom an integration that has not ended serves.
async fn customer(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
) -> Result<Option<CustomerId>, StoreError> {
    let found: Option<Uuid> = sqlx::query_scalar(
        "select customer from integrations
         where account = $1 and id = $2 and kind = 'm365' and ended_at is null",
    )
    .bind(account.0)
    .bind(id.0)
    .fetch_optional(write.db())
    .await?;
    Ok(found.map(CustomerId))
}

/// Counts a step, and holds the run for longer; or rolls the step back where the run is void.
async fn hold(write: &mut Write, run: &SyncRun, done: SyncCounts) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update contact_syncs set lease_until = $5, seen = seen + $6, added = added + $7,
             changed = changed + $8, unlisted = unlisted + $9
         where account = $1 and integration = $2 and lease = $3 and lease_until > 0 and exists
             (select 1 from integrations where id = $2 and changed_at = $4 and is_on
                  and ended_at is null)
             and exists (select 1 from accounts where id = $1 and is_on)",
    )
    .bind(run.account.0)
    .bind(run.integration.0)
    .bind(run.lease)
    .bind(run.version.0)
    .bind(run.until.0)
    .bind(i64::from(done.seen))
    .bind(i64::from(done.added))
    .bind(i64::from(done.changed))
    .bind(i64::from(done.unlisted));
    write.one(query).await
}

impl Database {
    /// One audit entry of what a run that has not been told of has written, if it has.
    async fn tell_sync(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let row = sqlx::query(
            "select s.seen, s.added, s.changed, s.unlisted, i.customer from contact_syncs s
                 join integrations i on i.id = s.integration
             where s.account = $1 and s.integration = $2 and s.ended_at is null
                 and s.added + s.changed + s.unlisted > 0",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else { return Ok(()) };
        let SyncCounts { seen, added, changed, unlisted } = counts(&row)?;
        let about = format!(
            "{seen} people met: {added} new, {changed} changed, {unlisted} not listed any more"
        );
        let customer: Option<Uuid> = row.try_get("customer")?;
        let entry = Entry {
            customer: customer.map(CustomerId),
            integration: Some(id),
            ..Entry::new(Act::ContactsSynced)
        };
        self.note(write, account, now, &entry.about(about)).await
    }

    /// Forgets who is who at Microsoft, and that people are listed: the integration leads elsewhere, or is
    /// gone. Contacts stay as they are.
    pub(super) async fn forget_sync(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        self.tell_sync(write, account, now, id).await?;
        for gone in [
            "delete from contact_syncs where account = $1 and integration = $2",
            "delete from synced_people where account = $1 and integration = $2",
        ] {
            sqlx::query(gone).bind(account.0).bind(id.0).execute(write.db()).await?;
        }
        Ok(())
    }
}

async fn unlist(
    write: &mut Write,
    run: &SyncRun,
    contacts: &[ContactId],
) -> Result<u32, StoreError> {
    let mut unlisted = 0;
    for contact in contacts {
        let done = sqlx::query(
            "update contacts set listed = false
             where account = $1 and id = $3 and listed and (psa = $2 or (psa is null and exists
                 (select 1 from synced_people s where s.contact = $3 and s.integration = $2)))",
        )
        .bind(run.account.0)
        .bind(run.integration.0)
        .bind(contact.0)
        .execute(write.db())
        .await?;
        unlisted += u32::from(done.rows_affected() == 1);
    }
    Ok(unlisted)
}
