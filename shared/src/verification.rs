//! Verification as both sides see it: a shield per destination.

use serde::{Deserialize, Serialize};

use crate::{Code, ContactId, Millis, TicketId, VerificationId};

/// A way to reach a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DestinationKind {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An app on the person's phone.
    App,
}

/// Where we know a destination from. Decides what a verification by it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Registered at Microsoft as an authentication method.
    Microsoft,
    /// The PSA, a profile, a file: for display, not for a reset.
    Contact,
    /// Enrolled at Duo.
    Duo,
}

/// How the proof travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A code by text, read out by the person and typed by the technician.
    SmsCode,
    /// A link by text; its page takes the two digits that the technician says.
    SmsLink,
    /// A code by mail.
    EmailCode,
    /// A link by mail.
    EmailLink,
    /// A push of Duo, approved on the person's phone.
    DuoPush,
}

/// What a channel carries, and so who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The technician types what the person reads out.
    Code,
    /// The person enters on a page what the technician says.
    Link,
    /// The person taps in an app.
    Push,
}

impl Channel {
    /// All of them, those that prove most first.
    pub const ALL: [Self; 5] =
        [Self::DuoPush, Self::SmsCode, Self::SmsLink, Self::EmailCode, Self::EmailLink];

    /// As in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SmsCode => "sms-code",
            Self::SmsLink => "sms-link",
            Self::EmailCode => "email-code",
            Self::EmailLink => "email-link",
            Self::DuoPush => "duo-push",
        }
    }

    /// What it carries.
    #[must_use]
    pub const fn proof(self) -> Proof {
        match self {
            Self::SmsCode | Self::EmailCode => Proof::Code,
            Self::SmsLink | Self::EmailLink => Proof::Link,
            Self::DuoPush => Proof::Push,
        }
    }

    /// What kind of destination it goes to.
    #[must_use]
    pub const fn kind(self) -> DestinationKind {
        match self {
            Self::SmsCode | Self::SmsLink => DestinationKind::Phone,
            Self::EmailCode | Self::EmailLink => DestinationKind::Email,
            Self::DuoPush => DestinationKind::App,
        }
    }
}

/// POST `/api/verifications`: send a code, a link or a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Somebody else's word for them: the destination is that person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouching: Option<Vouching>,
}

/// Somebody else vouches for the contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Vouching {
    /// Who.
    pub voucher: ContactId,
    /// Why, in the technician's words: it goes on the record.
    pub note: String,
}

/// POST `/api/verifications/{id}/answer`: what the contact read out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerAsk {
    /// Digits; blanks are ignored.
    pub code: String,
}

/// What a verification has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// It could not be sent.
    Unsent,
    /// The person says that it was not them.
    Denied,
}

/// One verification, as answered to the pod that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerificationView {
    /// Its id.
    pub id: VerificationId,
    /// What it has come to.
    pub outcome: Outcome,
    /// The masked destination.
    pub masked: String,
    /// Until when it can be answered.
    pub expires_at: Millis,
    /// How often it may still be tried.
    pub tries_left: u32,
    /// For a link: two digits to say on the phone, for the technician who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
}

/// What a channel's newest verification looks like, with what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shield {
    /// Names the destination in a `VerificationAsk`; the server looks the address up itself.
    pub key: String,
    /// Phone, e-mail or app.
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
    /// How much more may be sent there.
    pub sends: Sends,
}

/// What is left of the limits on sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sends {
    /// So many more may be sent now.
    pub left: u32,
    /// From then on more may be, where something was sent lately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_at: Option<Millis>,
}

/// The state of one shield.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ShieldState {
    /// Nothing was sent, or it is long over.
    Grey,
    /// Something is out.
    Pending {
        /// Which verification to answer.
        verification: VerificationId,
        /// How.
        channel: Channel,
        /// For a link: two digits to say on the phone, for the technician who sent it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        say: Option<String>,
        /// For a code: how many digits it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digits: Option<u32>,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// The verifying number also gets the link: one factor, so the unlock code is on.
    One,
    /// Two different things.
    Two,
}
