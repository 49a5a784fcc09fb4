//! The pod's flows: each one enum, with what moves it on. No I/O; what has to be asked is done
//! by `live`, which hands the answers back.

use shared::{ApprovalId, Channel, Code, Millis, Preflight, ResetAct, ResetId, VerificationId};

use crate::spot::Spot;
use crate::trouble::Trouble;

/// What the technician wants. Views only say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Send a code, a link or a push to this shield; the note says why somebody else vouches.
    Send(Spot, Channel, String),
    /// The contact read this out.
    Answer(VerificationId, String),
    /// Open the confirmation.
    Check,
    /// Ask another technician to approve.
    AskApproval,
    /// Approve, or refuse, what another technician asked for.
    Approve(ApprovalId, bool),
    /// Reset, as confirmed.
    Confirm,
    /// Close the confirmation.
    Dismiss,
    /// Ask whether to do this to the reset, if that needs asking; otherwise do it.
    Act(ResetId, ResetAct),
    /// Yes, give it up.
    GiveUp(ResetId),
    /// No, keep it.
    Keep,
    /// The phone at this place of the list.
    Pick(usize),
    /// Send a new link to it.
    NewLink,
    /// Choose no phone.
    Unpick,
    /// Start following again.
    Retry,
}

/// The line to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// No answer yet, and no failure.
    Connecting,
    /// What is shown is how it is.
    Live,
    /// Asking again by itself.
    Lost,
    /// Asking again would not help.
    Ended(Trouble),
}

/// Sending, and answering a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Nothing is being done.
    Idle,
    /// Something is being sent to this shield.
    Sending(Spot, Channel),
    /// It was sent, at the server's time.
    Sent { to: Spot, verification: VerificationId, at: Millis },
    /// It could not be sent to this shield.
    Unsent(Spot, Trouble),
    /// The answer is being checked.
    Answering(VerificationId),
    /// It was right; the shield is about to turn green.
    Accepted(VerificationId),
    /// It was not.
    Wrong(VerificationId, Trouble),
}

/// How long after sending it takes until another of the same kind may be asked for.
pub(crate) const RESEND_AFTER: i64 = 30_000;

impl Entry {
    /// Whether a call is under way.
    pub(crate) fn busy(&self) -> bool {
        matches!(self, Self::Sending(..) | Self::Answering(_))
    }

    /// Milliseconds until another may be sent to `spot`; 0 when it may be.
    pub(crate) fn resend_in(&self, spot: &Spot, now: Millis) -> i64 {
        match self {
            Self::Sent { to, at, .. } if to == spot => at.plus(RESEND_AFTER).since(now).max(0),
            _ => 0,
        }
    }

    /// Whether this pod is sending, or has just sent, to `spot`.
    pub(crate) fn ours(&self, spot: &Spot) -> bool {
        match self {
            Self::Sending(to, _) | Self::Sent { to, .. } => to == spot,
            _ => false,
        }
    }

    /// What went wrong with sending to `spot`.
    pub(crate) fn unsent(&self, spot: &Spot) -> Option<&Trouble> {
        match self {
            Self::Unsent(to, trouble) if to == spot => Some(trouble),
            _ => None,
        }
    }

    /// What went wrong with the answer to `verification`.
    pub(crate) fn wrong(&self, verification: VerificationId) -> Option<&Trouble> {
        match self {
            Self::Wrong(of, trouble) if *of == verification => Some(trouble),
            _ => None,
        }
    }
}

/// How many tries are left: what the last answer said, or else what the shield says.
pub(crate) fn tries_left(entry: &Entry, verification: VerificationId, shown: u32) -> u32 {
    match entry.wrong(verification) {
        Some(Trouble::Problem(problem)) => problem.tries_left.unwrap_or(shown).min(shown),
        _ => shown,
    }
}

/// From the click on **Password Reset** to the server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The confirmation is closed.
    Closed,
    /// Open, being checked; the number tells a late answer from the one that counts.
    Checking(u32),
    /// Could not be checked.
    Unchecked(Trouble),
    /// What is about to be done.
    Confirming(Preflight),
    /// Being asked for, by this id.
    Asking(Preflight, ResetId),
    /// No reply: it may be under way. Trying again uses the same id.
    Unheard(Preflight, ResetId),
    /// The same, with the confirmation closed.
    Parked(Preflight, ResetId),
    /// The server said no.
    Refused(Preflight, Trouble),
}

