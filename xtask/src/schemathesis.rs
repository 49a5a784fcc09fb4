//! The program that calls the API with nothing but its document (`tests/src/stories/contract.rs`): in a virtual
//! environment of its own in our cache, keyed by what `tests/schemathesis.txt` pins.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::machine::{Machine, alone, which};
use crate::report::Step;
use crate::run;

/// Installs it, once; where it is.
///
/// # Errors
/// Where there is no Python, or its packages can't be had: nothing else needs them.
pub(crate) fn ready(machine: &Machine, step: &mut Step) -> Result<PathBuf> {
    let pins = machine.root.join("tests/schemathesis.txt");
    let text = fs::read_to_string(&pins).context("cannot read tests/schemathesis.txt")?;
    let version = text.lines().find_map(|line| line.strip_prefix("schemathesis=="));
    let version = version.context("tests/schemathesis.txt does not name it")?;
    let _alone = alone(step, &machine.cache.join("lock"))?;
    let place = machine.cache.join("tools").join(format!("schemathesis-{version}"));
    let program = place.join("bin/schemathesis");
    let installed = place.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|before| before == text) {
        return Ok(program);
    }
    let python = which("python3").context("there is no python3")?;
    step.say(&format!("installing schemathesis {version}, once"));
    // Whole or not at all: an old one, or half of one, goes first.
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    run::must(step, Command::new(python).args(["-m", "venv"]).arg(&place))?;
    let mut pip = Command::new(place.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--only-binary", ":all:", "--no-deps", "--requirement"])
        .arg(&pins);
    run::must(step, &mut pip)?;
    fs::write(&installed, text)?;
    Ok(program)
}
