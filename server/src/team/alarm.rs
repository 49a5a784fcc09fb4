//! What admins hear of their people, as it stands in the outbox: ids, never a name.

use std::fmt;

use shared::TechnicianId;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// Somebody was invited.
    Invited(TechnicianId),
    /// Somebody may do other things than before: which.
    Changed(TechnicianId, String),
    /// Somebody's authenticator was taken away.
    AuthenticatorTaken(TechnicianId),
    /// Somebody was removed.
    Removed(TechnicianId),
    /// A second factor is not asked of everybody any more.
    MfaFreed,
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alarm::Invited(id) => write!(f, "invited {id}"),
            Alarm::Changed(id, what) => write!(f, "changed {id} {what}"),
            Alarm::AuthenticatorTaken(id) => write!(f, "taken {id}"),
            Alarm::Removed(id) => write!(f, "removed {id}"),
            Alarm::MfaFreed => f.write_str("mfa"),
        }
    }
}

impl Alarm {
    /// What this text means; `None` when nothing we know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "mfa" {
            return Some(Alarm::MfaFreed);
        }
        let (what, rest) = text.split_once(' ')?;
        let (id, words) = rest.split_once(' ').unwrap_or((rest, ""));
        let id = TechnicianId(id.parse().ok()?);
        match what {
            "invited" => Some(Alarm::Invited(id)),
            "changed" => Some(Alarm::Changed(id, words.to_owned())),
            "taken" => Some(Alarm::AuthenticatorTaken(id)),
            "removed" => Some(Alarm::Removed(id)),
            _ => None,
        }
    }

    /// About whom, where it is about one.
    #[must_use]
    pub fn whom(&self) -> Option<TechnicianId> {
        match self {
            Alarm::Invited(id)
            | Alarm::Changed(id, _)
            | Alarm::AuthenticatorTaken(id)
            | Alarm::Removed(id) => Some(*id),
            Alarm::MfaFreed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let id = TechnicianId(Uuid::from_u128(7));
        for alarm in [
            Alarm::Invited(id),
            Alarm::Changed(id, "role: admin; may reset passwords: on".into()),
            Alarm::AuthenticatorTaken(id),
            Alarm::Removed(id),
            Alarm::MfaFreed,
        ] {
            assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
        }
        assert_eq!(Alarm::parse("invited nobody"), None);
        assert_eq!(Alarm::parse("else 00000000-0000-0000-0000-000000000007"), None);
    }
}
