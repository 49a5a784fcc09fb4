//! One measurement: so many technicians at once on one database, from an empty folder to a stop.
//!
//! The server runs twice. First for everything that is not measured: signing in (whose argon2
//! would otherwise be in the memory's figure) and verifying those who will be reset. Then, fresh,
//! for the resets.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use cluster::{Cluster, Disk};
use simulator::{Clock, Options, Ports, World};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::Database;
use crate::desk::{self, Desk, Ready};
use crate::office::{Office, Person, TOTP_SECRET};
use crate::process;
use crate::server::{Installation, Syncs};
use crate::stats::Sample;

/// Resets of each technician before anything is measured: tokens are fetched, pages are in memory.
const WARM_UP: usize = 2;
/// Whole paths (verification, preflight, reset) of each technician that are measured.
const WHOLE_PATHS: usize = 4;
/// Something is wrong when the outside hears nothing of a text, or of its callbacks, for so long.
const PATIENCE: Duration = Duration::from_secs(60);
/// Of each text with a link Twilio tells twice: sent, delivered.
const CALLBACKS: usize = 2;

/// What is measured.
pub(crate) struct Plan {
    pub(crate) server: PathBuf,
    /// Emptied.
    pub(crate) folder: PathBuf,
    pub(crate) database: Database,
    pub(crate) technicians: usize,
    pub(crate) resets_each: usize,
    pub(crate) slow_sync_ms: Option<u32>,
}

/// What came out.
pub(crate) struct Round {
    pub(crate) database: Database,
    pub(crate) technicians: usize,
    /// From request to answer.
    pub(crate) latency: Sample,
    /// From the first request until the last text was accepted.
    pub(crate) resets_per_second: f64,
    /// The same with verification and preflight.
    pub(crate) whole_paths_per_second: f64,
    /// The server's CPU time for one reset, with its texts, notes and callbacks.
    pub(crate) cpu: Option<Duration>,
    /// The same of the simulated world and the technicians' side.
    pub(crate) outside_cpu: Option<Duration>,
    pub(crate) syncs: Option<Syncs>,
    /// The most memory of the server that did the resets, in bytes.
    pub(crate) memory: Option<u64>,
    pub(crate) ready_after: Duration,
}

/// The world, and the technicians at work.
struct Scene {
    world: World,
    desks: Vec<Arc<Desk>>,
}

pub(crate) async fn run(plan: &Plan) -> Result<Round> {
    say(plan, "import");
    clear(&plan.folder)?;
    let options = Options {
        ports: Ports::Any,
        clock: Clock::system(),
        authenticators: vec![TOTP_SECRET.to_owned()],
    };
    let world = simulator::start(options).await?;
    let people = WARM_UP + WHOLE_PATHS + WARM_UP + plan.resets_each;
    let office = Office::open(&world, plan.database, plan.technicians, people)?;
    // Held until the round is over.
    let cluster = match plan.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Cluster::start(&plan.folder, Disk::Synced)?),
    };
    let installation = install(plan, &world, &office, cluster.as_ref()).await?;

    say(plan, "sign in");
    let server = installation.start("preparation").await?;
    let scene = Scene::open(world, &installation, &office).await?;
    let share = |from: usize, count: usize| -> Vec<Vec<Person>> {
        office.technicians.iter().map(|one| one.people[from..from + count].to_vec()).collect()
    };
    say(plan, "whole paths");
    scene.whole_paths(share(0, WARM_UP)).await?;
    let took = scene.whole_paths(share(WARM_UP, WHOLE_PATHS)).await?;
    let whole_paths_per_second = per_second(plan.technicians * WHOLE_PATHS, took);
    say(plan, "verify those who will be reset");
    let first = scene.prepare(share(WARM_UP + WHOLE_PATHS, WARM_UP)).await?;
    let measured = scene.prepare(share(2 * WARM_UP + WHOLE_PATHS, plan.resets_each)).await?;
    server.stop().await?;

    say(plan, "reset");
    let server = installation.start("measured").await?;
    scene.resets(&first).await?;
    let cpu = (server.cpu_time(), process::cpu_time(std::process::id()));
    let resets = scene.resets(&measured).await?;
    let all = u32::try_from(resets.latencies.len())?;
    let spent = |before: Option<Duration>, now: Option<Duration>| Some((now? - before?) / all);
    let round = Round {
        database: plan.database,
        technicians: plan.technicians,
        resets_per_second: per_second(resets.latencies.len(), resets.took),
        latency: Sample::new(resets.latencies).context("nothing was reset")?,
        whole_paths_per_second,
        cpu: spent(cpu.0, server.cpu_time()),
        outside_cpu: spent(cpu.1, process::cpu_time(std::process::id())),
        memory: server.peak_memory(),
        ready_after: server.ready_after,
        syncs: server.stop().await?,
    };
    scene.check(&measured)?;
    scene.world.stop().await;
    Ok(round)
}

/// The program with everybody imported, ready to be started.
async fn install(
    plan: &Plan,
    world: &World,
    office: &Office,
    cluster: Option<&Cluster>,
) -> Result<Installation> {
    let postgres = cluster.map(Cluster::database).transpose()?;
    let own_key = postgres.is_some();
    let allow = [world.entra_url(), world.graph_url(), world.twilio_url()].join(",");
    let installation =
        Installation::new(&plan.server, &plan.folder, allow, postgres, plan.slow_sync_ms)?;
    if own_key {
        installation.make_key().await?;
    }
    for file in &office.imports {
        installation.import(file).await?;
    }
    Ok(installation)
}

