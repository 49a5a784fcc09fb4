//! Building the pod: plugin → wasm-pack → `pkg/dist`, and not at all when nothing changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::dist;
use crate::externref;
use crate::fingerprint::Fingerprint;
use crate::machine::{Machine, alone, put};
use crate::report::Step;
use crate::run;
use crate::tools::PodTools;

/// What the package depends on. Cargo.lock is coarse, but a needless build is better than a stale pod.
const SOURCES: [&str; 8] = [
    "plugin/src",
    "plugin/Cargo.toml",
    "shared",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/pod.rs",
    "xtask/src/dist.rs",
    "xtask/src/externref.rs",
];

const NO_WASM_OPT: &str =
    "the wasm must be optimised or it is far too large: install wasm-opt (package binaryen)";

/// Makes `pkg/dist` what the sources say.
pub(crate) fn build(machine: &Machine, tools: &PodTools, step: &mut Step) -> Result<()> {
    let _alone = alone(step, &machine.target.join("xtask/pod.lock"))?;
    let wanted = sources(machine, tools)?;
    let now = made(machine)?;
    if built(machine).is_some_and(|seal| seal == format!("{wanted} {now}")) {
        step.note("up to date");
        return Ok(());
    }
    let glue = machine.target.join("xtask/glue");
    // Beside its place: a target folder may be on another disk, from where nothing can be renamed.
    let new = machine.root.join("pkg/dist.new");
    for old in [&glue, &new] {
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
    }
    wasm_pack(machine, tools, &glue, step)?;
    let files = dist::assemble(&machine.root.join("pkg"), &glue, &new)?;
    put(&new, &machine.dist())?;
    fs::write(seal(machine), format!("{wanted} {}", made(machine)?))?;
    step.note(format!("{files} files in pkg/dist"));
    Ok(())
}

/// Makes the next `build` do its work whatever it finds.
pub(crate) fn forget(machine: &Machine) {
    // Absent is what we want.
    let _ = fs::remove_file(seal(machine));
}

/// The server embeds this folder at compile time, before there may be a pod.
pub(crate) fn ensure_folder(machine: &Machine) -> Result<()> {
    fs::create_dir_all(machine.dist()).context("cannot make pkg/dist")
}

fn wasm_pack(machine: &Machine, tools: &PodTools, out: &Path, step: &mut Step) -> Result<()> {
    let mut command = tools.toolchain.command(machine, &tools.wasm_pack, &tools.folders)?;
    command
        .args([
            "build",
            "--target",
            "web",
            "--no-typescript",
            "--no-pack",
            "--out-name",
            "pod",
            "--profile",
            "wasm",
        ])
        // Without a wasm-opt of ours it may fetch one; everything else is on its PATH already.
        .args(["--mode", if tools.wasm_opt.is_some() { "no-install" } else { "normal" }])
        .arg("--out-dir")
        .arg(out)
        .arg(machine.root.join("plugin"));
    let built = run::must(step, &mut command);
    if tools.wasm_opt.is_none() {
        built.context(NO_WASM_OPT)?;
    } else {
        built?;
    }
    let path = out.join("pod_bg.wasm");
    let mut wasm = fs::read(&path).context("wasm-pack made no pod_bg.wasm")?;
    // wasm-opt drops the names; wasm-pack goes on without it and only warns.
    ensure!(!has_names(&wasm), NO_WASM_OPT);
    if externref::mend(&mut wasm)? {
        step.say("mended the table that this wasm-opt exports wrongly");
        fs::write(&path, wasm).context("cannot write the mended wasm")?;
    }
    Ok(())
}

/// Whether the module holds a custom section called `name`.
fn has_names(wasm: &[u8]) -> bool {
    let mut rest = wasm.get(8..).unwrap_or_default();
    while let [id, after @ ..] = rest {
        let Some((length, body)) = leb(after) else { return false };
        if *id == 0 && body.starts_with(b"\x04name") {
            return true;
        }
        rest = body.get(length..).unwrap_or_default();
    }
    false
}

/// An unsigned LEB128 number and what follows it.
fn leb(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|b| b & 0x80 == 0)?;
    let number = bytes[..=end].iter().rev().fold(0, |sum, b| (sum << 7) | usize::from(b & 0x7f));
    Some((number, &bytes[end + 1..]))
}

fn sources(machine: &Machine, tools: &PodTools) -> Result<String> {
    let mut print = Fingerprint::new();
    print.add(tools.toolchain.version.as_bytes());
    print.add(tools.wasm_bindgen.as_bytes());
    print.add(
        tools.wasm_opt.as_ref().map_or_else(String::new, |p| p.display().to_string()).as_bytes(),
    );
    for path in SOURCES {
        print.add_path(&machine.root, path)?;
    }
    for file in dist::sources(&machine.root.join("pkg")) {
        print.add_path(&machine.root, &format!("pkg/{file}"))?;
    }
    Ok(print.text())
}

/// What lies in `pkg/dist`, so that a build by another target folder or a lost file is noticed.
fn made(machine: &Machine) -> Result<String> {
    let mut print = Fingerprint::new();
    print.add_path(&machine.root, "pkg/dist")?;
    Ok(print.text())
}

fn seal(machine: &Machine) -> PathBuf {
    machine.target.join("xtask/pod.fingerprint")
}

fn built(machine: &Machine) -> Option<String> {
    fs::read_to_string(seal(machine)).ok()
}

#[cfg(test)]
mod tests {
    use super::has_names;

    #[test]
    fn a_section_of_names_is_found() {
        let head = b"\0asm\x01\0\0\0";
        let plain = [head.as_slice(), b"\x01\x03abc"].concat();
        // The letters alone, inside another section, mean nothing.
        let inside = [head.as_slice(), b"\x0b\x05\x04name"].concat();
        let named = [head.as_slice(), b"\x01\x03abc\x00\x86\x00\x04name!"].concat();
        assert!(!has_names(&plain) && !has_names(&inside) && has_names(&named));
        assert!(!has_names(b"") && !has_names(&head[..4]));
    }
}
