//! A new link in place of one that was not opened: the same password, never two links, never none.

use async_trait::async_trait;
use shared::{AccountId, Code, Millis, ResetId, ShareId, TechnicianId};

use super::super::{Database, Write};
use super::applied::TEXT_PATIENCE_MS;
use super::reach::may_still_reset;
use super::reset_reads::entry;
use super::shares::share;
use crate::audit::Act;
use crate::store::{Limit, LinkStore, NotReplaced, OutboxKind, Reset, Share, StoreError};

#[async_trait]
impl LinkStore for Database {
    async fn replace_link(
        &self,
        reset: &Reset,
        old: ShareId,
        share: &Share,
        by: TechnicianId,
        limit: &Limit,
        now: Millis,
    ) -> Result<Result<(), NotReplaced>, StoreError> {
        let mut write = self.write(reset.account).await?;
        if let Some(code) = forbidden(&mut write, reset, by).await? {
            write.roll_back().await?;
            return Ok(Err(NotReplaced::Because(code)));
        }
        // Texts of the old link first, in the order in which their sender locks: row, then share.
        sqlx::query(
            "update outbox set state = 'failed', code = $3
             where account = $1 and reset = $2 and state = 'waiting' and kind = 'text'",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(Code::LinkMoved.as_str())
        .execute(write.db())
        .await?;
        let query = sqlx::query(
            "update shares set state = 'revoked', ended_at = $4, ended_by = $6, ciphertext = $5,
                 token_sealed = null, password_sealed = null
             where account = $1 and reset = $2 and id = $3 and state in ('open', 'locked')
                 and coalesce(expires_at, latest_at) > $4 and password_sealed is not null",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(old.0)
        .bind(now.0)
        .bind(Vec::<u8>::new())
        .bind(by.0);
        write.one(query).await?;
        let limits = std::slice::from_ref(limit);
        if let Err(hit) = self.spend(&mut write, reset.account, now, limits).await? {
            write.roll_back().await?;
            return Ok(Err(NotReplaced::Limit(hit)));
        }
        let query = sqlx::query(
            "update resets set phone_masked = $3, phone_sealed = $4, phone_hash = $5,
                 one_factor = $6, unlock_sealed = $7
             where account = $1 and id = $2 and stage in ('applied', 'completed')",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(&reset.phone_masked)
        .bind(&reset.phone_sealed)
        .bind(&reset.phone_hash)
        .bind(reset.one_factor)
        .bind(&reset.unlock_sealed);
        write.one(query).await?;
        // The newest share is the one that counts: never older than the last, whatever the clock.
        let last: i64 = sqlx::query_scalar(
            "select max(created_at) from shares where account = $1 and reset = $2",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .fetch_one(write.db())
        .await?;
        self.insert_share(&mut write, share, now.max(Millis(last + 1))).await?;
        let (whose, give_up) = ((reset.account, reset.id), now.plus(TEXT_PATIENCE_MS));
        self.put_in_outbox(&mut write, whose, OutboxKind::Text, now, give_up).await?;
        if reset.ticket.is_some() {
            self.put_link_note_in_outbox(&mut write, reset, OutboxKind::NoteLink, now).await?;
        }
        let factor = if reset.one_factor { "one factor" } else { "two factors" };
        let entry = entry(Act::LinkReplaced, reset)
            .by(by)
            .about(format!("{} {factor}", reset.phone_masked));
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await?;
        Ok(Ok(()))
    }

    async fn share_of(
        &self,
        account: AccountId,
        reset: ResetId,
    ) -> Result<Option<Share>, StoreError> {
        let row = sqlx::query(
            "select * from shares where account = $1 and reset = $2
             order by created_at desc, id desc limit 1",
        )
        .bind(account.0)
        .bind(reset.0)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(share).transpose()
    }

    async fn phone_of(&self, share: &Share) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "select r.phone_sealed from resets r join shares s on s.reset = r.id
             where s.account = $1 and s.id = $2 and s.state = 'open'",
        )
        .bind(share.account.0)
        .bind(share.id.0)
        .fetch_optional(self.read())
        .await?)
    }
}

/// What has come in the way of a new link since it was asked about: whoever asks may not reset
/// there any more, the caller was somebody else, or the person gets another password just now.
async fn forbidden(
    write: &mut Write,
    reset: &Reset,
    by: TechnicianId,
) -> Result<Option<Code>, StoreError> {
    if !may_still_reset(write, reset.account, by, reset.customer).await? {
        return Ok(Some(Code::Forbidden));
    }
    // Of this very verification: what was said of a later one is about a later caller.
    let denied: Option<String> = sqlx::query_scalar(
        "select outcome from verifications where account = $1 and id = $2 and outcome = 'denied'",
    )
    .bind(reset.account.0)
    .bind(reset.verification.0)
    .fetch_optional(write.db())
    .await?;
    if denied.is_some() {
        return Ok(Some(Code::CallerDenied));
    }
    let live: Option<String> = sqlx::query_scalar(
        "select stage from resets where account = $1 and directory_user = $2
             and stage in ('staged', 'applying')",
    )
    .bind(reset.account.0)
    .bind(&reset.directory_user)
    .fetch_optional(write.db())
    .await?;
    Ok(live.map(|_| Code::ResetUnderWay))
}
