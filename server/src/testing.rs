//! What tests of several modules share.

use std::path::{Path, PathBuf};

use proptest::test_runner::Config;

/// The folder with the vendors' own descriptions and captures (`API_SPECS`), where there is one.
pub(crate) fn vendors() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let folder = std::env::var_os("API_SPECS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no vendors' captures in ../shared/specs, and no API_SPECS");
    None
}

/// Thousands of cases, unless `PROPTEST_CASES` says how many.
pub(crate) fn many() -> Config {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config::with_cases(4096),
    }
}
