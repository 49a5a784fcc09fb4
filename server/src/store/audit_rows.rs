//! What the audit's pages ask for, and what they get.

use shared::{ContactId, CustomerId, Millis, ResetId, TechnicianId};
use uuid::Uuid;

use crate::audit::Kind;

/// Which entries of an account: those that all of it is true of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// What they are about.
    pub kind: Option<Kind>,
    /// Who did it.
    pub technician: Option<TechnicianId>,
    /// For which customer.
    pub customer: Option<CustomerId>,
    /// About whom.
    pub contact: Option<ContactId>,
    /// Of which reset.
    pub reset: Option<ResetId>,
    /// From this moment on.
    pub from: Option<Millis>,
    /// Before this moment.
    pub until: Option<Millis>,
}

/// A part of an account's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeqSpan {
    /// The first number in it.
    pub first: i64,
    /// The number behind its last.
    pub end: i64,
}

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number in the account's chain.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// What, as JSON.
    pub body: String,
}

/// What lists can be filtered by, with names.
#[derive(Debug, Clone, Default)]
pub struct AuditChoices {
    /// The account's technicians, also those who have left.
    pub technicians: Vec<(Uuid, String)>,
    /// Its customers.
    pub customers: Vec<(Uuid, String)>,
}

/// The newest check of an account's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// Which one.
    pub run: Uuid,
    /// When whoever does it was last heard of.
    pub seen_at: Millis,
    /// How many entries it is of.
    pub entries: i64,
    /// How many it has been at.
    pub walked: i64,
    /// What came of it, as `audit::check` seals it; `None` while it is under way.
    pub sealed: Option<Vec<u8>>,
}
