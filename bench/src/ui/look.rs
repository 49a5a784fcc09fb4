//! The pages, and how long each takes.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::Instant;

use crate::desk::{Desk, between};
use crate::stats::Sample;

/// Before anything is measured: statements are prepared, pages of the database are in memory.
const WARM_UP: u32 = 10;

/// A page to look at.
pub(crate) struct Page {
    pub(crate) name: String,
    path: String,
    /// What stands on it when it is what was meant.
    says: &'static str,
}

/// How long it took, and how much was read.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) latency: Sample,
    pub(crate) bytes: usize,
}

/// The pages of both lists.
pub(crate) async fn pages(desk: &Desk) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for (list, deep, rare, common) in [
        ("contacts", "q=otto", "q=4711", "q=customer"),
        ("tickets", "q=printer", "q=1047110", "q=sign+customer"),
    ] {
        // A row far down the list, and one to open.
        let found = desk.page(&format!("/{list}?{deep}&order=")).await?;
        let row = between(&found, "id=\"row-", "\"").context("no row")?.to_owned();
        let rows = "class=\"marks\"";
        let all = [
            ("first page", String::new(), rows),
            ("deep page", format!("after={row}"), rows),
            ("page before it", format!("before={row}"), rows),
            ("other order", "order=other".into(), rows),
            ("search, a rare word", rare.into(), rows),
            ("search, a common word", common.into(), rows),
            ("search, half a word", "q=m".into(), rows),
            ("search, nothing found", "q=xylophone".into(), "found for “xylophone”"),
            ("search, words apart", "q=ada+xylophone".into(), "found for “ada xylophone”"),
            ("one customer", "customer=customer+250".into(), rows),
            ("search in one customer", "customer=customer+250&q=a".into(), rows),
            ("verified now", "state=verified".into(), rows),
            ("waiting", "state=waiting".into(), rows),
            ("not verified", "state=not-verified".into(), rows),
            ("with the panel", format!("open={row}"), "<msp-password-reset"),
        ];
        pages.extend(all.into_iter().map(|(name, query, says)| Page {
            name: format!("{list}, {name}"),
            path: format!("/{list}?{query}"),
            says,
        }));
    }
    Ok(pages)
}

/// Looks at a page again and again, one look after the other.
pub(crate) async fn measure(desk: &Desk, page: &Page, looks: u32) -> Result<Row> {
    let mut took: Vec<Duration> = Vec::new();
    let mut bytes = 0;
    for nth in 0..WARM_UP + looks {
        let began = Instant::now();
        let text = desk.page(&page.path).await?;
        if nth >= WARM_UP {
            took.push(began.elapsed());
        }
        ensure!(text.contains(page.says), "{} is not what was meant: {}", page.name, page.path);
        bytes = text.len();
    }
    let latency = Sample::new(took).context("no look")?;
    Ok(Row { name: page.name.clone(), latency, bytes })
}
