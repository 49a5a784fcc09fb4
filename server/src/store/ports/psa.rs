//! The account's PSAs: connected, changed, switched, tested, deleted; and who technicians are there.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use crate::store::{NewPsa, PsaChange, PsaPerson, PsaRow, StoreError, Technician, Tested};

/// PSAs, one of each kind for an account.
#[async_trait]
pub trait PsaStore {
    /// One of the account.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn psa(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Option<PsaRow>, StoreError>;

    /// One by its id alone: the page in its frames, which knows nothing else and is told nothing
    /// but who may frame it.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn psa_by_id(&self, id: IntegrationId) -> Result<Option<PsaRow>, StoreError>;

    /// All of the account, by kind.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn psas(&self, account: AccountId) -> Result<Vec<PsaRow>, StoreError>;

    /// Adds one with its sealed secrets.
    ///
    /// # Errors
    /// `Taken` when the account has one of that kind.
    async fn add_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        new: &NewPsa,
    ) -> Result<(), StoreError>;

    /// Changes one that is as it was read (`seen.integration.changed_at`). One that moved forgets who
    /// technicians are there, and all admins are told by mail.
    ///
    /// # Errors
    /// `MovedOn` when somebody else has changed it meanwhile, or deleted it.
    async fn change_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &PsaRow,
        change: &PsaChange<'_>,
    ) -> Result<(), StoreError>;

    /// Switches one on or off. Off, its frames and their pods are signed out.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or there is none.
    async fn switch_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Says whether our own pages list its tickets and contacts: those that are here, and those that will
    /// be. On, all admins are told by mail. Off, contacts that a pod has shown stay listed.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or there is none.
    async fn list_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Writes down that somebody has tested one, and what came of it.
    ///
    /// # Errors
    /// `MovedOn` when it was changed since it was read.
    async fn note_psa_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &PsaRow,
        tested: Tested<'_>,
    ) -> Result<(), StoreError>;

    /// Deletes one with its secrets, its companies, who technicians are there, and its frames; contacts
    /// and tickets stay for the audit. All admins are told by mail.
    ///
    /// # Errors
    /// `MovedOn` when there is none.
    async fn end_psa(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
    ) -> Result<(), StoreError>;

    /// The technician whom a person of the PSA is linked to, unless they have left.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn technician_of_person(
        &self,
        account: AccountId,
        id: IntegrationId,
        person: &str,
    ) -> Result<Option<Technician>, StoreError>;

    /// Everybody who is linked, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn psa_people(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PsaPerson>, StoreError>;

    /// Forgets who somebody is there, and ends that technician's frames in it.
    ///
    /// # Errors
    /// `MovedOn` when nobody is linked to that person.
    async fn unlink_person(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        person: &str,
    ) -> Result<(), StoreError>;
}
