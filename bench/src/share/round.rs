//! One measurement: so many at once on one database, from an empty folder to a stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use cluster::{Cluster, Disk};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::make::{Made, Requests};
use super::wire::{Wire, request};
use crate::server::{Installation, Server};
use crate::stats::Sample;
use crate::{Database, process};

/// Of each kind, before anything is measured.
const WARM_UP: usize = 200;
/// Work that follows an answer is over when the server has used no more than this in a while.
const QUIET: Duration = Duration::from_millis(10);
const WHILE: Duration = Duration::from_millis(500);

/// What is measured.
pub(crate) struct Plan {
    pub(crate) server: PathBuf,
    /// Emptied.
    pub(crate) folder: PathBuf,
    pub(crate) database: Database,
    pub(crate) at_once: usize,
    pub(crate) links: usize,
}

/// What came out.
pub(crate) struct Round {
    pub(crate) database: Database,
    pub(crate) at_once: usize,
    pub(crate) rows: Vec<Row>,
    /// The most that was resident in the engine's process, and in the server, in bytes.
    pub(crate) memory: [Option<u64>; 2],
}

/// What one kind of thing costs.
pub(crate) struct Row {
    pub(crate) what: What,
    pub(crate) latency: Sample,
    pub(crate) per_second: f64,
    /// Of the process that does it, each time.
    pub(crate) cpu: Option<Duration>,
    /// Of PostgreSQL's processes, each time.
    pub(crate) database_cpu: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A share is sealed, and on disk.
    Create,
    /// `GET /s`.
    Land,
    /// `POST /s/look`.
    Look,
    /// `POST /s/open` of a share that nobody else owns.
    Open,
    /// The same of a reset's share, with the note in its ticket.
    OpenResets,
}

pub(crate) async fn run(plan: &Plan) -> Result<Round> {
    say(plan, "create");
    crate::round::clear(&plan.folder)?;
    // Held until the round is over.
    let cluster = match plan.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Cluster::start(&plan.folder, Disk::Synced)?),
    };
    let postgres = cluster.as_ref().map(Cluster::database).transpose()?;
    let installation =
        Installation::new(&plan.server, &plan.folder, String::new(), postgres, None)?;
    if cluster.is_some() {
        installation.make_key().await?;
    }
    let measured = Measured { database: cluster.as_ref(), at_once: plan.at_once };
    let before = measured.database_cpu();
    let lone = make(plan, &installation, "nobody").await?;
    let made = Row {
        what: What::Create,
        per_second: per_second(lone.latencies.len(), lone.took),
        cpu: each(lone.cpu, lone.latencies.len()),
        // Of all that were made: what is not measured costs the database the same.
        database_cpu: each(spent(before, measured.database_cpu()), lone.links.len()),
        latency: Sample::new(lone.latencies).context("nothing was made")?,
    };
    say(plan, "prepare resets");
    let resets = make(plan, &installation, "reset").await?;

    let server = installation.start("measured").await?;
    let at = installation.address;
    let page = || request(at, "GET", "/s", "");
    let looks = |links: &[Requests]| all(at, "/s/look", links.iter().map(|link| &link.look));
    let opens = |links: &[Requests]| all(at, "/s/open", links.iter().map(|link| &link.open));
    let (first, rest) = lone.links.split_at(WARM_UP);
    let (first_reset, rest_reset) = resets.links.split_at(WARM_UP);

    let mut rows = vec![made];
    let kinds = [
        (What::Land, vec![page(); WARM_UP], vec![page(); 2 * plan.links]),
        (What::Look, looks(first), [looks(rest), looks(rest)].concat()),
        (What::Open, opens(first), opens(rest)),
        (What::OpenResets, opens(first_reset), opens(rest_reset)),
    ];
    for (what, first, rest) in kinds {
        say(plan, what.name());
        measured.together(at, first).await?;
        quiet(&server).await;
        rows.push(measured.row(what, &server, at, rest).await?);
    }
    let memory = [lone.memory, server.peak_memory()];
    server.stop().await?;
    Ok(Round { database: plan.database, at_once: plan.at_once, rows, memory })
}

