//! What happened between two answers of the poll: for the embedding page, and for a screen reader.

use shared::{ApprovalView, Code, Millis, PodState, ShareState, ShieldState, Stage, Words as Said};

use crate::approval;
use crate::look;
use crate::spot;
use crate::words::Words;

/// What the embedding page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name.
    pub(crate) name: &'static str,
    /// The shield's key, or the reset's id.
    pub(crate) id: String,
}

/// The verifications that came to their end, each with what is said of it.
pub(crate) fn shields(
    old: &PodState,
    new: &PodState,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> Vec<(Event, String)> {
    use ShieldState::{Failed, Pending, Verified};
    let mut ended = Vec::new();
    for (spot, shield) in spot::all(new) {
        let before = spot.of(old).map(|shield| &shield.state);
        let (name, said) = match (before, &shield.state) {
            (Some(Verified { .. }), Verified { .. }) => continue,
            (_, Verified { until }) => {
                ("verified", (words.now_verified)(&shield.masked, &clock(*until)))
            }
            (before, Failed { code }) if before != Some(&shield.state) => {
                (ENDED, failed(*code, &shield.masked, words))
            }
            (Some(Pending { verification, .. }), now) => match now {
                Pending { verification: still, .. } if still == verification => continue,
                // Another one took its place.
                _ => (ENDED, String::new()),
            },
            _ => continue,
        };
        ended.push((Event { name, id: spot.key }, said));
    }
    ended
}

const ENDED: &str = "verification-ended";

/// What could not be sent is said where it was tried.
fn failed(code: Code, masked: &str, words: &Words) -> String {
    let what = match code {
        Code::CallerDenied => {
            let Said { what, next } = code.words();
            format!("{what} {next}")
        }
        Code::CodeExpired | Code::CodeTriesSpent => look::failed(code, words).0.to_owned(),
        _ => return String::new(),
    };
    (words.now_failed)(masked, &what)
}

/// What is said of the approval, when it is another than before.
pub(crate) fn approval(
    old: &PodState,
    new: &PodState,
    words: &Words,
    clock: &dyn Fn(Millis) -> String,
) -> String {
    let told = |state: &PodState| {
        let of = |it: &ApprovalView| approval::tell(it, state, state.now, words, clock);
        state.approval.as_ref().map(of)
    };
    match told(new) {
        Some(line) if told(old).as_ref() != Some(&line) => format!("{}. {}", line.title, line.body),
        _ => String::new(),
    }
}

/// The reset that came to its end between two states.
pub(crate) fn completed(old: &PodState, new: &PodState) -> Option<Event> {
    let ended = |state: &PodState| {
        state.reset.as_ref().filter(|reset| reset.stage == Stage::Completed).map(|r| r.id)
    };
    let id = ended(new).filter(|id| ended(old) != Some(*id))?;
    Some(Event { name: "reset-completed", id: id.to_string() })
}

/// What happened to the link between two states: opened, ended, or tried by somebody else.
pub(crate) fn link(old: &PodState, new: &PodState) -> Option<Event> {
    let happened = |state: &PodState| {
        let reset = state.reset.as_ref()?;
        let name = match (&reset.share, &reset.late) {
            // Also after somebody else had tried it: its end is the newer news.
            (ShareState::Expired | ShareState::Revoked { .. } | ShareState::Locked, _) => {
                "link-ended"
            }
            (_, Some(_)) => "link-tried",
            (ShareState::Opened { .. }, None) => "link-opened",
            _ => return None,
        };
        Some((name, reset.id))
    };
    let (name, id) = happened(new).filter(|it| happened(old) != Some(*it))?;
    Some(Event { name, id: id.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::EN;
    use shared::ApprovalState;

    fn ended(old: &PodState, new: &PodState) -> Vec<(&'static str, String)> {
        let ended = shields(old, new, &EN, &|at| format!("<{}>", at.0));
        ended.into_iter().map(|(event, said)| (event.name, said)).collect()
    }

    #[test]
    fn each_end_of_a_verification_is_told_once() {
        let grey = sample::state();
        let with = |state: ShieldState| {
            let mut new = grey.clone();
            new.shields[0].state = state;
            new
        };
        let out = with(sample::pending(9, 5));
        assert!(ended(&grey, &out).is_empty() && ended(&out, &out).is_empty());
        assert!(ended(&out, &with(sample::pending(9, 4))).is_empty(), "a wrong code ends nothing");
        let green = with(ShieldState::Verified { until: Millis(9) });
        assert_eq!(
            ended(&out, &green),
            [("verified", "+1 ••• ••• ••42 is verified until <9>.".into())]
        );
        assert!(ended(&green, &with(ShieldState::Verified { until: Millis(10) })).is_empty());
        let denied = with(ShieldState::Failed { code: Code::CallerDenied });
        let told = ended(&out, &denied);
        assert_eq!(told[0].0, "verification-ended");
        assert!(told[0].1.contains("did not call. End the call."), "{told:?}");
        assert!(ended(&denied, &denied).is_empty());
        let late = with(ShieldState::Failed { code: Code::CodeExpired });
        assert!(ended(&out, &late)[0].1.ends_with("Nobody answered in time."));
        let unsent = with(ShieldState::Failed { code: Code::SmsOptedOut });
        assert_eq!(ended(&grey, &unsent), [("verification-ended", String::new())]);
        let mut newer = out.clone();
        if let ShieldState::Pending { verification, .. } = &mut newer.shields[0].state {
            *verification = shared::VerificationId(uuid::Uuid::from_u128(99));
        }
        assert_eq!(ended(&out, &newer), [("verification-ended", String::new())]);
    }

    #[test]
    fn the_word_of_somebody_else_is_told_too() {
        let mut old = sample::state();
        old.vouchers = vec![sample::voucher()];
        let mut new = old.clone();
        new.vouchers[0].shields[0].state = ShieldState::Verified { until: Millis(9) };
        assert_eq!(ended(&old, &new)[0].0, "verified");
    }

    #[test]
    fn an_approval_is_told_when_it_changes() {
        let said =
            |old: &PodState, new: &PodState| approval(old, new, &EN, &|at| format!("<{}>", at.0));
        let none = sample::state();
        let with = |state| PodState { approval: Some(sample::approval(state)), ..none.clone() };
        let asked = with(ApprovalState::Asked);
        assert!(said(&none, &asked).starts_with("Waiting for a colleague. "));
        assert_eq!(said(&asked, &asked), "");
        let approved = with(ApprovalState::Approved);
        assert!(said(&asked, &approved).starts_with("Approved by Bo Berg until <9000>."));
        assert!(said(&asked, &with(ApprovalState::Refused)).starts_with("Refused by Bo Berg."));
        assert_eq!(said(&asked, &none), "");
    }

    #[test]
    fn completing_and_the_link_are_told_once() {
        let old = sample::state();
        let mut new = old.clone();
        assert!(completed(&old, &new).is_none());
        new.reset = Some(sample::reset(Stage::Completed, ShareState::Opened { at: Millis(1) }));
        assert_eq!(completed(&old, &new).map(|event| event.name), Some("reset-completed"));
        assert_eq!(link(&old, &new).map(|event| event.name), Some("link-opened"));
        assert!(completed(&new, &new).is_none());
        assert_eq!(link(&new, &new), None);
        for share in [ShareState::Expired, ShareState::Revoked { opened: None }, ShareState::Locked]
        {
            let mut ended = old.clone();
            ended.reset = Some(sample::reset(Stage::Completed, share));
            assert_eq!(link(&old, &ended).map(|event| event.name), Some("link-ended"));
        }
        let mut tried = new.clone();
        tried.reset.as_mut().unwrap().late = Some(shared::LateView { count: 1, at: Millis(2) });
        assert_eq!(link(&new, &tried).map(|event| event.name), Some("link-tried"));
        let mut closed = tried.clone();
        closed.reset.as_mut().unwrap().share = ShareState::Revoked { opened: Some(Millis(1)) };
        assert_eq!(link(&tried, &closed).map(|event| event.name), Some("link-ended"));
    }
}
