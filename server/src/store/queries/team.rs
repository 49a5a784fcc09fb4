//! The people of the MSP as an admin looks after them.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};
use sqlx::Row;

use super::super::{Database, Db, Write};
use super::count;
use super::mails::About;
use super::own::renew_codes;
use super::set_up_links::{put_link, said_of, void_link_mails};
use crate::audit::{Act, Entry};
use crate::store::{
    MailKind, NewLink, NewTechnician, Person, PersonChange, Rights, Role, StoreError, TeamStore,
};
use crate::team::Alarm;

type Line = <Db as sqlx::Database>::Row;

/// What [`person`] reads.
macro_rules! people {
    ($only:literal) => {
        concat!(
            "select t.*, exists (select 1 from secrets x where x.account = t.account
                 and x.kind = 'totp' and x.row = t.id) as has_totp,
                 (select count(*) from technician_customers l where l.account = t.account
                 and l.technician = t.id) as customers
             from technicians t where t.account = $1 ",
            $only
        )
    };
}

/// What stands behind the address of somebody who has left, so that it can be used again.
const LEFT: &str = " left ";

fn person(row: &Line) -> Result<Person, StoreError> {
    let role: String = row.try_get("role")?;
    let email: String = row.try_get("email")?;
    let has_all = role == Role::Admin.as_str() || row.try_get("all_customers")?;
    let millis = |column| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(Millis));
    Ok(Person {
        id: TechnicianId(row.try_get("id")?),
        name: row.try_get("name")?,
        email: email.split(LEFT).next().unwrap_or_default().to_owned(),
        rights: Rights {
            role: Role::parse(&role).ok_or(StoreError::Inconsistent("a technician's role"))?,
            may_reset: row.try_get("may_reset")?,
            may_use_ui: row.try_get("may_use_ui")?,
            must_use_mfa: row.try_get("must_use_mfa")?,
        },
        customers: if has_all { None } else { Some(count(row, "customers")?) },
        has_password: row.try_get::<Option<String>, _>("password_hash")?.is_some(),
        has_totp: row.try_get("has_totp")?,
        link_until: millis("set_up_until")?,
        last_sign_in_at: millis("last_sign_in_at")?,
        ended_at: millis("ended_at")?,
    })
}

/// About a person, by an admin.
fn entry(act: Act, by: TechnicianId, id: TechnicianId) -> Entry {
    Entry::new(act).by(by).about(id.to_string())
}

#[async_trait]
impl TeamStore for Database {
    async fn team(&self, account: AccountId) -> Result<Vec<Person>, StoreError> {
        let rows = sqlx::query(people!("order by lower(t.name), t.id"))
            .bind(account.0)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(person).collect()
    }

