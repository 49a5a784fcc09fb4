//! Who technicians are in a PSA, by the id there.

use shared::{AccountId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Write};
use super::psa::entry;
use super::storable;
use super::technicians::{technician, technician_columns};
use crate::audit::{Act, Entry};
use crate::store::{PsaPerson, StoreError, Technician};

impl Database {
    pub(super) async fn whom_a_person_is(
        &self,
        account: AccountId,
        id: IntegrationId,
        person: &str,
    ) -> Result<Option<Technician>, StoreError> {
        if !storable(person) {
            return Ok(None);
        }
        let row = sqlx::query(concat!(
            "select ",
            technician_columns!(),
            " from psa_people p
             join technicians t on t.id = p.technician and t.account = p.account
             join accounts a on a.id = p.account
             where p.account = $1 and p.integration = $2 and p.person = $3
                 and t.ended_at is null"
        ))
        .bind(account.0)
        .bind(id.0)
        .bind(person)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(technician).transpose()
    }

    pub(super) async fn people_of(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PsaPerson>, StoreError> {
        let rows = sqlx::query(
            "select p.person, p.login, p.technician, t.name, p.linked_at from psa_people p
             join technicians t on t.id = p.technician
             where p.account = $1 and p.integration = $2 order by t.name, p.person",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(PsaPerson {
                    person: row.try_get(0)?,
                    login: row.try_get(1)?,
                    technician: TechnicianId(row.try_get(2)?),
                    name: row.try_get(3)?,
                    linked_at: Millis(row.try_get(4)?),
                })
            })
            .collect()
    }

    pub(super) async fn unlink(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        person: &str,
    ) -> Result<(), StoreError> {
        if !storable(person) {
            return Err(StoreError::MovedOn);
        }
        let mut write = self.write(account).await?;
        let whose: Option<Uuid> = sqlx::query_scalar(
            "delete from psa_people where account = $1 and integration = $2 and person = $3
             returning technician",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(person)
        .fetch_optional(write.db())
        .await?;
        let Some(whose) = whose else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        sqlx::query("delete from sessions where account = $1 and psa = $2 and technician = $3")
            .bind(account.0)
            .bind(id.0)
            .bind(whose)
            .execute(write.db())
            .await?;
        let entry = entry(Act::PersonUnlinked, by, id).about(format!("{person} was {whose}"));
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    /// Links a person whom the host has confirmed to the technician who has signed in beside it, where
    /// neither is linked: a link is made once, and goes by an admin's act.
    pub(super) async fn link(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        id: IntegrationId,
        technician: TechnicianId,
        (person, login): (&str, &str),
    ) -> Result<(), StoreError> {
        let made = sqlx::query(
            "insert into psa_people (integration, person, account, technician, login, linked_at)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        )
        .bind(id.0)
        .bind(person)
        .bind(account.0)
        .bind(technician.0)
        .bind(login)
        .bind(now.0)
        .execute(write.db())
        .await?
        .rows_affected();
        if made == 1 {
            let entry =
                Entry { integration: Some(id), ..Entry::new(Act::PersonLinked).by(technician) };
            self.note(write, account, now, &entry.about(person)).await?;
        }
        Ok(())
    }
}
