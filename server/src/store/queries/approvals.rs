//! A second technician's yes or no.

use super::super::{Database, Db};
use super::reach::has;
use crate::audit::{Act, Entry};
use crate::store::{Approval, ApprovalStore, Limit, LimitHit, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ApprovalId, ContactId, CustomerId, Millis, TechnicianId, TicketId};
use sqlx::Row;
use uuid::Uuid;

fn approval(row: &<Db as sqlx::Database>::Row) -> Result<Approval, StoreError> {
    let id = |column: &str| row.try_get::<Option<Uuid>, _>(column);
    Ok(Approval {
        id: ApprovalId(row.try_get("id")?),
        account: AccountId(row.try_get("account")?),
        customer: CustomerId(row.try_get("customer")?),
        contact: ContactId(row.try_get("contact")?),
        contact_name: row.try_get("contact_name")?,
        customer_name: row.try_get("customer_name")?,
        ticket: id("ticket")?.map(TicketId),
        ticket_number: row.try_get("ticket_number")?,
        directory_user: row.try_get("directory_user")?,
        asked_by: TechnicianId(row.try_get("asked_by")?),
        asked_by_name: row.try_get("asked_by_name")?,
        asked_at: Millis(row.try_get("asked_at")?),
        expires_at: Millis(row.try_get("expires_at")?),
        approved: match row.try_get::<&str, _>("state")? {
            "asked" => None,
            "approved" => Some(true),
            "refused" => Some(false),
            _ => return Err(StoreError::Inconsistent("an approval's state")),
        },
        answered_by: id("answered_by")?.map(TechnicianId),
        answered_by_name: row.try_get("answered_by_name")?,
        answered_at: row.try_get::<Option<i64>, _>("answered_at")?.map(Millis),
        used: id("used_by")?.is_some(),
    })
}

/// An approval with the names that people see.
macro_rules! with_names {
    ($rest:literal) => {
        concat!(
            "select a.*, c.name as contact_name, u.name as customer_name, coalesce(k.psa_number, k.number) as ticket_number,
                 t.name as asked_by_name, b.name as answered_by_name
             from approvals a join contacts c on c.id = a.contact
             join customers u on u.id = a.customer
             join technicians t on t.id = a.asked_by left join technicians b on b.id = a.answered_by
             left join tickets k on k.id = a.ticket ",
            $rest
        )
    };
}

fn entry(act: Act, approval: &Approval, by: TechnicianId) -> Entry {
    Entry {
        customer: Some(approval.customer),
        contact: Some(approval.contact),
        ticket: approval.ticket,
        ..Entry::new(act).by(by).about(format!("approval {}", approval.id))
    }
}

#[async_trait]
impl ApprovalStore for Database {
    async fn ask_approval(
        &self,
        approval: &Approval,
        limit: &Limit,
    ) -> Result<Result<bool, LimitHit>, StoreError> {
        let mut write = self.write(approval.account).await?;
        let asked = sqlx::query(
            "insert into approvals (id, account, customer, contact, ticket, directory_user,
                 asked_by, asked_at, expires_at, state)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked'
             where not exists (select 1 from approvals o where o.account = $2 and o.contact = $4
                 and o.directory_user = $6 and o.asked_by = $7 and o.state = 'asked'
                 and o.expires_at > $8
                 and (o.ticket = $5 or (o.ticket is null and $10)))",
        )
        .bind(approval.id.0)
        .bind(approval.account.0)
        .bind(approval.customer.0)
        .bind(approval.contact.0)
        .bind(approval.ticket.map(|ticket| ticket.0))
        .bind(&approval.directory_user)
        .bind(approval.asked_by.0)
        .bind(approval.asked_at.0)
        .bind(approval.expires_at.0)
        .bind(approval.ticket.is_none())
        .execute(write.db())
        .await?;
        if asked.rows_affected() == 0 {
            write.roll_back().await?;
            return Ok(Ok(false));
        }
        let limits = std::slice::from_ref(limit);
        if let Err(hit) =
            self.spend(&mut write, approval.account, approval.asked_at, limits).await?
        {
            write.roll_back().await?;
            return Ok(Err(hit));
        }
        let entry = entry(Act::ApprovalAsked, approval, approval.asked_by);
        self.note(&mut write, approval.account, approval.asked_at, &entry).await?;
        write.commit().await?;
        Ok(Ok(true))
    }

    async fn answer_approval(
        &self,
        account: AccountId,
        id: ApprovalId,
        by: TechnicianId,
        approve: bool,
        counts_until: Millis,
        now: Millis,
    ) -> Result<Option<Approval>, StoreError> {
        let mut write = self.write(account).await?;
        let answered = sqlx::query(concat!(
            "update approvals set state = $4, answered_by = $3, answered_at = $6, expires_at = $5
             where account = $1 and id = $2 and state = 'asked' and expires_at > $6
                 and asked_by <> $3 and exists (select 1 from technicians t where t.id = $3
                     and t.account = $1 and t.ended_at is null and t.may_reset and ",
            has!("approvals.customer"),
            ")"
        ))
        .bind(account.0)
        .bind(id.0)
        .bind(by.0)
        .bind(if approve { "approved" } else { "refused" })
        .bind(counts_until.0)
        .bind(now.0)
        .execute(write.db())
        .await?;
        if answered.rows_affected() == 0 {
            write.roll_back().await?;
            return Ok(None);
        }
        let row = sqlx::query(with_names!("where a.account = $1 and a.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_one(write.db())
            .await?;
        let answered = approval(&row)?;
        let act = if approve { Act::ApprovalGiven } else { Act::ApprovalRefused };
        self.note(&mut write, account, now, &entry(act, &answered, by)).await?;
        write.commit().await?;
        Ok(Some(answered))
    }

    async fn approval(
        &self,
        account: AccountId,
        id: ApprovalId,
    ) -> Result<Option<Approval>, StoreError> {
        let row = sqlx::query(with_names!("where a.account = $1 and a.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(approval).transpose()
    }

    async fn approvals_of(
        &self,
        account: AccountId,
        contact: ContactId,
        most: u32,
    ) -> Result<Vec<Approval>, StoreError> {
        let rows = sqlx::query(with_names!(
            "where a.account = $1 and a.contact = $2 order by a.asked_at desc, a.id desc limit $3"
        ))
        .bind(account.0)
        .bind(contact.0)
        .bind(i64::from(most))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(approval).collect()
    }

    async fn open_approvals(
        &self,
        account: AccountId,
        who: TechnicianId,
        now: Millis,
    ) -> Result<Vec<Approval>, StoreError> {
        let rows = sqlx::query(concat!(
            with_names!(
                "where a.account = $1 and a.state = 'asked' and a.expires_at > $2
                 and exists (select 1 from technicians t where t.id = $3 and t.account = $1
                     and t.ended_at is null and "
            ),
            has!("a.customer"),
            ") order by a.asked_at, a.id limit 100"
        ))
        .bind(account.0)
        .bind(now.0)
        .bind(who.0)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(approval).collect()
    }
}
