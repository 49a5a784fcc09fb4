//! Shares: looking at one without effect, and opening one exactly once (P10).

use super::super::{Database, Db, Write};
use super::count;
use super::mails::About;
use crate::store::{
    LookRow, MailKind, OpenResult, OutboxKind, Share, ShareStanding, ShareStore, StoreError,
};
use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, ResetId, ShareId};
use sqlx::Row;
use uuid::Uuid;

use super::reset_reads::{entry, reset};
use crate::audit::{Act, Entry};
use crate::language::Language;

type Line = <Db as sqlx::Database>::Row;

/// The device that opened a link may fetch again for so long: a lost reply, a reload.
pub(crate) const GRACE_MS: i64 = 5 * 60_000;
/// The longest window of any limit: a day.
const LONGEST_WINDOW_MS: i64 = 24 * 60 * 60_000;
/// The note that the link was opened is tried for a day.
const NOTE_PATIENCE_MS: i64 = 24 * 60 * 60_000;

/// A reset whose last link is over and that still keeps its phone.
macro_rules! phone_left {
    () => {
        concat!(
            "phone_sealed <> ",
            no_bytes!(),
            " and stage in ('refused', 'completed') and not exists (
                 select 1 from shares s where s.reset = resets.id
                     and (s.state in ('closed', 'open', 'locked')
                         or s.password_sealed is not null))"
        )
    };
}

/// The language of a row that has one; a text that names none of ours is none.
pub(super) fn language(row: &Line) -> Result<Option<Language>, StoreError> {
    Ok(row.try_get::<Option<&str>, _>("language")?.and_then(Language::of_tag))
}

fn share(row: &Line) -> Result<Share, StoreError> {
    Ok(Share {
        id: ShareId(row.try_get("id")?),
        account: AccountId(row.try_get("account")?),
        reset: row.try_get::<Option<Uuid>, _>("reset")?.map(ResetId),
        customer: row.try_get::<Option<Uuid>, _>("customer")?.map(CustomerId),
        language: language(row)?,
        must_change: row.try_get("must_change")?,
        look_id: row.try_get("look_id")?,
        proof_hash: row.try_get("proof_hash")?,
        ciphertext: row.try_get("ciphertext")?,
        state: ShareStanding::parse(row.try_get::<&str, _>("state")?)
            .ok_or(StoreError::Inconsistent("a share's state"))?,
        life_ms: row.try_get("life_ms")?,
        expires_at: row.try_get::<Option<i64>, _>("expires_at")?.map(Millis),
        latest_at: row.try_get::<Option<i64>, _>("latest_at")?.map(Millis),
        opened_at: row.try_get::<Option<i64>, _>("opened_at")?.map(Millis),
        unlock_hash: row.try_get("unlock_hash")?,
        token_sealed: row.try_get("token_sealed")?,
        password_sealed: row.try_get("password_sealed")?,
        late_attempts: row.try_get("late_attempts")?,
    })
}

#[async_trait]
impl ShareStore for Database {
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

    async fn share_row(&self, look_id: &[u8]) -> Result<Option<(AccountId, ShareId)>, StoreError> {
        let row = sqlx::query("select account, id from shares where look_id = $1")
            .bind(look_id)
            .fetch_optional(self.read())
            .await?;
        row.map(|row| Ok((AccountId(row.try_get(0)?), ShareId(row.try_get(1)?)))).transpose()
    }

    async fn open_share(
        &self,
        account: AccountId,
        look_id: &[u8],
        proof_hash: &[u8],
        opener_hash: &[u8],
        unlock_hash: Option<&[u8]>,
        now: Millis,
    ) -> Result<OpenResult, StoreError> {
        let mut write = self.write(account).await?;
        let claimed = sqlx::query(
            "update shares set
                 unlock_tries = case when unlock_hash is null then unlock_tries
                     else unlock_tries - 1 end,
                 state = case when unlock_hash is null or unlock_hash = $4 then 'opened'
                     when unlock_tries <= 1 then 'locked' else 'open' end,
                 opened_at = case when unlock_hash is null or unlock_hash = $4 then $5 end,
                 opener_hash = case when unlock_hash is null or unlock_hash = $4 then $3 end
             where account = $6 and look_id = $1 and proof_hash = $2 and state = 'open'
                 and coalesce(expires_at, latest_at) > $5 and unlock_tries > 0
                 and (unlock_hash is null or $4 is not null)
             returning *, unlock_tries as tries_now",
        )
        .bind(look_id)
        .bind(proof_hash)
        .bind(opener_hash)
        .bind(unlock_hash)
        .bind(now.0)
        .bind(account.0)
        .fetch_optional(write.db())
        .await?;
        let result = match claimed {
            Some(row) => {
                let claimed = share(&row)?;
                let tries_left = count(&row, "tries_now")?;
                self.opened_or_wrong(&mut write, claimed, tries_left, now).await?
            }
            None => {
                let link = (account, look_id, proof_hash);
                self.again_or_dead(&mut write, link, opener_hash, now).await?
            }
        };
        write.commit().await?;
        Ok(result)
    }

