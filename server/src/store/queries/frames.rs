//! Frames: waiting for their technician's own sign-in, paired, continued by a cookie.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, PairingId, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db};
use super::kept;
use super::sessions::{SESSION_COLUMNS, insert, session, session_columns};
use super::technicians::technician_columns;
use crate::audit::{Act, Entry};
use crate::sign_in::whence;
use crate::store::{
    FrameSession, FrameStore, NewCookie, NewFrame, NewPairing, NewSession, Pairing, StoreError,
};

fn pairing(row: &<Db as sqlx::Database>::Row) -> Result<Pairing, StoreError> {
    let person: Option<String> = row.try_get("person")?;
    let login: Option<String> = row.try_get("login")?;
    let by: Option<Uuid> = row.try_get("approved_by")?;
    let factor: Option<i64> = row.try_get("second_factor_at")?;
    Ok(Pairing {
        account: AccountId(row.try_get("account")?),
        asked: NewPairing {
            id: PairingId(row.try_get("id")?),
            integration: IntegrationId(row.try_get("integration")?),
            challenge: row.try_get("challenge")?,
            code_hash: row.try_get("code_hash")?,
            address: row.try_get("address")?,
            browser: row.try_get("browser")?,
            person: person.zip(login),
            expires_at: Millis(row.try_get("expires_at")?),
        },
        created_at: Millis(row.try_get("created_at")?),
        approved: by.zip(factor).map(|(by, at)| (TechnicianId(by), Millis(at))),
    })
}

#[async_trait]
impl FrameStore for Database {
    async fn begin_pairing(
        &self,
        account: AccountId,
        now: Millis,
        new: &NewPairing,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        sqlx::query("delete from pairings where account = $1 and expires_at <= $2")
            .bind(account.0)
            .bind(now.0)
            .execute(write.db())
            .await?;
        let (person, login) = new.person.clone().unzip();
        let added = sqlx::query(
            "insert into pairings (id, account, integration, challenge, code_hash, address,
                 browser, person, login, created_at, expires_at)
             select $1, $2, id, $4, $5, $6, $7, $8, $9, $10, $11 from integrations
             where id = $3 and account = $2 and is_on and ended_at is null",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(new.integration.0)
        .bind(&new.challenge)
        .bind(&new.code_hash)
        .bind(kept(&new.address))
        .bind(kept(&new.browser))
        .bind(person.map(|it| kept(&it)))
        .bind(login.map(|it| kept(&it)))
        .bind(now.0)
        .bind(new.expires_at.0)
        .execute(write.db())
        .await;
        let added = added.map_err(StoreError::taken).map(|done| done.rows_affected());
        if !matches!(added, Ok(1)) {
            write.roll_back().await?;
            return Err(added.err().unwrap_or(StoreError::MovedOn));
        }
        write.commit().await
    }

