//! What stands in the tables, as types.

use super::PsaRef;
use shared::{
    AccountId, Code, ContactId, CustomerId, Host, IntegrationId, Millis, TechnicianId, TicketId,
};

/// What a technician is to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sets up integrations, policy, people.
    Admin,
    /// Works in pods.
    Technician,
}

impl Role {
    /// As in the database and in import files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Technician => "technician",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Role::Admin, Role::Technician].into_iter().find(|role| role.as_str() == text)
    }
}

/// A person at the MSP.
#[derive(Debug, Clone)]
pub struct Technician {
    /// Their id.
    pub id: TechnicianId,
    /// Whose.
    pub account: AccountId,
    /// Whether the account is switched on.
    pub account_on: bool,
    /// Their name.
    pub name: String,
    /// What they sign in with, in lower case.
    pub email: String,
    /// What they are to the account.
    pub role: Role,
    /// Whether they may reset passwords.
    pub may_reset: bool,
    /// Whether they may use the web UI; otherwise pods only.
    pub may_use_ui: bool,
    /// Whether a second factor is forced: for them, or for the whole account.
    pub must_use_mfa: bool,
    /// Argon2id, in PHC form.
    pub password_hash: Option<String>,
    /// The newest TOTP step whose code was taken.
    pub totp_step: i64,
    /// Whether an authenticator is enrolled.
    pub has_totp: bool,
}

/// A technician to be added.
#[derive(Debug, Clone)]
pub struct NewTechnician {
    /// Their id.
    pub id: TechnicianId,
    /// Their name.
    pub name: String,
    /// What they will sign in with.
    pub email: String,
    /// What they are to the account.
    pub role: Role,
    /// Whether they may reset passwords.
    pub may_reset: bool,
    /// Whether they may use the web UI; otherwise pods only.
    pub may_use_ui: bool,
    /// Whether a second factor is forced.
    pub must_use_mfa: bool,
}

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser on our own pages, by cookie.
    Web,
    /// The same browser after the password and before the second factor: it may finish signing
    /// in, and nothing else.
    Half,
    /// A pod, by bearer header only.
    Pod,
    /// A frame of a PSA that was paired: its cookie makes tokens for pods, and nothing else.
    Frame,
}

impl SessionKind {
    /// As in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            SessionKind::Web => "web",
            SessionKind::Half => "half",
            SessionKind::Pod => "pod",
            SessionKind::Frame => "frame",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Web, Self::Half, Self::Pod, Self::Frame]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Hash of the token.
    pub id: Vec<u8>,
    /// What it is for.
    pub kind: SessionKind,
    /// Where it is used.
    pub host: Host,
    /// For a pod: the web session or frame that it came from and ends with; `None` for one whose host
    /// has confirmed who it is.
    pub parent: Option<Vec<u8>>,
    /// For a pod in a frame: the PSA.
    pub psa: Option<IntegrationId>,
    /// Who.
    pub technician: Technician,
    /// When the second factor was proved.
    pub second_factor_at: Option<Millis>,
    /// When it was last used by a person.
    pub seen_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// What is remembered of the browser.
    pub trace: Trace,
}

/// What is remembered of the browser behind a session, for whoever looks whether it is theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Browser and system in words; empty while nobody has asked.
    pub browser: String,
    /// The network that it was used from, without its last part; empty while nobody has asked.
    pub network: String,
    /// Whether a recovery code was its second factor.
    pub recovered: bool,
}

/// A session to be begun.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Hash of its token.
    pub id: &'a [u8],
    /// What it is for.
    pub kind: SessionKind,
    /// Where it is used.
    pub host: Host,
    /// For a pod: the web session that it comes from.
    pub parent: Option<&'a [u8]>,
    /// Who.
    pub technician: TechnicianId,
    /// When the second factor was proved.
    pub second_factor_at: Option<Millis>,
    /// When it ends.
    pub expires_at: Millis,
}

