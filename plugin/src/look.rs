//! How a shield looks at a moment. The server says what is; between two answers time passes.

use shared::{Code, Millis, Shield, ShieldState, VerificationId};

use crate::times::countdown;
use crate::words::Words;

/// What is drawn. Each has its own shape, so that colour says nothing alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// An outline: nothing is known.
    Grey,
    /// An outline with dots: a code is out.
    Pending,
    /// Filled, with a check mark.
    Verified,
    /// An outline with a cross.
    Failed,
}

impl Look {
    /// The CSS class.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Failed => "failed",
        }
    }
}

/// The look of `state` at `now`.
pub(crate) fn look(state: &ShieldState, now: Millis) -> Look {
    match state {
        ShieldState::Grey => Look::Grey,
        ShieldState::Pending { expires_at, .. } if now < *expires_at => Look::Pending,
        ShieldState::Verified { until } if now < *until => Look::Verified,
        ShieldState::Verified { .. } => Look::Grey,
        ShieldState::Pending { .. } | ShieldState::Failed { .. } => Look::Failed,
    }
}

/// The state in words; `clock` makes a clock time of a moment.
pub(crate) fn state_words(
    state: &ShieldState,
    now: Millis,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> String {
    match (state, look(state, now)) {
        (ShieldState::Pending { expires_at, .. }, Look::Pending) => {
            (words.code_sent)(&countdown(expires_at.since(now)))
        }
        (ShieldState::Pending { .. }, _) => Code::CodeExpired.words().what.to_owned(),
        (ShieldState::Verified { until }, Look::Verified) => (words.verified_until)(&clock(*until)),
        (ShieldState::Verified { until }, _) => (words.was_verified_until)(&clock(*until)),
        (ShieldState::Failed { code }, _) => code.words().what.to_owned(),
        (ShieldState::Grey, _) => words.not_verified.to_owned(),
    }
}

/// The code that can be answered now, if there is one.
pub(crate) fn out(shield: &Shield, now: Millis) -> Option<VerificationId> {
    match shield.state {
        ShieldState::Pending { verification, expires_at, .. } if now < expires_at => {
            Some(verification)
        }
        _ => None,
    }
}

/// What the line under the destination says about its worth.
pub(crate) fn worth(shield: &Shield, words: &Words) -> String {
    let source = (words.source)(shield.source);
    if shield.for_reset { source.to_owned() } else { (words.not_for_reset)(source) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::EN;

    fn text(state: &ShieldState, now: i64) -> String {
        state_words(state, Millis(now), &EN, &|at| format!("<{}>", at.0))
    }

    #[test]
    fn a_pending_code_counts_down_and_then_is_expired() {
        let state = sample::pending(60_000, 5);
        assert_eq!(look(&state, Millis(0)), Look::Pending);
        assert_eq!(text(&state, 0), "Code sent · 1:00 left");
        assert_eq!(look(&state, Millis(60_000)), Look::Failed);
        assert_eq!(text(&state, 60_000), "The code has expired.");
    }

    #[test]
    fn green_ends_by_itself() {
        let state = ShieldState::Verified { until: Millis(1_000) };
        assert_eq!(look(&state, Millis(999)), Look::Verified);
        assert_eq!(text(&state, 999), "Verified until <1000>");
        assert_eq!(look(&state, Millis(1_000)), Look::Grey);
        assert_eq!(text(&state, 1_000), "Was verified until <1000>");
    }

    #[test]
    fn failures_say_how() {
        let state = ShieldState::Failed { code: Code::CodeTriesSpent };
        assert_eq!(text(&state, 0), "Too many wrong codes.");
        assert_eq!(text(&ShieldState::Grey, 0), "Not verified");
    }

    #[test]
    fn only_a_living_code_can_be_answered() {
        let mut shield = sample::phone(sample::pending(1_000, 3));
        assert!(out(&shield, Millis(999)).is_some());
        assert_eq!(out(&shield, Millis(1_000)), None);
        shield.state = ShieldState::Grey;
        assert_eq!(out(&shield, Millis(0)), None);
    }

    #[test]
    fn what_does_not_count_says_so() {
        let mut shield = sample::phone(ShieldState::Grey);
        assert_eq!(worth(&shield, &EN), "Registered at Microsoft");
        shield.source = shared::Source::Contact;
        shield.for_reset = false;
        let wanted = "From the contact’s card — shows who answered, doesn’t count for a reset";
        assert_eq!(worth(&shield, &EN), wanted);
    }
}
