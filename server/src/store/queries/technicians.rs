//! Technicians: who they are, how they prove it, and what was tried in their name.
//!
//! Signing in starts before an account is known, so the look-ups by e-mail address and by set-up
//! link are the exceptions to "account first". What they find says whose it is.

use super::super::{Database, Db};
use super::set_up_links::void_link_mails;
use super::storable;
use super::team::drop_pairings;
use crate::store::{NewTechnician, Role, StoreError, Technician, TechnicianStore};
use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};
use sqlx::Row;

use crate::audit::{Act, Entry};

/// The columns that [`technician`] reads, in its order.
macro_rules! technician_columns {
    () => {
        "t.id, t.account, a.is_on, t.name, t.email, t.role, t.may_reset, t.may_use_ui, \
         (t.must_use_mfa or a.must_use_mfa), t.password_hash, t.totp_step, exists (select 1 from secrets x \
         where x.account = t.account and x.kind = 'totp' and x.row = t.id) "
    };
}
pub(super) use technician_columns;

/// How many columns a technician takes.
pub(super) const TECHNICIAN_COLUMNS: usize = 12;

/// A technician from the first columns of a row.
pub(super) fn technician(row: &<Db as sqlx::Database>::Row) -> Result<Technician, StoreError> {
    let role: String = row.try_get(5)?;
    Ok(Technician {
        id: TechnicianId(row.try_get(0)?),
        account: AccountId(row.try_get(1)?),
        account_on: row.try_get(2)?,
        name: row.try_get(3)?,
        email: row.try_get(4)?,
        role: Role::parse(&role).ok_or(StoreError::Inconsistent("a technician's role"))?,
        may_reset: row.try_get(6)?,
        may_use_ui: row.try_get(7)?,
        must_use_mfa: row.try_get(8)?,
        password_hash: row.try_get(9)?,
        totp_step: row.try_get(10)?,
        has_totp: row.try_get(11)?,
    })
}

#[async_trait]
impl TechnicianStore for Database {
    async fn add_technician(
        &self,
        account: AccountId,
        at: Millis,
        new: &NewTechnician,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        sqlx::query(
            "insert into technicians (id, account, name, email, role, may_reset, may_use_ui,
             must_use_mfa, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(&new.name)
        .bind(new.email.trim().to_lowercase())
        .bind(new.role.as_str())
        .bind(new.may_reset)
        .bind(new.may_use_ui)
        .bind(new.must_use_mfa)
        .bind(at.0)
        .execute(write.db())
        .await
        .map_err(StoreError::taken)?;
        self.name(&mut write, account, new.id.0, &new.name).await?;
        let entry = Entry::new(Act::Imported).about(format!("technician {}", new.id));
        self.note(&mut write, account, at, &entry).await?;
        write.commit().await
    }

    async fn technician_by_email(&self, email: &str) -> Result<Option<Technician>, StoreError> {
        if !storable(email) {
            return Ok(None);
        }
        let row = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            "from technicians t join accounts a on a.id = t.account
             where t.email = $1 and t.ended_at is null"
        ))
        .bind(email)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(technician).transpose()
    }

    async fn technician(
        &self,
        account: AccountId,
        id: TechnicianId,
    ) -> Result<Option<Technician>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            "from technicians t join accounts a on a.id = t.account
             where t.account = $1 and t.id = $2 and t.ended_at is null"
        ))
        .bind(account.0)
        .bind(id.0)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(technician).transpose()
    }

    async fn technician_by_set_up(
        &self,
        hash: &[u8],
        now: Millis,
    ) -> Result<Option<Technician>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            "from technicians t join accounts a on a.id = t.account
             where t.set_up_hash = $1 and t.set_up_until > $2 and t.ended_at is null"
        ))
        .bind(hash)
        .bind(now.0)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(technician).transpose()
    }

    async fn admins_awaiting_set_up(&self) -> Result<Vec<Technician>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            "from technicians t join accounts a on a.id = t.account
             where t.role = 'admin' and t.ended_at is null
             and not exists (select 1 from technicians p where p.password_hash is not null)
             and not exists (select 1 from sso_people)
             order by t.created_at, t.id"
        ))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(technician).collect()
    }

    async fn set_set_up(
        &self,
        account: AccountId,
        id: TechnicianId,
        now: Millis,
        hash: &[u8],
        until: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update technicians set set_up_hash = $3, set_up_until = $4
             where account = $1 and id = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(hash)
        .bind(until.0);
        write.one(query).await?;
        void_link_mails(&mut write, account, id).await?;
        let entry = Entry::new(Act::SetUpLinkMade).about(id.to_string());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn use_set_up(
        &self,
        account: AccountId,
        at: Millis,
        id: TechnicianId,
        hash: &[u8],
        password_hash: &str,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update technicians set password_hash = $4, set_up_hash = null, set_up_until = null
             where account = $1 and id = $2 and set_up_hash = $3 and set_up_until > $5
             and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(hash)
        .bind(password_hash)
        .bind(at.0);
        let had: Option<String> = sqlx::query_scalar(
            "select password_hash from technicians where account = $1 and id = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_optional(write.db())
        .await?
        .flatten();
        write.one(query).await?;
        sqlx::query("delete from sessions where technician = $1")
            .bind(id.0)
            .execute(write.db())
            .await?;
        drop_pairings(&mut write, account, id).await?;
        void_link_mails(&mut write, account, id).await?;
        if had.is_some() {
            self.mail_technician(&mut write, account, id, "password", at).await?;
        }
        let entry = Entry::new(Act::SetUpDone).by(id);
        self.note(&mut write, account, at, &entry).await?;
        write.commit().await
    }

    async fn set_sign_in(
        &self,
        account: AccountId,
        at: Millis,
        id: TechnicianId,
        password_hash: &str,
        sealed_totp: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update technicians set password_hash = $3, set_up_hash = null, set_up_until = null
             where account = $1 and id = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(password_hash);
        write.one(query).await?;
        if let Some(sealed) = sealed_totp {
            sqlx::query(
                "insert into secrets (account, kind, row, sealed, updated_at)
                 values ($1, 'totp', $2, $3, $4) on conflict (account, kind, row)
                 do update set sealed = excluded.sealed, updated_at = excluded.updated_at",
            )
            .bind(account.0)
            .bind(id.0)
            .bind(sealed)
            .bind(at.0)
            .execute(write.db())
            .await?;
        }
        sqlx::query("delete from sessions where technician = $1")
            .bind(id.0)
            .execute(write.db())
            .await?;
        let entry = Entry::new(Act::Imported).about(format!("sign-in of {id}"));
        self.note(&mut write, account, at, &entry).await?;
        write.commit().await
    }

    async fn sealed_totp(
        &self,
        account: AccountId,
        id: TechnicianId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "select sealed from secrets where account = $1 and kind = 'totp' and row = $2",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_optional(self.read())
        .await?)
    }
}
