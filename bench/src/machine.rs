//! Where and when something was measured: without it a figure says nothing.

use std::time::SystemTime;

use anyhow::Result;

use crate::stats::Sample;
use crate::table::ms;

/// The table's heading.
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) commit: String,
    pub(crate) cores: usize,
    pub(crate) cpu: String,
    /// Runnable programs a minute ago and now: others on the machine spoil a measurement.
    pub(crate) load: String,
}

impl Machine {
    /// The table's first two lines.
    pub(crate) fn heading(&self, synced_write: &Sample) -> String {
        let Self { date, commit, cores, cpu, load } = self;
        format!(
            "{date}, commit {commit}, {cores} cores of {cpu}, load before {load}\n\
             one synced 4 KiB write on this disk: median {}, p99 {}",
            ms(synced_write.median()),
            ms(synced_write.p99()),
        )
    }

    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        Self {
            date: "2026-11-22 14:00 UTC".into(),
            commit: "abc".into(),
            cores: 2,
            cpu: "CPU".into(),
            load: "0.10".into(),
        }
    }
}

pub(crate) fn look(commit: &str) -> Result<Machine> {
    #[expect(clippy::disallowed_methods, reason = "a bench tells when it ran")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let now = time::OffsetDateTime::from_unix_timestamp(i64::try_from(now)?)?;
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    Ok(Machine {
        date: format!("{} {:02}:{:02} UTC", now.date(), now.hour(), now.minute()),
        commit: commit.to_owned(),
        cores: std::thread::available_parallelism()?.get(),
        cpu: cpu(&read("/proc/cpuinfo")).unwrap_or("unknown CPU").to_owned(),
        load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
    })
}

fn cpu(info: &str) -> Option<&str> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::cpu;

    #[test]
    fn the_cpu_has_a_name() {
        let info = "processor\t: 0\nmodel name\t: Fast 9000 @ 2 GHz\nmodel name\t: other\n";
        assert_eq!(cpu(info), Some("Fast 9000 @ 2 GHz"));
        assert_eq!(cpu("Hardware : x"), None);
    }
}
