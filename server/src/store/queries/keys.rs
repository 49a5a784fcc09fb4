//! Whether this database was sealed with this master key.

use crate::store::{Store, StoreError};

impl Store {
    /// Remembers the key's check value in a new database, compares it in an old one.
    pub(in crate::store) async fn check_key(&self) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let known: Option<Vec<u8>> =
            sqlx::query_scalar("select value from key_checks where key_id = 'master'")
                .fetch_optional(&mut *write.tx)
                .await?;
        match known {
            Some(value) if crate::seal::same(&value, self.keys.check_value()) => Ok(()),
            Some(_) => Err(StoreError::Unusable(
                "the master key is not the one that this database was sealed with; \
                 nothing was changed"
                    .into(),
            )),
            None => {
                sqlx::query("insert into key_checks (key_id, value) values ('master', $1)")
                    .bind(self.keys.check_value().as_slice())
                    .execute(&mut *write.tx)
                    .await?;
                write.commit().await
            }
        }
    }
}
