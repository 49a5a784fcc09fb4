//! What a person does with their own sign-in.

use async_trait::async_trait;
use shared::{AccountId, Host, Millis, TechnicianId};
use sqlx::Row;

use super::super::{Database, Write};
use super::sessions::{drop_half, insert, signed_in};
use super::set_up_links::put_link;
use crate::audit::{Act, Entry};
use crate::store::{
    NewLink, NewSession, OldFactor, OwnSession, OwnStore, Replacement, StoreError, Trace,
};

#[async_trait]
impl OwnStore for Database {
    async fn recovery_codes_left(
        &self,
        account: AccountId,
        technician: TechnicianId,
    ) -> Result<u32, StoreError> {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from recovery_codes where account = $1 and technician = $2",
        )
        .bind(account.0)
        .bind(technician.0)
        .fetch_one(self.read())
        .await?;
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }

    async fn renew_recovery_codes(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        codes: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update secrets set updated_at = updated_at
             where account = $1 and kind = 'totp' and row = $2",
        )
        .bind(account.0)
        .bind(technician.0);
        write.one(query).await?;
        renew_codes(&mut write, account, technician, codes).await?;
        self.mail_technician(&mut write, account, technician, "codes", now).await?;
        let entry = Entry::new(Act::RecoveryCodesMade).by(technician);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn use_recovery_code(
        &self,
        account: AccountId,
        now: Millis,
        half: &[u8],
        code: &[u8],
        new: &NewSession<'_>,
    ) -> Result<u32, StoreError> {
        let mut write = self.write(account).await?;
        let technician = new.technician;
        spend_code(&mut write, account, technician, code).await?;
        drop_half(&mut write, account, technician, half).await?;
        insert(&mut write, account, now, new).await?;
        sqlx::query("update sessions set recovered = true where account = $1 and id = $2")
            .bind(account.0)
            .bind(new.id)
            .execute(write.db())
            .await?;
        signed_in(&mut write, account, now, new).await?;
        let left = self.tell_of_code(&mut write, account, technician, now).await?;
        let entry = Entry::new(Act::SignedIn).by(technician).about("recovery code");
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await?;
        Ok(left)
    }

    async fn replace_authenticator(
        &self,
        account: AccountId,
        now: Millis,
        replacement: &Replacement<'_>,
    ) -> Result<(), StoreError> {
        let technician = replacement.technician;
        let mut write = self.write(account).await?;
        let recovered = matches!(replacement.old, OldFactor::Recovered);
        // The session that it is done in; after a recovery code that one only.
        let session = sqlx::query(
            "update sessions set recovered = false where account = $1 and id = $2
                 and technician = $3 and kind = 'web' and (recovered or not $4)",
        )
        .bind(account.0)
        .bind(replacement.session)
        .bind(technician.0)
        .bind(recovered);
        write.one(session).await?;
        match replacement.old {
            OldFactor::Step(step) => {
                let query = sqlx::query(
                    "update technicians set totp_step = $3
                     where account = $1 and id = $2 and totp_step < $3 and ended_at is null",
                )
                .bind(account.0)
                .bind(technician.0)
                .bind(*step);
                write.one(query).await?;
            }
            OldFactor::Code(code) => {
                spend_code(&mut write, account, technician, code).await?;
                self.tell_of_code(&mut write, account, technician, now).await?;
            }
            OldFactor::Recovered => {}
        }
        let secret = sqlx::query(
            "update secrets set sealed = $3, updated_at = $4
             where account = $1 and kind = 'totp' and row = $2",
        )
        .bind(account.0)
        .bind(technician.0)
        .bind(replacement.sealed)
        .bind(now.0);
        write.one(secret).await?;
        // Of the new one's codes this is the only one that was taken.
        sqlx::query("update technicians set totp_step = $3 where account = $1 and id = $2")
            .bind(account.0)
            .bind(technician.0)
            .bind(replacement.step)
            .execute(write.db())
            .await?;
        renew_codes(&mut write, account, technician, replacement.codes).await?;
        end_others(&mut write, account, technician, replacement.session).await?;
        self.mail_technician(&mut write, account, technician, "authenticator", now).await?;
        let entry = Entry::new(Act::AuthenticatorReplaced).by(technician);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn change_password(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        session: &[u8],
        (old, new): (&str, &str),
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update technicians set password_hash = $4, set_up_hash = null, set_up_until = null
             where account = $1 and id = $2 and password_hash = $3 and ended_at is null
                 and exists (select 1 from sessions s where s.id = $5 and s.technician = $2)",
        )
        .bind(account.0)
        .bind(technician.0)
        .bind(old)
        .bind(new)
        .bind(session);
        write.one(query).await?;
        end_others(&mut write, account, technician, session).await?;
        self.mail_technician(&mut write, account, technician, "password", now).await?;
        let entry = Entry::new(Act::PasswordChanged).by(technician);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn forgotten_password(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        link: &NewLink<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        // An invitation is not replaced by a stranger's asking.
        put_link(&mut write, account, technician, link, true, now).await?;
        let entry = Entry::new(Act::PasswordForgotten).about(technician.to_string());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn sessions_of(
        &self,
        account: AccountId,
        technician: TechnicianId,
        now: Millis,
        idle_ms: i64,
    ) -> Result<Vec<OwnSession>, StoreError> {
        let rows = sqlx::query(
            "select id, host, browser, network, recovered, created_at, seen_at from sessions
             where account = $1 and technician = $2 and kind in ('web', 'frame')
                 and expires_at > $3 and seen_at > $4
             order by seen_at desc, created_at desc",
        )
        .bind(account.0)
        .bind(technician.0)
        .bind(now.0)
        .bind(now.0.saturating_sub(idle_ms))
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let host: String = row.try_get("host")?;
                Ok(OwnSession {
                    id: row.try_get("id")?,
                    host: Host::parse(&host).ok_or(StoreError::Inconsistent("a session's host"))?,
                    trace: Trace {
                        browser: row.try_get("browser")?,
                        network: row.try_get("network")?,
                        recovered: row.try_get("recovered")?,
                    },
                    created_at: Millis(row.try_get("created_at")?),
                    seen_at: Millis(row.try_get("seen_at")?),
                })
            })
            .collect()
    }

    async fn end_other_sessions(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        keep: &[u8],
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        end_others(&mut write, account, technician, keep).await?;
        let entry = Entry::new(Act::SessionsEnded).by(technician).about("everywhere else");
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn trace_session(
        &self,
        account: AccountId,
        id: &[u8],
        browser: &str,
        network: &str,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        sqlx::query(
            "update sessions set browser = $3, network = $4 where account = $1 and id = $2",
        )
        .bind(account.0)
        .bind(id)
        .bind(super::kept(browser))
        .bind(super::kept(network))
        .execute(write.db())
        .await?;
        write.commit().await
    }
}

