//! Sessions: browsers that are signed in, half signed in, and pods. A row's id is the keyed hash
//! of a token that only its holder has; looking one up by it is an exception to "account first".

use super::super::{Database, Db, Write};
use crate::store::{NewSession, Proof, Session, SessionKind, SessionStore, StoreError, Trace};
use async_trait::async_trait;
use shared::{AccountId, Host, IntegrationId, Millis, TechnicianId};
use sqlx::Row;

use super::own::renew_codes;
use super::technicians::{TECHNICIAN_COLUMNS, technician, technician_columns};
use crate::audit::{Act, Entry};

/// The columns that [`session`] reads, after a technician's, in its order.
macro_rules! session_columns {
    () => {
        concat!(
            technician_columns!(),
            ", s.kind, s.host, s.parent, s.second_factor_at, s.seen_at, s.expires_at, \
             coalesce(s.psa, p.psa), s.browser, s.network, s.recovered "
        )
    };
}
pub(super) use session_columns;

/// How many columns a session takes.
pub(super) const SESSION_COLUMNS: usize = TECHNICIAN_COLUMNS + 10;

/// A session from the first columns of a row.
pub(super) fn session(row: &<Db as sqlx::Database>::Row, id: &[u8]) -> Result<Session, StoreError> {
    let kind: String = row.try_get(TECHNICIAN_COLUMNS)?;
    let host: String = row.try_get(TECHNICIAN_COLUMNS + 1)?;
    let psa: Option<uuid::Uuid> = row.try_get(TECHNICIAN_COLUMNS + 6)?;
    Ok(Session {
        id: id.to_vec(),
        kind: SessionKind::parse(&kind).ok_or(StoreError::Inconsistent("a session's kind"))?,
        host: Host::parse(&host).ok_or(StoreError::Inconsistent("a session's host"))?,
        parent: row.try_get(TECHNICIAN_COLUMNS + 2)?,
        psa: psa.map(IntegrationId),
        technician: technician(row)?,
        second_factor_at: row.try_get::<Option<i64>, _>(TECHNICIAN_COLUMNS + 3)?.map(Millis),
        seen_at: Millis(row.try_get(TECHNICIAN_COLUMNS + 4)?),
        expires_at: Millis(row.try_get(TECHNICIAN_COLUMNS + 5)?),
        trace: Trace {
            browser: row.try_get(TECHNICIAN_COLUMNS + 7)?,
            network: row.try_get(TECHNICIAN_COLUMNS + 8)?,
            recovered: row.try_get(TECHNICIAN_COLUMNS + 9)?,
        },
    })
}

#[async_trait]
impl SessionStore for Database {
    async fn session(
        &self,
        id: &[u8],
        now: Millis,
        idle_ms: i64,
    ) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            session_columns!(),
            "from sessions s
             join technicians t on t.id = s.technician and t.account = s.account
             join accounts a on a.id = s.account
             left join sessions p on p.id = s.parent
             left join integrations g on g.id = coalesce(s.psa, p.psa)
             where s.id = $1 and s.kind <> 'frame' and s.expires_at > $2 and t.ended_at is null
             and (g.id is null or (g.is_on and g.ended_at is null))
             and (s.kind = 'pod' or s.seen_at > $3)
             and (s.parent is null or (p.kind in ('web', 'frame') and p.expires_at > $2
                 and p.seen_at > $3))
             and (s.kind <> 'pod' or s.parent is not null or s.psa is not null)
             and (s.parent is null or p.second_factor_at is not null
                 or not (t.must_use_mfa or a.must_use_mfa))"
        ))
        .bind(id)
        .bind(now.0)
        .bind(now.0.saturating_sub(idle_ms))
        .fetch_optional(self.read())
        .await?;
        row.map(|row| session(&row, id)).transpose()
    }

    async fn begin_session(
        &self,
        account: AccountId,
        at: Millis,
        new: &NewSession<'_>,
        instead_of: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        if let Some(old) = instead_of {
            drop_session(&mut write, account, old).await?;
        }
        insert(&mut write, account, at, new).await?;
        // A half session is nothing yet, and a pod's is its web session's.
        if new.kind == SessionKind::Web {
            signed_in(&mut write, account, at, new).await?;
            let entry = Entry::new(Act::SignedIn).by(new.technician).about("password only");
            self.note(&mut write, account, at, &entry).await?;
        }
        write.commit().await
    }

    async fn prove_second_factor(
        &self,
        account: AccountId,
        at: Millis,
        proof: &Proof<'_>,
        new: &NewSession<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let technician = proof.technician.0;
        if let Some(sealed) = proof.enrol {
            // Whoever knows only a password must not be able to replace an authenticator.
            let query = sqlx::query(
                "insert into secrets (account, kind, row, sealed, updated_at)
                 values ($1, 'totp', $2, $3, $4) on conflict (account, kind, row) do nothing",
            )
            .bind(account.0)
            .bind(technician)
            .bind(sealed)
            .bind(at.0);
            write.one(query).await?;
            renew_codes(&mut write, account, proof.technician, proof.codes).await?;
            let entry = Entry::new(Act::AuthenticatorEnrolled).by(proof.technician);
            self.note(&mut write, account, at, &entry).await?;
        }
        use_step(&mut write, account, proof.technician, proof.step).await?;
        drop_half(&mut write, account, proof.technician, proof.half).await?;
        insert(&mut write, account, at, new).await?;
        signed_in(&mut write, account, at, new).await?;
        let entry = Entry::new(Act::SignedIn).by(proof.technician).about("second factor");
        self.note(&mut write, account, at, &entry).await?;
        write.commit().await
    }

    async fn confirm_second_factor(
        &self,
        account: AccountId,
        at: Millis,
        web: &Session,
        step: i64,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let technician = web.technician.id;
        use_step(&mut write, account, technician, step).await?;
        let query = sqlx::query(
            "update sessions set second_factor_at = $4, seen_at = $4, recovered = false
             where account = $1 and id = $2 and technician = $3 and kind = 'web' and expires_at > $4
             and second_factor_at is not null",
        )
        .bind(account.0)
        .bind(&web.id)
        .bind(technician.0)
        .bind(at.0);
        write.one(query).await?;
        sqlx::query(
            "update sessions set second_factor_at = $3
             where account = $1 and parent = $2 and kind = 'pod'",
        )
        .bind(account.0)
        .bind(&web.id)
        .bind(at.0)
        .execute(write.db())
        .await?;
        let entry = Entry::new(Act::SecondFactorConfirmed).by(technician);
        self.note(&mut write, account, at, &entry).await?;
        write.commit().await
    }

    async fn touch_session(
        &self,
        account: AccountId,
        id: &[u8],
        at: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        sqlx::query(
            "update sessions set seen_at = $3 where account = $1 and id = $2 and seen_at < $3",
        )
        .bind(account.0)
        .bind(id)
        .bind(at.0)
        .execute(write.db())
        .await?;
        write.commit().await
    }

    async fn end_session(
        &self,
        account: AccountId,
        at: Millis,
        id: &[u8],
        entry: Option<&Entry>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let rows = drop_session(&mut write, account, id).await?;
        if let Some(entry) = entry.filter(|_| rows > 0) {
            self.note(&mut write, account, at, entry).await?;
        }
        write.commit().await
    }
}

