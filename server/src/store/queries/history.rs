//! What there was, as programs read it: in the order of time, a piece at a time.

use async_trait::async_trait;
use shared::{
    AccountId, Channel, Code, ContactId, CustomerId, IntegrationId, Millis, ResetId, Stage,
    TechnicianId, TicketId, VerificationId,
};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db};
use super::audit_reads;
use super::verifications::parse_outcome;
use crate::store::{AuditRow, Cursor, HistoryStore, PastReset, PastVerification, StoreError};

type Line = <Db as sqlx::Database>::Row;

fn time(row: &Line, column: &str) -> Result<Option<Millis>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Millis))
}

fn code(row: &Line) -> Result<Option<Code>, sqlx::Error> {
    Ok(row.try_get::<Option<String>, _>("code")?.as_deref().and_then(Code::parse))
}

fn reset(row: &Line) -> Result<PastReset, StoreError> {
    Ok(PastReset {
        id: ResetId(row.try_get("id")?),
        customer: CustomerId(row.try_get("customer")?),
        contact: ContactId(row.try_get("contact")?),
        ticket: row.try_get::<Option<Uuid>, _>("ticket")?.map(TicketId),
        technician: TechnicianId(row.try_get("technician")?),
        integration: IntegrationId(row.try_get("integration")?),
        verification: VerificationId(row.try_get("verification")?),
        phone_masked: row.try_get("phone_masked")?,
        one_factor: row.try_get("one_factor")?,
        stage: Stage::parse(row.try_get::<&str, _>("stage")?)
            .ok_or(StoreError::Inconsistent("a reset's stage"))?,
        code: code(row)?,
        asked_at: Millis(row.try_get("asked_at")?),
        applied_at: time(row, "applied_at")?,
        settled_at: time(row, "settled_at")?,
        opened_at: time(row, "opened_at")?,
    })
}

fn verification(row: &Line) -> Result<PastVerification, StoreError> {
    let (channel, outcome): (&str, &str) = (row.try_get("channel")?, row.try_get("outcome")?);
    Ok(PastVerification {
        id: VerificationId(row.try_get("id")?),
        customer: CustomerId(row.try_get("customer")?),
        contact: ContactId(row.try_get("contact")?),
        ticket: row.try_get::<Option<Uuid>, _>("ticket")?.map(TicketId),
        technician: TechnicianId(row.try_get("technician")?),
        channel: Channel::ALL
            .into_iter()
            .find(|known| known.as_str() == channel)
            .ok_or(StoreError::Inconsistent("a verification's channel"))?,
        masked: row.try_get("masked")?,
        outcome: parse_outcome(outcome)
            .ok_or(StoreError::Inconsistent("a verification's outcome"))?,
        code: code(row)?,
        sent_at: Millis(row.try_get("sent_at")?),
        verified_at: time(row, "verified_at")?,
        used_by: row.try_get::<Option<Uuid>, _>("used_by")?.map(ResetId),
    })
}

#[async_trait]
impl HistoryStore for Database {
    async fn audit_after(
        &self,
        account: AccountId,
        seq: i64,
        most: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            // No further than the chain goes: a number that somebody has made up must not lead past what is
            // to come.
            "select seq, at, body from audit where account = $1 and seq > $2
                 and seq <= (select audit_count from accounts where id = $1)
             order by seq limit $3",
        )
        .bind(account.0)
        .bind(seq)
        .bind(i64::from(most))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(audit_reads::row).collect::<Result<_, _>>()?)
    }

    async fn resets_after(
        &self,
        account: AccountId,
        behind: Cursor,
        most: u32,
    ) -> Result<Vec<PastReset>, StoreError> {
        let rows = sqlx::query(
            "select r.*, (select max(s.opened_at) from shares s where s.reset = r.id) as opened_at
             from resets r where r.account = $1
                 and (r.asked_at > $2 or (r.asked_at = $2 and r.id > $3))
             order by r.asked_at, r.id limit $4",
        )
        .bind(account.0)
        .bind(behind.at.0)
        .bind(behind.id)
        .bind(i64::from(most))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(reset).collect()
    }

    async fn verifications_after(
        &self,
        account: AccountId,
        behind: Cursor,
        most: u32,
    ) -> Result<Vec<PastVerification>, StoreError> {
        let rows = sqlx::query(
            "select * from verifications where account = $1
                 and (sent_at > $2 or (sent_at = $2 and id > $3))
             order by sent_at, id limit $4",
        )
        .bind(account.0)
        .bind(behind.at.0)
        .bind(behind.id)
        .bind(i64::from(most))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(verification).collect()
    }
}
