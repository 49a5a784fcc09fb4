//! What a commit can't be cheaper than: one synced write on the disk that is measured.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::time::Instant;

use crate::stats::Sample;

const PAGE: usize = 4096;
const WRITES: usize = 1000;

/// Overwrites 4 KiB and syncs the data, again and again, all over a file that has its size
/// already: a write-ahead log that has been all round once looks like this.
pub(crate) fn synced_writes(folder: &Path) -> Result<Sample> {
    let path = folder.join("synced");
    let mut file = File::create(&path).with_context(|| format!("{}", path.display()))?;
    file.write_all(&vec![0; PAGE * WRITES])?;
    file.sync_all()?;
    file.rewind()?;
    let page = [0x5a; PAGE];
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
