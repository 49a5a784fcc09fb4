//! `/dashboard`: what a service manager looks at. For admins. Nobody's name is on it.

mod plot;
mod trouble;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::Code;

use self::plot::{Bars, length};
use self::trouble::{Ending, Step, Trouble};
use super::settings::Admin;
use super::times::distance;
use super::{Page, html};
use crate::app::App;
use crate::dashboard::{Days, Figures};
use crate::integration::ask::day_after;
use crate::web::api::Query;
use crate::web::problem::Failure;

/// The spans that can be looked at, in days.
const SPANS: [usize; 2] = [30, 90];

/// Which days.
#[derive(Deserialize)]
pub struct Ask {
    days: Option<usize>,
}

/// Stacked bars with their names, sums and the table behind them.
struct Chart {
    id: &'static str,
    title: &'static str,
    series: [(&'static str, i64); 3],
    bars: Bars,
    /// What the drawing shows, for who can't see it.
    words: String,
    /// Newest first; days without anything are left out.
    rows: Vec<(String, [i64; 3])>,
}

impl Chart {
    fn new(
        id: &'static str,
        title: &'static str,
        names: [&'static str; 3],
        days: Days,
        values: &[[i64; 3]],
    ) -> Self {
        let sum = |at: usize| values.iter().map(|day| day[at]).sum::<i64>();
        let series = [0, 1, 2].map(|at| (names[at], sum(at)));
        let dates = days.each().map(|day| day_after(day, 0));
        let rows: Vec<_> = dates.zip(values.iter().copied()).collect();
        let said = series.map(|(name, sum)| format!("{sum} {}", name.to_lowercase())).join(", ");
        let busiest = rows.iter().max_by_key(|(_, day)| day.iter().sum::<i64>());
        let busiest = busiest.filter(|(_, day)| day.iter().any(|value| *value > 0));
        let busiest =
            busiest.map(|(date, day)| format!(" Most on {date}: {}.", day.iter().sum::<i64>()));
        Self {
            id,
            title,
            series,
            bars: Bars::new(values),
            words: format!("{title}: {said}.{}", busiest.unwrap_or_default()),
            rows: rows.into_iter().rev().filter(|(_, day)| *day != [0; 3]).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Why resets were not completed, and a bar for how often.
struct Reason {
    what: &'static str,
    next: &'static str,
    count: i64,
    length: i64,
}

/// A figure that stands by itself.
struct Figure {
    label: &'static str,
    value: String,
    about: String,
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    page: Page,
    days: usize,
    spans: [usize; 2],
    first: String,
    last: String,
    figures: Vec<Figure>,
    charts: [Chart; 2],
    reasons: Vec<Reason>,
    troubles: Vec<Trouble>,
    endings: Vec<Ending>,
    steps: Vec<Step>,
}

/// `GET /dashboard?days=`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Query(ask): Query<Ask>,
) -> Result<Response, Failure> {
    let count = ask.days.unwrap_or(SPANS[0]);
    if !SPANS.contains(&count) {
        return Err(Code::NotFound.into());
    }
    let (account, now) = (session.technician.account, app.clock.now());
    let days = Days::up_to(now, count);
    let (from, until) = (days.from(), days.until());
    let store = &app.store;
    // Two at a time: pods want to read, too.
    let (resets, took) = tokio::try_join!(
        store.reset_counts(account, from, until),
        store.call_to_reset(account, from, until),
    )?;
    let (verifications, links) = tokio::try_join!(
        store.verification_counts(account, from, until),
        store.link_counts(account, from, until),
    )?;
    let figures = Figures::new(days, &resets, &verifications, &took, &links);
    let views = app.integrations.all(account).await.map_err(trouble::failure)?;
    let steps: Vec<Step> = trouble::steps(store.set_up(account).await?).into();
    let most = figures.reasons.first().map_or(0, |(_, count)| *count);
    let reason = |&(code, count): &(Code, i64)| {
        let words = code.words();
        Reason { what: words.what, next: words.next, count, length: length(count, most) }
    };
    html(&DashboardPage {
        page: Page::inside(&app, &session, "Dashboard", "dashboard"),
        days: count,
        spans: SPANS,
        first: day_after(from, 0),
        last: day_after(until, -1),
        charts: [
            Chart::new(
                "resets",
                "Resets per day",
                ["Completed", "Refused", "Stuck"],
                days,
                &figures.resets,
            ),
            Chart::new(
                "verifications",
                "Verifications per day",
                ["Verified", "Wrong or denied", "Expired or not sent"],
                days,
                &figures.verifications,
            ),
        ],
        reasons: figures.reasons.iter().map(reason).collect(),
        figures: in_words(&figures),
        troubles: trouble::all(&app, account, &views, now).await?,
        endings: trouble::endings(&views, now),
        steps: if steps.iter().all(|step| step.done) { Vec::new() } else { steps },
    })
}

fn in_words(figures: &Figures) -> Vec<Figure> {
    const NONE: &str = "none in these days";
    let percent = |share: crate::dashboard::Share| {
        share.percent().map_or_else(|| "–".into(), |percent| format!("{percent} %"))
    };
    let of = |share: crate::dashboard::Share| match share.of {
        0 => NONE.into(),
        of => format!("{} of {of}", share.part),
    };
    let time = |seconds: i64| distance(seconds * 1000);
    let opened = of(figures.opened);
    vec![
        Figure {
            label: "Resets completed",
            value: percent(figures.completed()),
            about: of(figures.completed()),
        },
        Figure {
            label: "Callers verified",
            value: percent(figures.verified()),
            about: of(figures.verified()),
        },
        Figure {
            label: "From call to reset",
            value: figures.median.map_or_else(|| "–".into(), time),
            about: figures.ninth.map_or_else(
                || NONE.into(),
                |ninth| format!("at the median; nine of ten within {}", time(ninth)),
            ),
        },
        Figure {
            label: "Links opened",
            value: percent(figures.opened),
            about: match figures.median_opening {
                Some(median) => format!("{opened}; {} to the opening at the median", time(median)),
                None => opened,
            },
        },
    ]
}
