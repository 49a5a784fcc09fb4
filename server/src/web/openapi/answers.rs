//! Codes that go together: what one question to another company, or one look at a person, may come to.

use shared::Code;

/// What Microsoft, or how a customer's tenant is connected, may say.
pub(super) const MICROSOFT: &[Code] = &[
    Code::M365Missing,
    Code::M365Off,
    Code::M365Moved,
    Code::M365SecretWrong,
    Code::M365SecretExpired,
    Code::M365CertificateWrong,
    Code::M365AppDisabled,
    Code::M365Blocked,
    Code::M365CloudWrong,
    Code::M365AppUnknown,
    Code::M365TenantUnknown,
    Code::M365PermissionMissing,
    Code::M365RoleMissing,
    Code::M365LicenceUnknown,
    Code::M365OwnersUnknown,
    Code::MicrosoftUnavailable,
    Code::MicrosoftRefused,
];

/// What a person may be at Microsoft.
pub(super) const PERSON: &[Code] = &[
    Code::PersonNotFound,
    Code::PersonAmbiguous,
    Code::PersonNoAddress,
    Code::PersonPrivileged,
    Code::PersonProtected,
    Code::PersonSynced,
    Code::PersonFederated,
    Code::PersonGuest,
    Code::PersonDisabled,
    Code::PersonResource,
    Code::PersonRestricted,
    Code::NoPhone,
    Code::PhoneChanged,
];

/// What a PSA may say.
pub(super) const PSA: &[Code] = &[
    Code::PsaMissing,
    Code::PsaCredentials,
    Code::PsaPermission,
    Code::PsaUnavailable,
    Code::PsaRefused,
    Code::PsaNoInternalNote,
    Code::PsaNoteVisible,
    Code::TicketUnknown,
    Code::TicketNoContact,
    Code::CompanyUnmapped,
];

/// What an SMS provider may say.
pub(super) const SMS: &[Code] = &[
    Code::SmsMissing,
    Code::SmsCredentials,
    Code::SmsUnavailable,
    Code::SmsNotSetUp,
    Code::SmsNumber,
    Code::SmsOptedOut,
    Code::SmsBlocked,
    Code::SmsUndelivered,
];

/// What a mail server may say.
pub(super) const MAIL: &[Code] = &[
    Code::MailMissing,
    Code::MailCredentials,
    Code::MailUnavailable,
    Code::MailTls,
    Code::MailHost,
    Code::MailAddress,
    Code::MailRefused,
];

/// What Duo may say.
pub(super) const DUO: &[Code] = &[
    Code::DuoMissing,
    Code::DuoCredentials,
    Code::DuoClock,
    Code::DuoPersonUnknown,
    Code::DuoNoPush,
    Code::DuoBypass,
    Code::DuoDenied,
    Code::DuoUnavailable,
    Code::DuoRefused,
];

/// Whose verification counts, and whose does not.
pub(super) const VERIFIED: &[Code] = &[
    Code::NotVerified,
    Code::VerificationStale,
    Code::VerificationNotAccepted,
    Code::VerificationUsed,
    Code::VerificationElsewhere,
    Code::VerificationVoid,
    Code::SameNumber,
    Code::ApprovalNeeded,
    Code::ApprovalAwaited,
    Code::ApprovalRefused,
    Code::ApprovalOver,
    Code::VouchingOff,
    Code::VoucherUnfit,
];

/// Who may reset, and when nobody may.
pub(super) const MAY_RESET: &[Code] = &[
    Code::Forbidden,
    Code::SecondFactorNeeded,
    Code::PairingNeeded,
    Code::CustomerOff,
    Code::LimitReached,
    Code::Brake,
];
