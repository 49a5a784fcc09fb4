//! `/audit/resets/{id}`: the whole story of one reset, from the question who is calling to the last note,
//! and what to do where it did not end well.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shared::{AccountId, Code, ContactId, Millis, ResetId, ShareState, Stage, TicketId};

use super::filter::address;
use super::line::{Line, Read, with_names};
use crate::app::App;
use crate::audit::Act;
use crate::audit::words::Names;
use crate::share::facts;
use crate::store::{
    AuditFilter, AuditRow, OutboxKind, OutboxRow, OutboxState, Reset, SeqSpan, Share, StoreError,
};
use crate::verification;
use crate::web::api::Path;
use crate::web::pages::settings::Admin;
use crate::web::pages::times::{Moment, distance};
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

/// A reset has some twenty entries; a hammered link adds ten. Nothing comes near this.
const MOST: u32 = 500;
const DAY_MS: i64 = 24 * 60 * 60_000;

/// How it ended, or stands.
struct Ending {
    tone: &'static str,
    what: String,
    next: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "audit/story.html")]
struct StoryPage {
    page: Page,
    reset: ResetId,
    person: String,
    asked_by: String,
    contact: ContactId,
    customer: String,
    ticket: Option<(TicketId, String)>,
    phone: String,
    verified: Option<String>,
    asked: Moment,
    /// From the question who is calling to the new password.
    took: Option<String>,
    ending: Ending,
    lines: Vec<Line>,
    entries: String,
    about_contact: String,
    by_technician: String,
}

/// `GET /audit/resets/{id}`.
///
/// # Errors
/// `not-found` for a reset that is not there or not yours.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<ResetId>,
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let reset = app.store.reset(account, id).await?.ok_or(Code::NotFound)?;
    let verified = app.store.verification(account, reset.verification).await?;
    let began = verified.as_ref().map_or(reset.asked_at, |v| v.sent_at.min(reset.asked_at));
    let mut names = Names::default();
    let read = story(&app, account, &reset, began, &mut names).await?;
    let mut lines: Vec<Line> = read.iter().map(|it| Line::new(it, &names, now)).collect();
    for (line, pair) in lines.iter_mut().skip(1).zip(read.windows(2)) {
        line.since = Some(distance(pair[1].row.at.since(pair[0].row.at)));
    }
    names.add(app.store.audit_names(account, &names.missing([reset.customer.0])).await?);
    let share = app.store.share_of(account, id).await?;
    let rows = app.store.outbox_of(account, id).await?;
    let ticket = match reset.ticket {
        Some(ticket) => app.store.ticket(account, ticket).await?,
        None => None,
    };
    let only = |filter: AuditFilter| address(&filter, None);
    html(&StoryPage {
        page: Page::inside(&app, &session, &format!("Reset of {}", reset.person), "audit"),
        reset: id,
        asked_by: reset.technician_name.clone(),
        contact: reset.contact,
        customer: names.of(reset.customer.0).to_owned(),
        ticket: ticket.map(|ticket| (ticket.id, ticket.number)),
        phone: reset.phone_masked.clone(),
        verified: verified.map(|v| format!("{} to {}", verification::by(v.channel), v.masked)),
        asked: Moment::new(reset.asked_at, now),
        took: reset.applied_at.map(|at| distance(at.since(began))),
        ending: ending(&reset, share.as_ref(), &rows, now),
        lines,
        entries: only(AuditFilter { reset: Some(id), ..AuditFilter::default() }),
        about_contact: only(AuditFilter { contact: Some(reset.contact), ..AuditFilter::default() }),
        by_technician: only(AuditFilter {
            technician: Some(reset.technician),
            ..AuditFilter::default()
        }),
        person: reset.person,
    })
}

/// The entries of the reset, and of the contact meanwhile what led to it: the verification, the approval,
/// what was found at Microsoft.
async fn story(
    app: &App,
    account: AccountId,
    reset: &Reset,
    began: Millis,
    names: &mut Names,
) -> Result<Vec<Read>, StoreError> {
    let of_reset = AuditFilter { reset: Some(reset.id), ..AuditFilter::default() };
    let all = SeqSpan { first: i64::MIN, end: i64::MAX };
    let mut rows = app.store.audit_page(account, &of_reset, all, MOST).await?;
    let approval = match reset.approval {
        Some(id) => app.store.approval(account, id).await?,
        None => None,
    };
    let from = approval.as_ref().map_or(began, |it| it.asked_at.min(began));
    let of_contact = AuditFilter {
        contact: Some(reset.contact),
        from: Some(from),
        until: Some(reset.asked_at.plus(DAY_MS)),
        ..AuditFilter::default()
    };
    let span = app.store.audit_span(account, of_contact.from, of_contact.until).await?;
    let meanwhile = app.store.audit_page(account, &of_contact, span, MOST).await?;
    rows.extend(meanwhile.into_iter().filter(|row| led_to(row, reset)));
    rows.sort_by_key(|row| row.seq);
    rows.dedup_by_key(|row| row.seq);
    with_names(app, account, rows, names).await
}