    async fn sweep_shares(&self, now: Millis) -> Result<u64, StoreError> {
        let accounts: Vec<Uuid> = sqlx::query_scalar(concat!(
            "select account from shares
             where state = 'opened' and opened_at <= $1 and password_sealed is not null
             union select account from shares
             where state in ('open', 'locked') and coalesce(expires_at, latest_at) <= $2
             union select account from resets where ",
            phone_left!()
        ))
        .bind(now.0 - GRACE_MS)
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        let mut expired = 0;
        for account in accounts {
            // One account in trouble must not keep the others' passwords.
            match self.sweep_account(AccountId(account), now).await {
                Ok(ended) => expired += ended,
                Err(error) => tracing::error!(account.id = %account, error = %error, "sweep"),
            }
        }
        Ok(expired)
    }

    async fn sweep_ended(&self, now: Millis) -> Result<(), StoreError> {
        self.sweep_attempts(now).await?;
        let accounts: Vec<Uuid> = sqlx::query_scalar(
            "select account from limits where since < $1
             union select account from sessions where expires_at < $2",
        )
        .bind(now.0 - LONGEST_WINDOW_MS)
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        for account in accounts {
            let mut write = self.write(AccountId(account)).await?;
            sqlx::query("delete from limits where account = $1 and since < $2")
                .bind(account)
                .bind(now.0 - LONGEST_WINDOW_MS)
                .execute(write.db())
                .await?;
            sqlx::query("delete from sessions where account = $1 and expires_at < $2")
                .bind(account)
                .bind(now.0)
                .execute(write.db())
                .await?;
            write.commit().await?;
        }
        Ok(())
    }
}

impl Database {
    async fn sweep_account(&self, account: AccountId, now: Millis) -> Result<u64, StoreError> {
        let mut write = self.write(account).await?;
        sqlx::query(concat!(
            "update shares set ciphertext = ",
            no_bytes!(),
            ", token_sealed = null, password_sealed = null
             where account = $1 and state = 'opened' and opened_at <= $2
                 and password_sealed is not null"
        ))
        .bind(account.0)
        .bind(now.0 - GRACE_MS)
        .execute(write.db())
        .await?;
        let expired = sqlx::query(concat!(
            "update shares set state = 'expired', ciphertext = ",
            no_bytes!(),
            ", token_sealed = null, password_sealed = null
             where account = $1 and state in ('open', 'locked')
                 and coalesce(expires_at, latest_at) <= $2 returning reset"
        ))
        .bind(account.0)
        .bind(now.0)
        .fetch_all(write.db())
        .await?;
        for row in &expired {
            let reset: Option<Uuid> = row.try_get(0)?;
            let entry = Entry { reset: reset.map(ResetId), ..Entry::new(Act::ShareExpired) };
            self.note(&mut write, account, now, &entry).await?;
        }
        // What was needed to text a link again goes with its last link.
        sqlx::query(concat!(
            "update resets set unlock_sealed = null, phone_sealed = ",
            no_bytes!(),
            " where account = $1 and ",
            phone_left!()
        ))
        .bind(account.0)
        .execute(write.db())
        .await?;
        write.commit().await?;
        Ok(expired.len() as u64)
    }

    pub(super) async fn insert_share(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into shares (id, account, reset, look_id, proof_hash, ciphertext, state,
                 life_ms, created_at, latest_at, unlock_hash, token_sealed, password_sealed,
                 customer, language, must_change)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(share.id.0)
        .bind(share.account.0)
        .bind(share.reset.map(|reset| reset.0))
        .bind(&share.look_id)
        .bind(&share.proof_hash)
        .bind(&share.ciphertext)
        .bind(share.state.as_str())
        .bind(share.life_ms)
        .bind(now.0)
        .bind(share.latest_at.map(|at| at.0))
        .bind(&share.unlock_hash)
        .bind(&share.token_sealed)
        .bind(&share.password_sealed)
        .bind(share.customer.map(|customer| customer.0))
        .bind(share.language.map(Language::as_str))
        .bind(share.must_change)
        .execute(write.db())
        .await?;
        Ok(())
    }

