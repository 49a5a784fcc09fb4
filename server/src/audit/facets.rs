//! What entries are filtered by: columns beside the body, made of it when it is written. They are not
//! under the MAC by themselves, so whoever can write to the database could hide an entry from a filter:
//! the check of the chain makes them anew from the body and compares.

use serde::{Deserialize, Serialize};
use shared::{ContactId, CustomerId, ResetId, TechnicianId};
use uuid::Uuid;

use super::{Act, Entry};

/// What an act is about, at a glance. An act that changes its kind needs a migration of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Who came in, and who did not.
    SignIn,
    /// Whether a caller is who they say.
    Verification,
    /// Passwords, from the question to the end.
    Reset,
    /// The link and the text that carries it.
    Link,
    /// Notes in tickets, notices and mails.
    Message,
    /// Policy, branding, integrations.
    Setting,
    /// Who is who: technicians, contacts and their phones.
    People,
}

impl Kind {
    /// All, as a filter offers them.
    pub const ALL: [Self; 7] = [
        Self::Reset,
        Self::Verification,
        Self::Link,
        Self::Message,
        Self::SignIn,
        Self::People,
        Self::Setting,
    ];

    /// As in the column.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::SignIn => 1,
            Self::Verification => 2,
            Self::Reset => 3,
            Self::Link => 4,
            Self::Message => 5,
            Self::Setting => 6,
            Self::People => 7,
        }
    }

    /// The kind of this number.
    #[must_use]
    pub fn numbered(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// As in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Verification => "verification",
            Self::Reset => "reset",
            Self::Link => "link",
            Self::Message => "message",
            Self::Setting => "setting",
            Self::People => "people",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-ins",
            Self::Verification => "Verifications",
            Self::Reset => "Resets",
            Self::Link => "Links",
            Self::Message => "Notes and mails",
            Self::Setting => "Settings and integrations",
            Self::People => "People and phones",
        }
    }
}

impl Act {
    /// What it is about.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::SignedIn
            | Self::SignInRefused
            | Self::SignedOut
            | Self::FramePaired
            | Self::PairingRefused
            | Self::FrameReplayed
            | Self::FrameEnded
            | Self::SetUpLinkMade
            | Self::SetUpDone
            | Self::SecondFactorConfirmed
            | Self::SsoConfirmed
            | Self::SsoLinked
            | Self::SsoUnlinked
            | Self::AuthenticatorEnrolled
            | Self::AuthenticatorReplaced
            | Self::AuthenticatorTaken
            | Self::RecoveryCodesMade
            | Self::RecoveryCodeUsed
            | Self::PasswordChanged
            | Self::PasswordForgotten
            | Self::SecondFactorForced
            | Self::SessionsEnded
            | Self::KeyUsed => Kind::SignIn,
            Self::VerificationSent
            | Self::VerificationUnsent
            | Self::VerificationDone
            | Self::VerificationWrong
            | Self::VerificationDenied
            | Self::VerificationExpired => Kind::Verification,
            Self::ApprovalAsked
            | Self::ApprovalGiven
            | Self::ApprovalRefused
            | Self::ResetAsked
            | Self::ResetApplying
            | Self::ResetAnswered
            | Self::ResetApplied
            | Self::ResetRefused
            | Self::ResetStuck
            | Self::ResetCompleted
            | Self::ResetGivenUp
            | Self::ResetSuperseded
            | Self::PasswordResealed
            | Self::SessionsRevoked
            | Self::SessionsNotRevoked
            | Self::Braked => Kind::Reset,
            Self::TextSent
            | Self::TextFailed
            | Self::TextDelivered
            | Self::TextAskedAgain
            | Self::LinkReplaced
            | Self::ShareMade
            | Self::ShareOpened
            | Self::ShareUnlockWrong
            | Self::ShareLocked
            | Self::ShareLateAttempt
            | Self::ShareExpired
            | Self::ShareRevoked => Kind::Link,
            Self::NoteWritten
            | Self::NoteFailed
            | Self::NoticeSent
            | Self::NoticeFailed
            | Self::NobodyToTell
            | Self::MailSent
            | Self::MailFailed => Kind::Message,
            Self::Imported
            | Self::CompanyMapped
            | Self::PsaListed
            | Self::PsaUnlisted
            | Self::ContactsImported
            | Self::ContactSyncOn
            | Self::ContactSyncOff
            | Self::ContactsSynced
            | Self::PolicyChanged
            | Self::IntegrationAdded
            | Self::IntegrationChanged
            | Self::IntegrationMoved
            | Self::CredentialReplaced
            | Self::CertificateMade
            | Self::IntegrationSwitchedOn
            | Self::IntegrationSwitchedOff
            | Self::IntegrationDeleted
            | Self::IntegrationTested
            | Self::SelfTestBegun
            | Self::IntegrationFailing
            | Self::IntegrationWorks
            | Self::IntegrationExpiring
            | Self::BrandChanged
            | Self::AuditExported
            | Self::KeyMade
            | Self::KeyRevoked
            | Self::WebhookAdded
            | Self::WebhookChanged
            | Self::WebhookMoved
            | Self::WebhookRekeyed
            | Self::WebhookSwitchedOn
            | Self::WebhookSwitchedOff
            | Self::WebhookDeleted => Kind::Setting,
            Self::PersonLinked
            | Self::PersonUnlinked
            | Self::PersonInvited
            | Self::InvitationWithdrawn
            | Self::PersonChanged
            | Self::PersonRemoved
            | Self::CustomerGiven
            | Self::CustomerTaken
            | Self::CardChanged
            | Self::DirectoryLinked
            | Self::DirectoryLost
            | Self::PhoneSeen
            | Self::PhoneChanged => Kind::People,
        }
    }
}

