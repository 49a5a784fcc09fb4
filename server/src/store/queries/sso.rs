//! An account's issuer for single sign-on: added, changed, switched, tested, deleted.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::integrations::integration;
use super::m365::keep;
use super::mails::About;
use super::sso_domains::put_domains;
use super::storable;
use super::team::by_an_admin;
use crate::audit::{Act, Entry};
use crate::sign_in::sso::SECRET;
use crate::store::{
    MailKind, NewSession, SecretChange, SsoChange, SsoPerson, SsoProof, SsoRow, SsoStore,
    SsoSubject, SsoTrip, StoreError, Technician, Tested,
};

type Line = <Db as sqlx::Database>::Row;

/// How people call it in the audit.
const NAME: &str = "Single sign-on";

pub(super) fn entry(act: Act, by: TechnicianId, id: IntegrationId) -> Entry {
    Entry { integration: Some(id), ..Entry::new(act).by(by) }
}

#[async_trait]
impl SsoStore for Database {
    async fn sso_of(&self, account: AccountId) -> Result<Option<SsoRow>, StoreError> {
        let row = sqlx::query(
            "select * from integrations where account = $1 and kind = 'oidc' and ended_at is null",
        )
        .bind(account.0)
        .fetch_optional(self.read())
        .await?;
        self.with_domains(row).await
    }

    async fn sso_by_id(&self, id: IntegrationId) -> Result<Option<SsoRow>, StoreError> {
        let row = sqlx::query(
            "select * from integrations where id = $1 and kind = 'oidc' and ended_at is null",
        )
        .bind(id.0)
        .fetch_optional(self.read())
        .await?;
        self.with_domains(row).await
    }

    async fn sso_by_domain(&self, domain: &str) -> Result<Option<SsoRow>, StoreError> {
        if !storable(domain) {
            return Ok(None);
        }
        let row = sqlx::query(
            "select i.* from sso_domains d join integrations i on i.id = d.integration
             where d.domain = $1 and i.ended_at is null",
        )
        .bind(domain)
        .fetch_optional(self.read())
        .await?;
        self.with_domains(row).await
    }

    async fn has_sso(&self) -> Result<bool, StoreError> {
        let found: Option<i32> = sqlx::query_scalar(
            "select 1 from integrations where kind = 'oidc' and is_on and ended_at is null limit 1",
        )
        .fetch_optional(self.read())
        .await?;
        Ok(found.is_some())
    }

    async fn technician_domains(&self, account: AccountId) -> Result<Vec<String>, StoreError> {
        let emails: Vec<String> = sqlx::query_scalar(
            "select email from technicians where account = $1 and ended_at is null",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        let domain = |email: &String| email.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        let mut domains: Vec<String> = emails.iter().filter_map(domain).collect();
        domains.sort();
        domains.dedup();
        Ok(domains)
    }

    async fn add_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        new: &SsoChange<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let added = sqlx::query(
            "insert into integrations (id, account, kind, name, settings, changed_at)
             values ($1, $2, 'oidc', $3, $4, $5)",
        )
        .bind(id.0)
        .bind(account.0)
        .bind(NAME)
        .bind(new.settings)
        .bind(now.0)
        .execute(write.db())
        .await;
        if let Err(error) = added.map_err(StoreError::taken) {
            write.roll_back().await?;
            return Err(error);
        }
        let mut write = put_domains(write, account, id, new.domains).await?;
        put_secret(&mut write, account, id, new.sealed, now).await?;
        self.alarm_of(&mut write, account, now, id, new.alarm).await?;
        self.name(&mut write, account, id.0, NAME).await?;
        self.note(&mut write, account, now, &entry(Act::IntegrationAdded, by, id)).await?;
        write.commit().await
    }

