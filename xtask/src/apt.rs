//! Debian packages: installed where we may, named where we may not.

use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::machine::{self, which};
use crate::report::Step;
use crate::run;

/// The program, from PATH or from the Debian packages that bring it.
pub(crate) fn program(step: &mut Step, names: &[&str], packages: &[&str]) -> Result<PathBuf> {
    let find = || names.iter().find_map(|name| which(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    install(step, packages)?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("`{}` is still missing after installing {}", names[0], packages.join(" ")),
    }
}

/// Whether `install` has a chance: Debian or a child of it, with apt.
pub(crate) fn usable() -> bool {
    Path::new("/etc/debian_version").exists() && which("apt-get").is_some()
}

pub(crate) fn install(step: &mut Step, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !usable() {
        bail!(
            "missing: {list} (Debian's names). Install them with your system's package manager and run this again"
        );
    }
    let Some(rights) = rights() else {
        bail!("missing packages, and we may not install them. Run: apt-get install {list}");
    };
    step.say(&format!("installing {list} with apt-get"));
    let apt = |args: &[&str]| {
        let mut words =
            rights.iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        let mut command = Command::new(words.next().unwrap_or(&"env"));
        command.args(words).args(args);
        command
    };
    // The lists may be older than the mirror, or absent in a bare container.
    run::must(step, &mut apt(&["update"]))?;
    // Never at the price of something that is installed: that is for its owner to decide.
    let mut args = vec!["install", "-y", "--no-install-recommends", "--no-remove"];
    args.extend(packages);
    if let Err(e) = run::must(step, &mut apt(&args)) {
        bail!("apt-get could not install {list}:\n{e:#}");
    }
    Ok(())
}

/// What to put before apt-get: nothing for root, sudo for others.
fn rights() -> Option<Vec<&'static str>> {
    if machine::is_root() {
        return Some(Vec::new());
    }
    which("sudo")?;
    if run::ask(Command::new("sudo").args(["-n", "true"])).is_some() {
        return Some(vec!["sudo", "-n"]);
    }
    // With a terminal sudo asks for the password on it, whatever stdin is.
    (std::io::stdin().is_terminal() && env::var_os("CI").is_none()).then(|| vec!["sudo"])
}