impl Database {
    /// The person hears that a recovery code was used; how many are left.
    async fn tell_of_code(
        &self,
        write: &mut Write,
        account: AccountId,
        technician: TechnicianId,
        now: Millis,
    ) -> Result<u32, StoreError> {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from recovery_codes where account = $1 and technician = $2",
        )
        .bind(account.0)
        .bind(technician.0)
        .fetch_one(write.db())
        .await?;
        self.mail_technician(write, account, technician, &format!("recovery {left}"), now).await?;
        let entry = Entry::new(Act::RecoveryCodeUsed).by(technician).about(format!("{left} left"));
        self.note(write, account, now, &entry).await?;
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }
}

/// Uses a code up, in one statement: of two who bring it, one finds it.
async fn spend_code(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    code: &[u8],
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "delete from recovery_codes where account = $1 and technician = $2 and hash = $3",
    )
    .bind(account.0)
    .bind(technician.0)
    .bind(code);
    write.one(query).await
}

/// Puts these codes in place of all before them.
pub(super) async fn renew_codes(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    codes: &[Vec<u8>],
) -> Result<(), StoreError> {
    sqlx::query("delete from recovery_codes where account = $1 and technician = $2")
        .bind(account.0)
        .bind(technician.0)
        .execute(write.db())
        .await?;
    for code in codes {
        sqlx::query("insert into recovery_codes (technician, hash, account) values ($1, $2, $3)")
            .bind(technician.0)
            .bind(code)
            .bind(account.0)
            .execute(write.db())
            .await?;
    }
    Ok(())
}

/// Every session but this one and the pods in it.
async fn end_others(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    keep: &[u8],
) -> Result<(), StoreError> {
    sqlx::query(
        "delete from sessions where account = $1 and technician = $2 and id <> $3
             and (parent is null or parent <> $3)",
    )
    .bind(account.0)
    .bind(technician.0)
    .bind(keep)
    .execute(write.db())
    .await?;
    super::team::drop_pairings(write, account, technician).await
}
