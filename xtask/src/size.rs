//! What users wait for: the bytes that go over the wire, asset by asset, against the budgets.

use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result};

use crate::dist::compress;
use crate::machine::Machine;

/// Everything that a phone loads to show the reveal page, without the MSP's logo. The template
/// stands for the page made from it: a few names more or less.
const REVEAL: [&str; 4] = [
    "server/templates/reveal.html",
    "server/assets/share/reveal.css",
    "server/assets/share/reveal.js",
    "server/assets/share/icon.svg",
];

/// 1 kB = 1000 bytes.
const POD_BUDGET: usize = 120_000;
const POD_AIM: usize = 90_000;
const REVEAL_BUDGET: usize = 8_000;

pub(crate) struct Sizes {
    pod: Vec<Asset>,
    reveal: Vec<Asset>,
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
    let reveal = REVEAL
        .iter()
        .map(|path| {
            weigh(machine, path)
                .context("the list of the reveal page's files is in xtask/src/size.rs")
        })
        .collect::<Result<_>>()?;
    Ok(Sizes { pod, reveal })
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
        !self.pod.is_empty() && sum(&self.pod) <= POD_BUDGET && sum(&self.reveal) <= REVEAL_BUDGET
    }

    pub(crate) fn summary(&self) -> String {
        format!("pod {} kB, reveal page {} kB", kb(sum(&self.pod)), kb(sum(&self.reveal)))
    }

    pub(crate) fn table(&self) -> String {
        let mut text = format!("{:<34} {:>10} {:>12}\n", "asset", "raw kB", "brotli kB");
        part(&mut text, "pod", &self.pod, POD_BUDGET, Some(POD_AIM));
        part(&mut text, "reveal page", &self.reveal, REVEAL_BUDGET, None);
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
    use super::{Asset, Sizes, kb};

    fn assets(wire: usize) -> Vec<Asset> {
        vec![Asset { name: "a".into(), raw: wire, wire }]
    }

    #[test]
    fn budgets_bind() {
        let sizes = |pod, reveal| Sizes { pod: assets(pod), reveal: assets(reveal) };
        assert!(sizes(120_000, 8_000).within());
        assert!(!sizes(120_001, 8_000).within());
        assert!(!sizes(120_000, 8_001).within());
        assert!(!Sizes { pod: Vec::new(), reveal: assets(1) }.within());
        assert!(sizes(120_001, 1).table().contains("over the budget of 120.0 kB"));
    }

    #[test]
    fn rounding_is_upwards() {
        assert_eq!(kb(90_001), "90.1");
        assert_eq!(kb(90_000), "90.0");
    }
}