/// Resets that are done: each one's latency, and how long all took, texts included.
struct Resets {
    latencies: Vec<Duration>,
    took: Duration,
}

impl Scene {
    /// Everybody signs in, one after the other: the server hashes one password at a time.
    async fn open(world: World, installation: &Installation, office: &Office) -> Result<Self> {
        let client = desk::client(installation.address)?;
        let mut desks = Vec::new();
        for technician in &office.technicians {
            let code = world.authenticator_code().context("no authenticator")?;
            let desk = Desk::sign_in(&client, &installation.origin, technician, &code).await?;
            desks.push(Arc::new(desk));
        }
        Ok(Self { world, desks })
    }

    /// Everybody does their share, all at once.
    async fn together<W: Send + 'static, T: Send + 'static, F>(
        &self,
        shares: Vec<W>,
        work: impl Fn(Arc<Desk>, usize, W) -> F,
    ) -> Result<Vec<T>>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        for (nth, (desk, share)) in self.desks.iter().zip(shares).enumerate() {
            let work = work(desk.clone(), nth, share);
            tasks.spawn(async move { (nth, work.await) });
        }
        let mut results = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            let (nth, result) = ended?;
            results.push((nth, result?));
        }
        results.sort_by_key(|(nth, _)| *nth);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }

    async fn prepare(&self, people: Vec<Vec<Person>>) -> Result<Vec<Arc<Vec<Ready>>>> {
        let world = self.world.clone();
        self.together(people, move |desk, _, people| {
            let world = world.clone();
            async move {
                let mut ready = Vec::new();
                for person in &people {
                    ready.push(desk.prepare(&world, person).await?);
                }
                Ok(Arc::new(ready))
            }
        })
        .await
    }

    /// From the first click until Twilio has every text; then waits until all is quiet again.
    async fn resets(&self, ready: &[Arc<Vec<Ready>>]) -> Result<Resets> {
        let all: usize = ready.iter().map(|share| share.len()).sum();
        let (texts, callbacks) = (self.world.texts_accepted(), self.world.callbacks_sent());
        let clock = self.world.clock().clone();
        let began = Instant::now();
        let latencies = self
            .together(ready.to_vec(), move |desk, nth, ready| {
                let clock = clock.clone();
                async move {
                    let mut latencies = Vec::new();
                    for (at, one) in ready.iter().enumerate() {
                        latencies.push(desk.reset(id(&clock, nth, at)?, one).await?);
                    }
                    Ok(latencies)
                }
            })
            .await?
            .concat();
        let sent = |world: &World| world.texts_accepted() >= texts + all;
        ensure!(self.world.wait_until(PATIENCE, sent).await, "texts are missing");
        let took = began.elapsed();
        let told = |world: &World| world.callbacks_sent() >= callbacks + CALLBACKS * all;
        ensure!(self.world.wait_until(PATIENCE, told).await, "callbacks are missing");
        Ok(Resets { latencies, took })
    }

    /// Verification, preflight and reset of everybody, one after the other at each desk.
    async fn whole_paths(&self, people: Vec<Vec<Person>>) -> Result<Duration> {
        let all: usize = people.iter().map(Vec::len).sum();
        // Each path sends two texts: the code and the link.
        let texts = self.world.texts_accepted() + 2 * all;
        let world = self.world.clone();
        let began = Instant::now();
        self.together(people, move |desk, nth, people| {
            let world = world.clone();
            async move {
                for (at, person) in people.iter().enumerate() {
                    let ready = desk.prepare(&world, person).await?;
                    desk.reset(id(world.clock(), nth, at)?, &ready).await?;
                }
                Ok(())
            }
        })
        .await?;
        let sent = |world: &World| world.texts_accepted() >= texts;
        ensure!(self.world.wait_until(PATIENCE, sent).await, "texts are missing");
        Ok(began.elapsed())
    }

    /// What was timed did happen: each password was set, once.
    fn check(&self, ready: &[Arc<Vec<Ready>>]) -> Result<()> {
        for one in ready.iter().flat_map(|share| share.iter()) {
            let person = self.world.directory_user(&one.upn).context("nobody by that name")?;
            let count = person.password_set_count;
            ensure!(count == 1, "the password of {} was set {count} times", one.upn);
        }
        ensure!(self.world.unknown_requests().is_empty(), "requests to routes that nobody has");
        Ok(())
    }
}

/// A UUIDv7 as a pod makes it; unique by who and which, and by the moment.
fn id(clock: &Clock, nth: usize, at: usize) -> Result<Uuid> {
    let mut rest = [0; 10];
    rest[2..6].copy_from_slice(&u32::try_from(nth)?.to_be_bytes());
    rest[6..].copy_from_slice(&u32::try_from(at)?.to_be_bytes());
    let now = u64::try_from(clock.now_ms())?;
    Ok(uuid::Builder::from_unix_timestamp_millis(now, &rest).into_uuid())
}

fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn say(plan: &Plan, doing: &str) {
    eprintln!("{}, {} at once: {doing}", plan.database.name(), plan.technicians);
}

pub(crate) fn clear(folder: &std::path::Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_of_version_7() {
        let clock = Clock::manual(1_795_356_000_000);
        let one = |nth, at| id(&clock, nth, at).unwrap();
        assert_eq!(one(3, 4).get_version_num(), 7);
        assert_ne!(one(3, 4), one(4, 3));
        assert_ne!(one(0, 1), one(0, 2));
    }
}