/// Makes links in a process of its own, on the database that the server will open.
async fn make(plan: &Plan, installation: &Installation, of: &str) -> Result<Made> {
    let out = plan.folder.join(format!("{of}.json"));
    let mut maker = installation.command_of(&std::env::current_exe()?, "make-shares");
    maker.args(["--count", &plan.links.to_string(), "--warm-up", &WARM_UP.to_string()]);
    maker.args(["--at-once", &plan.at_once.to_string(), "--of", of]).arg("--out").arg(&out);
    let ended = maker.status().await?;
    ensure!(ended.success(), "no links: {ended}");
    Ok(serde_json::from_slice(&std::fs::read(&out)?)?)
}

fn all<'a>(at: SocketAddr, path: &str, bodies: impl Iterator<Item = &'a String>) -> Vec<Vec<u8>> {
    bodies.map(|body| request(at, "POST", path, body)).collect()
}

struct Measured<'a> {
    database: Option<&'a Cluster>,
    at_once: usize,
}

impl Measured<'_> {
    async fn row(
        &self,
        what: What,
        server: &Server,
        at: SocketAddr,
        requests: Vec<Vec<u8>>,
    ) -> Result<Row> {
        let count = requests.len();
        let before = (server.cpu_time(), self.database_cpu());
        let began = Instant::now();
        let latencies = self.together(at, requests).await?;
        let took = began.elapsed();
        // What is done after the answer belongs to it.
        if what == What::OpenResets {
            quiet(server).await;
        }
        Ok(Row {
            what,
            per_second: per_second(count, took),
            cpu: each(spent(before.0, server.cpu_time()), count),
            database_cpu: each(spent(before.1, self.database_cpu()), count),
            latency: Sample::new(latencies).context("nothing was measured")?,
        })
    }

    /// Each connection sends its share, one after the other; how long each took.
    async fn together(&self, at: SocketAddr, requests: Vec<Vec<u8>>) -> Result<Vec<Duration>> {
        let mut shares = vec![Vec::new(); self.at_once];
        for (nth, request) in requests.into_iter().enumerate() {
            shares[nth % self.at_once].push(request);
        }
        let mut connections = JoinSet::new();
        for share in shares {
            connections.spawn(async move {
                let mut wire = Wire::to(at).await?;
                let mut took = Vec::with_capacity(share.len());
                for request in &share {
                    let began = Instant::now();
                    wire.exchange(request).await?;
                    took.push(began.elapsed());
                }
                anyhow::Ok(took)
            });
        }
        let mut all = Vec::new();
        while let Some(ended) = connections.join_next().await {
            all.extend(ended??);
        }
        Ok(all)
    }

    fn database_cpu(&self) -> Option<Duration> {
        process::family_cpu_time(self.database?.server_id()?)
    }
}

/// Waits until the server has nothing more to do.
async fn quiet(server: &Server) {
    loop {
        let before = server.cpu_time();
        tokio::time::sleep(WHILE).await;
        if spent(before, server.cpu_time()).is_none_or(|used| used <= QUIET) {
            return;
        }
    }
}

fn spent(before: Option<Duration>, now: Option<Duration>) -> Option<Duration> {
    now?.checked_sub(before?)
}

fn each(all: Option<Duration>, count: usize) -> Option<Duration> {
    Some(all? / u32::try_from(count).ok()?)
}

fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn say(plan: &Plan, doing: &str) {
    eprintln!("{}, {} at once: {doing}", plan.database.name(), plan.at_once);
}

impl What {
    /// As the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            What::Create => "create",
            What::Land => "land",
            What::Look => "look",
            What::Open => "open",
            What::OpenResets => "open, note",
        }
    }
}
