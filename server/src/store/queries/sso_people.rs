//! Who is who at an account's issuer, and browsers on their way there. The port is [`super::sso`]'s.

use shared::{AccountId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Write};
use super::sessions::insert;
use super::sso::{entry, or_moved_on, same_version};
use super::storable;
use super::team::{by_an_admin, drop_pairings};
use super::technicians::{technician, technician_columns};
use crate::audit::Act;
use crate::store::{
    NewSession, SessionKind, SsoPerson, SsoProof, SsoPurpose, SsoRow, SsoSubject, SsoTrip,
    StoreError, Technician,
};

impl Database {
    pub(super) async fn put_trip(
        &self,
        account: AccountId,
        trip: &SsoTrip,
    ) -> Result<(), StoreError> {
        let (purpose, technician, proof) = match &trip.purpose {
            SsoPurpose::SignIn => ("sign-in", None, None),
            SsoPurpose::SetUp(who, hash) => ("set-up", Some(who), Some(hash)),
            SsoPurpose::Link(who, session) => ("link", Some(who), Some(session)),
            SsoPurpose::Trial(who, session) => ("trial", Some(who), Some(session)),
        };
        let mut write = self.write_row().await?;
        // Those that nobody came back from.
        sqlx::query("delete from sso_trips where expires_at <= $1")
            .bind(trip.begun_at.0)
            .execute(write.db())
            .await?;
        sqlx::query(
            "insert into sso_trips (id, account, integration, version, purpose, technician, proof,
                 forced, next, begun_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&trip.id)
        .bind(account.0)
        .bind(trip.integration.0)
        .bind(trip.version.0)
        .bind(purpose)
        .bind(technician.map(|who| who.0))
        .bind(proof)
        .bind(trip.forced)
        .bind(&trip.next)
        .bind(trip.begun_at.0)
        .bind(trip.expires_at.0)
        .execute(write.db())
        .await?;
        write.commit().await
    }

    pub(super) async fn take_trip(
        &self,
        id: &[u8],
        now: Millis,
    ) -> Result<Option<SsoTrip>, StoreError> {
        let mut write = self.write_row().await?;
        let row = sqlx::query("delete from sso_trips where id = $1 returning *")
            .bind(id)
            .fetch_optional(write.db())
            .await?;
        write.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let purpose: String = row.try_get("purpose")?;
        let who = row.try_get::<Option<Uuid>, _>("technician")?.map(TechnicianId);
        let proof: Option<Vec<u8>> = row.try_get("proof")?;
        let purpose = match (purpose.as_str(), who, proof) {
            ("sign-in", _, _) => SsoPurpose::SignIn,
            ("set-up", Some(who), Some(hash)) => SsoPurpose::SetUp(who, hash),
            ("link", Some(who), Some(session)) => SsoPurpose::Link(who, session),
            ("trial", Some(who), Some(session)) => SsoPurpose::Trial(who, session),
            _ => return Err(StoreError::Inconsistent("what a browser was sent to an issuer for")),
        };
        let trip = SsoTrip {
            id: id.to_vec(),
            account: AccountId(row.try_get("account")?),
            integration: IntegrationId(row.try_get("integration")?),
            version: Millis(row.try_get("version")?),
            purpose,
            forced: row.try_get("forced")?,
            next: row.try_get("next")?,
            begun_at: Millis(row.try_get("begun_at")?),
            expires_at: Millis(row.try_get("expires_at")?),
        };
        Ok(Some(trip).filter(|trip| trip.expires_at > now))
    }

