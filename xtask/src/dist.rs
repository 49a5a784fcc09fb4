//! Putting `pkg/dist` together: an entry with a fixed name that points at everything else by the
//! hash of its content, so that all but the entry can be cached for ever; without what only we read; and
//! each asset compressed once, here, instead of by the server on each request.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::fingerprint::Fingerprint;

const ENTRY: &str = "msp-password-reset.js";
const TYPES: &str = "msp-password-reset.d.ts";
const STYLE: &str = "pod.css";
const GLUE: &str = "pod.js";
const WASM: &str = "pod_bg.wasm";
/// The modules that the entry imports, each after those that it imports itself. In the package they lie in
/// one folder.
const MODULES: [&str; 8] = [
    "call.js",
    "screens.js",
    "hosts/address.js",
    "hosts/web.js",
    "hosts/connectwise.js",
    "hosts/halo.js",
    "hosts/autotask.js",
    "door.js",
];

/// Files under `pkg/` that go into the package.
pub(crate) fn sources(pkg: &Path) -> Vec<&'static str> {
    let own = [ENTRY, TYPES, STYLE].into_iter().chain(MODULES);
    own.filter(|file| pkg.join(file).exists()).collect()
}

/// Fills the new folder `dist` from hand-written files and wasm-pack's output; how many files.
pub(crate) fn assemble(pkg: &Path, built: &Path, dist: &Path) -> Result<usize> {
    fs::create_dir_all(dist)?;
    let mut names = Vec::new();

    let wasm = fs::read(built.join(WASM)).context("no wasm to package")?;
    let wasm_name = format!("pod-{}_bg.wasm", short(&wasm));
    write(dist, &wasm_name, &wasm)?;
    // The glue names the wasm, so it gets its own hash only after that name is in it.
    let glue = lean(&read(&built.join(GLUE))?.replace(WASM, &wasm_name));
    names.push((WASM, wasm_name));
    names.push((GLUE, put(dist, GLUE, &glue)?));
    names.push((STYLE, put(dist, STYLE, &lean_style(&read(&pkg.join(STYLE))?))?));
    let mut wanted: Vec<&str> = vec![GLUE, WASM, STYLE];
    for module in MODULES {
        let text = resolved(&lean(&read(&pkg.join(module))?), &names, &mut wanted);
        names.push((module, put(dist, module, &text)?));
        wanted.push(module);
    }
    let entry = resolved(&lean(&read(&pkg.join(ENTRY))?), &names, &mut wanted);
    ensure!(wanted.is_empty(), "nothing under pkg/ imports {}", wanted.join(", "));
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

/// Writes a file under a name with the hash of what is in it: `hosts/web.js` is `web-1f….js`.
fn put(dist: &Path, path: &str, text: &str) -> Result<String> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let (stem, kind) = file.rsplit_once('.').context("a file without an ending")?;
    let name = format!("{stem}-{}.{kind}", short(text.as_bytes()));
    write(dist, &name, text.as_bytes())?;
    Ok(name)
}

/// A script with the names of what it imports changed to those with a hash; those leave `wanted`.
fn resolved(text: &str, names: &[(&str, String)], wanted: &mut Vec<&str>) -> String {
    let mut out = text.to_owned();
    for (path, name) in names {
        let file = path.rsplit('/').next().unwrap_or(path);
        for from in [format!("./{path}"), format!("../{path}"), format!("./{file}")] {
            let (from, to) = (format!("\"{from}\""), format!("\"./{name}\""));
            if out.contains(&from) {
                out = out.replace(&from, &to);
                wanted.retain(|one| one != path);
            }
        }
    }
    out
}

/// A script without indentation and without the lines that are comments only. Ours hold no text that means
/// its own indentation.
fn lean(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        if !(in_comment || line.is_empty() || line.starts_with("//")) {
            out.push_str(line);
            out.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    out
}

/// The same of a style sheet: a comment there is no line of its own only at its beginning.
fn lean_style(style: &str) -> String {
    lean(style).replace(": ", ":").replace(" {", "{").replace(";\n}", "\n}").replace(",\n", ",")
}

fn short(bytes: &[u8]) -> String {
    Fingerprint::of(bytes)[..12].to_owned()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{compress, lean, lean_style, resolved};

    #[test]
    fn imports_get_the_names_with_hashes() {
        let names = [("pod.js", "pod-1.js".to_owned()), ("hosts/web.js", "web-2.js".to_owned())];
        let mut wanted = vec!["pod.js", "hosts/web.js", "door.js"];
        let entry = "import a from \"./pod.js\"; import(\"./hosts/web.js\"); // ./pod.js";
        let out = resolved(entry, &names, &mut wanted);
        assert_eq!(out, "import a from \"./pod-1.js\"; import(\"./web-2.js\"); // ./pod.js");
        assert_eq!(wanted, ["door.js"], "what nobody imports is noticed");
        assert_eq!(resolved("\"../hosts/web.js\"", &names, &mut wanted), "\"./web-2.js\"");
        assert_eq!(resolved("\"./web.js\"", &names, &mut wanted), "\"./web-2.js\"");
    }

    #[test]
    fn only_what_we_read_is_left_out() {
        let script =
            "// a\n/** b\n * c\n */\nconst d = \"// e\"; // f\n\n  g(`\n  h`);\n/* i */\nj;";
        assert_eq!(lean(script), "const d = \"// e\"; // f\ng(`\nh`);\nj;\n");
        let style =
            "/* a */\nb,\nc {\n  d: e f;\n}\n@media (g: h) {\n  i:has(j) {\n    k: l;\n  }\n}\n";
        let small = "b,c{\nd:e f\n}\n@media (g:h){\ni:has(j){\nk:l\n}\n}\n";
        assert_eq!(lean_style(style), small);
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
