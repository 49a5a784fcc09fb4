//! `/sign-in`, `/sign-in/code`, `/sign-in/authenticator`, `/sign-out`. A recovery code: `recovery`.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, Problem};
use zeroize::Zeroizing;

use super::qr::Qr;
use super::recovery::kept;
use super::{Page, html, html_with};
use crate::app::App;
use crate::sign_in::session::lacks_factor;
use crate::sign_in::{self, Next, ONLY_SSO, Refused, Typed, sso};
use crate::store::{Session, SessionKind};
use crate::web::api::Query;
use crate::web::auth::{HalfSignedIn, in_cookie, signs_in};
use crate::web::forms::{Address, OwnForm, check_form_token, form_token, local_path};
use crate::web::problem::Failure;

/// What went wrong, above the form.
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) next: String,
}

impl From<&Problem> for Trouble {
    fn from(problem: &Problem) -> Self {
        let next = match problem.retry_after {
            Some(seconds) => format!("Try again in {} min.", seconds.div_ceil(60)),
            None => problem.detail.clone(),
        };
        Self { what: problem.title.clone(), next }
    }
}

/// A page knows what it asked for; the API's words for a wrong sign-in cover all of it. Neither
/// says more than the person who gets here knows already.
pub(super) fn in_own_words(
    refused: Refused,
    what: &str,
    next: &str,
) -> Result<(StatusCode, Trouble), Failure> {
    let wrong = matches!(refused, Refused::Because(Code::WrongSignIn));
    let (status, trouble) = on_the_page(refused)?;
    let own = Trouble { what: what.into(), next: next.into() };
    Ok((status, if wrong { own } else { trouble }))
}

/// What is wrong with an authenticator's code.
pub(super) fn wrong_code(refused: Refused) -> Result<(StatusCode, Trouble), Failure> {
    if let Refused::ClockOff { seconds } = refused {
        return Ok((StatusCode::UNAUTHORIZED, clock_off(seconds)));
    }
    let next = "A code can be used once and lives for 30 seconds: wait for the next one.";
    in_own_words(refused, "That is not the code.", next)
}

/// A code that was right at another time.
fn clock_off(seconds: i64) -> Trouble {
    let way = if seconds > 0 { "ahead" } else { "behind" };
    let about = match seconds.abs() {
        ..90 => "a minute".to_owned(),
        more => format!("{} minutes", (more + 30) / 60),
    };
    Trouble {
        what: format!("Your phone’s clock is off: about {about} {way}."),
        next: "Let the phone set date and time by itself (in its settings), then type the code that your \
               authenticator shows."
            .into(),
    }
}

/// Shows a refusal on the page that was sent; what is no refusal of a person goes on as it is.
pub(super) fn on_the_page(refused: Refused) -> Result<(StatusCode, Trouble), Failure> {
    let own_words = match &refused {
        Refused::BadPassword(why) => {
            Some(Trouble { what: "This password can’t be used.".into(), next: (*why).into() })
        }
        Refused::OnlySso => {
            Some(Trouble { what: "This password is not taken.".into(), next: ONLY_SSO.into() })
        }
        Refused::Because(Code::LinkDead) => Some(Trouble {
            what: "This link does not work any more.".into(),
            next: "It works once, for a while, and only the newest does. If you had a password, ask for \
                   another link at the sign-in page (Forgot your password?); if you are new, ask your \
                   admin or operator."
                .into(),
        }),
        _ => None,
    };
    let Failure(problem) = refused.into();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    if status.is_server_error() {
        return Err(Failure(problem));
    }
    Ok((status, own_words.unwrap_or_else(|| Trouble::from(&problem))))
}

/// Where the address says that the person wanted to go.
#[derive(Deserialize)]
pub struct Going {
    pub(super) next: Option<String>,
    /// Why somebody is asked once more, who may be signed in.
    again: Option<Again>,
}

/// Why somebody is asked once more.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Again {
    /// The half session ended on the way.
    Half,
    /// The second factor is too old.
    Factor,
    /// Whatever else an address says.
    #[serde(other)]
    Other,
}

