//! What a commit can't be cheaper than: one synced write on the disk that is measured.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::time::Instant;

use crate::stats::Sample;

const WRITES: usize = 500;

/// Appends 4 KiB and syncs the data, as a commit does with the write-ahead log, again and again.
pub(crate) fn synced_writes(folder: &Path) -> Result<Sample> {
    let path = folder.join("synced");
    let mut file = File::create(&path).with_context(|| format!("{}", path.display()))?;
    let page = [0x5a_u8; 4096];
    let mut took = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let start = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        took.push(start.elapsed());
    }
    fs::remove_file(&path)?;
    Sample::new(took).context("no write was measured")
}
