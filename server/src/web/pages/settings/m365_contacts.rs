//! Whether a customer's people at Microsoft stand on our list of contacts, and how that goes: a part of the
//! integration's page, and its two forms.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, IntegrationId, Millis};
use url::form_urlencoded::Serializer;

use super::m365_acts::page_of;
use super::{Admin, may_change};
use crate::app::App;
use crate::directory::permissions::READ_PEOPLE;
use crate::store::{ContactSync, Session, SyncCounts, Whom};
use crate::web::api::Path;
use crate::web::forms::OwnForm;
use crate::web::pages::times::Moment;
use crate::web::problem::Failure;

/// A browser waits so long for a run; it goes on after that.
const PATIENCE: Duration = Duration::from_secs(20);

/// What `templates/settings/m365_contacts.html` shows.
pub(super) struct Contacts {
    /// Who is listed; `None` when nobody is.
    pub(super) whom: Option<Whom>,
    /// How it stands, where somebody is.
    pub(super) standing: Option<Standing>,
    /// Whether a run can be asked for now.
    pub(super) can_run: bool,
    /// The one permission that it needs.
    pub(super) permission: &'static str,
    /// The list, of this customer's contacts alone.
    pub(super) list: String,
}

impl Contacts {
    /// `is_on`: whether the connection is.
    pub(super) fn new(
        sync: Option<&ContactSync>,
        (customer, is_on): (&str, bool),
        now: Millis,
    ) -> Self {
        let mut query = Serializer::new(String::new());
        query.append_pair("customer", customer);
        Self {
            list: format!("/contacts?{}", query.finish()),
            whom: sync.map(|sync| sync.whom),
            standing: sync.map(|sync| Standing::new(sync, is_on, now)),
            can_run: is_on && sync.is_some_and(|sync| !sync.is_under_way(now)),
            permission: READ_PEOPLE,
        }
    }

    /// Whether this choice stands, or is proposed.
    pub(super) fn is(&self, whom: &str) -> bool {
        self.whom.unwrap_or(Whom::Licensed).as_str() == whom
    }
}

/// How the newest run stands, as one finding.
pub(super) struct Standing {
    pub(super) class: &'static str,
    pub(super) level: &'static str,
    pub(super) what: String,
    pub(super) remedy: String,
    /// When it ended.
    pub(super) at: Option<Moment>,
}

impl Standing {
    fn new(sync: &ContactSync, is_on: bool, now: Millis) -> Self {
        let counts = counted(sync.counts);
        let (class, level, what, remedy) = match (sync.begun_at, sync.ended_at, sync.code) {
            _ if sync.is_under_way(now) => (
                "open",
                "Running",
                format!("Under way. So far, {counts}."),
                "Reload this page in a minute to see how far it is.".into(),
            ),
            _ if !is_on => {
                let remedy =
                    "Switch the connection on again below. Contacts stay as they are until then.";
                (
                    "open",
                    "Paused",
                    "The connection is switched off, so nobody is read.".into(),
                    remedy.into(),
                )
            }
            (None, ..) => {
                let what = "The people were not read yet.";
                ("open", "Waiting", what.into(), "That begins by itself within a minute.".into())
            }
            (_, None, _) => {
                let remedy =
                    "It begins anew by itself within a few minutes. Nobody was taken off the list.";
                (
                    "warn",
                    "Attention",
                    format!("The last run was interrupted after it had met {counts}."),
                    remedy.into(),
                )
            }
            (_, _, Some(code)) => ("bad", "Fails", broke_off(code, sync.counts), mended(code)),
            _ if sync.counts.seen == 0 => {
                let what = "Microsoft named nobody who is to be listed. So nobody was taken off the list either.";
                ("warn", "Attention", what.into(), nobody(sync.whom).into())
            }
            _ => (
                "good",
                "In step",
                format!("{}.", capital(&counts)),
                "It is done again once a day, by itself.".into(),
            ),
        };
        Self { class, level, what, remedy, at: sync.ended_at.map(|at| Moment::new(at, now)) }
    }
}

fn counted(counts: SyncCounts) -> String {
    let SyncCounts { seen, added, changed, unlisted } = counts;
    let people = if seen == 1 { "person" } else { "people" };
    format!("{seen} {people}: {added} new, {changed} changed, {unlisted} not listed any more")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn broke_off(code: Code, counts: SyncCounts) -> String {
    let what = code.words().what;
    match counts.seen {
        0 => what.to_owned(),
        _ => format!("{what} Before that: {}.", counted(counts)),
    }
}

/// What to do about it. A run that broke off takes nobody off the list, whatever it was.
fn mended(code: Code) -> String {
    let next = match code {
        Code::MicrosoftUnavailable => {
            "It is tried again by itself within a quarter of an hour.".into()
        }
        Code::M365PermissionMissing => format!(
            "Grant {READ_PEOPLE} with admin consent, as the guide on this page says. It is tried again every hour."
        ),
        _ => "Test the connection on this page: it says what to do. It is tried again every hour."
            .into(),
    };
    format!("{next} Nobody was taken off the list.")
}

const fn nobody(whom: Whom) -> &'static str {
    match whom {
        Whom::Licensed => "If nobody there has a licence of Microsoft’s, choose all members below.",
        Whom::Everybody => {
            "Look whether the tenant above is this customer’s, and whether its people can sign in."
        }
    }
}

