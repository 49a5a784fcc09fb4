//! `cargo xtask bench ui`: what the pages of an MSP with a hundred thousand contacts, as many tickets and a
//! million audit entries take, over HTTP with a signed-in session; docs/bench.md says what is measured.

mod fill;
mod import;
mod look;
mod past;
mod table;

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use simulator::{Clock, Options, Ports};

pub(crate) use self::fill::{Ask as FillAsk, fill};
use self::table::Table;
use crate::desk::{self, Desk};
use crate::office::{self, TOTP_SECRET, Technician};
use crate::server::Installation;
use crate::{disk, machine};

/// How long each page of the web UI takes at a large MSP.
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
    /// Customers, each with its share of contacts and tickets.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    customers: u32,
    /// Contacts, each with a ticket.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(2_000..=1_000_000))]
    contacts: u32,
    /// Audit entries; the resets that they tell of are a tenth as many.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(100_000..))]
    audit: u32,
    /// Lines of a file of contacts.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(500..=50_000))]
    lines: u32,
    /// Looks at each page.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    looks: u32,
}

pub(crate) async fn measure(ask: &Ask) -> Result<()> {
    ensure!(ask.server.is_file(), "{} is no program", ask.server.display());
    std::fs::create_dir_all(&ask.folder)
        .with_context(|| format!("cannot make {}", ask.folder.display()))?;
    let folder = ask.folder.canonicalize()?;
    let mut table = Table::new(machine::look(&ask.commit)?, disk::synced_writes(&folder)?);
    let folder = folder.join("ui");
    crate::round::clear(&folder)?;
    let options = Options {
        ports: Ports::Any,
        clock: Clock::system(),
        authenticators: vec![TOTP_SECRET.to_owned()],
    };
    let world = simulator::start(options).await?;
    let server = ask.server.canonicalize()?;
    let installation = Installation::new(&server, &folder, String::new(), None, None)?;
    eprintln!("ui: import {} contacts", ask.contacts);
    let tenant = world.add_crowd(1, 1)?.pop().context("a tenant")?;
    let m365 = office::m365(&world, &tenant);
    installation.import(&fill::office(ask.customers, ask.contacts, &m365)).await?;
    eprintln!("ui: {} audit entries, and what they tell of", ask.audit);
    let mut filler = installation.command_of(&std::env::current_exe()?, "fill-ui");
    filler.args(["--audit", &ask.audit.to_string()]);
    let ended = filler.status().await?;
    ensure!(ended.success(), "nothing was filled in: {ended}");

    let server = installation.start("measured").await?;
    let client = desk::client(installation.address)?;
    let technician = Technician { email: fill::EMAIL.to_owned(), people: Vec::new() };
    let code = world.authenticator_code().context("an authenticator")?;
    let desk = Desk::sign_in(&client, &installation.origin, &technician, &code).await?;
    let mut pages = look::lists(&desk).await?;
    pages.extend(look::audit(&desk, ask.audit).await?);
    pages.extend(look::pods(&desk, ask.audit).await?);
    for page in pages {
        eprintln!("ui: {}", page.name);
        table.add(look::measure(&desk, &page, ask.looks).await?);
    }
    table.served(server.ready_after, server.peak_memory());
    eprintln!("ui: a file of {} contacts", ask.lines);
    let imported = import::measure(&desk, ask.customers, ask.lines).await?;
    table.imported(imported, server.peak_memory());
    server.stop().await?;
    world.stop().await;
    println!("\n{}", table.text());
    Ok(())
}
