//! What stands in the tables of verification and approval, as types.

use shared::{
    AccountId, ApprovalId, Channel, Code, ContactId, CustomerId, Millis, Outcome, Source,
    TechnicianId, TicketId, VerificationId,
};

/// How an outcome is called in the database, and in the marks of notes.
pub(crate) const fn outcome_str(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "pending",
        Outcome::Verified => "verified",
        Outcome::Expired => "expired",
        Outcome::TriesSpent => "tries-spent",
        Outcome::Replaced => "replaced",
        Outcome::Unsent => "unsent",
        Outcome::Denied => "denied",
    }
}

/// One attempt to prove that a contact is who they say.
#[derive(Debug, Clone)]
pub struct Verification {
    /// Its id.
    pub id: VerificationId,
    /// Whose.
    pub account: AccountId,
    /// For which customer.
    pub customer: CustomerId,
    /// Of whom.
    pub contact: ContactId,
    /// Asked for in which ticket.
    pub ticket: Option<TicketId>,
    /// As people say it.
    pub ticket_number: Option<String>,
    /// Asked for by whom.
    pub technician: TechnicianId,
    /// Their name.
    pub technician_name: String,
    /// Who the contact was at Microsoft when it was sent.
    pub directory_user: Option<String>,
    /// How.
    pub channel: Channel,
    /// Where the destination came from.
    pub source: Source,
    /// Keyed hash of the destination.
    pub destination_hash: Vec<u8>,
    /// Keyed hash of what the contact's card said, and the voucher's where there is one.
    pub contact_hash: Vec<u8>,
    /// The destination for people.
    pub masked: String,
    /// Keyed hash of the code, or of a link's two digits; empty when it can't be tried any more.
    pub code_hash: Vec<u8>,
    /// What a link's page is looked up by.
    pub look_id: Option<Vec<u8>>,
    /// Hash of what shows that somebody holds the link.
    pub proof_hash: Option<Vec<u8>>,
    /// A link's two digits, sealed for the technician; gone when it ends.
    pub say_sealed: Option<Vec<u8>>,
    /// A push's id at its provider.
    pub provider_id: Option<String>,
    /// Who vouches, where it is not the contact.
    pub voucher: Option<ContactId>,
    /// Their name.
    pub voucher_name: Option<String>,
    /// Why somebody else vouches.
    pub note: Option<String>,
    /// What it has come to, as recorded: a pending one may have expired since.
    pub outcome: Outcome,
    /// Why it could not be sent.
    pub code: Option<Code>,
    /// Tries left.
    pub tries_left: u32,
    /// When it was sent.
    pub sent_at: Millis,
    /// Until when it can be answered.
    pub expires_at: Millis,
    /// When it was answered rightly.
    pub verified_at: Option<Millis>,
    /// When it came to its end, whatever that was.
    pub ended_at: Option<Millis>,
    /// Whether a reset has used it.
    pub used: bool,
}

impl Verification {
    /// What the ticket's note of its outcome carries, so that a retry finds it.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("[verification {} {}]", self.id, outcome_str(self.outcome))
    }
}

/// A question to another technician whether a reset may go ahead.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// Whose.
    pub account: AccountId,
    /// For which customer.
    pub customer: CustomerId,
    /// Whose password.
    pub contact: ContactId,
    /// Their name.
    pub contact_name: String,
    /// Their company's name.
    pub customer_name: String,
    /// In which ticket.
    pub ticket: Option<TicketId>,
    /// As people say it.
    pub ticket_number: Option<String>,
    /// Who they were at Microsoft.
    pub directory_user: String,
    /// Who asked.
    pub asked_by: TechnicianId,
    /// Their name.
    pub asked_by_name: String,
    /// When.
    pub asked_at: Millis,
    /// Until when it can be answered; once approved, until when it counts.
    pub expires_at: Millis,
    /// What was answered.
    pub approved: Option<bool>,
    /// Who answered.
    pub answered_by: Option<TechnicianId>,
    /// Their name.
    pub answered_by_name: Option<String>,
    /// When.
    pub answered_at: Option<Millis>,
    /// Whether a reset has used it.
    pub used: bool,
}

/// How an attempt came to its end, other than by a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The person approved.
    Verified,
    /// The person says that it was not them.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// It could not be sent, or its provider can't say.
    Unsent(Code),
}
