//! `cargo xtask race …`: the long version of the races. Many devices open one link at the same
//! moment; one wins. A few rounds run with `cargo xtask test`; the races themselves are stories, in
//! `tests/src/race`.

use anyhow::{Result, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};

use crate::machine::Machine;
use crate::report::{Report, Step};
use crate::run::{self, Ended};
use crate::tools;

#[derive(Args)]
pub(crate) struct Ask {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Opens of one link, by one server on each database and by two on one PostgreSQL.
    Share(Amount),
    /// Answers to one verification: right codes, wrong ones, a link's two digits, denied meanwhile.
    Verification(Amount),
}

#[derive(Args)]
struct Amount {
    /// Rounds on each ground; each further variant has a fifth of them besides.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Requests of a round.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(6..=256))]
    devices: u32,
    /// Only on this one.
    #[arg(long)]
    database: Option<Database>,
    /// Repeat what is left to chance: the seed that a line ends with.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// The parts, as their tests are called, and on which databases.
const PARTS: [(&str, &[Database]); 4] = [
    ("one_server_on_sqlite", &[Database::Sqlite]),
    ("one_server_on_postgres", &[Database::Postgres]),
    ("two_servers_on_postgres", &[Database::Postgres]),
    (CARELESS, &[Database::Sqlite, Database::Postgres]),
];
/// Says a line for each database, the others one for each variant.
const CARELESS: &str = "the_careless_order_is_found_out";

pub(crate) fn perform(machine: &Machine, ask: &Ask) -> Result<bool> {
    let (module, variants, ask) = match &ask.what {
        What::Share(ask) => ("race", 5, ask),
        What::Verification(ask) => ("race::check", 6, ask),
    };
    let mut report = Report::new(machine);
    report.must("tools", tools::postgres)?;
    report.must("build", |step| {
        // The races start the real program, which `cargo test` does not build by itself.
        run::must(step, machine.cargo().args(["build", "--package", "msp-reset-server", "--bins"]))
    })?;
    report.try_to("races", |step| races(machine, (module, variants), ask, step));
    println!("\n{}\n\n{}", report.table(), report.verdict());
    Ok(report.good())
}

fn races(
    machine: &Machine,
    (module, variants): (&str, usize),
    ask: &Amount,
    step: &mut Step,
) -> Result<()> {
    let asked_for = |on: &[Database]| ask.database.is_none_or(|only| on.contains(&only));
    let parts: Vec<_> = PARTS.into_iter().filter(|(_, on)| asked_for(on)).collect();
    let mut cargo = machine.cargo();
    cargo
        .args(["test", "--package", "msp-reset-stories", "--", "--exact", "--nocapture"])
        // One after the other: each race has the machine to itself.
        .arg("--test-threads=1")
        .args(parts.iter().map(|(name, _)| format!("{module}::{name}")))
        .env("MSP_RESET_RACE", "long")
        .env("MSP_RESET_RACE_ROUNDS", ask.rounds.to_string())
        .env("MSP_RESET_RACE_DEVICES", ask.devices.to_string());
    if let Some(seed) = ask.seed {
        cargo.env("MSP_RESET_RACE_SEED", seed.to_string());
    }
    let Ended { good, lines } = run::watch(step, &mut cargo)?;
    let told: Vec<&String> = lines.iter().filter(|line| line.starts_with("race ")).collect();
    for line in &told {
        step.say(line);
    }
    // A part that was renamed would pass without having run.
    let of = |name: &str| if name == CARELESS { 2 } else { variants };
    let expected: usize = parts.iter().map(|(name, _)| of(name)).sum();
    let all_said = told.len() >= expected;
    step.counted(u32::try_from(told.len())?, u32::from(!good || !all_said));
    if good {
        ensure!(all_said, "{} lines in place of {expected}", told.len());
        return Ok(());
    }
    bail!("{}", run::explain(step, &lines))
}
