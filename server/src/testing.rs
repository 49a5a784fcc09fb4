//! What tests of several modules share.

use proptest::test_runner::Config;

/// Thousands of cases, unless `PROPTEST_CASES` says how many.
pub(crate) fn many() -> Config {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config::with_cases(4096),
    }
}
