//! What the pod shows, in one answer.

use serde::{Deserialize, Serialize};

use crate::{
    ApprovalId, Channel, Code, ContactId, Finding, Millis, Outcome, ResetView, Shield, Source,
    TechnicianId, TicketId,
};

/// The product that the pod is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// Our own web UI.
    Web,
    /// ConnectWise PSA.
    #[serde(rename = "connectwise")]
    ConnectWise,
    /// HaloPSA.
    Halo,
    /// Autotask PSA.
    Autotask,
}

impl Host {
    /// Each of them.
    pub const ALL: [Host; 4] = [Host::Web, Host::ConnectWise, Host::Halo, Host::Autotask];

    /// As it is stored, sent, and written into a page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Host::Web => "web",
            Host::ConnectWise => "connectwise",
            Host::Halo => "halo",
            Host::Autotask => "autotask",
        }
    }

    /// The host of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.as_str() == text)
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Host::Web => "MSP Process",
            Host::ConnectWise => "ConnectWise PSA",
            Host::Halo => "HaloPSA",
            Host::Autotask => "Autotask PSA",
        }
    }
}

/// POST `/api/pod/token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PodTokenAsk {
    /// Where the pod is shown.
    pub host: Host,
}

/// A bearer for the pod's calls, kept in memory only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PodTokenView {
    /// Goes into `Authorization: Bearer …`.
    pub token: String,
    /// Ask for the next one before.
    pub expires_at: Millis,
    /// The server's clock.
    pub now: Millis,
}

/// GET `/api/pod/state?contact=…&ticket=…&since=…`: answers at once when `since` is not the
/// present `tag`, otherwise as soon as something changes, or after 25 seconds as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// What should make the technician think twice.
    pub warnings: Vec<Finding>,
    /// The newest approval that was asked for here, while it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalView>,
    /// Who may vouch for the contact, where the policy has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<VoucherView>,
    /// What an admin should look after before it stops resets; `None` for everybody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeView>,
}

/// Somebody who may vouch for the contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoucherView {
    /// Who.
    pub contact: ContactId,
    /// Their name.
    pub name: String,
    /// Their shields, for this contact.
    pub shields: Vec<Shield>,
}

/// Another technician's approval of a reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalView {
    /// Its id.
    pub id: ApprovalId,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Millis,
    /// Until when it can be answered; once approved, until when it counts.
    pub expires_at: Millis,
    /// How it stands.
    pub state: ApprovalState,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// Whether the technician who looks may answer.
    pub may_answer: bool,
}

/// How an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalState {
    /// Nobody has answered.
    Asked,
    /// Yes.
    Approved,
    /// No.
    Refused,
    /// Nobody answered in time, or it was not used in time.
    Expired,
    /// A reset has used it.
    Used,
}

/// POST `/api/approvals`: another technician is to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalAsk {
    /// Whose password.
    pub contact: ContactId,
    /// In which ticket.
    pub ticket: Option<TicketId>,
}

/// POST `/api/approvals/{id}/answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalAnswer {
    /// Yes or no.
    pub approve: bool,
}

/// Something for an admin to look after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeView {
    /// One sentence.
    pub text: String,
    /// Where it is looked after: a path on our own origin.
    pub path: String,
}

/// The technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TechnicianView {
    /// Their id.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
}

/// The contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// How.
    pub channel: Channel,
    /// What it came to.
    pub outcome: Outcome,
    /// Whose word it was, where somebody else vouched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<String>,
}
