//! What must be sent after a commit: claimed by lease, sent at least once, each with its result.

use super::super::{Database, Db, Write};
use crate::store::{
    Lease, NOTE_PATIENCE_MS, OutboxKind, OutboxRow, OutboxState, OutboxStore, Owner, Reset,
    StoreError,
};
use async_trait::async_trait;
use shared::{AccountId, Code, IntegrationId, Millis, ResetId, TechnicianId, VerificationId};
use sqlx::Row;
use uuid::Uuid;

use super::reset_reads::entry;
use super::{count, kept};
use crate::audit::{Act, Entry};

type Line = <Db as sqlx::Database>::Row;

fn outbox(row: &Line) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow {
        id: row.try_get("id")?,
        account: AccountId(row.try_get("account")?),
        reset: row.try_get::<Option<Uuid>, _>("reset")?.map(ResetId),
        integration: row.try_get::<Option<Uuid>, _>("integration")?.map(IntegrationId),
        verification: row.try_get::<Option<Uuid>, _>("verification")?.map(VerificationId),
        kind: OutboxKind::parse(row.try_get::<&str, _>("kind")?)
            .ok_or(StoreError::Inconsistent("an outbox kind"))?,
        recipient: row.try_get::<Option<Uuid>, _>("recipient")?.map(TechnicianId),
        about: row.try_get("about")?,
        token_sealed: row.try_get("token_sealed")?,
        state: match row.try_get::<&str, _>("state")? {
            "waiting" => OutboxState::Waiting,
            "done" => OutboxState::Done,
            "failed" => OutboxState::Failed,
            _ => return Err(StoreError::Inconsistent("an outbox state")),
        },
        attempts: count(row, "attempts")?,
        give_up_at: Millis(row.try_get("give_up_at")?),
        code: row.try_get::<Option<String>, _>("code")?.as_deref().and_then(Code::parse),
        done_at: row.try_get::<Option<i64>, _>("done_at")?.map(Millis),
        delivered_at: row.try_get::<Option<i64>, _>("delivered_at")?.map(Millis),
    })
}

/// Sent: by whoever holds the row, once.
pub(super) async fn end_row(
    write: &mut Write,
    row: &OutboxRow,
    lease: Lease,
    now: Millis,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update outbox set state = 'done', done_at = $4, lease = null, code = null,
             token_sealed = null
         where account = $1 and id = $2 and lease = $3 and state = 'waiting'",
    )
    .bind(row.account.0)
    .bind(row.id)
    .bind(lease.id)
    .bind(now.0);
    write.one(query).await
}

/// Given up: by whoever holds the row, once.
pub(super) async fn fail_row(
    write: &mut Write,
    row: &OutboxRow,
    lease: Lease,
    code: Code,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update outbox set state = 'failed', code = $4, lease = null, token_sealed = null
         where account = $1 and id = $2 and lease = $3 and state = 'waiting'",
    )
    .bind(row.account.0)
    .bind(row.id)
    .bind(lease.id)
    .bind(code.as_str());
    write.one(query).await
}