    async fn pairing(&self, id: PairingId, now: Millis) -> Result<Option<Pairing>, StoreError> {
        let row = sqlx::query("select * from pairings where id = $1 and expires_at > $2")
            .bind(id.0)
            .bind(now.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(pairing).transpose()
    }

    async fn pairing_by_code(
        &self,
        account: AccountId,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Pairing>, StoreError> {
        let row = sqlx::query(
            "select * from pairings where account = $1 and code_hash = $2 and expires_at > $3
                 and approved_by is null",
        )
        .bind(account.0)
        .bind(code_hash)
        .bind(now.0)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(pairing).transpose()
    }

    async fn approve_pairing(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: PairingId,
        session: &[u8],
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update pairings set approved_by = $3, second_factor_at =
                 (select s.second_factor_at from sessions s where s.id = $5)
             where account = $1 and id = $2 and approved_by is null and expires_at > $4
                 and exists (select 1 from sessions s where s.id = $5 and s.account = $1
                     and s.technician = $3 and s.kind = 'web' and s.expires_at > $4
                     and s.second_factor_at is not null)",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(by.0)
        .bind(now.0)
        .bind(session);
        write.one(query).await?;
        write.commit().await
    }

    async fn refuse_pairing(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: PairingId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let row = sqlx::query(
            "delete from pairings where account = $1 and id = $2 and approved_by is null
                 and expires_at > $3 returning integration, address",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(row) = row else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let integration = Some(IntegrationId(row.try_get(0)?));
        let address: String = row.try_get(1)?;
        let entry = Entry { integration, ..Entry::new(Act::PairingRefused).by(by).about(address) };
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn redeem_pairing(
        &self,
        account: AccountId,
        now: Millis,
        id: PairingId,
        new: &NewFrame<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        // Once, and only for somebody who is still there.
        let row = sqlx::query(
            "delete from pairings where account = $1 and id = $2 and expires_at > $3
                 and exists (select 1 from technicians t where t.id = approved_by
                     and t.account = $1 and t.ended_at is null)
                 and exists (select 1 from integrations i where i.id = integration
                     and i.is_on and i.ended_at is null)
             returning *",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let found = row.as_ref().map(pairing).transpose()?;
        let Some((found, (by, factor))) = found.and_then(|it| it.approved.map(|by| (it, by)))
        else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let psa = found.asked.integration;
        sqlx::query(
            "insert into sessions (id, account, technician, kind, host, second_factor_at,
                 created_at, seen_at, expires_at, psa, cookie, browser, network)
             values ($1, $2, $3, 'frame', $4, $5, $6, $6, $7, $8, $9, $10, $11)",
        )
        .bind(new.id)
        .bind(account.0)
        .bind(by.0)
        .bind(new.host.as_str())
        .bind(factor.0)
        .bind(now.0)
        .bind(new.expires_at.0)
        .bind(psa.0)
        .bind(new.cookie)
        .bind(whence::browser(&found.asked.browser))
        .bind(whence::masked(&found.asked.address))
        .execute(write.db())
        .await?;
        if let Some((person, login)) = &found.asked.person {
            self.link(&mut write, account, now, psa, by, (person, login)).await?;
        }
        let entry = Entry { integration: Some(psa), ..Entry::new(Act::FramePaired).by(by) };
        self.note(&mut write, account, now, &entry.about(found.asked.address)).await?;
        write.commit().await
    }

    async fn frame_session(
        &self,
        cookie: &[u8],
        now: Millis,
        idle_ms: i64,
    ) -> Result<Option<FrameSession>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            session_columns!(),
            ", s.cookie, s.cookie_before_until, s.id
             from sessions s
             join technicians t on t.id = s.technician and t.account = s.account
             join accounts a on a.id = s.account
             join integrations g on g.id = s.psa and g.is_on and g.ended_at is null
             left join sessions p on p.id = s.parent
             where (s.cookie = $1 or s.cookie_before = $1) and s.kind = 'frame'
                 and s.expires_at > $2 and s.seen_at > $3 and t.ended_at is null"
        ))
        .bind(cookie)
        .bind(now.0)
        .bind(now.0.saturating_sub(idle_ms))
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let newest = row.try_get::<Vec<u8>, _>(SESSION_COLUMNS)? == cookie;
        let until: Option<i64> = row.try_get(SESSION_COLUMNS + 1)?;
        let id: Vec<u8> = row.try_get(SESSION_COLUMNS + 2)?;
        let replayed = !newest && until.is_none_or(|until| until <= now.0);
        Ok(Some(FrameSession { session: session(&row, &id)?, newest, replayed }))
    }

    async fn rotate_cookie(
        &self,
        account: AccountId,
        now: Millis,
        new: &NewCookie<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update sessions set cookie = $4, cookie_before = $3, cookie_before_until = $5,
                 seen_at = case when $6 then $7 else seen_at end
             where account = $1 and id = $2 and cookie = $3 and kind = 'frame'",
        )
        .bind(account.0)
        .bind(new.session)
        .bind(new.before)
        .bind(new.cookie)
        .bind(new.before_until.0)
        .bind(new.used)
        .bind(now.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn begin_proven(
        &self,
        account: AccountId,
        at: Millis,
        id: IntegrationId,
        new: &NewSession<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        insert(&mut write, account, at, new).await?;
        let query = sqlx::query(
            "update sessions set psa = $3 where account = $1 and id = $2
                 and exists (select 1 from integrations g where g.id = $3 and g.account = $1
                     and g.is_on and g.ended_at is null)",
        )
        .bind(account.0)
        .bind(new.id)
        .bind(id.0);
        write.one(query).await?;
        write.commit().await
    }
}
