//! The command line of `msp-reset`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::audit::{BrokenChain, KnownHead};
use server::clock::Clock;
use server::settings::{DEFAULTS, LogFormat, Settings};
use server::sign_in::make_set_up_link;
use server::{import, serve};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The safest way for an MSP to reset a customer's Microsoft 365 password.
#[derive(Parser)]
#[command(name = "msp-reset", version)]
struct Arguments {
    /// Settings file; without it, msp-reset.toml where it exists. The environment
    /// (MSP_RESET__SECTION__KEY) goes before both.
    #[arg(long, global = true)]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Import an account with its people, customers and connections from a JSON file.
    Import {
        /// The file; see server/sample/import.json.
        file: PathBuf,
    },
    /// Print a one-time link with which a technician sets a password (works for 24 hours).
    SetUpLink {
        /// The technician's e-mail address.
        email: String,
    },
    /// Make the master key's file (keys.file); never over another one. Only PostgreSQL needs this.
    MakeKey,
    /// Print every setting with its default and what it is for.
    Defaults,
    /// Recompute the audit chain of an account and say whether it is intact.
    AuditVerify {
        /// The account's id.
        account: shared::AccountId,
        /// A head that was kept elsewhere (ENTRIES:MAC, from the log or an earlier check): without one,
        /// entries that were cut off the end don't show.
        #[arg(long)]
        known: Option<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// One clear line.
fn failed(error: &anyhow::Error) -> ExitCode {
    // A TOML error draws a picture with a caret; its words are enough.
    let said = format!("{error:#}");
    let words =
        said.lines().map(str::trim).filter(|line| !line.trim_matches(['|', '^', ' ']).is_empty());
    eprintln!("msp-reset: {}", words.collect::<Vec<_>>().join(" "));
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if matches!(arguments.command, Command::Defaults) {
        print!("{DEFAULTS}");
        return Ok(());
    }
    let settings = Settings::read(arguments.settings.as_deref())?;
    start_log(&settings)?;
    match arguments.command {
        Command::Defaults => Ok(()),
        Command::MakeKey => {
            server::key_file::make_new(&settings.keys.file)?;
            println!("made {}; keep a copy somewhere else", settings.keys.file.display());
            Ok(())
        }
        Command::Serve => run_server(settings).await,
        Command::Import { file } => {
            let app = serve::open(settings, Clock::system()).await?;
            let account = import::import(&app, &file).await?;
            let psas = app.psas.all(account).await?;
            app.store.close().await;
            println!("imported as account {account}");
            for psa in psas {
                println!("pod of {}: {}", psa.kind.name(), psa.pod_url);
            }
            Ok(())
        }
        Command::SetUpLink { email } => {
            let app = serve::open(settings, Clock::system()).await?;
            let email = email.trim().to_lowercase();
            let technician = app.store.technician_by_email(&email).await?;
            let technician =
                technician.ok_or_else(|| anyhow::anyhow!("nobody here signs in as {email}"))?;
            let link = make_set_up_link(&app, technician.account, technician.id).await?;
            println!("{}", *link);
            Ok(())
        }
        Command::AuditVerify { account, known } => verify_audit(settings, account, known).await,
    }
}

async fn verify_audit(
    settings: Settings,
    account: shared::AccountId,
    known: Option<String>,
) -> anyhow::Result<()> {
    let known = match known {
        None => None,
        Some(text) => Some(KnownHead::parse(&text).ok_or_else(|| {
            anyhow::anyhow!("--known {text} is no head: it is ENTRIES:MAC, as the log prints it")
        })?),
    };
    let app = serve::open(settings, Clock::system()).await?;
    match app.store.check_audit(account, known.as_ref()).await? {
        Ok(intact) => {
            println!("{} entries, chain intact; head {}", intact.entries, intact.fingerprint());
            Ok(())
        }
        Err(BrokenChain { seq, how }) => {
            anyhow::bail!("the chain is broken at entry {seq}: {}", how.words())
        }
    }
}

async fn run_server(settings: Settings) -> anyhow::Result<()> {
    let address = settings.server.listen;
    // The port first: a second start must not touch the first one's database.
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        anyhow::anyhow!("can't listen on {address}: {error}; set server.listen to a free address")
    })?;
    let app = serve::open(settings, Clock::system()).await?;
    serve::check_clock(&app).await?;
    // Before anybody hears that we serve: a stop right after that is a graceful one too.
    let asked_to_stop = stop_signal()?;
    for link in serve::first_links(&app).await? {
        println!("Set up the first admin (works once, for 24 hours): {}", *link);
    }
    println!("{} is served on {}", app.settings.server.origin, listener.local_addr()?);
    let stop = app.stop.clone();
    app.tasks.spawn(async move {
        asked_to_stop.await;
        stop.cancel();
    });
    serve::run(app, listener).await?;
    Ok(())
}

/// Listens from now on; resolves when the first signal comes.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn start_log(settings: &Settings) -> anyhow::Result<()> {
    let level: tracing::Level = settings
        .log
        .level
        .parse()
        .map_err(|_| anyhow::anyhow!("log.level = \"{}\" is no level", settings.log.level))?;
    // Other people's crates only when something is wrong: what they log is not ours to vouch for.
    let targets = Targets::new()
        .with_default(tracing::Level::WARN)
        .with_target("server", level)
        .with_target("msp_reset", level);
    let registry = tracing_subscriber::registry().with(targets);
    match settings.log.format {
        LogFormat::Json => registry
            .with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr))
            .init(),
        LogFormat::Text => {
            registry.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr)).init();
        }
    }
    Ok(())
}
