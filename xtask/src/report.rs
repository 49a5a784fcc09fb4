//! The list of steps a person watches: each with its time, what came out and, at the end, the sum.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Error, Result};

use crate::machine::Machine;
use crate::stop;

/// All steps of one run.
pub(crate) struct Report {
    logs: PathBuf,
    rows: Vec<Row>,
    passed: u32,
    failed: u32,
}

struct Row {
    name: String,
    took: Duration,
    good: bool,
    broken: Vec<String>,
}

/// The step that runs now.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) logs: PathBuf,
    since: Instant,
    last_sign: Instant,
    turns: usize,
    note: String,
    /// Test results, where the step counts them itself; otherwise the step is one test.
    counted: Option<(u32, u32)>,
    /// The names of tests that failed.
    broken: Vec<String>,
}

/// A silence of this length looks like a hang where no spinner can be drawn.
const SILENCE: Duration = Duration::from_secs(15);

#[expect(
    clippy::disallowed_methods,
    reason = "how long a step takes is no business of the product's clock"
)]
fn now() -> Instant {
    Instant::now()
}

impl Report {
    pub(crate) fn new(machine: &Machine) -> Self {
        Self { logs: machine.target.join("xtask"), rows: Vec::new(), passed: 0, failed: 0 }
    }

    /// A step whose failure ends the command.
    pub(crate) fn must<T>(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Step) -> Result<T>,
    ) -> Result<T> {
        let mut step = Step::begin(name, self.logs.clone());
        let result = work(&mut step);
        self.end(step, result.is_ok());
        result
    }

    /// A step whose failure is told and counted; the next ones still run.
    pub(crate) fn try_to<T>(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Step) -> Result<T>,
    ) -> Option<T> {
        let result = self.must(name, work);
        if let Err(e) = &result {
            println!("{}", indented(e));
        }
        result.ok()
    }

    /// A step that cannot run because an earlier one failed.
    pub(crate) fn cannot(&mut self, name: &str, why: &str) {
        println!("✗ {name}: not run, {why}");
        self.failed += 1;
        self.rows.push(Row {
            name: name.into(),
            took: Duration::ZERO,
            good: false,
            broken: Vec::new(),
        });
    }

    fn end(&mut self, step: Step, good: bool) {
        let took = now() - step.since;
        let (passed, mut failed) = step.counted.unwrap_or((u32::from(good), 0));
        if !good && failed == 0 {
            failed = 1;
        }
        self.passed += passed;
        self.failed += failed;
        step.wipe();
        let mark = if good { '✓' } else { '✗' };
        println!("{mark} {:<28} {:>9}  {}", step.name, shown(took), step.note);
        self.rows.push(Row { name: step.name, took, good, broken: step.broken });
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::from("step                              time\n");
        for row in &self.rows {
            let trouble = if row.good { "" } else { "  failed" };
            text += &format!("{:<28} {:>9}{trouble}\n", row.name, shown(row.took));
            for name in &row.broken {
                text += &format!("  failed: {name}\n");
            }
        }
        let all: Duration = self.rows.iter().map(|r| r.took).sum();
        text + &format!("{:<28} {:>9}", "all", shown(all))
    }

    /// The last line of `cargo xtask test`, which other programs read.
    pub(crate) fn verdict(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }

    pub(crate) fn good(&self) -> bool {
        self.failed == 0
    }
}

impl Step {
    fn begin(name: &str, logs: PathBuf) -> Self {
        let since = now();
        let step = Self {
            name: name.into(),
            logs,
            since,
            last_sign: since,
            turns: 0,
            note: String::new(),
            counted: None,
            broken: Vec::new(),
        };
        step.draw(&format!("… {name}"));
        step
    }

    /// What the finished line says beside the time.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.note = note.into();
    }

    pub(crate) fn counted(&mut self, passed: u32, failed: u32) {
        self.counted = Some((passed, failed));
    }

    /// Tests that failed: the table names them once more, where even the end of a long log shows them.
    pub(crate) fn broken(&mut self, names: Vec<String>) {
        self.broken = names;
    }

    /// Shows that we are alive; called about once a second with the newest thing that happened.
    pub(crate) fn tick(&mut self, doing: &str) {
        const TURNS: [char; 4] = ['◐', '◓', '◑', '◒'];
        let time = shown(now() - self.since);
        if std::io::stdout().is_terminal() {
            self.turns += 1;
            let turn = TURNS[self.turns % TURNS.len()];
            self.draw(&format!("{turn} {}  {time}  {}", self.name, doing.trim()));
        } else if now() - self.last_sign >= SILENCE {
            self.last_sign = now();
            println!("  … {} {time}  {}", self.name, doing.trim());
        }
    }

    /// A line of its own while the step goes on.
    pub(crate) fn say(&mut self, line: &str) {
        self.wipe();
        self.last_sign = now();
        println!("  {line}");
    }

    fn draw(&self, text: &str) {
        if std::io::stdout().is_terminal() {
            let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(80);
            let fitting: String = text.chars().take(columns - 1).collect();
            print!("\r\x1b[2K{fitting}");
            // Nobody to show it to is no reason to fail.
            let _ = std::io::stdout().flush();
        }
    }

    fn wipe(&self) {
        self.draw("");
    }
}

/// Until the time is up, or until `ready` says yes (`true`); an ask to stop is an error.
pub(crate) fn wait_until(limit: Duration, mut ready: impl FnMut() -> Result<bool>) -> Result<bool> {
    let start = now();
    while now() - start < limit {
        if ready()? {
            return Ok(true);
        }
        anyhow::ensure!(!stop::asked(), "asked to");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(false)
}

fn shown(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        s => format!("{}:{:02} min", s / 60, s % 60),
    }
}

fn indented(e: &Error) -> String {
    format!("{e:#}").lines().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::shown;
    use std::time::Duration;

    #[test]
    fn times_read_well() {
        assert_eq!(shown(Duration::from_millis(240)), "0.2 s");
        assert_eq!(shown(Duration::from_secs(61)), "1:01 min");
    }
}