impl Flow {
    /// Whether the confirmation is open.
    pub(crate) fn open(&self) -> bool {
        !matches!(self, Self::Closed | Self::Parked(..))
    }

    /// The technician opens the confirmation: a reset that we heard nothing of comes first.
    pub(crate) fn opened(self, round: u32) -> Self {
        match self {
            Self::Parked(shown, id) => Self::Unheard(shown, id),
            _ => Self::Checking(round),
        }
    }

    /// The technician closes it. What was asked for stays asked for.
    pub(crate) fn dismissed(self) -> Self {
        match self {
            Self::Asking(shown, id) | Self::Unheard(shown, id) | Self::Parked(shown, id) => {
                Self::Parked(shown, id)
            }
            _ => Self::Closed,
        }
    }

    /// The preflight of `round` came; an older one is dropped.
    pub(crate) fn checked(self, round: u32, answer: Result<Preflight, Trouble>) -> Self {
        match (self, answer) {
            (Self::Checking(now), Ok(shown)) if now == round => Self::Confirming(shown),
            (Self::Checking(now), Err(trouble)) if now == round => Self::Unchecked(trouble),
            (other, _) => other,
        }
    }

    /// The technician confirms: what to ask for, by the same id as before where there is one.
    pub(crate) fn confirmed(self, new_id: impl FnOnce() -> Option<ResetId>) -> Self {
        match self {
            Self::Confirming(shown) if shown.findings.is_empty() && shown.sealed.is_some() => {
                match new_id() {
                    Some(id) => Self::Asking(shown, id),
                    None => Self::Confirming(shown),
                }
            }
            Self::Unheard(shown, id) => Self::Asking(shown, id),
            other => other,
        }
    }

    /// The reset of `id` was not taken, or not heard of.
    pub(crate) fn failed(self, id: ResetId, trouble: Trouble) -> Self {
        match self {
            Self::Asking(shown, asked) if asked == id => match trouble {
                Trouble::Problem(ref problem) if problem.code != Code::Internal => {
                    Self::Refused(shown, trouble)
                }
                Trouble::SignedOut => Self::Refused(shown, trouble),
                _ => Self::Unheard(shown, id),
            },
            Self::Parked(shown, asked) if asked == id => match trouble {
                Trouble::Problem(ref problem) if problem.code != Code::Internal => Self::Closed,
                _ => Self::Parked(shown, asked),
            },
            other => other,
        }
    }

    /// Whether the reset of `id` is being asked for and nothing was heard of it yet.
    pub(crate) fn awaits(&self, id: ResetId) -> bool {
        match self {
            Self::Asking(_, asked) | Self::Unheard(_, asked) | Self::Parked(_, asked) => {
                *asked == id
            }
            _ => false,
        }
    }

    /// When another technician's word is in the way: whether it is still to be asked for.
    pub(crate) fn wants_approval(&self) -> Option<bool> {
        let Self::Confirming(shown) = self else { return None };
        shown.findings.iter().find_map(|finding| match finding.code {
            Code::ApprovalNeeded | Code::ApprovalRefused => Some(true),
            Code::ApprovalAwaited => Some(false),
            _ => None,
        })
    }

    /// A reset of this id is known to the server: nothing is left to ask.
    pub(crate) fn known(self, id: ResetId) -> Self {
        if self.awaits(id) { Self::Closed } else { self }
    }
}

/// Asking for approval, or answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Approving {
    /// Nothing is being done.
    Idle,
    /// It is on its way.
    Busy,
    /// It could not be done.
    Failed(Trouble),
}

