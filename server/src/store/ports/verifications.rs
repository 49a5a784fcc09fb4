//! Verifications.

use crate::store::{Limit, LimitHit, StoreError, Verification};
use async_trait::async_trait;
use shared::{AccountId, Code, ContactId, Millis, TechnicianId, VerificationId};

/// Proofs that a caller is who they say.
#[async_trait]
pub trait VerificationStore {
    /// Writes a verification down before its code is sent; an older one of the same contact and
    /// destination is void from here on.
    ///
    /// # Errors
    /// When the database can't be written; a limit is an answer, not an error.
    async fn begin_verification(
        &self,
        account: AccountId,
        v: &Verification,
        limits: &[Limit],
    ) -> Result<Result<(), LimitHit>, StoreError>;

    /// The code did not go out.
    ///
    /// # Errors
    /// `MovedOn` when it was answered or replaced meanwhile.
    async fn verification_unsent(
        &self,
        account: AccountId,
        now: Millis,
        v: &Verification,
        code: Code,
    ) -> Result<(), StoreError>;

    /// One try. The try is counted, compared and recorded in one statement: two at once are two.
    /// `None` when there is nothing to try: [`VerificationStore::verification`] says why.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn try_code(
        &self,
        account: AccountId,
        technician: TechnicianId,
        id: VerificationId,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Verification>, StoreError>;

    /// One verification.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn verification(
        &self,
        account: AccountId,
        id: VerificationId,
    ) -> Result<Option<Verification>, StoreError>;

    /// A contact's newest verifications, newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn verifications_of(
        &self,
        account: AccountId,
        contact: ContactId,
        most: u32,
    ) -> Result<Vec<Verification>, StoreError>;
}
