//! The table of pages, and the budget beside it. A budget that is not kept is shown, not an error: a figure
//! from a busy machine proves nothing.

use std::time::Duration;

use super::import::Imported;
use super::look::Row;
use crate::machine::Machine;
use crate::stats::Sample;
use crate::table::{mb, ms, or_dash, verdict};

/// A page, at the 95th of a hundred looks.
const BUDGET: Duration = Duration::from_millis(50);

pub(crate) struct Table {
    machine: Machine,
    synced_write: Sample,
    rows: Vec<Row>,
    imported: Option<(Imported, Option<u64>)>,
    ready_after: Option<Duration>,
    memory: Option<u64>,
}

impl Table {
    pub(crate) fn new(machine: Machine, synced_write: Sample) -> Self {
        let (rows, imported) = (Vec::new(), None);
        Self { machine, synced_write, rows, imported, ready_after: None, memory: None }
    }

    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// How a file of contacts was taken, and the memory's peak by then.
    pub(crate) fn imported(&mut self, imported: Imported, memory: Option<u64>) {
        self.imported = Some((imported, memory));
    }

    /// How the server that served them did.
    pub(crate) fn served(&mut self, ready_after: Duration, memory: Option<u64>) {
        (self.ready_after, self.memory) = (Some(ready_after), memory);
    }

    /// Everything, for a terminal and for docs/bench.md.
    pub(crate) fn text(&self) -> String {
        let mut text = self.machine.heading(&self.synced_write);
        text += "\n\n";
        text += &line(["page", "looks", "median", "p95", "size"]);
        for row in &self.rows {
            text += &line([
                &row.name,
                &row.latency.count().to_string(),
                &ms(row.latency.median()),
                &ms(row.latency.p95()),
                &format!("{:.1} kB", row.bytes as f64 / 1e3),
            ]);
        }
        let memory = megabytes(self.memory);
        text += &format!(
            "\nstart to ready {}, memory at its peak {memory} (a sign-in's argon2 is in it)\n",
            or_dash(self.ready_after.map(ms))
        );
        if let Some((it, memory)) = &self.imported {
            let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
            text += &format!(
                "\na file of {} new contacts: looked at in {}, written in {}, once more {};\n\
                 a page of the list meanwhile: {} looks, median {}, p95 {}; memory at its peak {}\n",
                it.lines,
                seconds(it.looked),
                seconds(it.written),
                seconds(it.again),
                it.meanwhile.count(),
                ms(it.meanwhile.median()),
                ms(it.meanwhile.p95()),
                megabytes(*memory),
            );
        }
        if let Some(slowest) = self.rows.iter().max_by_key(|row| row.latency.p95()) {
            let most = slowest.latency.p95();
            let says =
                format!("slowest: {}, p95 {}, budget {}", slowest.name, ms(most), ms(BUDGET));
            text += &verdict(Some(most <= BUDGET), says);
        }
        text
    }
}

fn megabytes(bytes: Option<u64>) -> String {
    or_dash(bytes.map(|bytes| format!("{:.1} MB", mb(bytes))))
}

fn line(cells: [&str; 5]) -> String {
    const WIDTHS: [usize; 5] = [34, 5, 9, 9, 9];
    let cells = cells.iter().zip(WIDTHS).enumerate();
    let cells = cells.map(|(at, (cell, width))| match at {
        0 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    });
    cells.collect::<Vec<_>>().join("  ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(millis: u64) -> String {
        let one = |millis| Sample::new(vec![Duration::from_millis(millis)]).unwrap();
        let mut table = Table::new(Machine::sample(), one(1));
        table.add(Row { name: "contacts, first page".into(), latency: one(3), bytes: 24_500 });
        table.add(Row { name: "tickets, deep page".into(), latency: one(millis), bytes: 1 });
        table.served(Duration::from_millis(9), Some(30_000_000));
        let imported = Imported {
            lines: 7,
            looked: Duration::from_millis(1500),
            written: Duration::from_secs(12),
            again: Duration::from_secs(2),
            meanwhile: one(4),
        };
        table.imported(imported, Some(50_000_000));
        table.text()
    }

    #[test]
    fn the_slowest_page_binds() {
        assert!(table(50).contains("✓ slowest: tickets, deep page, p95 50.00 ms"), "{}", table(50));
        assert!(table(51).contains("✗ slowest: tickets, deep page"));
        assert!(table(51).contains("24.5 kB") && table(51).contains("30.0 MB"));
        assert!(table(51).contains("50.0 MB"));
        assert!(table(51).contains("looked at in 1.5 s, written in 12.0 s, once more 2.0 s"));
    }
}
