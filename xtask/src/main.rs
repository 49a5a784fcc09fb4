//! `cargo xtask …`: everything that is done to this repository rather than by it. It makes the
//! tools ready, builds, checks, tests, measures and shows the product. It ships to nobody.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling a person what happens is this program's work"
)]

mod apt;
mod bench;
mod check;
mod crash;
mod demo;
mod dist;
mod externref;
mod fingerprint;
mod machine;
mod pod;
mod race;
mod report;
mod run;
mod schemathesis;
mod size;
mod stop;
mod test;
mod tidy;
mod tools;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::machine::Machine;
use crate::report::Report;

/// Build, check, test, measure and show the product.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start server and simulator with sample data, to try in a browser.
    Demo(demo::Ask),
    /// Everything that must be green before a change lands; ends with `N passed, N failed`.
    Test(test::Ask),
    /// The quick part of `test`: formatting, clippy, structure rules.
    Check,
    /// Stop and kill resets everywhere, and look that no password was lost; the long version.
    Crash(crash::Ask),
    /// Open one link with many devices at the same moment, and look that one wins; the long version.
    Race(race::Ask),
    /// What a reset costs: resets per second, latency, memory, commits per sync.
    Bench(bench::Ask),
    /// What pod and reveal page weigh on the wire, asset by asset, against their budgets.
    Size(WasmAsk),
    /// Build the embeddable package into pkg/dist.
    Package(WasmAsk),
}

/// Which compiler builds the pod.
#[derive(Args, Clone, Copy)]
pub(crate) struct WasmAsk {
    /// Force one way to the wasm tool chain instead of the first that works.
    #[arg(long, value_enum)]
    wasm_toolchain: Option<wasm::Choice>,
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) if stop::asked() => {
            eprintln!("stopped: {e:#}");
            ExitCode::from(130)
        }
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` means that it ran and that what it looked at is not as it should be.
fn perform(task: Task) -> Result<bool> {
    stop::listen()?;
    let machine = Machine::find()?;
    match task {
        Task::Demo(ask) => demo::perform(&machine, &ask).map(|()| true),
        Task::Test(ask) => test::perform(machine, &ask),
        Task::Check => check::perform(&machine),
        Task::Crash(ask) => crash::perform(&machine, &ask),
        Task::Race(ask) => race::perform(&machine, &ask),
        Task::Bench(ask) => bench::perform(&machine, &ask).map(|()| true),
        Task::Size(ask) => {
            package(&machine, ask)?;
            let sizes = size::measure(&machine)?;
            println!("{}", sizes.table());
            Ok(sizes.within())
        }
        Task::Package(ask) => package(&machine, ask).map(|()| true),
    }
}

fn package(machine: &Machine, ask: WasmAsk) -> Result<()> {
    let mut report = Report::new(machine);
    let tools = report.must("tools", |step| tools::for_pod(machine, ask.wasm_toolchain, step))?;
    report.must("pod", |step| pod::build(machine, &tools, step))
}
