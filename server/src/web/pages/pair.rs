//! `/pair`: a technician's own sign-in vouches for a frame in a PSA. They type the code that the frame
//! shows, see from where it asks, and connect it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, PairingId};

use super::sign_in::{Trouble, confirm_at};
use super::{Page, html_with};
use crate::app::App;
use crate::denied::Denied;
use crate::sign_in::whence;
use crate::store::{Pairing, Session};
use crate::web::api::{Path, Query};
use crate::web::auth::{MayPair, in_cookie};
use crate::web::forms::{Address, OwnForm, check_form_token, form_token};
use crate::web::problem::Failure;

/// Where it is.
pub(super) const PATH: &str = "/pair";

#[derive(Template)]
#[template(path = "pair.html")]
struct PairPage<'a> {
    page: Page,
    form: String,
    who: &'a str,
    /// Whether this page is all that the technician may open here.
    only: bool,
    step: Step,
    trouble: Option<Trouble>,
}

/// How far it is.
enum Step {
    /// Which frame.
    Code,
    /// Whether it is theirs.
    Look(Frame),
    /// Done: what, and what next.
    Done(&'static str, &'static str),
}

/// A frame that waits.
struct Frame {
    id: PairingId,
    psa: &'static str,
    asked: String,
    address: String,
    /// Not from where this page is asked for.
    elsewhere: bool,
    browser: String,
    /// Not with this browser.
    another: bool,
    /// Whom the host has confirmed there.
    person: Option<String>,
}

impl Frame {
    fn new(pairing: Pairing, psa: &'static str, now: shared::Millis, here: &Here<'_>) -> Self {
        let asked = pairing.asked;
        Self {
            id: asked.id,
            psa,
            asked: ago(now.since(pairing.created_at)),
            elsewhere: asked.address != here.address,
            address: asked.address,
            another: !here.browser.starts_with(&asked.browser) || asked.browser.is_empty(),
            browser: whence::browser(&asked.browser),
            person: asked.person.map(|(_, login)| login),
        }
    }

    /// What to say first.
    fn warning(&self) -> Option<&'static str> {
        match (self.elsewhere, self.another) {
            (true, true) => Some("The frame is at another address, in another browser."),
            (true, false) => Some("The frame is at another address than you are now."),
            (false, true) => Some("The frame is in another browser than this one."),
            (false, false) => None,
        }
    }
}

/// Where this page is asked for.
struct Here<'a> {
    address: &'a str,
    browser: &'a str,
}

fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// Frames wait for minutes only.
fn ago(millis: i64) -> String {
    match millis / 1000 {
        ..10 => "just now".into(),
        seconds @ 10..60 => format!("{seconds} seconds ago"),
        seconds => format!("{} min ago", seconds / 60),
    }
}

/// A page for whoever is signed in.
fn sent(
    app: &App,
    session: &Session,
    step: Step,
    trouble: Option<(StatusCode, Trouble)>,
) -> Result<Response, Failure> {
    let (status, trouble) = trouble.map_or((StatusCode::OK, None), |(s, t)| (s, Some(t)));
    let technician = &session.technician;
    html_with(
        status,
        &PairPage {
            page: Page::outside("Connect a frame"),
            form: form_token(app, session),
            who: &technician.name,
            only: !technician.may_use_ui,
            step,
            trouble,
        },
    )
}

