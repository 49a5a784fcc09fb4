//! Whether this database was sealed with this master key.

use super::super::Database;
use crate::seal::same;
use crate::store::StoreError;

impl Database {
    /// Remembers the key's check value in a new database, compares it in an old one.
    pub(in crate::store) async fn check_key(&self) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        // Two processes may come to a new database at once: the first one's key counts.
        sqlx::query(
            "insert into key_checks (key_id, value) values ('master', $1)
             on conflict (key_id) do nothing",
        )
        .bind(self.keys.check_value().as_slice())
        .execute(write.db())
        .await?;
        let known: Vec<u8> =
            sqlx::query_scalar("select value from key_checks where key_id = 'master'")
                .fetch_one(write.db())
                .await?;
        if !same(&known, self.keys.check_value()) {
            return Err(StoreError::Unusable(
                "the master key is not the one that this database was sealed with; \
                 nothing was changed"
                    .into(),
            ));
        }
        write.commit().await
    }
}
