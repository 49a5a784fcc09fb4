//! `GET /api/v1/resets` and `/api/v1/verifications`: what there was, in the order of time.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    Channel, Code, ContactId, CustomerId, IntegrationId, Millis, Outcome, ResetId, Stage,
    TechnicianId, TicketId, VerificationId,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Asked, rows, unusable};
use crate::app::App;
use crate::store::{Cursor, PastReset, PastVerification};
use crate::web::key::{HistoryRead, Key};
use crate::web::problem::Failure;

/// Rows at once, at most.
pub const MOST: u32 = 200;

/// From when or where, and how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Milliseconds since 1970: what was before is left out.
    since: Option<i64>,
    /// `next` of the piece before. It counts before `since`.
    cursor: Option<String>,
    limit: Option<u32>,
}

impl Ask {
    fn behind(&self) -> Result<Cursor, Failure> {
        match &self.cursor {
            Some(text) => parse(text)
                .ok_or_else(|| unusable("cursor: send what stood in `next`, as it stood there")),
            // Behind every id of the millisecond before.
            None => {
                let at = Millis(self.since.unwrap_or(0).saturating_sub(1));
                Ok(Cursor { at, id: Uuid::max() })
            }
        }
    }
}

fn parse(cursor: &str) -> Option<Cursor> {
    let (at, id) = cursor.split_once('.')?;
    Some(Cursor { at: Millis(at.parse().ok()?), id: id.parse().ok()? })
}

/// A place to go on from; `None` at the end, for now.
fn next(full: bool, last: Option<(Millis, Uuid)>) -> Option<String> {
    last.filter(|_| full).map(|(at, id)| format!("{}.{id}", at.0))
}

/// A piece of the resets.
#[derive(Serialize, ToSchema)]
pub struct ResetsPage {
    /// Oldest first.
    resets: Vec<ResetLine>,
    /// What to send as `cursor` next; nothing when there are no more for now.
    next: Option<String>,
}

/// One reset.
#[derive(Serialize, ToSchema)]
pub struct ResetLine {
    /// Its id.
    id: ResetId,
    /// At which customer.
    customer: CustomerId,
    /// Whose password.
    contact: ContactId,
    /// In which ticket.
    ticket: Option<TicketId>,
    /// Who asked.
    technician: TechnicianId,
    /// In whose tenant.
    integration: IntegrationId,
    /// What proved who it was.
    verification: VerificationId,
    /// Where the link went, masked.
    phone: String,
    /// Whether the number that verified also got the link.
    one_factor: bool,
    /// How far it is.
    stage: Stage,
    /// Why nothing was changed, or what is in doubt.
    code: Option<Code>,
    /// When it was asked for.
    asked_at: Millis,
    /// When Microsoft took the password.
    applied_at: Option<Millis>,
    /// When its link was opened.
    opened_at: Option<Millis>,
    /// When all of it had come to an end.
    settled_at: Option<Millis>,
}

impl From<PastReset> for ResetLine {
    fn from(past: PastReset) -> Self {
        Self {
            id: past.id,
            customer: past.customer,
            contact: past.contact,
            ticket: past.ticket,
            technician: past.technician,
            integration: past.integration,
            verification: past.verification,
            phone: past.phone_masked,
            one_factor: past.one_factor,
            stage: past.stage,
            code: past.code,
            asked_at: past.asked_at,
            applied_at: past.applied_at,
            opened_at: past.opened_at,
            settled_at: past.settled_at,
        }
    }
}

/// The resets that were asked for since.
///
/// # Errors
/// `bad-request` for a cursor or a limit that is none.
pub async fn resets(
    State(app): State<App>,
    Key(key, _): Key<HistoryRead>,
    Asked(ask): Asked<Ask>,
) -> Result<Json<ResetsPage>, Failure> {
    let most = rows(ask.limit, MOST)?;
    let found = app.store.resets_after(key.account, ask.behind()?, most).await?;
    let last = found.last().map(|past| (past.asked_at, past.id.0));
    let next = next(found.len() == most as usize, last);
    Ok(Json(ResetsPage { resets: found.into_iter().map(Into::into).collect(), next }))
}

/// A piece of the verifications.
#[derive(Serialize, ToSchema)]
pub struct VerificationsPage {
    /// Oldest first.
    verifications: Vec<VerificationLine>,
    /// What to send as `cursor` next; nothing when there are no more for now.
    next: Option<String>,
}

/// One verification.
#[derive(Serialize, ToSchema)]
pub struct VerificationLine {
    /// Its id.
    id: VerificationId,
    /// At which customer.
    customer: CustomerId,
    /// Who was to be verified.
    contact: ContactId,
    /// In which ticket.
    ticket: Option<TicketId>,
    /// Who asked.
    technician: TechnicianId,
    /// How.
    channel: Channel,
    /// Where to, masked.
    destination: String,
    /// What came of it.
    outcome: Outcome,
    /// Why it could not be sent.
    code: Option<Code>,
    /// When it was sent.
    sent_at: Millis,
    /// When the contact proved who they are.
    verified_at: Option<Millis>,
    /// The reset that used it.
    used_by: Option<ResetId>,
}

impl From<PastVerification> for VerificationLine {
    fn from(past: PastVerification) -> Self {
        Self {
            id: past.id,
            customer: past.customer,
            contact: past.contact,
            ticket: past.ticket,
            technician: past.technician,
            channel: past.channel,
            destination: past.masked,
            outcome: past.outcome,
            code: past.code,
            sent_at: past.sent_at,
            verified_at: past.verified_at,
            used_by: past.used_by,
        }
    }
}

/// The verifications that were sent since.
///
/// # Errors
/// `bad-request` for a cursor or a limit that is none.
pub async fn verifications(
    State(app): State<App>,
    Key(key, _): Key<HistoryRead>,
    Asked(ask): Asked<Ask>,
) -> Result<Json<VerificationsPage>, Failure> {
    let most = rows(ask.limit, MOST)?;
    let found = app.store.verifications_after(key.account, ask.behind()?, most).await?;
    let last = found.last().map(|past| (past.sent_at, past.id.0));
    let next = next(found.len() == most as usize, last);
    let verifications = found.into_iter().map(Into::into).collect();
    Ok(Json(VerificationsPage { verifications, next }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let (at, id) = (Millis(1_795_356_000_000), Uuid::from_u128(7));
        let text = next(true, Some((at, id))).unwrap();
        assert_eq!(parse(&text), Some(Cursor { at, id }));
        assert_eq!(next(false, Some((at, id))), None);
        for other in ["", "1", "x.00000000-0000-0000-0000-000000000007", "1.x"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
