//! The outside world as a program: starts it, says where it is, stops on Ctrl-C or SIGTERM.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use simulator::{Clock, Options, Ports, Psa};

/// Stand-ins for Microsoft Entra, Microsoft Graph, Twilio, Duo, ConnectWise PSA, HaloPSA, Autotask PSA and
/// a mail server; ticket screens, and a page that shows the rest.
#[derive(Parser)]
#[command(name = "msp-reset-simulator")]
struct Arguments {
    /// The page listens at +10, Entra at +11, Graph at +12, Twilio at +13, mail at +14,
    /// ConnectWise at +15, Halo at +16, Autotask at +17, Duo at +18.
    #[arg(long, default_value_t = 4400)]
    port_base: u16,
    /// An authenticator for the page: base32 secret or otpauth:// address. May be repeated.
    #[arg(long = "totp-secret", value_name = "BASE32")]
    totp_secrets: Vec<String>,
    /// The password of notify@brightline.example at the mail server; without it, a random one.
    #[arg(long)]
    smtp_password: Option<String>,
    /// Where Entra sends technicians of brightline.example back to after they have signed in there.
    #[arg(long, value_name = "URI")]
    sign_in_redirect: Option<String>,
    /// Where to write the authority that signed the mail server's certificate, as PEM.
    #[arg(long, value_name = "FILE")]
    smtp_ca: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line whatever RUST_BACKTRACE says: it is about a port or a secret, not about code.
            _ = writeln!(std::io::stderr(), "msp-reset-simulator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_target(false).with_writer(std::io::stderr).init();
    let world = simulator::start(Options {
        ports: Ports::Base(arguments.port_base),
        clock: Clock::system(),
        authenticators: arguments.totp_secrets,
    })
    .await?;
    if let Some(password) = &arguments.smtp_password {
        world.set_smtp_password(password);
    }
    if let Some(uri) = &arguments.sign_in_redirect {
        world.add_redirect_uri("brightline.example", uri);
    }
    if let Some(file) = &arguments.smtp_ca {
        std::fs::write(file, world.smtp_ca_pem())
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    let mut out = std::io::stdout();
    writeln!(out, "world page  {}", world.page_url())?;
    writeln!(out, "Entra       {}", world.entra_url())?;
    writeln!(out, "Graph       {}", world.graph_url())?;
    writeln!(out, "Twilio      {}", world.twilio_url())?;
    writeln!(out, "mail        {}", world.smtp_address())?;
    writeln!(out, "Duo         {}", world.duo_url())?;
    for psa in Psa::ALL {
        let (api, screens) = (world.psa_api_url(psa), world.psa_site_url(psa));
        writeln!(
            out,
            "{:<12}{api}, ticket screens {screens}",
            psa.name().trim_end_matches(" PSA")
        )?;
    }
    out.flush()?;
    asked_to_stop().await?;
    world.stop().await;
    Ok(())
}

#[cfg(unix)]
async fn asked_to_stop() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("Ctrl-C cannot be listened for")?,
        _ = term.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_stop() -> anyhow::Result<()> {
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be listened for")
}
