//! What all admins are told of at once: a PSA leads elsewhere, is gone, or is listed on our own pages. Pure.

use std::fmt;

use super::PsaKind;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// It leads to another system, or there as somebody else.
    Moved(PsaKind),
    /// It was deleted.
    Deleted(PsaKind),
    /// Our own pages list its tickets and contacts.
    Listed(PsaKind),
}

impl Alarm {
    /// From the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (what, kind) = text.split_once(' ')?;
        let kind = PsaKind::parse(kind)?;
        match what {
            "moved" => Some(Self::Moved(kind)),
            "deleted" => Some(Self::Deleted(kind)),
            "listed" => Some(Self::Listed(kind)),
            _ => None,
        }
    }
}

/// As in the database.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved(kind) => write!(f, "moved {}", kind.as_str()),
            Self::Deleted(kind) => write!(f, "deleted {}", kind.as_str()),
            Self::Listed(kind) => write!(f, "listed {}", kind.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_as_it_was_written() {
        for kind in PsaKind::ALL {
            for alarm in [Alarm::Moved(kind), Alarm::Deleted(kind), Alarm::Listed(kind)] {
                assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
            }
        }
        for other in ["", "moved", "moved m365", "mended halo"] {
            assert_eq!(Alarm::parse(other), None, "{other}");
        }
    }
}
