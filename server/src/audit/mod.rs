//! The audit: what is written down about every act. Entries hold ids, never a name, a phone in
//! full, a code, a link or a password (names stand in `audit_names` and can be erased).
//!
//! Each account's entries form a chain: every MAC covers the one before. What an entry is filtered by
//! stands beside it in columns of its own ([`Facets`]); the check of the chain ([`chain`]) holds them
//! against it. Its words are in [`words`].

pub mod chain;
pub mod check;
pub mod export;
pub mod facets;
pub mod heads;
pub mod words;

pub use chain::{Break, BrokenChain, Intact, KnownHead, fingerprint};
pub use facets::{Facets, Kind};

use serde::{Deserialize, Serialize};
use shared::{
    AccountId, Code, ContactId, CustomerId, IntegrationId, Millis, ResetId, ShareId, TechnicianId,
    TicketId, VerificationId,
};

use crate::seal::{Keys, Purpose};

/// Where an account's chain ends, as a write has read it and holds it.
pub struct Head {
    /// Whose.
    pub account: AccountId,
    /// The newest entry's number; 0 before the first.
    pub count: i64,
    /// The newest entry's MAC.
    pub mac: Vec<u8>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Accounts, people or connections came in from a file.
    Imported,
    /// A technician signed in with password and second factor.
    SignedIn,
    /// They proved their second factor once more.
    SecondFactorConfirmed,
    /// A sign-in failed.
    SignInRefused,
    /// A technician signed out.
    SignedOut,
    /// A frame of a PSA was paired with its technician's own sign-in.
    FramePaired,
    /// A technician said that a frame that asked was not theirs.
    PairingRefused,
    /// A frame's old cookie came again: its session was ended.
    FrameReplayed,
    /// Somebody else signed in to the host: the frame's session was ended.
    FrameEnded,
    /// A person of a PSA was linked to the technician who signed in beside it.
    PersonLinked,
    /// That link was taken away.
    PersonUnlinked,
    /// A PSA's company became a customer's, or nobody's.
    CompanyMapped,
    /// The account's issuer has confirmed who a technician is; our own second factor comes next.
    SsoConfirmed,
    /// A technician linked themselves to who they are at the account's issuer.
    SsoLinked,
    /// That link was taken away.
    SsoUnlinked,
    /// Our own pages list what is in a PSA from then on.
    PsaListed,
    /// They do not any more.
    PsaUnlisted,
    /// Contacts were imported from a file, or sent by a program.
    ContactsImported,
    /// A customer's people at Microsoft are listed as contacts from then on, or others of them.
    ContactSyncOn,
    /// They are not any more; who is listed stays so.
    ContactSyncOff,
    /// The list was brought into step with a customer's people at Microsoft, or with a PSA.
    ContactsSynced,
    /// A set-up link was made.
    SetUpLinkMade,
    /// A set-up link was used: a password was set.
    SetUpDone,
    /// An authenticator was enrolled.
    AuthenticatorEnrolled,
    /// Its owner put another in its place.
    AuthenticatorReplaced,
    /// An admin took it away.
    AuthenticatorTaken,
    /// A person made new recovery codes.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A person chose another password, knowing the old one.
    PasswordChanged,
    /// Somebody asked for a link because a password is forgotten.
    PasswordForgotten,
    /// A person's sessions were ended, by themselves or by an admin.
    SessionsEnded,
    /// A person was invited, or invited again.
    PersonInvited,
    /// The link of an invitation was made void.
    InvitationWithdrawn,
    /// What a person is called or may do was changed.
    PersonChanged,
    /// A person was removed.
    PersonRemoved,
    /// A customer came to the list of a technician's customers.
    CustomerGiven,
    /// It was taken off that list.
    CustomerTaken,
    /// Whether everybody of the account needs a second factor was changed.
    SecondFactorForced,
    /// A code, a link or a push was sent.
    VerificationSent,
    /// It could not be sent.
    VerificationUnsent,
    /// The right code was entered, or the push approved.
    VerificationDone,
    /// A wrong code was entered.
    VerificationWrong,
    /// The person said that it was not them.
    VerificationDenied,
    /// Nobody answered in time.
    VerificationExpired,
    /// The numbers on a contact's card are others than when somebody last looked.
    CardChanged,
    /// Another technician is asked to approve a reset.
    ApprovalAsked,
    /// They approved.
    ApprovalGiven,
    /// They refused.
    ApprovalRefused,
    /// How an account, or one of its customers, verifies and resets was changed.
    PolicyChanged,
    /// A customer's tenant was connected.
    IntegrationAdded,
    /// An integration was changed, but not where it leads.
    IntegrationChanged,
    /// It leads to another tenant, application or cloud.
    IntegrationMoved,
    /// It has a new secret or certificate in use.
    CredentialReplaced,
    /// A certificate was made for it, to be uploaded at Microsoft.
    CertificateMade,
    /// It was switched on.
    IntegrationSwitchedOn,
    /// It was switched off.
    IntegrationSwitchedOff,
    /// It was deleted, with its secrets.
    IntegrationDeleted,
    /// A technician tested it.
    IntegrationTested,
    /// A password that is too short is about to be tried on a test person.
    SelfTestBegun,
    /// It was found not to work any more.
    IntegrationFailing,
    /// It works again.
    IntegrationWorks,
    /// Its secret or certificate is about to end.
    IntegrationExpiring,
    /// How end users see the account, or one of its customers, was changed.
    BrandChanged,
    /// A contact was linked to a directory user.
    DirectoryLinked,
    /// The person whom a contact was linked to is gone, or no longer has its address.
    DirectoryLost,
    /// The phone of a directory user was seen for the first time.
    PhoneSeen,
    /// A directory user's phone is another one than when somebody last looked.
    PhoneChanged,
    /// A reset was asked for and staged.
    ResetAsked,
    /// Microsoft is asked, with the attempt's number.
    ResetApplying,
    /// Microsoft gave an answer short of yes.
    ResetAnswered,
    /// Microsoft holds the new password.
    ResetApplied,
    /// Nothing was changed.
    ResetRefused,
    /// In doubt; a person has to decide.
    ResetStuck,
    /// Everything was sent or given up.
    ResetCompleted,
    /// A technician gave it up.
    ResetGivenUp,
    /// A newer reset of the same person ended its link or its doubt.
    ResetSuperseded,
    /// Another password was sealed because Microsoft refused the first.
    PasswordResealed,
    /// The provider took the text.
    TextSent,
    /// The provider or the carrier did not.
    TextFailed,
    /// The carrier delivered it.
    TextDelivered,
    /// The same link is texted again.
    TextAskedAgain,
    /// The same password got a new link; the one before it is dead.
    LinkReplaced,
    /// The ticket has its note.
    NoteWritten,
    /// The ticket could not get its note.
    NoteFailed,
    /// Microsoft ended the person's sign-in sessions.
    SessionsRevoked,
    /// It did not; the reset stands.
    SessionsNotRevoked,
    /// The provider took the text that tells another phone of the reset.
    NoticeSent,
    /// That text was given up.
    NoticeFailed,
    /// A notification had nobody to go to.
    NobodyToTell,
    /// A mail server took a notification mail.
    MailSent,
    /// A notification mail was given up.
    MailFailed,
    /// The account's brake stopped a reset.
    Braked,
    /// A link was made that stands by itself.
    ShareMade,
    /// One device opened the link.
    ShareOpened,
    /// A wrong unlock code.
    ShareUnlockWrong,
    /// Five wrong unlock codes: closed.
    ShareLocked,
    /// A second device tried an opened link.
    ShareLateAttempt,
    /// Its time went by unopened.
    ShareExpired,
    /// It was ended before its time.
    ShareRevoked,
    /// Entries of this audit left as a file.
    AuditExported,
    /// A key for a program was made.
    KeyMade,
    /// It was revoked.
    KeyRevoked,
    /// A program reads with it: once for each scope and hour.
    KeyUsed,
    /// A webhook was added: what happens here is told elsewhere.
    WebhookAdded,
    /// It tells other things than before.
    WebhookChanged,
    /// It leads elsewhere, with a new signing key.
    WebhookMoved,
    /// It has a new signing key.
    WebhookRekeyed,
    /// It was switched on.
    WebhookSwitchedOn,
    /// It was switched off, by an admin or because nothing was taken there for days.
    WebhookSwitchedOff,
    /// It was deleted, with its signing key.
    WebhookDeleted,
}

