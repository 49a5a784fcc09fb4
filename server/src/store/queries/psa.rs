//! The account's PSAs: connected, changed, switched, tested, deleted.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;

use super::super::{Database, Db, Write};
use super::integrations::integration;
use super::m365::keep;
use super::mails::About;
use super::psa_lists::unlist;
use crate::audit::{Act, Entry};
use crate::psa::{Alarm, PsaKind};
use crate::store::{
    MailKind, NewPsa, PsaChange, PsaPerson, PsaRow, PsaStore, StoreError, Technician, Tested,
};

type Line = <Db as sqlx::Database>::Row;

/// What [`psa`] reads.
macro_rules! psa_rows {
    ($only:literal) => {
        concat!(
            "select * from integrations
             where kind in ('connectwise', 'halo', 'autotask') and ended_at is null ",
            $only
        )
    };
}

fn psa(row: &Line) -> Result<PsaRow, StoreError> {
    let kind: String = row.try_get("kind")?;
    let kind = PsaKind::parse(&kind).ok_or(StoreError::Inconsistent("a PSA's kind"))?;
    let list_here = row.try_get("list_here")?;
    Ok(PsaRow { integration: integration(row)?, kind, list_here })
}

pub(super) fn entry(act: Act, by: TechnicianId, id: IntegrationId) -> Entry {
    Entry { integration: Some(id), ..Entry::new(act).by(by) }
}

