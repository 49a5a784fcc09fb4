//! Contacts of the built-in list, as a program sends them.

use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis};
use sqlx::Row;

use super::super::{Database, Db, Write};
use super::kept;
use super::mails::About;
use super::words::find_contact;
use crate::audit::{Act, Entry};
use crate::random;
use crate::store::{Hashes, MailKind, SentContact, SentContactStore, StoreError, Taken};

/// A contact that is there.
struct Known {
    id: ContactId,
    name: String,
    email: String,
    phones: String,
    external_id: Option<String>,
}

fn known(row: &<Db as sqlx::Database>::Row) -> Result<Known, StoreError> {
    Ok(Known {
        id: ContactId(row.try_get("id")?),
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        phones: row.try_get("phones")?,
        external_id: row.try_get("external_id")?,
    })
}

#[async_trait]
impl SentContactStore for Database {
    async fn take_contacts(
        &self,
        account: AccountId,
        by: &str,
        now: Millis,
        contacts: &[SentContact],
        hashes: Hashes<'_>,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut write = self.write(account).await?;
        let mut done = Vec::with_capacity(contacts.len());
        let mut renumbered = 0;
        for contact in contacts {
            let (taken, other_numbers) =
                self.take_contact(&mut write, account, now, contact, hashes).await?;
            renumbered += usize::from(other_numbers);
            done.push(taken);
        }
        let count = |what: fn(&Taken) -> bool| done.iter().filter(|it| what(it)).count();
        let about = format!(
            "{by}: {} new, {} changed, {renumbered} of them with other numbers, {} refused",
            count(|it| matches!(it, Taken::Added(_))),
            count(|it| matches!(it, Taken::Changed(_))),
            count(|it| matches!(it, Taken::Ambiguous | Taken::OfPsa)),
        );
        if renumbered > 0 {
            let words = format!("{renumbered} {by}");
            let about = About::Contacts(&words);
            self.mail_admins(&mut write, account, about, MailKind::Contacts, now).await?;
        }
        let entry = Entry::new(Act::ContactsImported).about(about);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await?;
        Ok(done)
    }
}

impl Database {
    /// What came of it, and whether somebody who was there has other numbers now.
    async fn take_contact(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        new: &SentContact,
        hashes: Hashes<'_>,
    ) -> Result<(Taken, bool), StoreError> {
        let phones = serde_json::Value::from(new.phones.clone()).to_string();
        let found = match find(write, account, new, hashes).await? {
            Ok(found) => found,
            Err(refused) => return Ok((refused, false)),
        };
        let Some(old) = found else {
            let id = ContactId(random::id(now));
            sqlx::query(
                "insert into contacts (id, account, customer, name, email, phones, changed_at,
                     external_id)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id.0)
            .bind(account.0)
            .bind(new.customer.0)
            .bind(kept(&new.name))
            .bind(&new.email)
            .bind(&phones)
            .bind(now.0)
            .bind(&new.external_id)
            .execute(write.db())
            .await?;
            self.name(write, account, id.0, &kept(&new.name)).await?;
            find_contact(write, account, id.0).await?;
            return Ok((Taken::Added(id), false));
        };
        let external_id = new.external_id.as_ref().or(old.external_id.as_ref());
        let renumbered = old.phones != phones;
        let same = !renumbered
            && (&old.name, &old.email) == (&new.name, &new.email)
            && external_id == old.external_id.as_ref();
        if same {
            return Ok((Taken::Same(old.id), false));
        }
        // Since when the card is as it is: what was proved at other numbers does not show any more.
        sqlx::query(
            "update contacts set name = $3, email = $4, phones = $5, external_id = $6,
                 changed_at = case when $7 then $8 else changed_at end
             where account = $1 and id = $2",
        )
        .bind(account.0)
        .bind(old.id.0)
        .bind(kept(&new.name))
        .bind(&new.email)
        .bind(&phones)
        .bind(external_id)
        .bind(renumbered)
        .bind(now.0)
        .execute(write.db())
        .await?;
        self.name(write, account, old.id.0, &kept(&new.name)).await?;
        find_contact(write, account, old.id.0).await?;
        if renumbered {
            let hash = (hashes.numbers)(old.id, &new.phones);
            self.card_changed(write, account, old.id, &hash, now).await?;
        }
        Ok((Taken::Changed(old.id), renumbered))
    }

    /// Remembers that the numbers on a card are others than before, unless they only look so.
    async fn card_changed(
        &self,
        write: &mut Write,
        account: AccountId,
        contact: ContactId,
        hash: &[u8],
        now: Millis,
    ) -> Result<(), StoreError> {
        let changed = sqlx::query(
            "insert into known_cards (contact, account, hash, seen_at, changed_at)
             values ($1, $2, $3, $4, $4)
             on conflict (contact) do update
                 set hash = excluded.hash, changed_at = excluded.changed_at
                 where known_cards.hash <> excluded.hash",
        )
        .bind(contact.0)
        .bind(account.0)
        .bind(hash)
        .bind(now.0)
        .execute(write.db())
        .await?;
        if changed.rows_affected() == 1 {
            let entry = Entry { contact: Some(contact), ..Entry::new(Act::CardChanged) };
            self.note(write, account, now, &entry).await?;
        }
        Ok(())
    }
}

/// The contact that is meant, if there is one; why nobody knows, otherwise.
async fn find(
    write: &mut Write,
    account: AccountId,
    new: &SentContact,
    hashes: Hashes<'_>,
) -> Result<Result<Option<Known>, Taken>, StoreError> {
    if let Some(external_id) = &new.external_id {
        let row = sqlx::query(
            "select id, name, email, phones, external_id from contacts
             where account = $1 and customer = $2 and external_id = $3",
        )
        .bind(account.0)
        .bind(new.customer.0)
        .bind(external_id)
        .fetch_optional(write.db())
        .await?;
        if let Some(row) = row {
            return Ok(Ok(Some(known(&row)?)));
        }
    }
    if new.email.is_empty() {
        return Ok(Ok(None));
    }
    let of_psa = sqlx::query(
        "select id from contacts
         where account = $1 and customer = $2 and address_hash = $3 and psa is not null limit 1",
    )
    .bind(account.0)
    .bind(new.customer.0)
    .bind((hashes.address)(&new.email.to_lowercase()))
    .fetch_optional(write.db())
    .await?;
    if of_psa.is_some() {
        return Ok(Err(Taken::OfPsa));
    }
    // One that the other system calls something else is somebody else with the same address.
    let rows = sqlx::query(
        "select id, name, email, phones, external_id from contacts
         where account = $1 and customer = $2 and lower(email) = $3 and psa is null
             and ($4 or external_id is null) limit 2",
    )
    .bind(account.0)
    .bind(new.customer.0)
    .bind(new.email.to_lowercase())
    .bind(new.external_id.is_none())
    .fetch_all(write.db())
    .await?;
    match rows.as_slice() {
        [] => Ok(Ok(None)),
        [row] => Ok(Ok(Some(known(row)?))),
        _ => Ok(Err(Taken::Ambiguous)),
    }
}
