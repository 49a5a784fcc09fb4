//! Ids and times. Each id is a type of its own, so that one can't be given where another is due.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// This moment and `millis` milliseconds.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment; negative when it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether `earlier` is less than `millis` milliseconds ago. Not when it is yet to come: a clock
    /// that went back makes nothing fresh.
    #[must_use]
    pub const fn is_within(self, millis: i64, earlier: Self) -> bool {
        let since = self.since(earlier);
        0 <= since && since < millis
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// One MSP: the tenant of our system.
    AccountId,
    /// A person at the MSP.
    TechnicianId,
    /// A company that the MSP serves.
    CustomerId,
    /// A person at a customer, as the PSA knows them.
    ContactId,
    /// A frame's wait for its technician's own sign-in.
    PairingId,
    /// A ticket, as the PSA or our built-in list knows it.
    TicketId,
    /// A connection to another company: a customer's Microsoft 365, the account's SMS provider.
    IntegrationId,
    /// One attempt to prove that a contact is who they say.
    VerificationId,
    /// One question to another technician whether a reset may go ahead.
    ApprovalId,
    /// One password reset. Made by the pod (UUIDv7), so that asking twice asks once.
    ResetId,
    /// The row of a sealed secret. Not the link's id, which only the link's holder can derive.
    ShareId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_yet_to_come_is_not_recent() {
        let at = Millis(1_000);
        for (now, recent) in [(1_000, true), (1_004, true), (1_005, false), (999, false)] {
            assert_eq!(Millis(now).is_within(5, at), recent, "{now}");
        }
        assert!(!Millis(i64::MAX).is_within(i64::MAX, Millis(i64::MIN)));
        assert!(!Millis(i64::MIN).is_within(i64::MAX, Millis(i64::MAX)));
    }
}
