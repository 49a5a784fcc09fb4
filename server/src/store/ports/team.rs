//! The people of the MSP as an admin looks after them. Each change is refused with `MovedOn` when
//! whoever makes it is no admin any more, or the person is not there: of two admins who demote each
//! other at the same moment, one is too late.

use async_trait::async_trait;
use shared::{AccountId, Millis, TechnicianId};

use crate::store::{NewLink, NewTechnician, Person, PersonChange, StoreError};

/// The people of the MSP.
#[async_trait]
pub trait TeamStore {
    /// Everybody, who has left too, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn team(&self, account: AccountId) -> Result<Vec<Person>, StoreError>;

    /// One of them.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn person(
        &self,
        account: AccountId,
        id: TechnicianId,
    ) -> Result<Option<Person>, StoreError>;

    /// Adds a person with the link that lets them choose a password, and tells all admins.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the e-mail address is in use on this server.
    async fn invite(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewTechnician,
        link: &NewLink<'_>,
    ) -> Result<(), StoreError>;

    /// Sends a link to a person, as they were `seen`: their invitation again, or one for a forgotten
    /// password. The link before it is void.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when they have chosen a password meanwhile.
    async fn send_link(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Person,
        link: &NewLink<'_>,
    ) -> Result<(), StoreError>;

    /// Voids the link of an invitation.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when there is none any more.
    async fn withdraw_invitation(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError>;

    /// Changes what a person is called and may do, as it was `seen`; all admins hear of the latter.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is not as seen any more, or no admin would be left.
    async fn change_person(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &Person,
        change: &PersonChange<'_>,
    ) -> Result<(), StoreError>;

    /// Takes a person's authenticator and recovery codes away and ends their sessions; they and all
    /// admins hear of it.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when they have none.
    async fn take_authenticator(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError>;

    /// Ends a person's sessions, with their pods and frames.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when the person is not there.
    async fn sign_person_out(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError>;

    /// Removes a person: sign-in, sessions, links and who they are in PSAs end; what they did stays, and
    /// their address can be used again. All admins hear of it.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when they have left meanwhile, or no admin would be left.
    async fn remove_person(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: TechnicianId,
    ) -> Result<(), StoreError>;

    /// Whether everybody of the account needs a second factor.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn account_forces_mfa(&self, account: AccountId) -> Result<bool, StoreError>;

    /// Asks everybody of the account for a second factor, or only those whose own row says so; of the
    /// latter all admins hear.
    ///
    /// # Errors
    /// [`StoreError::MovedOn`] when it is so already.
    async fn force_mfa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        on: bool,
    ) -> Result<(), StoreError>;
}
