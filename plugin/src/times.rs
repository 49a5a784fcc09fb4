//! How times read: a clock time, a day with a clock time, what is left until then.

use shared::Millis;

use crate::words::Words;

/// A moment on the technician's own clock and calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) year: u32,
    /// From 0, as JavaScript counts.
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
}

impl Local {
    /// `14:05`.
    pub(crate) fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `14:05` on the same day as `today`, otherwise with the day in front.
    pub(crate) fn when(self, today: Self, words: &Words) -> String {
        if (self.year, self.month, self.day) == (today.year, today.month, today.day) {
            return self.clock();
        }
        let month = words.months.get(self.month as usize).copied().unwrap_or_default();
        (words.day_and_time)(self.day, month, &self.clock())
    }
}

/// Milliseconds as `m:ss`, rounded up, so that `0:00` means that it is over.
pub(crate) fn countdown(left: i64) -> String {
    let seconds = left.max(0).saturating_add(999) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How far the server's clock is ahead of this browser's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Skew(i64);

impl Skew {
    /// From one answer: what the server said the time was, and what it is here.
    pub(crate) fn seen(server: Millis, here: Millis) -> Self {
        Self(server.since(here))
    }

    /// The server's time when it is `here` in this browser.
    pub(crate) fn server(self, here: Millis) -> Millis {
        here.plus(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    const NOON: Local = Local { year: 2026, month: 10, day: 22, hour: 9, minute: 5 };

    #[test]
    fn a_time_names_its_day_only_when_it_is_another() {
        assert_eq!(NOON.when(NOON, &EN), "09:05");
        assert_eq!(NOON.when(Local { day: 23, ..NOON }, &EN), "22 Nov 09:05");
        assert_eq!(Local { month: 99, ..NOON }.when(NOON, &EN), "22  09:05");
    }

    #[test]
    fn a_countdown_ends_at_zero_and_not_before() {
        assert_eq!(countdown(272_000), "4:32");
        assert_eq!(countdown(1), "0:01");
        assert_eq!(countdown(0), "0:00");
        assert_eq!(countdown(-5_000), "0:00");
        assert_eq!(countdown(i64::MAX), countdown(i64::MAX));
    }

    #[test]
    fn a_wrong_clock_is_told_by_the_server() {
        let skew = Skew::seen(Millis(10_000), Millis(4_000));
        assert_eq!(skew.server(Millis(5_000)), Millis(11_000));
    }
}
