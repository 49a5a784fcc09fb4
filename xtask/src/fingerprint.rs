//! A short name for some bytes: to tell changed sources from unchanged ones, and to name assets.
//! Not a defence against anybody.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// FNV-1a: stable over time and compilers, which std's hasher does not promise.
#[derive(Clone, Copy)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn of(bytes: &[u8]) -> String {
        let mut print = Self::new();
        print.add(bytes);
        print.text()
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        // The length first: "ab"+"c" must differ from "a"+"bc".
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// A file, or a folder with everything under it: names and contents.
    pub(crate) fn add_path(&mut self, root: &Path, path: &str) -> Result<()> {
        let mut files = Vec::new();
        collect(&root.join(path), &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(root).unwrap_or(&file);
            self.add(name.to_string_lossy().as_bytes());
            self.add(&fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
        }
        Ok(())
    }

    pub(crate) fn text(self) -> String {
        format!("{:016x}", self.0)
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn parts_do_not_run_together() {
        let [mut one, mut two] = [Fingerprint::new(); 2];
        one.add(b"ab");
        one.add(b"c");
        two.add(b"a");
        two.add(b"bc");
        assert_ne!(one.text(), two.text());
        assert_eq!(one.text().len(), 16);
    }
}
