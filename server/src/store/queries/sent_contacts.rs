//! Contacts of the built-in list, as a program sends them.

use std::collections::HashSet;

use async_trait::async_trait;
use shared::{AccountId, ContactId, Millis};
use sqlx::Row;

use super::super::{Database, Db, Write};
use super::kept;
use super::mails::About;
use super::words::find_contact;
use crate::audit::{Act, Entry};
use crate::random;
use crate::store::{
    Hashes, Limit, MailKind, Numbers, SentContact, SentContactStore, StoreError, Taken,
};

const HOUR_MS: i64 = 60 * 60_000;

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
        approvers: &HashSet<ContactId>,
        hashes: Hashes<'_>,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut write = self.write(account).await?;
        let mut done = Vec::with_capacity(contacts.len());
        let mut numbers = Numbers::default();
        for contact in contacts {
            let (taken, other_card) =
                self.take_contact(&mut write, account, now, contact, approvers, hashes).await?;
            let new = matches!(taken, Taken::Added(_)) && !contact.phones.is_empty();
            numbers.new += usize::from(new);
            numbers.other += usize::from(other_card);
            done.push(taken);
        }
        let count = |what: fn(&Taken) -> bool| done.iter().filter(|it| what(it)).count();
        let (new, changed) = (
            count(|it| matches!(it, Taken::Added(_))),
            count(|it| matches!(it, Taken::Changed(_))),
        );
        let refused = done.len() - new - changed - count(|it| matches!(it, Taken::Same(_)));
        let about = format!(
            "{by}: {new} new, {changed} changed, {} of them with another card, {refused} refused",
            numbers.other
        );
        if let Some(so_far) = self.to_tell(&mut write, account, by, now, numbers).await? {
            let words = format!("{} {by}", so_far.to_words());
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
    /// What the program has brought within the hour, where admins are to be told: of the first, and whenever it
    /// is ten, a hundred, a thousand. Whoever changes cards without end must not fill mailboxes, nor change a
    /// thousand behind the mail about one.
    async fn to_tell(
        &self,
        write: &mut Write,
        account: AccountId,
        by: &str,
        now: Millis,
        numbers: Numbers,
    ) -> Result<Option<Numbers>, StoreError> {
        let mut so_far = [0, 0];
        let mut tell = false;
        for (at, (what, count)) in
            [("other", numbers.other), ("new", numbers.new)].into_iter().enumerate()
        {
            let name = format!("cards {what} {by}");
            let limit = Limit { name, most: u32::MAX, window_ms: HOUR_MS };
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let (_, all) = self.count_many(write, account, now, &limit, count).await?;
            let before = all.saturating_sub(count);
            tell |= count > 0 && (before == 0 || all.ilog10() > before.ilog10());
            so_far[at] = usize::try_from(all).unwrap_or(usize::MAX);
        }
        Ok(tell.then_some(Numbers { other: so_far[0], new: so_far[1] }))
    }

    /// What came of it, and whether somebody who was there has other numbers or another address now.
    async fn take_contact(
        &self,
        write: &mut Write,
        account: AccountId,
        now: Millis,
        new: &SentContact,
        approvers: &HashSet<ContactId>,
        hashes: Hashes<'_>,
    ) -> Result<(Taken, bool), StoreError> {
        let mut phones = serde_json::Value::from(new.phones.clone()).to_string();
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
        let before: Vec<String> = serde_json::from_str(&old.phones)
            .map_err(|_| StoreError::Inconsistent("a contact's phones"))?;
        // Numbers that are only written otherwise stay as they are: what was proved at them counts on.
        let (hash, was) =
            ((hashes.numbers)(old.id, &new.phones), (hashes.numbers)(old.id, &before));
        if hash == was {
            phones.clone_from(&old.phones);
        }
        let external_id = new.external_id.as_ref().or(old.external_id.as_ref());
        let same = (&old.name, &old.email, &old.phones) == (&new.name, &new.email, &phones)
            && external_id == old.external_id.as_ref();
        if same {
            return Ok((Taken::Same(old.id), false));
        }
        let readdressed = old.email.to_lowercase() != new.email;
        if readdressed && approvers.contains(&old.id) {
            return Ok((Taken::Approver, false));
        }
        let other_card = readdressed || hash != was;
        // Since when the card is as it is: what was proved before does not show any more.
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
        .bind(other_card)
        .bind(now.0)
        .execute(write.db())
        .await?;
        self.name(write, account, old.id.0, &kept(&new.name)).await?;
        find_contact(write, account, old.id.0).await?;
        if other_card {
            self.remember_card(write, account, old.id, &hash, now, true).await?;
        }
        Ok((Taken::Changed(old.id), other_card))
    }
}

/// The contact that is meant, if there is one; why nobody can be, otherwise.
async fn find(
    write: &mut Write,
    account: AccountId,
    new: &SentContact,
    hashes: Hashes<'_>,
) -> Result<Result<Option<Known>, Taken>, StoreError> {
    let named = match &new.external_id {
        None => None,
        Some(external_id) => sqlx::query(
            "select id, name, email, phones, external_id from contacts
             where account = $1 and customer = $2 and external_id = $3",
        )
        .bind(account.0)
        .bind(new.customer.0)
        .bind(external_id)
        .fetch_optional(write.db())
        .await?
        .as_ref()
        .map(known)
        .transpose()?,
    };
    // An address is looked at where it is new to whom it is sent for.
    if new.email.is_empty() || named.as_ref().is_some_and(|it| it.email == new.email) {
        return Ok(Ok(named));
    }
    let of_psa = sqlx::query(
        "select id from contacts
         where account = $1 and customer = $2 and address_hash = $3 and psa is not null limit 1",
    )
    .bind(account.0)
    .bind(new.customer.0)
    .bind((hashes.address)(&new.email))
    .fetch_optional(write.db())
    .await?;
    if of_psa.is_some() {
        return Ok(Err(Taken::OfPsa));
    }
    let rows = sqlx::query(
        "select id, name, email, phones, external_id from contacts
         where account = $1 and customer = $2 and lower(email) = $3 and psa is null limit 3",
    )
    .bind(account.0)
    .bind(new.customer.0)
    .bind(&new.email)
    .fetch_all(write.db())
    .await?;
    let mut there = rows.iter().map(known).collect::<Result<Vec<Known>, _>>()?;
    if let Some(named) = named {
        let taken = there.iter().any(|it| it.id != named.id);
        return Ok(if taken { Err(Taken::AddressTaken) } else { Ok(Some(named)) });
    }
    Ok(match there.len() {
        0 => Ok(None),
        1 if new.external_id.is_some() && there[0].external_id.is_some() => {
            Err(Taken::AddressTaken)
        }
        1 => Ok(there.pop()),
        _ => Err(Taken::Ambiguous),
    })
}
