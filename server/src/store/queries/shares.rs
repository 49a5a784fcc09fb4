//! Shares, and shares only: made, looked at without effect, opened exactly once (P10), revoked. What
//! follows is in `share_events.rs`, how they end by themselves or with their owner in `share_ends.rs`.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, ResetId, ShareId, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Query, Write};
use super::audit::{audit_head, head_in};
use super::count;
use crate::language::Language;
use crate::store::{
    Attempt, GRACE_MS, LookRow, MOST_LATE, OpenResult, Opening, Owner, Share, ShareStanding,
    ShareStore, StoreError,
};

type Line = <Db as sqlx::Database>::Row;

/// What a share sets when nobody gets its secret any more.
macro_rules! erased {
    () => {
        concat!("ciphertext = ", no_bytes!(), ", token_sealed = null, password_sealed = null")
    };
}

/// A link is on its way: its life begins, once. Takes which, `$1` the account, `$3` the time.
macro_rules! begin_life {
    ($which:literal) => {
        concat!(
            "update shares set expires_at = case when life_ms < latest_at - $3 then $3 + life_ms
                 else latest_at end
             where account = $1 and state = 'open' and expires_at is null and ",
            $which
        )
    };
}
pub(super) use {begin_life, erased};

/// The language of a row that has one; a text that names none of ours is none.
pub(super) fn language(row: &Line) -> Result<Option<Language>, StoreError> {
    Ok(row.try_get::<Option<&str>, _>("language")?.and_then(Language::of_tag))
}

fn standing(row: &Line) -> Result<ShareStanding, StoreError> {
    ShareStanding::parse(row.try_get::<&str, _>("state")?)
        .ok_or(StoreError::Inconsistent("a share's state"))
}

fn time(row: &Line, column: &str) -> Result<Option<Millis>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Millis))
}

pub(super) fn share(row: &Line) -> Result<Share, StoreError> {
    let id = |column: &str| row.try_get::<Option<Uuid>, _>(column);
    Ok(Share {
        id: ShareId(row.try_get("id")?),
        account: AccountId(row.try_get("account")?),
        owner: id("reset")?.map(|reset| Owner::Reset(ResetId(reset))),
        customer: id("customer")?.map(CustomerId),
        language: language(row)?,
        must_change: row.try_get("must_change")?,
        look_id: row.try_get("look_id")?,
        proof_hash: row.try_get("proof_hash")?,
        ciphertext: row.try_get("ciphertext")?,
        state: standing(row)?,
        life_ms: row.try_get("life_ms")?,
        expires_at: time(row, "expires_at")?,
        latest_at: time(row, "latest_at")?,
        opened_at: time(row, "opened_at")?,
        unlock_hash: row.try_get("unlock_hash")?,
        unlock_tries: count(row, "unlock_tries")?,
        token_sealed: row.try_get("token_sealed")?,
        password_sealed: row.try_get("password_sealed")?,
        late_attempts: row.try_get("late_attempts")?,
        late_at: time(row, "late_at")?,
        ended_at: time(row, "ended_at")?,
        ended_by: id("ended_by")?.map(TechnicianId),
    })
}

/// A link as somebody finds it who has its id and its proof.
struct Found {
    account: AccountId,
    state: ShareStanding,
    ends: Option<Millis>,
    code_needed: bool,
    tries_left: u32,
    /// Their own device opened it, then.
    mine: Option<Millis>,
    late_attempts: i64,
    ciphertext: Vec<u8>,
}

const FIND: &str = "select account, state, coalesce(expires_at, latest_at) as ends,
     unlock_hash is not null as code_needed, unlock_tries,
     case when opener_hash = $3 then opened_at end as mine, late_attempts, ciphertext
     from shares where look_id = $1 and proof_hash = $2";

fn found(row: &Line) -> Result<Found, StoreError> {
    Ok(Found {
        account: AccountId(row.try_get("account")?),
        state: standing(row)?,
        ends: time(row, "ends")?,
        code_needed: row.try_get("code_needed")?,
        tries_left: count(row, "unlock_tries")?,
        mine: time(row, "mine")?,
        late_attempts: row.try_get("late_attempts")?,
        ciphertext: row.try_get("ciphertext")?,
    })
}