impl Act {
    /// Whether only an admin may do it, where it is somebody's act at all. Of most changes of people it
    /// is asked before they are made: an admin may take the role from themselves.
    #[must_use]
    pub const fn is_an_admins(self) -> bool {
        matches!(self, Self::PersonUnlinked)
            || matches!(self.kind(), Kind::Setting)
                && !matches!(
                    self,
                    Self::IntegrationTested
                        | Self::IntegrationFailing
                        | Self::IntegrationWorks
                        | Self::IntegrationExpiring
                )
    }
}

/// The columns beside an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// What it is about; `None` for a row that has none.
    pub kind: Option<Kind>,
    /// Who did it.
    pub technician: Option<TechnicianId>,
    /// For which customer.
    pub customer: Option<CustomerId>,
    /// About whom.
    pub contact: Option<ContactId>,
    /// Which reset.
    pub reset: Option<ResetId>,
}

impl From<&Entry> for Facets {
    fn from(entry: &Entry) -> Self {
        Self {
            kind: Some(entry.act.kind()),
            technician: entry.technician,
            customer: entry.customer,
            contact: entry.contact,
            reset: entry.reset,
        }
    }
}

impl Facets {
    /// Whether these columns are what this body says. An act of a newer version of this program, which
    /// we can't sort, is held against its ids alone.
    #[must_use]
    pub fn are_of(&self, body: &str) -> bool {
        #[derive(Deserialize)]
        struct Body<'a> {
            #[serde(borrow)]
            act: std::borrow::Cow<'a, str>,
            technician: Option<Uuid>,
            customer: Option<Uuid>,
            contact: Option<Uuid>,
            reset: Option<Uuid>,
        }
        let Ok(body) = serde_json::from_str::<Body<'_>>(body) else { return false };
        let kind = known(&body.act).map(Act::kind);
        (kind.is_none() || kind == self.kind)
            && body.technician == self.technician.map(|id| id.0)
            && body.customer == self.customer.map(|id| id.0)
            && body.contact == self.contact.map(|id| id.0)
            && body.reset == self.reset.map(|id| id.0)
    }
}

/// The act of this name, where this version knows it.
fn known(act: &str) -> Option<Act> {
    use serde::de::IntoDeserializer;
    let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        act.into_deserializer();
    Act::deserialize(name).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The names of all acts: serde lists them when it is asked for one that is not there.
    pub(crate) fn all_acts() -> Vec<(String, Act)> {
        let told = serde_json::from_str::<Act>("\"no-act\"").unwrap_err().to_string();
        let names = told.split('`').skip(3).step_by(2);
        names.map(|name| (name.to_owned(), known(name).expect(name))).collect()
    }

    #[test]
    fn every_act_has_a_kind_that_can_be_found() {
        let all = all_acts();
        assert!(all.len() > 75, "{}", all.len());
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(Kind::numbered(kind.number()), Some(kind));
            assert!(all.iter().any(|(_, act)| act.kind() == kind), "{kind:?}");
        }
        assert_eq!((Kind::parse("'"), Kind::numbered(0)), (None, None));
    }

    #[test]
    fn columns_are_held_against_the_body() {
        let entry = Entry {
            contact: Some(ContactId(Uuid::from_u128(7))),
            ..Entry::new(Act::ShareOpened).about("\u{0} \"x\"")
        };
        let body = serde_json::to_string(&entry).unwrap();
        let right = Facets::from(&entry);
        assert!(right.are_of(&body));
        for wrong in [
            Facets { contact: None, ..right.clone() },
            Facets { contact: Some(ContactId(Uuid::from_u128(8))), ..right.clone() },
            Facets { kind: Some(Kind::Reset), ..right.clone() },
            Facets { kind: None, ..right.clone() },
            Facets { reset: Some(ResetId(Uuid::from_u128(7))), ..right.clone() },
        ] {
            assert!(!wrong.are_of(&body), "{wrong:?}");
        }
        assert!(!right.are_of("{}") && !right.are_of("nonsense"));
        // Of a newer version: its ids count.
        let newer = body.replace("share-opened", "share-sung");
        assert!(right.are_of(&newer));
        assert!(!Facets { contact: None, ..right }.are_of(&newer));
    }
}
