//! How a reset is told: one headline, what it means, and a line per step.

use shared::{Code, Millis, ResetView, ShareState, Stage, StepKind, StepState};

use crate::words::Words;

/// How a headline is meant. Each has its own icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It is going on by itself.
    Busy,
    /// Somebody else has to do something.
    Waiting,
    /// It is done.
    Good,
    /// The technician has to do something.
    Bad,
}

impl Tone {
    /// The CSS class.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Waiting => "waiting",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// The headline and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) body: String,
}

fn headline(tone: Tone, title: &str, body: &str) -> Headline {
    Headline { tone, title: title.to_owned(), body: body.to_owned() }
}

/// What became of the link at `now`, though the server's next answer is still to come.
pub(crate) fn share_at(share: &ShareState, now: Millis) -> ShareState {
    match share {
        ShareState::Open { expires_at } if *expires_at <= now => ShareState::Expired,
        other => other.clone(),
    }
}

/// The headline of `reset` at `now`; `clock` makes a clock time of a moment.
pub(crate) fn tell(
    reset: &ResetView,
    now: Millis,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> Headline {
    let share = share_at(&reset.share, now);
    match reset.stage {
        Stage::Staged | Stage::Applying => {
            headline(Tone::Busy, words.resetting, words.resetting_body)
        }
        Stage::Refused => ended(reset, words.refused, Code::Internal),
        Stage::Stuck => match share {
            ShareState::Revoked { .. } => headline(Tone::Bad, words.revoked, words.nobody_has_it),
            _ => ended(reset, words.stuck, Code::InDoubt),
        },
        Stage::Applied | Stage::Completed => match share {
            ShareState::Opened { at } => headline(
                Tone::Good,
                &(words.opened)(&clock(at)),
                &(words.opened_body)(&reset.person, reset.must_change),
            ),
            ShareState::Expired => headline(Tone::Bad, words.expired, words.nobody_has_it),
            ShareState::Revoked { opened: Some(at) } => {
                headline(Tone::Bad, words.revoked, &(words.maybe_read)(&clock(at)))
            }
            ShareState::Revoked { .. } | ShareState::Destroyed => {
                headline(Tone::Bad, words.revoked, words.nobody_has_it)
            }
            ShareState::Locked => headline(Tone::Bad, words.locked, words.locked_body),
            ShareState::Open { expires_at } => open(reset, expires_at, words, clock),
            ShareState::Closed => headline(Tone::Busy, words.texting, words.texting_body),
        },
    }
}

fn ended(reset: &ResetView, title: &str, otherwise: Code) -> Headline {
    let code = reset.code.unwrap_or(otherwise).words();
    headline(Tone::Bad, title, &format!("{} {}", code.what, code.next))
}

fn open(
    reset: &ResetView,
    expires_at: Millis,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> Headline {
    let failed = reset.steps.iter().find_map(|step| match (step.what, &step.state) {
        (StepKind::TextSent | StepKind::TextDelivered, StepState::Failed { code }) => Some(*code),
        _ => None,
    });
    let sent = reset.steps.iter().any(|step| {
        step.what == StepKind::TextSent && matches!(step.state, StepState::Done { .. })
    });
    match failed {
        Some(code) => headline(
            Tone::Bad,
            words.text_failed,
            &(words.text_failed_body)(code.words().what, code.words().next),
        ),
        None if sent => {
            headline(Tone::Waiting, words.link_sent, &(words.link_sent_body)(&clock(expires_at)))
        }
        None => headline(Tone::Busy, words.texting, words.texting_body),
    }
}

/// Whether nothing more will be done for this reset by itself.
pub(crate) fn over(reset: &ResetView) -> bool {
    match reset.stage {
        Stage::Refused | Stage::Stuck => true,
        Stage::Staged | Stage::Applying => false,
        Stage::Applied | Stage::Completed => {
            matches!(
                reset.share,
                ShareState::Expired | ShareState::Revoked { .. } | ShareState::Destroyed
            )
        }
    }
}

/// What stands at the end of a step's line: a time, or how it stands.
pub(crate) fn mark(
    state: &StepState,
    over: bool,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> String {
    match state {
        StepState::Waiting if over => words.step_never.to_owned(),
        StepState::Waiting => words.step_waiting.to_owned(),
        StepState::Running => words.step_running.to_owned(),
        StepState::Done { at } => clock(*at),
        StepState::Failed { code: Code::InDoubt } => words.step_in_doubt.to_owned(),
        StepState::Failed { .. } => words.step_failed.to_owned(),
    }
}

/// The CSS class of a step.
pub(crate) const fn step_class(state: &StepState) -> &'static str {
    match state {
        StepState::Waiting => "waiting",
        StepState::Running => "running",
        StepState::Done { .. } => "done",
        StepState::Failed { .. } => "failed",
    }
}

/// Which of two views of the person's newest reset to show: what a call of ours was answered,
/// until the poll knows of it too.
pub(crate) fn newest(polled: Option<ResetView>, ours: Option<&ResetView>) -> Option<ResetView> {
    match (polled, ours) {
        (Some(polled), Some(ours)) if polled.id != ours.id && polled.asked_at < ours.asked_at => {
            Some(ours.clone())
        }
        (None, Some(ours)) => Some(ours.clone()),
        (polled, _) => polled,
    }
}

/// `4821` as `4 8 2 1`: read and heard digit by digit.
pub(crate) fn spaced(code: &str) -> String {
    code.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::EN;

    fn told(reset: &ResetView, now: i64) -> Headline {
        tell(reset, Millis(now), &EN, &|at| format!("<{}>", at.0))
    }

    #[test]
    fn going_on_then_sent_then_opened() {
        let mut reset = sample::reset(Stage::Applying, ShareState::Closed);
        assert_eq!(told(&reset, 0).tone, Tone::Busy);
        reset.stage = Stage::Applied;
        reset.share = ShareState::Open { expires_at: Millis(9_000) };
        assert_eq!(told(&reset, 0).title, "Password set, texting the link");
        sample::step(&mut reset, StepKind::TextSent, StepState::Done { at: Millis(1) });
        let sent = told(&reset, 0);
        assert_eq!((sent.tone, sent.title.as_str()), (Tone::Waiting, "Link sent"));
        assert!(sent.body.contains("<9000>"), "{}", sent.body);
        reset.share = ShareState::Opened { at: Millis(5) };
        let opened = told(&reset, 0);
        assert_eq!((opened.tone, opened.title.as_str()), (Tone::Good, "Link opened at <5>"));
        assert!(opened.body.contains("chooses their own"), "{}", opened.body);
        reset.must_change = false;
        assert!(
            !told(&reset, 0).body.contains("chooses"),
            "nothing is promised that is not forced"
        );
    }

    #[test]
    fn an_end_without_opening_says_that_nobody_has_it() {
        let mut reset = sample::reset(Stage::Completed, ShareState::Expired);
        for share in [
            ShareState::Expired,
            ShareState::Revoked { opened: None },
            ShareState::Open { expires_at: Millis(5) },
        ] {
            reset.share = share;
            let told = told(&reset, 5);
            assert_eq!(told.tone, Tone::Bad);
            assert!(told.body.starts_with("Nobody has this password."), "{told:?}");
        }
    }

    #[test]
    fn a_locked_link_says_why_and_that_the_password_is_kept() {
        let told = told(&sample::reset(Stage::Completed, ShareState::Locked), 0);
        assert_eq!((told.tone, told.title.as_str()), (Tone::Bad, "Five wrong unlock codes"));
        assert!(told.body.contains("is kept") && told.body.contains("new link"), "{told:?}");
    }

    #[test]
    fn a_link_that_was_closed_after_it_was_opened_may_have_been_read() {
        let share = ShareState::Revoked { opened: Some(Millis(7)) };
        let told = told(&sample::reset(Stage::Completed, share), 9);
        assert_eq!((told.tone, told.title.as_str()), (Tone::Bad, "The link was closed"));
        assert!(told.body.contains("opened at <7>") && told.body.contains("may have read"));
        assert!(!told.body.contains("Nobody"), "{}", told.body);
    }

    #[test]
    fn a_text_that_failed_is_named_with_the_way_out() {
        let mut reset =
            sample::reset(Stage::Applied, ShareState::Open { expires_at: Millis(9_000) });
        let state = StepState::Failed { code: Code::SmsOptedOut };
        sample::step(&mut reset, StepKind::TextSent, state);
        let told = told(&reset, 0);
        assert_eq!(told.title, "Password set, but the text failed");
        assert!(told.body.contains("STOP") && told.body.contains("START"), "{}", told.body);
    }

    #[test]
    fn refused_and_stuck_are_plain() {
        let mut reset = sample::reset(Stage::Refused, ShareState::Destroyed);
        reset.code = Some(Code::PersonSynced);
        assert!(told(&reset, 0).body.contains("on-premises"));
        let stuck = sample::reset(Stage::Stuck, ShareState::Closed);
        let body = told(&stuck, 0).body;
        assert!(body.contains("can’t tell") && body.contains("Verify the caller again"), "{body}");
        assert!(body.contains("Password Reset") && body.contains("give up"), "{body}");
        assert_eq!(told(&stuck, 0).tone, Tone::Bad);
    }

    #[test]
    fn in_doubt_is_neither_done_nor_failed() {
        let state = StepState::Failed { code: Code::InDoubt };
        assert_eq!((EN.step)(StepKind::PasswordSet, &state), "Set at Microsoft, or not");
        assert_eq!(mark(&state, true, &EN, &|_| String::new()), "in doubt");
        let stuck = sample::reset(Stage::Stuck, ShareState::Closed);
        assert_eq!(mark(&StepState::Waiting, over(&stuck), &EN, &|_| String::new()), "not done");
        let live = sample::reset(Stage::Applied, ShareState::Open { expires_at: Millis(1) });
        assert_eq!(mark(&StepState::Waiting, over(&live), &EN, &|_| String::new()), "to do");
    }

    #[test]
    fn our_own_answer_stands_until_the_poll_knows() {
        let older = sample::reset(Stage::Completed, ShareState::Expired);
        let mut ours = sample::reset(Stage::Applied, ShareState::Closed);
        ours.id = shared::ResetId(uuid::Uuid::from_u128(99));
        ours.asked_at = older.asked_at.plus(1);
        assert_eq!(newest(None, Some(&ours)).map(|r| r.id), Some(ours.id));
        assert_eq!(newest(Some(older.clone()), Some(&ours)).map(|r| r.id), Some(ours.id));
        assert_eq!(newest(Some(ours.clone()), Some(&older)).map(|r| r.id), Some(ours.id));
        assert_eq!(newest(Some(older.clone()), None).map(|r| r.id), Some(older.id));
        let polled = ResetView { stage: Stage::Completed, ..ours.clone() };
        assert_eq!(newest(Some(polled), Some(&ours)).map(|r| r.stage), Some(Stage::Completed));
    }

    #[test]
    fn unlock_codes_are_spaced() {
        assert_eq!(spaced("4821"), "4 8 2 1");
        assert_eq!(spaced(""), "");
    }
}
