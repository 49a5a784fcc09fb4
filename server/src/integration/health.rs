//! How an integration is: what its newest test and its credential's end come to, when admins are
//! told, when it is looked at again. Pure.

use shared::{Code, Millis};

use super::ask::day;
use super::report::{Level, Line, Report};
use super::words::of_tenant;
use crate::directory::{M365Settings, ProofKind, Tenant};
use crate::store::{CheckRow, M365Row, News};

/// So many days before a credential ends its admins are told, once each; and when it has ended.
pub const WARN_DAYS: [i64; 5] = [60, 30, 14, 7, 1];

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// When Microsoft did not answer: again in so long.
const UNCLEAR_MS: i64 = 10 * MINUTE_MS;
/// What does not work is looked at more often: somebody may be mending it.
const BROKEN_MS: i64 = HOUR_MS;

/// How an integration is, at a glance.
#[derive(utoipa::ToSchema)]
#[schema(as = HealthState)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Works.
    Fine,
    /// Works, and needs somebody.
    Warning,
    /// Resets don't work.
    Broken,
    /// Not tested, or Microsoft did not answer.
    Unknown,
    /// Switched off.
    Off,
}

/// Who says when a credential ends.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndFrom {
    /// Microsoft's own record, or the certificate.
    Record,
    /// Somebody typed it.
    Typed,
}

/// What the newest test found; `None` before the first.
#[must_use]
pub fn report(row: &M365Row) -> Option<Report> {
    report_of(row.check.as_ref()?)
}

fn report_of(check: &CheckRow) -> Option<Report> {
    serde_json::from_str(check.report.as_deref()?).ok()
}

/// When the credential ends, as far as anybody knows. Microsoft's record counts before what was typed.
#[must_use]
pub fn ends(settings: &M365Settings, check: Option<&CheckRow>) -> Option<(Millis, EndFrom)> {
    if settings.proof == ProofKind::Certificate {
        return settings.certificate.as_ref().map(|it| (it.until, EndFrom::Record));
    }
    let told = check.and_then(|check| check.expires_at).map(|at| (at, EndFrom::Record));
    let typed = settings.expires_on.as_deref().and_then(day).map(|at| (at, EndFrom::Typed));
    told.or(typed)
}

/// Whole days until then; 0 on the last day, negative when it is over.
#[must_use]
pub fn days_left(end: Millis, now: Millis) -> i64 {
    end.since(now).div_euclid(DAY_MS)
}

/// The warning that is due: the nearest step that is reached and was not told yet. A step told is
/// told for all before it.
#[must_use]
pub fn warning(end: Option<Millis>, told: Option<i64>, now: Millis) -> Option<i64> {
    let end = end?;
    let step = if end <= now {
        0
    } else {
        let left = end.since(now);
        *WARN_DAYS.iter().rev().find(|days| left <= **days * DAY_MS)?
    };
    told.is_none_or(|told| step < told).then_some(step)
}

/// How it is.
#[must_use]
pub fn state(is_on: bool, report: Option<&Report>, end: Option<Millis>, now: Millis) -> State {
    if !is_on {
        return State::Off;
    }
    let Some(report) = report else { return State::Unknown };
    let over = end.is_some_and(|end| end <= now);
    let soon = warning(end, None, now).is_some();
    if report.broken().is_some() || (over && !report.lines.contains(&Line::Token)) {
        State::Broken
    } else if report.is_unclear() {
        State::Unknown
    } else if soon || report.lines.iter().any(|line| line.level() >= Level::Warn) {
        State::Warning
    } else {
        State::Fine
    }
}

/// What a check by itself leads to.
#[must_use]
pub fn after_check(
    before: Option<&CheckRow>,
    settings: &M365Settings,
    found: &Report,
    expires_at: Option<Millis>,
    rhythm: Rhythm,
) -> (CheckRow, Vec<News>) {
    let now = found.at;
    let mut row = before.cloned().unwrap_or_default();
    let mut report = found.clone();
    report.keep_shown(report_of(&row).as_ref());
    let report = &report;
    let mut news = Vec::new();
    row.checked_at = Some(now);
    row.report = serde_json::to_string(report).ok();
    row.due_at = now.plus(rhythm.pause(report));
    // What Microsoft told once stays true until it tells something else.
    row.expires_at = expires_at.or(row.expires_at);
    match (report.broken(), row.failing_since) {
        (Some(code), None) => {
            row.failing_since = Some(now);
            news.push(News::Failing(code));
        }
        (None, Some(_)) if !report.is_unclear() => {
            row.failing_since = None;
            news.push(News::Works);
        }
        _ => {}
    }
    let end = ends(settings, Some(&row)).map(|(end, _)| end);
    if let Some(step) = warning(end, row.told_days, now) {
        row.told_days = Some(step);
        // One that has ended is told as failing, when it does.
        if step > 0 || row.failing_since.is_none() {
            news.push(News::Expiring(step));
        }
    } else if warning(end, None, now).is_none() {
        // A new credential, or a date that was put right.
        row.told_days = None;
    }
    (row, news)
}

