//! Brands.

use async_trait::async_trait;
use shared::{AccountId, CustomerId};
use sqlx::Row;
use uuid::Uuid;

use super::super::Database;
use crate::brand::Brand;
use crate::store::{BrandStore, StoreError};

#[async_trait]
impl BrandStore for Database {
    async fn brand(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<Brand, StoreError> {
        // The account's own row has the nil id, which sorts first.
        let rows = sqlx::query(
            "select a.name, b.body from accounts a
             left join brands b on b.account = a.id and b.customer in ($2, $3)
             where a.id = $1 order by b.customer",
        )
        .bind(account.0)
        .bind(Uuid::nil())
        .bind(customer.map_or(Uuid::nil(), |customer| customer.0))
        .fetch_all(self.read())
        .await?;
        let Some(first) = rows.first() else {
            return Err(StoreError::Inconsistent("a brand of no account"));
        };
        let mut seen = Brand { name: Some(first.try_get("name")?), ..Brand::default() };
        for row in &rows {
            if let Some(body) = row.try_get::<Option<&str>, _>("body")? {
                let said: Brand =
                    serde_json::from_str(body).map_err(|_| StoreError::Inconsistent("a brand"))?;
                seen = said.over(seen);
            }
        }
        Ok(seen)
    }
}
