//! `/audit/check`: whether the chain is intact, in words.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::{Code, Millis};

use crate::app::App;
use crate::audit::{BrokenChain, Intact, KnownHead};
use crate::store::Session;
use crate::web::forms::{OwnForm, check_form_token, form_token};
use crate::web::pages::settings::Admin;
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

/// What was found.
enum Found {
    Intact { entries: i64, head: String, oldest: Option<Moment>, newest: Option<Moment> },
    Broken { seq: i64, words: &'static str },
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
    found: Option<Found>,
}

impl CheckPage {
    fn new(app: &App, session: &Session) -> Self {
        Self {
            page: Page::inside(app, session, "Check the chain", "audit"),
            token: form_token(app, session),
            known: String::new(),
            wrong: None,
            up_to: None,
            found: None,
        }
    }
}

/// `GET /audit/check`.
///
/// # Errors
/// When nobody is signed in or it is no admin.
pub async fn get(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    html(&CheckPage::new(&app, &session))
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

/// `POST /audit/check`. It reads all entries and changes nothing.
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
    let mut page = CheckPage::new(&app, &session);
    let known = ask.known.trim();
    let head = KnownHead::parse(known);
    page.known = known.chars().take(200).collect();
    if !known.is_empty() && head.is_none() {
        page.wrong = Some(
            "That is no head: it is a number, a colon and 64 letters and digits, as the log and this page print it.",
        );
        return html(&page);
    }
    let answer = match ask.up_to {
        None => app.store.check_audit(account, head.as_ref()).await?,
        Some(seq) => {
            page.up_to = Some(seq);
            app.store.check_audit_up_to(account, seq).await?.ok_or(Code::NotFound)?
        }
    };
    if let Err(BrokenChain { seq, how }) = &answer {
        // Whoever reads the log should not depend on the admin who pressed the button.
        tracing::error!(account.id = %account, audit.entry = seq, outcome = ?how, "the chain is broken");
    }
    page.found = Some(in_words(answer, app.clock.now()));
    html(&page)
}

fn in_words(answer: Result<Intact, BrokenChain>, now: Millis) -> Found {
    match answer {
        Ok(intact) => Found::Intact {
            entries: intact.entries,
            head: intact.fingerprint(),
            oldest: intact.oldest.map(|at| Moment::new(at, now)),
            newest: intact.newest.map(|at| Moment::new(at, now)),
        },
        Err(BrokenChain { seq, how }) => Found::Broken { seq, words: how.words() },
    }
}
