//! `cargo xtask bench …` builds and starts this: it drives the real `msp-reset` over HTTP, as
//! technicians' pods do, against a simulated Microsoft and Twilio that answer at once, and as phones
//! do that open links, and prints what that costs. It knows the server only from outside, but for
//! `share/make.rs` and `ui/fill.rs`; docs/bench.md says what is measured.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints")]

mod desk;
mod disk;
mod machine;
mod office;
mod process;
mod round;
mod server;
mod share;
mod stats;
mod table;
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::round::Plan;
use crate::table::Table;

/// What the product costs.
#[derive(Parser)]
#[command(name = "msp-reset-bench")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Resets per second, latency, memory and commits per sync of the real server.
    Reset(Ask),
    /// Links made, looked at and opened per second, and what each costs.
    Share(share::Ask),
    /// How long each page of the web UI takes at a large MSP.
    Ui(ui::Ask),
    /// The part of `share` that makes the links, on the settings in the environment.
    #[command(hide = true)]
    MakeShares(share::MakeAsk),
    /// The part of `ui` that writes what no import brings.
    #[command(hide = true)]
    FillUi(ui::FillAsk),
}

/// Resets per second, latency, memory and commits per sync of the real server.
#[derive(Args)]
struct Ask {
    /// The server's program.
    #[arg(long)]
    server: PathBuf,
    /// An empty or missing folder on the disk that is measured; emptied at each start.
    #[arg(long)]
    folder: PathBuf,
    /// What was built, for the table's heading.
    #[arg(long, default_value = "unknown")]
    commit: String,
    /// How many technicians reset at once: one round for each number.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    technicians: Vec<u16>,
    /// Measured resets of a round, at least; otherwise 200 for one technician, 1024 for more.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    resets: Option<u32>,
    /// Where the server keeps its rows.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    database: Vec<Database>,
    /// Makes each sync take so long; only a server built with its feature `slow-sync` listens.
    #[arg(long)]
    slow_sync_ms: Option<u32>,
}

/// Where the server keeps its rows.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    /// One file in the folder; one account, as with most who use it.
    Sqlite,
    /// A cluster of its own in the folder, which syncs; an account for each technician.
    Postgres,
}

impl Database {
    /// As the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Database::Sqlite => "SQLite",
            Database::Postgres => "PostgreSQL",
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let ended = runtime.block_on(async {
        // Dropping the measurement ends the server that it started.
        tokio::select! {
            ended = perform(&cli.what) => ended,
            asked = asked_to_stop() => asked.and_then(|()| anyhow::bail!("stopped")),
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("bench: {error:#}");
    ExitCode::FAILURE
}

async fn asked_to_stop() -> Result<()> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn perform(what: &What) -> Result<()> {
    match what {
        What::Reset(ask) => measure(ask).await,
        What::Share(ask) => share::measure(ask).await,
        What::MakeShares(ask) => share::make(ask).await,
        What::Ui(ask) => ui::measure(ask).await,
        What::FillUi(ask) => ui::fill(ask).await,
    }
}

async fn measure(ask: &Ask) -> Result<()> {
    ensure!(ask.server.is_file(), "{} is no program", ask.server.display());
    std::fs::create_dir_all(&ask.folder)
        .with_context(|| format!("cannot make {}", ask.folder.display()))?;
    let folder = ask.folder.canonicalize()?;
    let machine = machine::look(&ask.commit)?;
    let mut table = Table::new(machine, disk::synced_writes(&folder)?, ask.slow_sync_ms);
    for database in &ask.database {
        for technicians in &ask.technicians {
            let technicians = usize::from(*technicians);
            let all = ask.resets.unwrap_or(if technicians == 1 { 200 } else { 1024 });
            let plan = Plan {
                server: ask.server.canonicalize()?,
                folder: folder.join(format!("{}-{technicians}", database.name().to_lowercase())),
                database: *database,
                technicians,
                resets_each: usize::try_from(all)?.div_ceil(technicians),
                slow_sync_ms: ask.slow_sync_ms,
            };
            table.add(round::run(&plan).await?);
        }
    }
    println!("\n{}", table.text());
    Ok(())
}
