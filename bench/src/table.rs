//! The table, and the budgets beside it. A budget that is not kept is shown, not an error: a
//! figure from a busy machine proves nothing.

use std::fmt::Write as _;
use std::time::Duration;

use crate::Database;
use crate::machine::Machine;
use crate::round::Round;
use crate::stats::Sample;

/// Our own share of a reset at the median, one technician, SQLite on disk.
const LATENCY_BUDGET: Duration = Duration::from_millis(25);
/// Resident memory, 1 MB = 1 000 000 bytes.
pub(crate) const MEMORY_BUDGET: f64 = 40.0;
const START_BUDGET: Duration = Duration::from_millis(200);
/// Commits behind one sync with 64 writers, where a sync is slow enough to matter.
const COMMITS_PER_SYNC: f64 = 20.0;
const WRITERS: usize = 64;
const SLOW_SYNC: Duration = Duration::from_millis(2);

pub(crate) struct Table {
    machine: Machine,
    synced_write: Sample,
    slow_sync_ms: Option<u32>,
    rounds: Vec<Round>,
}

impl Table {
    pub(crate) fn new(machine: Machine, synced_write: Sample, slow_sync_ms: Option<u32>) -> Self {
        Self { machine, synced_write, slow_sync_ms, rounds: Vec::new() }
    }

    pub(crate) fn add(&mut self, round: Round) {
        self.rounds.push(round);
    }

    /// Everything, for a terminal and for docs/bench.md.
    pub(crate) fn text(&self) -> String {
        let mut text = self.machine.heading(&self.synced_write);
        // Writing to a String cannot fail.
        let _ = self.slow_sync_ms.map(|ms| write!(text, "; each sync made to take {ms} ms"));
        text += "\n\n";
        text += &row([
            "database",
            "technicians",
            "resets",
            "resets/s",
            "median",
            "p99",
            "server CPU",
            "outside CPU",
            "commits/sync",
            "memory",
            "whole path/s",
        ]);
        for round in &self.rounds {
            text += &row([
                round.database.name(),
                &round.technicians.to_string(),
                &round.latency.count().to_string(),
                &format!("{:.1}", round.resets_per_second),
                &ms(round.latency.median()),
                &ms(round.latency.p99()),
                &or_dash(round.cpu.map(ms)),
                &or_dash(round.outside_cpu.map(ms)),
                &or_dash(commits_per_sync(round).map(|each| format!("{each:.1}"))),
                &or_dash(round.memory.map(|bytes| format!("{:.1} MB", mb(bytes)))),
                &format!("{:.1}", round.whole_paths_per_second),
            ]);
        }
        text.push('\n');
        for line in self.budgets() {
            text += &line;
            text.push('\n');
        }
        text.trim_end().to_owned()
    }

    fn budgets(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for round in self.rounds.iter().filter(|round| round.technicians == 1) {
            let median = round.latency.median();
            let binds = round.database == Database::Sqlite;
            lines.push(verdict(
                binds.then_some(median <= LATENCY_BUDGET),
                format!(
                    "{}, one technician: median {}, budget {} (with what the simulated companies take)",
                    round.database.name(), ms(median), ms(LATENCY_BUDGET),
                ),
            ));
        }
        for round in self.rounds.iter().filter(|round| round.technicians >= WRITERS) {
            lines.push(self.sharing(round));
        }
        if let Some(most) = self.rounds.iter().filter_map(|round| round.memory).max() {
            let most = mb(most);
            let says = format!("memory at its peak {most:.1} MB, budget {MEMORY_BUDGET} MB");
            lines.push(verdict(Some(most <= MEMORY_BUDGET), says));
        }
        if let Some(slowest) = self.rounds.iter().map(|round| round.ready_after).max() {
            let says = format!("start to ready {}, budget {}", ms(slowest), ms(START_BUDGET));
            lines.push(verdict(Some(slowest <= START_BUDGET), says));
        }
        lines
    }

