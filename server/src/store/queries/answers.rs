//! How verifications are answered and come to an end: each by one transaction, with its audit entry
//! and its note in the ticket.

use super::super::{Database, Write};
use super::mails::About;
use super::outbox::{end_row, fail_row};
use super::verifications::{entry, verification, with_names};
use crate::audit::Act;
use crate::seal;
use crate::store::outcome_str;
use crate::store::{AnswerStore, Ending, Lease, MailKind, OutboxRow, StoreError, Verification};
use async_trait::async_trait;
use shared::{AccountId, Code, Millis, Outcome, TechnicianId, VerificationId};
use uuid::Uuid;

/// So long somebody may say that a success was not theirs: whoever has their messages may have been
/// faster.
const TAKEN_BACK_MS: i64 = 60 * 60_000;

#[async_trait]
impl AnswerStore for Database {
    async fn try_code(
        &self,
        account: AccountId,
        technician: TechnicianId,
        id: VerificationId,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Verification>, StoreError> {
        self.try_one(account, id, Some(technician), code_hash, now).await
    }

    async fn try_link(
        &self,
        link: &Verification,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Verification>, StoreError> {
        self.try_one(link.account, link.id, None, code_hash, now).await
    }

    async fn end_verification(
        &self,
        v: &Verification,
        ending: Ending,
        now: Millis,
    ) -> Result<Option<Verification>, StoreError> {
        let (outcome, act, code) = match ending {
            Ending::Verified => (Outcome::Verified, Act::VerificationDone, None),
            Ending::Denied => (Outcome::Denied, Act::VerificationDenied, Some(Code::CallerDenied)),
            Ending::Expired => (Outcome::Expired, Act::VerificationExpired, None),
            Ending::Unsent(code) => (Outcome::Unsent, Act::VerificationUnsent, Some(code)),
        };
        let mut write = self.write(v.account).await?;
        // Nothing is proved, and nothing denied, after its time.
        let in_time = !matches!(ending, Ending::Expired | Ending::Unsent(_));
        let ended = sqlx::query(
            "update verifications set outcome = $3, code = $4, ended_at = $5, code_hash = null,
                 say_sealed = null, verified_at = case when $3 = 'verified' then $5 end
             where account = $1 and id = $2
                 and (outcome = 'pending' and (not $6 or expires_at > $5)
                     or $3 = 'denied' and outcome = 'verified' and verified_at > $7)",
        )
        .bind(v.account.0)
        .bind(v.id.0)
        .bind(outcome_str(outcome))
        .bind(code.map(Code::as_str))
        .bind(now.0)
        .bind(in_time)
        .bind(now.0 - TAKEN_BACK_MS)
        .execute(write.db())
        .await?;
        if ended.rows_affected() == 0 {
            write.roll_back().await?;
            return Ok(None);
        }
        let ended = self.read_within(&mut write, v.account, v.id).await?;
        let mut entry = entry(act, &ended);
        entry.code = code;
        if matches!(ending, Ending::Denied | Ending::Expired) {
            // The person's act, or nobody's.
            entry.technician = None;
        }
        self.note(&mut write, v.account, now, &entry).await?;
        self.note_in_ticket(&mut write, v.account, v.id, now).await?;
        if ending == Ending::Denied {
            let about = About::Verification(v.id);
            self.mail_admins(&mut write, v.account, about, MailKind::Denied, now).await?;
        }
        write.commit().await?;
        Ok(Some(ended))
    }

    async fn run_out(&self, now: Millis) -> Result<Vec<Verification>, StoreError> {
        let rows = sqlx::query(with_names!(
            "where v.outcome = 'pending' and v.expires_at <= $1 order by v.expires_at limit 64"
        ))
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(verification).collect()
    }

    async fn unwatched_pushes(&self, now: Millis) -> Result<Vec<VerificationId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from verifications where outcome = 'pending' and expires_at > $1
                 and provider_id is not null and lease_until <= $1 order by expires_at limit 64",
        )
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        Ok(ids.into_iter().map(VerificationId).collect())
    }

