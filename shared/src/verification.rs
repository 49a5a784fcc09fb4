//! Verification as both sides see it: a shield per destination.

use serde::{Deserialize, Serialize};

use crate::{Code, ContactId, Millis, TicketId, VerificationId};

/// A way to reach a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationKind {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
}

/// Where we know a destination from. Decides what a verification by it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Registered at Microsoft as an authentication method.
    Microsoft,
    /// The PSA, a profile, a file: for display, not for a reset.
    Contact,
}

/// How the proof travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A six-digit code by text, read out by the contact and typed by the technician.
    SmsCode,
}

/// POST `/api/verifications`: send a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationAsk {
    /// Who is to be verified.
    pub contact: ContactId,
    /// In which ticket; without one, the verification counts for this technician only.
    pub ticket: Option<TicketId>,
    /// The shield's `key`.
    pub destination: String,
    /// How.
    pub channel: Channel,
}

/// POST `/api/verifications/{id}/answer`: what the contact read out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerAsk {
    /// Six digits; blanks are ignored.
    pub code: String,
}

/// What a verification has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Sent, waiting for an answer.
    Pending,
    /// Proved.
    Verified,
    /// Nobody answered in time.
    Expired,
    /// The last try was wrong.
    TriesSpent,
    /// A newer one took its place.
    Replaced,
    /// The text could not be sent.
    Unsent,
}

/// One verification, as answered to the pod that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationView {
    /// Its id.
    pub id: VerificationId,
    /// What it has come to.
    pub outcome: Outcome,
    /// The masked destination.
    pub masked: String,
    /// Until when the code can be entered.
    pub expires_at: Millis,
    /// How often it may still be tried.
    pub tries_left: u32,
}

/// What a channel's newest verification looks like, with what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shield {
    /// Names the destination in a `VerificationAsk`; the server looks the address up itself.
    pub key: String,
    /// Phone or e-mail.
    pub kind: DestinationKind,
    /// Where we know it from.
    pub source: Source,
    /// Masked for display.
    pub masked: String,
    /// Grey, pending, green, failed.
    pub state: ShieldState,
    /// Ways to use it; empty with a reason in `why_not`.
    pub channels: Vec<Channel>,
    /// Why nothing can be sent there.
    pub why_not: Option<Code>,
    /// Whether a verification by it is accepted for a reset.
    pub for_reset: bool,
}

/// The state of one shield.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ShieldState {
    /// Nothing was sent, or it is long over.
    Grey,
    /// A code is out.
    Pending {
        /// Which verification to answer.
        verification: VerificationId,
        /// Until when.
        expires_at: Millis,
        /// How often it may still be tried.
        tries_left: u32,
    },
    /// Proved, and fresh.
    Verified {
        /// Stays green until.
        until: Millis,
    },
    /// The newest attempt failed.
    Failed {
        /// How.
        code: Code,
    },
}

/// How many independent things stand between a stranger and the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// The verifying number also gets the link: one factor, so the unlock code is on.
    One,
    /// Two different things.
    Two,
}
