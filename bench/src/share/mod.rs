//! `cargo xtask bench share`: what a link costs. Made through the share engine in a process of its
//! own, opened over HTTP at the program that ships; docs/bench.md says what is measured.

mod make;
mod round;
mod table;
mod wire;

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

pub(crate) use self::make::{Ask as MakeAsk, make};
use self::round::Plan;
use self::table::Table;
use crate::{Database, disk, machine};

/// Creations, landings, looks and opens per second, and what each costs.
#[derive(clap::Args)]
pub(crate) struct Ask {
    /// The server's program.
    #[arg(long)]
    server: PathBuf,
    /// An empty or missing folder on the disk that is measured; emptied at each start.
    #[arg(long)]
    folder: PathBuf,
    /// What was built, for the table's heading.
    #[arg(long, default_value = "unknown")]
    commit: String,
    /// How many at once: one round for each number.
    #[arg(long, value_delimiter = ',', default_value = "1,32",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    at_once: Vec<u16>,
    /// Measured links of a round; twice as many landings and looks.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    links: u32,
    /// Where the server keeps its rows.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    database: Vec<Database>,
}

pub(crate) async fn measure(ask: &Ask) -> Result<()> {
    ensure!(ask.server.is_file(), "{} is no program", ask.server.display());
    std::fs::create_dir_all(&ask.folder)
        .with_context(|| format!("cannot make {}", ask.folder.display()))?;
    let folder = ask.folder.canonicalize()?;
    let machine = machine::look(&ask.commit)?;
    let mut table = Table::new(machine, disk::synced_writes(&folder)?);
    for database in &ask.database {
        for at_once in &ask.at_once {
            let name = format!("share-{}-{at_once}", database.name().to_lowercase());
            let plan = Plan {
                server: ask.server.canonicalize()?,
                folder: folder.join(name),
                database: *database,
                at_once: usize::from(*at_once),
                links: usize::try_from(ask.links)?,
            };
            table.add(round::run(&plan).await?);
        }
    }
    println!("\n{}", table.text());
    Ok(())
}
