//! `/settings/team`: the account's people, whether everybody needs a second factor, and who may do what.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Millis, TechnicianId};

use super::{Admin, Stale, failure, may_change, stale};
use crate::app::App;
use crate::sign_in::links::sends_mail;
use crate::store::Person;
use crate::team;
use crate::team::abilities::{ABILITIES, Ability, CUSTOMERS, Flag};
use crate::web::api::Query;
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::account::role_name;
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

/// Where it is.
pub(super) const PATH: &str = "/settings/team";

/// A person in the list.
struct Row {
    id: TechnicianId,
    name: String,
    email: String,
    role: &'static str,
    /// What is switched on or off for them that is not the rule.
    flags: Vec<&'static str>,
    authenticator: &'static str,
    /// When they last signed in, or how their invitation stands.
    seen: Seen,
}

/// When somebody was last here.
pub(super) enum Seen {
    /// Then.
    At(Moment),
    /// Invited, until then.
    Invited(Moment),
    /// Has never been here, and has no link any more.
    Never,
    /// Has left since.
    Left(Moment),
}

impl Seen {
    pub(super) fn of(person: &Person, now: Millis) -> Self {
        match (person.ended_at, person.last_sign_in_at, person.link_until) {
            (Some(at), ..) => Self::Left(Moment::new(at, now)),
            (_, Some(at), _) => Self::At(Moment::new(at, now)),
            (_, None, Some(until)) if until > now => Self::Invited(Moment::new(until, now)),
            _ => Self::Never,
        }
    }
}

impl Row {
    fn new(person: Person, now: Millis) -> Self {
        let (seen, rights) = (Seen::of(&person, now), &person.rights);
        let mut flags = Vec::new();
        if rights.may_reset {
            flags.push("Resets passwords");
        }
        if !rights.may_use_ui {
            flags.push("Pods only");
        }
        if person.customers.is_some() {
            flags.push("Some customers");
        }
        Self {
            id: person.id,
            role: role_name(rights.role),
            authenticator: if person.has_totp { "Set up" } else { "None" },
            flags,
            seen,
            name: person.name,
            email: person.email,
        }
    }
}

#[derive(Template)]
#[template(path = "settings/team.html")]
struct TeamPage {
    page: Page,
    stale: Option<Stale>,
    form: String,
    rows: Vec<Row>,
    /// Whether those are shown who have left, and how many they are.
    left: bool,
    gone: usize,
    /// Whether everybody needs a second factor, and who has none.
    forced: bool,
    without: usize,
    /// Whether mails can be sent.
    mails: bool,
    done: Option<&'static str>,
}

/// What is shown, and what was just done.
#[derive(Deserialize)]
pub struct Shown {
    #[serde(default)]
    left: String,
    #[serde(default)]
    done: String,
}

/// `GET /settings/team`.
///
/// # Errors
/// When it is no admin, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    Admin(session): Admin,
    Query(shown): Query<Shown>,
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let left = shown.left == "yes";
    let (gone, here): (Vec<_>, Vec<_>) =
        app.store.team(account).await?.into_iter().partition(|person| person.ended_at.is_some());
    let without = here.iter().filter(|person| !person.has_totp && person.has_password).count();
    let (number, rows) = (gone.len(), if left { gone } else { here });
    let done = match shown.done.as_str() {
        "removed" => Some("Removed. What they did stays in the audit, with their name."),
        "forced" => Some("Everybody needs a second factor now. Who has none sets one up at once."),
        "freed" => Some(
            "A second factor is asked only of those for whom it is switched on. All admins get a mail.",
        ),
        _ => None,
    };
    html(&TeamPage {
        page: Page::inside(&app, &session, "Team", "settings"),
        stale: stale(&app, &session, PATH),
        form: form_token(&app, &session),
        rows: rows.into_iter().map(|person| Row::new(person, now)).collect(),
        left,
        gone: number,
        forced: app.store.account_forces_mfa(account).await?,
        without,
        mails: sends_mail(&app, account).await?,
        done,
    })
}

/// Whether everybody needs a second factor.
#[derive(Deserialize)]
pub struct MfaForm {
    form: String,
    on: String,
}

/// `POST /settings/team/second-factor`.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh.
pub async fn second_factor(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<MfaForm>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let on = posted.on == "yes";
    team::force_mfa(&app, &session, on).await.map_err(failure)?;
    let done = if on { "forced" } else { "freed" };
    Ok(Redirect::to(&format!("{PATH}?done={done}")).into_response())
}

#[derive(Template)]
#[template(path = "settings/team_abilities.html")]
struct AbilitiesPage {
    page: Page,
    abilities: &'static [Ability],
    flags: [Flag; 2],
}

/// `GET /settings/team/abilities`: who may do what.
///
/// # Errors
/// When it is no admin.
pub async fn abilities(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    html(&AbilitiesPage {
        page: Page::inside(&app, &session, "Who may do what", "settings"),
        abilities: &ABILITIES,
        flags: [Flag::Reset, Flag::Ui],
    })
}