    async fn opened_or_wrong(
        &self,
        write: &mut Write,
        claimed: Share,
        tries_left: u32,
        now: Millis,
    ) -> Result<OpenResult, StoreError> {
        let act = match claimed.state {
            ShareStanding::Opened => Act::ShareOpened,
            ShareStanding::Locked => Act::ShareLocked,
            _ => Act::ShareUnlockWrong,
        };
        let row = match claimed.reset {
            None => None,
            Some(id) => {
                sqlx::query(
                    "select r.*, t.name as technician_name from resets r
                     join technicians t on t.id = r.technician where r.account = $1 and r.id = $2",
                )
                .bind(claimed.account.0)
                .bind(id.0)
                .fetch_optional(write.db())
                .await?
            }
        };
        let whose = row.as_ref().map(reset).transpose()?;
        let told = whose.as_ref().map_or_else(|| Entry::new(act), |reset| entry(act, reset));
        self.note(write, claimed.account, now, &told).await?;
        if claimed.state != ShareStanding::Opened {
            return Ok(OpenResult::WrongUnlock { tries_left });
        }
        if let Some(reset) = whose.filter(|reset| reset.ticket.is_some()) {
            let (whose, give_up) = ((reset.account, reset.id), now.plus(NOTE_PATIENCE_MS));
            self.put_in_outbox(write, whose, OutboxKind::NoteOpened, now, give_up).await?;
        }
        Ok(OpenResult::Opened { ciphertext: claimed.ciphertext, grace_until: now.plus(GRACE_MS) })
    }

    /// The device that won, coming again; the right link without its code; or nothing.
    async fn again_or_dead(
        &self,
        write: &mut Write,
        (account, look_id, proof_hash): (AccountId, &[u8], &[u8]),
        opener_hash: &[u8],
        now: Millis,
    ) -> Result<OpenResult, StoreError> {
        let row = sqlx::query(
            "select ciphertext, opened_at from shares
             where account = $1 and look_id = $2 and proof_hash = $3 and state = 'opened'
                 and opener_hash = $4 and opened_at > $5",
        )
        .bind(account.0)
        .bind(look_id)
        .bind(proof_hash)
        .bind(opener_hash)
        .bind(now.0 - GRACE_MS)
        .fetch_optional(write.db())
        .await?;
        if let Some(row) = row {
            let opened_at = Millis(row.try_get(1)?);
            let grace_until = opened_at.plus(GRACE_MS);
            return Ok(OpenResult::Opened { ciphertext: row.try_get(0)?, grace_until });
        }
        let asks = sqlx::query(
            "select unlock_tries from shares where account = $1 and look_id = $2
                 and proof_hash = $3 and state = 'open'
                 and coalesce(expires_at, latest_at) > $4 and unlock_tries > 0",
        )
        .bind(account.0)
        .bind(look_id)
        .bind(proof_hash)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        if let Some(row) = asks {
            let tries_left = count(&row, "unlock_tries")?;
            // No code was given: nothing was tried, so nothing is counted.
            return Ok(OpenResult::WrongUnlock { tries_left });
        }
        // Somebody else with the right link: worth an alert, and told nothing.
        let late = sqlx::query(
            "update shares set late_attempts = late_attempts + 1
             where account = $1 and look_id = $2 and proof_hash = $3 and state = 'opened'
                 and opener_hash <> $4
             returning reset, late_attempts,
                 (select ticket from resets r where r.id = shares.reset) as ticket",
        )
        .bind(account.0)
        .bind(look_id)
        .bind(proof_hash)
        .bind(opener_hash)
        .fetch_optional(write.db())
        .await?;
        if let Some(row) = late {
            let reset = row.try_get::<Option<Uuid>, _>("reset")?.map(ResetId);
            let entry = Entry { reset, ..Entry::new(Act::ShareLateAttempt) };
            self.note(write, account, now, &entry).await?;
            let first = row.try_get::<i64, _>("late_attempts")? == 1;
            if first {
                let about = reset.map_or(About::Account, About::Reset);
                self.mail_admins(write, account, about, MailKind::Late, now).await?;
            }
            let ticket: Option<Uuid> = row.try_get("ticket")?;
            if let (Some(reset), true, true) = (reset, first, ticket.is_some()) {
                let (whose, give_up) = ((account, reset), now.plus(NOTE_PATIENCE_MS));
                self.put_in_outbox(write, whose, OutboxKind::NoteLate, now, give_up).await?;
            }
        }
        Ok(OpenResult::Dead)
    }
}
