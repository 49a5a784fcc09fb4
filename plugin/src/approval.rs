//! How another technician's approval is told.

use shared::{ApprovalState, ApprovalView, Millis, PodState};

use crate::story::{Headline, Tone};
use crate::words::Words;

/// How it stands at `now`, though the server's next answer is still to come.
pub(crate) fn state_at(approval: &ApprovalView, now: Millis) -> ApprovalState {
    match approval.state {
        ApprovalState::Asked | ApprovalState::Approved if approval.expires_at <= now => {
            ApprovalState::Expired
        }
        state => state,
    }
}

/// Its headline at `now`; `clock` makes a clock time of a moment.
pub(crate) fn tell(
    approval: &ApprovalView,
    of: &PodState,
    now: Millis,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> Headline {
    let until = clock(approval.expires_at);
    let answered_by = approval.answered_by.as_deref();
    let who = answered_by.unwrap_or(words.colleague);
    let state = state_at(approval, now);
    let title = match state {
        ApprovalState::Approved => (words.approved_until)(who, &until),
        ApprovalState::Refused => (words.refused_by)(who),
        ApprovalState::Asked if approval.may_answer => {
            (words.approval_wanted)(&approval.asked_by, &of.contact.name)
        }
        state => (words.approval)(state, answered_by.is_some()).to_owned(),
    };
    let tone = match state {
        ApprovalState::Asked | ApprovalState::Expired => Tone::Waiting,
        ApprovalState::Approved | ApprovalState::Used => Tone::Good,
        ApprovalState::Refused => Tone::Bad,
    };
    let asked = clock(approval.asked_at);
    let until = (state == ApprovalState::Asked).then_some(until.as_str());
    let body = (words.approval_asked)(&approval.asked_by, &asked, until);
    Headline { tone, title, body }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::EN;

    fn told(approval: &ApprovalView, now: i64) -> (Tone, String, String) {
        let clock = |at: Millis| format!("<{}>", at.0);
        let told = tell(approval, &sample::state(), Millis(now), &EN, &clock);
        (told.tone, told.title, told.body)
    }

    #[test]
    fn each_state_says_who_and_until_when() {
        let mut asked = sample::approval(ApprovalState::Asked);
        let body = "Ann Archer asked at <0>. It can be answered until <9000>.";
        assert_eq!(told(&asked, 0), (Tone::Waiting, "Waiting for a colleague".into(), body.into()));
        assert_eq!(told(&asked, 9_000).1, "Nobody approved in time");
        asked.may_answer = true;
        let wanted = "Ann Archer asks you to approve a reset for Dana Reyes";
        assert_eq!(told(&asked, 0).1, wanted);
        let approved = sample::approval(ApprovalState::Approved);
        let title = "Approved by Bo Berg until <9000>".to_owned();
        assert_eq!(told(&approved, 0), (Tone::Good, title, "Ann Archer asked at <0>.".into()));
        assert_eq!(told(&approved, 9_000).1, "The approval was not used in time");
        let refused = told(&sample::approval(ApprovalState::Refused), 0);
        assert_eq!((refused.0, refused.1.as_str()), (Tone::Bad, "Refused by Bo Berg"));
    }
}
