//! What a run writes about a PSA's contacts: what is kept of them anyway (`companies`), and whether they are
//! listed.

use std::collections::HashMap;

use shared::{AccountId, ContactId, IntegrationId, Millis};
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::super::{Database, Db, Write};
use super::companies::mirror_contact;
use super::{kept, storable};
use crate::store::{MetContact, SeenContact, StoreError, SyncCounts, SyncRun};

/// Contacts that are looked up at once: each is a parameter.
const AT_ONCE: usize = 500;

struct Before {
    customer: Uuid,
    name: String,
    address_hash: Option<Vec<u8>>,
    listed: bool,
}

impl Database {
    pub(super) async fn listed_in(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<(ContactId, String)>, StoreError> {
        let rows = sqlx::query(
            "select id, psa_id from contacts
             where account = $1 and psa = $2 and psa_id is not null and listed order by id",
        )
        .bind(account.0)
        .bind(id.0)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((ContactId(row.try_get(0)?), row.try_get(1)?))).collect()
    }
}

/// Writes what differs of those who are still of the customer that their company was when the run began.
pub(super) async fn put(
    write: &mut Write,
    run: &SyncRun,
    now: Millis,
    contacts: &[MetContact],
    done: &mut SyncCounts,
) -> Result<(), StoreError> {
    for some in contacts.chunks(AT_ONCE) {
        let before = before(write, run, some).await?;
        for met in some.iter().filter(|it| storable(&it.id) && storable(&it.company)) {
            let there = before.get(&met.id);
            // A list that tells no address says nothing about the one that is known.
            let hash = met.address_hash.as_ref();
            let hash = hash.or(there.and_then(|it| it.address_hash.as_ref()));
            let same = there.is_some_and(|it| {
                it.listed
                    && it.customer == met.customer.0
                    && it.name == kept(&met.name)
                    && it.address_hash.as_ref() == hash
            });
            if same || !is_theirs(write, run, met).await? {
                continue;
            }
            // Nobody twice: whoever stands on our own list by this address is there already.
            if there.is_none() && is_on_our_list(write, run, met).await? {
                continue;
            }
            let seen = SeenContact {
                id: &met.id,
                customer: met.customer,
                name: &met.name,
                address_hash: hash.map(Vec::as_slice),
            };
            let contact = mirror_contact(write, run.account, run.integration, now, seen).await?;
            match there {
                None => done.added += 1,
                Some(_) => {
                    done.changed += 1;
                    sqlx::query("update contacts set listed = true where account = $1 and id = $2")
                        .bind(run.account.0)
                        .bind(contact.0)
                        .execute(write.db())
                        .await?;
                }
            }
        }
    }
    Ok(())
}

async fn before(
    write: &mut Write,
    run: &SyncRun,
    contacts: &[MetContact],
) -> Result<HashMap<String, Before>, StoreError> {
    let mut query = QueryBuilder::<Db>::new(
        "select psa_id, customer, name, address_hash, listed from contacts where account = ",
    );
    query.push_bind(run.account.0).push(" and psa = ").push_bind(run.integration.0);
    query.push(" and psa_id in (");
    let mut list = query.separated(", ");
    for contact in contacts.iter().filter(|it| storable(&it.id)) {
        list.push_bind(contact.id.clone());
    }
    // Never an empty list, which is no SQL.
    list.push_bind(String::new());
    query.push(")");
    let rows = query.build().fetch_all(write.db()).await?;
    rows.iter()
        .map(|row| {
            let before = Before {
                customer: row.try_get(1)?,
                name: row.try_get(2)?,
                address_hash: row.try_get(3)?,
                listed: row.try_get(4)?,
            };
            Ok((row.try_get(0)?, before))
        })
        .collect()
}

async fn is_on_our_list(
    write: &mut Write,
    run: &SyncRun,
    met: &MetContact,
) -> Result<bool, StoreError> {
    if met.address.is_empty() || !storable(&met.address) {
        return Ok(false);
    }
    let there: Option<Uuid> = sqlx::query_scalar(
        "select id from contacts where account = $1 and customer = $2 and lower(email) = $3
             and psa is null and listed limit 1",
    )
    .bind(run.account.0)
    .bind(met.customer.0)
    .bind(&met.address)
    .fetch_optional(write.db())
    .await?;
    Ok(there.is_some())
}

/// Whether the company is that customer's still: an admin may have said otherwise since the run began.
async fn is_theirs(write: &mut Write, run: &SyncRun, met: &MetContact) -> Result<bool, StoreError> {
    let customer: Option<Option<Uuid>> = sqlx::query_scalar(
        "select customer from psa_companies
         where account = $1 and integration = $2 and company = $3",
    )
    .bind(run.account.0)
    .bind(run.integration.0)
    .bind(&met.company)
    .fetch_optional(write.db())
    .await?;
    Ok(customer.flatten() == Some(met.customer.0))
}
