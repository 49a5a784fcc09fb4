//! Choosing the phone for a new link.

use shared::{Code, PhoneView, PhonesView, ResetId};

use crate::trouble::Trouble;

/// The choice, from opening it to the server's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pick {
    /// For which reset; `None` while it is closed.
    pub(crate) of: Option<ResetId>,
    /// What there is to choose from; empty until the server has said it.
    pub(crate) phones: Vec<PhoneView>,
    /// Which one, by its place in the list.
    pub(crate) chosen: usize,
    /// Waiting for the server.
    pub(crate) busy: bool,
    /// What went wrong.
    pub(crate) trouble: Option<Trouble>,
}

impl Pick {
    /// Opened: the phones are being asked for.
    pub(crate) fn opened(id: ResetId) -> Self {
        Self { of: Some(id), busy: true, ..Self::default() }
    }

    /// The phones came; too late when it was closed or is about another reset. The first that was
    /// not tried yet is chosen: that is what one comes here for.
    pub(crate) fn listed(self, id: ResetId, answer: Result<PhonesView, Trouble>) -> Self {
        if self.of != Some(id) || !self.phones.is_empty() {
            return self;
        }
        match answer {
            Ok(PhonesView { phones }) => {
                let chosen = phones.iter().position(|phone| !phone.used).unwrap_or_default();
                Self { phones, chosen, busy: false, ..self }
            }
            Err(trouble) => Self { busy: false, trouble: Some(trouble), ..self },
        }
    }

    /// The technician chooses another one.
    pub(crate) fn chose(self, at: usize) -> Self {
        if self.busy { self } else { Self { chosen: at, ..self } }
    }

    /// What is to be sent, when nothing is on its way already.
    pub(crate) fn wanted(&self) -> Option<(ResetId, String)> {
        let phone = self.phones.get(self.chosen).filter(|_| !self.busy)?;
        Some((self.of?, phone.sealed.clone()))
    }

    /// It is on its way.
    pub(crate) fn sending(self) -> Self {
        Self { busy: true, trouble: None, ..self }
    }

    /// It could not be done. Where the server said no, the list is of no use any more; where it
    /// was not heard, the same choice once more is safe.
    pub(crate) fn failed(self, id: ResetId, trouble: Trouble) -> Self {
        if self.of != Some(id) {
            return self;
        }
        let no = matches!(&trouble, Trouble::Problem(problem) if problem.code != Code::Internal);
        let phones = if no { Vec::new() } else { self.phones };
        Self { phones, busy: false, trouble: Some(trouble), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use shared::Problem;
    use uuid::Uuid;

    const ID: ResetId = ResetId(Uuid::from_u128(7));

    #[test]
    fn the_first_phone_that_was_not_used_is_chosen() {
        let pick = Pick::opened(ID).listed(ID, Ok(sample::phones()));
        assert_eq!((pick.chosen, pick.busy), (1, false));
        assert_eq!(pick.wanted(), Some((ID, "sealed-2".into())));
        assert_eq!(pick.chose(0).wanted(), Some((ID, "sealed-1".into())));
        let mut one = sample::phones();
        one.phones.truncate(1);
        assert_eq!(Pick::opened(ID).listed(ID, Ok(one)).chosen, 0);
    }

    #[test]
    fn a_late_list_is_dropped() {
        assert_eq!(Pick::default().listed(ID, Ok(sample::phones())), Pick::default());
        let other = Pick::opened(ResetId(Uuid::from_u128(8)));
        assert_eq!(other.clone().listed(ID, Err(Trouble::Unheard)), other);
    }

    #[test]
    fn one_thing_at_a_time_and_a_failure_can_be_tried_again() {
        let pick = Pick::opened(ID).listed(ID, Ok(sample::phones())).sending();
        assert_eq!(pick.wanted(), None);
        assert_eq!(pick.clone().chose(0), pick);
        let failed = pick.failed(ID, Trouble::Unheard);
        assert!(failed.wanted().is_some() && failed.trouble.is_some());
        assert_eq!(failed.sending().trouble, None);
    }

    #[test]
    fn a_no_of_the_server_asks_for_a_new_list() {
        let pick = Pick::opened(ID).listed(ID, Ok(sample::phones())).sending();
        let problem = |code| Trouble::Problem(Problem::new(code));
        assert_eq!(pick.clone().failed(ID, problem(Code::Internal)).phones.len(), 2);
        assert!(pick.failed(ID, problem(Code::LinkMoved)).phones.is_empty());
    }

    #[test]
    fn a_list_that_did_not_come_leaves_nothing_to_send() {
        let pick = Pick::opened(ID).listed(ID, Err(Trouble::Unheard));
        assert!(!pick.busy && pick.trouble.is_some() && pick.wanted().is_none());
    }
}
