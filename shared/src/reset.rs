//! A reset as both sides see it: what the confirmation shows, what is asked, how far it is.

use serde::{Deserialize, Serialize};

use crate::{Code, ContactId, Factor, Millis, ResetId, TicketId};

/// The stages of a reset (design §4). Everything before `Applied` can be thrown away, everything
/// after it can only be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The password is sealed, the share closed; Microsoft knows nothing.
    Staged,
    /// Microsoft is being asked; it holds the old or the sealed password.
    Applying,
    /// Microsoft holds the sealed password; the share can be opened.
    Applied,
    /// Nothing was changed.
    Refused,
    /// In doubt, and out of tries or time: a person decides.
    Stuck,
    /// Applied, and everything that had to be sent was sent or given up.
    Completed,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 6] = [
        Stage::Staged,
        Stage::Applying,
        Stage::Applied,
        Stage::Refused,
        Stage::Stuck,
        Stage::Completed,
    ];

    /// As in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Staged => "staged",
            Stage::Applying => "applying",
            Stage::Applied => "applied",
            Stage::Refused => "refused",
            Stage::Stuck => "stuck",
            Stage::Completed => "completed",
        }
    }

    /// The stage of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Whether a reset in this stage keeps others for the same person waiting (P5).
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Stage::Staged | Stage::Applying)
    }
}

/// One thing that stands in the way of a reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Which.
    pub code: Code,
    /// What the code can't say by itself: the name of a permission, who is at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl From<Code> for Finding {
    fn from(code: Code) -> Self {
        Self { code, about: None }
    }
}

/// GET `/api/preflight`: what the confirmation shows. Nothing has been changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preflight {
    /// The person as Microsoft knows them.
    pub person: String,
    /// What they sign in with.
    pub upn: String,
    /// The customer.
    pub customer: String,
    /// The tenant's domain, from the UPN.
    pub tenant: String,
    /// Where the link will go, masked.
    pub phone: Option<String>,
    /// One factor or two.
    pub factor: Factor,
    /// Since when the phone is another one than before, where that is recent: then there is an
    /// unlock code whatever the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_changed_at: Option<Millis>,
    /// Whether the technician will say an unlock code.
    pub unlock_code: bool,
    /// Everything that stands in the way; empty when the reset may go ahead.
    pub findings: Vec<Finding>,
    /// What should make the technician think twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Finding>,
    /// Who approved, where somebody had to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// What was shown, sealed by the server: goes back in the `ResetAsk`, so that what is checked
    /// and texted is what was confirmed. `None` when there are findings.
    pub sealed: Option<String>,
}

/// PUT `/api/resets/{id}`. The same id with the same body asks once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetAsk {
    /// For whom.
    pub contact: ContactId,
    /// In which ticket.
    pub ticket: Option<TicketId>,
    /// `Preflight::sealed`, as it came.
    pub sealed: String,
}

/// What became of the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ShareState {
    /// Not yet: Microsoft has not confirmed the password.
    Closed,
    /// Can be opened.
    Open {
        /// Until when.
        expires_at: Millis,
    },
    /// One device opened it.
    Opened {
        /// When.
        at: Millis,
    },
    /// Its time went by unopened: nobody has this password.
    Expired,
    /// Closed by a technician or a newer reset. Nobody has this password, unless it was opened
    /// before.
    Revoked {
        /// When one device had opened it: whoever did may have read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opened: Option<Millis>,
    },
    /// Closed by five wrong unlock codes; the password is kept for a new link.
    Locked,
    /// Destroyed with a refused reset; the old password stands.
    Destroyed,
}

/// Other devices that tried a link after it was opened: they got nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateView {
    /// How often; a thousand stands for more.
    pub count: i64,
    /// When the last one did.
    pub at: Millis,
}

/// The steps that the pod shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A password was made and sealed.
    Sealed,
    /// Microsoft holds it.
    PasswordSet,
    /// The person's sign-in sessions ended; only where policy asks for it.
    SessionsEnded,
    /// The provider accepted the text.
    TextSent,
    /// The carrier says that it arrived.
    TextDelivered,
    /// One device opened the link.
    LinkOpened,
    /// The ticket has its note.
    NoteWritten,
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum StepState {
    /// Not yet.
    Waiting,
    /// Now.
    Running,
    /// Done.
    Done {
        /// When.
        at: Millis,
    },
    /// It did not work.
    Failed {
        /// Why.
        code: Code,
    },
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepView {
    /// Which.
    pub what: StepKind,
    /// How it stands.
    pub state: StepState,
}

/// What the technician may do with a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ResetAct {
    /// Text the same link again.
    Resend,
    /// Make a new link for the same password, to a phone that Microsoft has registered.
    NewLink,
    /// End it: nobody gets this password any more.
    GiveUp,
}

/// GET and PUT `/api/resets/{id}`: how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetView {
    /// Its id.
    pub id: ResetId,
    /// Its stage.
    pub stage: Stage,
    /// When it was asked for.
    pub asked_at: Millis,
    /// By whom.
    pub asked_by: String,
    /// The person, as Microsoft knows them.
    pub person: String,
    /// Where the link goes, masked.
    pub phone: String,
    /// Whether the person is asked for a password of their own at the next sign-in.
    pub must_change: bool,
    /// What has been done, in order.
    pub steps: Vec<StepView>,
    /// Why it was refused or is stuck.
    pub code: Option<Code>,
    /// The link.
    pub share: ShareState,
    /// To be said on the phone. Only for the technician who asked, until the link is opened.
    pub unlock_code: Option<String>,
    /// Wrong unlock codes that the link still bears, while it asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// Somebody else tried the link after it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<LateView>,
    /// What may be done now.
    pub acts: Vec<ResetAct>,
}

/// What kind of phone Microsoft has registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PhoneKind {
    /// The one that gets Microsoft's own codes by text.
    Mobile,
    /// A second mobile, which Microsoft itself only calls.
    AlternateMobile,
}

/// GET `/api/resets/{id}/phones`: where a new link may go. Asked of Microsoft now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhonesView {
    /// The first mobile first.
    pub phones: Vec<PhoneView>,
}

/// One phone that may get a new link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneView {
    /// Masked.
    pub masked: String,
    /// Which of the person's phones.
    pub kind: PhoneKind,
    /// Whether the link goes there so far.
    pub used: bool,
    /// One factor when it also verified the caller.
    pub factor: Factor,
    /// Whether the technician will say an unlock code.
    pub unlock_code: bool,
    /// Names the phone in a `ResendAsk`, sealed by the server.
    pub sealed: String,
}

/// POST `/api/resets/{id}/resend` with a body: a new link instead of the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResendAsk {
    /// `PhoneView::sealed`, as it came.
    pub sealed: String,
}
