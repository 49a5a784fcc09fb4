//! `GET /api/v1/audit`: who did what and when, entry by entry.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::Millis;
use utoipa::ToSchema;

use super::{Asked, rows};
use crate::app::App;
use crate::store::AuditRow;
use crate::web::key::{AuditRead, Key};
use crate::web::problem::Failure;

/// Entries at once, at most.
pub const MOST: u32 = 500;

/// From where, and how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The number of the entry that is known already.
    #[serde(default)]
    after: i64,
    limit: Option<u32>,
}

/// A piece of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// Oldest first; none when nothing was written since.
    entries: Vec<AuditEntry>,
    /// What to send as `after` next.
    next: i64,
}

/// One entry of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number in the account's chain, from 1, without a gap.
    seq: i64,
    /// When it was written; 0 where that can't be read.
    at: Millis,
    /// What happened (`act`), and the ids of who did it, for whom and about what; `code` says why not.
    /// Empty where it can't be read: then the check of the chain says what is damaged.
    #[schema(value_type = Object)]
    entry: Map<String, Value>,
}

/// The entries behind `after`, oldest first.
///
/// # Errors
/// `bad-request` for a limit that is none.
pub async fn get(
    State(app): State<App>,
    Key(key, _): Key<AuditRead>,
    Asked(ask): Asked<Ask>,
) -> Result<Json<AuditPage>, Failure> {
    let found = app.store.audit_after(key.account, ask.after, rows(ask.limit, MOST)?).await?;
    let next = found.last().map_or(ask.after, |row| row.seq);
    let entry = |row: AuditRow| AuditEntry {
        seq: row.seq,
        at: row.at,
        // A program that follows the audit must get past what somebody has damaged.
        entry: serde_json::from_str(&row.body).unwrap_or_default(),
    };
    let entries = found.into_iter().map(entry).collect();
    Ok(Json(AuditPage { entries, next }))
}
