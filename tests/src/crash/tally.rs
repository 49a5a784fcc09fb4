//! How much is tried, and what came of it: one line per part.

use std::collections::BTreeMap;

use super::check::Finding;

/// How much is tried: little in `cargo xtask test`, all of it in `cargo xtask crash`.
pub(crate) struct Amount {
    pub(crate) long: bool,
    /// Repeats a run.
    pub(crate) seed: u64,
}

impl Amount {
    /// As the environment says; without a seed, a new one.
    pub(crate) fn asked() -> Self {
        let long = std::env::var("MSP_RESET_CRASH").is_ok_and(|amount| amount == "long");
        let seed = match std::env::var("MSP_RESET_CRASH_SEED") {
            Ok(seed) => seed.parse().expect("MSP_RESET_CRASH_SEED is a number"),
            Err(_) => u64::from(server::random::below(1_000_000_000)),
        };
        Self { long, seed }
    }
}

/// What came of one part.
pub(crate) struct Tally {
    part: String,
    seed: u64,
    /// Places at which it was stopped.
    pub(crate) points: usize,
    /// Those at which something was under way.
    pub(crate) busy: usize,
    pub(crate) runs: usize,
    /// How the resets ended, to see that the runs meet every kind of end.
    pub(crate) ends: BTreeMap<&'static str, usize>,
    /// With the run that each is from.
    pub(crate) findings: Vec<(String, Finding)>,
}

impl Tally {
    pub(crate) fn new(part: impl Into<String>, seed: u64) -> Self {
        let (ends, findings) = (BTreeMap::new(), Vec::new());
        Self { part: part.into(), seed, points: 0, busy: 0, runs: 0, ends, findings }
    }

    /// One run more.
    pub(crate) fn add(&mut self, run: &str, end: &'static str, found: Vec<Finding>) {
        self.runs += 1;
        *self.ends.entry(end).or_default() += 1;
        self.findings.extend(found.into_iter().map(|finding| (run.to_owned(), finding)));
    }

    pub(crate) fn count(&self, fits: fn(&Finding) -> bool) -> usize {
        self.findings.iter().filter(|(_, finding)| fits(finding)).count()
    }

    /// A sign of life, where a part takes long.
    pub(crate) fn so_far(&self, what: &str) {
        println!("{}: {} runs, now {what}", self.part, self.runs);
    }

    /// The line, for people and for `cargo xtask crash`.
    pub(crate) fn say(&self) {
        let ends: Vec<String> = self.ends.iter().map(|(end, n)| format!("{n} {end}")).collect();
        println!(
            "\ncrash {}: {} points ({} with work under way), {} runs ({}), unknown passwords {}, lost texts {}, other findings {}, seed {}",
            self.part,
            self.points,
            self.busy,
            self.runs,
            ends.join(", "),
            self.count(Finding::is_unknown_password),
            self.count(Finding::is_lost_text),
            self.count(|finding| !finding.is_unknown_password() && !finding.is_lost_text()),
            self.seed,
        );
    }

    /// Says the line, and fails when anything was found.
    pub(crate) fn end(self) {
        self.say();
        let told: Vec<String> = self
            .findings
            .iter()
            .take(20)
            .map(|(run, finding)| format!("{run}: {finding}"))
            .collect();
        assert!(told.is_empty(), "seed {}:\n{}", self.seed, told.join("\n"));
    }
}
