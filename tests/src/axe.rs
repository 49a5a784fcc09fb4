//! axe-core in the page: what a program can find of WCAG 2.2 AA, in open shadow roots too.

use serde_json::Value;

use crate::page::Page;

/// axe-core 4.14.1, MPL-2.0 (`vendor/axe.LICENSE`), as npm has it.
const AXE: &str = include_str!("../vendor/axe.min.js");

const RUN: &str = "return axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
    resultTypes: ['violations'],
})";

/// Every violation on the page as it stands, one line each.
pub(crate) async fn violations(page: &Page) -> Vec<String> {
    if page.script("return typeof axe").await == "undefined" {
        page.script(AXE).await;
    }
    let report = page.script(RUN).await;
    let passed = report["passes"].as_array().map_or(0, Vec::len);
    assert!(passed > 0, "axe looked at nothing: {report}");
    report["violations"].as_array().into_iter().flatten().flat_map(lines).collect()
}

fn lines(violation: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('\n', " ");
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    nodes
        .map(|node| {
            let (rule, help) = (text(&violation["id"]), text(&violation["help"]));
            format!(
                "{rule}: {help}\n  at {}\n  {}\n  {}",
                node["target"],
                text(&node["html"]),
                text(&node["failureSummary"])
            )
        })
        .collect()
}

/// There must be none.
pub(crate) async fn no_violations(page: &Page, state: &str) {
    let found = violations(page).await;
    assert!(found.is_empty(), "{state}: {} violations\n{}", found.len(), found.join("\n"));
}

/// Looks at a state in light and dark, on a desktop and on a phone: nothing sticks out, not on the narrowest
/// phone either, axe finds nothing, and `target/screenshots` gets four pictures for people to look at.
pub(crate) async fn in_every_light(page: &Page, state: &str) {
    for (name, dark) in [("light", false), ("dark", true)] {
        for (width, height) in [(1280, 900), (375, 812)] {
            page.looks(width, height, dark).await;
            page.shoot(&format!("{state}-{width}-{name}")).await;
            no_violations(page, &format!("{state}, {width}, {name}")).await;
        }
        page.looks(320, 800, dark).await;
        page.fits().await;
    }
    page.looks_as_before().await;
}
