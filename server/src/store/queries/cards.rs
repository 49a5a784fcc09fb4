//! What is remembered of the numbers on a contact's card between two looks.

use super::super::{Database, Db, Write};
use crate::audit::{Act, Entry};
use crate::store::{CardStore, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis};
use sqlx::Row;

const READ: &str = "select hash, changed_at from known_cards where account = $1 and contact = $2";

#[async_trait]
impl CardStore for Database {
    async fn see_card(
        &self,
        account: AccountId,
        contact: ContactId,
        hash: &[u8],
        now: Millis,
    ) -> Result<Option<Millis>, StoreError> {
        let known = |row: &<Db as sqlx::Database>::Row| {
            let changed_at = row.try_get::<Option<i64>, _>(1)?.map(Millis);
            Ok::<_, StoreError>((row.try_get::<Vec<u8>, _>(0)?, changed_at))
        };
        // Nearly every look finds what the one before it found: that is no reason to write.
        let query = sqlx::query(READ).bind(account.0).bind(contact.0);
        if let Some(row) = query.fetch_optional(self.read()).await? {
            let (before, changed_at) = known(&row)?;
            if before == hash {
                return Ok(changed_at);
            }
        }
        let mut write = self.write(account).await?;
        let query = sqlx::query(READ).bind(account.0).bind(contact.0);
        let row = query.fetch_optional(write.db()).await?;
        let before = row.as_ref().map(known).transpose()?;
        if let Some((before, changed_at)) = &before
            && before == hash
        {
            // Somebody else found the same a moment ago.
            let changed_at = *changed_at;
            write.roll_back().await?;
            return Ok(changed_at);
        }
        let changed_at = before.is_some().then_some(now);
        self.remember_card(&mut write, account, contact, hash, now, changed_at.is_some()).await?;
        write.commit().await?;
        Ok(changed_at)
    }
}

impl Database {
    /// Remembers what the card says from now on. Where that is another one than before, whoever looks next is
    /// warned.
    pub(super) async fn remember_card(
        &self,
        write: &mut Write,
        account: AccountId,
        contact: ContactId,
        hash: &[u8],
        now: Millis,
        is_another: bool,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into known_cards (contact, account, hash, seen_at, changed_at)
             values ($1, $2, $3, $4, $5)
             on conflict (contact) do update
                 set hash = excluded.hash, changed_at = excluded.changed_at",
        )
        .bind(contact.0)
        .bind(account.0)
        .bind(hash)
        .bind(now.0)
        .bind(is_another.then_some(now.0))
        .execute(write.db())
        .await?;
        if is_another {
            let entry = Entry { contact: Some(contact), ..Entry::new(Act::CardChanged) };
            self.note(write, account, now, &entry).await?;
        }
        Ok(())
    }
}
