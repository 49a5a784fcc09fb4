//! An integration's health, as the pages show it: a shield, a sentence, findings with remedies.
//! Colour never says anything alone: the sign in the shield and the word beside it say it too.

use std::cmp::Reverse;

use shared::Millis;

use crate::integration::ask::day_after;
use crate::integration::health::{EndFrom, State};
use crate::integration::report::Level;
use crate::integration::{FindingView, HealthView, IntegrationView};
use crate::web::pages::times::Moment;

/// What `templates/settings/health.html` and `shield.html` show.
pub(super) struct Health {
    pub(super) class: &'static str,
    /// The path drawn into the shield.
    pub(super) sign: &'static str,
    pub(super) headline: String,
    pub(super) checked: Option<Moment>,
    pub(super) findings: Vec<Finding>,
}

/// One finding.
pub(super) struct Finding {
    pub(super) class: &'static str,
    pub(super) level: &'static str,
    pub(super) what: String,
    pub(super) remedy: Option<String>,
}

impl Health {
    /// What is wrong comes first; within that, things stay in the order in which they were tried.
    pub(super) fn new(mut view: HealthView, now: Millis) -> Self {
        view.findings.sort_by_key(|finding| Reverse(finding.level));
        let (class, sign) = match view.state {
            State::Fine => ("good", "m6.6 9.9 2.4 2.4 4.4-4.6"),
            State::Warning => ("warn", "M10 6v4.6M10 13.4v.1"),
            State::Broken => ("bad", "m7.6 7.4 4.8 4.8m0-4.8-4.8 4.8"),
            State::Unknown => (
                "open",
                "M8.2 7.7c.1-1 .8-1.6 1.8-1.6 1.1 0 1.8.6 1.8 1.5 0 1.3-1.8 1.4-1.8 2.9M10 13.4v.1",
            ),
            State::Off => ("open", "M7 9.8h6"),
        };
        Self {
            class,
            sign,
            headline: view.headline,
            checked: view.checked_at.map(|at| Moment::new(at, now)),
            findings: view.findings.into_iter().map(Finding::from).collect(),
        }
    }
}

/// When the secret or certificate ends, and who says so.
pub(super) fn ends(view: &IntegrationView) -> String {
    let Some(at) = view.ends_at else { return "Not known".into() };
    let day = day_after(at, 0);
    match view.ends_from {
        Some(EndFrom::Typed) => format!("{day} (as typed)"),
        _ => day,
    }
}

impl From<FindingView> for Finding {
    fn from(view: FindingView) -> Self {
        let (class, level) = match view.level {
            Level::Ok => ("good", "Works"),
            Level::Note => ("open", "Note"),
            Level::Warn => ("warn", "Attention"),
            Level::Bad => ("bad", "Fails"),
            Level::Unknown => ("open", "Not known"),
        };
        Self { class, level, what: view.what, remedy: view.remedy }
    }
}
