//! A throw-away PostgreSQL cluster on a socket of its own, for tests and benches: nobody needs one
//! that is already running, and nothing is left when the process ends, however it ends.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result, bail};

/// What a commit costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// Nothing is synced: quick, and enough where only our own processes are killed.
    Careless,
    /// As in production.
    Synced,
}

/// A running cluster. Dropping it ends it and removes its folder.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    watcher: Child,
    /// Closing this ends the cluster: it closes also when we are killed.
    life: Option<ChildStdin>,
    made: Mutex<u32>,
}

/// PostgreSQL refuses to run as root: the package's own user does it then.
const OWNER: &str = "postgres";

/// Ends the server when the pipe to us closes, and removes its folder.
const WATCH: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

impl Cluster {
    /// Makes a cluster in a new folder under `place` and starts it.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or does not start; its own words are in the error.
    pub fn start(place: &Path, disk: Disk) -> Result<Self> {
        let bin = programs()?;
        let folder = tempfile::Builder::new().prefix("msp-pg-").tempdir_in(place)?.keep();
        let data = folder.join("data");
        if as_root() {
            let ours = run(Command::new("chown").arg(OWNER).arg(&folder));
            ours.context("the folder can't be given to the user postgres")?;
        }
        // Others must be able to reach the socket's folder: we are not its owner.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        run(as_owner(&bin.join("initdb"))
            .arg("--pgdata")
            .arg(&data)
            .args(["--username=msp", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .arg("--no-sync"))
        .context("initdb failed")?;
        let server = as_owner(&bin.join("postgres"));
        let mut watch = Command::new("sh");
        watch.args(["-c", WATCH, "watch"]).arg(&folder);
        watch.arg(server.get_program()).args(server.get_args());
        watch.arg("-D").arg(&data).arg("-k").arg(&folder);
        for setting in ["listen_addresses=", "max_connections=200", "shared_buffers=64MB"] {
            watch.args(["-c", setting]);
        }
        if disk == Disk::Careless {
            for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
                watch.args(["-c", setting]);
            }
        }
        // A Ctrl-C is for us; the watcher learns of our end by the pipe.
        watch.process_group(0);
        let mut watcher = watch.stdin(Stdio::piped()).spawn().context("sh can't be started")?;
        let life = watcher.stdin.take().context("no pipe to the watcher")?;
        let cluster = Self { bin, folder, watcher, life: Some(life), made: Mutex::new(0) };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// A new, empty database in it: its URL.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub fn database(&self) -> Result<String> {
        let name = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            *made += 1;
            format!("msp_{made}")
        };
        run(self.client("createdb").arg(&name)).context("createdb failed")?;
        let socket = self.folder.display().to_string().replace('/', "%2F");
        Ok(format!("postgres://msp@{socket}/{name}"))
    }

    /// The id of its first process, whose children the others are.
    #[must_use]
    pub fn server_id(&self) -> Option<u32> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.arg("--host").arg(&self.folder).arg("--username=msp");
        command
    }

    fn wait_until_ready(&self) -> Result<()> {
        // pg_isready waits for nothing; a minute of asking is ample on a busy machine.
        for _ in 0..1_200 {
            let mut ask = self.client("pg_isready");
            if ask.arg("--quiet").status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start: {log}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closes the pipe; the watcher does the rest, as it does when we are killed.
        self.life.take();
        let _ = self.watcher.wait();
    }
}

/// The cluster that all tests of a process share; each has a database of its own in it.
///
/// # Panics
/// When there can be none: a test without it would prove nothing.
#[must_use]
pub fn shared() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        Cluster::start(&std::env::temp_dir(), Disk::Careless)
            .expect("a PostgreSQL cluster (Debian: apt-get install postgresql)")
    })
}

/// Where `initdb` and `postgres` are: Debian keeps them off PATH, one folder for each version.
fn programs() -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort_by_key(|folder| {
        folder.iter().rev().nth(1).and_then(|name| name.to_str()?.parse::<u32>().ok())
    });
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .context("initdb is missing; install PostgreSQL (Debian: apt-get install postgresql)")
}

fn as_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn as_owner(program: &Path) -> Command {
    if !as_root() {
        return Command::new(program);
    }
    // Becomes the program, where runuser would stand between us and its signals.
    let mut command = Command::new("setpriv");
    command.args(["--reuid", OWNER, "--regid", OWNER, "--init-groups", "--"]).arg(program);
    command
}

fn run(command: &mut Command) -> Result<()> {
    // Its own folder may be closed to the user postgres.
    let output = command.current_dir("/").stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_serves_and_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let cluster = Cluster::start(place.path(), Disk::Careless).unwrap();
        assert!(cluster.database().unwrap().ends_with("/msp_1"));
        assert!(cluster.database().unwrap().ends_with("/msp_2"));
        let asked = cluster.client("psql").args(["msp_2", "-Atc", "select 1"]).output().unwrap();
        assert_eq!(asked.stdout, b"1\n");
        // Its folder may be closed to us; where it is not, the process is there.
        let process = cluster.server_id().map(|id| format!("/proc/{id}"));
        assert!(process.is_none_or(|process| Path::new(&process).exists()));
        drop(cluster);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
