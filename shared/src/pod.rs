//! What the pod shows, in one answer.

use serde::{Deserialize, Serialize};

use crate::{
    Code, ContactId, Finding, Millis, Outcome, ResetView, Shield, Source, TechnicianId, TicketId,
};

/// The product that the pod is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// Our own web UI.
    Web,
}

/// POST `/api/pod/token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodTokenAsk {
    /// Where the pod is shown.
    pub host: Host,
}

/// A bearer for the pod's calls, kept in memory only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodTokenView {
    /// Goes into `Authorization: Bearer …`.
    pub token: String,
    /// Ask for the next one before.
    pub expires_at: Millis,
}

/// GET `/api/pod/state?contact=…&ticket=…&since=…`: answers at once when `since` is not the
/// present `tag`, otherwise as soon as something changes, or after 25 seconds as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodState {
    /// Names this state; opaque.
    pub tag: String,
    /// The server's clock when it answered, for countdowns.
    pub now: Millis,
    /// Who is looking.
    pub technician: TechnicianView,
    /// Whom the ticket is about.
    pub contact: ContactView,
    /// The ticket, where there is one.
    pub ticket: Option<TicketView>,
    /// What Microsoft says about the person, for display.
    pub directory: DirectoryView,
    /// One per destination, those that count for a reset first.
    pub shields: Vec<Shield>,
    /// Why **Password Reset** does not work now; `None` when it does. Courtesy: the server
    /// checks again.
    pub blocked: Option<Finding>,
    /// The newest reset of this person, if it is recent.
    pub reset: Option<ResetView>,
    /// The newest verifications of this contact, newest first.
    pub history: Vec<HistoryView>,
    /// What an admin should look after before it stops resets; `None` for everybody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeView>,
}

/// Something for an admin to look after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    /// One sentence.
    pub text: String,
    /// Where it is looked after: a path on our own origin.
    pub path: String,
}

/// The technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicianView {
    /// Their id.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
}

/// The contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Its id.
    pub id: ContactId,
    /// The person's name as the PSA knows it.
    pub name: String,
    /// The customer's name.
    pub customer: String,
}

/// The ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketView {
    /// Its id.
    pub id: TicketId,
    /// As people say it.
    pub number: String,
    /// Its headline.
    pub summary: String,
}

/// What Microsoft says about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum DirectoryView {
    /// Being looked up.
    Looking,
    /// One person.
    Found {
        /// Their display name.
        name: String,
        /// What they sign in with.
        upn: String,
    },
    /// Not to be had.
    Trouble {
        /// Why.
        code: Code,
    },
}

/// One line of a contact's verification history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// When it was sent.
    pub at: Millis,
    /// Masked.
    pub destination: String,
    /// Where we know the destination from.
    pub source: Source,
    /// By whom.
    pub technician: String,
    /// In which ticket.
    pub ticket: Option<String>,
    /// What it came to.
    pub outcome: Outcome,
}
