//! What a person does with their own sign-in: recovery codes, another authenticator, another password, a
//! forgotten one, and a look at where they are signed in.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};

use crate::store::{NewLink, NewSession, OwnSession, Replacement, StoreError};

/// People's own sign-ins.
#[async_trait]
pub trait OwnStore {
    /// How many recovery codes they have left.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn recovery_codes_left(
        &self,
        account: AccountId,
        technician: TechnicianId,
    ) -> Result<u32, StoreError>;

    /// Puts these recovery codes, by their hashes, in place of all before them.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when they have no authenticator that the codes could stand for.
    async fn renew_recovery_codes(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        codes: &[Vec<u8>],
    ) -> Result<(), StoreError>;

    /// Ends the half session and begins the one that a recovery code was the second factor of. A code
    /// works once, even when it comes twice at the same time; the person hears of it. Gives how many are
    /// left.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when there is no such code, or the half session has ended.
    async fn use_recovery_code(
        &self,
        account: AccountId,
        now: Millis,
        half: &[u8],
        code: &[u8],
        new: &NewSession<'_>,
    ) -> Result<u32, StoreError>;

    /// Puts an authenticator and its recovery codes in place of the old ones; the other sessions end,
    /// and the person hears of it.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when what proves it was used, or the session has ended.
    async fn replace_authenticator(
        &self,
        account: AccountId,
        now: Millis,
        replacement: &Replacement<'_>,
    ) -> Result<(), StoreError>;

    /// Sets another password in place of the one that was checked; all sessions but this end, links are
    /// void, and the person hears of it.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when the old one is not theirs any more, or the session has ended.
    async fn change_password(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        session: &[u8],
        (old, new): (&str, &str),
    ) -> Result<(), StoreError>;

    /// Mails a one-time link to a person who has forgotten their password; the link before it is void.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when they have never had one, or have left.
    async fn forgotten_password(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        link: &NewLink<'_>,
    ) -> Result<(), StoreError>;

    /// The browsers and frames in which they are signed in, the one used last first.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sessions_of(
        &self,
        account: AccountId,
        technician: TechnicianId,
        now: Millis,
        idle_ms: i64,
    ) -> Result<Vec<OwnSession>, StoreError>;

    /// Ends every session of theirs but this one.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn end_other_sessions(
        &self,
        account: AccountId,
        now: Millis,
        technician: TechnicianId,
        keep: &[u8],
    ) -> Result<(), StoreError>;

    /// Remembers from where a session is used: browser and system in words, and a masked network.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn trace_session(
        &self,
        account: AccountId,
        id: &[u8],
        browser: &str,
        network: &str,
    ) -> Result<(), StoreError>;
}
