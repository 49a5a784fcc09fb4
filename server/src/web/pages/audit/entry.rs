//! `/audit/{seq}`: one entry with everything that it says, and whether it is as it was written.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shared::{Code, ContactId, CustomerId, TechnicianId};

use super::filter::address;
use super::line::{Line, Read, with_names};
use crate::app::App;
use crate::audit::chain::fits;
use crate::audit::words::Names;
use crate::store::{AuditFilter, AuditRow};
use crate::web::api::Path;
use crate::web::forms::form_token;
use crate::web::pages::settings::Admin;
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "audit/entry.html")]
struct EntryPage {
    page: Page,
    line: Line,
    /// What stands in the entry and has no name: a label and an id.
    ids: Vec<(&'static str, String)>,
    /// Why it is not as it was written; `None` when it is.
    broken: Option<&'static str>,
    mac: String,
    newer: Option<i64>,
    token: String,
}

impl EntryPage {
    fn by(id: &TechnicianId) -> String {
        address(&AuditFilter { technician: Some(*id), ..AuditFilter::default() }, None)
    }

    fn about(id: &ContactId) -> String {
        address(&AuditFilter { contact: Some(*id), ..AuditFilter::default() }, None)
    }

    fn of(id: &CustomerId) -> String {
        address(&AuditFilter { customer: Some(*id), ..AuditFilter::default() }, None)
    }
}

/// `GET /audit/{seq}`.
///
/// # Errors
/// `not-found` for an entry that is not there.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(seq): Path<i64>,
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    // With the one before it: each is chained to that.
    let before = seq.checked_sub(2).ok_or(Code::NotFound)?;
    let mut links = app.store.audit_links(account, before, seq, 2).await?;
    let link = links.pop().filter(|link| link.seq == seq).ok_or(Code::NotFound)?;
    let before = links.pop().filter(|link| link.seq == seq - 1).map(|link| link.mac);
    let broken = match (seq, before) {
        (1, _) => fits(&app.keys, account, &[], &link),
        (_, Some(before)) => fits(&app.keys, account, &before, &link),
        (_, None) => Some(crate::audit::Break::Missing),
    };
    let mac = data_encoding::HEXLOWER.encode(&link.mac);
    let row = AuditRow { seq: link.seq, at: link.at, body: link.body };
    let mut names = Names::default();
    let read = with_names(&app, account, vec![row], &mut names).await?;
    let read = read.first().ok_or(Code::NotFound)?;
    let newest = app.store.audit_head(account).await?.map_or(0, |head| head.count);
    html(&EntryPage {
        page: Page::inside(&app, &session, &format!("Entry {seq}"), "audit"),
        line: Line::new(read, &names, now),
        ids: bare_ids(read),
        broken: broken.map(crate::audit::Break::words),
        mac,
        newer: (seq < newest).then_some(seq + 1),
        token: form_token(&app, &session),
    })
}

fn bare_ids(read: &Read) -> Vec<(&'static str, String)> {
    let Some(entry) = &read.entry else { return Vec::new() };
    [
        ("Verification", entry.verification.map(|id| id.to_string())),
        ("Link’s row", entry.share.map(|id| id.to_string())),
        ("Integration’s id", entry.integration.map(|id| id.to_string())),
        ("Technician’s id", entry.technician.map(|id| id.to_string())),
        ("Contact’s id", entry.contact.map(|id| id.to_string())),
        ("Customer’s id", entry.customer.map(|id| id.to_string())),
        ("Problem code", entry.code.map(|code| code.as_str().to_owned())),
    ]
    .into_iter()
    .filter_map(|(label, id)| Some((label, id?)))
    .collect()
}
