//! PSAs, their companies and people, and frames, as types.

use shared::{
    AccountId, ContactId, CustomerId, IntegrationId, Millis, PairingId, TechnicianId, TicketId,
};

use super::{Customer, Integration, SecretChange, Session};
use crate::psa::PsaKind;

/// An account's PSA.
#[derive(Debug, Clone)]
pub struct PsaRow {
    /// The integration itself.
    pub integration: Integration,
    /// Which PSA.
    pub kind: PsaKind,
    /// Whether our own pages list its tickets and contacts.
    pub list_here: bool,
}

/// A new PSA.
#[derive(Debug, Clone)]
pub struct NewPsa {
    /// Its id.
    pub id: IntegrationId,
    /// Which.
    pub kind: PsaKind,
    /// JSON of its settings.
    pub settings: String,
    /// Sealed for this integration.
    pub secrets: Vec<SecretChange>,
}

/// A change of a PSA, whole.
#[derive(Debug, Clone, Copy)]
pub struct PsaChange<'a> {
    /// JSON of its settings.
    pub settings: &'a str,
    /// Sealed secrets that come or go with it.
    pub secrets: &'a [SecretChange],
    /// Whether it leads to another host, or there as somebody else: who is who there is forgotten.
    pub moved: bool,
    /// Which fields it changes, for the audit: names, never what stood in them.
    pub about: &'a str,
}

/// A company of a PSA that somebody has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// Its id over there.
    pub company: String,
    /// Its name there.
    pub name: String,
    /// Its website's domain, or nothing.
    pub domain: String,
    /// Which customer it is.
    pub customer: Option<Customer>,
}

/// Which customer a company is, from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapping {
    /// Nobody's.
    Nobody,
    /// This one.
    To(CustomerId),
    /// This one, where it is nobody's so far.
    Suggested(CustomerId),
    /// A new one with the company's name.
    New(CustomerId),
}

/// A PSA's contact, as far as it is kept: the card itself is read there each time.
#[derive(Debug, Clone, Copy)]
pub struct SeenContact<'a> {
    /// Its id over there.
    pub id: &'a str,
    /// Whose.
    pub customer: CustomerId,
    /// The person's name.
    pub name: &'a str,
    /// Keyed hash of the address; `None` where there is none.
    pub address_hash: Option<&'a [u8]>,
}

/// A PSA's ticket, as far as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct SeenTicket<'a> {
    /// Its id over there.
    pub id: &'a str,
    /// As people say it.
    pub number: &'a str,
    /// Its headline.
    pub summary: &'a str,
    /// When it was opened.
    pub created_at: Millis,
    /// Whether it is closed.
    pub closed: bool,
}

/// Where a contact or a ticket comes from: the PSA, and the id there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsaRef {
    /// The PSA.
    pub integration: IntegrationId,
    /// The id over there; empty for what was in a system that the PSA does not lead to any more.
    pub id: String,
}

/// Who a technician is in a PSA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsaPerson {
    /// The id over there.
    pub person: String,
    /// What they sign in with there.
    pub login: String,
    /// Who.
    pub technician: TechnicianId,
    /// Their name here.
    pub name: String,
    /// Since when.
    pub linked_at: Millis,
}

/// What a frame's cookie leads to.
#[derive(Debug, Clone)]
pub struct FrameSession {
    /// The frame's session.
    pub session: Session,
    /// Whether it is the newest cookie; otherwise the one before it, which is good for a moment.
    pub newest: bool,
    /// Whether the cookie before is used after that moment: somebody has a copy.
    pub replayed: bool,
}

/// A frame's cookie that takes another's place.
#[derive(Debug, Clone, Copy)]
pub struct NewCookie<'a> {
    /// The frame's session.
    pub session: &'a [u8],
    /// Hash of the one before.
    pub before: &'a [u8],
    /// Until when that one is still good.
    pub before_until: Millis,
    /// Hash of the new one.
    pub cookie: &'a [u8],
    /// Whether a person has opened the frame.
    pub used: bool,
}

/// A frame that wants to be paired.
#[derive(Debug, Clone)]
pub struct NewPairing {
    /// Its id.
    pub id: PairingId,
    /// In which PSA.
    pub integration: IntegrationId,
    /// SHA-256 of what only the frame holds.
    pub challenge: Vec<u8>,
    /// Keyed hash of what the frame shows.
    pub code_hash: Vec<u8>,
    /// From where it asks.
    pub address: String,
    /// With which browser.
    pub browser: String,
    /// Whom the host has confirmed there: id and login.
    pub person: Option<(String, String)>,
    /// Until when.
    pub expires_at: Millis,
}

/// A frame that waits, or was approved and not yet redeemed.
#[derive(Debug, Clone)]
pub struct Pairing {
    /// Whose.
    pub account: AccountId,
    /// What was asked.
    pub asked: NewPairing,
    /// When.
    pub created_at: Millis,
    /// Who approved, and when they proved their second factor.
    pub approved: Option<(TechnicianId, Millis)>,
}

/// A frame's session to be begun with the redeeming of a pairing.
#[derive(Debug, Clone, Copy)]
pub struct NewFrame<'a> {
    /// Its id: nobody holds a token for it.
    pub id: &'a [u8],
    /// Hash of its cookie.
    pub cookie: &'a [u8],
    /// In which host.
    pub host: shared::Host,
    /// When it ends.
    pub expires_at: Millis,
}

/// A contact and a ticket that a PSA's ticket leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mirrored {
    /// Its contact.
    pub contact: ContactId,
    /// The ticket.
    pub ticket: Option<TicketId>,
}