/// Sending again and giving up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Nothing.
    Idle,
    /// Asking the technician whether to give up.
    Sure(ResetId),
    /// Being done.
    Doing(ResetAct),
    /// Could not be done.
    Failed(Trouble),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use shared::Problem;
    use uuid::Uuid;

    const ID: ResetId = ResetId(Uuid::from_u128(7));

    fn asking() -> Flow {
        let flow = Flow::Closed.opened(1).checked(1, Ok(sample::preflight()));
        flow.confirmed(|| Some(ID))
    }

    #[test]
    fn a_late_preflight_is_dropped() {
        let flow = Flow::Closed.opened(1).dismissed().opened(2);
        assert_eq!(flow.clone().checked(1, Err(Trouble::Unheard)), flow);
        assert!(matches!(flow.checked(2, Ok(sample::preflight())), Flow::Confirming(_)));
        assert_eq!(Flow::Closed.checked(2, Ok(sample::preflight())), Flow::Closed);
    }

    #[test]
    fn findings_cannot_be_confirmed() {
        let mut shown = sample::preflight();
        shown.findings.push(shared::Finding { code: Code::NoPhone, about: None });
        let flow = Flow::Confirming(shown);
        assert_eq!(flow.clone().confirmed(|| Some(ID)), flow);
    }

    #[test]
    fn a_lost_reply_keeps_the_id_even_when_closed_meanwhile() {
        let lost = asking().failed(ID, Trouble::Unheard);
        assert!(matches!(lost, Flow::Unheard(_, ID)));
        let parked = lost.clone().dismissed();
        assert!(!parked.open());
        let reopened = parked.opened(9);
        assert_eq!(reopened, lost);
        assert!(matches!(reopened.confirmed(|| None), Flow::Asking(_, ID)));
        let server_error = Trouble::Problem(Problem::new(Code::Internal));
        assert!(matches!(asking().failed(ID, server_error), Flow::Unheard(_, ID)));
        assert!(matches!(asking().dismissed().failed(ID, Trouble::Unheard), Flow::Parked(_, ID)));
    }

    #[test]
    fn a_refusal_is_shown_and_ends_it() {
        let no = Trouble::Problem(Problem::new(Code::VerificationStale));
        let refused = asking().failed(ID, no);
        assert!(matches!(refused, Flow::Refused(..)));
        assert_eq!(refused.dismissed(), Flow::Closed);
    }

    #[test]
    fn hearing_of_it_from_the_poll_settles_it() {
        assert_eq!(asking().known(ID), Flow::Closed);
        assert_eq!(asking().failed(ID, Trouble::Unheard).dismissed().known(ID), Flow::Closed);
        assert!(asking().known(ResetId(Uuid::from_u128(8))).open());
    }

    #[test]
    fn a_new_code_has_to_wait() {
        let verification = VerificationId(Uuid::from_u128(1));
        let spot = |key: &str| Spot { voucher: None, key: key.into() };
        let sent = Entry::Sent { to: spot("a"), verification, at: Millis(0) };
        assert_eq!(sent.resend_in(&spot("a"), Millis(10_000)), 20_000);
        assert_eq!(sent.resend_in(&spot("a"), Millis(40_000)), 0);
        assert_eq!(sent.resend_in(&spot("b"), Millis(0)), 0);
        let theirs = Spot { voucher: Some(shared::ContactId(Uuid::nil())), ..spot("a") };
        assert_eq!(sent.resend_in(&theirs, Millis(0)), 0);
    }

    #[test]
    fn an_approval_is_asked_for_when_it_is_missing() {
        let mut shown = sample::preflight();
        assert_eq!(Flow::Confirming(shown.clone()).wants_approval(), None);
        for (code, asks) in [
            (Code::ApprovalNeeded, Some(true)),
            (Code::ApprovalRefused, Some(true)),
            (Code::ApprovalAwaited, Some(false)),
            (Code::NoPhone, None),
        ] {
            shown.findings = vec![code.into()];
            assert_eq!(Flow::Confirming(shown.clone()).wants_approval(), asks);
        }
    }

    #[test]
    fn tries_never_grow() {
        let verification = VerificationId(Uuid::from_u128(1));
        let mut problem = Problem::new(Code::CodeWrong);
        problem.tries_left = Some(3);
        let wrong = Entry::Wrong(verification, Trouble::Problem(problem));
        assert_eq!(tries_left(&wrong, verification, 4), 3);
        assert_eq!(tries_left(&wrong, verification, 2), 2);
        assert_eq!(tries_left(&wrong, VerificationId(Uuid::from_u128(2)), 5), 5);
    }
}