    async fn watch_push(
        &self,
        id: VerificationId,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<Verification>, StoreError> {
        let mut write = self.write_row().await?;
        let taken: Option<Uuid> = sqlx::query_scalar(
            "update verifications set lease = $2, lease_until = $3
             where id = $1 and outcome = 'pending' and expires_at > $4 and lease_until <= $4
                 and provider_id is not null
             returning account",
        )
        .bind(id.0)
        .bind(lease.id)
        .bind(lease.until.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(account) = taken else {
            write.roll_back().await?;
            return Ok(None);
        };
        let taken = self.read_within(&mut write, AccountId(account), id).await?;
        write.commit().await?;
        Ok(Some(taken))
    }

    async fn let_push_go(
        &self,
        v: &Verification,
        lease: Lease,
        next: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update verifications set lease = null, lease_until = $4
             where account = $1 and id = $2 and lease = $3 and outcome = 'pending'",
        )
        .bind(v.account.0)
        .bind(v.id.0)
        .bind(lease.id)
        .bind(next.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn verification_noted(
        &self,
        row: &OutboxRow,
        v: &Verification,
        lease: Lease,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        end_row(&mut write, row, lease, now).await?;
        if let Some(ticket) = v.ticket {
            sqlx::query(
                "insert into ticket_notes (id, account, ticket, technician, body, mark, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict (ticket, mark) do nothing",
            )
            .bind(crate::random::id(now))
            .bind(row.account.0)
            .bind(ticket.0)
            .bind(v.technician.0)
            .bind(body)
            .bind(v.mark())
            .bind(now.0)
            .execute(write.db())
            .await?;
        }
        self.note(&mut write, row.account, now, &entry(Act::NoteWritten, v)).await?;
        write.commit().await
    }

    async fn verification_not_noted(
        &self,
        row: &OutboxRow,
        v: &Verification,
        lease: Lease,
        code: Code,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        fail_row(&mut write, row, lease, code).await?;
        let entry = entry(Act::NoteFailed, v).because(code);
        self.note(&mut write, row.account, now, &entry).await?;
        write.commit().await
    }
}

impl Database {
    /// Counted, compared, recorded. A try after the time, or after the last one, is none.
    async fn try_one(
        &self,
        account: AccountId,
        id: VerificationId,
        technician: Option<TechnicianId>,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Verification>, StoreError> {
        let mut write = self.write(account).await?;
        let counted = sqlx::query(
            "update verifications set tries_left = tries_left - 1
             where account = $1 and id = $2 and technician = coalesce($3, technician)
                 and outcome = 'pending' and expires_at > $4 and tries_left > 0",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(technician.map(|technician| technician.0))
        .bind(now.0)
        .execute(write.db())
        .await?;
        if counted.rows_affected() == 0 {
            write.roll_back().await?;
            return Ok(None);
        }
        let known = self.read_within(&mut write, account, id).await?;
        let right = !known.code_hash.is_empty() && seal::same(&known.code_hash, code_hash);
        let outcome = match (right, known.tries_left) {
            (true, _) => Outcome::Verified,
            (false, 0) => Outcome::TriesSpent,
            (false, _) => Outcome::Pending,
        };
        let over = outcome != Outcome::Pending;
        sqlx::query(
            "update verifications set outcome = $3, verified_at = $4, ended_at = $5,
                 say_sealed = case when $6 then null else say_sealed end
             where account = $1 and id = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(outcome_str(outcome))
        .bind(right.then_some(now.0))
        .bind(over.then_some(now.0))
        .bind(over)
        .execute(write.db())
        .await?;
        let tried = self.read_within(&mut write, account, id).await?;
        let act = if right { Act::VerificationDone } else { Act::VerificationWrong };
        self.note(&mut write, account, now, &entry(act, &tried)).await?;
        if over {
            self.note_in_ticket(&mut write, account, id, now).await?;
        }
        write.commit().await?;
        Ok(Some(tried))
    }

    async fn read_within(
        &self,
        write: &mut Write,
        account: AccountId,
        id: VerificationId,
    ) -> Result<Verification, StoreError> {
        let row = sqlx::query(with_names!("where v.account = $1 and v.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_one(write.db())
            .await?;
        verification(&row)
    }
}