    async fn change_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &SsoRow,
        change: &SsoChange<'_>,
    ) -> Result<(), StoreError> {
        let id = seen.integration.id;
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        // A new moment for each change, also within one millisecond: forms are compared by it.
        let query = sqlx::query(
            "update integrations set settings = $3,
                 changed_at = case when changed_at < $4 then $4 else changed_at + 1 end
             where account = $1 and id = $2 and changed_at = $5 and kind = 'oidc'
                 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(change.settings)
        .bind(now.0)
        .bind(seen.integration.changed_at.0);
        write.one(query).await?;
        sqlx::query("delete from sso_domains where integration = $1")
            .bind(id.0)
            .execute(write.db())
            .await?;
        let mut write = put_domains(write, account, id, change.domains).await?;
        put_secret(&mut write, account, id, change.sealed, now).await?;
        if change.moved {
            unlink_all(&mut write, account, by).await?;
        }
        self.alarm_of(&mut write, account, now, id, change.alarm).await?;
        let act = match (change.moved, change.sealed) {
            (true, _) => Act::IntegrationMoved,
            (false, Some(_)) => Act::CredentialReplaced,
            (false, None) => Act::IntegrationChanged,
        };
        let mut entry = entry(act, by, id);
        entry.about = Some(change.about.to_owned()).filter(|about| !about.is_empty());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn switch_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        on: bool,
        alarm: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let switched = sqlx::query_scalar(
            "update integrations set is_on = $2 where account = $1 and is_on <> $2
                 and kind = 'oidc' and ended_at is null returning id",
        )
        .bind(account.0)
        .bind(on)
        .fetch_optional(write.db())
        .await?;
        let (mut write, id) = or_moved_on(write, switched).await?;
        self.alarm_of(&mut write, account, now, id, alarm).await?;
        let act = if on { Act::IntegrationSwitchedOn } else { Act::IntegrationSwitchedOff };
        self.note(&mut write, account, now, &entry(act, by, id)).await?;
        write.commit().await
    }

    async fn note_sso_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &SsoRow,
        tested: Tested<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let there = same_version(&mut write, account, seen, false).await?;
        let (mut write, id) = or_moved_on(write, there).await?;
        let mut entry = entry(Act::IntegrationTested, by, id);
        entry.code = tested.code;
        entry.about = Some(tested.about.to_owned());
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn end_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        alarm: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let ended = sqlx::query_scalar(
            "update integrations set ended_at = $2, is_on = false, settings = '{}'
             where account = $1 and kind = 'oidc' and ended_at is null returning id",
        )
        .bind(account.0)
        .bind(now.0)
        .fetch_optional(write.db())
        .await?;
        let (mut write, id) = or_moved_on(write, ended).await?;
        for statement in [
            "delete from secrets where account = $1 and row = $2",
            "delete from sso_domains where account = $1 and integration = $2",
            "delete from sso_trips where account = $1 and integration = $2",
        ] {
            sqlx::query(statement).bind(account.0).bind(id.0).execute(write.db()).await?;
        }
        unlink_all(&mut write, account, by).await?;
        self.alarm_of(&mut write, account, now, id, alarm).await?;
        self.note(&mut write, account, now, &entry(Act::IntegrationDeleted, by, id)).await?;
        write.commit().await
    }

    async fn begin_sso(&self, account: AccountId, trip: &SsoTrip) -> Result<(), StoreError> {
        self.put_trip(account, trip).await
    }

    async fn end_trip(&self, id: &[u8], now: Millis) -> Result<Option<SsoTrip>, StoreError> {
        self.take_trip(id, now).await
    }

    async fn sso_technician(
        &self,
        account: AccountId,
        who: SsoSubject<'_>,
    ) -> Result<Option<Technician>, StoreError> {
        self.who_is(account, who).await
    }

    async fn sso_people(&self, account: AccountId) -> Result<Vec<SsoPerson>, StoreError> {
        self.all_linked(account).await
    }

    async fn link_sso(
        &self,
        account: AccountId,
        now: Millis,
        seen: &SsoRow,
        technician: TechnicianId,
        who: SsoSubject<'_>,
        proof: SsoProof<'_>,
    ) -> Result<(), StoreError> {
        self.link_subject(account, now, seen, technician, who, proof).await
    }

    async fn unlink_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        technician: TechnicianId,
        keep: &[u8],
    ) -> Result<(), StoreError> {
        self.unlink_one(account, by, now, technician, keep).await
    }

    async fn sign_in_by_sso(
        &self,
        account: AccountId,
        now: Millis,
        seen: &SsoRow,
        who: SsoSubject<'_>,
        new: &NewSession<'_>,
        instead_of: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        self.confirmed(account, now, seen, who, new, instead_of).await
    }
}

impl Database {
    async fn with_domains(&self, row: Option<Line>) -> Result<Option<SsoRow>, StoreError> {
        let Some(row) = row else { return Ok(None) };
        let integration = integration(&row)?;
        let domains =
            sqlx::query("select domain from sso_domains where integration = $1 order by domain")
                .bind(integration.id.0)
                .fetch_all(self.read())
                .await?;
        let domains = domains.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        Ok(Some(SsoRow { integration, domains }))
    }

    /// All admins hear of it: whoever leads the issuer elsewhere decides who may come in.
    async fn alarm_of(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        id: IntegrationId,
        alarm: Option<&str>,
    ) -> Result<(), StoreError> {
        match alarm {
            Some(alarm) => {
                let about = About::Sso(id, alarm);
                self.mail_admins(write, account, about, MailKind::Sso, now).await
            }
            None => Ok(()),
        }
    }
}

/// The issuer's id, while it is as it was read; on too, where that is asked for.
pub(super) async fn same_version(
    write: &mut Write,
    account: AccountId,
    seen: &SsoRow,
    on: bool,
) -> Result<Option<Uuid>, StoreError> {
    Ok(sqlx::query_scalar(
        "select id from integrations where account = $1 and id = $2 and changed_at = $3
             and kind = 'oidc' and ended_at is null and (is_on or not $4)",
    )
    .bind(account.0)
    .bind(seen.integration.id.0)
    .bind(seen.integration.changed_at.0)
    .bind(on)
    .fetch_optional(write.db())
    .await?)
}

/// Goes on with the id; without one nothing was written.
pub(super) async fn or_moved_on(
    mut write: Write,
    id: Option<Uuid>,
) -> Result<(Write, IntegrationId), StoreError> {
    match id {
        Some(id) => Ok((write, IntegrationId(id))),
        None => {
            write.roll_back().await?;
            Err(StoreError::MovedOn)
        }
    }
}

async fn put_secret(
    write: &mut Write,
    account: AccountId,
    id: IntegrationId,
    sealed: Option<&[u8]>,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(sealed) = sealed else { return Ok(()) };
    let secret = SecretChange::Put { kind: SECRET, sealed: sealed.to_vec() };
    keep(write, account, id.0, &secret, now).await
}

/// Subjects of another issuer, or told to another client, are other people. Whom this one has vouched for is
/// signed out, but for whoever does this.
async fn unlink_all(
    write: &mut Write,
    account: AccountId,
    by: TechnicianId,
) -> Result<(), StoreError> {
    sqlx::query(
        "delete from sessions where account = $1 and technician <> $2 and technician in
             (select technician from sso_people where account = $1)",
    )
    .bind(account.0)
    .bind(by.0)
    .execute(write.db())
    .await?;
    sqlx::query("delete from sso_people where account = $1")
        .bind(account.0)
        .execute(write.db())
        .await?;
    Ok(())
}
