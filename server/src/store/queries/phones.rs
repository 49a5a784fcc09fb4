//! What is remembered of a person at Microsoft between two looks: the phone, and that they are gone.

use async_trait::async_trait;
use shared::{AccountId, Code, Millis};
use sqlx::Row;

use super::super::{Database, Db, Query};
use crate::audit::{Act, Entry};
use crate::store::{DirectoryLink, PhoneStore, SeenPhone, StoreError};

/// What is remembered of the phone of this link's person, whoever looked at them before.
macro_rules! remembered {
    () => {
        "select p.hash, p.changed_at from directory_links l
             left join known_phones p
                 on p.account = l.account and p.directory_user = l.directory_user
         where l.account = $1 and l.contact = $2 and l.integration = $3
             and l.directory_user = $4"
    };
}

/// The four that a link's person is known by.
fn of_link<'q>(query: Query<'q>, account: AccountId, link: &'q DirectoryLink) -> Query<'q> {
    query.bind(account.0).bind(link.contact.0).bind(link.integration.0).bind(&link.directory_user)
}

fn known(
    row: &<Db as sqlx::Database>::Row,
) -> Result<(Option<Vec<u8>>, Option<Millis>), StoreError> {
    Ok((row.try_get(0)?, row.try_get::<Option<i64>, _>(1)?.map(Millis)))
}

#[async_trait]
impl PhoneStore for Database {
    async fn see_phone(
        &self,
        account: AccountId,
        now: Millis,
        link: &DirectoryLink,
        phone: &SeenPhone,
    ) -> Result<Option<Millis>, StoreError> {
        // Nearly every look finds what the one before it found: that is no reason to write.
        let query = of_link(sqlx::query(remembered!()), account, link);
        let row = query.fetch_optional(self.read()).await?.ok_or(StoreError::MovedOn)?;
        let (hash, changed_at) = known(&row)?;
        if hash.as_deref() == Some(phone.hash.as_slice()) {
            return Ok(changed_at);
        }
        let mut write = self.write(account).await?;
        let query = of_link(sqlx::query(remembered!()), account, link);
        let Some(row) = query.fetch_optional(write.db()).await? else {
            write.roll_back().await?;
            return Err(StoreError::MovedOn);
        };
        let (before, changed_at) = known(&row)?;
        // Somebody else found the same a moment ago.
        if before.as_deref() == Some(phone.hash.as_slice()) {
            write.roll_back().await?;
            return Ok(changed_at);
        }
        let changed_at = before.is_some().then_some(now).or(changed_at);
        let query = sqlx::query(
            "insert into known_phones (account, directory_user, hash, seen_at, changed_at)
             values ($1, $2, $3, $4, $5)
             on conflict (account, directory_user) do update
                 set hash = excluded.hash, changed_at = excluded.changed_at
                 where known_phones.hash = $6",
        )
        .bind(account.0)
        .bind(&link.directory_user)
        .bind(&phone.hash)
        .bind(now.0)
        .bind(changed_at.map(|at| at.0))
        .bind(&before);
        write.one(query).await?;
        let act = if before.is_some() { Act::PhoneChanged } else { Act::PhoneSeen };
        let entry = Entry {
            contact: Some(link.contact),
            ..Entry::new(act).about(phone.masked.as_deref().unwrap_or("none"))
        };
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await?;
        Ok(changed_at)
    }

    async fn link_lost(
        &self,
        account: AccountId,
        now: Millis,
        link: &DirectoryLink,
        why: Code,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update directory_links set lost_at = $5
             where account = $1 and contact = $2 and integration = $3 and directory_user = $4
                 and lost_at is null",
        );
        let query = of_link(query, account, link).bind(now.0);
        if query.execute(write.db()).await?.rows_affected() == 0 {
            return write.roll_back().await;
        }
        let entry = Entry {
            contact: Some(link.contact),
            ..Entry::new(Act::DirectoryLost).because(why).about(link.directory_user.clone())
        };
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }
}
