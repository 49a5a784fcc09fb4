//! Rows for tests of other modules, which know no SQL.

use super::super::Database;
use crate::store::{SeedStore, Share, StoreError};
use async_trait::async_trait;
use shared::Millis;
use uuid::Uuid;

#[expect(
    clippy::unwrap_used,
    reason = "only tests and stories call it: what fails here fails them"
)]
#[async_trait]
impl SeedStore for Database {
    async fn seed(&self, statement: &'static str, ids: &[Uuid]) {
        let mut write = self.write_row().await.unwrap();
        let mut query = sqlx::query(statement);
        for id in ids {
            query = query.bind(*id);
        }
        query.execute(write.db()).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn put_share(&self, share: &Share, now: Millis) -> Result<(), StoreError> {
        let mut write = self.write(share.account).await?;
        self.insert_share(&mut write, share, now).await?;
        write.commit().await
    }
}