    /// The budget binds where syncs are what everybody waits for.
    fn sharing(&self, round: &Round) -> String {
        let (name, technicians) = (round.database.name(), round.technicians);
        let slow = self
            .slow_sync_ms
            .map_or(self.synced_write.median(), |ms| Duration::from_millis(ms.into()));
        match commits_per_sync(round) {
            None => verdict(
                None,
                format!("{name}, {technicians} technicians: this server does not count its syncs"),
            ),
            Some(each) => verdict(
                (slow >= SLOW_SYNC).then_some(each >= COMMITS_PER_SYNC),
                format!(
                    "{name}, {technicians} technicians: {each:.1} commits per sync, budget {COMMITS_PER_SYNC} where a sync takes {} or more",
                    ms(SLOW_SYNC)
                ),
            ),
        }
    }
}

fn commits_per_sync(round: &Round) -> Option<f64> {
    round.syncs.map(|all| all.commits as f64 / all.syncs.max(1) as f64)
}

/// `None`: the budget does not bind here.
pub(crate) fn verdict(kept: Option<bool>, says: String) -> String {
    let mark = match kept {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '–',
    };
    format!("{mark} {says}")
}

fn row(cells: [&str; 11]) -> String {
    const WIDTHS: [usize; 11] = [10, 11, 6, 8, 9, 9, 10, 11, 12, 8, 12];
    let cells = cells.iter().zip(WIDTHS).enumerate();
    let cells = cells.map(|(at, (cell, width))| match at {
        0 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    });
    cells.collect::<Vec<_>>().join("  ") + "\n"
}

pub(crate) fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "–".to_owned())
}

pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

pub(crate) fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Syncs;

    fn table(slow: Option<u32>, rounds: Vec<Round>) -> Table {
        let write = Sample::new(vec![Duration::from_micros(150)]).unwrap();
        Table { rounds, ..Table::new(Machine::sample(), write, slow) }
    }

    fn round(technicians: usize, latency: u64, memory: u64, syncs: Option<Syncs>) -> Round {
        Round {
            database: Database::Sqlite,
            technicians,
            latency: Sample::new(vec![Duration::from_millis(latency)]).unwrap(),
            resets_per_second: 80.0,
            whole_paths_per_second: 20.0,
            cpu: Some(Duration::from_millis(4)),
            outside_cpu: None,
            syncs,
            memory: Some(memory),
            ready_after: Duration::from_millis(40),
        }
    }

    fn check(table: &Table, expected: &[&str]) {
        let text = table.text();
        for line in expected {
            assert!(text.contains(line), "no {line:?} in:\n{text}");
        }
    }

    #[test]
    fn budgets_bind() {
        let kept = table(None, vec![round(1, 25, 40_000_000, None)]);
        check(&kept, &["✓ SQLite, one technician", "✓ memory", "✓ start to ready"]);
        let broken = table(None, vec![round(1, 26, 40_100_000, None)]);
        check(&broken, &["✗ SQLite, one technician", "✗ memory"]);
        let late = Round { ready_after: Duration::from_millis(201), ..round(1, 1, 1, None) };
        check(&table(None, vec![late]), &["✗ start to ready"]);
        let other = Round { database: Database::Postgres, ..round(1, 26, 1, None) };
        check(&table(None, vec![other]), &["– PostgreSQL, one technician: median 26.00 ms"]);
    }

    #[test]
    fn commits_per_sync_bind_where_syncs_are_slow() {
        let with = |syncs, slow| table(slow, vec![round(64, 9, 9, syncs)]);
        let good = Some(Syncs { commits: 2000, syncs: 100 });
        let poor = Some(Syncs { commits: 1999, syncs: 100 });
        check(
            &with(good, Some(2)),
            &["✓ SQLite, 64 technicians: 20.0", "each sync made to take 2 ms"],
        );
        check(&with(poor, Some(2)), &["✗ SQLite, 64 technicians: 20.0"]);
        check(&with(poor, None), &["– SQLite, 64 technicians: 20.0"]);
        check(&with(None, Some(2)), &["– SQLite, 64 technicians: this server does not count"]);
    }
}
