//! What was found before the click, found again later: before each try (P12), and before a new
//! link.

use shared::Code;

use super::Resets;
use crate::directory::{Registered, Tenant};
use crate::outbound::{Answer, Refusal};
use crate::seal::Purpose;
use crate::store::{Lease, Reset, StoreError};

impl Resets {
    /// The switches: the account, the customer, the integration that the reset was staged for; and
    /// that it still leads to the same tenant, or another one's person would be asked for by an id
    /// that nobody has confirmed.
    pub(super) async fn switched_on(
        &self,
        reset: &Reset,
    ) -> Result<Result<Tenant, Refusal>, StoreError> {
        let Some(contact) = self.store.contact(reset.account, reset.contact).await? else {
            return Ok(Err(Code::NotFound.into()));
        };
        if !self.store.account_on(reset.account).await? {
            return Ok(Err(Code::AccountOff.into()));
        }
        if !contact.customer_on {
            return Ok(Err(Code::CustomerOff.into()));
        }
        // Whose switches and whose tenant they were is not so any more.
        if contact.customer != reset.customer {
            return Ok(Err(Code::M365Moved.into()));
        }
        Ok(match self.directory.tenant(reset.account, reset.customer).await? {
            Ok(tenant) if tenant.integration != reset.integration => Err(Code::M365Moved.into()),
            Ok(tenant) if self.tenant_hash(&tenant) != reset.tenant_hash => {
                Err(Code::M365Moved.into())
            }
            other => other,
        })
    }

    /// Keyed hash of where a tenant is. Its application may become another one: that is no other
    /// person.
    pub(super) fn tenant_hash(&self, tenant: &Tenant) -> Vec<u8> {
        let it = tenant.settings();
        let parts = [&it.login, &it.graph, &it.tenant].map(String::as_bytes);
        self.store.keys.hash(Purpose::Destination, &[&[b"tenant".as_slice()], &parts[..]].concat())
    }

    /// The guard, asked of Microsoft now: the person may still be reset. Gives the phones that
    /// they have registered. Each question may wait for its time limit: whoever drives renews the
    /// lease before each.
    pub(super) async fn person_now(
        &self,
        tenant: &Tenant,
        reset: &Reset,
        lease: Option<Lease>,
    ) -> Result<Result<Vec<Registered>, Answer<()>>, StoreError> {
        self.renew(reset, lease).await?;
        let person = match self.directory.person(tenant, &reset.directory_user).await.done() {
            Ok(person) => person,
            Err(other) => return Ok(Err(other)),
        };
        self.renew(reset, lease).await?;
        let phones = match self.directory.phones(tenant, &reset.directory_user).await.done() {
            Ok(phones) => phones,
            Err(other) => return Ok(Err(other)),
        };
        self.renew(reset, lease).await?;
        let finding =
            self.directory.standing(tenant, &person, &[]).await.findings.into_iter().next();
        Ok(match finding {
            None => Ok(phones),
            Some(finding) if finding.code == Code::MicrosoftUnavailable => Err(Answer::Later(None)),
            Some(finding) => {
                Err(Answer::Refused(Refusal { code: finding.code, about: finding.about }))
            }
        })
    }

    async fn renew(&self, reset: &Reset, lease: Option<Lease>) -> Result<(), StoreError> {
        let Some(lease) = lease else { return Ok(()) };
        let until = self.clock.now().plus(self.settings.reset.lease_ms);
        self.store.renew_lease(reset, Lease { until, ..lease }).await
    }
}
