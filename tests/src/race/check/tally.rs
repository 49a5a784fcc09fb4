//! What came of one variant on one ground: one line.

use super::judge::Finding;
use crate::race::tally::Amount;

pub(super) struct Tally {
    part: String,
    seed: u64,
    answers: usize,
    rounds: usize,
    verified: usize,
    /// With the round that each is from.
    findings: Vec<(usize, Finding)>,
}

impl Tally {
    pub(super) fn new(part: String, amount: &Amount) -> Self {
        let (seed, answers) = (amount.seed, amount.devices);
        Self { part, seed, answers, rounds: 0, verified: 0, findings: Vec::new() }
    }

    /// One round more.
    pub(super) fn add(&mut self, verified: bool, found: Vec<Finding>) {
        self.rounds += 1;
        self.verified += usize::from(verified);
        self.findings.extend(found.into_iter().map(|finding| (self.rounds, finding)));
    }

    fn count(&self, fits: impl Fn(&Finding) -> bool) -> usize {
        self.findings.iter().filter(|(_, finding)| fits(finding)).count()
    }

    /// Rounds in which more was tried than may be.
    pub(super) fn beyond(&self) -> usize {
        self.count(|finding| matches!(finding, Finding::Beyond(_)))
    }

    /// The line, for people and for `cargo xtask race`.
    pub(super) fn say(&self) {
        let doubles = self.count(|finding| matches!(finding, Finding::Verified(_)));
        let beyond = self.beyond();
        println!(
            "\nrace {}: {} rounds of {}, {} verified, two successes {doubles}, tries beyond the last {beyond}, other findings {}, seed {}",
            self.part,
            self.rounds,
            self.answers,
            self.verified,
            self.findings.len() - doubles - beyond,
            self.seed,
        );
    }

    /// Says the line, and fails when anything was found.
    pub(super) fn end(self) {
        self.say();
        let told: Vec<String> = self
            .findings
            .iter()
            .take(20)
            .map(|(round, finding)| format!("round {round}: {finding}"))
            .collect();
        assert!(told.is_empty(), "{}, seed {}:\n{}", self.part, self.seed, told.join("\n"));
    }
}
