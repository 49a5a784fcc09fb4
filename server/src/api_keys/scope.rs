//! What a key may do. Pure. No scope verifies anybody, resets a password or shows a phone in full.

/// One thing that a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read the audit.
    AuditRead,
    /// Read which resets and verifications there were.
    HistoryRead,
    /// Read how the account's integrations are.
    HealthRead,
    /// Add and change contacts of the built-in list.
    ContactsWrite,
}

impl Scope {
    /// Each of them.
    pub const ALL: [Self; 4] =
        [Self::AuditRead, Self::HistoryRead, Self::HealthRead, Self::ContactsWrite];

    /// As in the database, the API and its document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuditRead => "audit:read",
            Self::HistoryRead => "history:read",
            Self::HealthRead => "health:read",
            Self::ContactsWrite => "contacts:write",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// What it lets a program do, for the person who gives it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AuditRead => "Read the audit: who did what and when, by ids.",
            Self::HistoryRead => {
                "Read which resets and verifications there were, with masked destinations."
            }
            Self::HealthRead => "Read whether integrations work, and when their secrets end.",
            Self::ContactsWrite => {
                "Add and change contacts. Whoever holds the key can change the number on a card; \
                 technicians are warned of a changed number."
            }
        }
    }

    /// Whether a call with it changes something.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::ContactsWrite)
    }
}

/// Scopes as they are stored: with a blank between.
#[must_use]
pub fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// Scopes as they were stored. One that this version does not know is none.
#[must_use]
pub fn split(text: &str) -> Vec<Scope> {
    text.split(' ').filter_map(Scope::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_were_written() {
        for scopes in [&Scope::ALL[..], &Scope::ALL[..1], &[]] {
            assert_eq!(split(&join(scopes)), scopes);
        }
        assert_eq!(split("audit:read resets:write AUDIT:READ"), [Scope::AuditRead]);
    }
}
