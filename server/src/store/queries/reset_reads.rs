//! Reading resets.

use super::super::{Database, Db};
use super::count;
use super::shares::language;
use crate::store::{LastAnswer, Reset, ResetReadStore, StoreError};
use async_trait::async_trait;
use shared::{
    AccountId, ApprovalId, Code, ContactId, CustomerId, IntegrationId, Millis, ResetId, Stage,
    TechnicianId, TicketId, VerificationId,
};
use sqlx::Row;
use uuid::Uuid;

use crate::audit::{Act, Entry};

type Line = <Db as sqlx::Database>::Row;

/// A reset with the name of who asked.
macro_rules! with_name {
    ($rest:literal) => {
        concat!(
            "select r.*, t.name as technician_name
             from resets r join technicians t on t.id = r.technician ",
            $rest
        )
    };
}

pub(super) fn reset(row: &Line) -> Result<Reset, StoreError> {
    let code = |column: &str| -> Result<Option<Code>, sqlx::Error> {
        Ok(row.try_get::<Option<String>, _>(column)?.as_deref().and_then(Code::parse))
    };
    let answer = row.try_get::<Option<String>, _>("answer")?;
    Ok(Reset {
        id: ResetId(row.try_get("id")?),
        account: AccountId(row.try_get("account")?),
        customer: CustomerId(row.try_get("customer")?),
        contact: ContactId(row.try_get("contact")?),
        ticket: row.try_get::<Option<Uuid>, _>("ticket")?.map(TicketId),
        technician: TechnicianId(row.try_get("technician")?),
        technician_name: row.try_get("technician_name")?,
        integration: IntegrationId(row.try_get("integration")?),
        tenant_hash: row.try_get("tenant_hash")?,
        verification: VerificationId(row.try_get("verification")?),
        approval: row.try_get::<Option<Uuid>, _>("approval")?.map(ApprovalId),
        warnings: row.try_get("warnings")?,
        directory_user: row.try_get("directory_user")?,
        person: row.try_get("person")?,
        body_hash: row.try_get("body_hash")?,
        stage: Stage::parse(row.try_get::<&str, _>("stage")?)
            .ok_or(StoreError::Inconsistent("a reset's stage"))?,
        asked_at: Millis(row.try_get("asked_at")?),
        apply_before: Millis(row.try_get("apply_before")?),
        phone_masked: row.try_get("phone_masked")?,
        phone_sealed: row.try_get("phone_sealed")?,
        phone_hash: row.try_get("phone_hash")?,
        unlock_sealed: row.try_get("unlock_sealed")?,
        one_factor: row.try_get("one_factor")?,
        phone_changed_at: row.try_get::<Option<i64>, _>("phone_changed_at")?.map(Millis),
        must_change: row.try_get("must_change")?,
        language: language(row)?,
        tries: count(row, "tries")?,
        answers: count(row, "answers")?,
        unknown: row.try_get("unknown")?,
        answer: match answer {
            None => None,
            Some(text) => {
                Some(LastAnswer::parse(&text).ok_or(StoreError::Inconsistent("a reset's answer"))?)
            }
        },
        retry_at: Millis(row.try_get("retry_at")?),
        reseals: count(row, "reseals")?,
        code: code("code")?,
        about: row.try_get("about")?,
        applied_at: row.try_get::<Option<i64>, _>("applied_at")?.map(Millis),
    })
}

/// An audit entry about a reset.
pub(super) fn entry(act: Act, reset: &Reset) -> Entry {
    Entry {
        customer: Some(reset.customer),
        contact: Some(reset.contact),
        ticket: reset.ticket,
        verification: Some(reset.verification),
        reset: Some(reset.id),
        ..Entry::new(act)
    }
}

#[async_trait]
impl ResetReadStore for Database {
    async fn reset(&self, account: AccountId, id: ResetId) -> Result<Option<Reset>, StoreError> {
        let row = sqlx::query(with_name!("where r.account = $1 and r.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(reset).transpose()
    }

    async fn reset_to_drive(&self, id: ResetId) -> Result<Reset, StoreError> {
        let row = sqlx::query(with_name!("where r.id = $1"))
            .bind(id.0)
            .fetch_optional(self.read())
            .await?
            .ok_or(StoreError::MovedOn)?;
        reset(&row)
    }

    async fn live_reset(
        &self,
        account: AccountId,
        directory_user: &str,
    ) -> Result<Option<Reset>, StoreError> {
        let row = sqlx::query(with_name!(
            "where r.account = $1 and r.directory_user = $2
                 and r.stage in ('staged', 'applying')"
        ))
        .bind(account.0)
        .bind(directory_user)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(reset).transpose()
    }

    async fn newest_reset(
        &self,
        account: AccountId,
        contact: ContactId,
        since: Millis,
    ) -> Result<Option<Reset>, StoreError> {
        let row = sqlx::query(with_name!(
            "left join shares link on link.account = r.account and link.reset = r.id
                 and link.state in ('closed', 'open', 'locked')
             where r.account = $1 and r.contact = $2 and (r.asked_at > $3 or link.id is not null
                 or r.stage in ('staged', 'applying', 'stuck'))
             order by case when link.id is not null
                     or r.stage in ('staged', 'applying', 'stuck') then 0 else 1 end,
                 r.asked_at desc, r.id desc limit 1"
        ))
        .bind(account.0)
        .bind(contact.0)
        .bind(since.0)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(reset).transpose()
    }

    async fn due_resets(&self, now: Millis) -> Result<Vec<ResetId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from resets where lease_until <= $1 and retry_at <= $1
                 and stage in ('staged', 'applying') order by asked_at limit 64",
        )
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        Ok(ids.into_iter().map(ResetId).collect())
    }
}
