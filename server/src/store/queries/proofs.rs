//! What lets a reset be staged is used up by it, in its transaction: the verification, and the
//! approval where one is needed. Whatever was said against them since they were looked at is seen.

use shared::{AccountId, VerificationId};

use super::super::Write;
use super::reach::has;
use crate::store::{NotStaged, Reset, StoreError};

/// Uses up the verification and the approval of a reset; or says why they don't count any more.
pub(super) async fn use_up(
    write: &mut Write,
    reset: &Reset,
) -> Result<Result<(), NotStaged>, StoreError> {
    match use_verification(write, reset).await {
        Ok(true) => {}
        Ok(false) => return Ok(Err(NotStaged::VerificationUsed)),
        // Another account was faster with this very id.
        Err(StoreError::Taken) => return Ok(Err(NotStaged::IdTaken)),
        Err(error) => return Err(error),
    }
    if taken_back(write, reset.account, reset.verification).await? {
        return Ok(Err(NotStaged::TakenBack));
    }
    if reset.approval.is_some() && !use_approval(write, reset).await? {
        return Ok(Err(NotStaged::ApprovalOver));
    }
    Ok(Ok(()))
}

async fn use_verification(write: &mut Write, reset: &Reset) -> Result<bool, StoreError> {
    let used = sqlx::query(
        "update verifications set used_by = $3
         where account = $1 and id = $2 and outcome = 'verified' and used_by is null",
    )
    .bind(reset.account.0)
    .bind(reset.verification.0)
    .bind(reset.id.0)
    .execute(write.db())
    .await
    .map_err(StoreError::taken)?;
    Ok(used.rows_affected() == 1)
}

/// Whether the person has said since that it was not them, of this verification or of any other of
/// theirs (as in `verification::rules::choose`).
pub(super) async fn taken_back(
    write: &mut Write,
    account: AccountId,
    id: VerificationId,
) -> Result<bool, StoreError> {
    let denied: Option<i64> = sqlx::query_scalar(
        "select d.ended_at from verifications v
         join verifications d on d.account = v.account and d.contact = v.contact
         where v.account = $1 and v.id = $2 and d.outcome = 'denied'
             and (d.id = v.id or d.ended_at >= v.verified_at) limit 1",
    )
    .bind(account.0)
    .bind(id.0)
    .fetch_optional(write.db())
    .await?;
    Ok(denied.is_some())
}

/// Whatever was approved, it was for this person, not by who uses it, and by somebody who may still
/// approve; and nobody has said no since (as in `reset::approval::choose`).
async fn use_approval(write: &mut Write, reset: &Reset) -> Result<bool, StoreError> {
    let used = sqlx::query(concat!(
        "update approvals set used_by = $3 where account = $1 and id = $2
             and state = 'approved' and used_by is null and expires_at > $4
             and directory_user = $5 and answered_by <> $6
             and not exists (select 1 from approvals n where n.account = $1
                 and n.contact = approvals.contact and n.customer = approvals.customer
                 and n.directory_user = $5 and n.state = 'refused'
                 and n.answered_at >= approvals.answered_at and n.expires_at > $4
                 and (n.ticket = approvals.ticket or n.ticket is null
                     and approvals.ticket is null and n.asked_by = $6))
             and exists (select 1 from technicians t where t.id = approvals.answered_by
                 and t.ended_at is null and t.may_reset and ",
        has!("approvals.customer"),
        ")"
    ))
    .bind(reset.account.0)
    .bind(reset.approval.map(|approval| approval.0))
    .bind(reset.id.0)
    .bind(reset.asked_at.0)
    .bind(&reset.directory_user)
    .bind(reset.technician.0)
    .execute(write.db())
    .await?;
    Ok(used.rows_affected() == 1)
}
