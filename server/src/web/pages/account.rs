//! `/account`: a person's own sign-in, for everybody who is signed in. Another authenticator and recovery
//! codes: `account_factor`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, Host};

use super::sign_in::{Trouble, in_own_words};
use super::times::Moment;
use super::{Page, html_with};
use crate::app::App;
use crate::reach;
use crate::sign_in::session::recent_second_factor;
use crate::sign_in::{Refused, Typed, own, recovery};
use crate::store::{OwnSession, Rights, Role, Session};
use crate::team::abilities::{ABILITIES, May};
use crate::web::api::Query;
use crate::web::auth::Anyone;
use crate::web::forms::{OwnForm, check_form_token, form_token};
use crate::web::problem::Failure;

/// Where it is.
pub(super) const PATH: &str = "/account";

/// Something that the person may do, or why not.
struct Line {
    what: &'static str,
    may: bool,
    /// What is missing, where it is.
    missing: Option<String>,
}

/// Where they are signed in.
struct Row {
    handle: String,
    browser: String,
    place: &'static str,
    network: String,
    since: Moment,
    seen: Moment,
    this: bool,
}

impl Row {
    fn new(app: &App, who: &Session, session: OwnSession) -> Self {
        let now = app.clock.now();
        let known = |text: String| if text.is_empty() { "Not known yet".to_owned() } else { text };
        Self {
            handle: own::handle(app, &session.id),
            this: session.id == who.id,
            browser: known(session.trace.browser),
            place: match session.host {
                Host::Web => "Our own pages",
                Host::ConnectWise => "A frame in ConnectWise PSA",
                Host::Halo => "A frame in HaloPSA",
                Host::Autotask => "A frame in Autotask",
            },
            network: known(session.trace.network),
            since: Moment::new(session.created_at, now),
            seen: Moment::new(session.seen_at, now),
        }
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    page: Page,
    form: String,
    name: &'a str,
    email: &'a str,
    role: &'static str,
    /// How many customers they have; `None` for all.
    customers: Option<usize>,
    abilities: Vec<Line>,
    /// What the company's issuer is called, where it has one.
    issuer: Option<String>,
    has_password: bool,
    has_totp: bool,
    /// Whether an authenticator can be set up in this session, which has no second factor.
    may_enrol: bool,
    /// Whether new recovery codes can be made in this session.
    fresh: bool,
    left: u32,
    few: bool,
    sessions: Vec<Row>,
    done: Option<&'static str>,
    trouble: Option<Trouble>,
}

/// As the pages say it.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::Technician => "Technician",
    }
}

fn abilities(rights: &Rights) -> Vec<Line> {
    let lines = ABILITIES.iter().map(|ability| Line {
        what: ability.what,
        may: ability.allows(rights),
        missing: match ability.of(rights.role) {
            May::With(flag) => Some(format!("“{}” is off for you", flag.name())),
            May::No => Some("For admins".into()),
            May::Yes => None,
        },
    });
    lines.collect()
}

/// The page, with what came of a form.
pub(super) async fn show(
    app: &App,
    who: &Session,
    done: Option<&'static str>,
    trouble: Option<(StatusCode, Trouble)>,
) -> Result<Response, Failure> {
    let technician = &who.technician;
    let (status, trouble) = trouble.map_or((StatusCode::OK, None), |(s, t)| (s, Some(t)));
    let left = app.store.recovery_codes_left(technician.account, technician.id).await?;
    let sessions = own::sessions(app, who).await?;
    let reach = reach::of(&app.store, who).await?;
    let rights = Rights {
        role: technician.role,
        may_reset: technician.may_reset,
        may_use_ui: technician.may_use_ui,
        must_use_mfa: technician.must_use_mfa,
    };
    let issuer = app.sso.one(technician.account).await?.filter(|view| view.is_on);
    let page = AccountPage {
        page: Page::inside(app, who, "Your account", "account"),
        form: form_token(app, who),
        name: &technician.name,
        email: &technician.email,
        role: role_name(technician.role),
        customers: reach.listed().map(|listed| listed.len()),
        abilities: abilities(&rights),
        issuer: issuer.map(|view| view.settings.label),
        has_password: technician.password_hash.is_some(),
        has_totp: technician.has_totp,
        may_enrol: who.second_factor_at.is_none(),
        fresh: recent_second_factor(who, app.clock.now()),
        left,
        few: left <= recovery::FEW,
        sessions: sessions.into_iter().map(|session| Row::new(app, who, session)).collect(),
        done,
        trouble,
    };
    html_with(status, &page)
}

/// What was just done, as the address says it.
#[derive(Deserialize)]
pub struct Just {
    #[serde(default)]
    done: String,
}

/// `GET /account`.
///
/// # Errors
/// When nobody is signed in, or the database can't be read.
pub async fn get(
    State(app): State<App>,
    Anyone(session): Anyone,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let done = match just.done.as_str() {
        "password" => {
            Some("Your password is changed. Wherever else you were signed in, you are signed out.")
        }
        "ended" => Some("Signed out there."),
        "others" => Some("You are signed in here only."),
        _ => None,
    };
    show(&app, &session, done, None).await
}

/// The form of another password.
#[derive(Deserialize)]
pub struct PasswordForm {
    form: String,
    old: Typed,
    new: Typed,
}

/// `POST /account/password`.
///
/// # Errors
/// When the form is not from our page; a refusal is shown on the page.
pub async fn password(
    State(app): State<App>,
    Anyone(session): Anyone,
    OwnForm(form): OwnForm<PasswordForm>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    match own::change_password(&app, &session, &form.old, &form.new).await {
        Ok(()) => Ok(Redirect::to("/account?done=password").into_response()),
        Err(refused @ (Refused::Store(_) | Refused::Ours(_))) => Err(refused.into()),
        Err(refused) => {
            let next = "Your password stays as it is. Type the old one again.";
            let trouble = in_own_words(refused, "The old password is wrong.", next)?;
            show(&app, &session, None, Some(trouble)).await
        }
    }
}

/// The form of one session's end, and of all others'.
#[derive(Deserialize)]
pub struct EndForm {
    form: String,
    /// Which; all others where there is none.
    session: Option<String>,
}

/// `POST /account/sessions`: ends one of them, or all but this one.
///
/// # Errors
/// When the form is not from our page.
pub async fn end(
    State(app): State<App>,
    Anyone(session): Anyone,
    OwnForm(form): OwnForm<EndForm>,
) -> Result<Response, Failure> {
    check_form_token(&app, &session, &form.form)?;
    let done = match form.session.as_deref() {
        Some(handle) => {
            own::end(&app, &session, handle).await?;
            "ended"
        }
        None => {
            own::end_others(&app, &session).await?;
            "others"
        }
    };
    Ok(Redirect::to(&format!("{PATH}?done={done}")).into_response())
}

/// What a refusal of the second factor's age leads to.
pub(super) fn needs_factor(refused: &Refused) -> bool {
    matches!(refused, Refused::Because(Code::SecondFactorNeeded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        let rights = Rights {
            role: Role::Technician,
            may_reset: false,
            may_use_ui: true,
            must_use_mfa: true,
        };
        let lines = abilities(&rights);
        let of = |what: &str| lines.iter().find(|line| line.what.contains(what)).unwrap();
        assert!(!of("Reset a password").may);
        let missing = of("Reset a password").missing.as_deref();
        assert_eq!(missing, Some("“May reset passwords” is off for you"));
        assert!(of("on our own pages").may);
        assert_eq!(of("remove people").missing.as_deref(), Some("For admins"));
    }
}
