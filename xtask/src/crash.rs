//! `cargo xtask crash`: the long version of the crash runs, one step for each part: (a) stops a
//! reset at every suspension point, (b) kills the real program, (c) kills one of two. The short
//! version runs with `cargo xtask test`; the runs themselves are stories, in `tests/src/crash`.

use anyhow::{Result, bail};
use clap::Args;

use crate::machine::Machine;
use crate::report::{Report, Step};
use crate::run::{self, Ended};
use crate::tools;

/// The parts: their names here, and their tests.
const PARTS: [(&str, &str); 6] = [
    ("a on SQLite", "stopped_at_every_point_on_sqlite"),
    ("a on PostgreSQL", "stopped_at_every_point_on_postgres"),
    ("b at random moments", "killed_at_random_moments"),
    ("b at each request", "killed_at_each_request"),
    ("c with two processes", "one_of_two_is_killed"),
    ("careless order found out", "the_careless_order_is_found_out"),
];

#[derive(Args)]
pub(crate) struct Ask {
    /// Repeat a run: the seed that it printed.
    #[arg(long)]
    seed: Option<u64>,
    /// As much as `cargo xtask test` does, not all of it.
    #[arg(long)]
    short: bool,
}

pub(crate) fn perform(machine: &Machine, ask: &Ask) -> Result<bool> {
    let mut report = Report::new(machine);
    report.must("tools", tools::postgres)?;
    report.must("build", |step| {
        // The parts that kill start the real program, which `cargo test` does not build by itself.
        run::must(
            step,
            machine.cargo().args(["build", "--package", "msp-reset-server", "--bins"]),
        )?;
        run::must(
            step,
            machine.cargo().args(["test", "--package", "msp-reset-stories", "--no-run"]),
        )
    })?;
    for (name, test) in PARTS {
        report.try_to(name, |step| part(machine, ask, test, step));
    }
    println!("\n{}\n\n{}", report.table(), report.verdict());
    Ok(report.good())
}

fn part(machine: &Machine, ask: &Ask, test: &str, step: &mut Step) -> Result<()> {
    let mut cargo = machine.cargo();
    let name = format!("crash::{test}");
    cargo
        .args(["test", "--package", "msp-reset-stories", "--", "--exact", &name, "--nocapture"])
        .env("MSP_RESET_CRASH", if ask.short { "short" } else { "long" });
    if let Some(seed) = ask.seed {
        cargo.env("MSP_RESET_CRASH_SEED", seed.to_string());
    }
    let Ended { good, lines } = run::watch(step, &mut cargo)?;
    let told: Vec<&String> = lines.iter().filter(|line| line.starts_with("crash ")).collect();
    for line in &told {
        step.say(line);
    }
    // A test that was renamed would pass here without having run.
    if good && !told.is_empty() {
        return Ok(());
    }
    bail!("{}", run::explain(step, &lines))
}
