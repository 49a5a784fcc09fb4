//! What stands in the tables of the reset engine, as types.

use shared::{
    AccountId, ApprovalId, Code, ContactId, CustomerId, IntegrationId, Millis, ResetId, Stage,
    TechnicianId, TicketId, VerificationId,
};
use uuid::Uuid;

use crate::language::Language;

/// One password reset.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Its id, made by the pod.
    pub id: ResetId,
    /// Whose.
    pub account: AccountId,
    /// For which customer.
    pub customer: CustomerId,
    /// For whom.
    pub contact: ContactId,
    /// In which ticket.
    pub ticket: Option<TicketId>,
    /// Who asked.
    pub technician: TechnicianId,
    /// Their name.
    pub technician_name: String,
    /// By which integration.
    pub integration: IntegrationId,
    /// Keyed hash of the tenant that it led to at the click.
    pub tenant_hash: Vec<u8>,
    /// What proved the caller.
    pub verification: VerificationId,
    /// Who approved it, where somebody had to.
    pub approval: Option<ApprovalId>,
    /// What the technician was warned of at the click: codes, with blanks between.
    pub warnings: String,
    /// The person's object id there.
    pub directory_user: String,
    /// Their name there.
    pub person: String,
    /// Keyed hash of what was asked.
    pub body_hash: Vec<u8>,
    /// How far it is.
    pub stage: Stage,
    /// The click.
    pub asked_at: Millis,
    /// No PATCH from here on (P12).
    pub apply_before: Millis,
    /// Where the link goes, for people.
    pub phone_masked: String,
    /// Where the link goes, sealed.
    pub phone_sealed: Vec<u8>,
    /// Keyed hash of it.
    pub phone_hash: Vec<u8>,
    /// The unlock code, sealed.
    pub unlock_sealed: Option<Vec<u8>>,
    /// The verifying number also gets the link.
    pub one_factor: bool,
    /// Since when that phone is a new one, where the click found that recent.
    pub phone_changed_at: Option<Millis>,
    /// Microsoft is asked to have the person choose another password at the next sign-in.
    pub must_change: bool,
    /// The person's language as Microsoft has it, where we speak it.
    pub language: Option<Language>,
    /// PATCHes that were begun.
    pub tries: u32,
    /// PATCHes whose answer was recorded.
    pub answers: u32,
    /// Whether any answer was `Unknown`.
    pub unknown: bool,
    /// The newest answer.
    pub answer: Option<LastAnswer>,
    /// Not to be tried before.
    pub retry_at: Millis,
    /// Passwords that Microsoft refused and that were replaced.
    pub reseals: u32,
    /// Why it was refused or is stuck.
    pub code: Option<Code>,
    /// What the code can't say.
    pub about: Option<String>,
    /// When Microsoft took the password.
    pub applied_at: Option<Millis>,
}

/// The newest answer to a PATCH, short of `Done`, which is recorded as the stage `applied`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAnswer {
    /// They said no.
    Refused(Code),
    /// They said no to this password.
    PasswordRefused,
    /// They said not now.
    Later,
    /// We can't tell.
    Unknown,
}

impl LastAnswer {
    /// As in the database.
    #[must_use]
    pub fn to_text(self) -> String {
        match self {
            LastAnswer::Refused(code) => format!("refused:{}", code.as_str()),
            LastAnswer::PasswordRefused => "password-refused".into(),
            LastAnswer::Later => "later".into(),
            LastAnswer::Unknown => "unknown".into(),
        }
    }

    /// What this text means; `None` when nothing we know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "password-refused" => Some(LastAnswer::PasswordRefused),
            "later" => Some(LastAnswer::Later),
            "unknown" => Some(LastAnswer::Unknown),
            _ => Code::parse(text.strip_prefix("refused:")?).map(LastAnswer::Refused),
        }
    }
}

/// Who holds a row for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Random; a late driver's does not match any more.
    pub id: Uuid,
    /// Until when nobody else takes the row.
    pub until: Millis,
}

