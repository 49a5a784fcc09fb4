//! Which customers technicians have, and the rule in SQL for transactions that something can't be taken back
//! after: `reach::Reach::covers` for everything else.

use std::collections::BTreeSet;

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, TechnicianId};
use sqlx::Row;

use super::super::{Database, Db, Write};
use super::mails::About;
use super::team::by_an_admin;
use crate::audit::{Act, Entry};
use crate::reach::Reach;
use crate::store::{MailKind, ReachStore, StoreError};
use crate::team::Alarm;

type Line = <Db as sqlx::Database>::Row;

/// Whether the technician `t` has this customer.
macro_rules! has {
    ($customer:literal) => {
        concat!(
            "(t.role = 'admin' or t.all_customers or exists (select 1 from technician_customers l
                 where l.account = t.account and l.technician = t.id and l.customer = ",
            $customer,
            "))"
        )
    };
}
pub(super) use has;

/// What [`reach_of`] reads.
const READ: &str = "select (t.role = 'admin' or t.all_customers) as has_all, l.customer
     from technicians t left join technician_customers l
         on l.account = t.account and l.technician = t.id
     where t.account = $1 and t.id = $2 and t.ended_at is null";

fn reach_of(rows: &[Line]) -> Result<Reach, StoreError> {
    let mut listed = BTreeSet::new();
    for row in rows {
        if row.try_get("has_all")? {
            return Ok(Reach::All);
        }
        listed.extend(row.try_get::<Option<uuid::Uuid>, _>("customer")?.map(CustomerId));
    }
    Ok(Reach::Listed(listed))
}

/// Whether a technician may still reset at a customer, in the transaction that it is about.
pub(super) async fn may_still_reset(
    write: &mut Write,
    account: AccountId,
    technician: TechnicianId,
    customer: CustomerId,
) -> Result<bool, StoreError> {
    let may: Option<uuid::Uuid> = sqlx::query_scalar(concat!(
        "select t.id from technicians t
         where t.account = $1 and t.id = $2 and t.ended_at is null and t.may_reset and ",
        has!("$3")
    ))
    .bind(account.0)
    .bind(technician.0)
    .bind(customer.0)
    .fetch_optional(write.db())
    .await?;
    Ok(may.is_some())
}

#[async_trait]
impl ReachStore for Database {
    async fn reach(&self, account: AccountId, id: TechnicianId) -> Result<Reach, StoreError> {
        let rows = sqlx::query(READ).bind(account.0).bind(id.0).fetch_all(self.read()).await?;
        reach_of(&rows)
    }

    async fn set_reach(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
        seen: &Reach,
        new: &Reach,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        by_an_admin(&mut write, account, by).await?;
        let rows = sqlx::query(READ).bind(account.0).bind(id.0).fetch_all(write.db()).await?;
        if reach_of(&rows)? != *seen {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        }
        let query = sqlx::query(
            "update technicians set all_customers = $3
             where account = $1 and id = $2 and role = 'technician' and ended_at is null",
        )
        .bind(account.0)
        .bind(id.0)
        .bind(*new == Reach::All);
        write.one(query).await?;
        let nothing = BTreeSet::new();
        let before = seen.listed().unwrap_or(&nothing);
        let after = new.listed().unwrap_or(&nothing);
        for customer in before.difference(after) {
            let query = sqlx::query(
                "delete from technician_customers
                 where account = $1 and technician = $2 and customer = $3",
            )
            .bind(account.0)
            .bind(id.0)
            .bind(customer.0);
            write.one(query).await?;
        }
        for customer in after.difference(before) {
            let query = sqlx::query(
                "insert into technician_customers (account, technician, customer)
                 select account, $2, id from customers where account = $1 and id = $3",
            )
            .bind(account.0)
            .bind(id.0)
            .bind(customer.0);
            write.one(query).await?;
        }
        let words = format!("customers: {}", new.words());
        if new.is_wider_than(seen) {
            let alarm = Alarm::Changed(id, words.clone()).to_string();
            let about = About::Team(&alarm);
            self.mail_admins(&mut write, account, about, MailKind::Team, now).await?;
            let what = format!("customers {}", new.words());
            self.mail_technician(&mut write, account, id, &what, now).await?;
        }
        let entry = Entry::new(Act::PersonChanged).by(by).about(format!("{id} {words}"));
        self.note(&mut write, account, now, &entry).await?;
        let given = after.difference(before).map(|it| (Act::CustomerGiven, it));
        let taken = before.difference(after).map(|it| (Act::CustomerTaken, it));
        // Going to or from "all" is one entry, and what is listed then is said one by one.
        for (act, customer) in given.chain(taken.filter(|_| *new != Reach::All)) {
            let mut entry = Entry::new(act).by(by).about(id.to_string());
            entry.customer = Some(*customer);
            self.note(&mut write, account, now, &entry).await?;
        }
        write.commit().await
    }
}
