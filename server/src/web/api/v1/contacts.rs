//! `POST /api/v1/contacts`: contacts of the built-in list, many at once.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Body;
use crate::app::App;
use crate::contacts::{ContactAsk, RowOutcome, RowView};
use crate::web::key::{ContactsWrite, Key};
use crate::web::problem::Failure;

/// Contacts to be added or changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactsAsk {
    /// 1 to 500 of them.
    #[schema(min_items = 1, max_items = 500)]
    contacts: Vec<ContactAsk>,
}

/// What came of them.
#[derive(Serialize, ToSchema)]
pub struct ContactsView {
    /// How many are new.
    added: usize,
    /// How many say something else now.
    changed: usize,
    /// How many said so already.
    unchanged: usize,
    /// How many could not be taken: `rows` says why.
    refused: usize,
    /// Each, in the order in which they came.
    rows: Vec<RowView>,
}

/// Adds or changes each that can be right. The same once more changes nothing.
///
/// # Errors
/// `bad-request` for none, for more than 500, or for what is no contact.
pub async fn post(
    State(app): State<App>,
    Key(key, _): Key<ContactsWrite>,
    Body(ask): Body<ContactsAsk>,
) -> Result<axum::Json<ContactsView>, Failure> {
    let rows = app.contacts.take(&key, &ask.contacts).await?;
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    Ok(axum::Json(ContactsView {
        added: count(RowOutcome::Added),
        changed: count(RowOutcome::Changed),
        unchanged: count(RowOutcome::Unchanged),
        refused: count(RowOutcome::Refused),
        rows,
    }))
}