impl Again {
    fn trouble(self) -> Option<Trouble> {
        let (what, next) = match self {
            Self::Half => (
                "Please start again.",
                "That took more than ten minutes, or there were too many wrong codes.",
            ),
            Self::Factor => {
                ("Please sign in again.", "What comes next needs a recent second factor.")
            }
            Self::Other => return None,
        };
        Some(Trouble { what: what.into(), next: next.into() })
    }
}

/// Where somebody who has signed in is led: who may not use our pages connects frames, and nothing else.
pub(super) fn lead<'a>(session: &Session, next: &'a str) -> &'a str {
    if session.technician.may_use_ui { next } else { super::pair::PATH }
}

/// Where to prove the second factor anew in the session that there is, on the way back to `path`.
pub(super) fn confirm_at(path: &str) -> String {
    with_next(super::confirm::PATH, path)
}

/// Where to do so by signing in anew.
pub(super) fn sign_in_again(path: &str) -> String {
    again_at(path, "factor")
}

fn again_at(path: &str, why: &str) -> String {
    let path = with_next("/sign-in", path);
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}again={why}")
}

pub(super) fn with_next(path: &str, next: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if next != "/" {
        query.append_pair("next", next);
    }
    match query.finish() {
        query if query.is_empty() => path.into(),
        query => format!("{path}?{query}"),
    }
}

/// The page after a right password.
pub(super) fn way_on(step: Next, next: &str) -> Redirect {
    Redirect::to(&match step {
        // Which of the two it is, the page finds out by itself.
        Next::Code | Next::Enrol => with_next("/sign-in/code", next),
        Next::Nothing => next.to_owned(),
    })
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage<'a> {
    page: Page,
    next: &'a str,
    email: &'a str,
    /// Whether anybody here signs in with an issuer of theirs.
    sso: bool,
    /// What was typed for single sign-on.
    work_email: &'a str,
    /// Whether the second factor is too old: an issuer asks anew, too.
    again: bool,
    trouble: Option<Trouble>,
}

impl<'a> SignInPage<'a> {
    /// # Errors
    /// When the database can't be read.
    pub(super) async fn new(
        app: &App,
        next: &'a str,
        trouble: Option<Trouble>,
    ) -> Result<Self, Failure> {
        let (page, sso) = (Page::outside("Sign in"), app.store.has_sso().await?);
        Ok(Self { page, next, email: "", sso, work_email: "", again: false, trouble })
    }

    pub(super) fn with_work_email(self, work_email: &'a str) -> Self {
        Self { work_email, ..self }
    }
}

/// `GET /sign-in`.
///
/// # Errors
/// When the database can't be read.
pub async fn get(
    State(app): State<App>,
    Query(going): Query<Going>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let next = local_path(going.next.as_deref());
    // Who is signed in already would only lose that session here.
    let session = in_cookie(&app, &headers).await?;
    // A second factor was asked for after they had signed in without: they finish now.
    let finish = |it: &Session| it.kind == SessionKind::Web && lacks_factor(it);
    if going.again.is_none() && session.as_ref().is_some_and(finish) {
        return Ok(Redirect::to(&with_next("/sign-in/code", next)).into_response());
    }
    let session = session.filter(|session| session.kind == SessionKind::Web);
    if let (Some(session), None) = (&session, going.again) {
        return Ok(Redirect::to(lead(session, next)).into_response());
    }
    let trouble = going.again.and_then(Again::trouble);
    let again = matches!(going.again, Some(Again::Factor));
    // Who came by single sign-on need not type again who they are.
    let known = match session.filter(|_| again) {
        Some(session) if sso::is_linked(&app, &session.technician).await? => {
            session.technician.email
        }
        _ => String::new(),
    };
    let page = SignInPage::new(&app, next, trouble).await?.with_work_email(&known);
    html(&SignInPage { again, ..page })
}

/// The first form.
#[derive(Deserialize)]
pub struct PasswordForm {
    email: String,
    password: Typed,
    next: Option<String>,
}

