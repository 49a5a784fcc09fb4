//! Whether our own pages list what is in a PSA.

use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use super::super::{Database, Write};
use super::psa::entry;
use crate::audit::Act;
use crate::psa::{Alarm, PsaKind};
use crate::store::{StoreError, Whom};

impl Database {
    pub(super) async fn list_psa_here(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let kind: Option<String> = sqlx::query_scalar(
            "select kind from integrations where account = $1 and id = $2 and list_here <> $3
                 and kind in ('connectwise', 'halo', 'autotask') and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(on)
        .fetch_optional(write.db())
        .await?;
        let Some(kind) = kind.as_deref().and_then(PsaKind::parse) else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        if on {
            // What was in a system that it does not lead to any more stays as it is.
            for statement in [
                "update integrations set list_here = true where id = $1",
                "update tickets set listed = true where psa = $1 and psa_id is not null",
                "update contacts set listed = true where psa = $1 and psa_id is not null",
            ] {
                sqlx::query(statement).bind(id.0).execute(write.db()).await?;
            }
            // The others who are there come by a run of their own.
            sqlx::query(
                "insert into contact_syncs (integration, account, whom, due_at)
                 values ($1, $2, $3, $4) on conflict do nothing",
            )
            .bind(id.0)
            .bind(account.0)
            .bind(Whom::Everybody.as_str())
            .bind(now.0)
            .execute(write.db())
            .await?;
            // Everybody who may use our pages reads it from now on: all admins hear of that.
            self.alarm(&mut write, account, now, id, Alarm::Listed(kind)).await?;
        } else {
            self.forget_sync(&mut write, account, now, id).await?;
            unlist(&mut write, id).await?;
        }
        let act = if on { Act::PsaListed } else { Act::PsaUnlisted };
        self.note(&mut write, account, now, &entry(act, by, id)).await?;
        write.commit().await
    }
}

/// Takes what is in a PSA out of our lists, if an admin had put it there, but for contacts that a pod has shown: they were listed before
/// anybody chose to.
pub(super) async fn unlist(write: &mut Write, id: IntegrationId) -> Result<(), StoreError> {
    let was = sqlx::query("update integrations set list_here = false where id = $1 and list_here");
    if was.bind(id.0).execute(write.db()).await?.rows_affected() == 0 {
        return Ok(());
    }
    for statement in [
        "update tickets set listed = false where psa = $1 and listed",
        "update contacts set listed = false where psa = $1 and listed
             and not exists (select 1 from known_cards k where k.contact = contacts.id)",
    ] {
        sqlx::query(statement).bind(id.0).execute(write.db()).await?;
    }
    Ok(())
}
