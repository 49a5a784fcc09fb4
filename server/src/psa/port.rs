//! What every PSA can be asked.

use std::sync::Arc;

use async_trait::async_trait;
use shared::MemberClaim;

use super::{About, Card, Company, Everybody, Memory, NewNote, PsaTicket};
use crate::clock::Clock;
use crate::outbound::{Answer, Outbound};
use crate::settings::Settings;

/// A person of the host whom the host has confirmed to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id over there, which never changes.
    pub id: String,
    /// What they sign in with there.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Whether they are switched off there.
    pub disabled: bool,
}

/// An account's PSA. Every method is one question; what it means, `outbound::Answer` says. Refusals are
/// `psa-credentials`, `psa-permission`, `psa-refused`, `ticket-unknown` and `not-found`; nothing of a
/// PSA's reply ever gets into one.
#[async_trait]
pub trait PsaClient: Send + Sync {
    /// Whether the connection works, and as whom.
    async fn check(&self) -> Answer<About>;

    /// A ticket; `ticket-unknown` when it is not there. With a member it is read as that member, so
    /// that what they may not see stays unseen.
    async fn ticket(&self, id: &str, member: Option<&MemberClaim>) -> Answer<PsaTicket>;

    /// A contact's card; `not-found` when it is not there.
    async fn card(&self, id: &str) -> Answer<Card>;

    /// Companies that are customers over there, by name; all of them, up to a few thousand.
    async fn companies(&self) -> Answer<Vec<Company>>;

    /// Contacts whose name or address has this text in it, a page of them; `company` keeps to one.
    async fn find_contacts(&self, text: &str, company: Option<&str>) -> Answer<Vec<Card>>;

    /// Contacts that are active over there, a page of them; `after` is where the one before ended. Unknown
    /// when these pages would not be all.
    async fn everybody(&self, after: Option<&str>) -> Answer<Everybody>;

    /// The newest open tickets, a page of them.
    async fn newest_tickets(&self) -> Answer<Vec<PsaTicket>>;

    /// Whether the ticket has a note with this mark.
    async fn has_note(&self, ticket: &str, mark: &str) -> Answer<bool>;

    /// Writes an internal note. `psa-no-internal-note` when nothing makes it internal for certain;
    /// `psa-note-visible` when it was written and the PSA does not keep it from the customer.
    async fn write_note(&self, ticket: &str, note: NewNote<'_>) -> Answer<()>;

    /// Who this claim is of; `host-person-unproven` when the host does not confirm it, also where a PSA
    /// has nothing to confirm. `from` is the network that asks: who guesses is slowed down, nobody else.
    async fn member(&self, claim: &MemberClaim, from: &str) -> Answer<Person>;

    /// A person by their id, for hints; `not-found` when there is none.
    async fn person(&self, id: &str) -> Answer<Person>;

    /// Installs our pod by the PSA's own API, where it has one for that: `url` with the PSA's variables
    /// in it. `psa-refused` elsewhere.
    async fn install_pod(&self, url: &str, origin: &str) -> Answer<()>;
}

/// What a client needs to ask.
pub(super) struct Wire {
    pub(super) outbound: Outbound,
    pub(super) clock: Clock,
    pub(super) settings: Arc<Settings>,
    pub(super) memory: Arc<Memory>,
}
