//! `/contacts/import`: contacts from a file. First a look at what would happen; the file travels in the page's
//! own form, so nothing is kept until somebody says so.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::settings::{Admin, Stale, may_change, stale};
use super::{Page, html, html_with};
use crate::app::App;
use crate::contacts::{
    Column, Fate, Line, MOST_BYTES, MOST_LINES, Plan, Sheet, Unreadable, missing, text,
};
use crate::store::{Imported, Session};
use crate::web::forms::{OwnUpload, form_token};
use crate::web::problem::Failure;

const PATH: &str = "/contacts/import";
/// Lines that are shown of what would be written, and of what can't be.
const SHOWN: usize = 10;
const SHOWN_BAD: usize = 200;

#[derive(Template)]
#[template(path = "contact_import.html")]
struct UploadPage {
    page: Page,
    stale: Option<Stale>,
    token: String,
    /// Why the file that was chosen can't be read.
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "contact_preview.html")]
struct PreviewPage {
    page: Page,
    stale: Option<Stale>,
    token: String,
    text: String,
    columns: Vec<Choice>,
    /// What has to be said before anything can be taken.
    missing: Option<&'static str>,
    /// Why nothing was written.
    refused: Option<&'static str>,
    new_customers: bool,
    first: Vec<Line>,
    plan: Plan,
    counts: Counts,
}

#[derive(Template)]
#[template(path = "contact_imported.html")]
struct DonePage {
    page: Page,
    done: Imported,
    /// Lines that could be taken, and were not written.
    left: usize,
    bad: usize,
    plan: Plan,
}

/// A column, and what it is taken for.
struct Choice {
    head: String,
    /// The first thing in it.
    such_as: String,
    options: Vec<(Column, bool)>,
}

#[derive(Default)]
struct Counts {
    new: usize,
    changed: usize,
    same: usize,
    /// Lines that can't be taken beyond those that are shown.
    more_bad: usize,
}

impl PreviewPage {
    fn writes(&self) -> usize {
        self.counts.new + self.counts.changed
    }

    /// In one word, for the table.
    #[expect(clippy::unused_self, reason = "the template asks the page for everything")]
    fn fate(&self, line: &Line) -> &'static str {
        match line.fate {
            Fate::New => "New",
            Fate::Changed(_) => "Changed",
            Fate::Same => "As it is",
        }
    }

    fn bad(&self) -> impl Iterator<Item = &crate::contacts::BadLine> {
        self.plan.bad.iter().take(SHOWN_BAD)
    }
}

impl DonePage {
    fn bad_lines(&self) -> impl Iterator<Item = &crate::contacts::BadLine> {
        self.plan.bad.iter().take(SHOWN_BAD)
    }
}

/// `GET /contacts/import`.
///
/// # Errors
/// When nobody is signed in or it is no admin.
pub async fn get(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    upload(&app, &session, None)
}

fn upload(app: &App, session: &Session, wrong: Option<&'static str>) -> Result<Response, Failure> {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = UploadPage {
        page: Page::inside(app, session, "Import contacts", "contacts"),
        stale: stale(app, session, PATH),
        token: form_token(app, session),
        wrong,
    };
    html_with(status, &page)
}

/// What was sent: a file, or the text of one that was looked at before, with what its columns are.
struct Sent {
    text: String,
    sheet: Sheet,
    new_customers: bool,
}

fn sent(upload: OwnUpload) -> Result<Sent, &'static str> {
    let mut fields = upload.fields;
    let text = match fields.remove("text") {
        Some(text) if upload.file.is_empty() => text,
        _ if upload.file.is_empty() => return Err("Choose a file first."),
        _ if upload.file.len() > MOST_BYTES => {
            return Err(
                "The file is larger than 5 MB. Cut it into several: importing one after the other is \
                        as good.",
            );
        }
        _ => text(&upload.file).ok_or(
            "This is no text. A workbook of Excel is saved as “CSV UTF-8” first: File, Save as.",
        )?,
    };
    let sheet = Sheet::read(&text).map_err(unreadable)?;
    let chosen = |nth: usize| chosen(&fields, nth);
    let new_customers = fields.get("new_customers").is_some_and(|it| it == "yes");
    Ok(Sent { sheet: sheet.taken_for(chosen), text, new_customers })
}

