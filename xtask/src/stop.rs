//! Whether somebody asked us to stop (Ctrl-C, a closed terminal, `kill`), and how to stop a child.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From here on a signal is noted instead of ending us, so that children can be stopped first.
pub(crate) fn listen() -> Result<()> {
    let flag = ASKED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag))
            .context("cannot listen for Ctrl-C")?;
    }
    Ok(())
}

pub(crate) fn asked() -> bool {
    ASKED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Asks the child to end, waits a little, then ends it.
pub(crate) fn end(child: &mut Child) {
    // std knows only SIGKILL, which would not let the server finish what it holds.
    let asked_nicely = Command::new("sh")
        .args(["-c", "kill -TERM \"$0\"", &child.id().to_string()])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if asked_nicely {
        for _ in 0..100 {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
    }
    // Both fail only where the child is gone already.
    let _ = child.kill();
    let _ = child.wait();
}