/// Whether an entry about the contact belongs to this story.
fn led_to(row: &AuditRow, reset: &Reset) -> bool {
    let Ok(entry) = serde_json::from_str::<crate::audit::Entry>(&row.body) else { return false };
    let approval = reset.approval.map(|id| format!("approval {id}"));
    let found = row.at <= reset.asked_at
        && matches!(
            entry.act,
            Act::DirectoryLinked | Act::PhoneSeen | Act::PhoneChanged | Act::CardChanged
        );
    entry.reset.is_none()
        && (entry.verification == Some(reset.verification)
            || (approval.is_some() && entry.about == approval)
            || found)
}

fn ending(reset: &Reset, share: Option<&Share>, rows: &[OutboxRow], now: Millis) -> Ending {
    let bad = |what: &str, next| Ending { tone: "bad", what: what.into(), next: Some(next) };
    let words = reset.code.map(Code::words);
    match reset.stage {
        Stage::Staged | Stage::Applying => Ending {
            tone: "warn",
            what: "It is under way.".into(),
            next: Some("Reload this page in a moment."),
        },
        Stage::Refused => {
            let words = words.unwrap_or_else(|| Code::Internal.words());
            bad(&format!("Refused, and nothing was changed. {}", words.what), words.next)
        }
        Stage::Stuck => {
            let words = words.unwrap_or_else(|| Code::InDoubt.words());
            bad(words.what, words.next)
        }
        Stage::Applied | Stage::Completed => {
            let facts = share.map(|share| facts(share, now));
            let late = facts.as_ref().is_some_and(|facts| facts.late.is_some());
            let state = facts.map_or(ShareState::Closed, |facts| facts.state);
            of_link(&state, late, lost(rows))
        }
    }
}

/// Why the newest text did not get through.
fn lost(rows: &[OutboxRow]) -> Option<Code> {
    let text = rows.iter().rev().find(|row| row.kind == OutboxKind::Text)?;
    (text.state == OutboxState::Failed).then_some(text.code.unwrap_or(Code::Internal))
}

/// How it stands once the password is set.
fn of_link(state: &ShareState, late: bool, lost: Option<Code>) -> Ending {
    let (tone, what, next) = match (state, lost) {
        (ShareState::Opened { .. }, _) if late => (
            "bad",
            "The link was opened, and another device tried it afterwards.",
            Some(
                "Ask the person whether they opened it. If not, reset the password again at once.",
            ),
        ),
        (ShareState::Opened { .. }, _) => ("good", "The link was opened: the person has it.", None),
        (ShareState::Open { .. }, Some(code)) => {
            let words = code.words();
            return Ending { tone: "bad", what: words.what.into(), next: Some(words.next) };
        }
        (ShareState::Open { .. }, None) => (
            "warn",
            "The link waits to be opened.",
            Some("If the text did not arrive, send it again from the ticket."),
        ),
        (ShareState::Locked, _) => (
            "bad",
            "Five wrong unlock codes closed the link.",
            Some("Make a new link from the ticket, and say its unlock code on the phone."),
        ),
        (ShareState::Expired, _) => (
            "bad",
            "The link expired unopened: nobody has this password.",
            Some("Verify the person and reset again."),
        ),
        (ShareState::Revoked { opened: Some(_) }, _) => (
            "warn",
            "The link was opened, and revoked afterwards.",
            Some("If the person should not have it, reset the password again."),
        ),
        (ShareState::Revoked { opened: None } | ShareState::Destroyed, _) => (
            "bad",
            "The link was revoked unopened: nobody has this password.",
            Some("If no newer reset took its place, verify the person and reset again."),
        ),
        (ShareState::Closed, _) => {
            ("warn", "The link can’t be opened yet.", Some("Reload this page in a moment."))
        }
    };
    Ending { tone, what: what.into(), next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_but_the_good_one_says_what_to_do() {
        let at = Millis(0);
        for (state, late, lost, tone) in [
            (ShareState::Opened { at }, false, None, "good"),
            (ShareState::Opened { at }, true, None, "bad"),
            (ShareState::Open { expires_at: at }, false, None, "warn"),
            (ShareState::Open { expires_at: at }, false, Some(Code::Internal), "bad"),
            (ShareState::Locked, false, None, "bad"),
            (ShareState::Expired, false, None, "bad"),
            (ShareState::Revoked { opened: None }, false, None, "bad"),
            (ShareState::Revoked { opened: Some(at) }, false, None, "warn"),
            (ShareState::Destroyed, false, None, "bad"),
            (ShareState::Closed, false, None, "warn"),
        ] {
            let ending = of_link(&state, late, lost);
            assert_eq!(ending.tone, tone, "{}", ending.what);
            assert_eq!(ending.next.is_none(), tone == "good", "{}", ending.what);
        }
    }
}