/// What an outbox row is to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxKind {
    /// The text with the link.
    Text,
    /// The note that the password was set.
    NoteSet,
    /// The note that there is a new link.
    NoteLink,
    /// The note that the same link was texted once more.
    NoteAgain,
    /// The note that the link was opened.
    NoteOpened,
    /// The note that somebody else tried the link after it was opened.
    NoteLate,
    /// The note that five wrong unlock codes closed the link.
    NoteLocked,
    /// The note that the link ended unopened: nobody has this password.
    NoteExpired,
    /// The note that the link was ended before its time.
    NoteRevoked,
    /// The note that a text came to nothing after the other notes were written.
    NoteUnsent,
    /// The note on a verification that has come to its end.
    NoteVerification,
    /// The end of the person's sign-in sessions.
    Sessions,
    /// The text that tells of the reset on another phone of the person.
    Notice,
    /// A notification mail.
    Mail(MailKind),
}

/// What a notification mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// The person, that their password was reset.
    Person,
    /// The same, to the address on their card that is not their mailbox.
    Notice,
    /// The person's manager, that it was.
    Manager,
    /// Admins, that a reset is in doubt and needs somebody.
    Stuck,
    /// Admins, that another device tried a link after it was opened.
    Late,
    /// Admins, that five wrong unlock codes closed a link.
    Locked,
    /// Admins, that the account's brake stops resets.
    Brake,
    /// Admins, that a person says that it was not them who called.
    Denied,
    /// Admins, that one person, or one technician, has had several resets in a short time.
    Repeats,
    /// Admins, that the policy asks for less than before.
    Policy,
    /// Admins, that an integration's secret or certificate is about to end.
    Expiring,
    /// Admins, that an integration does not work any more.
    Failing,
    /// Admins, that an integration leads elsewhere, or protects other people than before.
    Loosened,
    /// Admins, that a PSA leads elsewhere, or was deleted.
    Psa,
    /// Admins, that texts or mails go out elsewhere, or not at all.
    Sender,
    /// Admins, that technicians sign in elsewhere, or with less asked of them, than before.
    Sso,
    /// Admins, that a file has changed the numbers of contacts.
    Contacts,
    /// Admins, that texts and pages lead elsewhere or say something else than before.
    Branding,
    /// A technician, with a one-time link: they are invited, or have forgotten their password.
    Link,
    /// A technician, that something about their own sign-in was changed.
    SignIn,
    /// Admins, that somebody may do more than before, or that a second factor is gone.
    Team,
    /// Admins, that a key was made, or ends soon.
    ApiKey,
    /// Admins, that what happens here is told elsewhere, or no more.
    Webhook,
}

