//! The ticket's note on a verification: each attempt gets one, when it has come to its end.

use super::super::{Database, Write};
use crate::random;
use crate::store::{NOTE_PATIENCE_MS, OutboxKind, StoreError};
use shared::{AccountId, Millis, VerificationId};

impl Database {
    /// Has the ticket told, where there is one.
    pub(super) async fn note_in_ticket(
        &self,
        write: &mut Write,
        account: AccountId,
        id: VerificationId,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into outbox (id, account, verification, kind, state, due_at, give_up_at)
             select $1, v.account, v.id, $4, 'waiting', $5, $6 from verifications v
             where v.account = $2 and v.id = $3 and v.ticket is not null",
        )
        .bind(random::id(now))
        .bind(account.0)
        .bind(id.0)
        .bind(OutboxKind::NoteVerification.as_str())
        .bind(now.0)
        .bind(now.plus(NOTE_PATIENCE_MS).0)
        .execute(write.db())
        .await?;
        Ok(())
    }
}
