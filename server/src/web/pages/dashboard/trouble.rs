//! What needs an admin now: integrations that don't work, credentials about to end, what did not go out,
//! and what a new account sets up next.

use shared::{Code, Millis};

use crate::app::App;
use crate::integration::health::{State, WARN_DAYS, days_left};
use crate::integration::{IntegrationView, NotDone};
use crate::store::{SetUp, StoreError, Unsent, Way};

/// Where the integrations of the account are.
const INTEGRATIONS: &str = "/settings/integrations";
/// Where colleagues are invited.
const PEOPLE: &str = "/settings/team";
/// What did not go out in so long.
const LATELY_MS: i64 = 24 * 60 * 60_000;

/// One thing that needs somebody.
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) words: String,
    pub(super) next: Option<&'static str>,
    pub(super) link: String,
    pub(super) bad: bool,
}

/// A credential that is about to end.
pub(super) struct Ending {
    pub(super) what: String,
    pub(super) days: i64,
    pub(super) link: String,
}

/// A step of setting an account up.
pub(super) struct Step {
    pub(super) what: &'static str,
    pub(super) why: &'static str,
    pub(super) link: &'static str,
    pub(super) done: bool,
}

/// What is wrong now.
///
/// # Errors
/// When the database can't be read.
pub(super) fn of_integrations(all: &[IntegrationView]) -> Vec<Trouble> {
    let mut found: Vec<Trouble> = all
        .iter()
        .filter(|view| matches!(view.health.state, State::Broken | State::Warning))
        .map(|view| Trouble {
            what: format!("{} ({})", view.name, view.customer),
            words: view.health.headline.clone(),
            next: None,
            link: format!("{INTEGRATIONS}/m365/{}", view.id),
            bad: view.health.state == State::Broken,
        })
        .collect();
    found.sort_by_key(|it| !it.bad);
    found
}

/// What ends within the first warning's time, the soonest first.
pub(super) fn endings(all: &[IntegrationView], now: Millis) -> Vec<Ending> {
    let mut found: Vec<Ending> = all
        .iter()
        .filter(|view| view.is_on)
        .filter_map(|view| {
            let days = days_left(view.ends_at?, now);
            (days <= WARN_DAYS[0]).then(|| Ending {
                what: format!("{} ({})", view.name, view.customer),
                days,
                link: format!("{INTEGRATIONS}/m365/{}", view.id),
            })
        })
        .collect();
    found.sort_by_key(|it| it.days);
    found
}

/// What did not go out lately, by way and reason.
pub(super) fn of_unsent(all: &[Unsent]) -> Vec<Trouble> {
    all.iter()
        .map(|it| {
            let words = it.code.words();
            Trouble {
                what: not_sent(it.way, it.count),
                words: words.what.into(),
                next: Some(words.next),
                link: INTEGRATIONS.into(),
                // A number that takes no texts is one person's; a provider that refuses us is everybody's.
                bad: !matches!(it.code, Code::SmsNumber | Code::SmsOptedOut | Code::SmsUndelivered),
            }
        })
        .collect()
}

fn not_sent(way: Way, count: i64) -> String {
    let (one, many) = match way {
        Way::Sms => ("text", "texts"),
        Way::Mail => ("mail", "mails"),
        Way::Duo => ("push by Duo", "pushes by Duo"),
        Way::Psa => ("note in a ticket", "notes in tickets"),
        Way::M365 => ("person’s sign-in sessions", "people’s sign-in sessions"),
    };
    match (way, count) {
        (Way::M365, 1) => format!("1 {one} did not end"),
        (Way::M365, _) => format!("{count} {many} did not end"),
        (_, 1) => format!("1 {one} did not go out"),
        _ => format!("{count} {many} did not go out"),
    }
}

/// Everything that needs somebody.
///
/// # Errors
/// When the database can't be read.
pub(super) async fn all(
    app: &App,
    account: shared::AccountId,
    views: &[IntegrationView],
    now: Millis,
) -> Result<Vec<Trouble>, StoreError> {
    let mut found = of_integrations(views);
    found.extend(of_unsent(&app.store.unsent(account, now.plus(-LATELY_MS)).await?));
    Ok(found)
}

/// What an account sets up, in order.
pub(super) fn steps(has: SetUp) -> [Step; 5] {
    let step = |what, why, link, done| Step { what, why, link, done };
    [
        step(
            "Connect a customer’s Microsoft 365",
            "Passwords are reset there.",
            "/settings/integrations/m365/new",
            has.m365,
        ),
        step(
            "Connect your PSA",
            "Technicians find the pod in their tickets, and tickets get their notes.",
            "/settings/integrations/new#psa",
            has.psa,
        ),
        step(
            "Set up texts",
            "Codes and one-time links go out by SMS.",
            "/settings/integrations/sms",
            has.sms,
        ),
        step(
            "Set up mails",
            "People and admins hear of resets, and codes can go by mail.",
            "/settings/integrations/mail",
            has.mail,
        ),
        step(
            "Invite your colleagues",
            "Each technician signs in as themselves, with a second factor.",
            PEOPLE,
            has.colleagues,
        ),
    ]
}

/// A refusal of the domain, as far as reading can be refused.
pub(super) fn failure(not_done: NotDone) -> crate::web::problem::Failure {
    match not_done {
        NotDone::Denied(denied) => denied.into(),
        NotDone::Fields(_) => Code::Internal.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_go_out_is_counted_in_words() {
        for (way, count, said) in [
            (Way::Sms, 1, "1 text did not go out"),
            (Way::Mail, 2, "2 mails did not go out"),
            (Way::M365, 1, "1 person’s sign-in sessions did not end"),
        ] {
            assert_eq!(not_sent(way, count), said);
        }
        let told = of_unsent(&[Unsent { way: Way::Sms, code: Code::SmsUnavailable, count: 3 }]);
        assert!(told[0].bad && told[0].next.is_some());
    }

    #[test]
    fn a_new_account_has_everything_to_do() {
        assert!(steps(SetUp::default()).iter().all(|step| !step.done));
        let all = SetUp { m365: true, psa: true, sms: true, mail: true, colleagues: true };
        assert!(steps(all).iter().all(|step| step.done));
    }
}