    pub(super) async fn who_is(
        &self,
        account: AccountId,
        who: SsoSubject<'_>,
    ) -> Result<Option<Technician>, StoreError> {
        if !storable(who.subject) || !storable(who.issuer) {
            return Ok(None);
        }
        let row = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            "from sso_people p join technicians t on t.id = p.technician and t.account = p.account
                 join accounts a on a.id = t.account
             where p.account = $1 and p.issuer = $2 and p.subject = $3 and t.ended_at is null"
        ))
        .bind(account.0)
        .bind(who.issuer)
        .bind(who.subject)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(technician).transpose()
    }

    pub(super) async fn all_linked(
        &self,
        account: AccountId,
    ) -> Result<Vec<SsoPerson>, StoreError> {
        let rows = sqlx::query(
            "select t.id, t.name, t.email, t.password_hash is not null, p.linked_at
             from sso_people p join technicians t on t.id = p.technician and t.account = p.account
             where p.account = $1 and t.ended_at is null order by t.name, t.id",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        let person = |row: &<super::super::Db as sqlx::Database>::Row| {
            Ok(SsoPerson {
                technician: TechnicianId(row.try_get(0)?),
                name: row.try_get(1)?,
                email: row.try_get(2)?,
                has_password: row.try_get(3)?,
                linked_at: Millis(row.try_get(4)?),
            })
        };
        rows.iter().map(person).collect()
    }

    pub(super) async fn link_subject(
        &self,
        account: AccountId,
        now: Millis,
        seen: &SsoRow,
        technician: TechnicianId,
        who: SsoSubject<'_>,
        proof: SsoProof<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let there = same_version(&mut write, account, seen, true).await?;
        let (mut write, id) = or_moved_on(write, there).await?;
        match proof {
            SsoProof::SetUp(hash) => {
                let query = sqlx::query(
                    "update technicians set set_up_hash = null, set_up_until = null
                     where account = $1 and id = $2 and set_up_hash = $3 and set_up_until > $4
                         and ended_at is null and password_hash is null and not exists
                             (select 1 from secrets where account = $1 and kind = 'totp' and row = $2)",
                )
                .bind(account.0)
                .bind(technician.0)
                .bind(hash)
                .bind(now.0);
                // Whoever has a password or an authenticator links by them: a link by mail skips neither.
                write.one(query).await?;
                end_sessions(&mut write, account, technician, &[]).await?;
            }
            SsoProof::Session(session) => {
                let query = sqlx::query(
                    "update sessions set seen_at = $4 where account = $1 and technician = $2
                         and id = $3 and kind = 'web' and expires_at > $4",
                )
                .bind(account.0)
                .bind(technician.0)
                .bind(session)
                .bind(now.0);
                write.one(query).await?;
            }
        }
        // Whoever has left keeps no name there.
        sqlx::query(
            "delete from sso_people where account = $1 and technician in
                 (select id from technicians where account = $1 and ended_at is not null)",
        )
        .bind(account.0)
        .execute(write.db())
        .await?;
        let put = sqlx::query(
            "insert into sso_people (account, issuer, subject, technician, linked_at)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(account.0)
        .bind(who.issuer)
        .bind(who.subject)
        .bind(technician.0)
        .bind(now.0)
        .execute(write.db())
        .await;
        if let Err(error) = put.map_err(StoreError::taken) {
            write.roll_back().await?;
            return Err(error);
        }
        let how = match proof {
            SsoProof::SetUp(_) => "by a set-up link",
            SsoProof::Session(_) => "by themselves",
        };
        let entry = entry(Act::SsoLinked, technician, id).about(how);
        self.note(&mut write, account, now, &entry).await?;
        self.mail_technician(&mut write, account, technician, "sso-linked", now).await?;
        write.commit().await
    }

    pub(super) async fn unlink_one(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        technician: TechnicianId,
        keep: &[u8],
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        if by != technician {
            by_an_admin(&mut write, account, by).await?;
        }
        let query = sqlx::query("delete from sso_people where account = $1 and technician = $2")
            .bind(account.0)
            .bind(technician.0);
        write.one(query).await?;
        end_sessions(&mut write, account, technician, keep).await?;
        let entry = crate::audit::Entry::new(Act::SsoUnlinked).by(by).about(technician.to_string());
        self.note(&mut write, account, now, &entry).await?;
        self.mail_technician(&mut write, account, technician, "sso-unlinked", now).await?;
        write.commit().await
    }

    pub(super) async fn confirmed(
        &self,
        account: AccountId,
        now: Millis,
        seen: &SsoRow,
        who: SsoSubject<'_>,
        new: &NewSession<'_>,
        instead_of: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let there = same_version(&mut write, account, seen, true).await?;
        let (mut write, id) = or_moved_on(write, there).await?;
        let linked: Option<i64> = sqlx::query_scalar(
            "select p.linked_at from sso_people p join technicians t on t.id = p.technician
             where p.account = $1 and p.issuer = $2 and p.subject = $3 and p.technician = $4
                 and t.ended_at is null",
        )
        .bind(account.0)
        .bind(who.issuer)
        .bind(who.subject)
        .bind(new.technician.0)
        .fetch_optional(write.db())
        .await?;
        if linked.is_none() {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        if let Some(old) = instead_of {
            sqlx::query("delete from sessions where account = $1 and id = $2")
                .bind(account.0)
                .bind(old)
                .execute(write.db())
                .await?;
        }
        insert(&mut write, account, now, new).await?;
        let (act, about) = match (new.kind, new.second_factor_at) {
            (SessionKind::Web, Some(_)) => {
                (Act::SignedIn, "single sign-on, with its second factor")
            }
            (SessionKind::Web, None) => (Act::SignedIn, "single sign-on only"),
            // Our own second factor comes next, and has an entry of its own.
            _ => (Act::SsoConfirmed, "our second factor comes next"),
        };
        self.note(&mut write, account, now, &entry(act, new.technician, id).about(about)).await?;
        write.commit().await
    }
}

/// All of a technician's, but for one.
async fn end_sessions(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    keep: &[u8],
) -> Result<(), StoreError> {
    sqlx::query(
        "delete from sessions where technician = $1 and id <> $2
             and (parent is null or parent <> $2)",
    )
    .bind(technician.0)
    .bind(keep)
    .execute(write.db())
    .await?;
    drop_pairings(write, account, technician).await
}
