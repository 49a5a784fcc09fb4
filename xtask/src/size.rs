//! What users wait for: the bytes that go over the wire, asset by asset, against the budgets.

use std::fmt::Write;
use std::fs;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::dist::compress;
use crate::machine::Machine;

/// Everything that a phone loads to show a page behind a link, without the MSP's logo, is told by
/// the server's own example: it knows what it sends in which language.
const LINK_PAGES: &str = "link_pages";
/// What a look answers beside phrases: a name, a number, four colours, two or three sentences.
const LOOK: usize = 400;

/// 1 kB = 1000 bytes.
const POD_BUDGET: usize = 120_000;
const POD_AIM: usize = 90_000;
/// Of each page behind a link.
const LINK_BUDGET: usize = 8_000;
const CHECK_AIM: usize = 6_000;

pub(crate) struct Sizes {
    pod: Vec<Asset>,
    /// The page that shows a password.
    reveal: LinkPage,
    /// The page that asks whether it is the caller.
    check: LinkPage,
}

/// A page behind a link.
struct LinkPage {
    /// In the language whose page is the heaviest.
    assets: Vec<Asset>,
    /// What comes on top where the link's language is not the browser's: the heaviest phrases.
    words: Asset,
}

struct Asset {
    name: String,
    raw: usize,
    wire: usize,
}

pub(crate) fn measure(machine: &Machine) -> Result<Sizes> {
    let mut names: Vec<String> = fs::read_dir(machine.dist())
        .context("no pkg/dist: run cargo xtask package")?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| [".js", ".wasm", ".css"].iter().any(|end| name.ends_with(end)))
        .collect();
    names.sort();
    let pod = names
        .iter()
        .map(|name| weigh(machine, &format!("pkg/dist/{name}")))
        .collect::<Result<_>>()?;
    let told = told(machine)?;
    Ok(Sizes { pod, reveal: link_page(&told, "reveal/")?, check: link_page(&told, "check/")? })
}

/// What the server says of its pages behind links: a line for each file, page and set of phrases.
fn told(machine: &Machine) -> Result<String> {
    let mut cargo = machine.cargo();
    cargo.args(["run", "--quiet", "--package", "msp-reset-server", "--example", LINK_PAGES]);
    let out = cargo.stderr(Stdio::inherit()).output().context("cargo does not start")?;
    ensure!(out.status.success(), "the example {LINK_PAGES} of the server fails");
    Ok(String::from_utf8(out.stdout)?)
}

/// The files of one page, with the page in its heaviest language; and the heaviest phrases.
fn link_page(told: &str, which: &str) -> Result<LinkPage> {
    let mut assets = vec![Asset { name: "look".into(), raw: LOOK, wire: LOOK }];
    let (mut pages, mut words) = (Vec::new(), Vec::new());
    for line in told.lines().filter_map(|line| line.strip_prefix(which)) {
        let asset = Asset::read(line).with_context(|| format!("no weight: {line}"))?;
        match asset.name.split_once('.') {
            Some(("page", _)) => pages.push(asset),
            Some(("words", _)) => words.push(asset),
            _ => assets.push(asset),
        }
    }
    let heaviest = |all: Vec<Asset>| all.into_iter().max_by_key(|asset| asset.wire);
    assets.push(heaviest(pages).context("no page was weighed")?);
    Ok(LinkPage { assets, words: heaviest(words).context("no phrases were weighed")? })
}

impl Asset {
    /// `page.de 4128 1510`.
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.split(' ');
        let name = parts.next()?.to_owned();
        Some(Self { name, raw: parts.next()?.parse().ok()?, wire: parts.next()?.parse().ok()? })
    }
}

fn weigh(machine: &Machine, path: &str) -> Result<Asset> {
    let bytes =
        fs::read(machine.root.join(path)).with_context(|| format!("cannot weigh {path}"))?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    Ok(Asset { name, raw: bytes.len(), wire: compress(&bytes)?.len() })
}

fn sum(assets: &[Asset]) -> usize {
    assets.iter().map(|a| a.wire).sum()
}

