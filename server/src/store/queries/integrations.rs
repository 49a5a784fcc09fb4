//! Connections to other companies, their sealed secrets, and who a contact is over there.

use super::super::{Database, Db};
use crate::store::{DirectoryLink, Integration, IntegrationStore, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis};
use sqlx::Row;
use uuid::Uuid;

use crate::audit::{Act, Entry};

type Line = <Db as sqlx::Database>::Row;

pub(super) fn integration(row: &Line) -> Result<Integration, sqlx::Error> {
    Ok(Integration {
        id: IntegrationId(row.try_get("id")?),
        account: shared::AccountId(row.try_get("account")?),
        customer: row.try_get::<Option<Uuid>, _>("customer")?.map(CustomerId),
        name: row.try_get("name")?,
        is_on: row.try_get("is_on")?,
        settings: row.try_get("settings")?,
        changed_at: Millis(row.try_get("changed_at")?),
    })
}

#[async_trait]
impl IntegrationStore for Database {
    async fn m365_of(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<Integration>, StoreError> {
        let row = sqlx::query(
            "select * from integrations where account = $1 and customer = $2 and kind = 'm365'
                 and ended_at is null",
        )
        .bind(account.0)
        .bind(customer.0)
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(integration).transpose()?)
    }

    async fn integration(&self, id: IntegrationId) -> Result<Option<Integration>, StoreError> {
        let row = sqlx::query("select * from integrations where id = $1")
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(integration).transpose()?)
    }

    async fn secret(
        &self,
        account: AccountId,
        kind: &'static str,
        row: Uuid,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "select sealed from secrets where account = $1 and kind = $2 and row = $3",
        )
        .bind(account.0)
        .bind(kind)
        .bind(row)
        .fetch_optional(self.read())
        .await?)
    }

    async fn directory_link(
        &self,
        account: AccountId,
        contact: ContactId,
    ) -> Result<Option<DirectoryLink>, StoreError> {
        let row = sqlx::query("select * from directory_links where account = $1 and contact = $2")
            .bind(account.0)
            .bind(contact.0)
            .fetch_optional(self.read())
            .await?;
        row.map(|row| {
            Ok(DirectoryLink {
                contact,
                integration: IntegrationId(row.try_get("integration")?),
                directory_user: row.try_get("directory_user")?,
                address_hash: row.try_get("address_hash")?,
                lost_at: row.try_get::<Option<i64>, _>("lost_at")?.map(Millis),
            })
        })
        .transpose()
    }

    async fn link_directory(
        &self,
        account: AccountId,
        now: Millis,
        link: &DirectoryLink,
        asked: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let before: Option<String> = sqlx::query_scalar(
            "select directory_user from directory_links where account = $1 and contact = $2",
        )
        .bind(account.0)
        .bind(link.contact.0)
        .fetch_optional(write.db())
        .await?;
        // Only a contact of this account, and only while the integration is what was asked.
        let query = sqlx::query(
            "insert into directory_links
                 (contact, account, integration, directory_user, address_hash, linked_at)
             select $1, $2, $3, $4, $5, $6 from contacts where id = $1 and account = $2
                 and exists (select 1 from integrations where id = $3 and account = $2
                     and ended_at is null and changed_at = $7)
             on conflict (contact) do update set integration = excluded.integration,
                 directory_user = excluded.directory_user,
                 address_hash = excluded.address_hash, linked_at = excluded.linked_at,
                 lost_at = null",
        )
        .bind(link.contact.0)
        .bind(account.0)
        .bind(link.integration.0)
        .bind(&link.directory_user)
        .bind(&link.address_hash)
        .bind(now.0)
        .bind(asked.0);
        write.one(query).await?;
        let new = &link.directory_user;
        let about = match before {
            Some(old) if old != *new => format!("{new} instead of {old}"),
            _ => new.clone(),
        };
        let entry =
            Entry { contact: Some(link.contact), ..Entry::new(Act::DirectoryLinked).about(about) };
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }
}
