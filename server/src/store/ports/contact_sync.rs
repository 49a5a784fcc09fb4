//! Contacts that are kept in step with a customer's people at Microsoft, or with a PSA that is listed here.

use async_trait::async_trait;
use shared::{AccountId, Code, ContactId, IntegrationId, Millis, TechnicianId};

use crate::store::{
    ContactSync, Integration, Lease, MetContact, PersonHere, StoreError, SyncRun, SyncedPerson,
    Whom,
};

/// Runs that bring contacts into step.
#[async_trait]
pub trait ContactSyncStore {
    /// The choice of this integration, and how its newest run stands; `None` when its people are not
    /// listed.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contact_sync(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Option<ContactSync>, StoreError>;

    /// Has the people of an M365 integration listed from now on, other ones, or with `None` nobody any more: who is listed then stays so.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or there is no such integration.
    async fn choose_contact_sync(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        whom: Option<Whom>,
    ) -> Result<(), StoreError>;

    /// Makes the next run due now.
    ///
    /// # Errors
    /// `MovedOn` when its people are not listed.
    async fn ask_contact_sync(
        &self,
        account: AccountId,
        id: IntegrationId,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Runs that are due and that nobody holds, the longest due first: a few at a time.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn due_contact_syncs(
        &self,
        now: Millis,
    ) -> Result<Vec<(AccountId, IntegrationId)>, StoreError>;

    /// Begins a run that is due; `None` when somebody else has it. What a run that died had written is told in
    /// the audit here.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn claim_contact_sync(
        &self,
        account: AccountId,
        id: IntegrationId,
        lease: Lease,
        now: Millis,
    ) -> Result<Option<(Integration, Whom)>, StoreError>;

    /// The customer's contacts, as people are compared with them: a PSA's by the hash of their address.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn people_here(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PersonHere>, StoreError>;

    /// Writes some of those whom the run has met; `seen` counts all whom it has met in this step.
    ///
    /// # Errors
    /// `MovedOn` when the run is not held any more, or the integration was changed, switched off or deleted:
    /// nothing is written then.
    async fn put_people(
        &self,
        run: &SyncRun,
        now: Millis,
        seen: usize,
        people: &[SyncedPerson],
    ) -> Result<(), StoreError>;

    /// Writes some of a PSA's contacts whom the run has met, as far as they are of the customer that their
    /// company is.
    ///
    /// # Errors
    /// As for [`ContactSyncStore::put_people`].
    async fn put_contacts(
        &self,
        run: &SyncRun,
        now: Millis,
        contacts: &[MetContact],
    ) -> Result<(), StoreError>;

    /// A PSA's contacts that are listed, with their ids over there.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn listed_of_psa(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<(ContactId, String)>, StoreError>;

    /// Takes contacts off the list whom the run has not met. Nobody is deleted.
    ///
    /// # Errors
    /// As for [`ContactSyncStore::put_people`].
    async fn unlist_people(&self, run: &SyncRun, contacts: &[ContactId]) -> Result<(), StoreError>;

    /// Ends the run, with the reason where it broke off. One audit entry where it has written something.
    ///
    /// # Errors
    /// As for [`ContactSyncStore::put_people`].
    async fn end_contact_sync(
        &self,
        run: &SyncRun,
        now: Millis,
        due_at: Millis,
        code: Option<Code>,
    ) -> Result<(), StoreError>;
}
