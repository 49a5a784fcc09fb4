//! How shares end by themselves, and what their owner may do with them.

use shared::{AccountId, Millis, TechnicianId};
use uuid::Uuid;

use super::super::{Database, Write};
use super::shares::{begin_life, erased, share};
use crate::store::{GRACE_MS, Owner, Share, StoreError};

/// The longest window of any limit: a day.
const LONGEST_WINDOW_MS: i64 = 24 * 60 * 60_000;

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

impl Database {
    pub(super) async fn sweep_ended_shares(
        &self,
        now: Millis,
    ) -> Result<Vec<AccountId>, StoreError> {
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
        let mut expired = Vec::new();
        for account in accounts.into_iter().map(AccountId) {
            // One account in trouble must not keep the others' passwords.
            match self.sweep_account(account, now).await {
                Ok(ended) => expired.extend(std::iter::repeat_n(account, ended)),
                Err(error) => tracing::error!(account.id = %account, error = %error, "sweep"),
            }
        }
        Ok(expired)
    }

    async fn sweep_account(&self, account: AccountId, now: Millis) -> Result<usize, StoreError> {
        let mut write = self.write(account).await?;
        sqlx::query(concat!(
            "update shares set ",
            erased!(),
            " where account = $1 and state = 'opened' and opened_at <= $2
                 and password_sealed is not null"
        ))
        .bind(account.0)
        .bind(now.0 - GRACE_MS)
        .execute(write.db())
        .await?;
        let expired = sqlx::query(concat!(
            "update shares set state = 'expired', ended_at = coalesce(expires_at, latest_at), ",
            erased!(),
            " where account = $1 and state in ('open', 'locked')
                 and coalesce(expires_at, latest_at) <= $2 returning *"
        ))
        .bind(account.0)
        .bind(now.0)
        .fetch_all(write.db())
        .await?;
        for row in &expired {
            self.share_expired(&mut write, &share(row)?, now).await?;
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
        Ok(expired.len())
    }

    pub(super) async fn sweep_run_out(&self, now: Millis) -> Result<(), StoreError> {
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

    /// Its owner lets it be opened, once, until `latest`.
    pub(super) async fn unseal_share_of(
        &self,
        write: &mut Write,
        account: AccountId,
        Owner::Reset(owner): Owner,
        latest: Millis,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "update shares set state = 'open', latest_at = $3
             where account = $1 and reset = $2 and state = 'closed'",
        )
        .bind(account.0)
        .bind(owner.0)
        .bind(latest.0);
        write.one(query).await
    }

    /// Another secret in the same link, before it may be opened.
    pub(super) async fn reseal_share(
        &self,
        write: &mut Write,
        share: &Share,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "update shares set ciphertext = $3, password_sealed = $4
             where account = $1 and id = $2 and state = 'closed'",
        )
        .bind(share.account.0)
        .bind(share.id.0)
        .bind(&share.ciphertext)
        .bind(&share.password_sealed);
        write.one(query).await
    }

    /// Its owner came to nothing before the link could be opened.
    pub(super) async fn destroy_share_of(
        &self,
        write: &mut Write,
        account: AccountId,
        Owner::Reset(owner): Owner,
    ) -> Result<(), StoreError> {
        sqlx::query(concat!(
            "update shares set state = 'destroyed', ",
            erased!(),
            " where account = $1 and reset = $2 and state = 'closed'"
        ))
        .bind(account.0)
        .bind(owner.0)
        .execute(write.db())
        .await?;
        Ok(())
    }

    /// The owner's link is on its way.
    pub(super) async fn share_of_sent(
        &self,
        write: &mut Write,
        account: AccountId,
        Owner::Reset(owner): Owner,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(begin_life!("reset = $2"))
            .bind(account.0)
            .bind(owner.0)
            .bind(now.0)
            .execute(write.db())
            .await?;
        Ok(())
    }

    /// Ends what the owner has: closed, open, locked, and opened but in its grace. Whether there
    /// was anything.
    pub(super) async fn revoke_shares_of(
        &self,
        write: &mut Write,
        account: AccountId,
        Owner::Reset(owner): Owner,
        by: Option<TechnicianId>,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let rows = sqlx::query(concat!(
            "update shares set state = 'revoked', ended_at = $3, ended_by = $4, ",
            erased!(),
            " where account = $1 and reset = $2 and (state in ('closed', 'open', 'locked')
                 or state = 'opened' and opened_at > $5 and password_sealed is not null)
             returning *"
        ))
        .bind(account.0)
        .bind(owner.0)
        .bind(now.0)
        .bind(by.map(|by| by.0))
        .bind(now.0 - GRACE_MS)
        .fetch_all(write.db())
        .await?;
        for row in &rows {
            self.share_revoked(write, &share(row)?, now).await?;
        }
        Ok(!rows.is_empty())
    }
}