/// Uses up the time step of a code.
async fn use_step(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    step: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update technicians set totp_step = $3
         where account = $1 and id = $2 and totp_step < $3 and ended_at is null",
    )
    .bind(account.0)
    .bind(technician.0)
    .bind(step);
    write.one(query).await
}

/// Ends the session that waits for a second factor: a half one, or one that was begun before anybody
/// asked for one.
pub(super) async fn drop_half(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    half: &[u8],
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "delete from sessions where account = $1 and id = $2 and technician = $3
             and kind in ('half', 'web') and second_factor_at is null",
    )
    .bind(account.0)
    .bind(half)
    .bind(technician.0);
    write.one(query).await
}

/// Remembers when somebody last signed in.
pub(super) async fn signed_in(
    write: &mut Write,
    account: AccountId,
    at: Millis,
    new: &NewSession<'_>,
) -> Result<(), StoreError> {
    sqlx::query("update technicians set last_sign_in_at = $3 where account = $1 and id = $2")
        .bind(account.0)
        .bind(new.technician.0)
        .bind(at.0)
        .execute(write.db())
        .await?;
    Ok(())
}

async fn drop_session(write: &mut Write, account: AccountId, id: &[u8]) -> Result<u64, StoreError> {
    Ok(sqlx::query("delete from sessions where account = $1 and id = $2")
        .bind(account.0)
        .bind(id)
        .execute(write.db())
        .await?
        .rows_affected())
}

pub(super) async fn insert(
    write: &mut Write,
    account: AccountId,
    at: Millis,
    new: &NewSession<'_>,
) -> Result<(), StoreError> {
    // What has ended long ago goes when its technician comes back.
    sqlx::query("delete from sessions where technician = $1 and expires_at <= $2")
        .bind(new.technician.0)
        .bind(at.0)
        .execute(write.db())
        .await?;
    let made = sqlx::query(
        "insert into sessions (id, account, technician, kind, host, parent, second_factor_at,
         created_at, seen_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
    )
    .bind(new.id)
    .bind(account.0)
    .bind(new.technician.0)
    .bind(new.kind.as_str())
    .bind(new.host.as_str())
    .bind(new.parent)
    .bind(new.second_factor_at.map(|at| at.0))
    .bind(at.0)
    .bind(new.expires_at.0)
    .execute(write.db())
    .await;
    match made {
        Ok(_) => Ok(()),
        // Its parent was signed out between the look-up and here.
        Err(error) if error.as_database_error().is_some_and(|e| e.is_foreign_key_violation()) => {
            Err(StoreError::MovedOn)
        }
        Err(error) => Err(error.into()),
    }
}
