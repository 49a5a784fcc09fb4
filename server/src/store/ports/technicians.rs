//! Technicians: who they are, how they prove it, and what was tried in their name.
//!
//! Signing in starts before an account is known, so the look-ups by e-mail address and by set-up
//! link are the exceptions to "account first". What they find says whose it is.

use crate::store::{NewTechnician, StoreError, Technician};
use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};

/// The people of the MSP.
#[async_trait]
pub trait TechnicianStore {
    /// A new technician, without password or authenticator.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the e-mail address is in use on this server.
    async fn add_technician(
        &self,
        account: AccountId,
        at: Millis,
        new: &NewTechnician,
    ) -> Result<(), StoreError>;

    /// The technician with this e-mail address (lower case), unless they have left.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn technician_by_email(&self, email: &str) -> Result<Option<Technician>, StoreError>;

    /// One technician, unless they have left.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn technician(
        &self,
        account: AccountId,
        id: TechnicianId,
    ) -> Result<Option<Technician>, StoreError>;

    /// Whom a set-up link is for, by its hash, while it works.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn technician_by_set_up(
        &self,
        hash: &[u8],
        now: Millis,
    ) -> Result<Option<Technician>, StoreError>;

    /// The admins who need a set-up link because nobody on this server has a password yet; empty
    /// as soon as somebody has one.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn admins_awaiting_set_up(&self) -> Result<Vec<Technician>, StoreError>;

    /// Puts a set-up link's hash in place of any earlier one.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when there is no such technician.
    async fn set_set_up(
        &self,
        account: AccountId,
        id: TechnicianId,
        now: Millis,
        hash: &[u8],
        until: Millis,
    ) -> Result<(), StoreError>;

    /// Uses up a set-up link: the password is set, every session of the technician ends.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when the link was used meanwhile.
    async fn use_set_up(
        &self,
        account: AccountId,
        at: Millis,
        id: TechnicianId,
        hash: &[u8],
        password_hash: &str,
    ) -> Result<(), StoreError>;

    /// Sets a password and, where given, a sealed authenticator secret: what an import does for
    /// the sample data. People do it by a set-up link.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when there is no such technician.
    async fn set_sign_in(
        &self,
        account: AccountId,
        at: Millis,
        id: TechnicianId,
        password_hash: &str,
        sealed_totp: Option<&[u8]>,
    ) -> Result<(), StoreError>;

    /// The sealed secret of a technician's authenticator.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sealed_totp(
        &self,
        account: AccountId,
        id: TechnicianId,
    ) -> Result<Option<Vec<u8>>, StoreError>;
}
