//! The one list of problem codes, and the body that carries one (RFC 9457).

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An RFC 9457 body (`application/problem+json`). `code` is stable; words may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:msp-reset:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// What to do next.
    pub detail: String,
    /// For a wrong code: how often it may still be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// For a limit: seconds until it is worth asking again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal;)+) => {
        /// Everything that can go wrong, by its stable name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code, for tests and for the page of codes.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The stable name, as in JSON and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)+ }
            }

            /// The code of this name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Code::$variant),)+ _ => None }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)+ }
            }
        }
    };
}

codes! {
    /// The request makes no sense.
    BadRequest = "bad-request", 400;
    /// What was entered can't be right; which fields stands beside it.
    InvalidFields = "invalid-fields", 422;
    /// Somebody else has changed it since it was read.
    ChangedMeanwhile = "changed-meanwhile", 409;
    /// Nobody is signed in.
    NotSignedIn = "not-signed-in", 401;
    /// E-mail, password or code are wrong: never says which.
    WrongSignIn = "wrong-sign-in", 401;
    /// A second factor is needed: at most 12 hours old for a reset, one hour for a change by an admin.
    SecondFactorNeeded = "second-factor-needed", 403;
    /// This technician may not do this.
    Forbidden = "forbidden", 403;
    /// The request did not come from our own pages.
    OriginRefused = "origin-refused", 403;
    /// Not there, or not yours.
    NotFound = "not-found", 404;
    /// The same id was used for something else.
    IdTaken = "id-taken", 409;
    /// The request is too large.
    TooLarge = "too-large", 413;
    /// Asked too often.
    TooMany = "too-many", 429;
    /// Our fault.
    Internal = "internal", 500;

    /// No successful verification of this person.
    NotVerified = "not-verified", 409;
    /// It was too long ago.
    VerificationStale = "verification-stale", 409;
    /// The way it was done is not accepted for resets.
    VerificationNotAccepted = "verification-not-accepted", 409;
    /// It was used for an earlier reset.
    VerificationUsed = "verification-used", 409;
    /// It was asked for elsewhere: another ticket or another technician.
    VerificationElsewhere = "verification-elsewhere", 409;
    /// Something it was bound to has changed since.
    VerificationVoid = "verification-void", 409;
    /// Wrong code, tries left.
    CodeWrong = "code-wrong", 422;
    /// The code's time is over.
    CodeExpired = "code-expired", 410;
    /// The last try is spent.
    CodeTriesSpent = "code-tries-spent", 410;
    /// A newer code was sent.
    CodeReplaced = "code-replaced", 410;
    /// The destination is not one of this contact.
    DestinationUnknown = "destination-unknown", 422;
    /// This kind of destination can't be used yet.
    ChannelUnavailable = "channel-unavailable", 422;
    /// The policy does not have this way of verifying.
    ChannelOff = "channel-off", 409;
    /// The policy sends no texts to that country.
    CountryOff = "country-off", 409;
    /// The person said that it was not them.
    CallerDenied = "caller-denied", 409;
    /// Nobody may vouch for anybody.
    VouchingOff = "vouching-off", 409;
    /// That person may not vouch for this one.
    VoucherUnfit = "voucher-unfit", 409;
    /// Vouching needs a note.
    NoteMissing = "note-missing", 422;
    /// The number that verified would also get the link.
    SameNumber = "same-number", 409;
    /// Another technician has to approve.
    ApprovalNeeded = "approval-needed", 409;
    /// Another technician was asked and has not answered.
    ApprovalAwaited = "approval-awaited", 409;
    /// Another technician said no.
    ApprovalRefused = "approval-refused", 409;
    /// Nobody approves what they have asked for.
    ApprovalOwn = "approval-own", 403;
    /// It was answered, has run out or was used.
    ApprovalOver = "approval-over", 410;

    /// The card's number and the one at Microsoft differ.
    NumbersDiffer = "numbers-differ", 409;
    /// The card's number was changed lately.
    NumberChanged = "number-changed", 409;
    /// Several resets of one person in a short time.
    PersonRepeats = "person-repeats", 409;
    /// Many resets by one technician in a short time.
    TechnicianRepeats = "technician-repeats", 409;
    /// A verification failed before one succeeded.
    FailedBefore = "failed-before", 409;

    /// The link is unknown, opened, expired or revoked: a stranger is not told which.
    LinkDead = "link-dead", 410;
    /// The unlock code is needed or wrong.
    UnlockWrong = "unlock-wrong", 422;

    /// The customer has a Microsoft 365 integration already.
    M365Taken = "m365-taken", 409;
    /// The customer has no Microsoft 365 integration.
    M365Missing = "m365-missing", 409;
    /// Its integration is switched off.
    M365Off = "m365-off", 409;
    /// The integration leads to another tenant than when the reset was asked for.
    M365Moved = "m365-moved", 409;
    /// Microsoft refused the client secret.
    M365SecretWrong = "m365-secret-wrong", 409;
    /// The client secret has expired.
    M365SecretExpired = "m365-secret-expired", 409;
    /// Microsoft refused the certificate.
    M365CertificateWrong = "m365-certificate-wrong", 409;
    /// The application is switched off in that tenant.
    M365AppDisabled = "m365-app-disabled", 409;
    /// A policy of the tenant keeps the application out.
    M365Blocked = "m365-blocked", 409;
    /// The tenant is in another cloud.
    M365CloudWrong = "m365-cloud-wrong", 409;
    /// The application id is not known in that tenant.
    M365AppUnknown = "m365-app-unknown", 409;
    /// The tenant is not known to this cloud.
    M365TenantUnknown = "m365-tenant-unknown", 409;
    /// A permission is missing; which one stands in the finding.
    M365PermissionMissing = "m365-permission-missing", 409;
    /// The permission is there, and the tenant wants a directory role beside it.
    M365RoleMissing = "m365-role-missing", 409;
    /// The optional permission to end sign-in sessions is missing; the reset stands.
    SessionsPermission = "sessions-permission-missing", 409;
    /// Whether anybody may activate anything can't be known: perhaps the tenant has no licence.
    M365LicenceUnknown = "m365-licence-unknown", 409;
    /// Microsoft does not tell what the person owns.
    M365OwnersUnknown = "m365-owners-unknown", 409;
    /// Microsoft does not answer, or not now.
    MicrosoftUnavailable = "microsoft-unavailable", 503;
    /// Microsoft said no in a way we have no better word for.
    MicrosoftRefused = "microsoft-refused", 409;
    /// Nobody with this address.
    PersonNotFound = "person-not-found", 409;
    /// Two people match.
    PersonAmbiguous = "person-ambiguous", 409;
    /// The contact has no address to find the person by.
    PersonNoAddress = "person-no-address", 409;
    /// Holds or may hold an administrator role.
    PersonPrivileged = "person-privileged", 409;
    /// In the group that the customer has set apart.
    PersonProtected = "person-protected", 409;
    /// Synchronised from on-premises.
    PersonSynced = "person-synced", 409;
    /// In a federated domain.
    PersonFederated = "person-federated", 409;
    /// A guest.
    PersonGuest = "person-guest", 409;
    /// Sign-in is blocked.
    PersonDisabled = "person-disabled", 409;
    /// A room, a shared mailbox.
    PersonResource = "person-resource", 409;
    /// In a restricted administrative unit.
    PersonRestricted = "person-restricted", 409;
    /// No phone registered at Microsoft that can receive texts.
    NoPhone = "no-phone", 409;
    /// The registered phone is not the one that was shown.
    PhoneChanged = "phone-changed", 409;
    /// What was confirmed is too old or not ours.
    PreflightStale = "preflight-stale", 409;

    /// The customer's Duo is not connected, or switched off.
    DuoMissing = "duo-missing", 409;
    /// Duo refused our integration key or our signature.
    DuoCredentials = "duo-credentials", 409;
    /// Duo finds that our clock is wrong.
    DuoClock = "duo-clock", 409;
    /// Duo does not know the person, or they have not enrolled.
    DuoPersonUnknown = "duo-person-unknown", 409;
    /// None of the person's devices takes a push.
    DuoNoPush = "duo-no-push", 409;
    /// Duo lets the person in without asking: that proves nothing.
    DuoBypass = "duo-bypass", 409;
    /// Duo's policy keeps the person out.
    DuoDenied = "duo-denied", 409;
    /// Duo does not answer, or not now.
    DuoUnavailable = "duo-unavailable", 503;
    /// Duo said no in a way we have no better word for.
    DuoRefused = "duo-refused", 409;

    /// The account has no such PSA, or it is switched off.
    PsaMissing = "psa-missing", 409;
    /// The PSA refused our credentials.
    PsaCredentials = "psa-credentials", 409;
    /// Our credentials there may not do this.
    PsaPermission = "psa-permission", 409;
    /// The PSA does not answer, or not now.
    PsaUnavailable = "psa-unavailable", 503;
    /// The PSA said no in a way we have no better word for.
    PsaRefused = "psa-refused", 409;
    /// The PSA has no visibility or kind of note that only the MSP reads.
    PsaNoInternalNote = "psa-no-internal-note", 409;
    /// The PSA wrote a note and shows it to the customer.
    PsaNoteVisible = "psa-note-visible", 409;
    /// The ticket is not there, or not for this technician to see.
    TicketUnknown = "ticket-unknown", 404;
    /// The ticket is about nobody.
    TicketNoContact = "ticket-no-contact", 409;
    /// The ticket's company is no customer here.
    CompanyUnmapped = "company-unmapped", 409;
    /// The host does not confirm who is signed in there.
    HostPersonUnproven = "host-person-unproven", 401;
    /// The host says that this person is switched off there.
    HostPersonDisabled = "host-person-disabled", 403;
    /// The host has confirmed somebody who is another technician here.
    HostPersonOther = "host-person-other", 409;
    /// The frame needs a technician's own sign-in.
    PairingNeeded = "pairing-needed", 401;
    /// The code is not that of a frame that waits.
    PairingCodeWrong = "pairing-code-wrong", 422;
    /// The pairing has run out, was used or refused.
    PairingOver = "pairing-over", 410;

    /// The account has no SMS provider.
    SmsMissing = "sms-missing", 409;
    /// The SMS provider refused our credentials.
    SmsCredentials = "sms-credentials", 409;
    /// The SMS provider does not answer, or not now.
    SmsUnavailable = "sms-unavailable", 503;
    /// The SMS provider's sender or region is not set up for this number.
    SmsNotSetUp = "sms-not-set-up", 409;
    /// The number can't receive texts.
    SmsNumber = "sms-number", 409;
    /// The recipient replied STOP.
    SmsOptedOut = "sms-opted-out", 409;
    /// A carrier does not let the text through.
    SmsBlocked = "sms-blocked", 409;
    /// A carrier could not deliver the text.
    SmsUndelivered = "sms-undelivered", 409;

    /// The account has no mail server.
    MailMissing = "mail-missing", 409;
    /// The mail server refused our credentials.
    MailCredentials = "mail-credentials", 409;
    /// The mail server does not answer, or not now.
    MailUnavailable = "mail-unavailable", 503;
    /// The mail server offers no TLS that proves who it is.
    MailTls = "mail-tls", 409;
    /// The mail server's address is not one that this server may call.
    MailHost = "mail-host", 409;
    /// The recipient has no address, or the mail server refused it.
    MailAddress = "mail-address", 409;
    /// The mail server refused the sender or the mail.
    MailRefused = "mail-refused", 409;

    /// Another reset for this person is under way.
    ResetUnderWay = "reset-under-way", 409;
    /// Microsoft refused the password three times.
    PasswordRefused = "password-refused", 409;
    /// Not done within ten minutes of the click; nothing was changed.
    TooLate = "too-late", 409;
    /// We can't tell whether Microsoft took the password.
    InDoubt = "in-doubt", 409;
    /// The link is not the one that was looked at any more: opened, ended or replaced.
    LinkMoved = "link-moved", 409;
    /// Given up by a technician.
    GivenUp = "given-up", 409;
    /// A limit on resets or texts.
    LimitReached = "limit-reached", 429;
    /// The account is switched off.
    AccountOff = "account-off", 403;
    /// The customer is switched off.
    CustomerOff = "customer-off", 409;
    /// More resets in an hour than the account allows: all stopped.
    Brake = "brake", 429;
}

// By hand: what `derive` makes of seventy variants weighs kilobytes in the pod.
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Code;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a problem code")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Code, E> {
                Code::parse(text).ok_or_else(|| E::custom("no problem code that we know"))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl Problem {
    /// The body for `code`, in plain words.
    #[must_use]
    pub fn new(code: Code) -> Self {
        let words = code.words();
        Self {
            kind: format!("urn:msp-reset:problem:{}", code.as_str()),
            title: words.what.into(),
            status: code.status(),
            code,
            detail: words.next.into(),
            tries_left: None,
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_name_words_and_an_error_status() {
        for (i, code) in Code::ALL.iter().enumerate() {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("{:?}", code.as_str()));
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), *code);
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(Code::ALL[i + 1..].iter().all(|c| c.as_str() != code.as_str()), "{code:?}");
            let words = code.words();
            assert!(words.what.ends_with('.') && words.next.ends_with('.'), "{code:?}");
            assert!(!words.what.contains("not as it should be"), "{code:?} has no words");
        }
    }
}
