//! Policies: what an account demands, and its customers where they differ.

use async_trait::async_trait;
use shared::{AccountId, CustomerId, Millis, TechnicianId};

use crate::policy::Policy;
use crate::store::{Policies, PolicyChange, PolicyCustomer, PolicyRows, StoreError};

/// Policies.
#[async_trait]
pub trait PolicyStore {
    /// What holds for this customer: what it says, over what the account says, over what is built
    /// in. One query: every look of a pod asks it.
    ///
    /// # Errors
    /// When the database can't be read; `Inconsistent` when what stands there can't be meant, for
    /// then nobody knows what should hold.
    async fn policy(&self, account: AccountId, customer: CustomerId) -> Result<Policy, StoreError>;

    /// What the account says, and this customer.
    ///
    /// # Errors
    /// As [`PolicyStore::policy`].
    async fn policy_rows(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<PolicyRows, StoreError>;

    /// What the account says, and all of its customers that say something themselves.
    ///
    /// # Errors
    /// As [`PolicyStore::policy`].
    async fn policies(&self, account: AccountId) -> Result<Policies, StoreError>;

    /// Every customer, and what it says itself, by name.
    ///
    /// # Errors
    /// As [`PolicyStore::policy`].
    async fn policy_customers(&self, account: AccountId)
    -> Result<Vec<PolicyCustomer>, StoreError>;

    /// Changes a policy. One audit entry; a mail to every admin where the change says so.
    ///
    /// # Errors
    /// `MovedOn` when it is not what it was when it was read, there is no such customer, or it does
    /// not go together with what another layer says by now.
    async fn change_policy(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        change: &PolicyChange<'_>,
    ) -> Result<(), StoreError>;
}
