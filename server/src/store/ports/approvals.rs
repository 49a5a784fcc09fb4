//! A second technician's yes or no.

use crate::store::{Approval, Limit, LimitHit, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ApprovalId, ContactId, Millis, TechnicianId};

/// Approvals.
#[async_trait]
pub trait ApprovalStore {
    /// Asks. One that is still asked for the same contact and ticket by the same technician stands:
    /// then nothing is written or counted, and the answer is `false`.
    ///
    /// # Errors
    /// When the database can't be written; a limit is an answer, not an error.
    async fn ask_approval(
        &self,
        approval: &Approval,
        limit: &Limit,
    ) -> Result<Result<bool, LimitHit>, StoreError>;

    /// Answers, once, and never by who asked, nor by somebody who does not have the customer. `None` when there is
    /// nothing to answer.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn answer_approval(
        &self,
        account: AccountId,
        id: ApprovalId,
        by: TechnicianId,
        approve: bool,
        counts_until: Millis,
        now: Millis,
    ) -> Result<Option<Approval>, StoreError>;

    /// One of them.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn approval(
        &self,
        account: AccountId,
        id: ApprovalId,
    ) -> Result<Option<Approval>, StoreError>;

    /// The newest ones of a contact, newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn approvals_of(
        &self,
        account: AccountId,
        contact: ContactId,
        most: u32,
    ) -> Result<Vec<Approval>, StoreError>;

    /// Those that can be answered now, of the customers that this technician has, oldest first, a hundred at
    /// most.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn open_approvals(
        &self,
        account: AccountId,
        who: TechnicianId,
        now: Millis,
    ) -> Result<Vec<Approval>, StoreError>;
}
