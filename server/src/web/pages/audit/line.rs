//! An entry as the pages show it: its sentence, what else is known, and the ways to what it is about.

use shared::{AccountId, ContactId, CustomerId, Millis, ResetId, TechnicianId, TicketId};

use crate::app::App;
use crate::audit::words::{Names, Said, ids, said};
use crate::audit::{Act, Entry};
use crate::store::{AuditRow, StoreError};
use crate::web::pages::times::Moment;

/// What is said of an entry that this version can't read.
const NOT_OURS: &str = "Written by another version of this program.";

/// An entry, read.
pub(super) struct Read {
    pub(super) row: AuditRow,
    /// `None` when another version wrote it.
    pub(super) entry: Option<Entry>,
}

impl From<AuditRow> for Read {
    fn from(row: AuditRow) -> Self {
        let entry = serde_json::from_str(&row.body).ok();
        Self { row, entry }
    }
}

/// An entry of a list or a story.
pub(super) struct Line {
    pub(super) seq: i64,
    pub(super) at: Moment,
    /// The time since the entry before, in a story.
    pub(super) since: Option<String>,
    /// How it went: `good`, `bad` or nothing.
    pub(super) tone: &'static str,
    pub(super) kind: &'static str,
    pub(super) said: Said,
    pub(super) technician: Option<(TechnicianId, String)>,
    pub(super) contact: Option<(ContactId, String)>,
    pub(super) customer: Option<(CustomerId, String)>,
    pub(super) ticket: Option<(TicketId, String)>,
    pub(super) integration: Option<String>,
    pub(super) reset: Option<ResetId>,
}

impl Line {
    pub(super) fn new(read: &Read, names: &Names, now: Millis) -> Self {
        let (seq, at) = (read.row.seq, Moment::new(read.row.at, now));
        let Some(entry) = &read.entry else {
            let said = Said { what: NOT_OURS.into(), detail: None, why: None, next: None };
            return Self {
                seq,
                at,
                said,
                since: None,
                tone: "",
                kind: "Other",
                technician: None,
                contact: None,
                customer: None,
                ticket: None,
                integration: None,
                reset: None,
            };
        };
        let name = |id: uuid::Uuid| names.of(id).to_owned();
        Self {
            seq,
            at,
            since: None,
            tone: tone(entry),
            kind: entry.act.kind().label(),
            said: said(entry, names),
            technician: entry.technician.map(|id| (id, name(id.0))),
            contact: entry.contact.map(|id| (id, name(id.0))),
            customer: entry.customer.map(|id| (id, name(id.0))),
            ticket: entry.ticket.map(|id| (id, name(id.0))),
            integration: entry.integration.map(|id| name(id.0)),
            reset: entry.reset,
        }
    }
}

/// How it went. Colour says nothing alone: the sentence says it too.
fn tone(entry: &Entry) -> &'static str {
    match entry.act {
        Act::VerificationDone
        | Act::ApprovalGiven
        | Act::ResetApplied
        | Act::TextDelivered
        | Act::ShareOpened
        | Act::ResetCompleted => "good",
        Act::SignInRefused
        | Act::PairingRefused
        | Act::FrameReplayed
        | Act::VerificationWrong
        | Act::VerificationDenied
        | Act::VerificationUnsent
        | Act::ApprovalRefused
        | Act::ResetAnswered
        | Act::ShareUnlockWrong
        | Act::ShareLocked
        | Act::ShareLateAttempt
        | Act::ShareExpired => "bad",
        _ if entry.code.is_some() => "bad",
        _ => "",
    }
}

/// Entries with the names that they need.
///
/// # Errors
/// When the database can't be read.
pub(super) async fn with_names(
    app: &App,
    account: AccountId,
    rows: Vec<AuditRow>,
    names: &mut Names,
) -> Result<Vec<Read>, StoreError> {
    let read: Vec<Read> = rows.into_iter().map(Read::from).collect();
    let wanted = names.missing(read.iter().filter_map(|it| it.entry.as_ref()).flat_map(ids));
    names.add(app.store.audit_names(account, &wanted).await?);
    Ok(read)
}
