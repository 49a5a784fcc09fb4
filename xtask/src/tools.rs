//! The programs that turn the plugin into a package, and the browser that tests it. Rust ones are
//! built once into our own cache, keyed by version: a second clone, CI's for one, finds them there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::apt;
use crate::machine::{Machine, alone, is_root, put, which};
use crate::report::Step;
use crate::run;
use crate::wasm::{self, Choice, Toolchain};

const WASM_PACK: &str = "0.15.1";

/// Everything that building the pod needs.
pub(crate) struct PodTools {
    pub(crate) toolchain: Toolchain,
    /// Folders to put on PATH, where wasm-pack looks for wasm-bindgen.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) wasm_pack: PathBuf,
    /// Absent where no package manager has it; wasm-pack may then fetch its own.
    pub(crate) wasm_opt: Option<PathBuf>,
    pub(crate) wasm_bindgen: String,
}

/// The browser and what steers it.
pub(crate) struct Browser {
    pub(crate) driver: PathBuf,
    pub(crate) chromium: PathBuf,
}

pub(crate) fn for_pod(
    machine: &Machine,
    choice: Option<Choice>,
    step: &mut Step,
) -> Result<PodTools> {
    let _alone = alone(step, &machine.cache.join("lock"))?;
    let toolchain = wasm::ready(machine, choice, step)?;
    let wasm_opt = match apt::usable() {
        true => Some(apt::program(step, &["wasm-opt"], &["binaryen"])?),
        false => which("wasm-opt"),
    };
    let bindgen = locked(machine, "wasm-bindgen")?;
    let wasm_pack = cargo_tool(machine, step, "wasm-pack", "wasm-pack", WASM_PACK)?;
    let runs_bindgen = cargo_tool(machine, step, "wasm-bindgen-cli", "wasm-bindgen", &bindgen)?;
    // Only folders of ours: one that is on PATH has its place there, and may hold another rustc.
    let ours = [&wasm_pack, &runs_bindgen].into_iter().filter_map(|program| program.parent());
    let folders = ours.filter(|f| f.starts_with(&machine.cache)).map(Path::to_owned).collect();
    step.note(format!(
        "wasm by {}, wasm-pack {WASM_PACK}, wasm-bindgen {bindgen}",
        toolchain.how()
    ));
    Ok(PodTools { toolchain, folders, wasm_pack, wasm_opt, wasm_bindgen: bindgen })
}

pub(crate) fn browser(step: &mut Step) -> Result<Browser> {
    let chromium = apt::program(
        step,
        &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
        &["chromium", "chromium-driver"],
    )?;
    let driver = apt::program(step, &["chromedriver"], &["chromium-driver"])?;
    Ok(Browser { driver, chromium })
}

/// PostgreSQL's programs, for the throw-away clusters of the tests.
pub(crate) fn postgres(step: &mut Step) -> Result<()> {
    // Debian keeps them off PATH, in one folder for each version.
    let there = || {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        which("initdb").is_some()
            || versions.into_iter().any(|version| version.path().join("bin/initdb").exists())
    };
    if !there() {
        apt::install(step, &["postgresql"])?;
        ensure!(there(), "`initdb` is still missing after installing postgresql");
    }
    Ok(())
}

impl Browser {
    /// What wasm-bindgen's test runner tells the driver.
    pub(crate) fn webdriver_json(&self) -> String {
        let mut args = vec![
            "--headless=new",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ];
        if is_root() {
            // Chromium's sandbox refuses to run as root, which is what containers are.
            args.push("--no-sandbox");
        }
        json!({ "goog:chromeOptions": { "args": args, "binary": self.chromium } }).to_string()
    }
}

/// The program, of exactly this version.
fn cargo_tool(
    machine: &Machine,
    step: &mut Step,
    package: &str,
    program: &str,
    version: &str,
) -> Result<PathBuf> {
    let place = machine.cache.join("tools").join(format!("{package}-{version}"));
    let built = place.join("bin").join(program);
    if built.exists() {
        return Ok(built);
    }
    if let Some(theirs) = which(program).filter(|_| !machine.cold) {
        let says = run::ask(Command::new(&theirs).arg("--version")).unwrap_or_default();
        if says.split(' ').nth(1) == Some(version) {
            return Ok(theirs);
        }
    }
    step.say(&format!("building {package} {version}, once (1–2 minutes)"));
    let work = machine.cache.join("tools").join(format!(".{package}-{version}"));
    let mut cargo = machine.cargo();
    cargo
        .args(["install", package, "--version", &format!("={version}"), "--force", "--root"])
        .arg(work.join("made"))
        // Kept when interrupted, so that the next try goes on from there.
        .arg("--target-dir")
        .arg(work.join("target"))
        // A third of the time of an optimised build, and fast enough for what they do.
        .arg("--debug")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env_remove("RUSTFLAGS");
    run::must(step, &mut cargo).with_context(|| format!("cannot build {package} {version}"))?;
    put(&work.join("made"), &place)?;
    fs::remove_dir_all(&work)?;
    Ok(built)
}

/// The version of a package in Cargo.lock: wasm-bindgen's library and program must be the same.
fn locked(machine: &Machine, package: &str) -> Result<String> {
    let lock =
        fs::read_to_string(machine.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    version_in(&lock, package).with_context(|| format!("{package} is not in Cargo.lock"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|l| *l != name);
    Some(lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_lock_is_read() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"a\"\nversion = \"4.5.6\"\n";
        assert_eq!(version_in(lock, "a").as_deref(), Some("4.5.6"));
        assert_eq!(version_in(lock, "c"), None);
    }
}
