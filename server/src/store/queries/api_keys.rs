//! Keys of an account's own programs.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db};
use super::mails::About;
use crate::api_keys::{Alarm, Scope, scope};
use crate::audit::{Act, Entry};
use crate::store::{
    ApiKey, ApiKeyStore, Limit, LimitHit, LimitStore, MailKind, NewApiKey, StoreError,
};

const HOUR_MS: i64 = 60 * 60_000;

/// What [`key`] reads.
macro_rules! keys {
    ($only:literal) => {
        concat!(
            "select k.*, a.is_on as account_on, t.name as made_by_name from api_keys k
                 join accounts a on a.id = k.account join technicians t on t.id = k.made_by ",
            $only
        )
    };
}

fn key(row: &<Db as sqlx::Database>::Row) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.try_get("id")?,
        account: AccountId(row.try_get("account")?),
        account_on: row.try_get("account_on")?,
        name: row.try_get("name")?,
        prefix: row.try_get("prefix")?,
        scopes: scope::split(row.try_get("scopes")?),
        made_by_name: row.try_get("made_by_name")?,
        created_at: Millis(row.try_get("created_at")?),
        expires_at: Millis(row.try_get("expires_at")?),
        used_at: row.try_get::<Option<i64>, _>("used_at")?.map(Millis),
        revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(Millis),
    })
}

#[async_trait]
impl ApiKeyStore for Database {
    async fn api_keys(&self, account: AccountId) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(keys!("where k.account = $1 order by k.created_at desc, k.id desc"))
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(key).collect()
    }

    async fn add_api_key(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewApiKey<'_>,
        most: u32,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let added = sqlx::query(
            "insert into api_keys (id, account, name, prefix, hash, scopes, made_by, created_at,
                 expires_at)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9 where
                 (select count(*) from api_keys
                  where account = $2 and revoked_at is null and expires_at > $8) < $10",
        )
        .bind(new.id)
        .bind(account.0)
        .bind(new.name)
        .bind(new.prefix)
        .bind(new.hash)
        .bind(scope::join(new.scopes))
        .bind(by.0)
        .bind(now.0)
        .bind(new.expires_at.0)
        .bind(i64::from(most))
        .execute(write.db())
        .await?
        .rows_affected();
        if added != 1 {
            write.roll_back().await?;
            return Err(StoreError::Taken);
        }
        let alarm = Alarm::Made(new.id).to_string();
        let about = About::Program(&alarm);
        self.mail_admins(&mut write, account, about, MailKind::ApiKey, now).await?;
        let about = format!("{} {}", new.prefix, scope::join(new.scopes));
        let entry = Entry::new(Act::KeyMade).by(by).about(about);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn revoke_api_key(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: Uuid,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let prefix: Option<String> = sqlx::query_scalar(
            "update api_keys set revoked_at = $3
             where account = $1 and id = $2 and revoked_at is null returning prefix",
        )
        .bind(account.0)
        .bind(id)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(prefix) = prefix else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let entry = Entry::new(Act::KeyRevoked).by(by).about(prefix);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn api_key(&self, hash: &[u8]) -> Result<Option<ApiKey>, StoreError> {
        let row =
            sqlx::query(keys!("where k.hash = $1")).bind(hash).fetch_optional(self.read()).await?;
        row.as_ref().map(key).transpose()
    }

    async fn use_api_key(
        &self,
        key: &ApiKey,
        scope: Scope,
        limit: &Limit,
        now: Millis,
    ) -> Result<Result<(), LimitHit>, StoreError> {
        // Who is over the limit must not keep the writer busy.
        let counts = self.limit_counts(key.account, now, std::slice::from_ref(limit)).await?;
        if let Some((count, Some(until))) = counts.first()
            && *count >= limit.most
        {
            let wait_ms = until.since(now).max(1000);
            let retry_after = u32::try_from(wait_ms / 1000).unwrap_or(u32::MAX);
            return Ok(Err(LimitHit { name: limit.name.clone(), retry_after }));
        }
        let mut write = self.write(key.account).await?;
        let spent = self.spend(&mut write, key.account, now, std::slice::from_ref(limit)).await?;
        if let Err(hit) = spent {
            write.roll_back().await?;
            return Ok(Err(hit));
        }
        let hour = now.0 - now.0.rem_euclid(HOUR_MS);
        sqlx::query(
            "update api_keys set used_at = $3
             where account = $1 and id = $2 and (used_at is null or used_at < $3)",
        )
        .bind(key.account.0)
        .bind(key.id)
        .bind(hour)
        .execute(write.db())
        .await?;
        let name = format!("key {} {}", key.id, scope.as_str());
        let once = Limit { name, most: 1, window_ms: HOUR_MS };
        let (_, count) = self.count_one(&mut write, key.account, now, &once).await?;
        if count == 1 {
            let about = format!("{} {}", key.prefix, scope.as_str());
            let entry = Entry::new(Act::KeyUsed).about(about);
            self.note(&mut write, key.account, now, &entry).await?;
        }
        write.commit().await?;
        Ok(Ok(()))
    }

    async fn ending_api_keys(
        &self,
        now: Millis,
        until: Millis,
        days: i64,
    ) -> Result<Vec<(AccountId, Uuid)>, StoreError> {
        let rows = sqlx::query(
            "select account, id from api_keys where revoked_at is null and expires_at > $1
                 and expires_at <= $2 and (warned is null or warned > $3)
             order by expires_at limit 64",
        )
        .bind(now.0)
        .bind(until.0)
        .bind(days)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((AccountId(row.try_get(0)?), row.try_get(1)?))).collect()
    }

    async fn warn_of_api_key(
        &self,
        account: AccountId,
        id: Uuid,
        days: i64,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update api_keys set warned = $3 where account = $1 and id = $2
                 and revoked_at is null and (warned is null or warned > $3)",
        )
        .bind(account.0)
        .bind(id)
        .bind(days);
        write.one(query).await?;
        let alarm = Alarm::Ending(id).to_string();
        let about = About::Program(&alarm);
        self.mail_admins(&mut write, account, about, MailKind::ApiKey, now).await?;
        write.commit().await
    }
}
