//! What the kernel knows about a process (Linux; elsewhere nothing is known).

use std::time::Duration;

/// CPU time that a process has used, all its threads together, user and system.
pub(crate) fn cpu_time(id: u32) -> Option<Duration> {
    parse_cpu(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// CPU time that a process and its children have used, those that have ended too.
pub(crate) fn family_cpu_time(id: u32) -> Option<Duration> {
    let mut all = parse_cpu_of_all(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?;
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        // One that has just ended has no status any more.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        if parse_parent(&stat) == Some(id) {
            all += parse_cpu(&stat)?;
        }
    }
    Some(all)
}

/// The most memory that was ever resident, in bytes.
pub(crate) fn peak_memory(id: u32) -> Option<u64> {
    parse_peak(&std::fs::read_to_string(format!("/proc/{id}/status")).ok()?)
}

/// proc(5): fields 14 and 15, in hundredths of a second (`USER_HZ` is 100 wherever Linux runs today).
fn parse_cpu(stat: &str) -> Option<Duration> {
    Some(Duration::from_millis(10 * (field(stat, 14)? + field(stat, 15)?)))
}

/// proc(5): the same, and fields 16 and 17 for the children that have ended.
fn parse_cpu_of_all(stat: &str) -> Option<Duration> {
    let ended = Duration::from_millis(10 * (field(stat, 16)? + field(stat, 17)?));
    Some(parse_cpu(stat)? + ended)
}

/// proc(5): field 4.
fn parse_parent(stat: &str) -> Option<u32> {
    u32::try_from(field(stat, 4)?).ok()
}

fn field(stat: &str, nth: usize) -> Option<u64> {
    // The second field is the program's name and may hold anything, blanks and brackets too.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(nth - 3)?.parse().ok()
}

fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_understood() {
        let stat = "12 (a) b (c) S 1 12 12 0 -1 4194304 900 0 0 0 150 27 0 0 20 0 4 0 100 1 2";
        assert_eq!(parse_cpu(stat), Some(Duration::from_millis(1770)));
        assert_eq!(parse_cpu(""), None);
        assert_eq!(parse_parent(stat), Some(1));
        let ended = stat.replace(" 27 0 0 20", " 27 30 3 20");
        assert_eq!(parse_cpu_of_all(&ended), Some(Duration::from_millis(2100)));
        assert_eq!(parse_peak("VmPeak:\t 9 kB\nVmHWM:\t   2048 kB\n"), Some(2 << 20));
        assert_eq!(parse_peak("VmPeak:\t 9 kB"), None);
    }
}