/// The form that chooses.
#[derive(Deserialize)]
pub struct Choice {
    form: String,
    /// `licensed`, `everybody`, or nobody.
    whom: String,
}

/// `POST /settings/integrations/m365/{id}/contacts`: who is listed; whoever it is, is read at once.
///
/// # Errors
/// When it is no admin, the form is not from our page, the second factor is not fresh, or it is so already.
pub async fn choose(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Choice>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let whom = match posted.whom.as_str() {
        "nobody" => None,
        other => Some(Whom::parse(other).ok_or(Code::InvalidFields)?),
    };
    app.syncs.choose(&session, id, whom).await?;
    let done = match whom {
        None => "contacts-off",
        Some(_) => run(&app, &session, id, "contacts-on").await?,
    };
    Ok(Redirect::to(&page_of(id, done)).into_response())
}

/// The form with one button.
#[derive(Deserialize)]
pub struct Press {
    form: String,
}

/// `POST …/contacts/sync`: reads the people now.
///
/// # Errors
/// As for [`choose`], and when nobody is listed.
pub async fn sync(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Press>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let done = run(&app, &session, id, "synced").await?;
    Ok(Redirect::to(&page_of(id, done)).into_response())
}

/// Waits for a run, not for long. Says which word leads back to the page.
async fn run(
    app: &App,
    session: &Session,
    id: IntegrationId,
    done: &'static str,
) -> Result<&'static str, Failure> {
    let run = app.syncs.now(session, id).await?;
    match tokio::time::timeout(PATIENCE, run).await {
        Ok(Ok(Ok(()))) => Ok(done),
        Ok(Ok(Err(error))) => Err(error.into()),
        Ok(Err(_)) => Err(Code::Internal.into()),
        Err(_) => Ok("syncing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn ended() -> ContactSync {
        ContactSync {
            whom: Whom::Licensed,
            due_at: NOW,
            held_until: None,
            begun_at: Some(NOW),
            counts: SyncCounts { seen: 40, added: 2, changed: 1, unlisted: 3 },
            ended_at: Some(NOW),
            code: None,
        }
    }

    #[test]
    fn each_standing_says_what_is_and_what_to_do() {
        let check = |sync: ContactSync, is_on: bool, level: &str, what: &str, remedy: &str| {
            let found = Standing::new(&sync, is_on, NOW);
            assert_eq!(found.level, level);
            assert!(found.what.contains(what) && found.what.ends_with('.'), "{}", found.what);
            assert!(
                found.remedy.contains(remedy) && found.remedy.ends_with('.'),
                "{}",
                found.remedy
            );
        };
        let all = "40 people: 2 new, 1 changed, 3 not listed any more.";
        check(ended(), true, "In step", all, "once a day");
        check(ended(), false, "Paused", "switched off", "Switch the connection on");
        let running = ContactSync { held_until: Some(NOW.plus(1)), ended_at: None, ..ended() };
        check(running.clone(), true, "Running", all, "Reload");
        // Its lease has run out.
        let dead = ContactSync { held_until: Some(NOW), ..running };
        check(dead, true, "Attention", "interrupted", "Nobody was taken off");
        let waiting = ContactSync { begun_at: None, ended_at: None, ..ended() };
        check(waiting, true, "Waiting", "not read yet", "by itself");
        let failed = |code, seen| ContactSync {
            code: Some(code),
            counts: SyncCounts { seen, ..SyncCounts::default() },
            ..ended()
        };
        let slow = failed(Code::MicrosoftUnavailable, 1);
        check(slow, true, "Fails", "Before that: 1 person: 0 new", "Nobody was taken off");
        check(failed(Code::M365PermissionMissing, 0), true, "Fails", "permission", "User.Read.All");
        check(failed(Code::M365SecretWrong, 0), true, "Fails", "", "Test the connection");
        let empty = |whom| ContactSync { whom, counts: SyncCounts::default(), ..ended() };
        check(empty(Whom::Licensed), true, "Attention", "nobody", "all members");
        check(empty(Whom::Everybody), true, "Attention", "nobody", "tenant");
    }

    #[test]
    fn a_run_can_be_asked_for_when_none_goes_on() {
        let can =
            |sync: Option<&ContactSync>, is_on| Contacts::new(sync, ("A & B", is_on), NOW).can_run;
        assert!(can(Some(&ended()), true));
        assert!(!can(Some(&ended()), false) && !can(None, true));
        let running = ContactSync { held_until: Some(NOW.plus(1)), ..ended() };
        assert!(!can(Some(&running), true));
        assert_eq!(Contacts::new(None, ("A & B", true), NOW).list, "/contacts?customer=A+%26+B");
    }
}
