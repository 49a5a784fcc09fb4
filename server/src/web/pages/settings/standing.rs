//! How contacts are kept in step, as the pages of a customer's Microsoft 365 and of a PSA show it; and the button
//! that does it now.

use std::time::Duration;

use serde::Deserialize;
use shared::{Code, IntegrationId, Millis};

use crate::app::App;
use crate::store::{ContactSync, Session, SyncCounts};
use crate::web::pages::times::Moment;
use crate::web::problem::Failure;

/// A browser waits so long for a run; it goes on after that.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who is asked.
pub(super) struct Source<'a> {
    /// What it is called.
    pub(super) name: &'a str,
    /// Whether the connection is on.
    pub(super) is_on: bool,
    /// The permission that it may lack, where there is one to grant.
    pub(super) permission: Option<&'a str>,
    /// What to do where it named nobody.
    pub(super) nobody: &'a str,
}

impl Source<'_> {
    /// What to do about it. A run that broke off takes nobody off the list, whatever it was.
    fn mended(&self, code: Code, due_at: Millis, now: Millis) -> String {
        let next = match (code, self.permission) {
            (Code::MicrosoftUnavailable | Code::PsaUnavailable, _) => String::new(),
            (Code::M365PermissionMissing, Some(permission)) => {
                format!("Grant {permission} with admin consent, as the guide on this page says. ")
            }
            _ => "Test the connection on this page: it says what to do. ".to_owned(),
        };
        format!(
            "{next}It is tried again by itself {}. Nobody was taken off the list.",
            ahead(due_at, now)
        )
    }
}

/// Whether a run can be asked for now.
pub(super) fn can_run(sync: Option<&ContactSync>, is_on: bool, now: Millis) -> bool {
    is_on && sync.is_some_and(|sync| !sync.is_under_way(now))
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
    pub(super) fn new(sync: &ContactSync, source: &Source<'_>, now: Millis) -> Self {
        let counts = counted(sync.counts);
        let (class, level, what, remedy) = match (sync.begun_at, sync.ended_at, sync.code) {
            _ if sync.is_under_way(now) => (
                "open",
                "Running",
                format!("Under way. So far, {counts}."),
                "Reload this page in a minute to see how far it is.".into(),
            ),
            _ if !source.is_on => {
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
            (_, _, Some(code)) => (
                "bad",
                "Fails",
                broke_off(code, sync.counts),
                source.mended(code, sync.due_at, now),
            ),
            _ if sync.counts.seen == 0 => {
                let what = format!(
                    "{} named nobody who is to be listed. So nobody was taken off the list either.",
                    source.name
                );
                ("warn", "Attention", what, source.nobody.into())
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

/// How far ahead a time is, in words.
fn ahead(at: Millis, now: Millis) -> String {
    match (at.since(now) + 59_999) / 60_000 {
        ..=1 => "within a minute".into(),
        minutes @ ..=90 => format!("in {minutes} minutes"),
        minutes => format!("in {} hours", (minutes + 30) / 60),
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

/// The form with one button.
#[derive(Deserialize)]
pub struct Press {
    pub(super) form: String,
}

/// Waits for a run, not for long. Says which word leads back to the page.
pub(super) async fn run(
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
pub(super) mod tests {
    use super::*;
    use crate::store::Whom;

    pub(in super::super) const NOW: Millis = Millis(1_800_000_000_000);

    pub(in super::super) fn ended() -> ContactSync {
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
            let source = Source {
                name: "ConnectWise PSA",
                is_on,
                permission: Some("User.Read.All"),
                nobody: "Look there.",
            };
            let found = Standing::new(&sync, &source, NOW);
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
            due_at: NOW.plus(15 * 60_000),
            counts: SyncCounts { seen, ..SyncCounts::default() },
            ..ended()
        };
        let slow = failed(Code::MicrosoftUnavailable, 1);
        let before = "Before that: 1 person: 0 new";
        check(slow, true, "Fails", before, "in 15 minutes. Nobody was taken off");
        check(failed(Code::M365PermissionMissing, 0), true, "Fails", "permission", "User.Read.All");
        check(failed(Code::M365SecretWrong, 0), true, "Fails", "", "Test the connection");
        assert_eq!(ahead(NOW.plus(-1), NOW), "within a minute");
        assert_eq!(ahead(NOW.plus(60 * 60_000), NOW), "in 60 minutes");
        assert_eq!(ahead(NOW.plus(24 * 60 * 60_000), NOW), "in 24 hours");
        let empty = ContactSync { counts: SyncCounts::default(), ..ended() };
        check(empty, true, "Attention", "ConnectWise PSA named nobody", "Look there.");
    }
}
