//! Verifications: begun, sent or not, and read. How they are answered is in `answers.rs`.

use crate::store::{Limit, LimitHit, StoreError, Verification};
use async_trait::async_trait;
use shared::{AccountId, Code, ContactId, Millis, VerificationId};

/// Proofs that a caller is who they say.
#[async_trait]
pub trait VerificationStore {
    /// Writes a verification down before it is sent; an older one of the same contact and
    /// destination is void from here on, and its ticket hears so.
    ///
    /// # Errors
    /// When the database can't be written; a limit is an answer, not an error.
    async fn begin_verification(
        &self,
        v: &Verification,
        limits: &[Limit],
    ) -> Result<Result<(), LimitHit>, StoreError>;

    /// It did not go out.
    ///
    /// # Errors
    /// `MovedOn` when it was answered or replaced meanwhile.
    async fn verification_unsent(
        &self,
        v: &Verification,
        now: Millis,
        code: Code,
    ) -> Result<(), StoreError>;

    /// The push's id at its provider: who looks after it asks by that.
    ///
    /// # Errors
    /// `MovedOn` when it has come to an end meanwhile.
    async fn push_sent(&self, v: &Verification, provider_id: &str) -> Result<(), StoreError>;

    /// One verification.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn verification(
        &self,
        account: AccountId,
        id: VerificationId,
    ) -> Result<Option<Verification>, StoreError>;

    /// The one that a link's page is looked up by, whosever it is.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn verification_of_link(
        &self,
        look_id: &[u8],
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

    /// Verifications that could be answered at `since` or later, newest first: of these contacts, or of
    /// the account's. Without the names that people read; two thousand at the most.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn recent_verifications(
        &self,
        account: AccountId,
        of: Option<&[ContactId]>,
        since: Millis,
    ) -> Result<Vec<Verification>, StoreError>;
}