/// One entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// What.
    pub act: Act,
    /// Who did it; `None` for the server itself and for end users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technician: Option<TechnicianId>,
    /// For which customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// About whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// In which ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Which integration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<IntegrationId>,
    /// Which verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationId>,
    /// Which reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<ResetId>,
    /// Which share: its row, which leads to no link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareId>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Ids of the other side (Microsoft's request id, the provider's message id), a masked
    /// destination, a number of tries. Never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Whether less is asked for from now on. Not written down: webhooks are told by it.
    #[serde(skip)]
    pub loosens: bool,
}

impl Entry {
    /// An entry that tells only what happened.
    #[must_use]
    pub fn new(act: Act) -> Self {
        Self {
            act,
            technician: None,
            customer: None,
            contact: None,
            ticket: None,
            integration: None,
            verification: None,
            reset: None,
            share: None,
            code: None,
            about: None,
            loosens: false,
        }
    }

    /// Who did it.
    #[must_use]
    pub fn by(mut self, technician: TechnicianId) -> Self {
        self.technician = Some(technician);
        self
    }

    /// Why not.
    #[must_use]
    pub fn because(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// What else is known, without a secret.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }
}

/// The MAC of one entry in its chain.
#[must_use]
pub fn mac(
    keys: &Keys,
    account: AccountId,
    seq: i64,
    at: Millis,
    before: &[u8],
    body: &str,
) -> Vec<u8> {
    keys.hash(
        Purpose::Audit,
        &[account.0.as_bytes(), &seq.to_be_bytes(), &at.0.to_be_bytes(), before, body.as_bytes()],
    )
}
