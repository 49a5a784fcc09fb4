//! Rows for tests of other modules, which know no SQL.

use uuid::Uuid;

use crate::store::Store;

impl Store {
    /// Runs one statement with ids as its parameters.
    pub(crate) async fn seed(&self, statement: &'static str, ids: &[Uuid]) {
        let mut write = self.write().await.unwrap();
        let mut query = sqlx::query(statement);
        for id in ids {
            query = query.bind(*id);
        }
        query.execute(&mut *write.tx).await.unwrap();
        write.commit().await.unwrap();
    }
}
