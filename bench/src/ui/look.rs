//! The pages, and how long each takes.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::Instant;

use super::past;
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
pub(crate) async fn lists(desk: &Desk) -> Result<Vec<Page>> {
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

/// The audit's pages and the dashboard, where there are so many entries.
pub(crate) async fn audit(desk: &Desk, entries: u32) -> Result<Vec<Page>> {
    let newest = desk.page("/audit").await?;
    let customer = choice(&newest, "customer", "Customer 250").context("no customer")?;
    let technician = choice(&newest, "technician", "Technician 07").context("no technician")?;
    let reset = past::reset(entries);
    let story = format!("/audit/resets/{reset}");
    let told = desk.page(&story).await?;
    let contact = between(&told, "<a href=\"/contacts/", "\"").context("no contact")?.to_owned();
    // Half-way back.
    let deep = format!("before={}", entries / 2);
    let then = desk.page(&format!("/audit?{deep}")).await?;
    let day = between(&then, "<time datetime=\"", "T").context("no day")?.to_owned();
    let day = format!("from={day}&until={day}");
    let rows = "class=\"entries\"";
    let list = [
        ("newest", String::new()),
        ("deep page", deep.clone()),
        ("one kind", "kind=link".into()),
        ("one kind, deep page", format!("kind=link&{deep}")),
        ("one technician", format!("technician={technician}")),
        ("a technician's kind", format!("technician={technician}&kind=verification")),
        ("one customer", format!("customer={customer}")),
        ("a customer's kind", format!("customer={customer}&kind=reset")),
        ("a technician's customer", format!("technician={technician}&customer={customer}")),
        ("one person", format!("contact={contact}")),
        ("one reset", format!("reset={reset}")),
        ("one day", day.clone()),
        ("one day, one kind", format!("{day}&kind=reset")),
        ("one day, one technician", format!("{day}&technician={technician}")),
    ];
    let list = list.into_iter().map(|(name, query)| Page {
        name: format!("audit, {name}"),
        path: format!("/audit?{query}"),
        says: rows,
    });
    let page = |name: &str, path: String, says| Page { name: name.to_owned(), path, says };
    let mut pages: Vec<Page> = list.collect();
    pages.extend([
        page("audit, one entry", format!("/audit/{}", entries / 2), "class=\"facts\""),
        page("audit, story of a reset", story, "class=\"entries story\""),
        page("dashboard, 30 days", "/dashboard?days=30".into(), "class=\"bars\""),
        page("dashboard, 90 days", "/dashboard?days=90".into(), "class=\"bars\""),
    ]);
    Ok(pages)
}

/// What a pod reads each time that something happens: of somebody who has called often, and of somebody who never has.
pub(crate) async fn pods(desk: &Desk, entries: u32) -> Result<Vec<Page>> {
    let told = desk.page(&format!("/audit/resets/{}", past::reset(entries))).await?;
    let often = between(&told, "<a href=\"/contacts/", "\"").context("no contact")?;
    // One in ten calls: the ones that follow do not.
    let list = desk.page("/contacts?q=4711").await?;
    let never = between(&list, "id=\"row-", "\"").context("no row")?;
    let pod = |name: &str, contact: &str| Page {
        name: format!("pod, {name}"),
        path: format!("/api/pod/state?contact={contact}"),
        says: "\"shields\"",
    };
    Ok(vec![pod("a frequent caller", often), pod("a new caller", never)])
}

/// What stands for this choice of a select.
fn choice(page: &str, select: &str, label: &str) -> Option<String> {
    let options = between(page, &format!("<select id=\"{select}\""), "</select>")?;
    let before =
        options.split(&format!(">{label}")).next().filter(|it| it.len() < options.len())?;
    let (_, value) = before.rsplit_once("<option value=\"")?;
    Some(value.trim_end_matches('"').to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_found_by_what_it_says() {
        let page = r#"<select id="a" name="a"><option value="">Any</option></select><select
            id="x"><select id="b" name="b"><option value="1">One</option><option value="2">Two
            more</option></select>"#;
        assert_eq!(choice(page, "b", "Two").as_deref(), Some("2"));
        assert_eq!(choice(page, "b", "One").as_deref(), Some("1"));
        assert_eq!(choice(page, "a", "One"), None);
        assert_eq!(choice(page, "c", "One"), None);
    }
}
