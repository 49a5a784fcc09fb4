//! How much is tried, and what came of it: one line per ground and variant.

use std::collections::BTreeSet;

use super::judge::Finding;
use super::variant::Variant;

/// Rounds of each variant in `cargo xtask test`: all grounds together, more than fifty.
const SHORT: usize = 4;
/// Rounds of the first variant in `cargo xtask race share`; of each other one a fifth of it.
const LONG: usize = 1_000;
const DEVICES: usize = 32;

/// How much is tried: little in `cargo xtask test`, all of it in `cargo xtask race share`.
#[derive(Clone, Copy)]
pub(crate) struct Amount {
    pub(crate) rounds: Option<usize>,
    pub(crate) devices: usize,
    /// Repeats what is left to chance.
    pub(crate) seed: u64,
}

impl Amount {
    /// As the environment says; without a seed, a new one.
    pub(crate) fn asked() -> Self {
        let number = |name: &str| -> Option<usize> {
            let text = std::env::var(name).ok()?;
            Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
        };
        let long = std::env::var("MSP_RESET_RACE").is_ok_and(|amount| amount == "long");
        let chance = || server::random::below(1_000_000_000) as usize;
        Self {
            rounds: number("MSP_RESET_RACE_ROUNDS").or(long.then_some(LONG)),
            devices: number("MSP_RESET_RACE_DEVICES").unwrap_or(DEVICES),
            seed: number("MSP_RESET_RACE_SEED").unwrap_or_else(chance) as u64,
        }
    }

    pub(crate) fn rounds(&self, variant: Variant) -> usize {
        self.of(variant == Variant::Plain)
    }

    /// Rounds of a variant; the others have a fifth of what the first has.
    pub(crate) fn of(&self, first: bool) -> usize {
        match (self.rounds, first) {
            (None, _) => SHORT,
            (Some(rounds), true) => rounds,
            (Some(rounds), false) => rounds.div_ceil(5),
        }
    }
}

/// What came of one variant on one ground.
pub(crate) struct Tally {
    part: String,
    seed: u64,
    devices: usize,
    rounds: usize,
    won: usize,
    /// Where in the order of release the winners stood: a race has many places.
    places: BTreeSet<usize>,
    /// Rounds that were won at each server.
    at: Vec<usize>,
    /// With the round that each is from.
    findings: Vec<(usize, Finding)>,
}

impl Tally {
    pub(crate) fn new(part: String, amount: &Amount, servers: usize) -> Self {
        Self {
            part,
            seed: amount.seed,
            devices: amount.devices,
            rounds: 0,
            won: 0,
            places: BTreeSet::new(),
            at: vec![0; servers],
            findings: Vec::new(),
        }
    }

    /// One round more; where its first winner stood, and what was found.
    pub(crate) fn add(&mut self, winner: Option<usize>, found: Vec<Finding>) {
        self.rounds += 1;
        if let Some(place) = winner {
            self.won += 1;
            self.places.insert(place);
            let servers = self.at.len();
            self.at[place % servers] += 1;
        }
        self.findings.extend(found.into_iter().map(|finding| (self.rounds, finding)));
    }

    pub(crate) fn count(&self, fits: impl Fn(&Finding) -> bool) -> usize {
        self.findings.iter().filter(|(_, finding)| fits(finding)).count()
    }

    /// Each round had one winner at least.
    pub(crate) fn all_won(&self) -> bool {
        self.rounds > 0 && self.won == self.rounds
    }

    /// Rounds with more than one winner.
    pub(crate) fn doubles(&self) -> usize {
        self.count(|finding| matches!(finding, Finding::Winners(_)))
    }

    /// The line, for people and for `cargo xtask race`.
    pub(crate) fn say(&self) {
        let (doubles, lost) = (self.doubles(), self.count(|finding| *finding == Finding::Lost));
        let at: Vec<String> = self.at.iter().map(usize::to_string).collect();
        println!(
            "\nrace {}: {} rounds of {}, {} won (at {}, from {} places), two winners {doubles}, lost secrets {lost}, other findings {}, seed {}",
            self.part,
            self.rounds,
            self.devices,
            self.won,
            at.join("+"),
            self.places.len(),
            self.findings.len() - doubles - lost,
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
            .map(|(round, finding)| format!("round {round}: {finding}"))
            .collect();
        assert!(told.is_empty(), "{}, seed {}:\n{}", self.part, self.seed, told.join("\n"));
    }
}