/// A refusal, above the form; what is none of a person goes on as it is.
fn on_the_page(denied: Denied) -> Result<(StatusCode, Trouble), Failure> {
    let Failure(problem) = denied.into();
    let shown = matches!(
        problem.code,
        Code::PairingCodeWrong | Code::PairingOver | Code::HostPersonOther | Code::LimitReached
    );
    match StatusCode::from_u16(problem.status) {
        Ok(status) if shown => Ok((status, Trouble::from(&problem))),
        _ => Err(Failure(problem)),
    }
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /pair`.
///
/// # Errors
/// When nobody is signed in, or has no second factor to sign in with.
pub async fn get(
    State(app): State<App>,
    Query(done): Query<Done>,
    headers: HeaderMap,
    who: Result<MayPair, Failure>,
) -> Result<Response, Failure> {
    let session = match who {
        Ok(MayPair(session)) => session,
        Err(Failure(problem)) if problem.code == Code::SecondFactorNeeded => {
            let known = in_cookie(&app, &headers).await?;
            // Signing in again helps those who have an authenticator.
            if known.is_some_and(|session| session.technician.has_totp) {
                return Ok(Redirect::to(&confirm_at(PATH)).into_response());
            }
            return Err(Failure(problem));
        }
        Err(failure) => return Err(failure),
    };
    let step = match done.done.as_str() {
        "connected" => Step::Done("Connected.", "Go back to your ticket. You can close this page."),
        "refused" => Step::Done(
            "Refused. The frame was not connected.",
            "Somebody had you type a code that was not yours: tell an admin.",
        ),
        _ => Step::Code,
    };
    sent(&app, &session, step, None)
}

/// The first form.
#[derive(Deserialize)]
pub struct CodeForm {
    form: String,
    code: String,
}

/// `POST /pair`: the code that the frame shows.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post(
    State(app): State<App>,
    MayPair(session): MayPair,
    Address(address): Address,
    headers: HeaderMap,
    OwnForm(form): OwnForm<CodeForm>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    let pairing = match app.frames.waiting(&session, &form.code).await {
        Ok(pairing) => pairing,
        Err(denied) => return sent(&app, &session, Step::Code, Some(on_the_page(denied)?)),
    };
    let psa = app.store.psa(session.technician.account, pairing.asked.integration).await?;
    let psa = psa.ok_or(Code::PsaMissing)?.kind.name();
    let here = Here { address: &address, browser: user_agent(&headers) };
    let frame = Frame::new(pairing, psa, app.clock.now(), &here);
    sent(&app, &session, Step::Look(frame), None)
}

/// The second form.
#[derive(Deserialize)]
pub struct AnswerForm {
    form: String,
    answer: Answer,
}

/// Whether the frame is theirs.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Connect,
    Refuse,
}

/// `POST /pair/{id}`: whether it is theirs.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn answer(
    State(app): State<App>,
    MayPair(session): MayPair,
    Path(id): Path<PairingId>,
    OwnForm(form): OwnForm<AnswerForm>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    let (answered, done) = match form.answer {
        Answer::Connect => (app.frames.approve(&session, id).await, "connected"),
        Answer::Refuse => (app.frames.refuse(&session, id).await, "refused"),
    };
    match answered {
        Ok(()) => Ok(Redirect::to(&format!("{PATH}?done={done}")).into_response()),
        Err(denied) => sent(&app, &session, Step::Code, Some(on_the_page(denied)?)),
    }
}

#[cfg(test)]
mod tests {
    use shared::{AccountId, IntegrationId, Millis};
    use uuid::Uuid;

    use super::*;
    use crate::store::NewPairing;

    const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/144.0 Safari/537.36 Edg/144.0";

    fn frame(address: &str, browser: &str) -> Frame {
        let pairing = Pairing {
            account: AccountId(Uuid::nil()),
            asked: NewPairing {
                id: PairingId(Uuid::nil()),
                integration: IntegrationId(Uuid::nil()),
                challenge: Vec::new(),
                code_hash: Vec::new(),
                address: "203.0.113.9".into(),
                browser: EDGE.into(),
                person: Some(("7".into(), "tess".into())),
                expires_at: Millis(120_000),
            },
            created_at: Millis(0),
            approved: None,
        };
        Frame::new(pairing, "HaloPSA", Millis(42_000), &Here { address, browser })
    }

    #[test]
    fn a_frame_elsewhere_is_marked() {
        for (address, browser, warned) in [
            ("203.0.113.9", EDGE, None),
            ("203.0.113.10", EDGE, Some("another address than")),
            ("203.0.113.9", "Firefox/146.0", Some("another browser than")),
            ("::1", "", Some("another address, in another browser")),
        ] {
            let frame = frame(address, browser);
            let said = frame.warning();
            assert_eq!(said.is_some(), warned.is_some(), "{address} {browser}");
            assert!(said.unwrap_or_default().contains(warned.unwrap_or_default()));
            assert_eq!(
                (frame.browser.as_str(), frame.asked.as_str()),
                ("Edge on Windows", "42 seconds ago")
            );
            assert_eq!(frame.person.as_deref(), Some("tess"));
        }
    }

    #[test]
    fn how_long_ago_is_said_in_words() {
        for (millis, said) in [
            (-5_000, "just now"),
            (9_999, "just now"),
            (10_000, "10 seconds ago"),
            (59_999, "59 seconds ago"),
            (60_000, "1 min ago"),
            (149_000, "2 min ago"),
        ] {
            assert_eq!(ago(millis), said);
        }
    }
}
