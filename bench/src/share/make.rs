//! Makes links through the share engine, in a process of its own: what is measured of it is the
//! engine's and nobody else's. The only file of the bench that knows the server from inside; it
//! says what it has measured on standard output, with the requests that open the links.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use data_encoding::BASE64URL_NOPAD;
use engine::app::App;
use engine::clock::Clock;
use engine::secret::LinkToken;
use engine::seed::Msp;
use engine::settings::Settings;
use engine::{random, serve, share};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::process;

/// What to make, on the settings that the environment holds.
#[derive(clap::Args)]
pub(crate) struct Ask {
    #[arg(long)]
    count: usize,
    /// Made before, and not measured.
    #[arg(long)]
    warm_up: usize,
    /// Writers.
    #[arg(long)]
    at_once: usize,
    #[arg(long)]
    of: Of,
    /// Where the requests go.
    #[arg(long)]
    out: PathBuf,
}

/// What a share belongs to.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Of {
    /// Nothing: the engine alone.
    Nobody,
    /// A reset with a ticket, which gets a note of the opening.
    Reset,
}

/// What it came to.
#[derive(Serialize, Deserialize)]
pub(crate) struct Made {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) took: Duration,
    pub(crate) cpu: Option<Duration>,
    /// The most that was resident, in bytes.
    pub(crate) memory: Option<u64>,
    /// Of all, the first ones for warming up.
    pub(crate) links: Vec<Requests>,
}

/// The bodies of what the page's script sends.
#[derive(Serialize, Deserialize)]
pub(crate) struct Requests {
    pub(crate) look: String,
    pub(crate) open: String,
}

pub(crate) async fn make(ask: &Ask) -> Result<()> {
    ensure!(ask.at_once > 0, "nobody makes anything");
    let app = serve::open(Settings::read(None)?, Clock::system()).await?;
    let msp = Arc::new(Msp::import(&app.store, app.clock.now()).await?);
    let mut links = all(&app, &msp, ask, ask.warm_up).await?.0;
    let (cpu, began) = (process::cpu_time(std::process::id()), Instant::now());
    let (measured, latencies) = all(&app, &msp, ask, ask.count).await?;
    let took = began.elapsed();
    let spent = |now: Option<Duration>| Some(now? - cpu?);
    let cpu = spent(process::cpu_time(std::process::id()));
    links.extend(measured);
    msp.send_nothing(&app.store).await;
    let memory = process::peak_memory(std::process::id());
    app.store.close().await;
    let links = links.iter().map(requests).collect();
    let made = Made { latencies, took, cpu, memory, links };
    Ok(std::fs::write(&ask.out, serde_json::to_vec(&made)?)?)
}

/// So many links, by so many at once.
async fn all(
    app: &App,
    msp: &Arc<Msp>,
    ask: &Ask,
    count: usize,
) -> Result<(Vec<LinkToken>, Vec<Duration>)> {
    let left = Arc::new(AtomicUsize::new(count));
    let mut writers = JoinSet::new();
    for _ in 0..ask.at_once {
        let (app, msp, left, of) = (app.clone(), msp.clone(), left.clone(), ask.of);
        writers.spawn(async move {
            let mut made = Vec::new();
            let another = |left: usize| left.checked_sub(1);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, another).is_ok() {
                let began = Instant::now();
                let link = one(&app, &msp, of).await?;
                made.push((link, began.elapsed()));
            }
            anyhow::Ok(made)
        });
    }
    let mut made = Vec::with_capacity(count);
    while let Some(ended) = writers.join_next().await {
        made.extend(ended??);
    }
    Ok(made.into_iter().unzip())
}

async fn one(app: &App, msp: &Msp, of: Of) -> Result<LinkToken> {
    Ok(match of {
        Of::Nobody => msp.link_of_nobody(&app.shares).await?,
        Of::Reset => msp.link(&app.store, None, app.clock.now()).await?.token,
    })
}

fn requests(token: &LinkToken) -> Requests {
    let derived = share::derive(token);
    let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let (id, proof) = (text(&derived.id), text(derived.proof()));
    let nonce = text(random::bytes::<16>().as_ref());
    Requests {
        look: serde_json::json!({ "id": id }).to_string(),
        open: serde_json::json!({ "id": id, "proof": proof, "nonce": nonce }).to_string(),
    }
}
