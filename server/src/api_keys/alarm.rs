//! What all admins are told of keys. Pure.

use std::fmt;

use uuid::Uuid;

/// What is told, and of which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// An admin has made it.
    Made(Uuid),
    /// It ends soon.
    Ending(Uuid),
}

impl Alarm {
    /// Which key.
    #[must_use]
    pub const fn key(self) -> Uuid {
        match self {
            Self::Made(key) | Self::Ending(key) => key,
        }
    }

    /// From the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (what, key) = text.split_once(' ')?;
        let key = key.parse().ok()?;
        match what {
            "made" => Some(Self::Made(key)),
            "ending" => Some(Self::Ending(key)),
            _ => None,
        }
    }
}

/// As in the database.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(key) => write!(f, "made {key}"),
            Self::Ending(key) => write!(f, "ending {key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_as_it_was_written() {
        for alarm in [Alarm::Made(Uuid::from_u128(1)), Alarm::Ending(Uuid::from_u128(2))] {
            assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
        }
        for other in ["", "made", "made x", "moved 00000000-0000-0000-0000-000000000001"] {
            assert_eq!(Alarm::parse(other), None, "{other}");
        }
    }
}
