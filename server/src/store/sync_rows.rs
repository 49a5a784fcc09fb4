//! Contacts that are kept in step with where people are, as types.

use shared::{AccountId, Code, ContactId, CustomerId, IntegrationId, Millis};
use uuid::Uuid;

/// Who of a customer's people at Microsoft is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Members with a licence.
    Licensed,
    /// All members.
    Everybody,
}

impl Whom {
    /// As it is stored, and as forms say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Licensed => "licensed",
            Self::Everybody => "everybody",
        }
    }

    /// In words, for the audit.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Licensed => "members with a licence",
            Self::Everybody => "all members",
        }
    }

    /// The choice of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Licensed, Self::Everybody].into_iter().find(|whom| whom.as_str() == text)
    }
}

/// An admin's choice that a customer's people, or a PSA's contacts, are listed, and how its newest run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSync {
    /// Who is listed.
    pub whom: Whom,
    /// When the next run is due.
    pub due_at: Millis,
    /// Until when somebody holds it; `None` when nobody does.
    pub held_until: Option<Millis>,
    /// When the newest run began; `None` before the first.
    pub begun_at: Option<Millis>,
    /// What it has met and written.
    pub counts: SyncCounts,
    /// When it ended; `None` while it goes on, or when it died.
    pub ended_at: Option<Millis>,
    /// Why it broke off.
    pub code: Option<Code>,
}

impl ContactSync {
    /// Whether a run is under way.
    #[must_use]
    pub fn is_under_way(&self, now: Millis) -> bool {
        self.held_until.is_some_and(|until| until > now)
    }
}

/// What a run has met and written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncCounts {
    /// People who are to be listed.
    pub seen: u32,
    /// Contacts that were not there.
    pub added: u32,
    /// Contacts with another name or address, or listed again.
    pub changed: u32,
    /// Contacts that are not listed any more.
    pub unlisted: u32,
}

/// A run that somebody holds. Whatever it writes holds only while this is so.
#[derive(Debug, Clone, Copy)]
pub struct SyncRun {
    /// Whose.
    pub account: AccountId,
    /// Of which integration.
    pub integration: IntegrationId,
    /// Which version of it: what was read of another one is of nobody.
    pub version: Millis,
    /// The lease's id.
    pub lease: Uuid,
    /// Until when this step makes it last.
    pub until: Millis,
}

/// A contact of the customer, as people at Microsoft are compared with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHere {
    /// Their id.
    pub contact: ContactId,
    /// Their name.
    pub name: String,
    /// Their address; empty for a PSA's.
    pub email: String,
    /// Whether they are listed.
    pub listed: bool,
    /// Keyed hash of a PSA's contact's address.
    pub address_hash: Option<Vec<u8>>,
    /// Who they are at Microsoft, as an earlier run has met them (object id).
    pub directory_user: Option<String>,
}

/// Somebody at Microsoft whose contact is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedPerson {
    /// Object id.
    pub directory_user: String,
    /// Their name.
    pub name: String,
    /// Their address, in lower case.
    pub email: String,
    /// Which contact that is.
    pub is: SyncedAs,
}

/// Which contact somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncedAs {
    /// A new one, with this id.
    New(ContactId),
    /// One of our own list with this address, whom no run has met before.
    Found(ContactId),
    /// One whom an earlier run has met.
    Known(ContactId),
}

/// A PSA's contact, as a run has met them there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetContact {
    /// Their id over there.
    pub id: String,
    /// Their company's id over there.
    pub company: String,
    /// Which customer that is.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// Their address in lower case, to look whether they stand on our own list: it is not kept. Empty where the
    /// list does not tell it.
    pub address: String,
    /// Keyed hash of it.
    pub address_hash: Option<Vec<u8>>,
}