impl Found {
    /// What they are told without anything being changed; `None` when something has to be.
    fn answer(self, code_given: bool, now: Millis) -> Option<OpenResult> {
        match (self.state, self.mine) {
            (ShareStanding::Opened, Some(at)) if at.plus(GRACE_MS) > now => {
                Some(OpenResult::Opened {
                    ciphertext: self.ciphertext,
                    grace_until: at.plus(GRACE_MS),
                })
            }
            // Another device: worth an alert, and told nothing.
            (ShareStanding::Opened, None) if self.late_attempts < MOST_LATE => None,
            (ShareStanding::Open, _) if self.ends.is_some_and(|ends| ends > now) => {
                // No code was given: nothing was tried, so nothing is counted.
                (self.code_needed && !code_given)
                    .then_some(OpenResult::WrongUnlock { tries_left: self.tries_left })
            }
            _ => Some(OpenResult::Dead),
        }
    }
}

#[async_trait]
impl ShareStore for Database {
    async fn make_share(
        &self,
        share: &Share,
        by: Option<TechnicianId>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(share.account).await?;
        self.insert_share(&mut write, share, now).await?;
        self.share_made(&mut write, share, by, now).await?;
        write.commit().await
    }

    async fn share(&self, account: AccountId, id: ShareId) -> Result<Option<Share>, StoreError> {
        let row = sqlx::query("select * from shares where account = $1 and id = $2")
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(share).transpose()
    }

    async fn share_sent(
        &self,
        account: AccountId,
        id: ShareId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        sqlx::query(begin_life!("id = $2"))
            .bind(account.0)
            .bind(id.0)
            .bind(now.0)
            .execute(write.db())
            .await?;
        write.commit().await
    }

    async fn look_at_share(
        &self,
        look_id: &[u8],
        now: Millis,
    ) -> Result<Option<LookRow>, StoreError> {
        let row = sqlx::query(
            "select account, customer, language, coalesce(expires_at, latest_at) as ends,
                 unlock_hash is not null as code_needed, must_change
             from shares where look_id = $1 and state = 'open'
                 and coalesce(expires_at, latest_at) > $2",
        )
        .bind(look_id)
        .bind(now.0)
        .fetch_optional(self.read())
        .await?;
        row.map(|row| {
            Ok(LookRow {
                account: AccountId(row.try_get("account")?),
                customer: row.try_get::<Option<Uuid>, _>("customer")?.map(CustomerId),
                language: language(&row)?,
                expires_at: Millis(row.try_get("ends")?),
                code_needed: row.try_get("code_needed")?,
                must_change: row.try_get("must_change")?,
            })
        })
        .transpose()
    }

    async fn open_share(&self, opening: Opening<'_>, now: Millis) -> Result<Attempt, StoreError> {
        let code_given = opening.unlock_hash.is_some();
        let row = find(opening).fetch_optional(self.read()).await?;
        // Without the right proof nothing is written: strangers can't keep the writer busy.
        let Some(row) = row else { return Ok(unchanged(OpenResult::Dead)) };
        let seen = found(&row)?;
        let account = seen.account;
        if opening.only.is_some_and(|only| only != account) {
            return Ok(unchanged(OpenResult::Dead));
        }
        if let Some(result) = seen.answer(code_given, now) {
            return Ok(unchanged(result));
        }
        let mut write = self.write(account).await?;
        let result = match self.claim(&mut write, account, opening, now).await? {
            Some(result) => result,
            None => {
                self.count_late(&mut write, account, opening, now).await?;
                // Whoever was faster may be ourselves.
                let row = find(opening).fetch_optional(write.db()).await?;
                let seen = row.as_ref().map(found).transpose()?;
                seen.and_then(|seen| seen.answer(code_given, now)).unwrap_or(OpenResult::Dead)
            }
        };
        write.commit().await?;
        Ok(Attempt { result, changed: Some(account) })
    }

