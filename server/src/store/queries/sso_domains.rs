//! Whose addresses lead to an account's issuer.

use shared::{AccountId, IntegrationId};

use super::super::Write;
use crate::store::StoreError;

/// Puts them in place; a domain leads to one account on this server.
pub(super) async fn put_domains(
    mut write: Write,
    account: AccountId,
    id: IntegrationId,
    domains: &[String],
) -> Result<Write, StoreError> {
    for domain in domains {
        // Where another MSP's people have addresses, their browsers must not be led to an issuer of ours.
        let others: i64 = sqlx::query_scalar(
            "select count(*) from technicians
             where account <> $1 and ended_at is null and email like '%@' || $2",
        )
        .bind(account.0)
        .bind(domain)
        .fetch_one(write.db())
        .await?;
        if others > 0 {
            write.roll_back().await?;
            return Err(StoreError::Taken);
        }
        let put = sqlx::query(
            "insert into sso_domains (domain, account, integration) values ($1, $2, $3)",
        )
        .bind(domain)
        .bind(account.0)
        .bind(id.0)
        .execute(write.db())
        .await;
        if let Err(error) = put.map_err(StoreError::taken) {
            write.roll_back().await?;
            return Err(error);
        }
    }
    Ok(write)
}
