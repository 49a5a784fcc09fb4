//! The compiler for the pod: the active one if it has the wasm library, or can fetch it with
//! rustup; otherwise Debian's, for which the library is built once from Debian's own sources.
//! Nothing is written into `/usr`: a folder of links in our cache stands in for its sysroot.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

use crate::apt;
use crate::fingerprint::Fingerprint;
use crate::machine::{Machine, put, which};
use crate::report::Step;
use crate::run;

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";

/// The two ways that can be forced, so that both can be tried on one machine.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Choice {
    /// The active tool chain, with `rustup target add` where needed.
    Rustup,
    /// Debian's packages, with the library built from their sources.
    Debian,
}

/// A compiler that can make wasm.
pub(crate) struct Toolchain {
    pub(crate) version: String,
    /// A folder with `rustc` and `cargo` that go before all others; none for the active ones.
    front: Option<PathBuf>,
}

impl Toolchain {
    /// A program that will call this compiler and these tools.
    pub(crate) fn command(
        &self,
        machine: &Machine,
        program: &Path,
        tools: &[PathBuf],
    ) -> Result<Command> {
        let mut command = machine.command(program);
        // A target folder of its own: two compilers would wipe each other's proc macros.
        command.env("CARGO_TARGET_DIR", machine.target.join("wasm"));
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = self.front.iter().chain(tools).cloned().chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(folders)?);
        if self.front.is_some() {
            for name in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTDOC", "LD_LIBRARY_PATH"] {
                command.env_remove(name);
            }
        }
        Ok(command)
    }

    pub(crate) fn cargo(&self, machine: &Machine, tools: &[PathBuf]) -> Result<Command> {
        let cargo = self.front.as_ref().map_or_else(|| PathBuf::from("cargo"), |f| f.join("cargo"));
        self.command(machine, &cargo, tools)
    }

    pub(crate) fn how(&self) -> String {
        let from = if self.front.is_some() { "Debian's" } else { "the active" };
        format!("{from} {}", short(&self.version))
    }
}

/// The first way that works, or the one that is asked for.
pub(crate) fn ready(
    machine: &Machine,
    choice: Option<Choice>,
    step: &mut Step,
) -> Result<Toolchain> {
    if choice != Some(Choice::Debian) {
        if let Some(found) = active(machine) {
            return Ok(found);
        }
        // Once built, Debian's saves a download attempt on each start.
        if choice.is_none()
            && let Some(found) = debian_built(machine)
        {
            return Ok(found);
        }
        if let Some(found) = rustup(machine, step) {
            return Ok(found);
        }
        if choice == Some(Choice::Rustup) {
            bail!("`rustup target add {TARGET}` does not work here");
        }
    }
    if !apt::usable() {
        bail!(
            "no compiler with the {TARGET} library. Ways out: `rustup target add {TARGET}` where rustup's server \
             can be reached; your system's package of that library; or Debian with its packages {}",
            DEBIAN_PACKAGES.join(", ")
        );
    }
    debian(machine, step)
}

fn active(machine: &Machine) -> Option<Toolchain> {
    let libraries =
        run::ask(machine.command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    let there = fs::read_dir(libraries)
        .ok()?
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("libstd-"));
    let version = run::ask(machine.command("rustc").arg("-V"))?;
    there.then_some(Toolchain { version, front: None })
}

fn rustup(machine: &Machine, step: &mut Step) -> Option<Toolchain> {
    which("rustup")?;
    step.say(&format!("rustup target add {TARGET}"));
    let added = run::must(step, machine.command("rustup").args(["target", "add", TARGET]));
    if let Err(e) = added {
        step.say(&format!(
            "which did not work: {}",
            e.to_string().lines().next_back().unwrap_or_default()
        ));
    }
    active(machine)
}

/// Debian's compiler as found, with the name of the folder that belongs to exactly this version.
fn debian_found(machine: &Machine) -> Option<(String, PathBuf)> {
    let all_there =
        [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_SOURCES].iter().all(|p| Path::new(p).exists());
    let version = run::ask(Command::new(DEBIAN_RUSTC).arg("-V").env_remove("LD_LIBRARY_PATH"))?;
    let number = version.split(' ').nth(1)?.to_owned();
    let key = format!("debian-{number}-{}", &Fingerprint::of(version.as_bytes())[..8]);
    (all_there && recent(&number)).then(|| (version, machine.cache.join("wasm-std").join(key)))
}

/// `rustc 1.96.0` of `rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)`.
fn short(version: &str) -> &str {
    version.split(" (").next().unwrap_or(version)
}

/// Old Debian releases have a compiler too, but not one for this code.
fn recent(number: &str) -> bool {
    let mut parts = number.split(['.', '-']).map_while(|p| p.parse::<u32>().ok());
    (parts.next(), parts.next()) >= (Some(1), Some(95))
}

