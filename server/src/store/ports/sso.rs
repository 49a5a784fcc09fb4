//! Single sign-on. Signing in starts before an account is known, so the look-ups by domain, by the
//! issuer's id and by a browser's cookie are exceptions to "account first". What they find says whose it is.

use crate::store::{
    NewSession, SsoChange, SsoPerson, SsoProof, SsoRow, SsoSubject, SsoTrip, StoreError,
    Technician, Tested,
};
use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, TechnicianId};

/// Accounts' issuers, one each, and who is who there.
#[async_trait]
pub trait SsoStore {
    /// The account's.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sso_of(&self, account: AccountId) -> Result<Option<SsoRow>, StoreError>;

    /// Whether any account of the server has one that is on: whether the sign-in page speaks of it.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn has_sso(&self) -> Result<bool, StoreError>;

    /// The one with this id, for a link that people keep.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sso_by_id(&self, id: IntegrationId) -> Result<Option<SsoRow>, StoreError>;

    /// The one that addresses in this domain (lower case) lead to.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sso_by_domain(&self, domain: &str) -> Result<Option<SsoRow>, StoreError>;

    /// Domains that technicians of the account have addresses in, sorted.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn technician_domains(&self, account: AccountId) -> Result<Vec<String>, StoreError>;

    /// Adds the account's issuer; all admins are mailed.
    ///
    /// # Errors
    /// `Taken` when the account has one, or a domain leads elsewhere.
    async fn add_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: IntegrationId,
        new: &SsoChange<'_>,
    ) -> Result<(), StoreError>;

    /// Changes one that is as it was read (`seen.integration.changed_at`).
    ///
    /// # Errors
    /// `MovedOn` when somebody else has changed it meanwhile; `Taken` when a domain leads elsewhere.
    async fn change_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &SsoRow,
        change: &SsoChange<'_>,
    ) -> Result<(), StoreError>;

    /// Switches it on or off. `alarm`: what admins are mailed.
    ///
    /// # Errors
    /// `MovedOn` when it is so already, or there is none.
    async fn switch_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        on: bool,
        alarm: Option<&str>,
    ) -> Result<(), StoreError>;

    /// Writes down that an admin has tested it, and what came of it.
    ///
    /// # Errors
    /// `MovedOn` when it was changed since it was read.
    async fn note_sso_test(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        seen: &SsoRow,
        tested: Tested<'_>,
    ) -> Result<(), StoreError>;

    /// Deletes it with its secret, its domains and everybody's link; the audit stays.
    ///
    /// # Errors
    /// `MovedOn` when there is none.
    async fn end_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        alarm: Option<&str>,
    ) -> Result<(), StoreError>;

    /// Writes down that a browser is sent to the issuer.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn begin_sso(&self, account: AccountId, trip: &SsoTrip) -> Result<(), StoreError>;

    /// The trip of the browser with this cookie (hash), which ends here: it is found once.
    ///
    /// # Errors
    /// When the database does not take it.
    async fn end_trip(&self, id: &[u8], now: Millis) -> Result<Option<SsoTrip>, StoreError>;

    /// Who this is here, unless they have left.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sso_technician(
        &self,
        account: AccountId,
        who: SsoSubject<'_>,
    ) -> Result<Option<Technician>, StoreError>;

    /// Everybody who is linked, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn sso_people(&self, account: AccountId) -> Result<Vec<SsoPerson>, StoreError>;

    /// Links a technician, by an act of theirs, while the issuer is as it was read.
    ///
    /// # Errors
    /// `Taken` when either is linked already; `MovedOn` when the proof or the issuer is not good any more.
    async fn link_sso(
        &self,
        account: AccountId,
        now: Millis,
        seen: &SsoRow,
        technician: TechnicianId,
        who: SsoSubject<'_>,
        proof: SsoProof<'_>,
    ) -> Result<(), StoreError>;

    /// Takes a technician's link away. Their sessions end, but for `keep`: their own.
    ///
    /// # Errors
    /// `MovedOn` when they are not linked.
    async fn unlink_sso(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        technician: TechnicianId,
        keep: &[u8],
    ) -> Result<(), StoreError>;

    /// Begins a session for whom the issuer has confirmed: half of one, or a whole one where nothing else is
    /// asked for. `instead_of` ends with it.
    ///
    /// # Errors
    /// `MovedOn` when the person is not linked any more, or the issuer is not as it was read.
    async fn sign_in_by_sso(
        &self,
        account: AccountId,
        now: Millis,
        seen: &SsoRow,
        who: SsoSubject<'_>,
        new: &NewSession<'_>,
        instead_of: Option<&[u8]>,
    ) -> Result<(), StoreError>;
}
