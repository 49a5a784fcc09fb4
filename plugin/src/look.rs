//! How a shield looks at a moment. The server says what is; between two answers time passes.

use shared::{Channel, Code, Millis, Shield, ShieldState, VerificationId};

use crate::times::countdown;
use crate::words::{Sending, Words};

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
        (ShieldState::Pending { expires_at, channel, .. }, Look::Pending) => {
            (words.out)(channel.proof(), &countdown(expires_at.since(now)))
        }
        (ShieldState::Pending { .. }, _) => words.not_in_time.0.to_owned(),
        (ShieldState::Verified { until }, Look::Verified) => (words.verified_until)(&clock(*until)),
        (ShieldState::Verified { until }, _) => (words.was_verified_until)(&clock(*until)),
        (ShieldState::Failed { code }, _) => failed(*code, words).0.to_owned(),
        (ShieldState::Grey, _) => words.not_verified.to_owned(),
    }
}

/// What failed and what to do about it, whatever was sent.
pub(crate) fn failed(code: Code, words: &Words) -> (&'static str, &'static str) {
    match code {
        // Links and pushes run out as well.
        Code::CodeExpired => words.not_in_time,
        // The rest is said where nobody can miss it.
        Code::CallerDenied => (words.denied, ""),
        code => (code.words().what, code.words().next),
    }
}

/// What is out and can be answered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Out {
    pub(crate) id: VerificationId,
    pub(crate) channel: Channel,
    /// Two digits to say.
    pub(crate) say: Option<String>,
}

/// What is out now, if anything is.
pub(crate) fn out(shield: &Shield, now: Millis) -> Option<Out> {
    match &shield.state {
        ShieldState::Pending { verification, channel, say, expires_at, .. }
            if now < *expires_at =>
        {
            Some(Out { id: *verification, channel: *channel, say: say.clone() })
        }
        _ => None,
    }
}

/// How a button for `channel` is meant now.
pub(crate) fn sending(shield: &Shield, channel: Channel, now: Millis) -> Sending {
    match (out(shield, now), &shield.state) {
        (Some(out), _) if out.channel == channel => Sending::Another,
        (Some(_), _) => Sending::Instead,
        (None, ShieldState::Grey) => Sending::First,
        _ => Sending::Another,
    }
}

/// What is left of the limits on sending, where that is worth saying.
pub(crate) fn left(shield: &Shield, words: &Words, clock: &dyn Fn(Millis) -> String) -> String {
    match (shield.sends.left, shield.sends.more_at) {
        _ if shield.channels.is_empty() => String::new(),
        (0, Some(at)) => (words.none_until)(&clock(at)),
        (0, None) => words.none_left.to_owned(),
        (left @ 1..=2, _) => (words.sends_left)(left),
        _ => String::new(),
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
        assert_eq!(text(&state, 60_000), "Nobody answered in time.");
        assert_eq!(text(&sample::link(60_000, None), 0), "Link sent · 1:00 left");
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
        let late = ShieldState::Failed { code: Code::CodeExpired };
        assert_eq!(text(&late, 0), "Nobody answered in time.");
        let denied = ShieldState::Failed { code: Code::CallerDenied };
        assert_eq!(text(&denied, 0), "Denied by the person");
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
    fn buttons_say_what_they_would_send_beside_what_is_out() {
        let of = |state, channel| sending(&sample::phone(state), channel, Millis(0));
        assert_eq!(of(ShieldState::Grey, Channel::SmsLink), Sending::First);
        let pending = || sample::pending(9, 5);
        assert_eq!(of(pending(), Channel::SmsCode), Sending::Another);
        assert_eq!(of(pending(), Channel::SmsLink), Sending::Instead);
        let failed = ShieldState::Failed { code: Code::CodeExpired };
        assert_eq!(of(failed, Channel::SmsLink), Sending::Another);
    }

    #[test]
    fn limits_are_told_when_they_are_near() {
        let mut shield = sample::phone(ShieldState::Grey);
        let mut told = |count, more_at| {
            shield.sends = shared::Sends { left: count, more_at };
            left(&shield, &EN, &|at| format!("<{}>", at.0))
        };
        assert_eq!(told(3, None), "");
        assert_eq!(told(2, Some(Millis(7))), "2 more can be sent");
        assert_eq!(told(0, Some(Millis(7))), "No more can be sent until <7>");
        assert_eq!(told(0, None), "No more can be sent now");
        shield.channels.clear();
        assert_eq!(left(&shield, &EN, &|_| String::new()), "");
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