fn debian_built(machine: &Machine) -> Option<Toolchain> {
    let (version, sysroot) = debian_found(machine)?;
    // Follows the link: the linker's owner may have been removed since.
    let whole = host_folder(&sysroot).join("bin/rust-lld").exists();
    whole.then(|| Toolchain { version, front: Some(sysroot.join("bin")) })
}

fn debian(machine: &Machine, step: &mut Step) -> Result<Toolchain> {
    if let Some(found) = debian_built(machine) {
        return Ok(found);
    }
    if debian_found(machine).is_none() {
        apt::install(step, &DEBIAN_PACKAGES)?;
    }
    let (version, sysroot) = debian_found(machine).with_context(|| {
        format!("{} do not bring a compiler of 1.95 or later", DEBIAN_PACKAGES.join(", "))
    })?;
    step.say(&format!("building the {TARGET} library for {}, once (1–2 minutes)", short(&version)));
    // Kept when interrupted, so that the next try goes on from there.
    let work = PathBuf::from(format!("{}.building", sysroot.display()));
    let made = compile_library(machine, &work, step)?;
    let new = work.join("sysroot");
    if new.exists() {
        fs::remove_dir_all(&new)?;
    }
    let libraries = new.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    for file in made {
        fs::copy(&file, libraries.join(file.file_name().unwrap_or_default()))?;
    }
    link_sysroot(machine, &new, step)?;
    let bin = new.join("bin");
    fs::create_dir_all(&bin)?;
    let wrapper = bin.join("rustc");
    fs::write(
        &wrapper,
        format!("#!/bin/sh\nexec {DEBIAN_RUSTC} --sysroot '{}' \"$@\"\n", sysroot.display()),
    )?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    symlink(DEBIAN_CARGO, bin.join("cargo"))?;
    put(&new, &sysroot)?;
    fs::remove_dir_all(&work)?;
    debian_built(machine).context("the wasm library was built but cannot be used")
}

/// Builds core, alloc, std and test into an empty crate's target folder; the files to take.
fn compile_library(machine: &Machine, work: &Path, step: &mut Step) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(work.join("src"))?;
    fs::write(
        work.join("Cargo.toml"),
        "[package]\nname = \"nothing\"\nedition = \"2024\"\n[profile.release]\ndebug = false\n[workspace]\n",
    )?;
    fs::write(work.join("src/lib.rs"), "#![no_std]\n")?;
    let mut cargo = machine.command(DEBIAN_CARGO);
    cargo
        .current_dir(work)
        .args(["build", "--release", "--target", TARGET])
        .args(["-Z", "build-std=core,alloc,std,panic_abort,test"])
        // Debian's stable compiler must be told that building its own library is meant.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", DEBIAN_RUSTC)
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("RUSTFLAGS");
    run::must(step, &mut cargo)?;
    let mut made = Vec::new();
    for entry in fs::read_dir(work.join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let own = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("libnothing-"));
        if path.extension().is_some_and(|e| e == "rlib") && !own {
            made.push(path);
        }
    }
    ensure!(!made.is_empty(), "cargo built no library files");
    Ok(made)
}

/// What the compiler looks for beside the new library: Debian's own libraries and a linker.
fn link_sysroot(machine: &Machine, sysroot: &Path, step: &mut Step) -> Result<()> {
    let host = host_folder(sysroot);
    fs::create_dir_all(host.join("bin"))?;
    symlink(host_folder(Path::new("/usr")).join("lib"), host.join("lib"))?;
    let active = run::ask(machine.command("rustc").args(["--print", "sysroot"]))
        .map(|root| host_folder(Path::new(&root)).join("bin/rust-lld"))
        .filter(|linker| linker.exists());
    let linker = match active {
        Some(linker) => linker,
        // Debian's compiler comes without; its lld is the same program.
        None => apt::program(step, &["lld"], &["lld"])?,
    };
    symlink(linker, host.join("bin/rust-lld"))?;
    Ok(())
}

fn host_folder(sysroot: &Path) -> PathBuf {
    let host = run::ask(Command::new(DEBIAN_RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH"))
        .and_then(|v| v.lines().find_map(|l| l.strip_prefix("host: ").map(str::to_owned)))
        .unwrap_or_else(|| "x86_64-unknown-linux-gnu".into());
    sysroot.join("lib/rustlib").join(host)
}

#[cfg(test)]
mod tests {
    use super::recent;

    #[test]
    fn old_compilers_are_refused() {
        assert!(
            recent("1.95.0") && recent("1.100.0") && recent("2.0.0") && recent("1.96.0-beta.1")
        );
        assert!(!recent("1.85.0") && !recent("unknown"));
    }
}
