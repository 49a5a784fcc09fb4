//! What an import writes, row by row.

use std::collections::BTreeSet;

use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis, TechnicianId, TicketId};
use uuid::Uuid;

use super::Role;
use crate::brand::logo::Logo;

/// One row of an import, parents first.
#[expect(missing_docs, reason = "the fields are the columns")]
pub enum ImportRow {
    /// The account itself.
    Account { id: AccountId, name: String },
    /// What the account demands of all its customers, or one of them says itself, as JSON.
    Policy { customer: Option<CustomerId>, body: String },
    /// How end users see it, or one of its customers, as JSON.
    Brand { customer: Option<CustomerId>, body: String },
    /// A picture that a brand names.
    Logo(Logo),
    /// A person at the MSP; signing in comes separately.
    Technician {
        id: TechnicianId,
        name: String,
        email: String,
        role: Role,
        may_reset: bool,
        may_use_ui: bool,
    },
    /// The customers that a technician has, who else has all.
    Reach { technician: TechnicianId, customers: BTreeSet<CustomerId> },
    /// A company that it serves.
    Customer { id: CustomerId, name: String },
    /// A person there.
    Contact {
        id: ContactId,
        customer: CustomerId,
        name: String,
        email: String,
        phones: Vec<String>,
    },
    /// A ticket about one.
    Ticket {
        id: TicketId,
        customer: CustomerId,
        contact: ContactId,
        number: String,
        summary: String,
        created_at: Millis,
    },
    /// A connection to another company.
    Integration {
        id: IntegrationId,
        customer: Option<CustomerId>,
        kind: &'static str,
        name: String,
        settings: String,
    },
    /// A company of a PSA, and which customer it is.
    Company { integration: IntegrationId, company: String, name: String, customer: CustomerId },
    /// A domain of email addresses that leads to the account's issuer.
    SsoDomain { integration: IntegrationId, domain: String },
    /// Its secret, sealed already.
    Secret { kind: &'static str, row: Uuid, sealed: Vec<u8> },
}
