//! A new share.

use super::super::{Database, Write};
use super::audit::{audit_head, head_in};
use crate::language::Language;
use crate::store::{Owner, Share, StoreError};
use shared::Millis;

impl Database {
    pub(super) async fn insert_share(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        let row = sqlx::query(concat!(
            "insert into shares (id, account, reset, look_id, proof_hash, ciphertext, state,
                 life_ms, created_at, latest_at, unlock_hash, token_sealed, password_sealed,
                 customer, language, must_change, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             returning ",
            audit_head!("$2")
        ))
        .bind(share.id.0)
        .bind(share.account.0)
        .bind(share.owner.map(|Owner::Reset(reset)| reset.0))
        .bind(&share.look_id)
        .bind(&share.proof_hash)
        .bind(&share.ciphertext)
        .bind(share.state.as_str())
        .bind(share.life_ms)
        .bind(now.0)
        .bind(share.latest_at.map(|at| at.0))
        .bind(&share.unlock_hash)
        .bind(&share.token_sealed)
        .bind(&share.password_sealed)
        .bind(share.customer.map(|customer| customer.0))
        .bind(share.language.map(Language::as_str))
        .bind(share.must_change)
        .bind(share.expires_at.map(|at| at.0))
        .fetch_one(write.db())
        .await?;
        // The audit entry of whatever made it comes next.
        write.head = Some(head_in(&row, share.account)?);
        Ok(())
    }
}