/// `POST /sign-in`: the password.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    OwnForm(form): OwnForm<PasswordForm>,
) -> Result<Response, Failure> {
    let next = local_path(form.next.as_deref());
    let old = in_cookie(&app, &headers).await?.map(|session| session.id);
    let entered =
        sign_in::with_password(&app, &form.email, &form.password, &address, old.as_deref()).await;
    match entered {
        Ok((token, step)) => Ok((signs_in(&token), way_on(step, next)).into_response()),
        Err(refused) => {
            let what = "The email address or the password is wrong.";
            let (status, trouble) = in_own_words(refused, what, "Check both and try again.")?;
            let page = SignInPage::new(&app, next, Some(trouble)).await?;
            html_with(status, &SignInPage { email: &form.email, ..page })
        }
    }
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    page: Page,
    next: &'a str,
    email: &'a str,
    form: String,
    /// Where a recovery code can be used.
    recovery: String,
    trouble: Option<Trouble>,
}

#[derive(Template)]
#[template(path = "authenticator.html")]
struct AuthenticatorPage<'a> {
    page: Page,
    next: &'a str,
    email: &'a str,
    form: String,
    spelt: Zeroizing<String>,
    uri: Zeroizing<String>,
    qr: Option<Qr>,
    trouble: Option<Trouble>,
}

fn code_page(
    app: &App,
    half: &Session,
    next: &str,
    trouble: Option<(StatusCode, Trouble)>,
) -> Result<Response, Failure> {
    let (email, form) = (half.technician.email.as_str(), form_token(app, half));
    let (status, trouble) = trouble.map_or((StatusCode::OK, None), |(s, t)| (s, Some(t)));
    if half.technician.has_totp {
        let page = Page::outside("Enter your code");
        let recovery = with_next("/sign-in/recovery", next);
        html_with(status, &CodePage { page, next, email, form, recovery, trouble })
    } else {
        let page = Page::outside("Set up your authenticator");
        let sign_in::Offer { spelt, uri } = sign_in::offer(app, half);
        let qr = Qr::of(&uri);
        html_with(status, &AuthenticatorPage { page, next, email, form, spelt, uri, qr, trouble })
    }
}

/// `GET /sign-in/code`: asks for a code, or offers a new authenticator to who has none.
///
/// # Errors
/// When the database can't be read.
pub async fn get_code(
    State(app): State<App>,
    Query(going): Query<Going>,
    half: Result<HalfSignedIn, Failure>,
) -> Result<Response, Failure> {
    let next = local_path(going.next.as_deref());
    match half {
        Ok(HalfSignedIn(half)) => code_page(&app, &half, next, None),
        Err(_) => Ok(Redirect::to(&with_next("/sign-in", next)).into_response()),
    }
}

/// The second form, and the one that enrols an authenticator.
#[derive(Deserialize)]
pub struct CodeForm {
    pub(super) form: String,
    pub(super) code: Typed,
    pub(super) next: Option<String>,
}

/// `POST /sign-in/code`: a code from the authenticator.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post_code(
    State(app): State<App>,
    half: Result<HalfSignedIn, Failure>,
    OwnForm(form): OwnForm<CodeForm>,
) -> Result<Response, Failure> {
    let next = local_path(form.next.as_deref());
    let Ok(HalfSignedIn(half)) = half else { return Ok(start_again(next)) };
    check_form_token(&app, &half, &form.form)?;
    match sign_in::with_code(&app, &half, &form.code).await {
        Ok(token) => Ok((signs_in(&token), Redirect::to(lead(&half, next))).into_response()),
        Err(refused) => code_page(&app, &half, next, Some(wrong_code(refused)?)),
    }
}

/// `POST /sign-in/authenticator`: the first code from a new authenticator.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn post_authenticator(
    State(app): State<App>,
    half: Result<HalfSignedIn, Failure>,
    OwnForm(form): OwnForm<CodeForm>,
) -> Result<Response, Failure> {
    let next = local_path(form.next.as_deref());
    let Ok(HalfSignedIn(half)) = half else { return Ok(start_again(next)) };
    check_form_token(&app, &half, &form.form)?;
    match sign_in::with_new_authenticator(&app, &half, &form.code).await {
        Ok((token, codes)) => {
            let page =
                kept(Page::outside("Keep your recovery codes"), codes, lead(&half, next), false);
            Ok((signs_in(&token), page?).into_response())
        }
        Err(refused) => code_page(&app, &half, next, Some(wrong_code(refused)?)),
    }
}

pub(super) fn start_again(next: &str) -> Response {
    Redirect::to(&again_at(next, "half")).into_response()
}
