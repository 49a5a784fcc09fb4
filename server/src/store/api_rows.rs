//! What stands in the tables of keys, webhooks and their deliveries, and what programs read of the history,
//! as types.

use shared::{
    AccountId, Channel, Code, ContactId, CustomerId, IntegrationId, Millis, Outcome, ResetId,
    Stage, TechnicianId, TicketId, VerificationId,
};
use uuid::Uuid;

use crate::api_keys::Scope;
use crate::webhooks::Event;

/// A key of a program, without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// Whether the account is switched on.
    pub account_on: bool,
    /// What people call it.
    pub name: String,
    /// The characters that it is recognised by.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Who made it, by name.
    pub made_by_name: String,
    /// When.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// When it was used last, to the hour.
    pub used_at: Option<Millis>,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

impl ApiKey {
    /// Whether it is good for anything.
    #[must_use]
    pub fn is_live(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// A key to be kept.
pub struct NewApiKey<'a> {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: &'a str,
    /// The characters that it is recognised by.
    pub prefix: &'a str,
    /// Keyed hash.
    pub hash: &'a [u8],
    /// What it may do.
    pub scopes: &'a [Scope],
    /// When it ends.
    pub expires_at: Millis,
}

/// Where an account's programs hear of what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// Where to.
    pub url: String,
    /// What it tells.
    pub events: Vec<Event>,
    /// Whether names go with ids.
    pub with_names: bool,
    /// Whether it is switched on.
    pub is_on: bool,
    /// When it was added.
    pub created_at: Millis,
    /// Which version this is: a change names the one that it was made of.
    pub version: Millis,
    /// Since when nothing has been taken there.
    pub failing_since: Option<Millis>,
}

/// What a webhook says from now on.
pub struct WebhookChange<'a> {
    /// Which.
    pub id: Uuid,
    /// The version that it was made of; nothing for a new one.
    pub seen: Option<Millis>,
    /// Where to.
    pub url: &'a str,
    /// What it tells.
    pub events: &'a [Event],
    /// Whether names go with ids.
    pub with_names: bool,
    /// The signing key, sealed for this row and address, where it is a new one.
    pub sealed: Option<&'a [u8]>,
    /// For the audit: which kind of change, and what it is about.
    pub act: crate::audit::Act,
    /// For the mail to all admins.
    pub alarm: Option<crate::webhooks::Alarm>,
}

/// One thing to be told, or that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// Where to.
    pub webhook: Uuid,
    /// What it is.
    pub event: String,
    /// What is sent; empty once it is settled.
    pub body: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// When it happened.
    pub created_at: Millis,
    /// When it is tried next.
    pub due_at: Millis,
    /// When it is given up.
    pub give_up_at: Millis,
    /// What the newest try was answered, where it was.
    pub status: Option<u16>,
    /// How long that took.
    pub took_ms: Option<i64>,
    /// When that was.
    pub tried_at: Option<Millis>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent.
    Waiting,
    /// It was taken.
    Done,
    /// Given up.
    Failed,
}

/// How a try went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// The answer's HTTP status, where there was one.
    pub status: Option<u16>,
    /// How long it took.
    pub took_ms: i64,
    /// When it ended.
    pub at: Millis,
}

/// What follows a try that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is tried again then.
    Later(Millis),
    /// It is given up.
    GivenUp,
    /// The other side wants no more of them, or has taken none for days: the webhook is switched off.
    SwitchOff,
}

/// From where a list is read on: behind this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When it was.
    pub at: Millis,
    /// Its id.
    pub id: Uuid,
}

/// A reset, as programs read it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of `Reset`")]
pub struct PastReset {
    pub id: ResetId,
    pub customer: CustomerId,
    pub contact: ContactId,
    pub ticket: Option<TicketId>,
    pub technician: TechnicianId,
    pub integration: IntegrationId,
    pub verification: VerificationId,
    pub phone_masked: String,
    pub one_factor: bool,
    pub stage: Stage,
    pub code: Option<Code>,
    pub asked_at: Millis,
    pub applied_at: Option<Millis>,
    pub settled_at: Option<Millis>,
    /// When its newest link was opened.
    pub opened_at: Option<Millis>,
}

/// A verification, as programs read it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of `Verification`")]
pub struct PastVerification {
    pub id: VerificationId,
    pub customer: CustomerId,
    pub contact: ContactId,
    pub ticket: Option<TicketId>,
    pub technician: TechnicianId,
    pub channel: Channel,
    pub masked: String,
    pub outcome: Outcome,
    pub code: Option<Code>,
    pub sent_at: Millis,
    pub verified_at: Option<Millis>,
    pub used_by: Option<ResetId>,
}

/// A contact as a program sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentContact {
    /// At which customer.
    pub customer: CustomerId,
    /// What the other system calls it.
    pub external_id: Option<String>,
    /// The person's name.
    pub name: String,
    /// Their address, in lower case; may be empty.
    pub email: String,
    /// Numbers on their card.
    pub phones: Vec<String>,
}

/// What came of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is there now.
    Added(ContactId),
    /// It says something else now.
    Changed(ContactId),
    /// It said so already.
    Same(ContactId),
    /// Several have this address: nobody knows which is meant.
    Ambiguous,
    /// Somebody else of this customer, whom the other system calls something else, has this address.
    AddressTaken,
    /// They vouch for others, which goes by who they are: a program gives them no other address.
    Approver,
    /// It is in a PSA: what stands there counts.
    OfPsa,
}
