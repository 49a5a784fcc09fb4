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
    /// Links made, looked at and opened per second; CPU and memory; what a link costs.
    Share(ShareAsk),
    /// How long each page of the web UI takes with 100 000 contacts.
    Ui(UiAsk),
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

#[derive(Args)]
struct UiAsk {
    /// Customers (500 without it).
    #[arg(long)]
    customers: Option<String>,
    /// Contacts, each with a ticket (100000 without it).
    #[arg(long)]
    contacts: Option<String>,
    /// Audit entries (1000000 without it).
    #[arg(long)]
    audit: Option<String>,
    /// Looks at each page (100 without it).
    #[arg(long)]
    looks: Option<String>,
    /// Lines of a file of contacts (50 000 without it).
    #[arg(long)]
    lines: Option<String>,
}

#[derive(Args)]
struct ShareAsk {
    /// How many at once: one round for each number (1,32 without it).
    #[arg(long)]
    at_once: Option<String>,
    /// sqlite, postgres, or both (sqlite,postgres without it).
    #[arg(long)]
    database: Option<String>,
    /// Measured links of a round (4000 without it).
    #[arg(long)]
    links: Option<String>,
}

pub(crate) fn perform(machine: &Machine, ask: &Ask) -> Result<()> {
    // A release build embeds the pod where there is one; the bench does without.
    pod::ensure_folder(machine)?;
    let (what, slow_sync_ms, flags) = match &ask.what {
        What::Reset(ask) => {
            let flags = vec![
                ("--technicians", ask.technicians.clone()),
                ("--database", ask.database.clone()),
                ("--resets", ask.resets.clone()),
                ("--slow-sync-ms", ask.slow_sync_ms.map(|ms| ms.to_string())),
            ];
            ("reset", ask.slow_sync_ms, flags)
        }
        What::Share(ask) => {
            let flags = vec![
                ("--at-once", ask.at_once.clone()),
                ("--database", ask.database.clone()),
                ("--links", ask.links.clone()),
            ];
            ("share", None, flags)
        }
        What::Ui(ask) => {
            let flags = vec![
                ("--customers", ask.customers.clone()),
                ("--contacts", ask.contacts.clone()),
                ("--audit", ask.audit.clone()),
                ("--lines", ask.lines.clone()),
                ("--looks", ask.looks.clone()),
            ];
            ("ui", None, flags)
        }
    };
    let mut report = Report::new(machine);
    report.must("server, release", |step| {
        let mut cargo = machine.cargo();
        cargo.args(["build", "--release", "--package", "msp-reset-server", "--bins"]);
        if slow_sync_ms.is_some() {
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
    bench.arg(what).arg("--server").arg(machine.release("msp-reset"));
    bench.arg("--folder").arg(machine.target.join("bench"));
    bench.args(["--commit", &commit(machine)]);
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
