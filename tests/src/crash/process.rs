//! The real program, started and killed: SIGKILL, as a power cut or the kernel does it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use server::settings::Settings;

use crate::program::msp_reset;

/// A server process on the settings of a scene. Killed when dropped.
pub(crate) struct Process {
    child: Child,
}

/// An address that is free, for a program that has to come back to it: below the ports that the
/// kernel gives to whoever asks for any, or another story would have it while the program is dead.
pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Another run on this machine begins elsewhere.
    let first = u16::try_from(std::process::id() % 20_000).unwrap();
    loop {
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 10_000 + (first + nth) % 20_000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        // Browsers refuse port 10080 (fetch.spec.whatwg.org/#bad-port).
        if port != 10_080 && TcpListener::bind(address).is_ok() {
            return address;
        }
        assert!(nth < 20_000, "no port is free");
    }
}

impl Process {
    /// Starts, and waits until it serves.
    pub(crate) async fn start(settings: &Settings) -> Self {
        Self::run(command(settings)).await
    }

    /// The same, with its log in a file.
    pub(crate) async fn start_with_log(settings: &Settings, log: &Path) -> Self {
        let mut command = command(settings);
        command.env("MSP_RESET__LOG__FORMAT", "json").stderr(File::create(log).unwrap());
        Self::run(command).await
    }

    async fn run(mut command: Command) -> Self {
        // The pipe is read on a thread, so that the outside world goes on answering meanwhile.
        tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let serves = lines.any(|line| line.is_ok_and(|line| line.contains("is served on")));
            assert!(serves, "it did not start: {:?}", child.wait());
            Self { child }
        })
        .await
        .unwrap()
    }

    /// Stops it in its tracks, and it knows nothing of the time that passes.
    pub(crate) fn suspend(&self) {
        self.signal("-STOP");
    }

    /// It goes on as if nothing had been.
    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Ends it as an operator does.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        self.signal("-TERM");
        tokio::task::spawn_blocking(move || self.child.wait().unwrap()).await.unwrap()
    }

    /// No farewell: whatever it was about to do is not done.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Killed already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(settings: &Settings) -> Command {
    let mut command = msp_reset("serve");
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .env("MSP_RESET__SERVER__LISTEN", settings.server.listen.to_string())
        .env("MSP_RESET__SERVER__ORIGIN", &settings.server.origin)
        .env("MSP_RESET__SHARE__ORIGIN", &settings.share.origin)
        .env("MSP_RESET__STORE__FOLDER", &settings.store.folder)
        .env("MSP_RESET__STORE__URL", settings.store.url.expose())
        .env("MSP_RESET__KEYS__FILE", &settings.keys.file)
        .env("MSP_RESET__OUTBOUND__ALLOW", &settings.outbound.allow)
        .env("MSP_RESET__OUTBOUND__CA_FILE", &settings.outbound.ca_file)
        .env("MSP_RESET__OUTBOUND__TIMEOUT_MS", settings.outbound.timeout_ms.to_string())
        .env("MSP_RESET__HEALTH__CHECK_EVERY_HOURS", settings.health.check_every_hours.to_string())
        .env("MSP_RESET__RESET__LEASE_MS", settings.reset.lease_ms.to_string())
        .env("MSP_RESET__RESET__APPLY_BEFORE_MS", settings.reset.apply_before_ms.to_string());
    command
}
