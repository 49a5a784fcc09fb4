//! M365 integrations and their checks, as types.

use shared::{Code, CustomerId, IntegrationId, Millis};

use super::Integration;
use crate::senders::SenderKind;

/// A customer that may get an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Its name.
    pub name: String,
}

/// A customer's M365 integration, with whom it serves and how it was found to be.
#[derive(Debug, Clone)]
pub struct M365Row {
    /// The integration itself.
    pub integration: Integration,
    /// Whom it serves.
    pub customer: Customer,
    /// The newest check; `None` before the first.
    pub check: Option<CheckRow>,
}

/// How an integration was found to be, and what its admins were told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckRow {
    /// When.
    pub checked_at: Option<Millis>,
    /// JSON of [`crate::integration::Report`].
    pub report: Option<String>,
    /// When its secret or certificate ends, as Microsoft says.
    pub expires_at: Option<Millis>,
    /// Since when it does not work.
    pub failing_since: Option<Millis>,
    /// The newest warning about its end that was mailed: so many days before it.
    pub told_days: Option<i64>,
    /// When the watcher looks next.
    pub due_at: Millis,
}

/// A new M365 integration.
#[derive(Debug, Clone)]
pub struct NewM365 {
    /// Its id.
    pub id: IntegrationId,
    /// Whom it serves.
    pub customer: CustomerId,
    /// What people call it.
    pub name: String,
    /// JSON of [`crate::directory::M365Settings`].
    pub settings: String,
}

/// A sealed secret that comes or goes with a change.
#[derive(Debug, Clone)]
pub enum SecretChange {
    /// It stands from now on.
    Put {
        /// What it is.
        kind: &'static str,
        /// Sealed for this integration.
        sealed: Vec<u8>,
    },
    /// It is gone.
    Drop {
        /// What it was.
        kind: &'static str,
    },
}

/// A change of an integration, whole.
#[derive(Debug, Clone, Copy)]
pub struct M365Change<'a> {
    /// What people call it from now on.
    pub name: &'a str,
    /// JSON of [`crate::directory::M365Settings`].
    pub settings: &'a str,
    /// Sealed secrets that come or go with it.
    pub secrets: &'a [SecretChange],
    /// What it is.
    pub act: M365Act,
    /// Which fields it changes, for the audit: names, never what stood in them.
    pub about: &'a str,
    /// Whether fewer people are protected by it than before: all admins hear of that.
    pub loosens: bool,
}

/// What a change of an integration is, for the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum M365Act {
    /// Name, expiry date or protected group.
    Changed,
    /// Tenant, application or cloud: people are looked up anew.
    Moved,
    /// A new secret or certificate is in use.
    CredentialReplaced,
    /// A certificate was made that is not in use yet.
    CertificateMade,
}

/// What a check has to tell the admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Its secret or certificate ends within so many days; 0 when it has ended.
    Expiring(i64),
    /// It does not work any more, and why.
    Failing(Code),
    /// It works again.
    Works,
}

/// What a technician's test came to, for the audit.
#[derive(Debug, Clone, Copy)]
pub struct Tested<'a> {
    /// Why resets don't work, if they don't.
    pub code: Option<Code>,
    /// In a few words.
    pub about: &'a str,
}

/// A customer's Duo, with whom it serves.
#[derive(Debug, Clone)]
pub struct DuoRow {
    /// The integration itself.
    pub integration: Integration,
    /// Whom it serves.
    pub customer: Customer,
}

/// A new Duo integration.
#[derive(Debug, Clone)]
pub struct NewDuo {
    /// Its id.
    pub id: IntegrationId,
    /// Whom it serves.
    pub customer: CustomerId,
    /// What the audit calls it.
    pub name: String,
    /// JSON of [`crate::duo::DuoSettings`].
    pub settings: String,
    /// The secret key, sealed for this integration.
    pub sealed: Vec<u8>,
}

/// A change of a Duo integration, whole.
#[derive(Debug, Clone, Copy)]
pub struct DuoChange<'a> {
    /// JSON of [`crate::duo::DuoSettings`].
    pub settings: &'a str,
    /// A new secret key, sealed for this integration; without one the stored one stays.
    pub sealed: Option<&'a [u8]>,
    /// Whether it leads to another application or host.
    pub moved: bool,
    /// Which fields it changes, for the audit: names, never what stood in them.
    pub about: &'a str,
}

/// Something new that carries texts or mails.
#[derive(Debug, Clone, Copy)]
pub struct NewSender<'a> {
    /// Its id.
    pub id: IntegrationId,
    /// What it carries.
    pub kind: SenderKind,
    /// JSON of [`crate::sms::TwilioSettings`] or [`crate::mail::SmtpSettings`].
    pub settings: &'a str,
    /// Its secrets, sealed for it.
    pub secrets: &'a [SecretChange],
}

/// A change of it, whole.
#[derive(Debug, Clone, Copy)]
pub struct SenderChange<'a> {
    /// As for [`NewSender`].
    pub settings: &'a str,
    /// New secrets, and those that go; the others stay, unless it moved.
    pub secrets: &'a [SecretChange],
    /// Whether it leads elsewhere.
    pub moved: bool,
}