/// How often it is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// Milliseconds between two checks of one that works.
    pub every_ms: i64,
    /// Random, below 1024: so that not all are checked at once.
    pub roll: u32,
}

impl Rhythm {
    /// Milliseconds until the next check: a tenth more or less than its rhythm.
    #[must_use]
    pub fn pause(self, report: &Report) -> i64 {
        let most = if report.is_unclear() {
            UNCLEAR_MS
        } else if report.broken().is_some() {
            BROKEN_MS
        } else {
            self.every_ms
        };
        let pause = most.min(self.every_ms.max(UNCLEAR_MS));
        let spread = pause / 5;
        pause - spread / 2 + spread * i64::from(self.roll % 1024) / 1024
    }
}

/// One line about it, for a list.
#[must_use]
pub fn headline(state: State, report: Option<&Report>, end: Option<Millis>, now: Millis) -> String {
    let code = report.and_then(Report::broken);
    match (state, code, end) {
        (State::Off, ..) => "Switched off: nobody there can be reset.".into(),
        (State::Broken, Some(code), _) => of_tenant(code).into(),
        (State::Broken, None, _) => Code::M365SecretExpired.words().what.into(),
        (State::Unknown, ..) if report.is_none() => "Not tested yet.".into(),
        (State::Unknown, ..) => Code::MicrosoftUnavailable.words().what.into(),
        (State::Warning, _, Some(end)) if warning(Some(end), None, now).is_some() => {
            ends_in(days_left(end, now))
        }
        (State::Warning, ..) => "Works. One of the findings needs a look.".into(),
        (State::Fine, ..) => "Works.".into(),
    }
}

/// What an admin should know of it in a ticket: that it does not work, or that its credential is
/// about to end. Nothing else is worth a line there.
#[must_use]
pub fn notice(row: &M365Row, now: Millis) -> Option<String> {
    let settings = Tenant::of(&row.integration).ok()?.settings().clone();
    let report = report(row);
    let end = ends(&settings, row.check.as_ref()).map(|(end, _)| end);
    let state = state(row.integration.is_on, report.as_ref(), end, now);
    let tells = match state {
        State::Broken => true,
        State::Warning => warning(end, None, now).is_some(),
        State::Fine | State::Unknown | State::Off => false,
    };
    let line = headline(state, report.as_ref(), end, now);
    tells.then(|| format!("{}: {line}", row.integration.name))
}

