//! What happened between two answers of the poll: for the embedding page, and for a screen reader.

use shared::{Millis, PodState, ShareState, ShieldState, Stage};

/// What the embedding page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name.
    pub(crate) name: &'static str,
    /// The shield's key, or the reset's id.
    pub(crate) id: String,
}

/// The shields that turned green, each with its destination and until when.
pub(crate) fn turned_green(old: &PodState, new: &PodState) -> Vec<(Event, String, Millis)> {
    let green = |state: &PodState, key: &str| {
        state
            .shields
            .iter()
            .any(|shield| shield.key == key && matches!(shield.state, ShieldState::Verified { .. }))
    };
    let mut turned = Vec::new();
    for shield in &new.shields {
        if let ShieldState::Verified { until } = shield.state
            && !green(old, &shield.key)
        {
            let event = Event { name: "verified", id: shield.key.clone() };
            turned.push((event, shield.masked.clone(), until));
        }
    }
    turned
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

    #[test]
    fn turning_green_and_completing_are_told_once() {
        let old = sample::state();
        let mut new = old.clone();
        assert!(turned_green(&old, &new).is_empty() && completed(&old, &new).is_none());
        new.shields[0].state = ShieldState::Verified { until: Millis(9) };
        new.reset = Some(sample::reset(Stage::Completed, ShareState::Opened { at: Millis(1) }));
        assert_eq!(turned_green(&old, &new).len(), 1);
        assert_eq!(completed(&old, &new).map(|event| event.name), Some("reset-completed"));
        assert_eq!(link(&old, &new).map(|event| event.name), Some("link-opened"));
        assert!(turned_green(&new, &new).is_empty() && completed(&new, &new).is_none());
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
