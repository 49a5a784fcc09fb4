//! `/audit/check`: whether the chain is intact, in words. The check goes on beside the request; the page shows how
//! far it has come.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, Millis};

use crate::app::App;
use crate::audit::check::{self, Checked, Standing};
use crate::audit::{BrokenChain, KnownHead};
use crate::store::{Session, StoreError};
use crate::web::forms::{OwnForm, check_form_token, form_token};
use crate::web::pages::settings::Admin;
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

const PATH: &str = "/audit/check";
/// A small chain is checked while the page is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the newest check stands, for the page.
enum Found {
    Never,
    UnderWay { walked: i64, entries: i64 },
    Stopped { walked: i64, entries: i64 },
    Intact { entries: i64, head: String, oldest: Option<Moment>, newest: Option<Moment> },
    Broken { seq: i64, words: &'static str },
    Unread,
}

#[derive(Template)]
#[template(path = "audit/check.html")]
struct CheckPage {
    page: Page,
    token: String,
    /// As it was typed.
    known: String,
    wrong: Option<&'static str>,
    /// The entry up to which it was checked, where that was not all.
    up_to: Option<i64>,
    /// When it ended, and whether against a head that was kept.
    ended: Option<(Moment, bool)>,
    found: Found,
}

impl CheckPage {
    fn new(app: &App, session: &Session, standing: Standing) -> Self {
        let now = app.clock.now();
        let mut page = Self {
            page: Page::inside(app, session, "Check the chain", "audit"),
            token: form_token(app, session),
            known: String::new(),
            wrong: None,
            up_to: None,
            ended: None,
            found: Found::Never,
        };
        page.found = match standing {
            Standing::Never => Found::Never,
            Standing::UnderWay(walked, entries) => Found::UnderWay { walked, entries },
            Standing::Stopped(walked, entries) => Found::Stopped { walked, entries },
            Standing::Ended(checked) => {
                page.up_to = checked.up_to;
                page.ended = Some((Moment::new(checked.at, now), checked.against_known));
                in_words(checked, now)
            }
        };
        page
    }
}

fn in_words(checked: Checked, now: Millis) -> Found {
    match checked.found {
        Some(Ok(intact)) => Found::Intact {
            entries: intact.entries,
            head: intact.fingerprint(),
            oldest: intact.oldest.map(|at| Moment::new(at, now)),
            newest: intact.newest.map(|at| Moment::new(at, now)),
        },
        Some(Err(BrokenChain { seq, how })) => Found::Broken { seq, words: how.words() },
        None => Found::Unread,
    }
}

/// `GET /audit/check`: how the newest one stands.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn get(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    let standing = check::standing(&app, session.technician.account).await?;
    html(&CheckPage::new(&app, &session, standing))
}

/// What is to be checked.
#[derive(Deserialize)]
pub struct Ask {
    form: String,
    /// A head that somebody has kept.
    #[serde(default)]
    known: String,
    /// Up to this entry only.
    up_to: Option<i64>,
}

/// `POST /audit/check`: begins one, unless one is under way, and waits for it a little. It reads all entries and
/// changes none.
///
/// # Errors
/// When it is no admin or the form is not from our page; `not-found` for an entry that is not there.
pub async fn post(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(ask): OwnForm<Ask>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &ask.form)?;
    let account = session.technician.account;
    let typed = ask.known.trim();
    let known = KnownHead::parse(typed);
    let kept: String = typed.chars().take(200).collect();
    if !typed.is_empty() && known.is_none() {
        let mut page = CheckPage::new(&app, &session, check::standing(&app, account).await?);
        page.known = kept;
        page.wrong = Some(
            "That is no head: it is a number, a colon and 64 letters and digits, as the log and this page print it.",
        );
        return html(&page);
    }
    let asked = known.is_some() || ask.up_to.is_some();
    let standing = match check::begin(&app, account, check::Ask { known, up_to: ask.up_to }).await {
        // What this one has found, whatever the row says by now.
        Ok(Some(check)) => match tokio::time::timeout(PATIENCE, check).await {
            Ok(Ok(Some(checked))) => Standing::Ended(checked),
            _ => check::standing(&app, account).await?,
        },
        Ok(None) => return Err(Code::NotFound.into()),
        // Another one is under way: it was asked for something else.
        Err(StoreError::MovedOn) if asked => {
            let mut page = CheckPage::new(&app, &session, check::standing(&app, account).await?);
            page.known = kept;
            page.wrong = Some(
                "Another check is under way, so yours was not begun. Ask again when it has ended.",
            );
            return html(&page);
        }
        // It is the same that was asked for: this is how far it has come.
        Err(StoreError::MovedOn) => check::standing(&app, account).await?,
        Err(error) => return Err(error.into()),
    };
    if matches!(standing, Standing::UnderWay(..)) {
        return Ok(Redirect::to(PATH).into_response());
    }
    let mut page = CheckPage::new(&app, &session, standing);
    page.known = kept;
    html(&page)
}
