//! What all admins are told of webhooks. Pure.

use std::fmt;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// An admin has added one: what happens here is told elsewhere from now on.
    Added,
    /// An admin has led one elsewhere.
    Moved,
    /// An admin has had one tell names, or more than before.
    Wider,
    /// An admin has had one tell less than before.
    Narrower,
    /// An admin has had one tell other things than before: some more, some not any more.
    Otherwise,
    /// An admin has given one a new signing key.
    Rekeyed,
    /// An admin has switched one on.
    SwitchedOn,
    /// An admin has switched one off.
    SwitchedOff,
    /// An admin has deleted one.
    Deleted,
    /// Nothing was taken there for three days: it was switched off.
    Off,
}

impl Alarm {
    /// Each.
    pub const ALL: [Self; 10] = [
        Self::Added,
        Self::Moved,
        Self::Wider,
        Self::Narrower,
        Self::Otherwise,
        Self::Rekeyed,
        Self::SwitchedOn,
        Self::SwitchedOff,
        Self::Deleted,
        Self::Off,
    ];

    /// As in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Moved => "moved",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Otherwise => "otherwise",
            Self::Rekeyed => "rekeyed",
            Self::SwitchedOn => "switched-on",
            Self::SwitchedOff => "switched-off",
            Self::Deleted => "deleted",
            Self::Off => "off",
        }
    }

    /// From the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alarm| alarm.as_str() == text)
    }
}

/// As in the database.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_as_it_was_written() {
        for alarm in Alarm::ALL {
            assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
        }
        assert_eq!(Alarm::parse("on"), None);
    }
}
