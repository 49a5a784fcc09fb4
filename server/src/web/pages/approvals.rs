//! `/approvals`: what a second technician is asked to look at, for those who have no ticket open.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{ApprovalId, Code, TicketId};

use super::times::Moment;
use super::{Page, html};
use crate::app::App;
use crate::store::{Approval, Session};
use crate::web::api::{Path, Query};
use crate::web::auth::SignedIn;
use crate::web::forms::{OwnForm, check_form_token, form_token};
use crate::web::problem::Failure;

/// One that can be answered.
struct Row {
    id: ApprovalId,
    contact: String,
    customer: String,
    ticket: Option<(TicketId, String)>,
    asked_by: String,
    asked: Moment,
    until: Moment,
    /// By whoever looks: somebody else has to answer.
    own: bool,
}

impl Row {
    fn new(approval: Approval, who: &Session, now: shared::Millis) -> Self {
        Self {
            id: approval.id,
            own: approval.asked_by == who.technician.id,
            contact: approval.contact_name,
            customer: approval.customer_name,
            ticket: approval.ticket.zip(approval.ticket_number),
            asked_by: approval.asked_by_name,
            asked: Moment::new(approval.asked_at, now),
            until: Moment::new(approval.expires_at, now),
        }
    }
}

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsPage {
    page: Page,
    form: String,
    rows: Vec<Row>,
    /// Whether whoever looks may answer at all.
    may_answer: bool,
    done: Option<&'static str>,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /approvals`.
///
/// # Errors
/// When nobody is signed in, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let open =
        app.store.open_approvals(session.technician.account, session.technician.id, now).await?;
    let done = match done.done.as_str() {
        "approved" => Some("Approved. Your colleague can go on."),
        "refused" => Some("Refused. Your colleague sees it in the ticket."),
        _ => None,
    };
    html(&ApprovalsPage {
        page: Page::inside(&app, &session, "Approvals", "approvals"),
        form: form_token(&app, &session),
        rows: open.into_iter().map(|approval| Row::new(approval, &session, now)).collect(),
        may_answer: session.technician.may_reset,
        done,
    })
}

/// Yes or no, from the page's form.
#[derive(Deserialize)]
pub struct Answer {
    form: String,
    answer: String,
}

/// `POST /approvals/{id}`.
///
/// # Errors
/// When the form is not from our page, this technician may not reset or asked for it, or it is over.
pub async fn answer(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Path(id): Path<ApprovalId>,
    OwnForm(answer): OwnForm<Answer>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &answer.form)?;
    let approve = match answer.answer.as_str() {
        "approve" => true,
        "refuse" => false,
        _ => return Err(Code::BadRequest.into()),
    };
    app.resets.answer_approval(&session, id, approve).await?;
    let done = if approve { "approved" } else { "refused" };
    Ok(Redirect::to(&format!("/approvals?done={done}")).into_response())
}