/// When a credential ends, in words.
#[must_use]
pub fn ends_in(days: i64) -> String {
    match days {
        ..0 => {
            "The credential’s date has passed: make a new one before Microsoft refuses it.".into()
        }
        0 => "The credential ends today: make a new one.".into(),
        1 => "The credential ends tomorrow: make a new one.".into(),
        days => format!("The credential ends in {days} days: make a new one in time."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_795_356_000_000);
    const DAY: i64 = DAY_MS;

    fn settings(expires_on: Option<&str>) -> M365Settings {
        serde_json::from_value(serde_json::json!({
            "login": "l", "graph": "g", "tenant": "t", "client_id": "c", "expires_on": expires_on,
        }))
        .unwrap()
    }

    fn report(at: Millis, lines: &[Line]) -> Report {
        Report { at, lines: lines.to_vec() }
    }

    const RHYTHM: Rhythm = Rhythm { every_ms: DAY, roll: 512 };

    #[test]
    fn each_step_is_told_once() {
        let end = Some(NOW);
        let mut told = None;
        let mut said = Vec::new();
        for days in (-3..=70).rev() {
            let now = NOW.plus(-days * DAY);
            if let Some(step) = warning(end, told, now) {
                said.push((days, step));
                told = Some(step);
            }
        }
        assert_eq!(said, [(60, 60), (30, 30), (14, 14), (7, 7), (1, 1), (0, 0)]);
        // Late to the party: the nearest one only.
        assert_eq!(warning(end, None, NOW.plus(-10 * DAY)), Some(14));
        assert_eq!(warning(end, None, NOW.plus(-61 * DAY)), None);
        assert_eq!(warning(None, None, NOW), None);
    }

    #[test]
    fn the_record_counts_before_what_was_typed() {
        let typed = settings(Some("2027-01-01"));
        assert_eq!(ends(&typed, None).unwrap().1, EndFrom::Typed);
        let check = CheckRow { expires_at: Some(NOW), ..CheckRow::default() };
        assert_eq!(ends(&typed, Some(&check)), Some((NOW, EndFrom::Record)));
        assert_eq!(ends(&settings(None), Some(&CheckRow::default())), None);
    }

    #[test]
    fn news_are_told_when_something_turns() {
        let bad = Line::NoToken { code: Code::M365SecretExpired, about: None };
        let step = |before: Option<&CheckRow>, lines: &[Line], days: i64| {
            after_check(before, &settings(None), &report(NOW.plus(days * DAY), lines), None, RHYTHM)
        };
        let (fine, news) = step(None, &[Line::Token], 0);
        assert!(news.is_empty());
        let (failing, news) = step(Some(&fine), std::slice::from_ref(&bad), 1);
        assert_eq!(news, [News::Failing(Code::M365SecretExpired)]);
        assert_eq!(failing.failing_since, Some(NOW.plus(DAY)));
        let (still, news) = step(Some(&failing), &[bad], 2);
        assert!(news.is_empty() && still.failing_since == failing.failing_since);
        // No answer is no news, neither good nor bad.
        let (unclear, news) = step(Some(&still), &[Line::NoAnswer], 3);
        assert!(news.is_empty() && unclear.failing_since == failing.failing_since);
        let (works, news) = step(Some(&unclear), &[Line::Token], 4);
        assert_eq!((news, works.failing_since), (vec![News::Works], None));
    }

    #[test]
    fn a_role_that_is_missing_is_not_mended_by_not_asking() {
        let step = |before: Option<&CheckRow>, lines: &[Line], days: i64| {
            after_check(before, &settings(None), &report(NOW.plus(days * DAY), lines), None, RHYTHM)
        };
        // An admin's test with a test person: the role is missing. Then the watcher, without one.
        let (broken, _) = step(None, &[Line::Token, Line::MayNotSet], 0);
        let (row, news) = step(Some(&broken), &[Line::Token, Line::SetNotTried], 1);
        assert_eq!((news, row.failing_since), (vec![], Some(NOW)));
        let (row, news) = step(Some(&row), &[Line::Token, Line::MaySet], 2);
        assert_eq!((news, row.failing_since), (vec![News::Works], None));
    }

    #[test]
    fn the_end_is_told_from_whoever_knows_it() {
        let typed = settings(Some("2026-12-02"));
        let ok = report(NOW, &[Line::Token]);
        let (row, news) = after_check(None, &typed, &ok, None, RHYTHM);
        assert_eq!((news, row.told_days), (vec![News::Expiring(14)], Some(14)));
        let (row, news) = after_check(Some(&row), &typed, &ok, None, RHYTHM);
        assert_eq!((news, row.told_days), (vec![], Some(14)));
        // Microsoft knows better.
        let (row, news) = after_check(Some(&row), &typed, &ok, Some(NOW.plus(100 * DAY)), RHYTHM);
        assert_eq!((news, row.told_days), (vec![], None));
        let later = report(NOW.plus(71 * DAY), &[Line::Token]);
        let (_, news) = after_check(Some(&row), &typed, &later, None, RHYTHM);
        assert_eq!(news, [News::Expiring(30)]);
    }

    #[test]
    fn checks_are_spread_and_sooner_where_something_is_wrong() {
        let pause =
            |lines: &[Line], roll| Rhythm { every_ms: DAY, roll }.pause(&report(NOW, lines));
        assert_eq!(pause(&[Line::Token], 0), DAY - DAY / 10);
        assert!(pause(&[Line::Token], 1023) > DAY);
        let bad = Line::NoToken { code: Code::M365SecretWrong, about: None };
        assert!(pause(&[bad], 1023) <= HOUR_MS + HOUR_MS / 10);
        assert!(pause(&[Line::NoAnswer], 1023) <= UNCLEAR_MS + UNCLEAR_MS / 10);
    }

    #[test]
    fn a_state_says_what_to_make_of_it() {
        let check = |on, lines: Option<&[Line]>, end: Option<i64>, is: State, says: &str| {
            let report = lines.map(|lines| report(NOW, lines));
            let end = end.map(|days| NOW.plus(days * DAY));
            let state = state(on, report.as_ref(), end, NOW);
            assert_eq!(state, is);
            let line = headline(state, report.as_ref(), end, NOW);
            assert!(line.contains(says), "{line}");
        };
        let missing = Line::Missing { permission: "User.Read.All".into() };
        check(false, Some(&[Line::Token]), None, State::Off, "off");
        check(true, None, None, State::Unknown, "Not tested");
        check(true, Some(&[Line::NoAnswer]), None, State::Unknown, "not answer");
        check(true, Some(&[Line::Token]), None, State::Fine, "Works");
        check(true, Some(&[Line::Token]), Some(61), State::Fine, "Works");
        check(true, Some(&[Line::Token]), Some(14), State::Warning, "14 days");
        check(true, Some(&[Line::Token]), Some(-1), State::Warning, "passed");
        check(true, Some(&[Line::Token, missing]), Some(14), State::Broken, "permission");
        check(true, Some(&[Line::Token, Line::SetTaken]), None, State::Warning, "needs a look");
        check(true, Some(&[Line::Token, Line::EndUnknown]), None, State::Warning, "needs a look");
        check(true, Some(&[Line::Token, Line::SetUnclear]), None, State::Unknown, "not answer");
    }
}
