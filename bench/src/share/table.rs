//! The table of links, and the budgets beside it. A budget that is not kept is shown, not an error:
//! a figure from a busy machine proves nothing.

use std::fmt::Write as _;
use std::time::Duration;

use super::round::{Round, Row, What};
use crate::machine::Machine;
use crate::stats::Sample;
use crate::table::{MEMORY_BUDGET, mb, ms, or_dash, verdict};

/// The server's CPU time for a creation or an opening, on disk when it is answered.
const CPU_BUDGET: Duration = Duration::from_micros(250);

pub(crate) struct Table {
    machine: Machine,
    synced_write: Sample,
    rounds: Vec<Round>,
}

impl Table {
    pub(crate) fn new(machine: Machine, synced_write: Sample) -> Self {
        Self { machine, synced_write, rounds: Vec::new() }
    }

    pub(crate) fn add(&mut self, round: Round) {
        self.rounds.push(round);
    }

    /// Everything, for a terminal and for docs/bench.md.
    pub(crate) fn text(&self) -> String {
        let mut text = self.machine.heading(&self.synced_write);
        text += "\n\n";
        text += &row([
            "database",
            "at once",
            "what",
            "count",
            "each second",
            "median",
            "p99",
            "CPU",
            "database CPU",
        ]);
        for round in &self.rounds {
            for one in &round.rows {
                text += &row([
                    round.database.name(),
                    &round.at_once.to_string(),
                    one.what.name(),
                    &one.latency.count().to_string(),
                    &format!("{:.0}", one.per_second),
                    &ms(one.latency.median()),
                    &ms(one.latency.p99()),
                    &or_dash(one.cpu.map(us)),
                    &or_dash(one.database_cpu.map(us)),
                ]);
            }
        }
        text.push('\n');
        for round in &self.rounds {
            let [made, served] = round.memory.map(|bytes| or_dash(bytes.map(megabytes)));
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{}, {} at once: at most {made} while creating, {served} in the server",
                round.database.name(),
                round.at_once,
            );
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
        for what in [What::Create, What::Open] {
            let rows = self.rounds.iter().flat_map(|round| &round.rows);
            let most = rows.filter(|row: &&Row| row.what == what).filter_map(|row| row.cpu).max();
            lines.extend(most.map(|most| {
                let says = format!(
                    "{}: at most {} of CPU, budget {}",
                    what.name(),
                    us(most),
                    us(CPU_BUDGET)
                );
                verdict(Some(most <= CPU_BUDGET), says)
            }));
        }
        if let Some(most) = self.rounds.iter().flat_map(|round| round.memory).flatten().max() {
            let says = format!("memory at its peak {}, budget {MEMORY_BUDGET} MB", megabytes(most));
            lines.push(verdict(Some(mb(most) <= MEMORY_BUDGET), says));
        }
        lines
    }
}

fn row(cells: [&str; 9]) -> String {
    const WIDTHS: [usize; 9] = [10, 7, 10, 6, 11, 9, 9, 8, 12];
    let cells = cells.iter().zip(WIDTHS).enumerate();
    let cells = cells.map(|(at, (cell, width))| match at {
        0 | 2 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    });
    cells.collect::<Vec<_>>().join("  ") + "\n"
}

fn us(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", mb(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Database;

    fn table(create: u64, open: u64, memory: u64) -> String {
        let one = || Sample::new(vec![Duration::from_micros(900)]).unwrap();
        let row = |what, cpu| Row {
            what,
            latency: one(),
            per_second: 1234.4,
            cpu: Some(Duration::from_micros(cpu)),
            database_cpu: None,
        };
        let rows = vec![row(What::Create, create), row(What::Open, open), row(What::Land, 9_999)];
        let mut table = Table::new(Machine::sample(), one());
        let memory = [Some(1_000_000), Some(memory)];
        table.add(Round { database: Database::Sqlite, at_once: 32, rows, memory });
        table.text()
    }

    #[test]
    fn budgets_bind() {
        let kept = table(250, 250, 40_000_000);
        for line in ["✓ create: at most 250 µs", "✓ open: at most 250 µs", "✓ memory at its peak"]
        {
            assert!(kept.contains(line), "no {line:?} in:\n{kept}");
        }
        let broken = table(251, 300, 40_100_000);
        for line in ["✗ create: at most 251 µs", "✗ open: at most 300 µs", "✗ memory"] {
            assert!(broken.contains(line), "no {line:?} in:\n{broken}");
        }
        assert!(kept.contains("SQLite           32  land"), "{kept}");
        assert!(kept.contains("at most 1.0 MB while creating, 40.0 MB in the server"), "{kept}");
    }
}