#[async_trait]
impl PsaStore for Database {
    async fn psa(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Option<PsaRow>, StoreError> {
        let row = sqlx::query(psa_rows!("and account = $1 and id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(psa).transpose()
    }

    async fn psa_by_id(&self, id: IntegrationId) -> Result<Option<PsaRow>, StoreError> {
        let row =
            sqlx::query(psa_rows!("and id = $1")).bind(id.0).fetch_optional(self.read()).await?;
        row.as_ref().map(psa).transpose()
    }

    async fn psas(&self, account: AccountId) -> Result<Vec<PsaRow>, StoreError> {
        let rows = sqlx::query(psa_rows!("and account = $1 order by kind"))
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(psa).collect()
    }

    async fn add_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewPsa,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let added = sqlx::query(
            "insert into integrations (id, account, kind, name, settings, changed_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(new.kind.as_str())
        .bind(new.kind.name())
        .bind(&new.settings)
        .bind(now.0)
        .execute(write.db())
        .await;
        if let Err(error) = added {
            write.roll_back().await?;
            return Err(StoreError::taken(error));
        }
        for secret in &new.secrets {
            keep(&mut write, account, new.id.0, secret, now).await?;
        }
        self.name(&mut write, account, new.id.0, new.kind.name()).await?;
        self.note(&mut write, account, now, &entry(Act::IntegrationAdded, by, new.id)).await?;
        write.commit().await
    }

    async fn change_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &PsaRow,
        change: &PsaChange<'_>,
    ) -> Result<(), StoreError> {
        let id = seen.integration.id;
        let mut write = self.write(account).await?;
        // A new moment for each change, also within one millisecond: forms are compared by it, and what
        // is remembered of a PSA is cached by it.
        let query = sqlx::query(
            "update integrations set settings = $3,
                 changed_at = case when changed_at < $4 then $4 else changed_at + 1 end
             where account = $1 and id = $2 and changed_at = $5 and kind = $6
                 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(change.settings)
        .bind(now.0)
        .bind(seen.integration.changed_at.0)
        .bind(seen.kind.as_str());
        write.one(query).await?;
        for secret in change.secrets {
            keep(&mut write, account, id.0, secret, now).await?;
        }
        if change.moved {
            forget(&mut write, id).await?;
            // Nobody has said yet who may see what is in the new one.
            self.forget_sync(&mut write, account, now, id).await?;
            unlist(&mut write, id).await?;
            detach(&mut write, id, now).await?;
            self.alarm(&mut write, account, now, id, Alarm::Moved(seen.kind)).await?;
        }
        let act = match (change.moved, change.secrets.is_empty()) {
            (true, _) => Act::IntegrationMoved,
            (false, false) => Act::CredentialReplaced,
            (false, true) => Act::IntegrationChanged,
        };
        let mut entry = entry(act, by, id);
        entry.about = Some(change.about.to_owned()).filter(|about| !about.is_empty());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn switch_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update integrations set is_on = $3 where account = $1 and id = $2 and is_on <> $3
                 and kind in ('connectwise', 'halo', 'autotask') and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(on);
        write.one(query).await?;
        if !on {
            sign_out(&mut write, id).await?;
        }
        let act = if on { Act::IntegrationSwitchedOn } else { Act::IntegrationSwitchedOff };
        self.note(&mut write, account, now, &entry(act, by, id)).await?;
        write.commit().await
    }

    async fn list_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError> {
        self.list_psa_here(account, by, now, id, on).await
    }

    async fn note_psa_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &PsaRow,
        tested: Tested<'_>,
    ) -> Result<(), StoreError> {
        let id = seen.integration.id;
        let mut write = self.write(account).await?;
        let there: Option<i64> = sqlx::query_scalar(
            "select changed_at from integrations where account = $1 and id = $2
                 and changed_at = $3 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(seen.integration.changed_at.0)
        .fetch_optional(write.db())
        .await?;
        if there.is_none() {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        let mut entry = entry(Act::IntegrationTested, by, id);
        entry.code = tested.code;
        entry.about = Some(tested.about.to_owned());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn end_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let kind: Option<String> = sqlx::query_scalar(
            "update integrations set ended_at = $3, is_on = false, settings = '{}'
             where account = $1 and id = $2 and kind in ('connectwise', 'halo', 'autotask')
                 and ended_at is null returning kind",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(kind) = kind.as_deref().and_then(PsaKind::parse) else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        sqlx::query("delete from secrets where account = $1 and row = $2")
            .bind(account.0)
            .bind(id.0)
            .execute(write.db())
            .await?;
        forget(&mut write, id).await?;
        self.forget_sync(&mut write, account, now, id).await?;
        unlist(&mut write, id).await?;
        // Whom it showed may come by a file now.
        sqlx::query("update contacts set address_hash = null where psa = $1")
            .bind(id.0)
            .execute(write.db())
            .await?;
        self.alarm(&mut write, account, now, id, Alarm::Deleted(kind)).await?;
        self.note(&mut write, account, now, &entry(Act::IntegrationDeleted, by, id)).await?;
        write.commit().await
    }

    async fn technician_of_person(
        &self,
        account: AccountId,
        id: IntegrationId,
        person: &str,
    ) -> Result<Option<Technician>, StoreError> {
        self.whom_a_person_is(account, id, person).await
    }

    async fn psa_people(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PsaPerson>, StoreError> {
        self.people_of(account, id).await
    }

    async fn unlink_person(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        person: &str,
    ) -> Result<(), StoreError> {
        self.unlink(account, by, now, id, person).await
    }
}

impl Database {
    /// All admins hear of it: whoever leads a PSA elsewhere decides who calls.
    pub(super) async fn alarm(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        id: IntegrationId,
        alarm: Alarm,
    ) -> Result<(), StoreError> {
        let about = About::Psa(id, &alarm.to_string());
        self.mail_admins(write, account, about, MailKind::Psa, now).await
    }
}

/// Ids of another system mean other people and tickets: what is kept of the old ones is of nobody there. Their
/// numbers make room for the new ones'.
async fn detach(write: &mut Write, id: IntegrationId, now: Millis) -> Result<(), StoreError> {
    sqlx::query("update contacts set psa_id = null, address_hash = null where psa = $1")
        .bind(id.0)
        .execute(write.db())
        .await?;
    sqlx::query(
        "update tickets set psa_id = null, number = number || '@' || cast($2 as text)
         where psa = $1 and psa_id is not null",
    )
    .bind(id.0)
    .bind(now.0)
    .execute(write.db())
    .await?;
    Ok(())
}

/// Who is who there, and the frames in it.
async fn forget(write: &mut Write, id: IntegrationId) -> Result<(), StoreError> {
    for statement in [
        "delete from psa_people where integration = $1",
        "delete from psa_companies where integration = $1",
    ] {
        sqlx::query(statement).bind(id.0).execute(write.db()).await?;
    }
    sign_out(write, id).await
}

/// Ends the frames in it, with their pods, and those that wait.
async fn sign_out(write: &mut Write, id: IntegrationId) -> Result<(), StoreError> {
    for statement in
        ["delete from pairings where integration = $1", "delete from sessions where psa = $1"]
    {
        sqlx::query(statement).bind(id.0).execute(write.db()).await?;
    }
    Ok(())
}
