//! What admins are mailed of how technicians sign in, as it stands in the outbox.

use std::fmt;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// An issuer was connected.
    Added,
    /// Another issuer, or another application there.
    Moved,
    /// It asks for less, or others may come: which settings, as [`Alarm::LOOSER`] names them.
    Looser(Vec<&'static str>),
    /// Passwords are taken again, because the issuer was switched off or deleted.
    PasswordsAgain,
}

impl Alarm {
    /// The settings that a letter can name, with their words.
    pub const LOOSER: [(&'static str, &'static str); 4] = [
        ("trust", "the issuer’s second factor counts in place of ours"),
        ("values", "more counts as the issuer’s second factor"),
        ("passwords", "passwords are taken beside single sign-on"),
        ("domains", "other email domains lead to the issuer"),
    ];

    /// From the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => match text {
                "added" => Some(Self::Added),
                "moved" => Some(Self::Moved),
                "passwords-again" => Some(Self::PasswordsAgain),
                _ => None,
            },
            Some(("looser", names)) => names
                .split(' ')
                .map(|name| Self::LOOSER.into_iter().find(|(known, _)| *known == name))
                .map(|found| found.map(|(name, _)| name))
                .collect::<Option<Vec<_>>>()
                .map(Self::Looser),
            Some(_) => None,
        }
    }
}

/// As in the database.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added => f.write_str("added"),
            Self::Moved => f.write_str("moved"),
            Self::PasswordsAgain => f.write_str("passwords-again"),
            Self::Looser(names) => write!(f, "looser {}", names.join(" ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_as_it_was_written() {
        for alarm in [
            Alarm::Added,
            Alarm::Moved,
            Alarm::PasswordsAgain,
            Alarm::Looser(vec!["trust"]),
            Alarm::Looser(vec!["values", "passwords", "domains"]),
        ] {
            assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
        }
        for other in ["", "looser", "looser ", "looser trust other", "gone trust"] {
            assert_eq!(Alarm::parse(other), None, "{other}");
        }
    }
}
