//! The real program, as an operator starts and stops it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::process;

/// Longer than a graceful stop may take.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// How the program is started, the same each time.
pub(crate) struct Installation {
    program: PathBuf,
    folder: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) origin: String,
    settings: Vec<(&'static str, String)>,
}

/// The program while it runs.
pub(crate) struct Server {
    child: Child,
    id: u32,
    log: PathBuf,
    pub(crate) ready_after: Duration,
}

/// How often the database was told to make something durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syncs {
    pub(crate) commits: u64,
    pub(crate) syncs: u64,
}

impl Installation {
    /// In an empty folder, on a free port; these may be called besides.
    pub(crate) fn new(
        program: &Path,
        folder: &Path,
        allow: String,
        postgres: Option<String>,
        slow_sync_ms: Option<u32>,
    ) -> Result<Self> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let origin = format!("http://app.localhost:{}", free.port());
        let path = |name: &str| folder.join(name).display().to_string();
        let mut settings = vec![
            ("MSP_RESET__SERVER__LISTEN", free.to_string()),
            ("MSP_RESET__SERVER__ORIGIN", origin.clone()),
            ("MSP_RESET__SHARE__ORIGIN", format!("http://s.localhost:{}", free.port())),
            ("MSP_RESET__STORE__FOLDER", path("data")),
            ("MSP_RESET__KEYS__FILE", path("keys/master.key")),
            ("MSP_RESET__OUTBOUND__ALLOW", allow),
            ("MSP_RESET__LOG__FORMAT", "json".to_owned()),
            // What is looked at in the background is not measured.
            ("MSP_RESET__HEALTH__CHECK_EVERY_HOURS", "0".to_owned()),
        ];
        settings.extend(postgres.map(|url| ("MSP_RESET__STORE__URL", url)));
        settings.extend(slow_sync_ms.map(|ms| ("MSP_RESET_BENCH_SLOW_SYNC_MS", ms.to_string())));
        Ok(Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            address: free,
            origin,
            settings,
        })
    }

    fn command(&self, verb: &str) -> Command {
        self.command_of(&self.program, verb)
    }

    /// Another program, on the same settings.
    pub(crate) fn command_of(&self, program: &Path, verb: &str) -> Command {
        let mut command = Command::new(program);
        // Not in the repository: a settings file that lies there is not for us.
        command.arg(verb).current_dir(&self.folder).stdin(Stdio::null()).kill_on_drop(true);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// For a database that does not get its key by itself.
    pub(crate) async fn make_key(&self) -> Result<()> {
        succeed(self.command("make-key")).await
    }

    pub(crate) async fn import(&self, file: &Value) -> Result<()> {
        let path = self.folder.join("import.json");
        std::fs::write(&path, file.to_string())?;
        let mut import = self.command("import");
        import.arg(&path);
        succeed(import).await?;
        Ok(std::fs::remove_file(&path)?)
    }

    /// Starts it and waits until it serves.
    pub(crate) async fn start(&self, name: &str) -> Result<Server> {
        let log = self.folder.join(format!("{name}.log"));
        let mut command = self.command("serve");
        command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log)?);
        let began = Instant::now();
        let mut child = command.spawn().context("the server does not start")?;
        let id = child.id().context("the server has gone already")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        while let Some(line) = lines.next_line().await? {
            if line.contains("is served on") {
                return Ok(Server { child, id, log, ready_after: began.elapsed() });
            }
        }
        bail!("the server did not start: {}", last_lines(&log))
    }
}

impl Server {
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        process::cpu_time(self.id)
    }

    pub(crate) fn peak_memory(&self) -> Option<u64> {
        process::peak_memory(self.id)
    }

    /// Ends it gracefully; gives what it says of its commits, where it does.
    pub(crate) async fn stop(mut self) -> Result<Option<Syncs>> {
        let asked = Command::new("kill").args(["-TERM", &self.id.to_string()]).status().await?;
        ensure!(asked.success(), "the server was gone: {}", last_lines(&self.log));
        let ended = timeout(STOP_PATIENCE, self.child.wait()).await;
        let status = ended.context("the server does not stop")??;
        ensure!(status.success(), "the server ended with {status}: {}", last_lines(&self.log));
        let log = std::fs::read_to_string(&self.log)?;
        let errors: Vec<&str> = log.lines().filter(|line| is_trouble(line)).collect();
        ensure!(errors.is_empty(), "the server complained: {}", errors[0]);
        Ok(log.lines().rev().find_map(syncs_in))
    }
}

async fn succeed(mut command: Command) -> Result<()> {
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{:?} failed: {said}", command.as_std());
    Ok(())
}

/// A line of its log that tells of an error: what was measured is not what was meant. A warning
/// may be about the load itself.
fn is_trouble(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|line| line["level"] == "ERROR")
}

/// `commits` and `syncs`, which the server counts and tells when it stops.
fn syncs_in(line: &str) -> Option<Syncs> {
    let line: Value = serde_json::from_str(line).ok()?;
    let count = |name: &str| line["fields"][name].as_u64();
    Some(Syncs { commits: count("commits")?, syncs: count("syncs")? })
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_read() {
        let line = r#"{"timestamp":"t","level":"INFO","fields":{"message":"stopped","commits":900,"syncs":45},"target":"server"}"#;
        assert_eq!(syncs_in(line), Some(Syncs { commits: 900, syncs: 45 }));
        assert_eq!(syncs_in(r#"{"fields":{"commits":9}}"#), None);
        assert_eq!(syncs_in("not json"), None);
        assert!(!is_trouble(line));
        assert!(is_trouble(&line.replace("INFO", "ERROR")));
        assert!(!is_trouble(&line.replace("INFO", "WARN")));
    }
}