impl Sizes {
    pub(crate) fn within(&self) -> bool {
        let light = |page: &LinkPage| sum(&page.assets) <= LINK_BUDGET;
        let pod = !self.pod.is_empty() && sum(&self.pod) <= POD_BUDGET;
        pod && light(&self.reveal) && light(&self.check)
    }

    pub(crate) fn summary(&self) -> String {
        let [pod, reveal, check] =
            [&self.pod, &self.reveal.assets, &self.check.assets].map(|assets| kb(sum(assets)));
        format!("pod {pod} kB, reveal page {reveal} kB, check page {check} kB")
    }

    pub(crate) fn table(&self) -> String {
        let mut text = format!("{:<34} {:>10} {:>12}\n", "asset", "raw kB", "brotli kB");
        part(&mut text, "pod", &self.pod, POD_BUDGET, Some(POD_AIM));
        for (title, page, aim) in
            [("reveal page", &self.reveal, None), ("check page", &self.check, Some(CHECK_AIM))]
        {
            part(&mut text, title, &page.assets, LINK_BUDGET, aim);
            let all = sum(&page.assets) + page.words.wire;
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "where the link speaks another language than the browser: {} kB ({} on top)\n",
                kb(all),
                page.words.name
            );
        }
        text.trim_end().to_owned()
    }
}

fn part(text: &mut String, title: &str, assets: &[Asset], budget: usize, aim: Option<usize>) {
    let raw: usize = assets.iter().map(|a| a.raw).sum();
    let wire = sum(assets);
    let verdict = match aim {
        _ if assets.is_empty() => "nothing to weigh".into(),
        _ if wire > budget => format!("over the budget of {} kB", kb(budget)),
        Some(aim) if wire > aim => format!("budget {} kB, aim {} kB", kb(budget), kb(aim)),
        _ => format!("budget {} kB", kb(budget)),
    };
    for asset in assets {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<34} {:>10} {:>12}", asset.name, kb(asset.raw), kb(asset.wire));
    }
    let _ = writeln!(text, "{title:<34} {:>10} {:>12}  {verdict}\n", kb(raw), kb(wire));
}

fn kb(bytes: usize) -> String {
    // Upwards, so that a budget never looks kept when it is not.
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{Asset, LinkPage, Sizes, kb, link_page};

    fn assets(wire: usize) -> Vec<Asset> {
        vec![Asset { name: "a".into(), raw: wire, wire }]
    }

    #[test]
    fn budgets_bind() {
        let page = |wire| LinkPage { assets: assets(wire), words: assets(9_000).remove(0) };
        let sizes = |pod, reveal, check| Sizes {
            pod: assets(pod),
            reveal: page(reveal),
            check: page(check),
        };
        assert!(sizes(120_000, 8_000, 8_000).within());
        assert!(!sizes(120_001, 8_000, 8_000).within());
        assert!(!sizes(120_000, 8_001, 8_000).within());
        assert!(!sizes(120_000, 8_000, 8_001).within());
        assert!(!Sizes { pod: Vec::new(), reveal: page(1), check: page(1) }.within());
        assert!(sizes(120_001, 1, 1).table().contains("over the budget of 120.0 kB"));
    }

    #[test]
    fn the_heaviest_language_counts() {
        let told = "a/a.js 9 8\na/page.en 90 7\na/page.de 80 20\na/words.en 5 4\na/words.it 4 5\n\
                    b/page.en 90 99";
        let page = link_page(told, "a/").unwrap();
        let names: Vec<&str> = page.assets.iter().map(|asset| asset.name.as_str()).collect();
        assert_eq!(names, ["look", "a.js", "page.de"]);
        assert_eq!((page.words.name.as_str(), page.words.wire), ("words.it", 5));
        assert!(link_page(told, "b/").is_err() && link_page("a/a.js", "a/").is_err());
    }

    #[test]
    fn rounding_is_upwards() {
        assert_eq!(kb(90_001), "90.1");
        assert_eq!(kb(90_000), "90.0");
    }
}