fn chosen(fields: &HashMap<String, String>, nth: usize) -> Option<Column> {
    Column::parse(fields.get(&format!("column-{nth}"))?)
}

fn unreadable(why: Unreadable) -> &'static str {
    match why {
        Unreadable::Empty => {
            "There is nothing below the first line. The first line says what the columns are, each other one \
             is a contact."
        }
        Unreadable::TooLong => {
            const { assert!(MOST_LINES == 50_000) };
            "The file has more than 50 000 lines. Cut it into several: importing one after the other is as good."
        }
        Unreadable::TooWide => {
            "The file has more than 60 columns. Delete those that are no contact’s, and try again."
        }
        Unreadable::Broken => {
            "The file can’t be read as CSV. Save it again as “CSV UTF-8” in your spreadsheet program."
        }
    }
}

/// `POST /contacts/import`: what would happen.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a file that
/// can't be read is said on the page.
pub async fn look(
    State(app): State<App>,
    Admin(session): Admin,
    upload_form: OwnUpload,
) -> Result<Response, Failure> {
    may_change(&app, &session, &upload_form.form)?;
    match sent(upload_form) {
        Ok(sent) => preview(&app, &session, sent, None).await,
        Err(wrong) => upload(&app, &session, Some(wrong)),
    }
}

/// `POST /contacts/import/now`: does it.
///
/// # Errors
/// As for [`look`].
pub async fn import(
    State(app): State<App>,
    Admin(session): Admin,
    upload_form: OwnUpload,
) -> Result<Response, Failure> {
    may_change(&app, &session, &upload_form.form)?;
    let sent = match sent(upload_form) {
        Ok(sent) => sent,
        Err(wrong) => return upload(&app, &session, Some(wrong)),
    };
    if missing(&sent.sheet.columns).is_some() {
        return preview(&app, &session, sent, None).await;
    }
    let done = app.contacts.import(&session, &sent.sheet, sent.new_customers).await;
    match done {
        Ok((done, plan)) => html(&DonePage {
            page: Page::inside(&app, &session, "Contacts imported", "contacts"),
            bad: plan.bad.len(),
            done: done.imported,
            left: done.left,
            plan,
        }),
        Err(crate::denied::Denied::Because(finding))
            if finding.code == shared::Code::ChangedMeanwhile =>
        {
            let refused =
                "A customer came or went meanwhile, so nothing was written. Look at it again.";
            preview(&app, &session, sent, Some(refused)).await
        }
        Err(denied) => Err(denied.into()),
    }
}

async fn preview(
    app: &App,
    session: &Session,
    sent: Sent,
    refused: Option<&'static str>,
) -> Result<Response, Failure> {
    let Sent { text, sheet, new_customers } = sent;
    let missing = missing(&sheet.columns);
    let plan = match missing {
        Some(_) => Plan::default(),
        None => app.contacts.plan(session.technician.account, &sheet, new_customers).await?,
    };
    let mut counts =
        Counts { more_bad: plan.bad.len().saturating_sub(SHOWN_BAD), ..Counts::default() };
    for line in &plan.lines {
        match line.fate {
            Fate::New => counts.new += 1,
            Fate::Changed(_) => counts.changed += 1,
            Fate::Same => counts.same += 1,
        }
    }
    let columns = sheet.heads.iter().zip(&sheet.columns).enumerate().map(|(nth, (head, taken))| {
        let first =
            sheet.lines.iter().find_map(|(_, cells)| cells.get(nth).filter(|it| !it.is_empty()));
        Choice {
            head: if head.is_empty() { format!("Column {}", nth + 1) } else { head.clone() },
            such_as: first.map(|it| it.chars().take(40).collect()).unwrap_or_default(),
            options: Column::ALL.map(|column| (column, column == *taken)).to_vec(),
        }
    });
    let status = match refused {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::OK,
    };
    let page = PreviewPage {
        page: Page::inside(app, session, "Import contacts", "contacts"),
        stale: stale(app, session, PATH),
        token: form_token(app, session),
        columns: columns.collect(),
        text,
        missing,
        refused,
        new_customers,
        first: plan.lines.iter().take(SHOWN).cloned().collect(),
        plan,
        counts,
    };
    html_with(status, &page)
}
