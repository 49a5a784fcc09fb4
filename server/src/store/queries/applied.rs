//! The pivot: Microsoft holds the new password. One transaction opens the share, writes down what
//! must be sent, and ends what is older (P4). And the ways in which a reset ends after it.

use super::super::{Database, Write};
use crate::store::{
    After, AppliedStore, GRACE_MS, Lease, Limit, LimitHit, NOTE_PATIENCE_MS, OutboxKind, Owner,
    Reset, StoreError,
};
use async_trait::async_trait;
use shared::{AccountId, Code, Millis, ResetId, TechnicianId};
use uuid::Uuid;

use super::kept;
use super::reach::may_still_reset;
use super::reset_reads::entry;
use crate::audit::{Act, Entry};
use crate::random;

/// A link never lives longer after the password was set.
const LATEST_MS: i64 = 24 * 60 * 60_000;
/// A text that was not accepted within this time is given up; the technician can send it again.
pub(super) const TEXT_PATIENCE_MS: i64 = 15 * 60_000;
/// The note, and the notice to another phone, wait so long for what goes first.
pub(super) const NOTE_DELAY_MS: i64 = 60_000;

#[async_trait]
impl AppliedStore for Database {
    async fn record_applied(
        &self,
        reset: &Reset,
        lease: Lease,
        after: &After,
        ids: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(reset.account).await?;
        let query = sqlx::query(
            "update resets set stage = 'applied', answers = answers + 1, applied_at = $4,
                 code = null, about = null, lease = null, lease_until = 0
             where account = $1 and id = $2 and lease = $3 and stage = 'applying'",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id)
        .bind(now.0);
        write.one(query).await?;
        let latest = now.plus(LATEST_MS);
        self.unseal_share_of(&mut write, reset.account, Owner::Reset(reset.id), latest).await?;
        self.end_older(&mut write, reset, now).await?;
        let (whose, give_up) = ((reset.account, reset.id), now.plus(TEXT_PATIENCE_MS));
        self.put_in_outbox(&mut write, whose, OutboxKind::Text, now, give_up).await?;
        if reset.ticket.is_some() {
            let due = now.plus(NOTE_DELAY_MS);
            let give_up = now.plus(NOTE_PATIENCE_MS);
            self.put_in_outbox(&mut write, whose, OutboxKind::NoteSet, due, give_up).await?;
        }
        self.write_down_after(&mut write, reset, after, now).await?;
        let entry = Entry { about: ids.map(kept), ..entry(Act::ResetApplied, reset) };
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await
    }

    async fn text_again(
        &self,
        reset: &Reset,
        by: TechnicianId,
        now: Millis,
        limit: &Limit,
    ) -> Result<Result<bool, LimitHit>, StoreError> {
        let mut write = self.write(reset.account).await?;
        if !may_still_reset(&mut write, reset.account, by, reset.customer).await? {
            write.roll_back().await?;
            return Ok(Ok(false));
        }
        let open: Option<String> = sqlx::query_scalar(
            "select state from shares where account = $1 and reset = $2 and state = 'open'
                 and coalesce(expires_at, latest_at) > $3
                 and not exists (select 1 from outbox where account = $1 and reset = $2
                     and kind = 'text' and state = 'waiting')",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        if open.is_none() {
            write.roll_back().await?;
            return Ok(Ok(false));
        }
        let limits = std::slice::from_ref(limit);
        if let Err(hit) = self.spend(&mut write, reset.account, now, limits).await? {
            write.roll_back().await?;
            return Ok(Err(hit));
        }
        let (whose, give_up) = ((reset.account, reset.id), now.plus(TEXT_PATIENCE_MS));
        self.put_in_outbox(&mut write, whose, OutboxKind::Text, now, give_up).await?;
        if reset.ticket.is_some() {
            self.put_link_note_in_outbox(&mut write, reset, OutboxKind::NoteAgain, now).await?;
        }
        let entry = entry(Act::TextAskedAgain, reset).by(by);
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await?;
        Ok(Ok(true))
    }

    async fn give_up(
        &self,
        reset: &Reset,
        by: TechnicianId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(reset.account).await?;
        if !may_still_reset(&mut write, reset.account, by, reset.customer).await? {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        let query = sqlx::query(
            "update resets set code = $3
             where account = $1 and id = $2 and stage in ('stuck', 'applied', 'completed')
                 and exists (select 1 from shares where account = $1 and reset = $2
                     and (state in ('closed', 'open', 'locked') or state = 'opened'
                         and opened_at > $4 and password_sealed is not null))",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(Code::GivenUp.as_str())
        .bind(now.0 - GRACE_MS);
        write.one(query).await?;
        let owner = Owner::Reset(reset.id);
        self.revoke_shares_of(&mut write, reset.account, owner, Some(by), now).await?;
        let entry = entry(Act::ResetGivenUp, reset).by(by).because(Code::GivenUp);
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await
    }

    async fn unsettled(&self) -> Result<(i64, i64), StoreError> {
        let resets: i64 = sqlx::query_scalar(
            "select count(*) from resets where stage in ('staged', 'applying', 'applied')",
        )
        .fetch_one(self.read())
        .await?;
        let rows: i64 = sqlx::query_scalar("select count(*) from outbox where state = 'waiting'")
            .fetch_one(self.read())
            .await?;
        Ok((resets, rows))
    }
}

impl Database {
    /// The person's older passwords are void at Microsoft: their links and their doubts end.
    async fn end_older(
        &self,
        write: &mut Write,
        reset: &Reset,
        now: Millis,
    ) -> Result<(), StoreError> {
        let older: Vec<Uuid> = sqlx::query_scalar(
            "select id from resets r where r.account = $1 and r.directory_user = $2 and r.id <> $3
                 and (r.stage = 'stuck' or exists (select 1 from shares s where s.reset = r.id
                     and (s.state in ('closed', 'open', 'locked') or s.state = 'opened'
                         and s.opened_at > $4 and s.password_sealed is not null)))",
        )
        .bind(reset.account.0)
        .bind(&reset.directory_user)
        .bind(reset.id.0)
        .bind(now.0 - GRACE_MS)
        .fetch_all(write.db())
        .await?;
        for id in older.into_iter().map(ResetId) {
            let owner = Owner::Reset(id);
            if !self.revoke_shares_of(write, reset.account, owner, None, now).await? {
                self.links_ended(write, reset.account, id, now).await?;
            }
            let entry = Entry {
                reset: Some(id),
                ..Entry::new(Act::ResetSuperseded).about(format!("by {}", reset.id))
            };
            self.note(write, reset.account, now, &entry).await?;
        }
        Ok(())
    }

    /// Nobody gets this password any more: its texts don't go out, a doubt is over.
    pub(super) async fn links_ended(
        &self,
        write: &mut Write,
        account: AccountId,
        id: ResetId,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "update outbox set state = 'failed', code = $3
             where account = $1 and reset = $2 and state = 'waiting' and kind = 'text'",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(Code::GivenUp.as_str())
        .execute(write.db())
        .await?;
        sqlx::query(
            "update resets set code = $3,
                 stage = case when stage = 'stuck' then 'completed' else stage end,
                 settled_at = case when stage = 'stuck' then $4 else settled_at end
             where account = $1 and id = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(Code::GivenUp.as_str())
        .bind(now.0)
        .execute(write.db())
        .await?;
        self.wake_note(write, (account, id), now).await?;
        self.complete_if_settled(write, account, id, now).await
    }

    pub(super) async fn put_in_outbox(
        &self,
        write: &mut Write,
        (account, reset): (AccountId, ResetId),
        kind: OutboxKind,
        due_at: Millis,
        give_up_at: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into outbox (id, account, reset, kind, state, due_at, give_up_at)
             values ($1, $2, $3, $4, 'waiting', $5, $6)",
        )
        .bind(random::id(due_at))
        .bind(account.0)
        .bind(reset.0)
        .bind(kind.as_str())
        .bind(due_at.0)
        .bind(give_up_at.0)
        .execute(write.db())
        .await?;
        Ok(())
    }

    /// The ticket's note that a link goes to this phone: by the time that it is written, a newer link
    /// may go elsewhere.
    pub(super) async fn put_link_note_in_outbox(
        &self,
        write: &mut Write,
        reset: &Reset,
        kind: OutboxKind,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into outbox (id, account, reset, kind, state, due_at, give_up_at, about)
             select $1, r.account, r.id, $4, 'waiting', $5, $6, r.phone_masked from resets r
             where r.account = $2 and r.id = $3",
        )
        .bind(random::id(now))
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(kind.as_str())
        .bind(now.0)
        .bind(now.plus(NOTE_PATIENCE_MS).0)
        .execute(write.db())
        .await?;
        Ok(())
    }

    /// `completed`, once nothing of an applied reset waits to be sent. Mails are not waited for:
    /// they tell of a reset, they are no part of it, and a mail server may be away for a day.
    pub(super) async fn complete_if_settled(
        &self,
        write: &mut Write,
        account: AccountId,
        reset: ResetId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "update resets set stage = 'completed', settled_at = $3
             where account = $1 and id = $2 and stage = 'applied' and not exists (
                 select 1 from outbox where account = $1 and reset = $2 and state = 'waiting'
                     and kind not like 'mail-%')",
        )
        .bind(account.0)
        .bind(reset.0)
        .bind(now.0)
        .execute(write.db())
        .await?
        .rows_affected();
        if rows == 1 {
            let entry = Entry { reset: Some(reset), ..Entry::new(Act::ResetCompleted) };
            self.note(write, account, now, &entry).await?;
        }
        Ok(())
    }
}
