//! Sessions: browsers that are signed in, half signed in, and pods. A row's id is the keyed hash
//! of a token that only its holder has; looking one up by it is an exception to "account first".

use crate::audit::Entry;
use crate::store::{NewSession, Proof, Session, StoreError};
use async_trait::async_trait;
use shared::{AccountId, Millis};

/// Who is signed in.
#[async_trait]
pub trait SessionStore {
    /// The session with this hash, while it lives: it has not ended, was used within `idle_ms`,
    /// its technician is still there, and so is the web session that a pod came from.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn session(
        &self,
        id: &[u8],
        now: Millis,
        idle_ms: i64,
    ) -> Result<Option<Session>, StoreError>;

    /// Begins a session that needs no further proof: a half one after the password, a web one
    /// where no second factor is asked for, a pod's from a web one. `instead_of` ends with it.
    ///
    /// # Errors
    /// When the database does not take it; [`StoreError::MovedOn`] when the web session that a
    /// pod's is made from has just ended.
    async fn begin_session(
        &self,
        account: AccountId,
        at: Millis,
        new: &NewSession<'_>,
        instead_of: Option<&[u8]>,
    ) -> Result<(), StoreError>;

    /// Ends the half session and begins the one that the second factor was proved for. A code
    /// counts once, even when it comes twice at the same time.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when the code was used, the half session has ended or, enrolling,
    /// there is an authenticator already.
    async fn prove_second_factor(
        &self,
        account: AccountId,
        at: Millis,
        proof: &Proof<'_>,
        new: &NewSession<'_>,
    ) -> Result<(), StoreError>;

    /// Makes the second factor of a web session, and of the pods that came from it, a new one. A code counts
    /// once.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when the code was used or the session has ended.
    async fn confirm_second_factor(
        &self,
        account: AccountId,
        at: Millis,
        web: &Session,
        step: i64,
    ) -> Result<(), StoreError>;

    /// Remembers that a person used this session.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn touch_session(
        &self,
        account: AccountId,
        id: &[u8],
        at: Millis,
    ) -> Result<(), StoreError>;

    /// Ends a session, and every pod that came from it. Ending it twice is fine. A half session
    /// that leads nowhere ends without an entry: what was wrong has one.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn end_session(
        &self,
        account: AccountId,
        at: Millis,
        id: &[u8],
        entry: Option<&Entry>,
    ) -> Result<(), StoreError>;
}
