//! Rows for tests of other modules, which know no SQL.

use super::super::Database;
use crate::store::SeedStore;
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

    async fn leases(&self, now: Millis) -> Vec<Uuid> {
        let held = "select lease from resets
                 where stage in ('staged', 'applying') and lease is not null and lease_until > $1
             union select lease from outbox
                 where state = 'waiting' and lease is not null and lease_until > $1
             union select lease from deliveries
                 where state = 'waiting' and lease is not null and lease_until > $1
             union select lease from integration_checks
                 where lease is not null and lease_until > $1";
        sqlx::query_scalar(held).bind(now.0).fetch_all(self.read()).await.unwrap()
    }
}
