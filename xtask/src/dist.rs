//! Putting `pkg/dist` together: an entry with a fixed name that points at everything else by the
//! hash of its content, so that all but the entry can be cached for ever; and each asset
//! compressed once, here, instead of by the server on each request.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::fingerprint::Fingerprint;

const ENTRY: &str = "msp-password-reset.js";
const TYPES: &str = "msp-password-reset.d.ts";
const STYLE: &str = "pod.css";
const GLUE: &str = "pod.js";
const WASM: &str = "pod_bg.wasm";

/// Files under `pkg/` that go into the package.
pub(crate) fn sources(pkg: &Path) -> Vec<&'static str> {
    [ENTRY, TYPES, STYLE].into_iter().filter(|file| pkg.join(file).exists()).collect()
}

/// Fills the new folder `dist` from hand-written files and wasm-pack's output; how many files.
pub(crate) fn assemble(pkg: &Path, built: &Path, dist: &Path) -> Result<usize> {
    fs::create_dir_all(dist)?;
    let mut entry = read(&pkg.join(ENTRY))?;

    let wasm = fs::read(built.join(WASM)).context("no wasm to package")?;
    let wasm_name = format!("pod-{}_bg.wasm", short(&wasm));
    // The glue names the wasm, so it gets its own hash only after that name is in it.
    let glue = read(&built.join(GLUE))?.replace(WASM, &wasm_name);
    let glue_name = format!("pod-{}.js", short(glue.as_bytes()));

    entry = replaced(&entry, GLUE, &glue_name)?;
    entry = replaced(&entry, WASM, &wasm_name)?;
    write(dist, &wasm_name, &wasm)?;
    write(dist, &glue_name, glue.as_bytes())?;
    if pkg.join(STYLE).exists() {
        let style = read(&pkg.join(STYLE))?;
        let style_name = format!("pod-{}.css", short(style.as_bytes()));
        entry = replaced(&entry, STYLE, &style_name)?;
        write(dist, &style_name, style.as_bytes())?;
    }
    ensure!(!entry.contains("./pod."), "pkg/{ENTRY} names a ./pod.* file that is not packaged");
    write(dist, ENTRY, entry.as_bytes())?;
    if pkg.join(TYPES).exists() {
        // For editors; no browser loads it.
        fs::copy(pkg.join(TYPES), dist.join(TYPES))?;
    }
    Ok(fs::read_dir(dist)?.count())
}

/// The file and its compressed twin.
fn write(dist: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    fs::write(dist.join(name), bytes)?;
    fs::write(dist.join(format!("{name}.br")), compress(bytes)?)?;
    Ok(())
}

/// Brotli at its slowest and smallest, which is what the budgets are counted in.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let how = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &how).context("cannot compress")?;
    Ok(small)
}

/// The entry with one relative name changed; an entry that lacks it would load nothing.
fn replaced(entry: &str, name: &str, hashed: &str) -> Result<String> {
    let from = format!("./{name}");
    ensure!(entry.contains(&from), "pkg/{ENTRY} does not refer to {from}");
    Ok(entry.replace(&from, &format!("./{hashed}")))
}

fn short(bytes: &[u8]) -> String {
    Fingerprint::of(bytes)[..12].to_owned()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{compress, replaced};

    #[test]
    fn the_entry_must_name_what_is_hashed() -> anyhow::Result<()> {
        let entry = "import init from \"./pod.js\";";
        assert_eq!(replaced(entry, "pod.js", "pod-1.js")?, "import init from \"./pod-1.js\";");
        assert!(replaced(entry, "pod_bg.wasm", "x").is_err());
        Ok(())
    }

    #[test]
    fn compressed_bytes_come_back() -> anyhow::Result<()> {
        let text = b"the same words, the same words, the same words".repeat(9);
        let small = compress(&text)?;
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut small.as_slice(), &mut back)?;
        assert!(back == text && small.len() < text.len() / 4);
        Ok(())
    }
}
