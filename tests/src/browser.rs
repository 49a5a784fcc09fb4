//! A real Chromium, through chromedriver: one driver per story, a fresh profile per window, both
//! ended with the story, however it ends. What one does in a window is in `page.rs`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::page::Page;

/// Two browsers and two servers on a small machine only wait for each other.
static ALONE: Semaphore = Semaphore::const_new(1);

/// As root, in a container, without a display (`../shared/toolchain.md`).
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    // The same dates and sizes on every machine.
    "--lang=en-US",
];

/// One chromedriver. Dropping it ends it.
pub(crate) struct Browser {
    address: String,
    chromium: PathBuf,
    _driver: Child,
    /// Read to the end of its life: a closed pipe would end the driver with its next word.
    _words: Lines<BufReader<ChildStdout>>,
    _alone: SemaphorePermit<'static>,
}

impl Browser {
    /// Starts a driver on a port of its own choice.
    pub(crate) async fn start() -> Self {
        let program = program("STORIES_CHROMEDRIVER", "/usr/bin/chromedriver", "chromium-driver");
        let chromium = program_of_chromium();
        let alone = ALONE.acquire().await.unwrap();
        // The port that it was given on IPv4 may be somebody's on IPv6; then it ends at once.
        let mut attempts = 0;
        let (driver, words, port) = loop {
            match listening(&program).await {
                Some(started) => break started,
                None => attempts += 1,
            }
            assert!(attempts < 5, "{} ended before it listened", program.display());
        };
        let address = format!("http://127.0.0.1:{port}");
        Self { address, chromium, _driver: driver, _words: words, _alone: alone }
    }

    /// A window with a profile of its own: another device, as far as any server can tell.
    pub(crate) async fn window(&self, width: u32, height: u32) -> Page {
        let profile = tempfile::tempdir().unwrap();
        let driver = self.connect(&profile, &[]).await;
        Page::new(driver, profile, width, height).await
    }

    /// The same, with third-party cookies blocked as people and companies set it.
    pub(crate) async fn strict_window(&self, width: u32, height: u32) -> Page {
        let profile = tempfile::tempdir().unwrap();
        let blocked = json!({
            "profile.block_third_party_cookies": true, "profile.cookie_controls_mode": 1,
        });
        let driver = self.connect_with(&profile, &[], Some(blocked)).await;
        Page::new(driver, profile, width, height).await
    }

    async fn connect(&self, profile: &TempDir, more: &[&str]) -> WebDriver {
        self.connect_with(profile, more, None).await
    }

    async fn connect_with(
        &self,
        profile: &TempDir,
        more: &[&str],
        prefs: Option<Value>,
    ) -> WebDriver {
        let mut wishes = DesiredCapabilities::chrome();
        if let Some(prefs) = prefs {
            wishes.add_experimental_option("prefs", prefs).unwrap();
        }
        wishes.set_binary(&self.chromium.display().to_string()).unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        for flag in FLAGS.iter().chain(more).copied().chain([folder.as_str()]) {
            wishes.add_arg(flag).unwrap();
        }
        wishes.set("goog:loggingPrefs", json!({"browser": "ALL"})).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        WebDriver::builder(&self.address, wishes)
            .client(client)
            .connect()
            .await
            .unwrap_or_else(|error| panic!("{} does not start: {error}", self.chromium.display()))
    }
}

/// A driver, what it goes on to say, and its port; `None` when it ended before it listened.
async fn listening(program: &Path) -> Option<(Child, Lines<BufReader<ChildStdout>>, String)> {
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut words = BufReader::new(driver.stdout.take().unwrap()).lines();
    let started = async {
        while let Some(line) = words.next_line().await.unwrap() {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                return Some(port.trim_end_matches('.').to_owned());
            }
        }
        None
    };
    let port = tokio::time::timeout(Duration::from_secs(30), started)
        .await
        .unwrap_or_else(|_| panic!("{} does not listen", program.display()))?;
    Some((driver, words, port))
}

fn program_of_chromium() -> PathBuf {
    program("STORIES_CHROMIUM", "/usr/bin/chromium", "chromium")
}

/// A program that must be there: a story without a browser has told nothing.
fn program(variable: &str, usual: &str, package: &str) -> PathBuf {
    let path = PathBuf::from(std::env::var_os(variable).unwrap_or_else(|| usual.into()));
    assert!(
        path.is_file(),
        "{} is missing; on Debian: apt-get install -y {package}; elsewhere set {variable}",
        path.display()
    );
    path
}

/// Ends the browser of a window that nobody closed properly.
pub(crate) fn end_process(capabilities: &Value) {
    if let Some(id) = capabilities["goog:processID"].as_u64() {
        // Gone already is what we want.
        let _ = std::process::Command::new("kill").args(["-9", &id.to_string()]).status();
    }
}

/// The pod is built apart from the stories: compiling it takes minutes.
pub(crate) fn the_pod_is_built() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pkg/dist/msp-password-reset.js");
    assert!(
        file.is_file(),
        "the pod is not built ({} is missing); run: cargo xtask package",
        file.display()
    );
}

/// The target folder that this very test was built into.
pub(crate) fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    // target/debug/deps/stories-…
    own.ancestors().nth(3).unwrap().to_owned()
}
