//! How verifications are answered and come to an end.

use crate::store::{Ending, Lease, OutboxRow, StoreError, Verification};
use async_trait::async_trait;
use shared::{AccountId, Code, Millis, TechnicianId, VerificationId};

/// Answers to verifications.
#[async_trait]
pub trait AnswerStore {
    /// One try by the technician who asked. It is counted, then compared in constant time, then
    /// recorded, in one transaction: two at once are two. `None` when there is nothing to try:
    /// [`super::VerificationStore::verification`] says why.
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

    /// One try by whoever holds the link, counted and compared the same way.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn try_link(
        &self,
        link: &Verification,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Verification>, StoreError>;

    /// It comes to an end by something else than a code: the person says that it was not them (which
    /// admins hear of too), a push was answered, its time is over. `None` when it had come to one
    /// before; but a success can still be denied, for an hour.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn end_verification(
        &self,
        v: &Verification,
        ending: Ending,
        now: Millis,
    ) -> Result<Option<Verification>, StoreError>;

    /// Verifications whose time is over and that nobody has ended, of all accounts.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn run_out(&self, now: Millis) -> Result<Vec<Verification>, StoreError>;

    /// Pushes that are out and that nobody looks after.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn unwatched_pushes(&self, now: Millis) -> Result<Vec<VerificationId>, StoreError>;

    /// Takes one to look after. `None` when somebody else has, or it has come to an end.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn watch_push(
        &self,
        id: VerificationId,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<Verification>, StoreError>;

    /// The ticket has its note on a verification.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn verification_noted(
        &self,
        row: &OutboxRow,
        v: &Verification,
        lease: Lease,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// That note was given up.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn verification_not_noted(
        &self,
        row: &OutboxRow,
        v: &Verification,
        lease: Lease,
        code: Code,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Not answered yet: the next look may come from anybody, not before `next`.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out or it has come to an end meanwhile.
    async fn let_push_go(
        &self,
        v: &Verification,
        lease: Lease,
        next: Millis,
    ) -> Result<(), StoreError>;
}