#[async_trait]
impl OutboxStore for Database {
    async fn due_outbox(&self, now: Millis) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar(
            "select id from outbox where state = 'waiting' and due_at <= $1
                 and lease_until <= $1 and kind not like 'mail-%' order by due_at limit 64",
        )
        .bind(now.0)
        .fetch_all(self.read())
        .await?)
    }

    async fn claim_outbox(
        &self,
        id: Uuid,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<OutboxRow>, StoreError> {
        let mut write = self.write_row().await?;
        let row = sqlx::query(
            "update outbox set lease = $2, lease_until = $3, attempts = attempts + 1
             where id = $1 and state = 'waiting' and due_at <= $4 and lease_until <= $4
             returning *",
        )
        .bind(id)
        .bind(lease.id)
        .bind(lease.until.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        write.commit().await?;
        row.as_ref().map(outbox).transpose()
    }

    async fn text_sent(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        provider_id: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        let query = sqlx::query(
            "update outbox set state = 'done', done_at = $4, provider_id = $5, lease = null,
                 code = null
             where account = $1 and id = $2 and lease = $3 and state = 'waiting'",
        )
        .bind(row.account.0)
        .bind(row.id)
        .bind(lease.id)
        .bind(now.0)
        .bind(kept(provider_id));
        write.one(query).await?;
        self.share_of_sent(&mut write, row.account, Owner::Reset(reset.id), now).await?;
        self.wake_note(&mut write, (reset.account, reset.id), now).await?;
        let entry =
            entry(Act::TextSent, reset).about(format!("{} {provider_id}", reset.phone_masked));
        self.note(&mut write, row.account, now, &entry).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }

    async fn text_arrived(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        let query = sqlx::query(
            "update outbox set state = 'done', done_at = $4, delivered_at = $4, lease = null
             where account = $1 and id = $2 and lease = $3 and state = 'waiting'",
        )
        .bind(row.account.0)
        .bind(row.id)
        .bind(lease.id)
        .bind(now.0);
        write.one(query).await?;
        self.wake_note(&mut write, (reset.account, reset.id), now).await?;
        self.note(&mut write, row.account, now, &entry(Act::TextDelivered, reset)).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }

    async fn note_written(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        end_row(&mut write, row, lease, now).await?;
        if let Some(ticket) = reset.ticket {
            // The opening is the person's act: the product tells of it, not the technician.
            let by = (row.kind == OutboxKind::NoteSet).then_some(reset.technician);
            // The built-in ticket's note; the mark keeps a retry from writing twice.
            sqlx::query(
                "insert into ticket_notes (id, account, ticket, technician, body, mark, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict (ticket, mark) do nothing",
            )
            .bind(crate::random::id(now))
            .bind(row.account.0)
            .bind(ticket.0)
            .bind(by.map(|technician| technician.0))
            .bind(body)
            .bind(row.mark(reset.id))
            .bind(now.0)
            .execute(write.db())
            .await?;
        }
        self.note(&mut write, row.account, now, &entry(Act::NoteWritten, reset)).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }

    async fn outbox_later(
        &self,
        row: &OutboxRow,
        lease: Lease,
        due_at: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update outbox set due_at = $4, lease = null, lease_until = 0
             where account = $1 and id = $2 and lease = $3 and state = 'waiting'",
        )
        .bind(row.account.0)
        .bind(row.id)
        .bind(lease.id)
        .bind(due_at.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn outbox_failed(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        fail_row(&mut write, row, lease, code).await?;
        let act = match row.kind {
            OutboxKind::Text => Act::TextFailed,
            OutboxKind::Sessions => Act::SessionsNotRevoked,
            OutboxKind::Notice => Act::NoticeFailed,
            _ => Act::NoteFailed,
        };
        if row.kind == OutboxKind::Text {
            self.text_is_lost(&mut write, row, now).await?;
        }
        if matches!(row.kind, OutboxKind::Text | OutboxKind::Sessions) {
            self.wake_note(&mut write, (reset.account, reset.id), now).await?;
        }
        let mut entry = entry(act, reset).because(code);
        entry.about = about.map(str::to_owned);
        self.note(&mut write, row.account, now, &entry).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }

    async fn knows_text(&self, account: AccountId, provider_id: &str) -> Result<bool, StoreError> {
        let known: Option<i64> = sqlx::query_scalar(
            "select provider_rank from outbox where account = $1 and provider_id = $2 limit 1",
        )
        .bind(account.0)
        .bind(kept(provider_id))
        .fetch_optional(self.read())
        .await?;
        Ok(known.is_some())
    }

    async fn text_status(
        &self,
        account: AccountId,
        provider_id: &str,
        rank: i32,
        delivered: bool,
        failure: Option<Code>,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let mut write = self.write(account).await?;
        let row = sqlx::query(
            "update outbox set provider_rank = $3,
                 delivered_at = case when $4 then $5 else delivered_at end,
                 state = case when $6 is null then state else 'failed' end,
                 code = coalesce($6, code)
             where account = $1 and provider_id = $2 and provider_rank < $3 returning *",
        )
        .bind(account.0)
        .bind(kept(provider_id))
        .bind(rank)
        .bind(delivered)
        .bind(now.0)
        .bind(failure.map(Code::as_str))
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else {
            write.roll_back().await?;
            return Ok(false);
        };
        let row = outbox(&row)?;
        let act = match (delivered, failure) {
            (true, _) => Some(Act::TextDelivered),
            (_, Some(_)) => Some(Act::TextFailed),
            _ => None,
        };
        if let Some(act) = act {
            let entry =
                Entry { reset: row.reset, code: failure, ..Entry::new(act).about(provider_id) };
            self.note(&mut write, account, now, &entry).await?;
        }
        if failure.is_some() && row.kind == OutboxKind::Text {
            self.text_is_lost(&mut write, &row, now).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    async fn outbox_of(
        &self,
        account: AccountId,
        reset: ResetId,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let rows =
            sqlx::query("select * from outbox where account = $1 and reset = $2 order by id")
                .bind(account.0)
                .bind(reset.0)
                .fetch_all(self.read())
                .await?;
        rows.iter().map(outbox).collect()
    }
}

impl Database {
    /// The ticket hears of it, unless its first note is still to come and tells, or another text
    /// went out since; a link that is over has told of that.
    async fn text_is_lost(
        &self,
        write: &mut Write,
        row: &OutboxRow,
        now: Millis,
    ) -> Result<(), StoreError> {
        let Some(reset) = row.reset else { return Ok(()) };
        let told: Option<i64> = sqlx::query_scalar(
            "select r.asked_at from resets r where r.account = $1 and r.id = $2
                 and r.ticket is not null
                 and not exists (select 1 from outbox newer where newer.reset = r.id
                     and newer.kind = 'text' and newer.id > $3)
                 and exists (select 1 from shares s where s.reset = r.id and s.state = 'open')
                 and not exists (select 1 from outbox o where o.reset = r.id
                     and o.kind = 'note-set' and o.state = 'waiting')",
        )
        .bind(row.account.0)
        .bind(reset.0)
        .bind(row.id)
        .fetch_optional(write.db())
        .await?;
        if told.is_some() {
            let give_up = now.plus(NOTE_PATIENCE_MS);
            let whose = (row.account, reset);
            self.put_in_outbox(write, whose, OutboxKind::NoteUnsent, now, give_up).await?;
        }
        Ok(())
    }

    /// Note and notice need not wait any longer, once all that the note tells of has come to an end.
    pub(super) async fn wake_note(
        &self,
        write: &mut Write,
        (account, reset): (AccountId, ResetId),
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "update outbox set due_at = $3 where account = $1 and reset = $2
                 and kind in ('note-set', 'notice') and state = 'waiting' and due_at > $3
                 and not exists (select 1 from outbox o where o.account = $1 and o.reset = $2
                     and o.kind in ('text', 'sessions') and o.state = 'waiting')",
        )
        .bind(account.0)
        .bind(reset.0)
        .bind(now.0)
        .execute(write.db())
        .await?;
        Ok(())
    }
}
