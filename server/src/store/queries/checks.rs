//! How M365 integrations are found to be: checks that fall due, what they found, what is told of it.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};
use sqlx::Row;

use super::super::{Database, Write};
use super::m365::{entry, m365, m365_rows};
use super::mails::About;
use crate::audit::Act;
use crate::store::{CheckRow, CheckStore, Lease, M365Row, MailKind, News, StoreError, Tested};

/// Checks that are begun in one look: after a long pause not all at once.
const FEW: i64 = 4;
/// A credential that is refused is looked at once in so long.
const SOON_MS: i64 = 5 * 60_000;

#[async_trait]
impl CheckStore for Database {
    async fn due_checks(&self, now: Millis) -> Result<Vec<(AccountId, IntegrationId)>, StoreError> {
        let rows = sqlx::query(
            "select i.account, i.id from integrations i join accounts a on a.id = i.account
                 left join integration_checks k on k.integration = i.id
             where i.kind = 'm365' and i.is_on and i.ended_at is null and a.is_on
                 and (k.due_at is null or (k.due_at <= $1 and k.lease_until <= $1))
             order by coalesce(k.due_at, 0), i.id limit $2",
        )
        .bind(now.0)
        .bind(FEW)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| Ok((AccountId(row.try_get(0)?), IntegrationId(row.try_get(1)?))))
            .collect()
    }

    async fn claim_check(
        &self,
        account: AccountId,
        id: IntegrationId,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<M365Row>, StoreError> {
        let mut write = self.write(account).await?;
        let claimed = sqlx::query(
            "insert into integration_checks (integration, account, due_at, lease, lease_until)
             select id, account, $3, $4, $5 from integrations
             where id = $2 and account = $1 and kind = 'm365' and is_on and ended_at is null
             on conflict (integration) do update
                 set lease = excluded.lease, lease_until = excluded.lease_until
                 where integration_checks.due_at <= $3 and integration_checks.lease_until <= $3",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .bind(lease.id)
        .bind(lease.until.0)
        .execute(write.db())
        .await?;
        if claimed.rows_affected() != 1 {
            write.roll_back().await?;
            return Ok(None);
        }
        let row = sqlx::query(m365_rows!("and i.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_one(write.db())
            .await?;
        let row = m365(&row)?;
        write.commit().await?;
        Ok(Some(row))
    }

    async fn record_check(
        &self,
        seen: &M365Row,
        lease: Lease,
        found: &CheckRow,
        news: &[News],
        now: Millis,
    ) -> Result<(), StoreError> {
        let (account, id) = (seen.integration.account, seen.integration.id);
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update integration_checks set due_at = $5, lease = null, lease_until = 0,
                 checked_at = $6, report = $7, expires_at = $8, failing_since = $9, told_days = $10
             where account = $1 and integration = $2 and lease = $3
                 and coalesce(checked_at, -1) = $11 and exists
                 (select 1 from integrations where id = $2 and changed_at = $4)",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(lease.id)
        .bind(seen.integration.changed_at.0)
        .bind(found.due_at.0)
        .bind(found.checked_at.map(|at| at.0))
        .bind(&found.report)
        .bind(found.expires_at.map(|at| at.0))
        .bind(found.failing_since.map(|at| at.0))
        .bind(found.told_days)
        .bind(before(seen));
        write.one(query).await?;
        self.tell(&mut write, seen, news, now).await?;
        write.commit().await
    }

    async fn record_test(
        &self,
        seen: &M365Row,
        by: TechnicianId,
        found: &CheckRow,
        news: &[News],
        tested: Tested<'_>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (account, id) = (seen.integration.account, seen.integration.id);
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "insert into integration_checks (integration, account, due_at, checked_at, report,
                 expires_at, failing_since, told_days)
             select id, account, $4, $5, $6, $7, $8, $9 from integrations
             where id = $2 and account = $1 and changed_at = $3 and ended_at is null
             on conflict (integration) do update set due_at = excluded.due_at,
                 checked_at = excluded.checked_at, report = excluded.report,
                 expires_at = excluded.expires_at, failing_since = excluded.failing_since,
                 told_days = excluded.told_days
                 where coalesce(integration_checks.checked_at, -1) = $10",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(seen.integration.changed_at.0)
        .bind(found.due_at.0)
        .bind(found.checked_at.map(|at| at.0))
        .bind(&found.report)
        .bind(found.expires_at.map(|at| at.0))
        .bind(found.failing_since.map(|at| at.0))
        .bind(found.told_days)
        .bind(before(seen));
        write.one(query).await?;
        let mut entry = entry(Act::IntegrationTested, Some(by), seen.customer.id, id);
        entry.code = tested.code;
        self.note(&mut write, account, now, &entry.about(tested.about)).await?;
        self.tell(&mut write, seen, news, now).await?;
        write.commit().await
    }

    async fn check_soon(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        sqlx::query(
            "update integration_checks set due_at = case
                     when checked_at is null or checked_at + $4 <= $3 then $3
                     else checked_at + $4 end
             where account = $1 and integration = $2 and due_at > $3
                 and (checked_at is null or checked_at + $4 < due_at)",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(now.0)
        .bind(SOON_MS)
        .execute(write.db())
        .await?;
        write.commit().await
    }
}

/// When it had been looked at, for whoever looks now: what is news depends on it.
fn before(seen: &M365Row) -> i64 {
    seen.check.as_ref().and_then(|check| check.checked_at).map_or(-1, |at| at.0)
}

impl Database {
    /// Each piece of news is in the audit, and mailed to the admins unless it is a good one.
    async fn tell(
        &self,
        write: &mut Write,
        seen: &M365Row,
        news: &[News],
        now: Millis,
    ) -> Result<(), StoreError> {
        let (account, id) = (seen.integration.account, seen.integration.id);
        for news in news {
            let about = About::Integration(id);
            let told = |act| entry(act, None, seen.customer.id, id);
            let entry = match news {
                News::Expiring(days) => {
                    self.mail_admins(write, account, about, MailKind::Expiring, now).await?;
                    told(Act::IntegrationExpiring).about(format!("{days} days"))
                }
                News::Failing(code) => {
                    self.mail_admins(write, account, about, MailKind::Failing, now).await?;
                    told(Act::IntegrationFailing).because(*code)
                }
                News::Works => told(Act::IntegrationWorks),
            };
            self.note(write, account, now, &entry).await?;
        }
        Ok(())
    }
}
