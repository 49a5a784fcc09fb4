//! `cargo xtask bench …`: what the product costs, measured on the program that ships. Figures,
//! never a test: a busy machine must not fail anybody's change.

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};

use crate::machine::Machine;
use crate::pod;
use crate::report::Report;
use crate::run;
use crate::stop;

#[derive(Args)]
pub(crate) struct Ask {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Resets per second, latency, memory and commits per sync, with many technicians at once.
    Reset(ResetAsk),
}

#[derive(Args)]
struct ResetAsk {
    /// How many technicians at once: one round for each number (1,16,64 without it).
    #[arg(long)]
    technicians: Option<String>,
    /// sqlite, postgres, or both (sqlite,postgres without it).
    #[arg(long)]
    database: Option<String>,
    /// Measured resets of a round, at least.
    #[arg(long)]
    resets: Option<String>,
    /// Make each sync of the database take at least so many milliseconds, to see how many
    /// commits share one on a slow disk.
    #[arg(long)]
    slow_sync_ms: Option<u32>,
}

pub(crate) fn perform(machine: &Machine, ask: &Ask) -> Result<()> {
    let What::Reset(ask) = &ask.what;
    // A release build embeds the pod where there is one; the bench does without.
    pod::ensure_folder(machine)?;
    let mut report = Report::new(machine);
    report.must("server, release", |step| {
        let mut cargo = machine.cargo();
        cargo.args(["build", "--release", "--package", "msp-reset-server", "--bins"]);
        if ask.slow_sync_ms.is_some() {
            cargo.args(["--features", "slow-sync"]);
        }
        run::must(step, &mut cargo)
    })?;
    // By itself: built together with the simulator the server would get features of its crates.
    report.must("bench, release", |step| {
        let args = ["build", "--release", "--package", "msp-reset-bench"];
        run::must(step, machine.cargo().args(args))
    })?;
    let mut bench = machine.command(machine.release("msp-reset-bench"));
    bench.arg("--server").arg(machine.release("msp-reset"));
    bench.arg("--folder").arg(machine.target.join("bench"));
    bench.args(["--commit", &commit(machine)]);
    let flags = [
        ("--technicians", ask.technicians.clone()),
        ("--database", ask.database.clone()),
        ("--resets", ask.resets.clone()),
        ("--slow-sync-ms", ask.slow_sync_ms.map(|ms| ms.to_string())),
    ];
    for (name, value) in flags {
        bench.args(value.iter().flat_map(|value| [name, value]));
    }
    let ended = bench.status()?;
    ensure!(!stop::asked(), "asked to");
    ensure!(ended.success(), "the bench ended with {ended}");
    Ok(())
}

/// What is measured, as git names it; changes that are in no commit show.
fn commit(machine: &Machine) -> String {
    let mut git = machine.command("git");
    let found = run::ask(git.args(["describe", "--always", "--dirty", "--exclude", "*"]));
    found.unwrap_or_else(|| "unknown".to_owned())
}