/// What a second factor was proved with.
#[derive(Debug, Clone)]
pub struct Proof<'a> {
    /// Whose.
    pub technician: TechnicianId,
    /// The half session that ends with it.
    pub half: &'a [u8],
    /// The time step of the code.
    pub step: i64,
    /// Sealed secret of an authenticator that is enrolled with this very code.
    pub enrol: Option<&'a [u8]>,
    /// Hashes of the recovery codes that come with it.
    pub codes: &'a [Vec<u8>],
}

/// Counters of sign-in tries are kept for so long; no window is longer.
pub(crate) const LONGEST_WINDOW_MS: i64 = 60 * 60 * 1000;

/// A person at a customer.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Their id.
    pub id: ContactId,
    /// Their company.
    pub customer: CustomerId,
    /// Its name.
    pub customer_name: String,
    /// Whether resets for it are switched on.
    pub customer_on: bool,
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// Numbers on their card.
    pub phones: Vec<String>,
    /// Where the card is, when it is not ours: address and phones are then read there.
    pub psa: Option<PsaRef>,
    /// Keyed hash of the address that such a card had when it was last read.
    pub address_hash: Option<Vec<u8>>,
    /// When the numbers on a card of ours were entered; `None` for a PSA's.
    pub entered_at: Option<Millis>,
}

/// A ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Whom it is about.
    pub contact: ContactId,
    /// Their name.
    pub contact_name: String,
    /// Their company.
    pub customer: CustomerId,
    /// Its name.
    pub customer_name: String,
    /// As people say it.
    pub number: String,
    /// Its headline.
    pub summary: String,
    /// When it was opened.
    pub created_at: Millis,
    /// Where it is, when it is not ours: notes go there.
    pub psa: Option<PsaRef>,
}

/// A note in a ticket of the built-in list.
#[derive(Debug, Clone)]
pub struct TicketNote {
    /// Who wrote it; `None` for the product itself.
    pub technician: Option<String>,
    /// Plain text.
    pub body: String,
    /// When.
    pub created_at: Millis,
}

/// A connection to another company.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Whose.
    pub account: AccountId,
    /// For which customer; `None` for one that serves the whole account.
    pub customer: Option<CustomerId>,
    /// What people call it.
    pub name: String,
    /// Whether it is switched on.
    pub is_on: bool,
    /// JSON by kind.
    pub settings: String,
    /// A new secret or host has a new moment: tokens are cached by it.
    pub changed_at: Millis,
}

/// Who a contact was found to be at Microsoft.
#[derive(Debug, Clone)]
pub struct DirectoryLink {
    /// The contact.
    pub contact: ContactId,
    /// In which tenant.
    pub integration: IntegrationId,
    /// The person's object id there.
    pub directory_user: String,
    /// Keyed hash of the address that it was found by.
    pub address_hash: Vec<u8>,
    /// Since when the person is gone, or no longer has that address.
    pub lost_at: Option<Millis>,
}

/// The phone that a link would go to, as a look found it.
#[derive(Debug, Clone)]
pub struct SeenPhone {
    /// Keyed hash of the number, or of there being none.
    pub hash: Vec<u8>,
    /// For people; `None` where there is none.
    pub masked: Option<String>,
}

/// What the newest texts came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextTrouble {
    /// Why the newest text to the phone, as far as is known of any, did not arrive.
    pub phone: Option<Code>,
    /// The provider refused our credentials when the account's newest text was to go out.
    pub credentials_refused: bool,
}

/// A limit on an act: so many within a window that begins with the first.
#[derive(Debug, Clone)]
pub struct Limit {
    /// What is counted, without anything personal: ids and hashes.
    pub name: String,
    /// How many.
    pub most: u32,
    /// Window in milliseconds.
    pub window_ms: i64,
}

/// A limit that is reached.
#[derive(Debug, Clone)]
pub struct LimitHit {
    /// Which.
    pub name: String,
    /// Seconds until it is worth asking again.
    pub retry_after: u32,
}