    async fn revoke_share(
        &self,
        account: AccountId,
        id: ShareId,
        by: Option<TechnicianId>,
        now: Millis,
    ) -> Result<Option<Share>, StoreError> {
        let mut write = self.write(account).await?;
        let row = sqlx::query(concat!(
            "update shares set state = 'revoked', ended_at = $3, ended_by = $4, ",
            erased!(),
            " where account = $1 and id = $2 and (state in ('open', 'locked')
                 or state = 'opened' and opened_at > $5 and password_sealed is not null)
             returning *"
        ))
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .bind(by.map(|by| by.0))
        .bind(now.0 - GRACE_MS)
        .fetch_optional(write.db())
        .await?;
        let revoked = row.as_ref().map(share).transpose()?;
        if let Some(share) = &revoked {
            self.share_revoked(&mut write, share, now).await?;
        }
        write.commit().await?;
        Ok(revoked)
    }

    async fn sweep_shares(&self, now: Millis) -> Result<Vec<AccountId>, StoreError> {
        self.sweep_ended_shares(now).await
    }

    async fn sweep_ended(&self, now: Millis) -> Result<(), StoreError> {
        self.sweep_run_out(now).await
    }
}

fn unchanged(result: OpenResult) -> Attempt {
    Attempt { result, changed: None }
}

fn find(opening: Opening<'_>) -> Query<'_> {
    sqlx::query(FIND).bind(opening.look_id).bind(opening.proof_hash).bind(opening.opener_hash)
}

impl Database {
    /// P10: one statement claims, and counts the try of an unlock code before it compares.
    /// `None` when there was nothing to claim.
    async fn claim(
        &self,
        write: &mut Write,
        account: AccountId,
        opening: Opening<'_>,
        now: Millis,
    ) -> Result<Option<OpenResult>, StoreError> {
        // Nobody opens a locked link any more, and nobody texts it again: only its secret stays.
        let row = sqlx::query(concat!(
            "update shares set
                 unlock_tries = case when unlock_hash is null then unlock_tries
                     else unlock_tries - 1 end,
                 state = case when unlock_hash is null or unlock_hash = $4 then 'opened'
                     when unlock_tries <= 1 then 'locked' else 'open' end,
                 opened_at = case when unlock_hash is null or unlock_hash = $4 then $5 end,
                 opener_hash = case when unlock_hash is null or unlock_hash = $4 then $3 end,
                 ended_at = case when unlock_hash <> $4 and unlock_tries <= 1 then $5 end,
                 ciphertext = case when unlock_hash <> $4 and unlock_tries <= 1 then ",
            no_bytes!(),
            " else ciphertext end,
                 token_sealed = case when unlock_hash <> $4 and unlock_tries <= 1 then null
                     else token_sealed end
             where account = $6 and look_id = $1 and proof_hash = $2 and state = 'open'
                 and coalesce(expires_at, latest_at) > $5 and unlock_tries > 0
                 and (unlock_hash is null or $4 is not null)
             returning *, ",
            audit_head!("$6")
        ))
        .bind(opening.look_id)
        .bind(opening.proof_hash)
        .bind(opening.opener_hash)
        .bind(opening.unlock_hash)
        .bind(now.0)
        .bind(account.0)
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else { return Ok(None) };
        write.head = Some(head_in(&row, account)?);
        let claimed = share(&row)?;
        let wrong = OpenResult::WrongUnlock { tries_left: claimed.unlock_tries };
        Ok(Some(match claimed.state {
            ShareStanding::Opened => {
                self.share_opened(write, &claimed, now).await?;
                let grace_until = now.plus(GRACE_MS);
                OpenResult::Opened { ciphertext: claimed.ciphertext, grace_until }
            }
            ShareStanding::Locked => {
                self.share_locked(write, &claimed, now).await?;
                wrong
            }
            _ => {
                self.share_unlock_wrong(write, &claimed, now).await?;
                wrong
            }
        }))
    }

    /// Somebody else with the right link, after it was opened.
    async fn count_late(
        &self,
        write: &mut Write,
        account: AccountId,
        opening: Opening<'_>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let row = sqlx::query(
            "update shares set late_attempts = late_attempts + 1, late_at = $5
             where account = $1 and look_id = $2 and proof_hash = $3 and state = 'opened'
                 and opener_hash <> $4 and late_attempts < $6
             returning *",
        )
        .bind(account.0)
        .bind(opening.look_id)
        .bind(opening.proof_hash)
        .bind(opening.opener_hash)
        .bind(now.0)
        .bind(MOST_LATE)
        .fetch_optional(write.db())
        .await?;
        match row.as_ref().map(share).transpose()? {
            Some(share) => self.share_late(write, &share, now).await,
            None => Ok(()),
        }
    }
}