impl OutboxKind {
    /// As in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OutboxKind::Text => "text",
            OutboxKind::NoteSet => "note-set",
            OutboxKind::NoteLink => "note-link",
            OutboxKind::NoteAgain => "note-again",
            OutboxKind::NoteOpened => "note-opened",
            OutboxKind::NoteLate => "note-late",
            OutboxKind::NoteLocked => "note-locked",
            OutboxKind::NoteExpired => "note-expired",
            OutboxKind::NoteRevoked => "note-revoked",
            OutboxKind::NoteUnsent => "note-unsent",
            OutboxKind::NoteVerification => "note-verification",
            OutboxKind::Sessions => "sessions",
            OutboxKind::Notice => "notice",
            OutboxKind::Mail(MailKind::Person) => "mail-person",
            OutboxKind::Mail(MailKind::Notice) => "mail-notice",
            OutboxKind::Mail(MailKind::Manager) => "mail-manager",
            OutboxKind::Mail(MailKind::Stuck) => "mail-stuck",
            OutboxKind::Mail(MailKind::Late) => "mail-late",
            OutboxKind::Mail(MailKind::Locked) => "mail-locked",
            OutboxKind::Mail(MailKind::Brake) => "mail-brake",
            OutboxKind::Mail(MailKind::Denied) => "mail-denied",
            OutboxKind::Mail(MailKind::Repeats) => "mail-repeats",
            OutboxKind::Mail(MailKind::Policy) => "mail-policy",
            OutboxKind::Mail(MailKind::Expiring) => "mail-expiring",
            OutboxKind::Mail(MailKind::Failing) => "mail-failing",
            OutboxKind::Mail(MailKind::Loosened) => "mail-loosened",
            OutboxKind::Mail(MailKind::Psa) => "mail-psa",
            OutboxKind::Mail(MailKind::Sender) => "mail-sender",
            OutboxKind::Mail(MailKind::Sso) => "mail-sso",
            OutboxKind::Mail(MailKind::Contacts) => "mail-contacts",
            OutboxKind::Mail(MailKind::Branding) => "mail-branding",
            OutboxKind::Mail(MailKind::Link) => "mail-link",
            OutboxKind::Mail(MailKind::SignIn) => "mail-sign-in",
            OutboxKind::Mail(MailKind::Team) => "mail-team",
            OutboxKind::Mail(MailKind::ApiKey) => "mail-key",
            OutboxKind::Mail(MailKind::Webhook) => "mail-webhook",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Text,
            Self::NoteSet,
            Self::NoteLink,
            Self::NoteAgain,
            Self::NoteOpened,
            Self::NoteLate,
            Self::NoteLocked,
            Self::NoteExpired,
            Self::NoteRevoked,
            Self::NoteUnsent,
            Self::NoteVerification,
            Self::Sessions,
            Self::Notice,
            Self::Mail(MailKind::Person),
            Self::Mail(MailKind::Notice),
            Self::Mail(MailKind::Manager),
            Self::Mail(MailKind::Stuck),
            Self::Mail(MailKind::Late),
            Self::Mail(MailKind::Locked),
            Self::Mail(MailKind::Brake),
            Self::Mail(MailKind::Denied),
            Self::Mail(MailKind::Repeats),
            Self::Mail(MailKind::Policy),
            Self::Mail(MailKind::Expiring),
            Self::Mail(MailKind::Failing),
            Self::Mail(MailKind::Loosened),
            Self::Mail(MailKind::Psa),
            Self::Mail(MailKind::Sender),
            Self::Mail(MailKind::Sso),
            Self::Mail(MailKind::Contacts),
            Self::Mail(MailKind::Branding),
            Self::Mail(MailKind::Link),
            Self::Mail(MailKind::SignIn),
            Self::Mail(MailKind::Team),
            Self::Mail(MailKind::ApiKey),
            Self::Mail(MailKind::Webhook),
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }
}

/// A mail that no server took within a day is given up.
pub(crate) const MAIL_PATIENCE_MS: i64 = 24 * 60 * 60_000;

/// A ticket note is tried for a day.
pub(crate) const NOTE_PATIENCE_MS: i64 = 24 * 60 * 60_000;

/// How an outbox row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    /// To be sent.
    Waiting,
    /// The other side took it.
    Done,
    /// Given up.
    Failed,
}

/// Something that must be sent after a commit.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// Its row.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// For which reset; `None` for a mail about the account as a whole.
    pub reset: Option<ResetId>,
    /// About which integration.
    pub integration: Option<IntegrationId>,
    /// About which verification.
    pub verification: Option<VerificationId>,
    /// What.
    pub kind: OutboxKind,
    /// A mail to a technician: to whom.
    pub recipient: Option<TechnicianId>,
    /// What a mail tells of, where neither reset nor integration says it.
    pub about: Option<String>,
    /// The token of the link that a mail carries, sealed until the mail is sent or given up.
    pub token_sealed: Option<Vec<u8>>,
    /// How it stands.
    pub state: OutboxState,
    /// How often it was tried.
    pub attempts: u32,
    /// No more tries from here on.
    pub give_up_at: Millis,
    /// Why it failed.
    pub code: Option<Code>,
    /// When the other side took it.
    pub done_at: Option<Millis>,
    /// When the carrier delivered it.
    pub delivered_at: Option<Millis>,
}

impl OutboxRow {
    /// What the ticket note of a reset carries, so that a retry finds it. There is one of each
    /// kind, but for what may happen to each of its links.
    #[must_use]
    pub fn mark(&self, reset: ResetId) -> String {
        let kind = self.kind.as_str();
        match self.kind {
            OutboxKind::NoteLink
            | OutboxKind::NoteAgain
            | OutboxKind::NoteLocked
            | OutboxKind::NoteUnsent => format!("[reset {reset} {kind} {}]", self.id),
            _ => format!("[reset {reset} {kind}]"),
        }
    }
}