    async fn person(
        &self,
        account: AccountId,
        id: TechnicianId,
    ) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query(people!("and t.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(person).transpose()
    }

    async fn invite(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewTechnician,
        link: &NewLink<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let added = sqlx::query(
            "insert into technicians (id, account, name, email, role, may_reset, may_use_ui,
             must_use_mfa, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.id.0)
        .bind(account.0)
        .bind(&new.name)
        .bind(&new.email)
        .bind(new.role.as_str())
        .bind(new.may_reset)
        .bind(new.may_use_ui)
        .bind(new.must_use_mfa)
        .bind(now.0)
        .execute(write.db())
        .await;
        if let Err(error) = added {
            write.roll_back().await?;
            return Err(StoreError::taken(error));
        }
        self.name(&mut write, account, new.id.0, &new.name).await?;
        self.tell_admins(&mut write, account, now, &Alarm::Invited(new.id)).await?;
        put_link(&mut write, account, new.id, link, false, now).await?;
        let said = said_of(link);
        let mut entry = entry(Act::PersonInvited, by, new.id);
        entry.about = Some(format!("{} as {}, {said}", new.id, new.role.as_str()));
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn send_link(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Person,
        link: &NewLink<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let id = seen.id;
        put_link(&mut write, account, id, link, seen.has_password, now).await?;
        let act = if seen.has_password { Act::PasswordForgotten } else { Act::PersonInvited };
        let mut entry = entry(act, by, id);
        entry.about = Some(format!("{id} again, {}", said_of(link)));
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn withdraw_invitation(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let query = sqlx::query(
            "update technicians set set_up_hash = null, set_up_until = null
             where account = $1 and id = $2 and set_up_hash is not null
                 and password_hash is null and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0);
        write.one(query).await?;
        void_link_mails(&mut write, account, id).await?;
        self.note(&mut write, account, now, &entry(Act::InvitationWithdrawn, by, id)).await?;
        write.commit().await
    }

    async fn change_person(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Person,
        change: &PersonChange<'_>,
    ) -> Result<(), StoreError> {
        let (id, old, new) = (seen.id, &seen.rights, change.rights);
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        if !change.about.is_empty() {
            // Before the change: who is no admin after it hears of it, too.
            let alarm = Alarm::Changed(id, change.about.to_owned());
            self.tell_admins(&mut write, account, now, &alarm).await?;
        }
        let query = sqlx::query(
            "update technicians set name = $3, role = $4, may_reset = $5, may_use_ui = $6,
                 must_use_mfa = $7
             where account = $1 and id = $2 and ended_at is null and name = $8 and role = $9
                 and may_reset = $10 and may_use_ui = $11 and must_use_mfa = $12",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(change.name)
        .bind(new.role.as_str())
        .bind(new.may_reset)
        .bind(new.may_use_ui)
        .bind(new.must_use_mfa)
        .bind(&seen.name)
        .bind(old.role.as_str())
        .bind(old.may_reset)
        .bind(old.may_use_ui)
        .bind(old.must_use_mfa);
        write.one(query).await?;
        an_admin_is_left(&mut write, account).await?;
        self.name(&mut write, account, id.0, change.name).await?;
        let what = if change.about.is_empty() { "name" } else { change.about };
        let mut entry = entry(Act::PersonChanged, by, id);
        entry.about = Some(format!("{id} {what}"));
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn take_authenticator(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let query =
            sqlx::query("delete from secrets where account = $1 and kind = 'totp' and row = $2")
                .bind(account.0)
                .bind(id.0);
        write.one(query).await?;
        renew_codes(&mut write, account, id, &[]).await?;
        end_sessions(&mut write, account, id).await?;
        self.tell_admins(&mut write, account, now, &Alarm::AuthenticatorTaken(id)).await?;
        self.mail_technician(&mut write, account, id, "taken", now).await?;
        self.note(&mut write, account, now, &entry(Act::AuthenticatorTaken, by, id)).await?;
        write.commit().await
    }

    async fn sign_person_out(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        // Whether they are there at all.
        let there = sqlx::query(
            "update technicians set name = name
             where account = $1 and id = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0);
        write.one(there).await?;
        end_sessions(&mut write, account, id).await?;
        self.note(&mut write, account, now, &entry(Act::SessionsEnded, by, id)).await?;
        write.commit().await
    }

    async fn remove_person(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let query = sqlx::query(
            "update technicians set ended_at = $3, email = email || $4, password_hash = null,
                 set_up_hash = null, set_up_until = null
             where account = $1 and id = $2 and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .bind(format!("{LEFT}{id}"));
        write.one(query).await?;
        an_admin_is_left(&mut write, account).await?;
        void_link_mails(&mut write, account, id).await?;
        renew_codes(&mut write, account, id, &[]).await?;
        end_sessions(&mut write, account, id).await?;
        for statement in [
            "delete from secrets where account = $1 and kind = 'totp' and row = $2",
            "delete from psa_people where account = $1 and technician = $2",
            "delete from sso_people where account = $1 and technician = $2",
            "delete from sso_trips where account = $1 and technician = $2",
        ] {
            sqlx::query(statement).bind(account.0).bind(id.0).execute(write.db()).await?;
        }
        self.tell_admins(&mut write, account, now, &Alarm::Removed(id)).await?;
        self.note(&mut write, account, now, &entry(Act::PersonRemoved, by, id)).await?;
        write.commit().await
    }

    async fn account_forces_mfa(&self, account: AccountId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("select must_use_mfa from accounts where id = $1")
            .bind(account.0)
            .fetch_one(self.read())
            .await?)
    }

    async fn force_mfa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let query = sqlx::query(
            "update accounts set must_use_mfa = $2 where id = $1 and must_use_mfa <> $2",
        )
        .bind(account.0)
        .bind(on);
        write.one(query).await?;
        if !on {
            self.tell_admins(&mut write, account, now, &Alarm::MfaFreed).await?;
        }
        let about = if on { "everybody" } else { "as each person's row says" };
        let entry = Entry::new(Act::SecondFactorForced).by(by).about(about);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }
}

impl Database {
    async fn tell_admins(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        alarm: &Alarm,
    ) -> Result<(), StoreError> {
        let about = About::Team(&alarm.to_string());
        self.mail_admins(write, account, about, MailKind::Team, now).await
    }
}

/// Whoever changes something about people is an admin in this very transaction: two who demote each
/// other at once don't both succeed.
pub(super) async fn by_an_admin(
    write: &mut Write,
    account: AccountId,
    by: TechnicianId,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update technicians set role = role
         where account = $1 and id = $2 and role = 'admin' and ended_at is null",
    )
    .bind(account.0)
    .bind(by.0);
    write.one(query).await
}

/// Somebody must be able to look after the account.
async fn an_admin_is_left(write: &mut Write, account: AccountId) -> Result<(), StoreError> {
    let left: i64 = sqlx::query_scalar(
        "select count(*) from technicians
         where account = $1 and role = 'admin' and ended_at is null",
    )
    .bind(account.0)
    .fetch_one(write.db())
    .await?;
    if left == 0 {
        write.roll_back().await?;
        return Err(StoreError::MovedOn);
    }
    Ok(())
}

async fn end_sessions(
    write: &mut Write,
    account: AccountId,
    id: TechnicianId,
) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where account = $1 and technician = $2")
        .bind(account.0)
        .bind(id.0)
        .execute(write.db())
        .await?;
    drop_pairings(write, account, id).await
}

/// Frames that somebody has let in and that have not come for it yet: as good as sessions.
pub(super) async fn drop_pairings(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
) -> Result<(), StoreError> {
    sqlx::query("delete from pairings where account = $1 and approved_by = $2")
        .bind(account.0)
        .bind(technician.0)
        .execute(write.db())
        .await?;
    Ok(())
}
