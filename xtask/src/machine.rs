//! Where things are: the repository, its target folder, the folder for what outlives a clone.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::report::{Step, wait_until};
use crate::run;

/// The folders that everything else is told about.
pub(crate) struct Machine {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// Tools and the wasm standard library, shared by all clones of this person.
    pub(crate) cache: PathBuf,
    /// Whether to look only into our own cache for tools.
    pub(crate) cold: bool,
}

/// Cargo tells these to what it runs; a second cargo must not take them for its own.
const CARGOS_OWN: [&str; 6] = [
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "OUT_DIR",
];

impl Machine {
    pub(crate) fn find() -> Result<Self> {
        // Asked at run time: with a shared target folder the clone that built us may be gone.
        let here =
            env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&here).parent().context("xtask has no folder above it")?.to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => env::current_dir()?.join(folder),
            None => root.join("target"),
        };
        let cache = match env::var_os("XDG_CACHE_HOME").filter(|v| !v.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => home()?.join(".cache"),
        };
        Ok(Self { root, target, cache: cache.join("msp-reset"), cold: false })
    }

    /// The same repository as if nothing had ever been built for it on this machine.
    pub(crate) fn cold(mut self) -> Result<Self> {
        let fresh = self.target.join("cold");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).context("cannot clear the last cold run")?;
        }
        self.target = fresh.join("target");
        self.cache = fresh.join("cache");
        self.cold = true;
        Ok(self)
    }

    /// A cold run's gigabytes are of no further use.
    pub(crate) fn clear_cold(&self) {
        if let (true, Some(fresh)) = (self.cold, self.target.parent()) {
            // The next cold run clears them as well.
            let _ = fs::remove_dir_all(fresh);
        }
    }

    /// Any program, started in the repository with our target folder.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        for name in CARGOS_OWN {
            command.env_remove(name);
        }
        command
    }

    /// The tool chain that everything but the pod is built with.
    pub(crate) fn cargo(&self) -> Command {
        self.command("cargo")
    }

    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("pkg/dist")
    }

    /// Where a built program lies.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name).with_extension(env::consts::EXE_EXTENSION)
    }

    /// The same, built as it ships.
    pub(crate) fn release(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name).with_extension(env::consts::EXE_EXTENSION)
    }
}

/// The program of that name that a shell would start.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

pub(crate) fn is_root() -> bool {
    run::ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// Waits until no other xtask is at the same work, and keeps others out while the file lives.
pub(crate) fn alone(step: &mut Step, lock: &Path) -> Result<File> {
    fs::create_dir_all(lock.parent().context("nowhere to lock")?)?;
    let file = File::create(lock).with_context(|| format!("cannot write {}", lock.display()))?;
    if file.try_lock().is_err() {
        step.say("waiting for another cargo xtask to finish the same work");
        let ours = wait_until(Duration::from_secs(3600), || Ok(file.try_lock().is_ok()))?;
        ensure!(ours, "another cargo xtask holds {}", lock.display());
    }
    Ok(file)
}

/// Puts a finished folder in its place, so that an interrupted run never leaves half of one.
pub(crate) fn put(from: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().context("nowhere to put it")?;
    fs::create_dir_all(parent)?;
    if to.exists() {
        let old = from.with_extension("old");
        if old.exists() {
            fs::remove_dir_all(&old)?;
        }
        // A rename cannot replace a folder that holds something.
        fs::rename(to, &old).with_context(|| format!("cannot replace {}", to.display()))?;
        fs::rename(from, to)?;
        fs::remove_dir_all(&old)?;
        return Ok(());
    }
    fs::rename(from, to).with_context(|| format!("cannot make {}", to.display()))
}

fn home() -> Result<PathBuf> {
    env::home_dir().context("neither HOME nor XDG_CACHE_HOME is set: no place for tools")
}
