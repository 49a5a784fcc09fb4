//! What the domain asks of a database, one trait per noun. Both databases keep each promise that
//! stands here, in the same words: the statements under `queries/` are compiled once for each.

mod accounts;
mod after;
mod answers;
mod api_keys;
mod applied;
mod approvals;
mod attempts;
mod audit;
mod audit_checks;
mod audit_reads;
mod brands;
mod cards;
mod checks;
mod companies;
mod contact_sync;
mod contacts;
mod deliveries;
mod duo;
mod figures;
mod frames;
mod history;
mod import;
mod inspect;
mod integrations;
mod limits;
mod links;
mod m365;
mod mails;
mod outbox;
mod own;
mod people;
mod phones;
mod policies;
mod psa;
mod reach;
mod reset_reads;
mod resets;
#[cfg(any(test, feature = "seed"))]
mod seed;
mod senders;
mod sent_contacts;
mod sessions;
mod shares;
mod sso;
mod team;
mod technicians;
mod texts;
mod verifications;
mod webhooks;

use shared::Millis;

use super::StoreError;
pub use accounts::AccountStore;
pub use after::AfterStore;
pub use answers::AnswerStore;
pub use api_keys::ApiKeyStore;
pub use applied::AppliedStore;
pub use approvals::ApprovalStore;
pub use attempts::AttemptStore;
pub use audit::AuditStore;
pub use audit_checks::AuditCheckStore;
pub use audit_reads::AuditReadStore;
pub use brands::BrandStore;
pub use cards::CardStore;
pub use checks::CheckStore;
pub use companies::CompanyStore;
pub use contact_sync::ContactSyncStore;
pub use contacts::ContactStore;
pub use deliveries::DeliveryStore;
pub use duo::DuoStore;
pub use figures::FigureStore;
pub use frames::FrameStore;
pub use history::HistoryStore;
pub use import::ImportStore;
pub use inspect::InspectStore;
pub use integrations::IntegrationStore;
pub use limits::LimitStore;
pub use links::LinkStore;
pub use m365::M365Store;
pub use mails::MailStore;
pub use outbox::OutboxStore;
pub use own::OwnStore;
pub use people::PeopleStore;
pub use phones::PhoneStore;
pub use policies::PolicyStore;
pub use psa::PsaStore;
pub use reach::ReachStore;
pub use reset_reads::ResetReadStore;
pub use resets::ResetStore;
#[cfg(any(test, feature = "seed"))]
pub use seed::SeedStore;
pub use senders::SenderStore;
pub use sent_contacts::{Hashes, SentContactStore};
pub use sessions::SessionStore;
pub use shares::ShareStore;
pub use sso::SsoStore;
pub use team::TeamStore;
pub use technicians::TechnicianStore;
pub use texts::TextStore;
pub use verifications::VerificationStore;
pub use webhooks::WebhookStore;

/// A database.
#[async_trait::async_trait]
pub trait AnyStore:
    AccountStore
    + AfterStore
    + AnswerStore
    + ApiKeyStore
    + AppliedStore
    + ApprovalStore
    + AttemptStore
    + AuditCheckStore
    + AuditReadStore
    + AuditStore
    + BrandStore
    + CardStore
    + CheckStore
    + CompanyStore
    + ContactStore
    + DeliveryStore
    + ContactSyncStore
    + DuoStore
    + FigureStore
    + FrameStore
    + HistoryStore
    + ImportStore
    + InspectStore
    + IntegrationStore
    + LimitStore
    + LinkStore
    + M365Store
    + MailStore
    + OutboxStore
    + OwnStore
    + PeopleStore
    + PhoneStore
    + PolicyStore
    + PsaStore
    + ReachStore
    + ResetReadStore
    + ResetStore
    + SeedInTests
    + SenderStore
    + SentContactStore
    + SessionStore
    + ShareStore
    + TeamStore
    + SsoStore
    + TechnicianStore
    + TextStore
    + VerificationStore
    + WebhookStore
    + Send
    + Sync
{
    /// The time by the clock that several processes share; `None` where there is only ours.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn shared_clock(&self) -> Result<Option<Millis>, StoreError>;

    /// Whether it can still be written. A server that can't should be started anew.
    fn can_write(&self) -> bool;

    /// Closes the connections; what is committed is on disk already.
    async fn close(&self);
}

/// [`SeedStore`] where there are tests, nothing elsewhere.
#[cfg(any(test, feature = "seed"))]
pub trait SeedInTests: SeedStore {}
#[cfg(any(test, feature = "seed"))]
impl<T: SeedStore> SeedInTests for T {}
/// Nothing: only tests seed rows.
#[cfg(not(any(test, feature = "seed")))]
pub trait SeedInTests {}
#[cfg(not(any(test, feature = "seed")))]
impl<T> SeedInTests for T {}
