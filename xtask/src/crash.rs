//! `cargo xtask crash`: the long version of the crash runs. (a) stops a reset at every suspension
//! point, (b) kills the real program, (c) kills one of two. The short version runs with
//! `cargo xtask test`; the runs themselves are stories, in `tests/src/crash`.

use anyhow::{Result, bail, ensure};
use clap::Args;

use crate::machine::Machine;
use crate::report::{Report, Step};
use crate::run::{self, Ended};
use crate::tools;

/// The parts, as their tests are called. Each says one line.
const PARTS: [&str; 7] = [
    "stopped_at_every_point_on_sqlite",
    "stopped_at_every_point_on_postgres",
    "killed_at_random_moments",
    "killed_at_each_request",
    "one_of_two_is_killed",
    "one_of_two_stands_still",
    "the_careless_order_is_found_out",
];

#[derive(Args)]
pub(crate) struct Ask {
    /// Only the parts whose name has this in it, such as `point`, `killed`, `two` or `careless`.
    part: Option<String>,
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
        run::must(step, machine.cargo().args(["build", "--package", "msp-reset-server", "--bins"]))
    })?;
    report.try_to("crash runs", |step| runs(machine, ask, step));
    println!("\n{}\n\n{}", report.table(), report.verdict());
    Ok(report.good())
}

fn runs(machine: &Machine, ask: &Ask, step: &mut Step) -> Result<()> {
    let part = ask.part.as_deref().unwrap_or_default();
    let parts: Vec<&str> = PARTS.into_iter().filter(|name| name.contains(part)).collect();
    ensure!(!parts.is_empty(), "no part is called {part}; there are {}", PARTS.join(", "));
    let mut cargo = machine.cargo();
    cargo
        .args(["test", "--package", "msp-reset-stories", "--", "--exact", "--nocapture"])
        .args(parts.iter().map(|name| format!("crash::{name}")))
        .env("MSP_RESET_CRASH", if ask.short { "short" } else { "long" });
    if let Some(seed) = ask.seed {
        cargo.env("MSP_RESET_CRASH_SEED", seed.to_string());
    }
    let Ended { good, lines } = run::watch(step, &mut cargo)?;
    let told: Vec<&String> = lines.iter().filter(|line| line.starts_with("crash ")).collect();
    for line in &told {
        step.say(line);
    }
    // A part that was renamed would pass without having run.
    let all_said = told.len() == parts.len();
    step.counted(u32::try_from(told.len())?, u32::from(!good || !all_said));
    if good && all_said {
        return Ok(());
    }
    bail!("{}", run::explain(step, &lines))
}
