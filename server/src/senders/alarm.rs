//! What all admins are told of at once: texts or mails go out elsewhere, or not at all. Pure.

use std::fmt;

use super::SenderKind;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// It was connected.
    Connected(SenderKind),
    /// It was changed: where it leads, as whom, or with which secret.
    Moved(SenderKind),
    /// It was switched off.
    SwitchedOff(SenderKind),
    /// It was deleted.
    Deleted(SenderKind),
}

impl Alarm {
    /// From the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (what, kind) = text.split_once(' ')?;
        let kind = SenderKind::ALL.into_iter().find(|it| it.as_str() == kind)?;
        match what {
            "connected" => Some(Self::Connected(kind)),
            "moved" => Some(Self::Moved(kind)),
            "off" => Some(Self::SwitchedOff(kind)),
            "deleted" => Some(Self::Deleted(kind)),
            _ => None,
        }
    }
}

/// As in the database.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, kind) = match self {
            Self::Connected(kind) => ("connected", kind),
            Self::Moved(kind) => ("moved", kind),
            Self::SwitchedOff(kind) => ("off", kind),
            Self::Deleted(kind) => ("deleted", kind),
        };
        write!(f, "{what} {}", kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_as_it_was_written() {
        for kind in SenderKind::ALL {
            let (connected, moved) = (Alarm::Connected(kind), Alarm::Moved(kind));
            for alarm in [connected, moved, Alarm::SwitchedOff(kind), Alarm::Deleted(kind)] {
                assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
            }
        }
        for other in ["", "moved", "moved m365", "mended smtp"] {
            assert_eq!(Alarm::parse(other), None, "{other}");
        }
    }
}
